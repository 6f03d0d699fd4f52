"""The commands that play an exercise and write its log, as somebody at a shell meets them."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from requests_app.world.models import Exercise
from tests.builders import Ran, desks_scenario, shell

pytestmark = pytest.mark.usefixtures("every_exercise_holds")
SMALL: dict[str, Any] = {
    **json.loads(desks_scenario(name="small")),
    "length": "40d",
    "cases": [
        {
            "id": "port",
            "state": "XA",
            "title": "Ransomware at a port",
            "offences": ["system_interference"],
            "facts": "The systems of a port were encrypted.",
        }
    ],
    "requests": [
        {
            "id": "preserve",
            "when": "+2h",
            "who": "XA/contact_point_24_7",
            "whom": "XB/contact_point_24_7",
            "type": "preservation_expedited",
            "case": "port",
            "contents": {},
        },
        {
            "id": "logs",
            "when": {"after_act": "confirm_preservation", "of": "preserve", "plus": "5d"},
            "who": "XA/central_authority",
            "whom": "XB/central_authority",
            "type": "mla_stored_data",
            "parent": "preserve",
            "case": "port",
            "contents": {},
        },
    ],
    "injects": [{"id": "news", "trigger": {"at": "+0m"}, "to": ["XA"], "title": "The port is offline"}],
    "expectations": [
        {
            "id": "in-time",
            "seat": "XA",
            "act": "submit",
            "to": "XB",
            "within": "6h",
            "of": {"inject": "news"},
            "points": 20,
            "why": "42(1)",
        },
        {
            "id": "in-vain",
            "seat": "XA",
            "act": "withdraw",
            "to": "XB",
            "within": "1d",
            "of": {"inject": "news"},
            "points": 5,
            "why": "40(26)",
        },
    ],
}


@pytest.fixture
def small(tmp_path: Path) -> str:
    """A scenario file: Arvania has data preserved in Borland and asks for it."""
    path = tmp_path / "small.yaml"
    path.write_text(json.dumps(SMALL))
    return str(path)


def run(*arguments: str) -> Ran:
    return shell("run_exercise", *arguments)


# -- what it prints --------------------------------------------------------------------------------------


def test_json_gives_these_figures_and_no_others(small):
    ran = run(small, "--seed", "7", "--json")

    assert ran.code == 0
    found = json.loads(ran.out)
    assert list(found) == [
        "handle",
        "scenario",
        "seed",
        "requests",
        "open_requests",
        "events",
        "deadlines",
        "expectations",
        "checkpoint",
    ]
    assert list(found["deadlines"]) == ["met", "missed", "running"]
    assert (found["handle"], found["scenario"], found["seed"]) == ("small-7", "small", 7)
    assert found["requests"] == 2
    assert found["expectations"] == {"met": 1, "missed": 1, "points": 20, "of": 25}
    assert len(found["checkpoint"]) == 64


def test_without_json_it_prints_nothing_and_says_that_it_is_an_exercise(small):
    ran = run(small, "--seed", "7")

    assert (ran.code, ran.out) == (0, "")
    assert ran.said[0] == "EXERCISE small-7: Two desks"
    assert ran.said[-1].startswith("  checkpoint ")


def test_each_run_is_a_new_exercise_with_a_handle_of_its_own(small):
    handles = [
        json.loads(run(small, "--seed", seed, "--json").out)["handle"] for seed in ("7", "7", "8", "7")
    ]

    assert handles == ["small-7", "small-7-2", "small-8", "small-7-3"]


def test_a_handle_that_another_scenario_has_is_not_taken_twice(tmp_path):
    first, second = tmp_path / "small.yaml", tmp_path / "small-7.yaml"
    first.write_text(json.dumps(SMALL))
    second.write_text(json.dumps({**SMALL, "scenario": "small-7"}))
    run(str(first), "--seed", "7")
    run(str(first), "--seed", "7")

    ran = run(str(second), "--seed", "2", "--json")

    assert ran.code == 0
    assert json.loads(ran.out)["handle"] == "small-7-2-2"


def test_until_stops_at_an_instant(small):
    ran = run(small, "--seed", "7", "--until", "+3d", "--json")

    assert ran.code == 0
    assert json.loads(ran.out)["requests"] == 1
    exercise = Exercise.objects.get(handle="small-7")
    assert exercise.advanced_to == datetime(2027, 3, 4, tzinfo=UTC)
    assert not exercise.ended


def test_teams_play_as_they_are_told(small):
    checkpoints = {
        json.loads(run(small, "--seed", "7", "--teams", teams, "--json").out)["checkpoint"]
        for teams in ("typical", "overloaded")
    }

    assert len(checkpoints) == 2


# -- the log ---------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_file_and_another_seed_another(small, tmp_path):
    files = [tmp_path / name for name in ("a.jsonl", "b.jsonl", "c.jsonl")]
    for file, seed in zip(files, ("7", "7", "8"), strict=True):
        assert run(small, "--seed", seed, "--events", str(file)).code == 0

    first, second, other = (file.read_bytes() for file in files)
    assert first == second
    assert first != other
    assert first.count(b"\n") > 20


def test_the_log_until_an_instant_is_the_beginning_of_the_whole_log(small, tmp_path):
    part, whole = tmp_path / "part.jsonl", tmp_path / "whole.jsonl"
    run(small, "--seed", "7", "--events", str(whole))
    run(small, "--seed", "7", "--until", "+6d", "--events", str(part))

    assert part.read_bytes().count(b"\n") > 5
    assert whole.read_bytes().startswith(part.read_bytes())


def recomputed(lines: Iterable[bytes]) -> str:
    """Return the checkpoint of exported lines, with nothing of ours; fail where a link does not hold."""
    heads: dict[Any, tuple[int, str]] = defaultdict(lambda: (0, "0" * 64))
    for line in lines:
        event = json.loads(line)
        hash_ = event.pop("hash")
        chain = (event["request"], event["desk"])
        assert (event["seq"], event["prev"]) == (heads[chain][0] + 1, heads[chain][1])
        assert hashlib.sha256(rfc8785.dumps(event)).hexdigest() == hash_
        heads[chain] = (event["seq"], hash_)
    return hashlib.sha256("\n".join(sorted(head for _, head in heads.values())).encode()).hexdigest()


def test_an_outsider_recomputes_the_chains_and_the_checkpoint_from_the_lines(small, tmp_path):
    file = tmp_path / "events.jsonl"
    ran = run(small, "--seed", "7", "--events", str(file), "--json")

    found = json.loads(ran.out)
    lines = file.read_bytes().splitlines()
    assert len(lines) == found["events"]
    assert recomputed(lines) == found["checkpoint"]


def test_a_line_changed_in_the_file_is_found_by_an_outsider(small, tmp_path):
    file = tmp_path / "events.jsonl"
    run(small, "--seed", "7", "--events", str(file))
    lines = file.read_bytes().splitlines()
    number = next(n for n, line in enumerate(lines) if b'"act":"acknowledge"' in line)
    lines[number] = lines[number].replace(b'"act":"acknowledge"', b'"act":"acknowledgf"')

    with pytest.raises(AssertionError):
        recomputed(lines)


def test_lines_are_canonical_sorted_and_name_no_person_and_no_database_id(small, tmp_path):
    file = tmp_path / "events.jsonl"
    run(small, "--seed", "7", "--events", str(file))
    lines = file.read_bytes().splitlines()
    events = [json.loads(line) for line in lines]

    assert [rfc8785.dumps(event) for event in events] == lines
    places = [(e["at"], e["request"] or "", e["desk"] or "", e["seq"]) for e in events]
    assert places == sorted(places)
    assert {tuple(sorted(event)) for event in events} == {
        ("act", "actor", "at", "contents", "desk", "exercise", "hash", "prev", "request", "seq", "status")
    }
    assert {event["exercise"] for event in events} == {"small/7"}
    assert {event["request"] for event in events} == {None, "XA-XB-0001", "XA-XB-0002"}
    assert all(len(event["at"]) == 20 and event["at"].endswith("Z") for event in events)
    control = next(event for event in events if event["request"] is None and event["desk"] is None)
    assert control["actor"] == {"state": None, "authority": None, "seat": None}
    ids = {str(key) for key in Exercise.objects.values_list("pk", flat=True)}
    assert not any(key.encode() in line for key in ids for line in lines)


def test_export_log_writes_what_run_exercise_wrote(small, tmp_path):
    file, again = tmp_path / "events.jsonl", tmp_path / "again.jsonl"
    run(small, "--seed", "7", "--events", str(file))

    ran = shell("export_log", "small-7", "--format", "jsonl", "--out", str(again))

    assert ran.code == 0
    assert again.read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody-7", "--out", "{tmp}/a.jsonl"), "nobody-7: there is no exercise with this handle"),
        (("small-7", "--out", "{tmp}"), "--out: {tmp} is not a file that can be written"),
        (("small-7", "--out", "{tmp}/none/a.jsonl"), "--out: {tmp}/none/a.jsonl is not a file"),
        (("small-7",), "the following arguments are required: --out"),
        (("small-7", "--format", "parchment", "--out", "{tmp}/a"), "argument --format: invalid choice"),
    ],
    ids=["no such exercise", "a folder", "a folder that is not there", "nowhere", "no such format"],
)
def test_a_log_that_cannot_be_exported_is_one_line(small, tmp_path, arguments, said):
    run(small, "--seed", "7")

    ran = shell("export_log", *(argument.format(tmp=tmp_path) for argument in arguments))

    assert (ran.code, ran.out, len(ran.said)) == (2, "", 1)
    assert ran.said[0].startswith(said.format(tmp=tmp_path))


# -- bad input -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--seed", "x"), "argument --seed: invalid int value: 'x'"),
        (("--seed", "-1"), "--seed: must be a whole number from 0 to "),
        (("--seed", str(2**63)), "--seed: must be a whole number from 0 to "),
        (("--teams", "lazy"), "--teams: there is no behaviour lazy (allowed: "),
        (("--until", "yesterday"), "--until: 'yesterday' is not an instant (allowed: "),
        (("--until", "2027-03-05T00:00:00"), "--until: '2027-03-05T00:00:00' is not an instant"),
        (("--until", "+900d"), "--until: +900d lies outside the exercise (2027-03-01T00:00:00+00:00 to "),
        (("--until", "2027-01-01T00:00:00Z"), "--until: 2027-01-01T00:00:00Z lies outside the exercise"),
        (("--until", "+99999w"), "--until: '+99999w' is not an instant"),
        (("--events", "{tmp}"), "--events: {tmp} is a folder (name a file)"),
        (("--events", "{tmp}/none/a.jsonl"), "--events: the folder {tmp}/none is not there"),
        (("--report", "{tmp}/small.yaml"), "--report: {tmp}/small.yaml is a file (name a folder)"),
        (("--report", "{tmp}/none/report"), "--report: the folder {tmp}/none is not there"),
        (("--colour",), "unrecognized arguments: --colour"),
    ],
    ids=[
        "a seed in letters",
        "a seed below nothing",
        "a seed too large",
        "no such behaviour",
        "no instant",
        "an instant without offset",
        "after the end",
        "before the start",
        "an absurd span",
        "events into a folder",
        "events into no folder",
        "a report into a file",
        "a report into no folder",
        "no such option",
    ],
)
def test_a_bad_option_is_one_line_and_nothing_is_stored(small, tmp_path, arguments, said):
    ran = run(small, *(argument.format(tmp=tmp_path) for argument in arguments))

    assert (ran.code, ran.out, len(ran.said)) == (2, "", 1), ran
    assert ran.said[0].startswith(said.format(tmp=tmp_path))
    assert not Exercise.objects.exists()


def test_several_bad_options_are_told_at_once(small, tmp_path):
    ran = run(small, "--seed", "-1", "--teams", "lazy", "--events", str(tmp_path))

    assert ran.code == 2
    assert [line.split(":")[0] for line in ran.said] == ["--events", "--seed", "--teams"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "bad.yaml"),
        ("scenario: bad\ntitle: [\n", "bad.yaml:"),
        ("\x00\x01\x02", "bad.yaml"),
        ("[" * 100_000, "bad.yaml:"),
        (json.dumps({**SMALL, "scenario": "other"}), "bad.yaml:1: scenario: "),
    ],
    ids=["empty", "no YAML", "binary", "deep nesting", "another name"],
)
def test_a_faulty_scenario_is_told_by_place_and_nothing_is_stored(tmp_path, text, said):
    path = tmp_path / "bad.yaml"
    path.write_text(text)

    ran = run(str(path))

    assert (ran.code, ran.out) == (2, "")
    assert ran.said
    assert all(line.startswith(said) for line in ran.said)
    assert not Exercise.objects.exists()


def test_an_unknown_scenario_is_one_line_that_names_those_that_ship():
    ran = run("hospital-ransomwear")

    assert (ran.code, ran.out, len(ran.said)) == (2, "", 1)
    assert ran.said[0].startswith("hospital-ransomwear: is neither a file nor a scenario that ships")
    assert "hospital-ransomware" in ran.said[0]


def test_a_report_is_written_where_it_is_asked_for(small, tmp_path):
    ran = run(small, "--seed", "7", "--report", str(tmp_path / "report"))

    assert ran.code == 0
    assert (tmp_path / "report" / "report.html").exists()
    assert json.loads((tmp_path / "report" / "report.json").read_text())["schema"] == "comity.report/1"
