"""Charts: what of a curve goes over the line."""

from __future__ import annotations

import pytest

from requests_app.reports.charts import _thinned


@pytest.mark.parametrize(
    ("path", "thinned"),
    [
        ("M 0 10 \nL 5 10 \nL 5 20 \nL 9.04 20 \nz\n", "M0 10H5V20H9z"),
        ("M 0 1 L 3.04 1 L 7 1 L 7 2.02 L 7 3", "M0 1H7V3"),
        ("M 1.234567 -8.765432 L 4.5 6.25", "M1.2 -8.8L4.5 6.2"),
        ("M 0 0 L 0.01 0.02 L 0.03 0.04 L 2 0", "M0 0H2"),
        ("M 0 0 L 1 0 z M 2 2 L 3 2", "M0 0H1zM2 2H3"),
        ("M 0 3 C 0.79 3 1.55 2.68 2.12 2.12 z", "M 0 3 C 0.79 3 1.55 2.68 2.12 2.12 z"),
        ("", ""),
    ],
    ids=[
        "steps",
        "points on the way",
        "a slope",
        "steps that nobody sees",
        "two lines",
        "a curve stays as it is",
        "nothing",
    ],
)
def test_a_path_is_told_by_its_corners_to_a_tenth_of_the_unit(path, thinned):
    assert _thinned(path) == thinned
