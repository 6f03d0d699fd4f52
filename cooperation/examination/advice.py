"""What is said to a person about a draft: why a field matters, how an error is mended, what to ask. All data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cooperation.document import BadInput, Entries, read_file
from cooperation.examination.admissibility import QUESTIONS
from cooperation.rulebook import RuleBook, rulebook
from cooperation.rulebook.reading import Entry, Notes

FOLDER = Path(__file__).parents[1] / "data" / "advice"
WEIGHTS = ("defect", "quality")
# The mildest first.
RESPONSES = ("none", "ask", "delay", "return", "refuse")


@dataclass(frozen=True, slots=True)
class Response:
    """What the other side will likely do."""

    id: str
    label: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class FieldAdvice:
    """Why a field matters, and what the other side will likely do without it."""

    field: str
    why: str
    response: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class ErrorAdvice:
    """How a typical error is mended.

    weight  "defect": something is to be cured before help is given; "quality": it only makes help worse
    why     why it matters; empty where the fields that show it say so
    """

    error: str
    weight: str
    mend: str
    response: str
    source: str
    confidence: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class QuestionAdvice:
    """A question to the drafter, and why it is put. `{about}` stands for what the question is about."""

    id: str
    asks: str
    why: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Advice:
    """All that is said to a person about a draft, by id."""

    responses: Mapping[str, Response]
    fields: Mapping[str, FieldAdvice]
    errors: Mapping[str, ErrorAdvice]
    questions: Mapping[str, QuestionAdvice]


@cache
def advice() -> Advice:
    """Return the advice that ships, read once against the rule book that ships."""
    return load_advice(rulebook())


def load_advice(book: RuleBook, folder: Path = FOLDER) -> Advice:
    """Return the advice in a folder; raise BadInput with every fault found.

    Each field and each error of the rule book has its advice, and so has each question; nothing else has.
    """
    notes = Notes()
    fields = open_advice(folder, "fields", notes)
    errors = open_advice(folder, "errors", notes)
    questions = open_advice(folder, "questions", notes)
    found = Advice(
        responses=fields.by_id("responses", _read_response),
        fields=fields.by_id("fields", _read_field, named="field"),
        errors=errors.by_id("errors", _read_error, named="error"),
        questions=questions.by_id("questions", _read_question),
    )
    for entry in (fields, errors, questions):
        entry.finish()
    notes.look_up(
        {
            "confidences": set(book.terms["confidences"]),
            "articles": {str(number) for number in book.articles},
            "responses": set(found.responses),
            "weights": set(WEIGHTS),
            "fields": set(book.fields),
            "errors": set(book.errors),
            "questions": set(QUESTIONS),
        }
    )
    _check_whole(notes, fields, "fields", found.fields, book.fields)
    _check_whole(notes, errors, "errors", found.errors, book.errors)
    unexplained = [name for name, error in book.errors.items() if not error.fields]
    explained = [name for name, told in found.errors.items() if told.why]
    _check_whole(notes, errors, "errors", explained, unexplained)
    _check_whole(notes, fields, "responses", found.responses, RESPONSES)
    _check_whole(notes, questions, "questions", found.questions, QUESTIONS)
    if notes.faults:
        raise BadInput(dict.fromkeys(notes.faults))
    return found


def _check_whole(
    notes: Notes, entry: Entry, key: str, found: Collection[str], needed: Collection[str]
) -> None:
    absent = [word for word in needed if word not in found]
    if absent and not entry.absent:
        told = ", ".join(absent[:5]) + (f" and {len(absent) - 5} more" if len(absent) > 5 else "")
        notes.fault(
            entry.file, entry.value.lines.get(key, entry.line), key, f"has no entry for {told}", "add it"
        )


def open_advice(folder: Path, name: str, notes: Notes) -> Entry:
    """Return a file of advice, its faults noted; an absent entry where it cannot be read."""
    called, schema = f"advice/{name}.yaml", f"comity.advice-{name}/1"
    try:
        document = read_file(folder / f"{name}.yaml", called=called)
    except BadInput as bad:
        notes.faults.extend(bad.faults)
        return Entry(Entries(0), called, notes, absent=True)
    if not isinstance(document, Entries):
        notes.fault(called, 1, "", "must be a mapping", f"begin with schema: {schema}")
        return Entry(Entries(0), called, notes, absent=True)
    entry = Entry(document, called, notes)
    if entry.text("schema") != schema and entry.has("schema"):
        entry.fault("schema", "is not the schema of this file", f"write {schema}")
    return entry


def _read_response(e: Entry) -> Response:
    return Response(e.text("id"), e.text("label"), e.source(), e.confidence())


def _read_field(e: Entry) -> FieldAdvice:
    return FieldAdvice(
        field=e.word("field", "fields"),
        why=e.text("why"),
        response=e.word("response", "responses"),
        source=e.source(),
        confidence=e.confidence(),
    )


def _read_error(e: Entry) -> ErrorAdvice:
    return ErrorAdvice(
        error=e.word("error", "errors"),
        weight=e.word("weight", "weights"),
        mend=e.text("mend"),
        response=e.word("response", "responses"),
        source=e.source(),
        confidence=e.confidence(),
        why=e.text("why") if e.has("why") else "",
    )


def _read_question(e: Entry) -> QuestionAdvice:
    return QuestionAdvice(
        id=e.word("id", "questions"),
        asks=e.text("asks"),
        why=e.text("why"),
        source=e.source(),
        confidence=e.confidence(),
    )
