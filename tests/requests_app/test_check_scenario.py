"""The command that checks a scenario: one line when it is sound, a line for each fault when it is not."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from cooperation.scenario import find


def test_a_sound_scenario_is_told_in_one_line(capsys):
    call_command("check_scenario", "hospital-ransomware")

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "hospital-ransomware.yaml is sound: 4 States, 3 cases, 17 requests, 10 injects, 7 milestones, "
        "9 expectations of 100 points"
    ]


def test_a_file_of_ones_own_is_checked_like_those_that_ship(tmp_path, capsys):
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        find("hospital-ransomware")
        .read_text("utf-8")
        .replace("scenario: hospital-ransomware", "scenario: mine")
    )

    call_command("check_scenario", str(mine))

    assert capsys.readouterr().err.startswith("mine.yaml is sound: 4 States")


def test_each_fault_is_a_line_with_file_line_key_and_mend(tmp_path, capsys):
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "scenario: mine\ntitle: Mine\nstart: 2027-03-01T08:00:00\nlenght: 90d\nstates: {NO: {behaviour: typicl}}\n"
    )

    with pytest.raises(SystemExit) as stopped:
        call_command("check_scenario", str(mine))

    assert stopped.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.removeprefix(str(mine))[:30].split(": ")[:2] for line in lines] == [
        [":1", "length"],
        [":3", "start"],
        [":4", "lenght"],
        [":5", "states.NO.behaviour"],
    ]
    assert "did you mean length?" in lines[2]
    assert "did you mean typical?" in lines[3]


@pytest.mark.parametrize("name", ["no-such-scenario", "no/such/file.yaml"])
def test_a_scenario_that_is_nowhere_exits_with_what_ships(name, capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("check_scenario", name)

    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{name}: is neither a file nor a scenario that ships (name a file, or one of: ")
