"""Custody as a picture: one line of steps, left to right and wrapped, coloured by which State did them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from requests_app.world.languages import said

PER_ROW, STEP_X, STEP_Y, MARGIN = 6, 120, 92, 62
RADIUS = 13


@dataclass(frozen=True)
class Mark:
    """One step in the picture: where it stands, what it says, and how the line goes on to it."""

    x: int
    y: int
    number: int
    label: str
    at: Any
    is_own: bool
    is_broken: bool
    from_x: int
    from_y: int
    has_line: bool

    @property
    def below_y(self) -> int:
        """Where its name stands."""
        return self.y + 30

    @property
    def time_y(self) -> int:
        """Where its instant stands."""
        return self.y + 45


@dataclass(frozen=True)
class Picture:
    """A picture of custody and its size."""

    marks: tuple[Mark, ...]
    width: int
    height: int


def picture(steps: Sequence[dict[str, Any]], own_desk: str) -> Picture:
    """Return the steps as marks; a verification that found a break is broken."""
    marks: list[Mark] = []
    for number, step in enumerate(steps):
        row, column = divmod(number, PER_ROW)
        x, y = MARGIN + column * STEP_X, 24 + row * STEP_Y
        before = marks[-1] if marks else None
        result = str(step["facts"].get("result", "agrees"))
        marks.append(
            Mark(
                x,
                y,
                number + 1,
                said(step["label"]),
                step["at"],
                step["desk"] == own_desk,
                step["step"] == "verified" and result != "agrees",
                before.x if before else x,
                before.y if before else y,
                before is not None,
            )
        )
    rows = (len(marks) + PER_ROW - 1) // PER_ROW
    width = 2 * MARGIN + (min(len(marks), PER_ROW) - 1) * STEP_X if marks else 0
    return Picture(tuple(marks), max(width, 2 * MARGIN), max(rows, 1) * STEP_Y)
