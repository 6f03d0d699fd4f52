"""The command that writes the catalogues."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command


def test_a_stale_catalogue_is_told_and_extracting_makes_it_fresh(tmp_path: Path, capsys):
    (tmp_path / "vi").mkdir()
    with pytest.raises(SystemExit) as caught:
        call_command("extract_texts", check=True, folder=tmp_path)
    assert caught.value.code == 1
    assert (
        "vi/LC_MESSAGES/rulebook.po is stale: run `python manage.py extract_texts`" in capsys.readouterr().err
    )
    assert list(tmp_path.rglob("*.po*")) == []

    call_command("extract_texts", folder=tmp_path)
    call_command("extract_texts", check=True, folder=tmp_path)

    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.po*")) == [
        "en/LC_MESSAGES/django.pot",
        "en/LC_MESSAGES/rulebook.pot",
        "en/LC_MESSAGES/scenarios.pot",
        "en/LC_MESSAGES/sentences.pot",
        "vi/LC_MESSAGES/django.po",
        "vi/LC_MESSAGES/rulebook.po",
        "vi/LC_MESSAGES/scenarios.po",
        "vi/LC_MESSAGES/sentences.po",
    ]


def test_extracting_again_keeps_what_is_translated(tmp_path: Path):
    (tmp_path / "vi").mkdir()
    call_command("extract_texts", folder=tmp_path)
    path = tmp_path / "vi" / "LC_MESSAGES" / "rulebook.po"
    empty = 'msgid "Illegal access"\nmsgstr ""'
    done = 'msgid "Illegal access"\nmsgstr "Truy cập bất hợp pháp"'
    assert empty in path.read_text()
    path.write_text(path.read_text().replace(empty, done))

    call_command("extract_texts", folder=tmp_path)

    assert done in path.read_text()


def test_a_broken_catalogue_is_bad_input_and_stays_as_it_is(tmp_path: Path, capsys):
    path = tmp_path / "vi" / "LC_MESSAGES" / "scenarios.po"
    path.parent.mkdir(parents=True)
    path.write_text("nonsense\n")

    with pytest.raises(SystemExit) as caught:
        call_command("extract_texts", folder=tmp_path)

    assert caught.value.code == 2
    assert "vi/LC_MESSAGES/scenarios.po:1: is no line of a catalogue" in capsys.readouterr().err
    assert path.read_text() == "nonsense\n"
