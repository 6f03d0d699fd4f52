"""What people are told of the work in hand: the backlog as a chart and a table, State by State, type by type, outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.reports.workload import InHand, Workload
from requests_app.reports.charts import backlog_chart
from requests_app.reports.shown import row_of, share_of, when

MOMENTS_AT_MOST = 13
OUTCOMES = {
    "answered": gettext_lazy("Answered"),
    "partly_answered": gettext_lazy("Answered in part"),
    "no_data": gettext_lazy("Nothing was found"),
    "refused": gettext_lazy("Refused"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "returned": gettext_lazy("Returned: wrong authority"),
    "lapsed": gettext_lazy("Lapsed"),
    "": gettext_lazy("Still open"),
}


def work_shown(work: Workload) -> dict[str, Any]:
    """Return all that a reader is shown. Equal workloads give equal values."""
    told = sum(one.n or 0 for one in work.outcomes)
    return {
        "now": work.backlog[-1] if work.backlog else None,
        "chart": _chart(work.backlog) if work.backlog else "",
        "moments": _thinned(work.backlog),
        "states": [row_of(one) for one in work.states],
        "types": [row_of(one) for one in work.types],
        "outcomes": [
            {
                "outcome": one.outcome,
                "words": OUTCOMES[one.outcome],
                "n": one.n,
                "share": "" if one.n is None or _withholds(work) else share_of(one.n / told),
            }
            for one in work.outcomes
        ],
    }


def _withholds(work: Workload) -> bool:
    return any(one.n is None for one in work.outcomes)


def _chart(moments: Sequence[InHand]) -> str:
    most = max(moments, key=lambda one: one.open)
    description = _(
        "At most %(most)s were open, on %(when)s; at the end %(open)s, of which %(overdue)s overdue."
    )
    told = {
        "most": most.open,
        "when": when(most.at),
        "open": moments[-1].open,
        "overdue": moments[-1].overdue,
    }
    return backlog_chart(
        moments, name="chart-backlog", title=_("Requests open over time"), description=description % told
    )


def _thinned(moments: Sequence[InHand]) -> list[InHand]:
    """Return at most so many of them, evenly, the first and the last among them."""
    if len(moments) <= MOMENTS_AT_MOST:
        return list(moments)
    last = len(moments) - 1
    return [moments[round(place * last / (MOMENTS_AT_MOST - 1))] for place in range(MOMENTS_AT_MOST)]
