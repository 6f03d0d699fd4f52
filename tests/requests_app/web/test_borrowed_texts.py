"""What the framework says on our pages is said in the reader's language, in our words."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from cooperation.words import Refused
from requests_app.exercises.accounts import check_password_strength
from requests_app.web import borrowed_texts
from requests_app.web.injects import AddForm

NOT_IN_ENGLISH = (*borrowed_texts.OF_FORMS, *borrowed_texts.OF_PASSWORDS)


@pytest.mark.parametrize("text", [one for one in NOT_IN_ENGLISH if isinstance(one, str)])
def test_each_borrowed_text_is_told_in_vietnamese(text):
    with translation.override("vi"):
        assert translation.gettext(text) != text


@pytest.mark.parametrize(
    ("language", "password", "told"),
    [
        ("en", "1234567", "This password is too short. It must contain at least 8 characters; This password is too common; This password is entirely numeric"),
        ("vi", "1234567", "Mật khẩu này quá ngắn. Mật khẩu phải có ít nhất 8 ký tự; Mật khẩu này quá thông dụng; Mật khẩu này chỉ gồm chữ số"),
    ],
)  # fmt: skip
def test_a_weak_password_is_refused_in_the_readers_language_without_doubled_stops(language, password, told):
    with translation.override(language), pytest.raises(Refused) as refusal:
        check_password_strength(password, User(username="anna"))
    assert refusal.value.message == told


@pytest.mark.django_db
def test_a_short_name_of_an_inject_is_asked_for_in_plain_words():
    from tests.builders import seated

    form = AddForm({"name": "báo chí"}, exercise=seated().row)
    with translation.override("en"):
        assert form.errors["name"] == ["Use letters without accents, figures and hyphens, like press-call."]
