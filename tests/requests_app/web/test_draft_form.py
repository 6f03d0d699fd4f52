"""What a draft's form says beside its fields."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from cooperation.rulebook import rulebook
from requests_app.web.draft_form import DraftForm

HANOI, NOW = ZoneInfo("Asia/Ho_Chi_Minh"), datetime(2027, 3, 10, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Like 30/06/2027 09:00, in the time of your desk (UTC+7); or 2027-06-30T09:00:00Z."),
        ("vi", "Ví dụ 30/06/2027 09:00, theo giờ của bàn làm việc (UTC+7); hoặc 2027-06-30T09:00:00Z."),
    ],
)
def test_both_ends_of_a_period_show_a_moment_with_its_zone(language: str, expected: str) -> None:
    with translation.override(language):
        fields = DraftForm(rulebook().types["confiscation"], {"period_covered": {}}, HANOI, NOW).fields
        hints = [str(fields[f"period_covered.{end}"].help_text) for end in ("from", "to")]
    assert [expected in hint for hint in hints] == [True, True]


@pytest.mark.parametrize(
    ("typed", "language", "held"),
    [
        ("4", "en", 4),
        ("12 years", "en", 12),
        ("4 năm", "vi", 4),
        ("2,5", "vi", 2.5),
        ("Life", "en", "life"),
        ("tử hình", "vi", "death"),
        ("death", "en", "death"),
        ("-4", "en", "-4"),
        ("many", "en", "many"),
    ],
)
def test_a_penalty_is_held_as_years_or_by_its_name_whatever_was_typed_beside_it(typed, language, held):
    with translation.override(language):
        form = DraftForm(
            rulebook().types["extradition"], {}, HANOI, NOW, {"say-maximum_penalty_years": typed}
        )
        assert form.is_valid()
        assert form.contents() == {"maximum_penalty_years": held}


def test_a_time_is_typed_in_the_time_of_the_desk_and_held_with_its_offset():
    typed = {"say-period_covered.from": "01/03/2027 08:00", "say-period_covered.to": "02/03/2027"}
    form = DraftForm(rulebook().types["confiscation"], {}, HANOI, NOW, typed)
    assert form.is_valid()
    held = {"from": "2027-03-01T08:00:00+07:00", "to": "2027-03-02"}
    assert form.contents() == {"period_covered": held}
    shown = DraftForm(rulebook().types["confiscation"], {"period_covered": held}, HANOI, NOW)
    assert shown["period_covered.from"].value() == "01/03/2027 08:00"
    assert shown["period_covered.to"].value() == "02/03/2027"
