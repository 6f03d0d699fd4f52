"""Chance: what is drawn hangs on the name alone."""

from __future__ import annotations

from math import log
from statistics import fmean, median, pstdev

import pytest

from cooperation.chance import Stream


def draws(*name: object, n: int = 5) -> list[float]:
    stream = Stream(*name)
    return [stream.uniform() for _ in range(n)]


def test_the_first_draws_of_a_stream_are_these():
    # Whoever changes them changes every exercise that was ever played.
    assert draws(7, "XB", "preserve-host", "check", n=3) == [
        0.39662277014277814,
        0.8957638329696836,
        0.8217616701318317,
    ]


def test_the_same_name_gives_the_same_draws_whatever_was_drawn_elsewhere():
    alone = draws(7, "XB", "preserve-host", "check")
    stream, other = Stream(7, "XB", "preserve-host", "check"), Stream(7, "XA", "preserve-host", "check")
    among_others = []
    for _ in range(5):
        other.uniform()
        among_others.append(stream.uniform())
    assert among_others == alone


@pytest.mark.parametrize(
    "name",
    [
        (8, "XB", "preserve-host", "check"),
        (7, "XA", "preserve-host", "check"),
        (7, "XB", "preserve-mail", "check"),
        (7, "XB", "preserve-host", "decide"),
    ],
    ids=["other seed", "other State", "other request", "other step"],
)
def test_another_name_gives_other_draws(name):
    assert not set(draws(*name)) & set(draws(7, "XB", "preserve-host", "check"))


def test_the_stream_beside_is_that_of_another_step_of_the_same_request():
    stream = Stream(7, "XB", "preserve-host", "check")
    stream.uniform()
    assert stream.beside("decide").uniform() == draws(7, "XB", "preserve-host", "decide")[0]


def test_uniform_draws_are_evenly_spread_strictly_between_0_and_1():
    found = draws(7, "spread", n=20_000)
    assert 0 < min(found) < max(found) < 1
    assert len(set(found)) == 20_000
    assert fmean(found) == pytest.approx(0.5, abs=0.01)
    shares = [sum(tenth / 10 <= u < (tenth + 1) / 10 for u in found) / 20_000 for tenth in range(10)]
    assert shares == pytest.approx([0.1] * 10, abs=0.01)


@pytest.mark.parametrize(
    ("block", "drawn"), [(b"\x00" * 32, 2**-53), (b"\xff" * 32, 1 - 2**-53)], ids=["all zeros", "all ones"]
)
def test_the_ends_of_the_scale_are_never_drawn(monkeypatch, block, drawn):
    class Digest:
        def digest(self) -> bytes:
            return block

    monkeypatch.setattr("cooperation.chance.hashlib.sha256", lambda _: Digest())
    stream = Stream("end")
    assert stream.uniform() == drawn
    assert stream.choice(["first", "second", "last"]) == ("first" if drawn < 0.5 else "last")
    assert stream.lognormal(10, 0.5) > 0


@pytest.mark.parametrize("probability", [0, 0.04, 0.5, 0.9, 1])
def test_something_happens_as_often_as_its_probability_says(probability):
    stream = Stream(7, "happens", probability)
    share = fmean(stream.happens(probability) for _ in range(20_000))
    assert share == pytest.approx(probability, abs=0 if probability in (0, 1) else 0.01)


@pytest.mark.parametrize(("middle", "spread"), [(8, 0.8), (720, 0.7), (0.2, 0.5)])
def test_half_of_the_lognormal_draws_lie_below_the_median(middle, spread):
    stream = Stream(7, "lognormal", middle)
    found = [stream.lognormal(middle, spread) for _ in range(20_000)]
    assert median(found) == pytest.approx(middle, rel=0.03)
    assert pstdev(map(log, found)) == pytest.approx(spread, rel=0.03)


def test_without_spread_a_lognormal_draw_is_its_median():
    assert Stream(7, "flat").lognormal(12, 0) == 12


def test_each_option_is_chosen_as_often_as_the_others():
    stream = Stream(7, "choice")
    found = [stream.choice("abc") for _ in range(20_000)]
    assert [found.count(c) / 20_000 for c in "abc"] == pytest.approx([1 / 3] * 3, abs=0.01)
