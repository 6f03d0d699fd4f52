"""What a desk may do with a request now, and of all else why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cooperation.lifecycle import decide, permitted_acts
from cooperation.rulebook import rulebook
from cooperation.words import Refused
from requests_app.workflow.models import AssistanceRequest
from requests_app.world.models import Seat


@dataclass(frozen=True, slots=True)
class PossibleAct:
    """An act of a request's type. `contents` must be said with it; `why_not` is None where it may be done."""

    act: str
    label: str
    contents: tuple[str, ...]
    article: str
    why_not: Refused | None


def acts_of(request: AssistanceRequest, by: Seat, open_stages: Sequence[str]) -> list[PossibleAct]:
    """Return the acts that this side ever does on such a request, in the order of the rule book.

    None where the request lies with another authority of the same State.
    """
    own = by.authority
    side = "requesting" if request.requesting_code == own.state.code else "requested"
    if request.kind_of(side) != own.kind:
        return []
    book, kind = rulebook(), rulebook().types[request.request_type]
    standing = request.progress.standing(kind.id, open_stages, kind.acts)
    words = book.lifecycle.acts
    in_order = [
        act
        for act in words
        if act in kind.acts
        and any(t.act == act and t.is_of(side) and t.is_for(kind.id) for t in book.lifecycle.transitions)
    ]
    may = set(permitted_acts(book.lifecycle, standing, side, in_order))
    found = []
    for act in in_order:
        why_not = None
        if act not in may:
            try:
                decide(book.lifecycle, standing, side=side, act=act, contents={})
            except Refused as refused:
                why_not = refused
        needs = tuple(name for name, _ in words[act].contents)
        found.append(PossibleAct(act, words[act].label, needs, words[act].source, why_not))
    return found
