"""Response times from intervals: Kaplan-Meier curves, quantiles with limits, and the on-time rule."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from cooperation.intervals import NEVER

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

US_PER_HOUR = 3_600_000_000
POINTS_AT_MOST = 200
_Z95 = NormalDist().inv_cdf(0.975)

_ROUNDING = 1e-12
"""A product of a million factors (n - d) / n strays from the true fraction by some 1e-13. Without this
allowance a curve that stands at exactly one half could count as above it, and the median would slip
to the next step."""


@dataclass(frozen=True, slots=True)
class Survival:
    """A Kaplan-Meier curve: one place for each instant at which something closed, shortest first.

    hours      since opening
    surviving  share still open just after it
    at_risk    how many were still open and under observation just before it
    closed     how many closed at it
    """

    hours: Floats
    surviving: Floats
    at_risk: Integers
    closed: Integers

    def at(self, places: Integers) -> Survival:
        """Return only these places of the curve."""
        return Survival(self.hours[places], self.surviving[places], self.at_risk[places], self.closed[places])


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a curve at 95%, place by place."""

    low: Floats
    high: Floats

    def at(self, places: Integers) -> Limits:
        """Return only these places."""
        return Limits(self.low[places], self.high[places])


@dataclass(frozen=True, slots=True)
class OnTime:
    """`rate` is the share kept, None where nothing counts; `n` how many count; `overdue_open` are open and late."""

    rate: float | None
    n: int
    overdue_open: int


def kaplan_meier(durations_us: Integers, closed: Mask) -> Survival:
    """Return the curve of closed and open intervals alike.

    durations_us  microseconds from opening to closing, or for the open ones to the end of observation
    closed        which of them closed; one still open at t counts as at risk at t
    """
    order = np.sort(durations_us * 2 + ~closed)  # whole numbers: equal times are equal; closed before open
    events = np.flatnonzero((order & 1) == 0)
    times = order[events] >> 1
    is_first = np.ones(len(times), dtype=np.bool_)
    np.not_equal(times[1:], times[:-1], out=is_first[1:])
    first = np.flatnonzero(is_first)
    at_risk = len(order) - events[first]
    closed_at = np.diff(np.append(first, len(times)))
    surviving: Floats = np.cumprod((at_risk - closed_at) / at_risk, dtype=np.float64)
    return Survival(times[first] / US_PER_HOUR, surviving, at_risk, closed_at)


def limits(survival: Survival) -> Limits:
    """Return Greenwood's limits at 95% on the log-log scale, which keeps them between 0 and 1.

    Where nothing is left (surviving = 0) the variance has no value; both limits are then 0.
    """
    at_risk, closed = survival.at_risk, survival.closed
    some_left = int(np.count_nonzero(at_risk > closed))  # only at its last step can a curve reach 0
    at_risk, closed = at_risk[:some_left], closed[:some_left]
    logarithm = np.log(survival.surviving[:some_left])
    spread = np.exp(_Z95 * np.sqrt(np.cumsum(closed / (at_risk * (at_risk - closed)))) / logarithm)
    low, high = np.zeros(len(survival.hours)), np.zeros(len(survival.hours))
    np.exp(logarithm / spread, out=low[:some_left])
    np.exp(logarithm * spread, out=high[:some_left])
    return Limits(low, high)


def still_open(
    survival: Survival, band: Limits, durations_us: Integers, hours: Floats
) -> tuple[tuple[float, int, float | None, float | None, float | None], ...]:
    """Return, for each of these times, hours, number at risk, share still open, and its limits.

    The number at risk are those seen to last at least so long. Where it is 0 before the curve has come
    down to 0, nothing was seen and there is no share.
    """
    lengths = np.sort(durations_us)
    found = []
    for time in hours.tolist():
        at_risk = int(len(lengths) - np.searchsorted(lengths, time * US_PER_HOUR))
        step = int(np.searchsorted(survival.hours, time, side="right")) - 1
        if step < 0:
            share, low, high = 1.0, 1.0, 1.0
        else:
            share, low, high = float(survival.surviving[step]), float(band.low[step]), float(band.high[step])
        is_seen = at_risk > 0 or share == 0
        found.append((time, at_risk, *((share, low, high) if is_seen else (None, None, None))))
    return tuple(found)


def quantile(survival: Survival, q: float) -> float | None:
    """Return the smallest t (hours) with S(t) <= 1 - q; None where the curve does not get there."""
    return _first_at_or_below(survival.hours, survival.surviving, 1 - q)


def median_limits(survival: Survival, limits: Limits) -> tuple[float | None, float | None]:
    """Return the first t (hours) at which the lower, and at which the upper limit of S reaches 0.5."""
    return (
        _first_at_or_below(survival.hours, limits.low, 0.5),
        _first_at_or_below(survival.hours, limits.high, 0.5),
    )


def _first_at_or_below(hours: Floats, curve: Floats, level: float) -> float | None:
    reached = np.flatnonzero(curve <= level + _ROUNDING)
    return float(hours[reached[0]]) if len(reached) else None


def thinned(survival: Survival, points_at_most: int = POINTS_AT_MOST) -> Integers:
    """Return at most so many places of the curve, evenly by event rank, the first and last kept."""
    if len(survival.hours) <= points_at_most:
        return np.arange(len(survival.hours))
    ranks = np.cumsum(survival.closed)
    wanted = np.rint(np.linspace(ranks[0], ranks[-1], points_at_most)).astype(np.int64)
    return np.unique(np.searchsorted(ranks, wanted))


def mean_closed_hours(durations_us: Integers, closed: Mask) -> float | None:
    """Return the mean of the closed ones alone (hours), None where none closed.

    It leaves out whatever still waits, so it flatters; it is shown to be laid beside the median.
    """
    # the mean of numpy adds up floats: a million intervals of a year overflow 64-bit microseconds
    return float(durations_us[closed].mean() / US_PER_HOUR) if closed.any() else None


def on_time(closed_us: Integers, due_us: Integers, until_us: int) -> OnTime:
    """Count the deadlines kept and missed as of `until_us` (microseconds since 1970, UTC).

    Closed by its due instant is on time. Still open past it is late. Still open and not yet due has
    neither kept nor missed it and is left out, and so is what has no deadline.
    """
    has_deadline = due_us != NEVER
    is_open = closed_us == NEVER
    kept = int(np.count_nonzero(has_deadline & ~is_open & (closed_us <= due_us)))
    overdue_open = int(np.count_nonzero(has_deadline & is_open & (due_us < until_us)))
    n = int(np.count_nonzero(has_deadline & ~is_open)) + overdue_open
    return OnTime(kept / n if n else None, n, overdue_open)
