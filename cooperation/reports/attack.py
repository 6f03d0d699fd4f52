"""What a reader can work out of suppressed counts who knows everything else that is public."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

COUNTS_AT_MOST = 2_000
_SOLVED_AT_MOST = 60
_NOTICEABLE = 0.5
"""Counts are whole numbers; a solver's answer is not quite."""
_UNBOUNDED = 3


def worked_out(counts: Sequence[int], sums: Sequence[Sequence[int]]) -> set[int]:
    """Return the places of the suppressed counts of which only one value is possible.

    counts  the true ones, at most COUNTS_AT_MOST
    sums    the places of the counts that make up each sum the reader knows

    Up to 60 counts the reader also uses that each is at least 1, since the group is listed; with more he
    only solves equations.
    """
    if not counts or not sums:
        return set()
    known = np.zeros((len(sums), len(counts)))
    for row, places in enumerate(sums):
        known[row, list(places)] = 1
    if len(counts) > _SOLVED_AT_MOST:
        return _by_equations(known)
    return _by_bounds(counts, known)


def _by_equations(known: NDArray[np.float64]) -> set[int]:
    """Return what linear algebra alone tells: a count is fixed where its own axis lies among the equations."""
    _, sizes, directions = np.linalg.svd(known, full_matrices=False)
    basis = directions[sizes > 1e-9 * max(float(sizes[0]), 1.0)]
    return set(np.flatnonzero((basis**2).sum(axis=0) > 1 - 1e-6).tolist())


def _by_bounds(counts: Sequence[int], known: NDArray[np.float64]) -> set[int]:
    from scipy.optimize import linprog  # costs a second, and only public reports need it

    bounds = [(1 - count, None) for count in counts]
    certain = set(range(len(counts)))
    for place in range(len(counts)):
        for sign in (1, -1):
            if place not in certain:
                break
            goal = np.zeros(len(counts))
            goal[place] = sign
            # how the counts could differ from the truth without changing a sum
            change = linprog(goal, A_eq=known, b_eq=np.zeros(len(known)), bounds=bounds)
            if change.status == _UNBOUNDED:
                certain.discard(place)
            elif change.success:
                certain -= set(np.flatnonzero(np.abs(change.x) > _NOTICEABLE).tolist())
    return certain
