"""What a simulated State writes in a request, and in answer to a question about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cooperation.behaviour.values import UNKNOWN_TO_EACH_OTHER, Behaviour
from cooperation.chance import Stream
from cooperation.completeness import EMPTY, missing
from cooperation.examination.draft import Draft, Facts, Parties
from cooperation.examination.typical_errors import found_in_draft
from cooperation.rulebook import RuleBook
from cooperation.words import sentence


def drafted(
    book: RuleBook,
    behaviour: Behaviour,
    given: Draft,
    facts: Mapping[str, Any],
    stream: Stream,
    between: Parties = UNKNOWN_TO_EACH_OTHER,
) -> dict[str, Any]:
    """Return the contents of a request as this behaviour drafts it.

    given   what the author fixed, and the case; an explicit None stays missing
    facts   what the drafter knows: sender, receiver, case, parent
    """
    kind, said = book.types[given.type], given.contents
    contents = dict(said)
    if "offence" in {rule.field for rule in kind.contents} and "offence" not in said and given.offences:
        contents["offence"] = list(given.offences)
    outside = given.offences and not set(given.offences) & set(book.offences)
    penalty = given.maximum_penalty
    if outside and "maximum_penalty_years" not in said and penalty not in EMPTY:
        contents["maximum_penalty_years"] = str(penalty) if isinstance(penalty, str) else int(penalty or 0)
    gaps = missing(
        kind,
        contents,
        offences=given.offences,
        known_offences=book.offences.keys(),
        has_parent=given.parent is not None,
    )
    for name in gaps:
        if name in said or stream.happens(behaviour.chances["leave_out"]):
            continue
        contents[name] = answer_for(name, book, facts)
        if name == "urgency" and kind.id == "emergency_data":
            contents[name]["level"] = "emergency"
    for name in _left_open(book, replace(given, contents=contents), between):
        if name in said or stream.beside(f"mend-{name}").happens(behaviour.chances["leave_out"]):
            continue
        contents.setdefault(name, answer_for(name, book, facts))
    return contents


def _left_open(book: RuleBook, draft: Draft, between: Parties) -> list[str]:
    """Return the fields left open by which the draft shows a typical error: a good drafter fills them too."""
    kind = book.types[draft.type]
    fields = {rule.field for rule in kind.contents}
    errors = found_in_draft(Facts(book, kind, draft.settled(book), between))
    named = dict.fromkeys(name for error in errors for name in book.errors[error].fields)
    # What is missing altogether has been dealt with; these are the fields that are merely advised.
    return [name for name in named if name in fields - kind.required and name not in draft.contents]


def answer_for(name: str, book: RuleBook, facts: Mapping[str, Any]) -> Any:
    """Return what a drafter writes in a field, from what it knows of the case and the parties."""
    kind = book.fields[name].type
    if name in facts:
        return facts[name]
    if kind == "boolean":
        return True
    if name == "urgency":
        return {"level": "urgent", "reasons": facts.get("case", sentence("as stated in the request"))}
    if name == "data_category":
        return ["stored_data_other"]
    case = facts.get("case")
    if case:
        return sentence(f"as the file of the case says: {case}")
    return sentence("as stated in the case file")
