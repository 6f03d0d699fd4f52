"""The command `report`: from a file or an exercise to pages and tables that stand by themselves."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.management import call_command

from cooperation.document import BadInput
from cooperation.intervals import Interval, columns_of
from cooperation.reports.response_times import Report, response_times
from requests_app.reports.html import html_of
from requests_app.reports.write import harmless, write_report
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.models import Interval as Row
from requests_app.world.models import Exercise

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
MADE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
CSV = """request,stage,from,to,opened_at,closed_at,due_at
XA-XB-0001,acknowledge,XA,XB,2027-03-01T08:00:00Z,2027-03-01T12:00:00Z,2027-03-02T08:00:00Z
XA-XB-0002,acknowledge,XA,XB,2027-03-02T08:00:00Z,2027-03-03T08:00:00Z,2027-03-02T20:00:00Z
XA-XB-0002,decide,XA,XB,2027-03-02T08:00:00Z,,
"""
BAD_ROW = "XA-XB-0003,decide,XA,XB,2027-03-02T08:00:00Z,2027-03-01T08:00:00Z,\n"


@pytest.fixture
def intervals(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(CSV)
    return path


def run(*options: object) -> str:
    """Run the command; return what it said on standard error."""
    said = io.StringIO()
    call_command("report", *map(str, options), stderr=said)
    return said.getvalue()


def refused(*options: object) -> list[str]:
    """Run the command on bad input; return its lines."""
    said = io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("report", *map(str, options), stderr=said)
    assert stopped.value.code == 2
    return said.getvalue().splitlines()


def test_a_file_becomes_pages_tables_and_json_without_a_database(intervals, tmp_path):
    said = run("--intervals", intervals, "--out", tmp_path / "out")

    assert said.splitlines() == [
        "observed until 2027-03-03T08:00:00Z, the latest opening or closing in mine.csv",
        f"written: {tmp_path}/out/report.html",
        f"written: {tmp_path}/out/report.pdf",
        f"written: {tmp_path}/out/report.xlsx",
        f"written: {tmp_path}/out/report.csv",
        f"written: {tmp_path}/out/report.json",
    ]
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (report["schema"], report["observed_until"]) == ("comity.report/1", "2027-03-03T08:00:00Z")
    assert report["filters"] == {"intervals": "mine.csv"}
    assert [(g["key"], g["n"], g["median_hours"], g["on_time_rate"]) for g in report["groups"]] == [
        ({"stage": "acknowledge"}, 2, 4.0, 0.5),
        ({"stage": "decide"}, 1, None, None),
    ]
    rows = list(csv.DictReader((tmp_path / "out" / "report.csv").open()))
    assert [(row["stage"], row["n"], row["median_hours"], row["suppressed"]) for row in rows] == [
        ("acknowledge", "2", "4.0", "false"),
        ("decide", "1", "", "false"),
    ]


def test_the_end_of_observation_can_be_chosen(intervals, tmp_path):
    said = run(
        *("--intervals", intervals, "--out", tmp_path, "--format", "json"),
        *("--observed-until", "2027-03-01T17:00:00+07:00"),
    )

    assert "2 opened after 2027-03-01T10:00:00Z and are left out" in said
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["left_out"] == 2
    assert [(group["n"], group["open"]) for group in report["groups"]] == [(1, 1)]
    assert not (tmp_path / "report.html").exists()


def test_bad_rows_are_bad_input_and_nothing_is_written(intervals, tmp_path):
    intervals.write_text(CSV + BAD_ROW)

    assert refused("--intervals", intervals, "--out", tmp_path / "out") == [
        f"{intervals}:5: closed_at: lies before opened_at (exchange or correct them)"
    ]
    assert not (tmp_path / "out").exists()


def test_bad_rows_are_skipped_told_and_counted_when_asked(intervals, tmp_path):
    intervals.write_text(CSV + BAD_ROW)

    said = run("--intervals", intervals, "--out", tmp_path, "--format", "json,html", "--skip-bad")

    assert f"{intervals}:5: closed_at: lies before opened_at" in said
    assert "1 bad rows are left out" in said
    assert json.loads((tmp_path / "report.json").read_text())["filters"] == {
        "intervals": "mine.csv",
        "bad_rows_left_out": 1,
    }
    assert "Faulty rows, left out" in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ([], ["give either the handle of an exercise or --intervals FILE.csv"]),
        (["--intervals", "none.csv"], ["none.csv: cannot be read: No such file or directory"]),
        (
            ["--intervals", "none.csv", "--format", "docx,html", "--observed-until", "2027-03-01"],
            [
                "--format: docx is no format (allowed: html, pdf, xlsx, csv, json)",
                "--observed-until: '2027-03-01' has no offset "
                "(write it as 2026-03-01T08:00:00Z or 2026-03-01T15:00:00+07:00)",
            ],
        ),
    ],
    ids=["neither a handle nor a file", "no such file", "two faulty options at once"],
)
def test_faulty_options_are_told_all_at_once(options, lines):
    assert refused(*options) == lines


def test_a_wrong_comparison_is_bad_input(intervals, tmp_path):
    assert refused("--intervals", intervals, "--out", tmp_path / "out", "--by", "pillar,colour")[1:] == [
        "--by: colour is nothing to compare by (allowed: pillar, request_type, from, to, month)",
        "--by: no interval states its pillar (leave it out)",
    ]


def test_a_folder_that_cannot_be_made_is_bad_input(intervals, tmp_path):
    (tmp_path / "taken").write_text("a file")

    assert refused("--intervals", intervals, "--out", tmp_path / "taken")[1:] == [
        f"--out: {tmp_path}/taken cannot be written: File exists (name a folder that can)"
    ]


@pytest.fixture
def exercise(db) -> Exercise:
    """A question of Borland's has been open for a day when the exercise stands at its fifth."""
    exercise = Exercise.objects.create(
        handle="hospital-ransomware-7",
        scenario="hospital-ransomware",
        scenario_text="",
        seed=7,
        teams="typical",
        deadline_profile="hanoi",
        rulebook_digest="",
        starts_at=START,
        ends_at=START + timedelta(days=30),
        advanced_to=START + timedelta(days=5),
    )
    request = AssistanceRequest.objects.create(
        exercise=exercise,
        reference="XA-XB-0001",
        request_type="mla_stored_data",
        requesting_code="XA",
        requested_code="XB",
        requesting_kind="central_authority",
        requested_kind="central_authority",
    )
    Row.objects.create(
        request=request, stage="acknowledge", opened_at=START, closed_at=START + timedelta(days=1), outcome=""
    )
    Row.objects.create(
        request=request,
        stage="decide",
        opened_at=START,
        due_at=START + timedelta(days=30),
        suspended_seconds=3_600,
        suspended_since=START + timedelta(days=4),
    )
    return exercise


def test_an_exercise_is_reported_as_of_its_present(exercise, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "requests_app.management.commands.report.Command.needs_database_for", lambda *_: False
    )  # the world is not needed to read an exercise
    run(exercise.handle, "--out", tmp_path, "--by", "pillar,from,to", "--format", "json")

    report = json.loads((tmp_path / "report.json").read_text())
    assert report["observed_until"] == "2027-03-06T08:00:00Z"
    assert report["filters"] == {"exercise": "hospital-ransomware-7"}
    assert [(group["key"], group["open"]) for group in report["groups"]] == [
        ({"stage": "acknowledge", "pillar": "electronic_evidence", "from": "XA", "to": "XB"}, 0),
        ({"stage": "decide", "pillar": "electronic_evidence", "from": "XA", "to": "XB"}, 1),
    ]


def test_a_suspension_that_has_not_ended_counts_up_to_the_present(exercise):
    from requests_app.reports.source import columns_of_exercise

    assert columns_of_exercise(exercise).suspended_us.tolist() == [0, (3_600 + 86_400) * 1_000_000]


class Outline(HTMLParser):
    """What a test asks of a page: its elements, in order, with their attributes and the text inside."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def report_of(*rows: Interval, **options) -> Report:
    return response_times(columns_of(rows), START + timedelta(days=60), generated_at=MADE, **options)


def rows(stage: str = "decide", count: int = 8, **more) -> list[Interval]:
    return [
        Interval(
            f"{stage}-{n}",
            stage,
            START + timedelta(days=n),
            START + timedelta(days=2 * n + 1) if n % 3 else None,
            **more,
        )
        for n in range(count)
    ]


def test_the_page_needs_nothing_but_itself_and_says_that_it_is_an_exercise():
    page = html_of(report_of(*rows(), *rows("whole"), filters={"intervals": "mine.csv"}))
    outline = Outline(page)

    assert outline.text.count("EXERCISE - training") == 2
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#)[^"']*|@import|url\((?!#)""", page)
    assert outline.all("script") == outline.all("link") == outline.all("img") == outline.all("iframe") == []
    assert "Observed until" in outline.text
    assert "30 April 2027, 08:00 UTC" in outline.text


def test_each_chart_has_a_title_to_be_read_out_and_stands_as_a_table_too():
    outline = Outline(html_of(report_of(*rows(), *rows("whole"))))
    ids = [attributes["id"] for _, attributes in outline.elements if attributes.get("id")]

    charts = outline.all("svg")
    assert [chart["role"] for chart in charts] == ["img", "img"]
    assert all(set((chart["aria-labelledby"] or "").split()) <= set(ids) for chart in charts)
    assert len(ids) == len(set(ids))
    assert "Decide: the chart as a table" in outline.text
    assert "at risk: 8" in outline.text


def test_the_page_is_built_for_screen_readers_and_small_screens():
    outline = Outline(html_of(report_of(*rows(), *rows("whole"))))

    assert outline.all("html") == [{"lang": "en"}]
    assert [tag for tag, _ in outline.elements if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h2", "h2"]
    assert len(outline.all("caption")) == len(outline.all("table")) == 4
    assert all("scope" in header for header in outline.all("th"))
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in outline.all("meta")
    wide = [element for element in outline.all("div") if element.get("class") == "wide"]
    assert all(element["tabindex"] == "0" and element["aria-label"] for element in wide)
    assert len(wide) == 4


def test_what_is_not_reached_few_or_suppressed_says_so():
    few = [Interval("r1", "keep", START), Interval("r2", "keep", START)]

    text = Outline(html_of(report_of(*few))).text
    public = Outline(html_of(report_of(*few, public=True))).text

    assert "not reached" in text
    assert "few: read with care" in text
    assert "suppressed" in public
    assert "fewer than 5 requests or fewer than 3 States" in public


def test_equal_reports_give_equal_pages():
    assert html_of(report_of(*rows())) == html_of(report_of(*rows()))


def test_words_from_outside_are_only_ever_text():
    nasty = "<script>alert(1)</script> $x$ & 'q'"

    page = html_of(
        report_of(*rows(request_type=nasty), *rows("b", request_type="=1+1"), by=("request_type",))
    )

    assert "<script" not in page
    assert Outline(page).all("script") == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt; $x$ &amp;" in page


def test_a_page_draws_the_largest_groups_and_says_how_many_more_there_are():
    many = [row for n in range(9) for row in rows(count=3 + n, to=f"X{'ABCDEFGHI'[n]}")]

    text = Outline(html_of(report_of(*many, by=("to",)))).text

    assert "Drawn are the 6 largest groups; 3 more stand in the table above." in text


def test_an_empty_report_is_a_page_too():
    assert "No stage of any request had been opened." in Outline(html_of(report_of())).text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_compute_is_made_harmless(start):
    assert harmless(f"{start}1+1") == f"'{start}1+1"
    assert harmless("decide") == "decide"


def test_writing_returns_what_was_written(tmp_path):
    assert write_report(report_of(*rows()), ["csv", "json"], tmp_path / "a" / "b") == [
        tmp_path / "a" / "b" / "report.csv",
        tmp_path / "a" / "b" / "report.json",
    ]
    with pytest.raises(BadInput, match="--format: docx is no format"):
        write_report(report_of(*rows()), ["docx"], tmp_path)
