"""A timeline as a picture: where things lie between the first instant and the last, in rows by kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, ROW_HEIGHT, LEFT, TOP = 1000, 34, 150, 30
TICKS_AT_MOST = 9
DAY_S = 86_400
_STEPS_DAYS = (1, 2, 5, 7, 14, 30, 60, 90, 180)


@dataclass(frozen=True, slots=True)
class Dot:
    """A thing in the picture: its row, where it lies (units of the picture), what it says."""

    x: float
    y: float
    kind: str
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template draws. `cursor` is the present; None outside of the line.

    cursor_anchor  where the word below it is held, so that it stays inside of the picture (SVG text-anchor)
    """

    width: int
    height: int
    left: int
    rows: tuple[tuple[str, float], ...]
    ticks: tuple[tuple[float, int], ...]
    dots: tuple[Dot, ...]
    cursor: float | None
    cursor_anchor: str


def picture(
    marks: Iterable[tuple[datetime | None, str, str, str]],
    kinds: Sequence[tuple[str, str]],
    starts_at: datetime,
    ends_at: datetime,
    now: datetime | None = None,
) -> Picture:
    """Return the picture of marks (instant, kind, status, text); those without an instant are left out.

    kinds  of the marks, from top to bottom, each with its name
    """
    length_s = max((ends_at - starts_at).total_seconds(), 1.0)

    def x_of(at: datetime) -> float:
        share = (at - starts_at).total_seconds() / length_s
        return round(LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - 20), 1)

    cursor = x_of(now) if now is not None and starts_at <= now <= ends_at else None
    y_of = {kind: TOP + ROW_HEIGHT * (place + 0.5) for place, (kind, _) in enumerate(kinds)}
    return Picture(
        width=WIDTH,
        height=TOP + ROW_HEIGHT * len(kinds) + 24,
        left=LEFT,
        rows=tuple((name, y_of[kind]) for kind, name in kinds),
        ticks=tuple(_ticks(length_s, x_of, starts_at)),
        dots=tuple(
            Dot(x_of(at), y_of[kind], kind, status, text)
            for at, kind, status, text in marks
            if at is not None and kind in y_of
        ),
        cursor=cursor,
        cursor_anchor="end" if cursor is not None and cursor > WIDTH - LEFT else "middle",
    )


def _ticks(length_s: float, x_of: object, starts_at: datetime) -> Iterable[tuple[float, int]]:
    from datetime import timedelta

    days = length_s / DAY_S
    step = next((one for one in _STEPS_DAYS if days / one <= TICKS_AT_MOST), 360)
    for day in range(0, int(days) + 1, step):
        yield x_of(starts_at + timedelta(days=day)), day  # type: ignore[operator]
