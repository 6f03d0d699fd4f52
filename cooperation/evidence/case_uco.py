"""A package described in CASE/UCO (JSON-LD), as plain dicts: items, the actions on them, and who did them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Names of things in the graph; equal packages give equal graphs.
_SPACE = uuid.UUID("6f0e0f0a-6a52-5d5b-9d0e-2f6f0c9f0c17")
_XSD = "http://www.w3.org/2001/XMLSchema#"
CONTEXT = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "kb": "http://example.org/kb/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": _XSD,
}


def graph(
    request: str, title: str, items: Sequence[Mapping[str, Any]], steps: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the JSON-LD document.

    items  reference, name, media_type, size, sha256, sha512, source, token
    steps  item, label, at (like 2027-03-01T09:00:00Z), desk, tool, hash of the event that tells it; in order

    The steps that one event tells are one action on several items. What the first action on an item results
    in is its provenance record, with the item's reference as exhibit number.
    """
    nodes: list[dict[str, Any]] = [_file(request, item) for item in items]
    named: dict[tuple[str, str], dict[str, Any]] = {}
    actions: dict[tuple[str, str], dict[str, Any]] = {}
    records: list[dict[str, Any]] = []
    last: dict[str, str] = {}
    for step in steps:
        key = (step["hash"], step["label"])
        action = actions.get(key)
        if action is None:
            desk = _named(request, "desk", step["desk"], "uco-identity:Organization", named)
            action = actions[key] = _action(request, key, step, desk)
            if step.get("tool"):
                tool = _named(request, "tool", str(step["tool"]), "uco-tool:Tool", named)
                action["uco-action:instrument"] = [tool]
        item = str(step["item"])
        action["uco-action:object"].append({"@id": _id(request, "item", item)})
        if item not in last:
            records.append(_provenance(request, item))
            action.setdefault("uco-action:result", []).append({"@id": records[-1]["@id"]})
        elif {"@id": last[item]} not in action.setdefault("case-investigation:wasInformedBy", []):
            action["case-investigation:wasInformedBy"].append({"@id": last[item]})
        last[item] = action["@id"]
    nodes += [*named.values(), *actions.values(), *records]
    investigation = {
        "@id": _id(request, "investigation", ""),
        "@type": "case-investigation:Investigation",
        "uco-core:name": f"EXERCISE: {title}",
        "uco-core:description": f"EXERCISE: evidence handed over on request {request}. All of it is invented.",
        "uco-core:object": [{"@id": node["@id"]} for node in nodes],
    }
    return {"@context": CONTEXT, "@graph": [investigation, *nodes]}


def _file(request: str, item: Mapping[str, Any]) -> dict[str, Any]:
    reference = str(item["reference"])
    facts = {
        "@id": _id(request, "file-facet", reference),
        "@type": "uco-observable:FileFacet",
        "uco-observable:fileName": str(item["name"]),
        "uco-observable:sizeInBytes": {"@type": "xsd:integer", "@value": str(item["size"])},
    }
    content = {
        "@id": _id(request, "content-facet", reference),
        "@type": "uco-observable:ContentDataFacet",
        "uco-observable:mimeType": str(item["media_type"]),
        "uco-observable:hash": [
            _hash(request, reference, "SHA256", str(item["sha256"])),
            _hash(request, reference, "SHA512", str(item["sha512"])),
        ],
    }
    is_token = " Only a token: the material itself is never here." if item["token"] else ""
    return {
        "@id": _id(request, "item", reference),
        "@type": "uco-observable:File",
        "uco-core:name": reference,
        "uco-core:description": f"EXERCISE. Source: {item['source']}.{is_token}",
        "uco-core:hasFacet": [facts, content],
    }


def _hash(request: str, reference: str, method: str, value: str) -> dict[str, Any]:
    return {
        "@id": _id(request, f"hash-{method}", reference),
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": method,
        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": value.upper()},
    }


def _action(
    request: str, key: tuple[str, str], step: Mapping[str, Any], desk: Mapping[str, Any]
) -> dict[str, Any]:
    at = {"@type": "xsd:dateTime", "@value": str(step["at"])}
    return {
        "@id": _id(request, "action", "/".join(key)),
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": str(step["label"]),
        "uco-core:description": f"Event {step['hash']} of the log of the exercise",
        "uco-action:startTime": at,
        "uco-action:endTime": at,
        "uco-action:performer": desk,
        "uco-action:object": [],
    }


def _provenance(request: str, item: str) -> dict[str, Any]:
    return {
        "@id": _id(request, "provenance", item),
        "@type": "case-investigation:ProvenanceRecord",
        "uco-core:description": f"Where {item} comes from",
        "case-investigation:exhibitNumber": item,
        "uco-core:object": [{"@id": _id(request, "item", item)}],
    }


def _named(
    request: str, what: str, name: str, kind: str, known: dict[tuple[str, str], dict[str, Any]]
) -> dict[str, Any]:
    """Return a reference to somebody or something that goes by a name."""
    node = known.setdefault(
        (what, name), {"@id": _id(request, what, name), "@type": kind, "uco-core:name": name}
    )
    return {"@id": node["@id"]}


def _id(request: str, what: str, name: str) -> str:
    # The class comes first, so that a reader sees what a thing is; strict validation asks for a UUID at the end.
    return f"kb:{what.replace('_', '-')}-{uuid.uuid5(_SPACE, f'{request}/{what}/{name}')}"
