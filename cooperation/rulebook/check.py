"""What the files of the rule book say of each other: lives that end, deadlines that can end, counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from cooperation.lifecycle import BACK, STEP, UNCHANGED, Lifecycle, Transition
from cooperation.rulebook.reading import Notes
from cooperation.rulebook.values import ALL, ALL_MLA, DeadlineProfile, DeadlineRule, RequestType, TypicalError
from cooperation.words import DRAFT

# Which events bound which stage: an exercise rule. A deadline with other bounds runs by itself.
STAGE_BOUNDS: Mapping[tuple[str, str], str] = {
    ("received", "acknowledged"): "acknowledge",
    ("received", "decision_sent"): "decide",
    ("received", "recognition_decided"): "decide",
    ("decision_sent", "evidence_transmitted"): "execute",
    ("more_information_requested", "more_information_supplied"): "inform",
    ("evidence_transmitted", "receipt_verified"): "confirm",
    ("preservation_confirmed", "mla_request_received"): "keep",
    ("received", "evidence_transmitted"): "whole",
    ("received", "preservation_confirmed"): "whole",
}
VALIDITY = ("minimum_validity", "maximum_validity")


def all_mla(types: Iterable[str]) -> frozenset[str]:
    """Return the types that `all_mla` stands for."""
    return frozenset(t for t in types if t.startswith("mla_") or t in ("freezing_or_seizure", "confiscation"))


def check_counts(
    exactly: Mapping[str, int], at_least: Mapping[str, int], found: Mapping[str, int], notes: Notes
) -> None:
    """Note a fault where the rule book does not hold what its manifest says."""
    for kind in (*exactly, *at_least):
        if kind not in found:
            notes.fault(
                "manifest.yaml", 1, kind, "is nothing that is counted", "allowed: " + ", ".join(sorted(found))
            )
    for kind, number in found.items():
        if kind in exactly and number != exactly[kind]:
            notes.fault(
                "manifest.yaml", 1, kind, f"there are {number}, not {exactly[kind]}", "restore the rest"
            )
        if kind in at_least and number < at_least[kind]:
            notes.fault(
                "manifest.yaml",
                1,
                kind,
                f"there are {number}, fewer than {at_least[kind]}",
                "restore the rest",
            )


def check_lives(life: Lifecycle, types: Mapping[str, RequestType], notes: Notes) -> None:
    """Note every status that is never reached or never left, in the table and in each type's part of it."""
    for act in life.acts.values():
        if not any(row.act == act.id for row in life.transitions):
            notes.fault(
                "lifecycle.yaml", act.line, act.id, "has no row in transitions", "add one, or leave it out"
            )
    reached = _reached(life.transitions, {DRAFT})
    for status in life.statuses.values():
        if status.id not in reached:
            notes.fault("lifecycle.yaml", status.line, status.id, "can never be reached from draft")
    for status_id in _stuck(life, life.transitions, reached):
        notes.fault(
            "lifecycle.yaml", life.statuses[status_id].line, status_id, "can never be left for an end"
        )
    for request_type in types.values():
        _check_part(life, request_type, notes)


def _check_part(life: Lifecycle, request_type: RequestType, notes: Notes) -> None:
    file, line = notes.places[f"acts of {request_type.id}"]
    rows = rows_of(life, request_type)
    reached = _reached(rows, {DRAFT})
    if "submit" not in request_type.acts:
        notes.fault(file, line, "acts", "has no submit", "every request is submitted")
        return
    for act in sorted(request_type.acts):
        if not any(row.act == act and row.from_ & reached for row in rows):
            notes.fault(
                file, line, "acts", f"{act} can never be done in a request of this type", "leave it out"
            )
    for status in _stuck(life, rows, reached):
        notes.fault(
            file, line, "acts", f"a request that is {status} could never end", "add an act that leads on"
        )


def rows_of(life: Lifecycle, request_type: RequestType) -> tuple[Transition, ...]:
    """Return the rows of the table that a request of this type may use."""
    return tuple(
        row
        for row in life.transitions
        if row.act in request_type.acts and (row.types is None or request_type.id in row.types)
    )


def _targets(row: Transition, status: str, rows: Iterable[Transition]) -> frozenset[str]:
    if row.to == UNCHANGED:
        return frozenset()
    if row.to == BACK:
        return frozenset(s for asked in rows if asked.to == status for s in asked.from_)
    return frozenset({row.to})


def _reached(rows: Collection[Transition], start: Collection[str]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        status = waiting.pop()
        for row in rows:
            if status in row.from_:
                new = _targets(row, status, rows) - found
                found |= new
                waiting.extend(new)
    return found


def _stuck(life: Lifecycle, rows: Collection[Transition], reached: Collection[str]) -> list[str]:
    """Return, in the order of the table, the reached statuses from which no end can be reached."""
    leads_on = set(life.ends)
    while True:
        more = {
            status
            for row in rows
            for status in row.from_
            if status not in leads_on and _targets(row, status, rows) & leads_on
        }
        if not more:
            return [status for status in life.statuses if status in reached and status not in leads_on]
        leads_on |= more


def settle_profiles(
    written: Mapping[str, tuple[DeadlineProfile, tuple[str, ...]]],
    life: Lifecycle,
    types: Mapping[str, RequestType],
    notes: Notes,
) -> dict[str, DeadlineProfile]:
    """Return the profiles with inherited deadlines, types, stages and owing sides filled in."""
    own: dict[str, DeadlineRule] = {}
    words: dict[str, frozenset[str]] = {}
    for profile, _ in written.values():
        for rule in profile.deadlines:
            if rule.id in own:
                notes.fault(
                    *notes.places[rule.id], rule.id, "stands in another profile too", "give each its own id"
                )
            words[rule.id] = rule.applies_to
            own[rule.id] = _settled(rule, life, types, notes)
    found = {}
    for profile, inherited in written.values():
        rules = tuple(own[i] for i in inherited) + tuple(own[rule.id] for rule in profile.deadlines)
        found[profile.id] = replace(
            profile,
            deadlines=rules,
            by_type={
                t: tuple(_seen_from(rule, words[rule.id], t) for rule in rules if t in rule.applies_to)
                for t in types
            },
        )
    return found


def _settled(
    rule: DeadlineRule, life: Lifecycle, types: Mapping[str, RequestType], notes: Notes
) -> DeadlineRule:
    words, mla = rule.applies_to, all_mla(types)
    applies_to = (
        frozenset(types)
        if ALL in words
        else frozenset(words - {ALL_MLA}) | (mla if ALL_MLA in words else set())
    )
    raised = {t: _raisers(life, types, types[t], rule) for t in applies_to}
    # A rule for all types is idle where a type does not use its acts; one that names a type must work there.
    strict = () if ALL in words else sorted(applies_to)
    for what, place in (("start", 0), ("end", 1)):
        idle = [t for t in strict if not raised[t][place]]
        if idle or not any(sides[place] for sides in raised.values()):
            event = rule.starts_on if what == "start" else " or ".join(rule.ends_on)
            where = ", ".join(idle[:3]) if idle else "any type"
            notes.fault(
                *notes.places[rule.id], rule.id, f"can never {what}: no act of {where} raises {event}"
            )
    sides = {side for _, ends in raised.values() for side in ends}
    return replace(
        rule,
        applies_to=applies_to,
        specificity=2 if words - {ALL, ALL_MLA} else (1 if ALL_MLA in words else 0),
        stage=STAGE_BOUNDS.get((rule.starts_on, rule.ends_on[0])) if len(rule.ends_on) == 1 else None,
        owed_by=rule.owed_by
        or ("requesting" if rule.kind not in VALIDITY and sides == {"requesting"} else "requested"),
    )


def _seen_from(rule: DeadlineRule, words: frozenset[str], type_id: str) -> DeadlineRule:
    specificity = 2 if type_id in words else (1 if ALL_MLA in words and type_id in all_mla([type_id]) else 0)
    return rule if specificity == rule.specificity else replace(rule, specificity=specificity)


def _raisers(
    life: Lifecycle, types: Mapping[str, RequestType], request_type: RequestType, rule: DeadlineRule
) -> tuple[set[str], set[str]]:
    starts = sides_raising(life, types, request_type, rule.starts_on)
    ends = {side for event in rule.ends_on for side in sides_raising(life, types, request_type, event)}
    return starts, ends


def sides_raising(
    life: Lifecycle, types: Mapping[str, RequestType], request_type: RequestType, event: str
) -> set[str]:
    """Return who may raise this event on a request of this type: by an act, a step, or another request."""
    sides = {row.side for row in rows_of(life, request_type) if event in row.raises}
    if request_type.raises_on_receipt == event:
        sides.add("requesting")
    recorded_by = life.events[event].recorded_by
    if recorded_by and any(STEP in row.raises for row in rows_of(life, request_type)):
        if recorded_by != "follow_up":
            sides.add(recorded_by)
        elif any(
            event in (types[t].on_parent, types[t].on_parent_when_confirmed) for t in request_type.enables
        ):
            sides.add("requesting")
    return sides


def check_errors(errors: Mapping[str, TypicalError], types: Mapping[str, RequestType], notes: Notes) -> None:
    """Note every error that a draft should show by fields which the type does not have."""
    for request_type in types.values():
        file, line = notes.places[f"errors of {request_type.id}"]
        has = {rule.field for rule in request_type.contents}
        for error in (errors[e] for e in request_type.errors):
            if error.found_by == "draft" and error.fields and not has & set(error.fields):
                fields = " or ".join(error.fields)
                notes.fault(
                    file, line, "errors", f"{error.id} shows in {fields}, which the contents leave out"
                )
