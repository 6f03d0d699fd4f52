"""What requests say, in words of the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from requests_app.web.telling import value_told


@pytest.mark.parametrize(
    ("name", "value", "english", "vietnamese"),
    [
        ("evidential_status", "intelligence", "intelligence", "tin tức nghiệp vụ"),
        ("hearing_mode", "in_person", "in person", "trực tiếp"),
        ("facts_summary", "in_person", "in_person", "in_person"),
        ("urgency", {"level": "urgent"}, "level: Urgent", "mức độ: Khẩn"),
    ],
    ids=["a choice", "a choice of two words", "what a person typed", "a level"],
)
def test_a_code_is_told_by_its_word_and_what_was_typed_as_it_was_typed(name, value, english, vietnamese):
    with translation.override("en"):
        assert value_told(value, name) == english
    with translation.override("vi"):
        assert value_told(value, name) == vietnamese
