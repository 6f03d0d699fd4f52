"""Conditions of use: what a State may do with what it received, and what of it binds the next that receives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cooperation.moments import instant
from cooperation.words import Refused

NEVER, WITH_CONSENT = "never", "with_consent"
PURPOSE, ONWARD, CONFIDENTIAL, DELETE_BY = "purpose", "onward_transfer", "confidential", "delete_by"


def strictest(bound: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions under which something is sent on: those it came with, and what is said beside them.

    The purpose it came for stays; passing on is never allowed where either forbids it; it is confidential
    where either says so; it is destroyed by the earlier day (Arts. 36, 40(19)-(20); exercise rule).
    """
    found = {**said, **{name: value for name, value in bound.items() if name == PURPOSE}}
    if NEVER in (bound.get(ONWARD), said.get(ONWARD)):
        found[ONWARD] = NEVER
    elif ONWARD in bound:
        found[ONWARD] = bound[ONWARD]
    if bound.get(CONFIDENTIAL):
        found[CONFIDENTIAL] = True
    days = [str(one[DELETE_BY]) for one in (bound, said) if one.get(DELETE_BY)]
    if days:
        found[DELETE_BY] = min(days, key=instant)
    return found


def check_passing_on(conditions: Mapping[str, Any], *, consent: bool, sender: str) -> None:
    """Raise Refused where conditions of use forbid that something goes to another State.

    consent  the State that sent it has agreed to another use of it
    sender   alpha-2 of that State
    """
    if conditions.get(ONWARD) == NEVER:
        raise Refused(
            "onward_transfer_forbidden",
            "the State that sent it forbids passing it on",
            article="36",
            mend="tell the State that asks to request it there",
        )
    if consent:
        return
    if conditions.get(PURPOSE):
        raise Refused(
            "no_consent",
            f"{sender} sent it for this purpose only: {conditions[PURPOSE]}",
            article="40(19)",
            mend="ask for consent to another use, and wait for the answer",
        )
    if conditions.get(CONFIDENTIAL):
        raise Refused(
            "no_consent",
            f"{sender} sent it to be kept confidential",
            article="40(20)",
            mend="ask for consent to another use, and wait for the answer",
        )
    raise Refused(
        "no_consent",
        f"{sender} has not agreed to another use of what it sent",
        article="36, 40(19)",
        mend="ask for consent to another use, and wait for the answer",
    )
