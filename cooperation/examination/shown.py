"""What is wrong with a request as it was sent, in the ids that expectations and after-action use."""

from __future__ import annotations

from datetime import datetime

from cooperation.completeness import missing
from cooperation.examination.draft import Draft, Facts, Parties
from cooperation.examination.truth import Truth, against_truth, is_misled
from cooperation.examination.typical_errors import found_in_draft
from cooperation.rulebook.values import RuleBook

# A required field left empty, whichever it is; and a name of the story that leads to somebody else.
GAP, MISLED = "gap", "misled"


def shown_by(
    book: RuleBook, draft: Draft, parties: Parties, truth: Truth, *, at: datetime | None = None
) -> tuple[str, ...]:
    """Return the ids of the typical errors that the draft and the truth show, after GAP and MISLED.

    at  exercise time of sending, UTC; None = not yet known
    """
    settled = draft.settled(book)
    kind = book.types[draft.type]
    gaps = missing(
        kind,
        settled.contents,
        offences=settled.offences,
        known_offences=book.offences.keys(),
        has_parent=settled.parent is not None,
    )
    by_facts = against_truth(
        book,
        settled,
        truth,
        requesting=parties.requesting.code,
        requested=parties.requested.code,
        at=at,
    )
    by_draft = found_in_draft(Facts(book, kind, settled, parties))
    beside = ((GAP, bool(gaps)), (MISLED, is_misled(settled, truth)))
    return (*(word for word, is_shown in beside if is_shown), *by_draft, *by_facts)
