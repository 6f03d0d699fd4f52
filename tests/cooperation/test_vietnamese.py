"""The Vietnamese catalogues: what has to stand in a translation as it stands in the English, and the house's words."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from cooperation.catalogue import Catalogue, Translation, read_catalogue

MESSAGES = Path(__file__).parents[2] / "locale" / "vi" / "LC_MESSAGES"
NAMES = ("rulebook", "scenarios")
CATALOGUES: dict[str, Catalogue] = {
    name: read_catalogue((MESSAGES / f"{name}.po").read_text(encoding="utf-8"), f"{name}.po")
    for name in NAMES
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
FIGURE = re.compile(r"\d+")
ARTICLE = re.compile(r"\b(?:Art\.|Article) (\d+(?:\(\w+\))*)")
ADDRESS = re.compile(r"https?://\S+|[\w.+-]+@[\w-]+\.[\w.-]*\w|\b\w+_\w+\b")


def translated(name: str) -> list[Translation]:
    """Return what is translated of the English that ships; a fuzzy one still belongs to an older English."""
    return [t for t in CATALOGUES[name].translations if t.translated and not t.is_fuzzy]


def figures(text: str) -> Counter[str]:
    """Return the figures of an English text, with the month of a date as Vietnamese writes it."""
    months = (str(MONTHS.index(word) + 1) for word in re.findall(r"\b[A-Z][a-z]+\b", text) if word in MONTHS)
    return Counter([*FIGURE.findall(text), *months])


# ---- what stays as it is


def test_every_text_of_the_rule_book_is_translated():
    assert [t.context for t in CATALOGUES["rulebook"].translations if not t.translated] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_translation_keeps_the_placeholders(name):
    broken = [
        t.context
        for t in translated(name)
        if Counter(PLACEHOLDER.findall(t.text)) != Counter(PLACEHOLDER.findall(t.translated))
    ]

    assert broken == []


@pytest.mark.parametrize("name", NAMES)
def test_a_translation_keeps_every_figure(name):
    """None is lost; only the months, which Vietnamese counts, may come anew."""
    broken = {
        t.context: (t.text, t.translated)
        for t in translated(name)
        if Counter(FIGURE.findall(t.text)) - Counter(FIGURE.findall(t.translated))
        or Counter(FIGURE.findall(t.translated)) - figures(t.text)
    }

    assert broken == {}


@pytest.mark.parametrize("name", NAMES)
def test_an_article_is_named_with_its_paragraph(name):
    broken = {
        t.context: (t.text, t.translated)
        for t in translated(name)
        for article in ARTICLE.findall(t.text)
        if article not in t.translated or "Điều" not in t.translated
    }

    assert broken == {}


@pytest.mark.parametrize("name", NAMES)
def test_addresses_and_codes_stay_as_they_are(name):
    broken = {
        t.context: found
        for t in translated(name)
        for found in ADDRESS.findall(t.text)
        if found not in t.translated
    }

    assert broken == {}


# ---- one word for each term


def test_the_same_english_has_the_same_vietnamese():
    said: dict[str, set[str]] = {}
    for name in NAMES:
        for t in translated(name):
            said.setdefault(t.text, set()).add(t.translated)

    assert {text: words for text, words in said.items() if len(words) > 1} == {}


WORDS = [
    (r"United Nations Convention against Cybercrime", "Công ước của Liên hợp quốc về chống tội phạm mạng"),
    (r"\bConvention\b", "công ước"),
    (r"\bEXERCISE\b", "DIỄN TẬP"),
    (r"[Rr]equesting State", "quốc gia yêu cầu"),
    (r"[Rr]equested State", "quốc gia được yêu cầu"),
    (r"[Cc]entral authorit", "cơ quan trung ương"),
    (r"[Cc]ontact point", "đầu mối liên lạc"),
    (r"24/7 network", "mạng lưới 24/7"),
    (r"[Ll]aw[- ]enforcement", "thực thi pháp luật"),
    (r"[Ss]ervice provider", "nhà cung cấp dịch vụ"),
    (r"[Cc]ustodian", "bên lưu giữ dữ liệu"),
    (r"\bMLA\b|[Mm]utual legal assistance", "tương trợ tư pháp"),
    (r"[Pp]reservation", "bảo quản"),
    (r"[Ee]lectronic evidence", "chứng cứ điện tử"),
    (r"[Cc]hain of custody", "chuỗi lưu giữ chứng cứ"),
    (r"[Hh]ash(es)?\b", "giá trị băm"),
    (r"[Ss]ubscriber information", "thông tin thuê bao"),
    (r"[Tt]raffic data", "dữ liệu lưu lượng"),
    (r"[Cc]ontent data", "dữ liệu nội dung"),
    (r"[Pp]ersonal data", "dữ liệu cá nhân"),
    (r"[Ii]nterception", "chặn thu"),
    (r"[Ss]eizure", "thu giữ"),
    (r"[Cc]onfiscat", "tịch thu"),
    (r"[Ee]xtradit", "dẫn độ"),
    (r"[Pp]rovisional arrest", "bắt tạm thời"),
    (r"[Jj]oint team", "nhóm điều tra chung"),
    (r"[Ss]pontaneous", "chủ động cung cấp"),
    (r"[Dd]ual criminality", "tội phạm kép"),
    (r"[Ss]erious[ -]crime", "tội phạm nghiêm trọng"),
    (r"\b[Oo]ffence", "tội phạm"),
    (r"[Ll]egal person", "pháp nhân"),
    (r"[Ll]egal basis", "căn cứ pháp lý"),
    (r"[Rr]eciprocity", "có đi có lại"),
    (r"[Ss]afeguard", "biện pháp bảo vệ"),
    (r"[Ss]afe[- ]conduct", "bảo đảm an toàn đi lại"),
    (r"[Tt]hird part(y|ies) in good faith", "bên thứ ba ngay tình"),
    (r"[Dd]eadline", "thời hạn"),
    (r"[Pp]ostpone", "hoãn"),
    (r"[Cc]onsult", "tham vấn"),
    (r"[Rr]efus", "từ chối"),
    (r"[Rr]ansomware", "mã độc tống tiền"),
    (r"[Ee]xercise rule", "quy tắc diễn tập"),
    (r"[Ee]mergency(?! response team)", "khẩn cấp"),
    (r"^Draft$|\b(a|the|The) draft\b", "dự thảo"),
]


@pytest.mark.parametrize(("english", "vietnamese"), WORDS, ids=[vietnamese for _, vietnamese in WORDS])
def test_a_term_has_the_word_of_the_glossary(english, vietnamese):
    other = {
        t.context: t.translated
        for name in NAMES
        for t in translated(name)
        if re.search(english, t.text) and vietnamese.lower() not in t.translated.lower()
    }

    assert other == {}


def test_the_words_are_those_of_the_translators_page():
    page = (MESSAGES.parents[2] / "docs" / "howto" / "translation.md").read_text(encoding="utf-8")
    table = " ".join(line for line in page.splitlines() if line.startswith("|")).lower()

    assert [vietnamese for _, vietnamese in WORDS if vietnamese.lower() not in table] == []


# ---- who has checked them


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_that_no_native_legal_reader_has_checked_it(name):
    assert "no native legal reader has checked it yet" in CATALOGUES[name].header
