"""What a draft lacks, and whether the Convention is a basis for it at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import isfinite
from typing import Any

from cooperation.rulebook import RequestType, RuleBook

EMPTY: tuple[Any, ...] = (None, "", [], {}, ())


def missing(
    kind: RequestType,
    contents: Mapping[str, Any],
    *,
    offences: Collection[str],
    known_offences: Collection[str],
    has_parent: bool,
) -> tuple[str, ...]:
    """Return the required fields that the contents leave empty, in the order of the rule book.

    A conditional rule counts only where the draft itself decides its condition; else it is a question to
    the drafter and never a gap.
    """
    gaps = []
    for rule in kind.contents:
        if contents.get(rule.field) not in EMPTY:
            continue
        if rule.rule == "required":
            gaps.append(rule.field)
        elif rule.condition == "offence_outside_convention":
            if offences and not set(offences) & set(known_offences):
                gaps.append(rule.field)
        elif rule.condition == "has_parent" and has_parent:
            gaps.append(rule.field)
    return tuple(gaps)


def is_covered(
    book: RuleBook, kind: RequestType, offences: Collection[str], penalty: float | str | None
) -> bool:
    """Return whether the Convention can be the basis of such a request (Arts. 3, 35(1)).

    One offence of Articles 7 to 17 is enough. Another crime needs the serious-crime threshold, and opens
    sharing of electronic evidence only. What the draft leaves out, the offence or the penalty, is a question
    to its drafter: nothing is known against it.
    """
    if kind.scope == "any" or not offences or any(offence in book.offences for offence in offences):
        return True
    return kind.serious_crime != "not_covered" and (penalty in EMPTY or book.serious_crime.is_met_by(penalty))


def penalty_of(value: Any) -> float | str | None:
    """Return a maximum penalty as the rule book compares it: years, "life" or "death"."""
    if isinstance(value, bool) or value in EMPTY:
        return None
    if isinstance(value, int | float):
        return value
    text = str(value).strip().lower()
    try:
        years = float(text)
    except ValueError:
        return text
    return years if isfinite(years) else text
