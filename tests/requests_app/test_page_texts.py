"""Texts of the pages: all found, all in Vietnamese, and compiled as gettext reads them."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from cooperation.catalogue import read_catalogue
from cooperation.evidence.rules import custody
from cooperation.rulebook import rulebook
from requests_app.exercises.paces import pace_in_words
from requests_app.management.page_texts import page_texts
from requests_app.web import words
from requests_app.web.reference import _rule_in_words
from requests_app.web.telling import value_told
from requests_app.workflow.models import Deadline
from requests_app.world import languages
from requests_app.world.languages import said

FOLDER = Path(settings.BASE_DIR) / "locale" / "vi" / "LC_MESSAGES"
_PLACEHOLDER = re.compile(r"%\([a-z_]+\)s")


def vietnamese():
    return read_catalogue((FOLDER / "django.po").read_text(encoding="utf-8"), "django.po")


def test_texts_of_templates_and_views_are_found_with_their_plurals():
    found = {text.text: text for text in page_texts()}

    assert found["Sign out"].file == "requests_app/templates/web/page.html"
    assert found["%(n)s day"].plural == "%(n)s days"
    assert found["less than a minute"].context == "length of time"


def test_every_text_of_the_pages_is_in_vietnamese():
    assert [one.text for one in vietnamese().translations if not one.translated or one.is_fuzzy] == []


def test_a_translation_fills_in_what_the_english_fills_in():
    wrong = [
        one.text
        for one in vietnamese().translations
        for form in one.forms or (one.translated,)
        if set(_PLACEHOLDER.findall(form)) != set(_PLACEHOLDER.findall(one.plural or one.text))
    ]

    assert wrong == []


def test_the_compiled_catalogue_says_what_the_written_one_says():
    with (FOLDER / "django.mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)

    for one in vietnamese().translations:
        if one.plural:
            assert compiled.ngettext(one.text, one.plural, 3) == one.forms[0]
        elif one.context:
            assert compiled.pgettext(one.context, one.text) == one.translated
        else:
            assert compiled.gettext(one.text) == one.translated


def test_the_header_says_that_a_native_reader_is_still_to_check_it():
    assert "X-Review: needs the check of a native reader" in vietnamese().header


def test_a_page_in_vietnamese_says_that_no_native_legal_reader_has_checked_it(client):
    warning = "Chưa có người bản ngữ am hiểu pháp luật kiểm tra bản dịch này."

    assert warning in client.get("/sign-in/", HTTP_ACCEPT_LANGUAGE="vi").content.decode()
    assert "native legal reader" not in client.get("/sign-in/", HTTP_ACCEPT_LANGUAGE="en").content.decode()


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", ["3 March 2027, 09:00", "2 days 4 hours", "in 3 hours", "less than a minute ago", "one day is one minute"]),
     ("vi", ["09:00, ngày 3/3/2027", "2 ngày 4 giờ", "còn 3 giờ", "chưa đến một phút trước", "một ngày bằng một phút"])],
    ids=["English", "Vietnamese"],
)  # fmt: skip
def test_times_are_told_in_words_of_the_language(language, told):
    at = datetime(2027, 3, 3, 9, tzinfo=UTC)

    with translation.override(language):
        found = [
            words.moment_in_words(at),
            words.length_in_words(timedelta(days=2, hours=4, minutes=9)),
            words.distance_in_words(at + timedelta(hours=3), at),
            words.distance_in_words(at, at),
            pace_in_words(1_440),
        ]

    assert found == told


def test_texts_of_the_data_are_translated_where_somebody_has_done_it(settings, tmp_path):
    folder = tmp_path / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "rulebook.po").write_text(
        'msgctxt "a: title"\nmsgid "Preservation"\nmsgstr "Bảo quản"\n\n'
        'msgctxt "b: title"\nmsgid "Preservation"\nmsgstr "Việc bảo quản"\n'
    )
    settings.LOCALE_PATHS = [tmp_path]
    languages._translations.cache_clear()
    with translation.override("vi"):
        told = [said("Preservation"), said("Preservation", "b: title"), said("Not done yet")]
        folded = said("Preservation\n")
    languages._translations.cache_clear()

    assert told == ["Bảo quản", "Việc bảo quản", "Not done yet"]
    assert folded == "Bảo quản"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("42(1)", "Điều 42(1)"),
        ("exercise rule", "quy tắc diễn tập"),
        ("practice; 48", "thông lệ; Điều 48"),
        ("37(1); domestic minimum penalty", "Điều 37(1); mức phạt tối thiểu theo pháp luật trong nước"),
        (
            "practice; supports 40(8) and Art. 2 threshold",
            "thông lệ; phục vụ Điều 40(8) và ngưỡng tại Điều 2",
        ),
        ("ISO/IEC 27037 (acquisition); 44(2)", "ISO/IEC 27037 (thu thập); Điều 44(2)"),
        ("Directive 2014/41/EU Art. 31", "Directive 2014/41/EU Art. 31"),
    ],
)
def test_the_source_of_a_rule_is_told_in_vietnamese(source, told):
    with translation.override("vi"):
        assert words.source_in_words(source) == told


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("Art. 42(8)-(9)", "Art. 42(8)-(9)"),
        ("40(22), 37(15)", "Arts. 40(22), 37(15)"),
        ("50 (refusal clause)", "Art. 50 (refusal clause)"),
    ],
)
def test_articles_are_told_once_as_articles_and_in_the_plural_where_they_are_several(source, told):
    assert words.source_in_words(source) == told
    with translation.override("vi"):
        assert words.source_in_words(source).startswith("Điều ")
        assert "clause" not in words.source_in_words(source)


@pytest.mark.parametrize(
    ("zone", "month", "told"),
    [
        ("Asia/Ho_Chi_Minh", 3, "UTC+7"),
        ("Europe/Berlin", 3, "UTC+1"),
        ("Europe/Berlin", 7, "UTC+2"),
        ("America/St_Johns", 1, "UTC-3:30"),
        ("Asia/Kathmandu", 1, "UTC+5:45"),
        ("UTC", 1, "UTC"),
    ],
)
def test_a_zone_is_told_by_how_far_it_is_from_utc_at_that_time(zone, month, told):
    assert words.offset_in_words(datetime(2027, month, 10, tzinfo=UTC), zone) == told


def test_what_a_list_of_a_request_says_in_words_is_told_in_vietnamese_and_an_address_as_it_is():
    with translation.override("vi"):
        told = value_told(
            ["Prosecution office of Borland, as observer", "198.51.100.61 port 8081"], "participants"
        )
    assert told == "Cơ quan công tố của Borland, với tư cách quan sát viên\n198.51.100.61 port 8081"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("in Viet Nam (Asia/Ho_Chi_Minh); the day", "in Viet Nam (UTC+7); the day"),
        ("in France (Europe/Paris)", "in France (UTC+1/UTC+2)"),
        ("in Argentina (America/Argentina/Buenos_Aires)", "in Argentina (UTC-3)"),
        ("a period (and/or an account)", "a period (and/or an account)"),
    ],
)
def test_a_zone_in_a_text_is_told_by_its_offsets_and_nothing_else_is_touched(told, shown):
    assert words.zones_as_offsets(told, 2027) == shown


def alike_in_both_languages(told: Callable[[str], str], words_of: set[str]) -> list[str]:
    """Return what reads the same in Vietnamese as in English."""
    alike = []
    for one in sorted(words_of):
        with translation.override("vi"):
            vietnamese = told(one)
        if vietnamese == told(one):
            alike.append(one)
    return alike


def test_no_source_of_the_rule_book_stays_english_in_vietnamese():
    book = rulebook()
    rules = [*book.grounds.values(), *book.safeguards.values(), *custody().steps.values()]
    for kind in book.types.values():
        rules += [*kind.contents, kind.dual_criminality]
    parts = {part for one in rules for part in one.source.split("; ")}

    assert len(parts) > 50
    assert alike_in_both_languages(words.source_in_words, parts) == []


def test_how_a_deadline_can_stand_and_how_a_field_can_be_needed_is_told_in_vietnamese():
    standing = {value for name, value in vars(Deadline).items() if name.isupper()}
    needed = {one.rule for kind in rulebook().types.values() for one in kind.contents}

    assert "ended" in standing
    assert alike_in_both_languages(words.word_in_words, standing) == []
    assert "where_possible" in needed
    assert alike_in_both_languages(_rule_in_words, needed) == []
