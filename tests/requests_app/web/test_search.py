"""What is found by what somebody types: each word anywhere, figures also written out."""

from __future__ import annotations

import pytest

from requests_app.web.search import fits

WORDS = (
    "Serious crime",
    "a maximum penalty of at least four years",
    "Art. 42(1)",
    "hình phạt tối đa từ bốn năm",
)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("", True),
        ("four years", True),
        ("4 years", True),
        ("years penalty", True),
        ("4 năm", True),
        ("bốn năm", True),
        ("42", True),
        ("SERIOUS", True),
        ("2", False),
        ("five", True),
        ("6 years", False),
        ("four weeks", False),
    ],
)
def test_each_word_is_looked_for_anywhere_and_figures_also_written_out(text, is_found):
    assert fits(text, WORDS) is is_found


def test_a_figure_is_not_found_within_another():
    assert not fits("4", ("Art. 14", "24/7"))
    assert fits("4", ("Art. 4",))
