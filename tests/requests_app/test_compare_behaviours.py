"""The page of the behaviours: measured again, and held against published figures like with like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from django.core.management import call_command

from cooperation.behaviour import behaviours
from cooperation.calibration import calibration
from cooperation.pages.behaviours import behaviours_page
from requests_app.reports.comparison import Measured
from requests_app.world.models import Exercise

PUBLISHED = Measured(
    behaviour="published",
    requests=80,
    median_days=220.0,
    p90_days=600.0,
    mean_closed_days=297.0,
    preservation_median_hours=24.0,
    asked=0.35,
    refused=0.06,
    still_open=0.0,
)


def shown(*found: Measured) -> str:
    return behaviours_page(found, behaviours(), calibration(), requests=80, seed=1)


def row(page: str, begins: str) -> list[str]:
    line = next(line for line in page.splitlines() if line.startswith(f"| {begins}"))
    return line.strip("| ").split(" | ")


# ---- like with like


@dataclass(frozen=True)
class Beside:
    figure: str
    told: str
    changed: Measured


@pytest.mark.parametrize(
    "case",
    [
        Beside("average MLA procedure", "297, fits", PUBLISHED),
        Beside("average MLA procedure", "400, +31 %", replace(PUBLISHED, mean_closed_days=400.0)),
        Beside("average MLA procedure", "not reached, beyond it", replace(PUBLISHED, mean_closed_days=None)),
        Beside("average time other States took", "297, +93 %", PUBLISHED),
        Beside("typical time to answer", "220 to 600, inside", PUBLISHED),
        Beside("typical time to answer", "100 to 600, partly inside", replace(PUBLISHED, median_days=100.0)),
        Beside(
            "typical time to answer",
            "20 to 40, below it",
            replace(PUBLISHED, median_days=20.0, p90_days=40.0),
        ),
        Beside(
            "typical time to answer",
            "800 to 900, above it",
            replace(PUBLISHED, median_days=800.0, p90_days=900.0),
        ),
        Beside("typical time to answer", "220 to not reached, beyond it", replace(PUBLISHED, p90_days=None)),
    ],
    ids=[
        "a mean beside a mean",
        "a mean that is too long",
        "no mean yet",
        "a mean of other States",
        "median and p90 inside the range",
        "the median outside",
        "below the range",
        "above the range",
        "the p90 is not reached",
    ],
)
def test_each_figure_stands_beside_what_is_of_its_kind(case):
    assert row(shown(case.changed), case.figure)[3] == case.told


def test_every_figure_shows_source_year_and_level_of_evidence():
    assert row(shown(PUBLISHED), "average handling time of an inbound")[-2:] == [
        "Swiss Federal Audit Office (reported by Swissinfo): Evaluation of international mutual legal assistance in"
        " criminal matters (2020)",
        "lookup_secondary, high",
    ]


def test_what_does_not_fit_is_said_plainly():
    page = shown(replace(PUBLISHED, mean_closed_days=400.0, refused=0.2))

    assert "- `published`: its mean of 400 days is +31 % off `us_review_group_mean`.\n" in page
    assert (
        "- `published`: share of requests for stored data that were refused: 20 %, and 6 % in the proposal"
        " `partner_typical` (+14 points).\n" in page
    )


def test_a_behaviour_that_fits_all_says_so_and_what_it_was_not_fitted_to():
    page = shown(PUBLISHED)

    assert "- `published` fits all that it was fitted to.\n" in page
    assert "- `published` is not fitted to `ch_partner_mean`.\n" in page


def test_a_behaviour_that_was_fitted_to_nothing_says_so():
    page = shown(
        replace(PUBLISHED, behaviour="prompt", median_days=20.0, p90_days=40.0, mean_closed_days=22.0)
    )

    assert "- `prompt` is fitted to no figure; it fits none of those published.\n" in page


# ---- the command


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_the_page_of_the_behaviours_is_fresh_and_nothing_is_kept():
    call_command("compare_behaviours", check=True)

    assert Exercise.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_gives_the_same_page_and_another_a_stale_one(tmp_path: Path, capsys):
    page = tmp_path / "behaviours.md"

    call_command("compare_behaviours", requests=2, seed=3, out=page)
    call_command("compare_behaviours", requests=2, seed=3, out=page, check=True)
    with pytest.raises(SystemExit) as caught:
        call_command("compare_behaviours", requests=2, seed=4, out=page, check=True)

    assert caught.value.code == 1
    assert "behaviours.md is stale" in capsys.readouterr().err


@pytest.mark.parametrize("requests", [0, -1, 2001], ids=str)
@pytest.mark.django_db
def test_a_number_of_requests_out_of_bounds_is_bad_input(requests, capsys):
    with pytest.raises(SystemExit) as caught:
        call_command("compare_behaviours", requests=requests)

    assert caught.value.code == 2
    assert "1 to 2000 requests" in capsys.readouterr().err
