"""What a public report may not say: small groups, and whatever would let them be worked out.

A group of fewer than 5 requests or fewer than 3 States is suppressed. Counts of parts add up to the count of
the whole, and the whole may stand in another public report, with fewer names in `--by`. So every such whole
that may be told is taken as known: where a line of parts holds suppressed ones, these must be at least two
and together large enough to be told themselves; else the smallest further one of the line goes. With several
names the lines cross, so what is left is attacked, and more goes while it helps. A part of a suppressed whole
is suppressed too. All this beyond the two numbers is an exercise rule.

What no suppression here can hide: that a listed group has at least one interval, so that a whole of n in n
parts has one in each; and what changes between reports of two dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

from cooperation.document import BadInput, Fault
from cooperation.reports.attack import COUNTS_AT_MOST, worked_out

REQUESTS_AT_LEAST = 5
STATES_AT_LEAST = 3

Key = tuple[tuple[str, str], ...]
Names = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Who stands in a group, and how many intervals it has."""

    n: int
    requests: frozenset[int]
    states: frozenset[str]


def together(parts: Sequence[Part]) -> Part:
    """Return groups as one."""
    return Part(
        sum(part.n for part in parts),
        frozenset(chain.from_iterable(part.requests for part in parts)),
        frozenset(chain.from_iterable(part.states for part in parts)),
    )


def is_small(part: Part) -> bool:
    """Whether a group is too small to be told."""
    return len(part.requests) < REQUESTS_AT_LEAST or len(part.states) < STATES_AT_LEAST


def suppressed(parts: Mapping[Key, Part]) -> set[Key]:
    """Return the keys of the groups that a public report must leave out.

    All keys name the same things; the first is the stage, and stages do not add up to anything. Raises
    BadInput where the groups are too many to be protected.
    """
    if not parts:
        return set()
    width = len(next(iter(parts)))
    whole: Names = tuple(range(width))
    gone: dict[Names, set[Key]] = {}
    for names in _subsets(whole):
        own = (
            {key: together(group) for key, group in _by(names, parts).items()}
            if names != whole
            else dict(parts)
        )
        gone[names] = {key for key, part in own.items() if is_small(part)}
        lines = []
        for fewer in _subsets(names):
            if fewer != names:
                for key, line in _by(fewer, own, keys_of=names).items():
                    if key in gone[fewer]:
                        gone[names].update(line)
                    else:
                        lines.append(line)
        _complete(own, lines, gone[names])
    return gone[whole]


def _subsets(names: Names) -> Iterator[Names]:
    """Yield the sets of names to compare by, the stage always among them, fewest first."""
    for size in range(len(names)):
        for chosen in combinations(names[1:], size):
            yield (names[0], *chosen)


def _by(names: Names, parts: Mapping[Key, Part], keys_of: Names | None = None) -> dict[Key, list[Any]]:
    """Return the parts, or with `keys_of` (what the keys name) their keys, of each group by fewer names."""
    grouped: dict[Key, list[Any]] = {}
    places = [(keys_of or tuple(range(len(next(iter(parts)))))).index(name) for name in names]
    for key, part in parts.items():
        grouped.setdefault(tuple(key[place] for place in places), []).append(key if keys_of else part)
    return grouped


def _complete(parts: Mapping[Key, Part], lines: Sequence[Sequence[Key]], gone: set[Key]) -> None:
    """Add further groups until nothing is given away that can be helped."""
    # what is alone in its line is as large as the whole, and known with it
    known = {line[0] for line in lines if len(line) == 1}
    lines = [[key for key in line if key not in known] for line in lines]
    lines = [line for line in lines if any(key in gone for key in line)]
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
        if len(hidden) == 1 or is_small(together([parts[key] for key in hidden])):
            gone.add(min((key for key in line if key not in gone), key=rank.__getitem__))
            added = True
    return added


def _complete_crossings(
    parts: Mapping[Key, Part], lines: Sequence[Sequence[Key]], gone: set[Key], rank: Mapping[Key, int]
) -> bool:
    """Add, for what lines together give away, the smallest group in one of its lines; return whether any."""
    helpers = set()
    for stage in sorted({key[0] for key in gone}):
        own = [line for line in lines if line[0][0] == stage]
        hidden = sorted({key for line in own for key in line if key in gone}, key=rank.__getitem__)
        if len(hidden) > COUNTS_AT_MOST:
            raise BadInput(
                [Fault("", 0, "--public", "there are too many small groups", "compare --by fewer names")]
            )
        place = {key: number for number, key in enumerate(hidden)}
        sums = [[place[key] for key in line if key in gone] for line in own]
        for one in sorted(worked_out([parts[key].n for key in hidden], [line for line in sums if line])):
            others = [key for line in own if hidden[one] in line for key in line if key not in gone]
            if others:
                helpers.add(min(others, key=rank.__getitem__))
    gone.update(helpers)
    return bool(helpers)
