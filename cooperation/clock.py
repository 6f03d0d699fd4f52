"""The clock of an exercise: a piecewise-linear map from wall time to exercise time, and its inverse."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final, Self

from cooperation.words import Refused

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LATEST: Final = datetime.max.replace(tzinfo=UTC)
_LATEST_MICROSECONDS: Final = (_LATEST - _EPOCH) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Segment:
    """From `wall_at` on, until the next segment, exercise time runs at `rate`.

    wall_at      wall time, UTC
    exercise_at  exercise time, UTC
    rate         exercise seconds per wall second, exact; 0 is a pause. A float is taken as it is printed.
    """

    wall_at: datetime
    exercise_at: datetime
    rate: Fraction | int | float

    def __post_init__(self) -> None:
        object.__setattr__(self, "wall_at", _utc(self.wall_at))
        object.__setattr__(self, "exercise_at", _utc(self.exercise_at))
        object.__setattr__(self, "rate", _exact(self.rate))

    @property
    def exact_rate(self) -> Fraction:
        """Return the rate as a fraction of whole numbers."""
        return Fraction(self.rate)


@dataclass(frozen=True, slots=True)
class Clock:
    """The segments of one exercise, in order. Exercise time never goes back, and before the first stands still.

    Each transition returns a new clock whose last segment starts at `wall`, or at the last segment when a
    host's clock is behind it, and at the later of the clock and `performed_to`: the exercise instant up to
    which the agenda has been performed, before which nothing may be put.
    """

    segments: tuple[Segment, ...]

    def __post_init__(self) -> None:
        if not self.segments:
            raise ValueError("a clock has at least one segment")
        for earlier, later in pairwise(self.segments):
            if later.wall_at < earlier.wall_at:
                raise ValueError("the segments of a clock are in the order of wall time")
            if later.exercise_at < _read(earlier, later.wall_at):
                raise ValueError("exercise time never goes back")

    @classmethod
    def stopped(cls, wall: datetime, exercise_at: datetime) -> Self:
        """Return the clock of an exercise that has not started."""
        return cls((Segment(wall, exercise_at, 0),))

    def exercise_at(self, wall: datetime) -> datetime:
        """Return the exercise instant at a wall instant, rounded down to a microsecond.

        Stands at the end of the year 9999 rather than fail beyond it.
        """
        return _read(self._segment(_utc(wall)), _utc(wall))

    def wall_at(self, exercise: datetime) -> datetime | None:
        """Return the first wall instant at which the clock shows `exercise` or later; None if it never does."""
        wanted = _utc(exercise)
        following: list[Segment | None] = [*self.segments[1:], None]
        for segment, after in zip(self.segments, following):
            if wanted <= segment.exercise_at:
                return segment.wall_at
            reached = _reached(segment, wanted)
            if reached is not None and (after is None or reached < after.wall_at):
                return reached
        return None

    def is_paused(self, wall: datetime) -> bool:
        """Return whether exercise time stands still; so it does before the clock begins."""
        return _utc(wall) < self.segments[0].wall_at or self._segment(_utc(wall)).rate == 0

    def start(self, wall: datetime, performed_to: datetime, rate: Fraction | int | float) -> Clock:
        """Return the clock running for the first time; raise Refused when it ever ran."""
        if self.last_rate() is not None:
            raise Refused("already_started", "the clock has been started", mend="resume it")
        return self._then(wall, performed_to, _running(rate))

    def pause(self, wall: datetime, performed_to: datetime) -> Clock:
        """Return the clock standing still; raise Refused when it does already."""
        self._must_run()
        return self._then(wall, performed_to, 0)

    def resume(
        self, wall: datetime, performed_to: datetime, rate: Fraction | int | float | None = None
    ) -> Clock:
        """Return the clock running again, at the rate it last had unless another is given; or raise Refused."""
        last_rate = self.last_rate()
        if last_rate is None:
            raise Refused("not_started", "the clock has never run", mend="start it")
        if self.segments[-1].rate != 0:
            raise Refused("not_paused", "the clock is running")
        return self._then(wall, performed_to, last_rate if rate is None else _running(rate))

    def speed(self, wall: datetime, performed_to: datetime, rate: Fraction | int | float) -> Clock:
        """Return the clock running at another rate; raise Refused while it stands still."""
        self._must_run()
        return self._then(wall, performed_to, _running(rate))

    def jump(self, wall: datetime, performed_to: datetime, to: datetime) -> Clock:
        """Return the clock moved forward to an exercise instant, running or not as before.

        Raises Refused for an instant before the clock or before what has been performed.
        """
        if _utc(to) < self._present(wall, performed_to):
            raise Refused("jump_back", "exercise time never goes back", mend="jump to a later instant")
        return self._then(wall, to, self.segments[-1].rate)

    def _segment(self, wall: datetime) -> Segment:
        last = self.segments[-1]
        if wall >= last.wall_at:
            return last
        return self.segments[max(bisect_right(self.segments, wall, key=_wall_of) - 1, 0)]

    def _present(self, wall: datetime, performed_to: datetime) -> datetime:
        last = self.segments[-1]
        return max(_read(last, max(_utc(wall), last.wall_at)), _utc(performed_to))

    def _then(self, wall: datetime, performed_to: datetime, rate: Fraction | int | float) -> Clock:
        starts_at = max(_utc(wall), self.segments[-1].wall_at)
        return Clock((*self.segments, Segment(starts_at, self._present(wall, performed_to), rate)))

    def last_rate(self) -> Fraction | int | float | None:
        return next((segment.rate for segment in reversed(self.segments) if segment.rate != 0), None)

    def _must_run(self) -> None:
        if self.segments[-1].rate == 0:
            raise Refused("paused", "the clock stands still", mend="start or resume it")


def _wall_of(segment: Segment) -> datetime:
    return segment.wall_at


def _read(segment: Segment, wall: datetime) -> datetime:
    """Return the exercise instant on one segment; its own start before it."""
    passed = max((wall - segment.wall_at) // _MICROSECOND, 0)
    rate = segment.exact_rate
    exercise = (segment.exercise_at - _EPOCH) // _MICROSECOND + passed * rate.numerator // rate.denominator
    return _EPOCH + exercise * _MICROSECOND if exercise < _LATEST_MICROSECONDS else _LATEST


def _reached(segment: Segment, exercise: datetime) -> datetime | None:
    """Return the first wall instant at which an endless segment shows `exercise`, rounded up."""
    rate = segment.exact_rate
    if rate == 0:
        return None
    missing = (exercise - segment.exercise_at) // _MICROSECOND
    wall = (segment.wall_at - _EPOCH) // _MICROSECOND - (-missing * rate.denominator // rate.numerator)
    return _EPOCH + wall * _MICROSECOND if wall <= _LATEST_MICROSECONDS else None


def _running(rate: Fraction | int | float) -> Fraction:
    if _exact(rate) == 0:
        raise Refused("no_rate", "a running clock has a rate above 0", mend="pause it instead")
    return _exact(rate)


def _exact(rate: Fraction | int | float) -> Fraction:
    try:
        exact = Fraction(repr(rate)) if isinstance(rate, float) else Fraction(rate)
    except (ValueError, TypeError):
        raise ValueError(f"{rate!r} is no rate") from None
    if exact < 0:
        raise ValueError("a rate is exercise seconds per wall second, 0 or more")
    return exact


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return instant.astimezone(UTC)
