"""The figures in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from requests_app.exercises import health
from requests_app.reports.response_quantiles import stage_times

Labels = Mapping[str, str]
Sample = tuple[str, Labels, float]


def exposition(wall: datetime, queues: Mapping[str, int] | None) -> str:
    """Return every figure as of a wall instant.

    queues  how many tasks wait in each; None where Redis does not answer
    """
    return "".join(
        (*_heart(wall), *_timers(wall), *_queues(queues), *_outbox(wall), *_open(), *_response_times())
    )


def _heart(wall: datetime) -> Iterable[str]:
    seen = health.pulse(wall)
    for name, age_s in (("beat", seen.beat_age_s), ("canary", seen.canary_age_s)):
        if age_s is not None:
            yield _family(
                f"comity_{name}_age_seconds", "gauge", f"Since the {name} last ran.", [("", {}, age_s)]
            )


def _timers(wall: datetime) -> Iterable[str]:
    found = health.timers(wall)
    yield _family("comity_timers_due", "gauge", "Timers due and not fired yet.", [("", {}, found.waiting)])
    yield _family("comity_timers_fired_total", "counter", "Timers that fired.", [("", {}, found.fired)])
    yield _family(
        "comity_oldest_unfired_timer_seconds",
        "gauge",
        "Since the oldest timer that has not fired became due.",
        [("", {}, found.oldest_s)],
    )
    buckets: list[Sample] = [("_bucket", {"le": str(limit)}, count) for limit, count in found.within]
    buckets += [
        ("_bucket", {"le": "+Inf"}, found.fired),
        ("_sum", {}, found.late_s),
        ("_count", {}, found.fired),
    ]
    yield _family(
        "comity_timers_set_aside",
        "gauge",
        "Timers that failed and were set aside.",
        [("", {}, found.set_aside)],
    )
    yield _family("comity_timer_lateness_seconds", "histogram", "How late timers fired.", buckets)


def _queues(queues: Mapping[str, int] | None) -> Iterable[str]:
    yield _family("comity_redis_up", "gauge", "Whether Redis answers.", [("", {}, queues is not None)])
    samples: list[Sample] = [("", {"queue": name}, length) for name, length in (queues or {}).items()]
    yield _family("comity_queue_length", "gauge", "Tasks waiting for a worker.", samples)


def _outbox(wall: datetime) -> Iterable[str]:
    waiting = health.outbox(wall)
    items: list[Sample] = [("", {"kind": one.kind}, one.items) for one in waiting]
    ages: list[Sample] = [("", {"kind": one.kind}, one.oldest_s) for one in waiting]
    yield _family("comity_outbox_waiting", "gauge", "Items committed and not taken out yet.", items)
    yield _family("comity_outbox_oldest_seconds", "gauge", "Since the oldest of them was put in.", ages)


def _open() -> Iterable[str]:
    samples: list[Sample] = [
        ("", {"exercise": one.exercise, "state": one.state, "stage": one.stage}, one.requests)
        for one in health.open_stages()
    ]
    text = "Requests open in a stage, by the State that it waits for; running exercises."
    yield _family("comity_open_requests", "gauge", text, samples)


def _response_times() -> Iterable[str]:
    times = stage_times()
    summary: list[Sample] = []
    for one in times:
        summary += [("", {"stage": one.stage, "quantile": str(q)}, s) for q, s in one.within_s]
    text = "Exercise seconds in which closed stages closed, suspensions left out."
    yield _family("comity_response_seconds", "gauge", text, summary)
    for name, text, figure in (
        ("comity_intervals_closed_total", "Intervals closed.", "closed"),
        ("comity_intervals_closed_with_due_total", "Of these, how many had a due instant.", "with_due"),
        ("comity_intervals_closed_on_time_total", "Of these, how many closed by it.", "on_time"),
    ):
        yield _family(name, "counter", text, [("", {"stage": o.stage}, getattr(o, figure)) for o in times])


def _family(name: str, kind: str, text: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{suffix}{_labels(labels)} {_number(value)}" for suffix, labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.3f}"
