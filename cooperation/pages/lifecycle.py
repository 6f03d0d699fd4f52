"""The lifecycle as a page: a diagram and tables printed from the table, so that they cannot disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cooperation.lifecycle import BACK, UNCHANGED, Lifecycle, Transition, Word
from cooperation.pages.markdown import table
from cooperation.words import DRAFT

# An act that leads to one status from this many would hide the rest of the diagram under its arrows.
ARROWS_AT_MOST = 5


def lifecycle_page(life: Lifecycle) -> str:
    """Return the page in Markdown."""
    parts = [
        "# The life of a request",
        "Printed from `cooperation/data/lifecycle.yaml` by `python manage.py print_docs`; change the table, not this page.",
        "A asks (the requesting State), B is asked (the requested State). A row is used by a request type only"
        " if the type's own data names its act.",
        "The confidence *verify* marks an article whose paragraph number was recalled without the certified text.",
        "## Diagram",
        _diagram(life),
        _not_drawn(life),
        "## Acts",
        _rows(life),
        "## Statuses",
        _words(life.statuses, dict.fromkeys(life.ends, "end")),
        "## Stages",
        _words(life.stages, {}),
        "## Outcomes",
        _words(life.outcomes, {}),
        "## Events that deadlines start and end on",
        _events(life),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _targets(life: Lifecycle, row: Transition) -> frozenset[str]:
    if row.to == BACK:
        return frozenset(s for asked in life.transitions if asked.to in row.from_ for s in asked.from_)
    return frozenset() if row.to == UNCHANGED else frozenset({row.to})


def _is_drawn(row: Transition, arrows_at_most: int = ARROWS_AT_MOST) -> bool:
    return row.to != UNCHANGED and len(row.from_) <= arrows_at_most


def arrows(life: Lifecycle, arrows_at_most: int = ARROWS_AT_MOST) -> dict[tuple[str, str], list[str]]:
    """Return the acts that lead from one status to another, in the order of the table.

    arrows_at_most  an act that leads on from more statuses is left out
    """
    found: dict[tuple[str, str], list[str]] = {}
    for row in life.transitions:
        if not _is_drawn(row, arrows_at_most):
            continue
        for start in _in_order(row.from_, life.statuses):
            for end in _in_order(_targets(life, row), life.statuses):
                acts = found.setdefault((start, end), [])
                if row.act not in acts:
                    acts.append(row.act)
    return found


def _diagram(life: Lifecycle) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {DRAFT}"]
    lines += [f"    {start} --> {end}: {', '.join(acts)}" for (start, end), acts in arrows(life).items()]
    lines += [f"    {status} --> [*]" for status in life.statuses if status in life.ends]
    return "\n".join([*lines, "```"])


def _not_drawn(life: Lifecycle) -> str:
    rows = [row for row in life.transitions if row.to != UNCHANGED and not _is_drawn(row)]
    told = [f"`{row.act}` (from {len(row.from_)} statuses to `{row.to}`)" for row in rows]
    still = _in_order({row.act for row in life.transitions if row.to == UNCHANGED}, life.acts)
    return (
        f"Not drawn, because each leads on from many statuses: {', '.join(told)}."
        f" Acts that leave the status as it is: {', '.join(f'`{act}`' for act in still)}."
    )


def _rows(life: Lifecycle) -> str:
    return table(
        (
            "act",
            "who",
            "from",
            "to",
            "only if",
            "opens",
            "closes",
            "suspends",
            "resumes",
            "outcome",
            "raises",
            "source",
            "confidence",
        ),
        (
            (
                f"`{row.act}`",
                row.side,
                _from(life, row),
                row.to,
                _only_if(row),
                ", ".join(row.opens),
                ", ".join(row.closes),
                ", ".join(row.suspends),
                ", ".join(row.resumes),
                row.outcome,
                ", ".join(row.raises),
                row.source,
                row.confidence,
            )
            for row in life.transitions
        ),
    )


def _from(life: Lifecycle, row: Transition) -> str:
    if row.from_ >= life.open_statuses:
        return ", ".join(["any open status", *_in_order(row.from_ - life.open_statuses, life.statuses)])
    return ", ".join(_in_order(row.from_, life.statuses))


def _only_if(row: Transition) -> str:
    parts = [f"type is {' or '.join(sorted(row.types))}"] if row.types is not None else []
    parts += [
        f"{key} is {str(value).lower() if isinstance(value, bool) else value}" for key, value in row.when
    ]
    return "; ".join([*parts, *(need.replace("_", " ") for need in row.needs)])


def _words(words: Mapping[str, Word], marks: Mapping[str, str]) -> str:
    return table(
        ("word", "label", "meaning", "source", "confidence"),
        (
            (
                f"`{w.id}`",
                w.label,
                "; ".join(filter(None, (marks.get(w.id, ""), w.meaning))),
                w.source,
                w.confidence,
            )
            for w in words.values()
        ),
    )


def _events(life: Lifecycle) -> str:
    def raised_by(event: Word) -> str:
        acts = _in_order({row.act for row in life.transitions if event.id in row.raises}, life.acts)
        step = {"": [], "follow_up": ["another request of the same pair"]}.get(
            event.recorded_by, [f"record_step ({event.recorded_by})"]
        )
        return ", ".join([*acts, *step])

    return table(
        ("event", "raised by", "source", "confidence"),
        ((f"`{e.id}`", raised_by(e), e.source, e.confidence) for e in life.events.values()),
    )


def _in_order(words: Iterable[str], order: Iterable[str]) -> list[str]:
    wanted = set(words)
    return [word for word in order if word in wanted]
