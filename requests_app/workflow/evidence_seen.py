"""The evidence of a request as one seat sees it: what its desk holds, what came to it, and the receipts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from cooperation.evidence.rules import custody
from requests_app.evidence.models import CustodyStep, EvidenceItem, ReceivedCopy
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.visible import Visible


def evidence_seen(visible: Visible, request: AssistanceRequest) -> dict[str, list[dict[str, Any]]]:
    """Return `held`, `received` and `receipts` of a request, each with what the seat may know of it.

    Of custody a desk sees what stands on the request's chain and on its own: when the other State read a file
    is the other State's.
    """
    items = list(
        visible.evidence().filter(request=request).select_related("derived_from", "authority__state")
    )
    copies = list(
        visible.received_copies()
        .filter(request=request)
        .select_related("item__derived_from", "authority__state")
        .order_by("sending", "item__reference")
    )
    steps = _steps(visible, request, {item.pk for item in items} | {copy.item_id for copy in copies})
    latest = {copy.item_id: copy.sending for copy in copies}
    return {
        "held": [_held(item, steps[item.pk]) for item in sorted(items, key=_in_order)],
        "received": [_received(copy, steps[copy.item_id], latest[copy.item_id]) for copy in copies],
        "receipts": [
            {"seq": r.seq, "at": r.at, "desk": r.authority.desk, "public_key": r.public_key}
            for r in visible.receipts().filter(request=request).select_related("authority__state")
        ],
    }


def _in_order(item: EvidenceItem) -> tuple[int, str]:
    return len(item.reference), item.reference


def _steps(
    visible: Visible, request: AssistanceRequest, keys: Iterable[Any]
) -> dict[Any, list[dict[str, Any]]]:
    labels = custody().steps
    own = visible.desk_name
    rows = CustodyStep.objects.filter(item__in=list(keys)).order_by("at", "number")
    if own is not None:
        rows = rows.filter(Q(chain=request.reference) | Q(desk=own))
    found: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.item_id].append(
            {
                "step": row.step,
                "label": labels[row.step].label,
                "source": labels[row.step].source,
                "at": row.at,
                "desk": row.desk,
                "chain": row.chain,
                "seq": row.seq,
                "hash": row.hash,
                "facts": row.facts,
            }
        )
    return found


def _held(item: EvidenceItem, steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": item.pk,
        "reference": item.reference,
        "name": item.name,
        "kind": item.kind,
        "source_type": item.source_type,
        "source": item.source,
        "legal_authority": item.legal_authority,
        "category": item.category,
        "period_from": item.period_from,
        "period_to": item.period_to,
        "zone": item.zone,
        "size": item.size,
        "media_type": item.media_type,
        "sniffed_type": item.sniffed_type,
        "sha256": item.sha256,
        "sha512": item.sha512,
        "is_token": item.is_token,
        "listing": item.listing,
        "derived_from": item.derived_from.reference if item.derived_from else None,
        "reason": item.reason,
        "acquired_at": item.acquired_at,
        "tool": item.tool,
        "seal": item.seal,
        "conditions_of_use": item.conditions,
        "destroyed_at": item.destroyed_at,
        "custody": steps,
    }


def _received(copy: ReceivedCopy, steps: list[dict[str, Any]], latest: int) -> dict[str, Any]:
    told = copy.announced
    return {
        "id": copy.pk,
        "reference": told["item"],
        "name": told["name"],
        "kind": told["kind"],
        "source_type": told.get("source_type", ""),
        "source": told.get("source", ""),
        "legal_authority": told.get("legal_authority", ""),
        "tool": told.get("tool", ""),
        "period_from": told.get("period", ["", ""])[0],
        "period_to": told.get("period", ["", ""])[1],
        "category": told["category"],
        "media_type": told["media_type"],
        "size": told["size"],
        "zone": told["zone"],
        "seal": told["seal"],
        "sha256": told["sha256"],
        "sha512": told["sha512"],
        "is_token": bool(told.get("token")),
        "sending": copy.sending,
        "is_latest": copy.sending == latest,
        "verified_at": copy.verified_at,
        "found_sha256": copy.found_sha256,
        "wrong": [{"break": w, "label": custody().breaks[w].label} for w in copy.wrong],
        "conditions_of_use": copy.item.conditions,
        "destroyed_at": copy.destroyed_at,
        "custody": steps,
    }
