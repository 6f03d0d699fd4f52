"""Where the statuses of the lifecycle stand in a picture, and the arrows between them: computed from the table.

Three columns: detours on the left (statuses that lead back to where they came from), the straight way from draft to
the end in the middle, the ends on the right. What a status is called, and how it is drawn, is for who shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from cooperation.lifecycle import Lifecycle
from cooperation.pages.lifecycle import ARROWS_AT_MOST, arrows

BOX_WIDTH, BOX_HEIGHT, ROW, GAP = 220, 56, 84, 130
WIDTH = 3 * BOX_WIDTH + 2 * GAP
TOP = 8
LEFT_X, MIDDLE_X, RIGHT_X = 0, BOX_WIDTH + GAP, 2 * (BOX_WIDTH + GAP)
DETOUR, STRAIGHT, END = "detour", "straight", "end"


@dataclass(frozen=True, slots=True)
class Box:
    """A status, its corner on top and left, and from how many statuses it comes without an arrow of their own."""

    status: str
    kind: str
    x: int
    y: int
    undrawn: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow between two statuses, both ways if the second leads back; `path` is that of an SVG."""

    start: str
    end: str
    acts: tuple[str, ...]
    back: tuple[str, ...]
    path: str


@dataclass(frozen=True, slots=True)
class LifecyclePicture:
    """The picture and its size."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def lifecycle_picture(life: Lifecycle) -> LifecyclePicture:
    """Return the boxes and arrows of the lifecycle."""
    ways = {pair: acts for pair, acts in arrows(life, len(life.statuses)).items() if pair[0] != pair[1]}
    detours = _detours(life, ways)
    middle = _straight(life, ways, detours)
    rows = {status: place for place, status in enumerate(middle)}
    boxes = [Box(status, STRAIGHT, MIDDLE_X, TOP + ROW * row) for status, row in rows.items()]
    boxes += _column(sorted(detours), ways, rows, DETOUR, LEFT_X)
    boxes += _column([one for one in life.statuses if one in life.ends], ways, rows, END, RIGHT_X)
    placed = {one.status: one for one in boxes}
    drawn = _drawn(ways, placed, rows)
    counted = [
        Box(one.status, one.kind, one.x, one.y, _sources(ways, one.status) - _sources(drawn, one.status))
        for one in boxes
    ]
    height = max(one.y for one in boxes) + BOX_HEIGHT + TOP
    return LifecyclePicture(WIDTH, height, tuple(counted), tuple(_lines(drawn, placed)))


Ways = Mapping[tuple[str, str], Sequence[str]]


def _detours(life: Lifecycle, ways: Ways) -> set[str]:
    """Return the statuses that lead nowhere but back, to other detours, and to ends."""
    found: set[str] = set()
    while True:
        more = {
            status
            for status in life.open_statuses - found
            if (onward := {end for start, end in ways if start == status} - life.ends - found)
            and all((end, status) in ways for end in onward)
        }
        if not more:
            return found
        found |= more


def _straight(life: Lifecycle, ways: Ways, detours: set[str]) -> list[str]:
    middle = [one for one in life.statuses if one not in detours and one not in life.ends]
    before = {one: [start for start in middle if (start, one) in ways] for one in middle}
    return list(TopologicalSorter(before).static_order())


def _column(statuses: Sequence[str], ways: Ways, rows: Mapping[str, int], kind: str, x: int) -> list[Box]:
    """Return boxes of a column, each near the middle of what it is tied to, none over another."""

    def height(status: str) -> float:
        tied = [rows[a] for a, b in ways if b == status and a in rows]
        return sum(tied) / len(tied) if tied else len(rows)

    found: list[Box] = []
    low = TOP
    for status in sorted(statuses, key=lambda one: (height(one), one)):
        y = max(low, TOP + round(ROW * height(status)))
        found.append(Box(status, kind, x, y))
        low = y + ROW
    return found


def _drawn(ways: Ways, placed: Mapping[str, Box], rows: Mapping[str, int]) -> Ways:
    """Return the ways that get an arrow: of an end that many lead to, the one from furthest on alone."""
    found = {}
    for (start, end), acts in ways.items():
        to_end = placed[end].kind == END
        if to_end and (start not in rows or _sources(ways, end) > ARROWS_AT_MOST):
            furthest = max((a for a, b in ways if b == end and a in rows), key=rows.__getitem__)
            if start != furthest:
                continue
        found[start, end] = acts
    return found


def _sources(ways: Ways, status: str) -> int:
    return sum(end == status for _, end in ways)


def _lines(drawn: Ways, placed: Mapping[str, Box]) -> list[Line]:
    found: list[Line] = []
    for (start, end), acts in drawn.items():
        back = drawn.get((end, start), ())
        is_second = back and any((one.start, one.end) == (end, start) for one in found)
        if not is_second:
            path = _path(placed[start], placed[end])
            found.append(Line(start, end, tuple(acts), tuple(back), path))
    return found


def _path(one: Box, other: Box) -> str:
    half, bend = BOX_HEIGHT // 2, GAP // 2
    if one.x == other.x:
        if other.y - one.y == ROW:
            x = one.x + BOX_WIDTH // 2
            return f"M{x} {one.y + BOX_HEIGHT}V{other.y}"
        is_left = one.kind == DETOUR
        x = one.x + BOX_WIDTH
        out = x + min(bend + 8 * abs(other.y - one.y) // ROW, GAP - 20) if not is_left else x + bend // 2
        return f"M{x} {one.y + half}C{out} {one.y + half} {out} {other.y + half} {x} {other.y + half}"
    start_x, end_x = (one.x + BOX_WIDTH, other.x) if one.x < other.x else (one.x, other.x + BOX_WIDTH)
    middle = (start_x + end_x) // 2
    return f"M{start_x} {one.y + half}C{middle} {one.y + half} {middle} {other.y + half} {end_x} {other.y + half}"
