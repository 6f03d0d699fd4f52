"""What a reader can work out of suppressed counts who knows everything else that is public."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_NOTICEABLE = 0.5
"""Counts are whole numbers; a solver's answer is not quite."""


def worked_out(counts: Sequence[int], sums: Sequence[Sequence[int]]) -> set[int]:
    """Return the places of the suppressed counts of which only one value is possible.

    counts  the true ones; the reader knows that each is at least 1, since the group is listed
    sums    the places of the counts that make up each sum the reader knows
    """
    from scipy.optimize import linprog  # costs a second, and only public reports need it

    known = np.zeros((len(sums), len(counts)))
    for row, places in enumerate(sums):
        known[row, list(places)] = 1
    bounds = [(1 - count, None) for count in counts]
    certain = set(range(len(counts)))
    for place in range(len(counts)):
        for sign in (1, -1):
            if place not in certain:
                break
            goal: NDArray[np.float64] = np.zeros(len(counts))
            goal[place] = sign
            # how the counts could differ from the truth without changing a sum
            change = linprog(goal, A_eq=known, b_eq=np.zeros(len(sums)), bounds=bounds)
            if change.status == _UNBOUNDED:
                certain.discard(place)
            elif change.success:
                certain -= set(np.flatnonzero(np.abs(change.x) > _NOTICEABLE).tolist())
    return certain


_UNBOUNDED = 3
