"""What a simulated State writes in a request, and in answer to a question about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from cooperation.behaviour.values import Behaviour
from cooperation.chance import Stream
from cooperation.completeness import EMPTY, missing
from cooperation.rulebook import RequestType, RuleBook


def drafted(
    kind: RequestType,
    book: RuleBook,
    behaviour: Behaviour,
    given: Mapping[str, Any],
    facts: Mapping[str, str],
    stream: Stream,
    *,
    has_parent: bool,
    offences: Collection[str],
    penalty: float | str | None,
) -> dict[str, Any]:
    """Return the contents of a request as this behaviour drafts it.

    given   what the author fixed; an explicit None stays missing
    facts   what the drafter knows: sender, receiver, case, parent
    """
    contents = dict(given)
    if "offence" in {rule.field for rule in kind.contents} and "offence" not in given and offences:
        contents["offence"] = list(offences)
    outside = offences and not set(offences) & set(book.offences)
    if outside and "maximum_penalty_years" not in given and penalty not in EMPTY:
        contents["maximum_penalty_years"] = str(penalty) if isinstance(penalty, str) else int(penalty or 0)
    gaps = missing(
        kind, contents, offences=offences, known_offences=book.offences.keys(), has_parent=has_parent
    )
    for name in gaps:
        if name in given or stream.happens(behaviour.chances["leave_out"]):
            continue
        contents[name] = answer_for(name, book, facts)
        if name == "urgency" and kind.id == "emergency_data":
            contents[name]["level"] = "emergency"
    return contents


def answer_for(name: str, book: RuleBook, facts: Mapping[str, str]) -> Any:
    """Return what a drafter writes in a field, from what it knows of the case and the parties."""
    label = book.fields[name].label
    kind = book.fields[name].type
    if name in facts:
        return facts[name]
    if kind == "boolean":
        return True
    if name == "urgency":
        return {"level": "urgent", "reasons": facts.get("case", "")}
    if name == "data_category":
        return ["stored_data_other"]
    return f"{label}: {facts.get('case', 'as stated in the case file')}"
