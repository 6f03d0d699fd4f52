"""A table as every renderer shows it: CSV, HTML and the rest differ in looks, never in content."""

from __future__ import annotations

from dataclasses import dataclass

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """`name` for programs; `label` for people, with the unit; `meaning` in plain words."""

    name: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are columns. None: there is no such value (never zero)."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
