"""Reports as documents: a PDF and a workbook, read back by programs of others."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from openpyxl import load_workbook
from pypdf import PdfReader

from cooperation.intervals import Interval, columns_of
from cooperation.reports.response_times import Report, response_times
from requests_app.reports.html import html_of
from requests_app.reports.pdf import pdf_of
from requests_app.reports.write import publish
from requests_app.reports.xlsx import xlsx_of

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
MADE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
NASTY = "=1+1 #strong[x] $y$ <b>"


def report_of(*rows: Interval, **options) -> Report:
    return response_times(columns_of(rows), START + timedelta(days=60), generated_at=MADE, **options)


def closed_after(days: int, name: str, **more) -> Interval:
    return Interval(name, "decide", START, START + timedelta(days=days), **more)


@pytest.fixture(scope="module")
def report() -> Report:
    rows = [closed_after(n, f"r{n}", request_type=NASTY) for n in range(1, 8)]
    return report_of(*rows, by=("request_type",), filters={"exercise": "hospital-ransomware-7"})


@pytest.fixture(scope="module")
def printed(report) -> PdfReader:
    return PdfReader(io.BytesIO(pdf_of(report)))


@pytest.fixture(scope="module")
def book(report):
    return load_workbook(io.BytesIO(xlsx_of(report)))


def test_every_printed_page_says_exercise(printed):
    pages = [page.extract_text() for page in printed.pages]

    assert len(pages) == 2
    assert [page.count("EXERCISE - training, no real case") for page in pages] == [2, 2]
    assert printed.metadata is not None
    assert printed.metadata.title == "EXERCISE - training, no real case: Response times"


def test_a_printed_report_is_tagged_for_screen_readers_and_names_its_language(printed):
    catalogue = printed.root_object

    assert catalogue["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert catalogue["/Lang"] == "en"
    assert "pdfuaid" in catalogue["/Metadata"].get_data().decode()


def test_a_printed_report_has_the_figures_of_the_page(printed):
    text = " ".join(" ".join(page.extract_text() for page in printed.pages).split())

    assert "Exercise hospital-ransomware-7" in text
    assert "Observed until 30 April 2027, 08:00 UTC" in text
    assert "4.0 d 24.0 h to 6.0 d 4.0 d 7.0 d 4.0 d no deadline" in text
    assert "The chart as a table" in text
    assert "Greenwood's limits" in text.replace("’", "'")


def test_words_from_outside_stay_words_on_paper_and_in_a_workbook(printed, book):
    assert NASTY in printed.pages[0].extract_text()
    cell = book["Response times"]["B3"]
    assert (cell.value, cell.data_type) == (NASTY, "s")


def test_equal_reports_give_equal_documents(report):
    assert pdf_of(report) == pdf_of(report)
    assert xlsx_of(report) == xlsx_of(report)


def test_a_workbook_has_figures_curves_and_definitions_and_says_exercise(book):
    assert book.sheetnames == ["Response times", "Curves", "Definitions"]
    assert {sheet["A1"].value for sheet in book} == {
        "EXERCISE - training material. These figures describe no real request."
    }
    heads = [cell.value for cell in book["Response times"][2]]
    figures = [cell.value for cell in book["Response times"][3]]
    assert dict(zip(heads, figures, strict=True))["Median (hours)"] == 96
    assert [cell.value for cell in book["Curves"][3]][2:4] == [24, pytest.approx(6 / 7)]
    words = [row[0].value for row in book["Definitions"].iter_rows(min_row=3)]
    assert {"Observed until", "Median (hours)", "Not reached", "Chosen by: exercise"} <= set(words)


def test_groups_are_named_and_yes_and_no_are_words_on_every_paper():
    rows = [closed_after(n, f"r{n}", request_type="mla_stored_data") for n in range(1, 8)]
    told = report_of(*rows, by=("request_type",))
    with translation.override("vi"):
        page, sheet = html_of(told), load_workbook(io.BytesIO(xlsx_of(told)))["Thời gian phản hồi"]
    named = "Tương trợ tư pháp - truy cập dữ liệu điện tử được lưu trữ"
    assert named in page
    assert "mla_stored_data" not in page
    row = [cell.value for cell in sheet[3]]
    assert row[:2] == ["Thực hiện", named] or row[1] == named
    assert True not in row
    assert False not in [value for value in row if isinstance(value, bool)]
    assert row[-1] == "Không"


def test_figures_have_the_decimal_sign_of_the_language(report):
    with translation.override("vi"):
        page = html_of(report)
    words = " ".join(re.sub("<svg.*?</svg>|<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).split())
    assert "4,0 ngày" in words
    assert re.findall(r"[0-9]\.[0-9]", words) == []
    assert ">0,2</text>" in page
    assert "4.0 d" in html_of(report)


def test_a_report_is_published_in_every_language_that_pages_offer(report, tmp_path):
    publish(report, tmp_path)

    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert files == [
        *(f"report.{form}" for form in ("csv", "html", "json", "pdf", "xlsx")),
        *(f"vi/report.{form}" for form in ("html", "pdf", "xlsx")),
    ]
    assert "Response times" in (tmp_path / "report.html").read_text()
    assert "Thời gian phản hồi" in (tmp_path / "vi" / "report.html").read_text()


def test_a_suppressed_group_and_an_empty_report_can_be_printed():
    few = report_of(closed_after(1, "r1"), public=True)
    text = PdfReader(io.BytesIO(pdf_of(few))).pages[0].extract_text()

    assert "suppressed" in text
    assert "fewer than 5 requests or fewer than" in " ".join(text.split())
    assert load_workbook(io.BytesIO(xlsx_of(few)))["Curves"].max_row == 2
    assert "No stage of any request" in PdfReader(io.BytesIO(pdf_of(report_of()))).pages[0].extract_text()


def test_a_report_is_in_the_readers_language_on_every_paper(report):
    with translation.override("vi"):
        page, pdf, book = (
            html_of(report),
            PdfReader(io.BytesIO(pdf_of(report))),
            load_workbook(io.BytesIO(xlsx_of(report))),
        )

    text = " ".join(" ".join(one.extract_text() for one in pdf.pages).split())
    assert pdf.root_object["/Lang"] == "vi"
    assert '<html lang="vi">' in page
    for told in (page, text):
        for words in ("DIỄN TẬP", "Thời gian phản hồi", "Quan sát đến", "Tỷ lệ còn mở theo thời gian."):
            assert words in told
        for words in ("EXERCISE", "Observed until", "Median", "suppressed", "at risk", "Mean of"):
            assert words not in told
    assert book.sheetnames == ["Thời gian phản hồi", "Các đường", "Định nghĩa"]
    assert book["Các đường"]["A1"].value.startswith("DIỄN TẬP")
    headings = [cell.value for cell in book["Thời gian phản hồi"][2]]
    assert "Intervals" not in headings
