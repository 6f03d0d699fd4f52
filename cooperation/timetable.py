"""Which deadlines of a profile an act starts: by the stage it opens, or by the event it raises."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cooperation.rulebook import DeadlineRule

COUNTED = ("maximum", "target")
VALIDITY = ("minimum_validity", "maximum_validity")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the conditions of deadlines ask about a request."""

    urgency: str = "routine"
    data_category: frozenset[str] = frozenset()
    receiver_not_designated: bool = False
    oral_unconfirmed: bool = False


def circumstances(
    contents: Mapping[str, Any], *, receiver_not_designated: bool, oral_unconfirmed: bool
) -> Circumstances:
    """Return the circumstances that the contents of a request speak of."""
    urgency = contents.get("urgency")
    level = urgency.get("level") if isinstance(urgency, Mapping) else urgency
    data = contents.get("data_category")
    categories = [data] if isinstance(data, str) else data if isinstance(data, (list, tuple)) else []
    return Circumstances(
        str(level or "routine"), frozenset(map(str, categories)), receiver_not_designated, oral_unconfirmed
    )


def holds(condition: Mapping[str, Any] | None, facts: Circumstances) -> bool:
    """Return whether the condition of a deadline is true; no condition always is."""
    for name, wanted in (condition or {}).items():
        value = getattr(facts, name)
        if isinstance(wanted, (list, tuple, frozenset)):
            found = value if isinstance(value, frozenset) else {value}
            if not found & set(wanted):
                return False
        elif value != wanted:
            return False
    return True


def of_stage(
    rules: Iterable[DeadlineRule],
    stage: str,
    facts: Circumstances,
    due: Callable[[DeadlineRule], datetime | None],
) -> DeadlineRule | None:
    """Return the one deadline that governs a stage, or None.

    A condition that is true beats no condition, a named request type beats all_mla, which beats all; then
    the earliest. One with a figure beats a standard without one, which yields elapsed time only.
    """
    standing = [r for r in rules if r.stage == stage and r.kind not in VALIDITY and holds(r.condition, facts)]
    if not standing:
        return None

    def precedence(rule: DeadlineRule) -> tuple[bool, bool, int, float]:
        instant = due(rule) if rule.kind in COUNTED else None
        return (
            rule.kind not in COUNTED,
            not rule.condition,
            -rule.specificity,
            instant.timestamp() if instant else float("inf"),
        )

    return min(standing, key=precedence)


def of_events(
    rules: Iterable[DeadlineRule], raised: Collection[str], facts: Circumstances
) -> tuple[DeadlineRule, ...]:
    """Return the deadlines without a stage that these events start.

    One whose end is raised by the same act has nothing to time and is left out.
    """
    return tuple(
        rule
        for rule in rules
        if (rule.stage is None or rule.kind in VALIDITY)
        and rule.starts_on in raised
        and not set(rule.ends_on) & set(raised)
        and holds(rule.condition, facts)
    )
