"""The log of an exercise as tools for process mining read it: XES (IEEE 1849) and OCEL 2.0."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from cooperation.rulebook import rulebook
from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.world.models import Exercise

XES_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<classifier name="Act" keys="concept:name"/>
"""
COLUMNS = (
    "request__reference",
    "act",
    "at",
    "actor_state",
    "actor_authority",
    "actor_seat",
    "status",
    "seq",
    "hash",
)


def write_xes(exercise: Exercise, path: Path) -> int:
    """Write one trace a request, its events in the order of its chain; return how many events."""
    number, reference = 0, None
    with path.open("w", encoding="utf-8") as out:
        out.write(XES_HEAD)
        out.write(_text("concept:name", f"EXERCISE {exercise.handle}"))
        types = dict(_requests(exercise).values_list("reference", "request_type"))
        for row in _events(exercise):
            if row["request__reference"] != reference:
                out.write("</trace>\n" if reference else "")
                reference = row["request__reference"]
                out.write("<trace>\n" + _text("concept:name", reference))
                out.write(_text("comity:request_type", types[reference]))
            out.write(_xes_event(row))
            number += 1
        out.write("</trace>\n" if reference else "")
        out.write("</log>\n")
    return number


def _xes_event(row: dict[str, Any]) -> str:
    group = f"{row['actor_state']}/{row['actor_authority']}" if row["actor_state"] else "clock"
    return (
        "<event>"
        + _text("concept:name", row["act"])
        + f'<date key="time:timestamp" value={quoteattr(row["at"].isoformat())}/>'
        + _text("org:resource", row["actor_seat"] or "clock")
        + _text("org:group", group)
        + _text("comity:status", row["status"])
        + _text("comity:hash", row["hash"])
        + "</event>\n"
    )


def _text(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(value)}/>"


def write_ocel(exercise: Exercise, path: Path) -> int:
    """Write events with the objects they touch: requests, desks and evidence items; return how many events."""
    objects: dict[str, dict[str, Any]] = {}
    events = []
    for row in _events(exercise, *("contents",)):
        events.append(_ocel_event(row, objects))
    for request in _requests(exercise):
        made = objects.setdefault(request.reference, {"id": request.reference, "type": "request"})
        at = request.submitted_at.isoformat() if request.submitted_at else exercise.starts_at.isoformat()
        made["attributes"] = [{"name": "request_type", "time": at, "value": request.request_type}]
    acts = rulebook().lifecycle.acts
    kinds = sorted({event["type"] for event in events})
    told = {
        "objectTypes": [
            {"name": "desk", "attributes": []},
            {"name": "evidence_item", "attributes": []},
            {"name": "request", "attributes": [{"name": "request_type", "type": "string"}]},
        ],
        "eventTypes": [
            {
                "name": kind,
                "attributes": [{"name": name, "type": "string"} for name in ("hash", "label", "status")],
            }
            for kind in kinds
        ],
        "objects": [objects[key] for key in sorted(objects)],
        "events": events,
    }
    for event in events:
        event["attributes"].append({"name": "label", "value": acts[event["type"]].label})
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(events)


def _ocel_event(row: dict[str, Any], objects: dict[str, dict[str, Any]]) -> dict[str, Any]:
    reference = row["request__reference"]
    touched = [(reference, "request", "request")]
    if row["actor_state"]:
        touched.append((f"{row['actor_state']}/{row['actor_authority']}", "desk", "done by"))
    sent = row["contents"].get("evidence")
    for entry in sent if isinstance(sent, list) else ():
        if isinstance(entry, dict) and "item" in entry:
            touched.append((entry["item"], "evidence_item", "hands over"))
    for key, kind, _ in touched:
        objects.setdefault(key, {"id": key, "type": kind, "attributes": []})
    return {
        "id": f"{reference}/{row['seq']}",
        "type": row["act"],
        "time": row["at"].isoformat(),
        "attributes": [{"name": "status", "value": row["status"]}, {"name": "hash", "value": row["hash"]}],
        "relationships": [{"objectId": key, "qualifier": how} for key, _, how in touched],
    }


def _requests(exercise: Exercise) -> Any:
    return AssistanceRequest.objects.filter(exercise=exercise).exclude(reference="").order_by("reference")


def _events(exercise: Exercise, *more: str) -> Iterator[dict[str, Any]]:
    rows = Event.objects.filter(exercise=exercise, request__isnull=False)
    yield from rows.order_by("request__reference", "seq").values(*COLUMNS, *more).iterator(chunk_size=2_000)
