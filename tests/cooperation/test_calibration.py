"""Published figures: what they say, what is refused, and what behaviours may name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cooperation.behaviour import FOLDER, behaviours, read_behaviour
from cooperation.calibration import FILE, Calibration, calibration, read_calibration
from cooperation.document import BadInput


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Write the shipped file with some of its text replaced; return it."""

    def write(old: str, new: str) -> Path:
        text = FILE.read_text()
        assert old in text
        path = tmp_path / "figures.yaml"
        path.write_text(text.replace(old, new, 1))
        return path

    return write


def faults(path: Path) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read_calibration(path)
    return [f"{fault.key}: {fault.problem}" for fault in caught.value.faults]


# ---- what it says


def test_every_figure_has_its_source_year_and_level_of_evidence():
    figures = calibration().figures.values()

    assert len(figures) == 63
    assert {f.evidence for f in figures} == {"lookup_primary", "lookup_secondary", "memory"}
    assert [f.id for f in figures if not (f.source and f.publisher and f.year)] == []


@pytest.mark.parametrize(
    ("figure", "values", "unit", "statistic", "evidence"),
    [
        ("tcy_mla_range", {"low": 6, "high": 24}, "months", "normal_range", "memory"),
        ("us_review_group_mean", {"value": 10}, "months", "mean", "memory"),
        ("ec_mla_mean", {"value": 10}, "months", "mean", "lookup_primary"),
        ("ch_inbound_mean", {"value": 290}, "days", "mean", "lookup_secondary"),
        ("ch_partner_mean", {"value": 154}, "days", "mean", "lookup_secondary"),
        ("ec_eio_max", {"value": 120}, "days", "legal_period", "lookup_primary"),
        ("india_g20_pending", {"pending": 229, "sent": 253}, "requests", "count", "lookup_secondary"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_figures_are_those_that_were_published(figure, values, unit, statistic, evidence):
    found = calibration().figures[figure]

    assert (found.values, found.unit, found.statistic, found.evidence) == (values, unit, statistic, evidence)


def test_ten_months_are_three_hundred_and_four_days():
    assert calibration().figures["ec_mla_mean"].in_unit("days")["value"] == pytest.approx(304.375)


def test_only_means_are_held_against_our_mean():
    assert [f.id for f in calibration().compared("mla_mean_days")] == [
        "us_review_group_mean",
        "ec_mla_mean",
        "ch_inbound_mean",
        "ch_partner_mean",
    ]
    assert [f.id for f in calibration().compared("mla_span_days")] == ["tcy_mla_range"]


def test_a_proposal_is_no_published_fact_and_names_its_ground():
    for proposal in calibration().proposals.values():
        assert proposal.source == "exercise rule"
        assert proposal.grounded_in
    assert calibration().proposals["partner_typical"].values["mla_median_days"] == 220


# ---- what is refused


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "    compare_with: mla_mean_days\n",
            "    compare_with: mla_median_days\n",
            "compare_with: mla_median_days is a median, and this figure a mean",
        ),
        (
            "    unit: months\n    statistic: mean\n",
            "    unit: miles\n    statistic: mean\n",
            "compare_with: mla_mean_days is in days, and this figure in miles",
        ),
        (
            "    value: 10\n    unit: months\n",
            "    values: {a: 10, b: 12}\n    unit: months\n",
            "value: is not one number, as a mean is",
        ),
        (
            "values: {low: 6, high: 24}",
            "values: {low: 24, high: 6}",
            "values: are not those of a normal_range",
        ),
        ("    value: 10\n", "    value: ten\n", "value: must be a number, not 'ten'"),
        ("    value: 10\n", "    value: -10\n", "value: must be a number, not '-10'"),
        ("evidence: memory", "evidence: rumour", "evidence: rumour is none of the evidences"),
        (
            "statistic: mean\n    compare",
            "statistic: average\n    compare",
            "statistic: average is none of the statistics",
        ),
        ('year: "2014"', "year: lately", "year: 'lately' is no year"),
        ("    publisher: Council of Europe\n", "", "publisher: is missing"),
        (
            "    period: 2013 survey\n",
            "    period: 2013 survey\n    colour: red\n",
            "colour: is not a key here",
        ),
        ("grounded_in: [ec_eio_max]", "grounded_in: [ec_eio]", "grounded_in: ec_eio is none of the figures"),
        (
            "    source: exercise rule\n",
            "    source: Council of Europe\n",
            "source: is that of a published figure, and this is our own",
        ),
        ("  - id: mla_total\n", "  - id: ec_eio_max\n", "proposals: ec_eio_max is the name of a figure too"),
        ("- id: us_review_group_mean", "- id: tcy_mla_range", "id: tcy_mla_range stands twice in figures"),
        (
            "schema: comity.calibration/1",
            "schema: comity.calibration/2",
            "schema: is not the schema of this file",
        ),
    ],
    ids=[
        "a mean held against a median",
        "another unit",
        "two numbers for a mean",
        "a range upside down",
        "a number in words",
        "a negative number",
        "an unknown level of evidence",
        "an unknown statistic",
        "no year",
        "no publisher",
        "an unknown key",
        "an unknown ground",
        "a proposal dressed as a figure",
        "one name for two things",
        "a figure twice",
        "another schema",
    ],
)
def test_a_broken_figure_is_told(changed, old, new, told):
    assert told in faults(changed(old, new))


def test_a_fault_names_file_and_line(changed):
    with pytest.raises(BadInput) as caught:
        read_calibration(changed("evidence: memory", "evidence: rumour"))

    fault = caught.value.faults[0]
    line = FILE.read_text().splitlines().index("    evidence: memory") + 1
    assert (fault.file, fault.line, fault.mend) == (
        "figures.yaml",
        line,
        "allowed: lookup_primary, lookup_secondary, memory",
    )


def test_all_faults_are_told_at_once(tmp_path):
    text = FILE.read_text().replace("evidence: memory", "evidence: rumour", 1)
    path = tmp_path / "figures.yaml"
    path.write_text(text.replace("    value: 290\n", "    value: long\n"))

    assert faults(path) == [
        "evidence: rumour is none of the evidences",
        "value: must be a number, not 'long'",
    ]


# ---- what behaviours may name


def test_the_published_behaviour_names_the_figures_it_was_fitted_to():
    known: Calibration = calibration()

    assert behaviours()["published"].fitted_to == (
        "tcy_mla_range",
        "us_review_group_mean",
        "ec_mla_mean",
        "ch_inbound_mean",
        "partner_typical",
    )
    assert set(behaviours()["published"].fitted_to) <= set(known.ids)
    assert [name for name, behaviour in behaviours().items() if behaviour.fitted_to] == ["published"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[ec_mla_meen]", "fitted_to: names no figure or proposal: ec_mla_meen (did you mean ec_mla_mean?)"),
        ("[ec_mla_mean, ec_mla_mean]", "fitted_to: names one twice (keep one of the two)"),
        ("ec_mla_mean", "fitted_to: must be a list of ids (write [one, two])"),
    ],
    ids=["a misspelt figure", "a figure twice", "no list"],
)
def test_a_behaviour_that_names_no_figure_is_refused(tmp_path, written, told):
    path = tmp_path / "typical.yaml"
    path.write_text((FOLDER / "typical.yaml").read_text() + f"fitted_to: {written}\n")

    with pytest.raises(BadInput) as caught:
        read_behaviour(path)

    assert str(caught.value).endswith(told)
