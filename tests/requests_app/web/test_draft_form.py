"""What a draft's form says beside its fields."""

from __future__ import annotations

import pytest
from django.utils import translation

from cooperation.rulebook import rulebook
from requests_app.web.draft_form import DraftForm


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "Like 2027-06-30T09:00:00Z."), ("vi", "Như 2027-06-30T09:00:00Z.")],
)
def test_both_ends_of_a_period_show_a_moment_with_its_zone(language: str, expected: str) -> None:
    with translation.override(language):
        fields = DraftForm(rulebook().types["confiscation"], {"period_covered": {}}).fields
        hints = [str(fields[f"period_covered.{end}"].help_text) for end in ("from", "to")]
    assert [expected in hint for hint in hints] == [True, True]
