"""Published figures that simulated States are held against, and the proposals that we made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from cooperation.document import BadInput, Entries, read_file
from cooperation.rulebook.reading import MISSING, Entry, Notes, shown
from cooperation.words import EXERCISE_RULE

FILE = Path(__file__).parent / "data" / "calibration" / "figures.yaml"
SCHEMA = "comity.calibration/1"
CONFIDENCES = ("high", "medium", "verify")
UNDATED = "undated"
RANGES = ("normal_range", "range")
RANGE = ("low", "high")
# A month of a published figure, in days of ours: an exercise rule.
DAYS_OF: Mapping[str, float] = {"days": 1.0, "months": 365.25 / 12}
UNITS_OF: Mapping[str, tuple[str, ...]] = {"days": tuple(DAYS_OF), "hours": ("hours",), "share": ("share",)}
YEARS = range(1990, 2100)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that we measure ourselves; only a figure of the same statistic is held against it."""

    id: str
    statistic: str
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure.

    values        by name; a single number is named "value", a range "low" and "high"
    listed        an order without numbers
    evidence      how it was seen: lookup_primary, lookup_secondary or memory
    compare_with  the measure it is held against, or nothing
    """

    id: str
    topic: str
    what: str
    values: Mapping[str, float]
    listed: tuple[str, ...]
    unit: str
    statistic: str
    statistic_note: str
    compare_with: str
    period: str
    scope: str
    source: str
    publisher: str
    year: str
    evidence: str
    confidence: str
    note: str

    def in_unit(self, unit: str) -> dict[str, float]:
        """Return the values in days, or as they are where the unit is no length of time."""
        factor = DAYS_OF.get(self.unit, 1.0) if unit == "days" else 1.0
        return {name: value * factor for name, value in self.values.items()}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What we propose on the ground of published figures: no published fact."""

    id: str
    what: str
    values: Mapping[str, float]
    grounded_in: tuple[str, ...]
    source: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """All of it, in the order of the data."""

    evidences: Mapping[str, str]
    statistics: Mapping[str, str]
    measures: Mapping[str, Measure]
    figures: Mapping[str, Figure]
    proposals: Mapping[str, Proposal]
    gaps: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """What a behaviour may say that it was fitted to."""
        return (*self.figures, *self.proposals)

    def compared(self, measure: str) -> tuple[Figure, ...]:
        """Return the figures that are held against one of our measures."""
        return tuple(figure for figure in self.figures.values() if figure.compare_with == measure)


@cache
def calibration() -> Calibration:
    """Return the figures that ship, read once."""
    return read_calibration(FILE)


def read_calibration(path: Path) -> Calibration:
    """Return the figures in a file; raise BadInput with every fault."""
    document = read_file(path, called=path.name)
    notes = Notes()
    if not isinstance(document, Entries):
        notes.fault(path.name, 1, "", "must be a mapping", f"begin with schema: {SCHEMA}")
        raise BadInput(notes.faults)
    top = Entry(document, path.name, notes)
    if top.text("schema") not in (SCHEMA, MISSING):
        top.fault("schema", "is not the schema of this file", f"write {SCHEMA}")
    evidences, statistics = _meanings(top, "evidences"), _meanings(top, "statistics")
    measures = top.by_id("measures", _measure)
    found = Calibration(
        evidences=evidences,
        statistics=statistics,
        measures=measures,
        figures=top.by_id("figures", lambda e: _figure(e, measures)),
        proposals=top.by_id("proposals", _proposal),
        gaps=tuple(top.each("gaps", lambda e: _ours(e, e.text("gap")))),
    )
    top.finish()
    _check_ids(found, top)
    notes.look_up(
        {
            "evidences": evidences,
            "statistics": statistics,
            "measures": measures,
            "figures": found.figures,
            "confidences": CONFIDENCES,
        }
    )
    if notes.faults:
        raise BadInput(notes.faults)
    return found


def _meanings(top: Entry, key: str) -> dict[str, str]:
    return top.by_id(key, lambda e: _ours(e, e.text("meaning")))


def _ours(e: Entry, text: str) -> str:
    """Return a text of our own, which says so."""
    if e.text("source") not in (EXERCISE_RULE, MISSING):
        e.fault("source", "is that of a published figure, and this is our own", f"write {EXERCISE_RULE}")
    return text


def _measure(e: Entry) -> Measure:
    unit = e.text("unit")
    if unit not in (*UNITS_OF, MISSING):
        e.fault("unit", f"{shown(unit)} is no unit of a measure", "allowed: " + ", ".join(UNITS_OF))
    return Measure(e.text("id"), e.word("statistic", "statistics"), unit, _ours(e, e.text("meaning")))


def _figure(e: Entry, measures: Mapping[str, Measure]) -> Figure:
    figure = Figure(
        id=e.text("id"),
        topic=e.text("topic"),
        what=e.text("what"),
        values=_values(e),
        listed=e.words("listed", needed=False, empty=False),
        unit=e.text("unit"),
        statistic=e.word("statistic", "statistics"),
        statistic_note=e.text("statistic_note", ""),
        compare_with=e.word("compare_with", "measures", ""),
        period=e.text("period"),
        scope=e.text("scope"),
        source=e.text("source"),
        publisher=e.text("publisher"),
        year=_year(e),
        evidence=e.word("evidence", "evidences"),
        confidence=e.word("confidence", "confidences"),
        note=e.text("note", ""),
    )
    _check_shape(e, figure)
    if figure.compare_with in measures:
        _check_like_with_like(e, figure, measures[figure.compare_with])
    return figure


def _values(e: Entry) -> dict[str, float]:
    """Return what stands under `value` or `values`; nothing where neither does."""
    if e.has("value") and e.has("values"):
        e.fault("values", "stands beside value", "keep one of the two")
    inner = e.entry("values") if e.has("values") else e
    names = list(inner.value) if e.has("values") else ["value"] if e.has("value") else []
    e.ticked.update(("value", "values"))
    return {name: _number(inner, name) for name in names}


def _number(e: Entry, key: str) -> float:
    e.ticked.add(key)
    value = e.value[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        e.fault(key, f"must be a number, not {shown(value)!r}", "0 or more")
        return 0.0
    return value


def _year(e: Entry) -> str:
    year = e.text("year")
    if year not in (UNDATED, MISSING) and not (year.isdecimal() and int(year[:9]) in YEARS):
        e.fault("year", f"{shown(year)!r} is no year", f"four digits, or {UNDATED}")
    return year


def _check_shape(e: Entry, figure: Figure) -> None:
    is_range = tuple(figure.values) == RANGE and figure.values["low"] <= figure.values["high"]
    if figure.statistic in RANGES and not is_range:
        e.fault("values", f"are not those of a {figure.statistic}", "write {low: ..., high: ...}")
    if figure.statistic in ("mean", "median", "p90") and tuple(figure.values) != ("value",):
        e.fault("value", f"is not one number, as a {figure.statistic} is", "write value: NUMBER")
    if figure.listed and figure.values:
        e.fault("listed", "stands beside a number", "keep one of the two")


def _check_like_with_like(e: Entry, figure: Figure, measure: Measure) -> None:
    if figure.statistic != measure.statistic and MISSING not in (figure.statistic, measure.statistic):
        problem = f"{measure.id} is a {measure.statistic}, and this figure a {figure.statistic}"
        e.fault("compare_with", problem, "compare like with like, or leave it out")
    units = UNITS_OF.get(measure.unit, ())
    if units and figure.unit not in (*units, MISSING):
        problem = f"{measure.id} is in {measure.unit}, and this figure in {shown(figure.unit)}"
        e.fault("compare_with", problem, "allowed units: " + ", ".join(units))


def _proposal(e: Entry) -> Proposal:
    return Proposal(
        id=e.text("id"),
        what=_ours(e, e.text("what")),
        values=_values(e),
        grounded_in=e.words("grounded_in", "figures", empty=False),
        source=e.text("source"),
        confidence=e.word("confidence", "confidences"),
        note=e.text("note", ""),
    )


def _check_ids(found: Calibration, top: Entry) -> None:
    for name in _shared(found.figures, found.proposals):
        top.fault("proposals", f"{shown(name)} is the name of a figure too", "give each its own")


def _shared(first: Iterable[T], second: Iterable[T]) -> list[T]:
    known = set(first)
    return [name for name in second if name in known]
