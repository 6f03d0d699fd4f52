"""The behaviours as a page: what each is like, and what it makes of the same requests, beside published figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from cooperation.behaviour import ROUTINE, Behaviour
from cooperation.calibration import Calibration, Figure, Measure, Proposal
from cooperation.pages.markdown import bullets, codes, page, printed_from, table

# A measurement this near to a figure fits it: an exercise rule.
FITS_WITHIN = 0.10
# A share of so few requests is near where it lies this many percentage points from the figure: an exercise rule.
SHARE_WITHIN = 0.05
NOT_REACHED = "not reached"
SHOWN_CHANCES = ("leave_out", "forget", "ask", "refuse", "consult", "postpone", "conditions", "nothing_found")


class Measured(Protocol):
    """What one behaviour makes of the same requests; days and hours of exercise time, shares from 0 to 1."""

    @property
    def behaviour(self) -> str: ...
    @property
    def requests(self) -> int: ...
    @property
    def median_days(self) -> float | None: ...
    @property
    def p90_days(self) -> float | None: ...
    @property
    def mean_closed_days(self) -> float | None: ...
    @property
    def preservation_median_hours(self) -> float | None: ...
    @property
    def asked(self) -> float: ...
    @property
    def refused(self) -> float: ...
    @property
    def still_open(self) -> float: ...


def behaviours_page(
    found: Sequence[Measured],
    behaviours: Mapping[str, Behaviour],
    calibration: Calibration,
    *,
    requests: int,
    seed: int,
) -> str:
    """Return the page in Markdown; `found` was measured with so many requests under this seed."""
    return page(
        "# The behaviours",
        printed_from("`cooperation/data/behaviours/` and a run of each", "compare_behaviours"),
        f"How simulated States work, and what comes of it: a State of each behaviour is asked the same {requests}"
        f" requests for stored data and {requests} preservations, by a State that is `typical`. This is seed"
        f" {seed}; another gives other figures, and those of {requests} requests are rough. All behaviours are an"
        " exercise rule; none describes a real State.",
        "## What was measured",
        table(
            (
                "behaviour",
                "median, days",
                "p90, days",
                "mean, days",
                "preservation, median hours",
                "asked about",
                "refused",
                "still open",
            ),
            map(_measured_row, found),
        ),
        "Days are the whole of an `mla_stored_data` request, from submission to the last evidence, the report that"
        " nothing was found, or the refusal; quantiles count open requests too, the mean counts those that ended. A"
        " State with few officers is slower the more requests there are: its figures hold for this load only.",
        "## Published figures",
        "A mean stands beside a mean, a median beside a median, and a range beside the span from median to p90,"
        " never across. A month is 30.4 days (exercise rule).",
        _published(found, calibration),
        "### What does not fit",
        bullets(_misfits(found, behaviours, calibration)),
        "### What cannot be compared",
        bullets(
            [
                *_told_only(calibration),
                *calibration.gaps,
                "No published share of requests asked about or refused was found; those below are our proposals.",
            ]
        ),
        "## Each behaviour",
        *(_behaviour(m, behaviours[m.behaviour]) for m in found),
        "## Our proposals",
        "Made by this project of published figures; no published facts (exercise rule).",
        _proposals(calibration),
    )


def _measured_row(m: Measured) -> tuple[str, ...]:
    return (
        f"[`{m.behaviour}`](#{m.behaviour})",
        _number(m.median_days),
        _number(m.p90_days),
        _number(m.mean_closed_days),
        _number(m.preservation_median_hours),
        _percent(m.asked),
        _percent(m.refused),
        _percent(m.still_open),
    )


def values_of(m: Measured) -> dict[str, float | None]:
    """Return what was measured under the names that the calibration gives its measures."""
    return {
        "mla_mean_days": m.mean_closed_days,
        "mla_median_days": m.median_days,
        "mla_p90_days": m.p90_days,
        "preservation_median_hours": m.preservation_median_hours,
        "asked_share": m.asked,
        "refused_share": m.refused,
    }


def _number(value: float | None) -> str:
    if value is None:
        return NOT_REACHED
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return NOT_REACHED
    return _percent(value) if unit == "share" else f"{_number(value)} {unit}"


# -- published figures -----------------------------------------------------------------------------------


def _published(found: Sequence[Measured], calibration: Calibration) -> str:
    rows = [
        (
            figure.what,
            figure.statistic.replace("_", " "),
            _figure_in_words(figure, measure),
            *(_beside(m, figure, measure) for m in found),
            f"{figure.publisher}: {figure.source} ({figure.year})",
            f"{figure.evidence}, {figure.confidence}",
        )
        for measure in calibration.measures.values()
        for figure in calibration.compared(measure.id)
    ]
    names = (f"`{m.behaviour}`" for m in found)
    return table(("figure", "statistic", "published", *names, "source", "evidence, confidence"), rows)


def _figure_in_words(figure: Figure, measure: Measure) -> str:
    told = " to ".join(f"{value:g}" for value in figure.values.values()) + f" {figure.unit}"
    own = " to ".join(_number(value) for value in figure.in_unit(measure.unit).values())
    return told if figure.unit == measure.unit else f"{told} ({own} {measure.unit})"


def _beside(m: Measured, figure: Figure, measure: Measure) -> str:
    limits = figure.in_unit(measure.unit)
    if measure.statistic == "normal_range":
        return f"{_number(m.median_days)} to {_number(m.p90_days)}, {_span(m, limits)}"
    value = values_of(m)[measure.id]
    return f"{_number(value)}, {_distance(value, limits['value'], measure.unit)}"


def _span(m: Measured, limits: Mapping[str, float]) -> str:
    if m.median_days is None or m.p90_days is None:
        return "beyond it"
    if m.median_days >= limits["low"] and m.p90_days <= limits["high"]:
        return "inside"
    if m.p90_days < limits["low"]:
        return "below it"
    return "above it" if m.median_days > limits["high"] else "partly inside"


def _distance(value: float | None, figure: float, unit: str) -> str:
    if value is None:
        return "beyond it"
    if _fits(value, figure, unit):
        return "fits"
    if unit == "share":
        return f"{100 * (value - figure):+.0f} points"
    return f"{100 * (value / figure - 1):+.0f} %"


def _fits(value: float | None, figure: float, unit: str) -> bool:
    if value is None:
        return False
    if unit == "share":
        return abs(value - figure) <= SHARE_WITHIN
    return abs(value / figure - 1) <= FITS_WITHIN


def _told_only(calibration: Calibration) -> list[str]:
    return [
        f"{f.what}: {_values(f)} ({f.statistic.replace('_', ' ')}; {f.scope}; {f.publisher}, {f.year}; {f.evidence})"
        f" is no measure of ours."
        for f in calibration.figures.values()
        if f.topic in ("mla_time", "preservation") and not f.compare_with and f.values
    ]


def _values(figure: Figure) -> str:
    told = (
        f"{value:,g}" if name == "value" else f"{name.replace('_', ' ')} {value:,g}"
        for name, value in figure.values.items()
    )
    return f"{', '.join(told)} {figure.unit}"


# -- what fits and what does not -------------------------------------------------------------------------


def _misfits(
    found: Sequence[Measured], behaviours: Mapping[str, Behaviour], calibration: Calibration
) -> list[str]:
    lines = []
    for m in found:
        fitted_to = behaviours[m.behaviour].fitted_to
        if not fitted_to:
            lines.append(f"`{m.behaviour}` is fitted to no figure; it fits {_fitting(m, calibration)}.")
            continue
        wrong = [line for name in fitted_to for line in _against(m, name, calibration)]
        lines += [f"`{m.behaviour}`: {line}." for line in wrong]
        if not wrong:
            lines.append(f"`{m.behaviour}` fits all that it was fitted to.")
        others = [f.id for f in _comparable(calibration) if f.id not in fitted_to]
        lines += [f"`{m.behaviour}` is not fitted to {codes(others)}."] if others else []
    return lines


def _comparable(calibration: Calibration) -> list[Figure]:
    return [f for f in calibration.figures.values() if f.compare_with]


def _fitting(m: Measured, calibration: Calibration) -> str:
    names = [f.id for f in _comparable(calibration) if not _against(m, f.id, calibration)]
    return codes(names) or "none of those published"


def _against(m: Measured, name: str, calibration: Calibration) -> list[str]:
    """Return what does not fit of one figure or proposal."""
    if name in calibration.proposals:
        return _against_proposal(m, calibration.proposals[name], calibration)
    figure = calibration.figures[name]
    if not figure.compare_with:
        return []
    measure = calibration.measures[figure.compare_with]
    limits = figure.in_unit(measure.unit)
    if measure.statistic == "normal_range":
        span = _span(m, limits)
        told = f"{_number(m.median_days)} to {_number(m.p90_days)} days"
        return [] if span == "inside" else [f"{told} lie {span} of `{name}`"]
    value = values_of(m)[measure.id]
    if _fits(value, limits["value"], measure.unit):
        return []
    away = _distance(value, limits["value"], measure.unit)
    return [f"its {measure.statistic} of {_shown(value, measure.unit)} is {away} off `{name}`"]


def _against_proposal(m: Measured, proposal: Proposal, calibration: Calibration) -> list[str]:
    return [
        f"{measure.meaning}: {_shown(value, measure.unit)}, and {_shown(proposed, measure.unit)} in the proposal"
        f" `{proposal.id}` ({_distance(value, proposed, measure.unit)})"
        for measure, value, proposed in _proposed(m, proposal, calibration)
        if not _fits(value, proposed, measure.unit)
    ]


def _proposed(
    m: Measured, proposal: Proposal, calibration: Calibration
) -> list[tuple[Measure, float | None, float]]:
    own = values_of(m)
    return [
        (calibration.measures[name], own[name], value)
        for name, value in proposal.values.items()
        if name in own and name in calibration.measures
    ]


# -- each behaviour --------------------------------------------------------------------------------------


def _behaviour(m: Measured, behaviour: Behaviour) -> str:
    officers = ", ".join(f"{kind.replace('_', ' ')} {n}" for kind, n in behaviour.officers.items())
    chances = ", ".join(
        f"{name.replace('_', ' ')} {_percent(behaviour.chances[name])}" for name in SHOWN_CHANCES
    )
    execute = behaviour.efforts[ROUTINE]["execute"]
    lines = [
        f"Measured: median {_shown(m.median_days, 'days')}, p90 {_shown(m.p90_days, 'days')}, mean"
        f" {_shown(m.mean_closed_days, 'days')}; preservation {_shown(m.preservation_median_hours, 'hours')}",
        f"Officers: {officers}; at their desks from {behaviour.opens:%H:%M} to {behaviour.closes:%H:%M}",
        f"Carrying out a routine request: {execute.wait_hours:g} hours of waiting for others, then"
        f" {execute.work_hours:g} hours of work (medians)",
        f"Chances: {chances}",
        f"Forgets for {behaviour.forgotten_for_days:g} days; asks after {behaviour.ask_status_after_days:g} days how"
        " things stand",
    ]
    if behaviour.fitted_to:
        lines.append(f"Fitted to: {codes(behaviour.fitted_to)}")
    return page(
        f"### {behaviour.name}",
        f"{behaviour.about} ({behaviour.source}; *{behaviour.confidence}*)",
        bullets(lines),
    ).rstrip("\n")


def _proposals(calibration: Calibration) -> str:
    return table(
        ("proposal", "what", "values", "grounded in", "note", "source", "confidence"),
        (
            (
                f"`{p.id}`",
                p.what,
                "; ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in p.values.items()),
                codes(p.grounded_in),
                p.note,
                p.source,
                p.confidence,
            )
            for p in calibration.proposals.values()
        ),
    )
