"""Chance from named streams: the same name gives the same draws, whatever was drawn elsewhere."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")
_NORMAL = NormalDist()
# One bit short of a double's 53, so that half a step below 1 is still below 1.
_STEPS = 2**52


class Stream:
    """Draws named by exercise seed, State, request and step.

    A change in one place leaves all other draws alone, because no stream feeds another.
    """

    def __init__(self, *name: object) -> None:
        self._parts = name
        self._name = "/".join(map(str, name)).encode()
        self._drawn = 0
        self._pool: list[int] = []

    def beside(self, step: str) -> Stream:
        """Return the stream of another step of the same request."""
        return Stream(*self._parts[:-1], step)

    def uniform(self) -> float:
        """Return a number strictly between 0 and 1."""
        if not self._pool:
            block = hashlib.sha256(self._name + b"#%d" % self._drawn).digest()
            self._pool = [int.from_bytes(block[i : i + 8], "big") for i in range(0, 32, 8)]
            self._drawn += 1
        return ((self._pool.pop(0) >> 12) + 0.5) / _STEPS

    def happens(self, probability: float) -> bool:
        """Return True with this probability (0 to 1)."""
        return self.uniform() < probability

    def lognormal(self, median: float, spread: float) -> float:
        """Return a draw with this median; `spread` is the standard deviation of its logarithm."""
        return median * math.exp(spread * _NORMAL.inv_cdf(self.uniform()))

    def choice(self, options: Sequence[T]) -> T:
        """Return one of the options, each as likely as the others."""
        return options[int(self.uniform() * len(options))]
