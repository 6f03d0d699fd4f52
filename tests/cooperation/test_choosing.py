"""Help with choosing a type: each way of answers ends at types of the rule book, and no type is left out."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from cooperation.document import BadInput
from cooperation.examination.advice import FOLDER
from cooperation.examination.choosing import choosing, load_choosing
from cooperation.rulebook import rulebook


@pytest.mark.parametrize(
    ("answers", "types", "source"),
    [
        ("data/danger", ("emergency_data",), "2, 41(3)(e)"),
        ("data/get/soon", ("preservation_expedited", "mla_stored_data"), "42(1), 44(1)"),
        ("information/ask/point", ("assistance_24_7",), "41(3)"),
        ("person/surrender/now", ("provisional_arrest", "extradition"), "37(10)"),
        ("property/hold", ("freezing_or_seizure",), "50(2), 40(13)"),
        ("means/exchange", ("information_exchange",), "55"),
    ],
)
def test_answers_lead_to_the_types_that_fit_and_the_article_that_says_so(answers, types, source):
    way = choosing().way(answers.split("/"))

    assert way.next is None
    assert (way.steps[-1][1].types, way.steps[-1][1].source) == (types, source)


def test_every_way_ends_at_types_and_every_type_is_reached():
    reached: set[str] = set()

    def walks(given: list[str]) -> None:
        way = choosing().way(given)
        assert len(way.steps) == len(given) <= 4
        if way.next is None:
            reached.update(way.steps[-1][1].types)
            return
        for one in way.next.answers:
            walks([*given, one])

    walks([])
    assert reached == set(rulebook().types)


def test_what_is_no_answer_leads_no_further():
    way = choosing().way(["data", "no-such-answer", "soon"])

    assert [answer.id for _, answer in way.steps] == ["data"]
    assert way.next is not None
    assert way.next.id == "data"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("to: keep}", "to: nowhere}", "nowhere"),
        ("to: keep}", "to: need}", "data leads back to need"),
        ("types: [mla_service]", "types: [no_such_type]", "no_such_type"),
        ("to: keep}", "to: get}", "nothing leads to keep"),
        ("    question: How fast?\n", "    question: How fast?\n    hint: none\n", "is not a key here"),
    ],
)
def test_questions_that_lead_astray_are_refused(tmp_path: Path, old, new, said):
    folder = copytree(FOLDER, tmp_path / "advice")
    file = folder / "choosing.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(BadInput) as refused:
        load_choosing(rulebook(), folder)

    assert said in str(refused.value)
