"""What the door says, in the reader's language: every refusal is found, translated, and names things by their names."""

from __future__ import annotations

import ast
import re
from datetime import UTC
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone, translation

from cooperation.catalogue import read_catalogue
from cooperation.lifecycle import Standing, decide
from cooperation.rulebook import rulebook
from cooperation.words import Refused
from requests_app.management.sentence_texts import sentence_files, sentences_of, unreadable
from requests_app.web.sentences import told

ROOT = Path(settings.BASE_DIR)
VIETNAMESE = ROOT / "locale" / "vi" / "LC_MESSAGES" / "sentences.po"
# What Django says of passwords is in the reader's language already.
SAID_BY_DJANGO = {"requests_app/exercises/accounts.py"}
_FILLED_IN = re.compile(r"\{[a-z0-9_]+\}")


def translations():
    return read_catalogue(VIETNAMESE.read_text(encoding="utf-8"), VIETNAMESE.name).translations


def test_every_refusal_is_written_where_it_is_raised_so_that_it_can_be_translated():
    found = {
        path.relative_to(ROOT).as_posix()
        for path in sentence_files()
        if list(unreadable(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == SAID_BY_DJANGO


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('Refused("r", "no such case", mend="choose one")', ["no such case", "choose one"]),
        ('Refused("r", f"no case {case.name}")', ["no case {name}"]),
        ('Refused("r", f"use: {\', \'.join(known)}")', ["use: {known}"]),
        ('Refused("r", f"at {a.version}, not {version}")', ["at {version}, not {version_too}"]),
        ('Refused("r", f"at most {MOST:,} bytes")', ["at most {most} bytes"]),
        ('Refused("r", "one" if a else f"{b} ones")', ["one", "{b} ones"]),
        ('word = sentence("taken")', ["taken"]),
        ('Refused("r", text)', []),
    ],
)
def test_a_sentence_stands_in_the_catalogue_with_braces_where_something_is_filled_in(code, found):
    assert list(sentences_of(ast.parse(code))) == found
    assert bool(list(unreadable(ast.parse(code)))) == (not found)


def test_every_sentence_is_in_vietnamese_with_the_same_braces():
    wrong = [
        one.text
        for one in translations()
        if not one.translated
        or one.is_fuzzy
        or sorted(_FILLED_IN.findall(one.text)) != sorted(_FILLED_IN.findall(one.translated))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "english", "vietnamese"),
    [
        (
            "a request that is more_information_requested cannot be answered with accept",
            "a request that is “More information asked for” cannot be answered with “Accept”",
            "yêu cầu đang ở trạng thái “Đã đề nghị thêm thông tin” thì không thể thực hiện “Chấp nhận”",
        ),
        (
            "it may be done when the request is accepted or in_execution",
            "it may be done when the request is “Accepted” or “In execution”",
            "có thể thực hiện khi yêu cầu ở trạng thái “Đã chấp nhận” hoặc “Đang thực hiện”",
        ),
        ("leave it to: trainer", "leave it to: “Trainer”", "hãy để cho: “Giảng viên”"),
        ("add ground", "add “Ground of refusal”", "hãy bổ sung “Căn cứ từ chối”"),
        (
            "XA/central_authority is taken already",
            "XA: Central authority for MLA is taken already",
            "XA: Cơ quan trung ương về tương trợ tư pháp đã ở trạng thái do người đảm nhiệm",
        ),
        (
            "10 working days in Viet Nam (Asia/Ho_Chi_Minh); the day of the start is day zero",
            "10 working days in Viet Nam (Asia/Ho_Chi_Minh); the day of the start is day zero",
            "10 ngày làm việc theo lịch của Việt Nam (Asia/Ho_Chi_Minh); ngày bắt đầu được tính là ngày số không",
        ),
        (
            "5 working days in United States of America (America/New_York); the day of the start is day zero",
            "5 working days in United States of America (America/New_York); the day of the start is day zero",
            "5 ngày làm việc theo lịch của Hoa Kỳ (America/New_York); ngày bắt đầu được tính là ngày"
            " số không",
        ),
        ("Tết Nguyên Đán, Saturday", "Tết Nguyên Đán, Saturday", "Tết Nguyên Đán, Thứ 7"),
        (
            "paused from 2027-03-01T08:00:00Z to 2027-03-02T08:00:00Z",
            "paused from 1 March 2027, 08:00 to 2 March 2027, 08:00",
            "tạm ngừng từ 08:00, ngày 1/3/2027 đến 08:00, ngày 2/3/2027",
        ),
        (
            "to be addressed to: central authority",
            "to be addressed to: Central authority for MLA",
            "cần gửi đến: Cơ quan trung ương về tương trợ tư pháp",
        ),
        ("preserved for Japan", "preserved for Japan", "được bảo quản cho Nhật Bản"),
        (
            "Is the data still there, now that the earlier request (preservation_expedited) has lapsed?",
            "Is the data still there, now that the earlier request (“Expedited preservation of stored electronic"
            " data”) has lapsed?",
            "Dữ liệu còn không, khi yêu cầu trước đó (“Bảo quản nhanh dữ liệu điện tử được lưu trữ”) đã hết hiệu lực?",
        ),
        (
            "Central authority for MLA, Arvania",
            "Central authority for MLA, Arvania",
            "Cơ quan trung ương về tương trợ tư pháp, Arvania",
        ),
        (
            "Investigation: Ransomware at the regional hospital of Lam Son",
            "Investigation: Ransomware at the regional hospital of Lam Son",
            "Điều tra: Mã độc tống tiền tại bệnh viện khu vực Lam Son",
        ),
        (
            "Place, object or site: Ransomware at the regional hospital of Lam Son",
            "Place, object or site: Ransomware at the regional hospital of Lam Son",
            "Địa điểm, đồ vật hoặc hiện trường: Mã độc tống tiền tại bệnh viện khu vực Lam Son",
        ),
        (
            "Is this known: Items or accounts concerned?",
            "Is this known: Items or accounts concerned?",
            "Đã biết điều này chưa: Đồ vật hoặc tài khoản liên quan?",
        ),
        (
            "as the file of the case says: Ransomware at the regional hospital of Lam Son",
            "as the file of the case says: Ransomware at the regional hospital of Lam Son",
            "như hồ sơ vụ án đã nêu: Mã độc tống tiền tại bệnh viện khu vực Lam Son",
        ),
        ("Purpose: to find out who did it", "Purpose: to find out who did it", None),
        ("the clerk's own words, paused or not", "the clerk's own words, paused or not", None),
    ],
)
def test_a_sentence_names_things_as_the_reader_knows_them(text, english, vietnamese):
    with timezone.override(UTC):
        with translation.override("en"):
            assert told(text) == english
        with translation.override("vi"):
            assert told(text) == (vietnamese or text)


def test_whatever_the_lifecycle_refuses_is_refused_in_vietnamese():
    book = rulebook()
    kinds = ("preservation_expedited", "mla_stored_data", "spontaneous_information")
    heard = set()
    for status in book.lifecycle.statuses:
        for act in (*book.lifecycle.acts, "sing"):
            for kind in kinds:
                for side in ("requesting", "requested"):
                    try:
                        decide(book.lifecycle, Standing(kind, status), side=side, act=act, contents={})
                    except Refused as refused:
                        heard |= {refused.message, refused.mend}
    assert len(heard) > 100

    with translation.override("vi"):
        untold = [text for text in heard if text and told(text) == text]
        english = [text for text in heard if re.search(r"\b(the|request|cannot|may|must)\b", told(text))]

    assert untold == []
    assert english == []
