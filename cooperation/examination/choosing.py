"""Which type of request fits: questions that lead, answer by answer, to types and to the article that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cooperation.document import BadInput
from cooperation.examination.advice import FOLDER, open_advice
from cooperation.rulebook import RuleBook, rulebook
from cooperation.rulebook.reading import Entry, Notes


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer leads on to another question (`to`), or to types; then `note` says why, and `source` where it stands.

    types  the first is to be sent first
    """

    id: str
    label: str
    to: str
    types: tuple[str, ...]
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the answers that one may give."""

    id: str
    question: str
    source: str
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Way:
    """How far one has come: each question answered so far with its answer, and the next one.

    next  None at the end, where the last answer names types
    """

    steps: tuple[tuple[Question, Answer], ...]
    next: Question | None


@dataclass(frozen=True, slots=True)
class Choosing:
    """All questions, the first one asked first."""

    questions: Mapping[str, Question]

    def way(self, answers: Sequence[str]) -> Way:
        """Return how far these answers lead; what is no answer to its question ends them."""
        now: Question | None = next(iter(self.questions.values()))
        steps: list[tuple[Question, Answer]] = []
        for word in answers:
            answer = now.answers.get(word) if now else None
            if now is None or answer is None:
                break
            steps.append((now, answer))
            now = self.questions[answer.to] if answer.to else None
        return Way(tuple(steps), now)


@cache
def choosing() -> Choosing:
    """Return the questions that ship, read once against the rule book that ships."""
    return load_choosing(rulebook())


def load_choosing(book: RuleBook, folder: Path = FOLDER) -> Choosing:
    """Return the questions in a folder; raise BadInput with every fault found.

    Each answer leads to a question or to types and never to both, and no way is a circle. A type that no answer
    names is found in the list alone: a new type needs no change here.
    """
    notes = Notes()
    file = open_advice(folder, "choosing", notes)
    questions = file.by_id("questions", _read_question)
    file.finish()
    notes.look_up(
        {
            "types": set(book.types),
            "questions": set(questions),
            "articles": {str(number) for number in book.articles},
        }
    )
    if not notes.faults:
        _check_ways(notes, file, questions)
    if notes.faults:
        raise BadInput(dict.fromkeys(notes.faults))
    return Choosing(questions)


def _check_ways(notes: Notes, file: Entry, questions: Mapping[str, Question]) -> None:
    line = file.value.lines.get("questions", file.line)

    def fault(problem: str, mend: str) -> None:
        notes.fault(file.file, line, "questions", problem, mend)

    if not questions:
        fault("is empty", "ask at least one question")
        return
    order = list(questions)
    reached = {order[0]}
    for place, question in enumerate(questions.values()):
        onward = {answer.to for answer in question.answers.values() if answer.to}
        reached |= onward
        for name in sorted(one for one in onward if order.index(one) <= place):
            fault(f"{question.id} leads back to {name}", "let an answer lead to a question further down")
    for name in sorted(set(questions) - reached):
        fault(f"nothing leads to {name}", "name it in `to` of an answer")


def _read_question(e: Entry) -> Question:
    return Question(
        id=e.text("id"),
        question=e.text("question"),
        source=e.source(),
        answers=e.by_id("answers", _read_answer),
    )


def _read_answer(e: Entry) -> Answer:
    leads_on = e.has("to")
    if leads_on == e.has("types"):
        e.fault("id", "leads to a question or to types, and to one of them", "write to: or types:")
    ends = e.has("types")
    return Answer(
        id=e.text("id"),
        label=e.text("label"),
        to=e.word("to", "questions") if leads_on else "",
        types=e.words("types", "types", needed=False, empty=False) if ends else (),
        note=e.text("note") if ends else "",
        source=e.source() if ends else "",
    )
