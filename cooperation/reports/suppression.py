"""What a public report may not say: small groups, and whatever would let them be worked out.

A group of fewer than 5 requests or fewer than 3 States is suppressed (exercise rule). Counts of parts add
up to the count of the whole, and the whole may stand in another public report with fewer names in
`--by`. So every such margin is taken as known: where a line of parts holds suppressed ones, these must be at
least two and together large enough to be told themselves; else the smallest further one of the line goes. With
several names the lines cross, so what is left is attacked, and more goes until nothing can be worked out
that a further suppression could hide. A part of a suppressed whole is suppressed too.

What no suppression here can hide: a whole of n intervals that is listed in n parts has one in each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from cooperation.reports.attack import worked_out

REQUESTS_AT_LEAST = 5
STATES_AT_LEAST = 3

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Who stands in a group, and how many intervals it has."""

    n: int
    requests: frozenset[int]
    states: frozenset[str]


def is_small(parts: Sequence[Part]) -> bool:
    """Whether groups taken together are too small to be told."""
    requests = frozenset().union(*(part.requests for part in parts))
    states = frozenset().union(*(part.states for part in parts))
    return len(requests) < REQUESTS_AT_LEAST or len(states) < STATES_AT_LEAST


def suppressed(parts: Mapping[Key, Part]) -> set[Key]:
    """Return the keys of the groups that a public report must leave out.

    All keys name the same things; the first is the stage, and stages do not add up to anything.
    """
    keys = list(parts)
    if not keys:
        return set()
    width = len(keys[0])
    margins = [(0, *chosen) for size in range(width - 1) for chosen in combinations(range(1, width), size)]
    gone = {key for key in keys if is_small([parts[key]])}
    lines: list[list[Key]] = []
    for margin in margins:
        grouped: dict[Key, list[Key]] = {}
        for key in keys:
            grouped.setdefault(tuple(key[place] for place in margin), []).append(key)
        whole_gone = suppressed({k: _together([parts[key] for key in ks]) for k, ks in grouped.items()})
        gone.update(key for k in whole_gone for key in grouped[k])
        lines.extend(grouped[k] for k in grouped if k not in whole_gone)
    _complete(parts, lines, gone)
    return gone


def _together(parts: Sequence[Part]) -> Part:
    return Part(
        sum(part.n for part in parts),
        frozenset().union(*(part.requests for part in parts)),
        frozenset().union(*(part.states for part in parts)),
    )


def _complete(parts: Mapping[Key, Part], lines: Sequence[Sequence[Key]], gone: set[Key]) -> None:
    """Add further groups until nothing is given away that can be helped."""
    rank = {key: place for place, key in enumerate(sorted(parts, key=lambda key: (parts[key].n, key)))}
    while _complete_lines(parts, lines, gone, rank) or _complete_crossings(parts, lines, gone, rank):
        pass


def _complete_lines(
    parts: Mapping[Key, Part], lines: Sequence[Sequence[Key]], gone: set[Key], rank: Mapping[Key, int]
) -> bool:
    """Add a group to each line that gives one away by itself; return whether there was any."""
    added = False
    for line in lines:
        hidden = [key for key in line if key in gone]
        if not hidden or len(hidden) == len(line):
            continue
        if len(hidden) == 1 or is_small([parts[key] for key in hidden]):
            gone.add(min((key for key in line if key not in gone), key=rank.__getitem__))
            added = True
    return added


def _complete_crossings(
    parts: Mapping[Key, Part], lines: Sequence[Sequence[Key]], gone: set[Key], rank: Mapping[Key, int]
) -> bool:
    """Add, for what lines together give away, the smallest group in one of its lines; return whether any."""
    hidden = sorted(gone, key=rank.__getitem__)
    place = {key: number for number, key in enumerate(hidden)}
    sums = [[place[key] for key in line if key in gone] for line in lines]
    certain = worked_out([parts[key].n for key in hidden], [one for one in sums if one])
    helpers = [
        min(others, key=rank.__getitem__)
        for others in (
            [key for line in lines if hidden[one] in line for key in line if key not in gone]
            for one in certain
        )
        if others
    ]
    gone.update(helpers)
    return bool(helpers)
