"""Errors as RFC 9457 problem details: a stable type, the field, the article where law is the reason, the mend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from cooperation.document import BadInput
from cooperation.words import Refused

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:comity:problem:"
# A reason that is not here is an act that may not be done as things stand: 409.
STATUS: dict[str, int] = {
    **dict.fromkeys(
        (
            "bad_code",
            "bad_conditions",
            "bad_cursor",
            "bad_evidence",
            "bad_input",
            "bad_key",
            "bad_link",
            "bad_name",
            "bad_password",
            "bad_points",
            "bad_rate",
            "bad_text",
            "bad_until",
            "bad_version",
            "desk_needed",
            "half_quiet",
            "exercise_needed",
            "missing_contents",
            "no_authority",
            "no_expectation",
            "no_inject",
            "no_reason",
            "no_scenario",
            "unknown_behaviour",
            "unknown_state",
            "no_case",
            "no_desk_for_role",
            "no_guest_trainer",
            "no_key",
            "no_parent",
            "other_pair",
            "password_needed",
            "same_state",
            "no_request",
            "step_says_too_little",
            "unknown_act",
            "unknown_break",
            "unknown_custody_step",
            "unknown_evidence",
            "unknown_authority",
            "unknown_field",
            "unknown_ground",
            "unknown_step",
            "unknown_type",
            "unwritable_contents",
            "weak_password",
            "wrong_contents",
        ),
        400,
    ),
    "bad_sign_in": 401,
    "code_needed": 401,
    "enrol_first": 403,
    "not_your_role": 403,
    "not_found": 404,
    "no_such_code": 404,
    "stale_version": 412,
    "too_large": 413,
    "unsupported_media_type": 415,
    "no_room": 507,
    "store_full": 507,
    "key_reused": 422,
    "no_version": 428,
    "locked_out": 429,
    "too_many_streams": 429,
    "too_many_tokens": 429,
}
# Where a reason is always about the same thing that was sent.
FIELD = {
    "bad_cursor": "cursor",
    "no_case": "case",
    "no_parent": "parent",
    "no_scenario": "scenario",
    "other_pair": "parent",
    "same_state": "to",
    "unknown_act": "act",
    "unknown_authority": "to",
    "unknown_behaviour": "teams",
    "unknown_type": "request_type",
    **dict.fromkeys(("bad_version", "no_version", "stale_version"), "If-Match"),
    **dict.fromkeys(("bad_key", "key_reused", "no_key"), "Idempotency-Key"),
}
# What the framework refuses: the reason, and the mend.
OF_THE_FRAMEWORK: dict[type[Exception], tuple[str, str]] = {
    exceptions.NotAuthenticated: ("not_signed_in", "send a token, or sign in"),
    exceptions.AuthenticationFailed: ("not_signed_in", "sign in again"),
    exceptions.PermissionDenied: ("not_your_role", ""),
    exceptions.NotFound: ("not_found", "look for it in a list that you see"),
    exceptions.MethodNotAllowed: ("no_such_method", "use one of those in Allow"),
    exceptions.NotAcceptable: ("not_acceptable", "accept application/json"),
    exceptions.ParseError: ("bad_input", "send one JSON object, as the schema says"),
    exceptions.UnsupportedMediaType: ("unsupported_media_type", "send application/json"),
    exceptions.Throttled: ("too_many", "wait as long as Retry-After says"),
}
RETRY_AFTER_S = {"catching_up": "1"}


class FieldProblemOut(serializers.Serializer[Any]):
    """What is wrong with one field of what was sent."""

    field = serializers.CharField()
    detail = serializers.CharField()


class ProblemOut(serializers.Serializer[Any]):
    """An error, for the person who meets it."""

    type = serializers.CharField(help_text="urn:comity:problem: and a reason that stays the same.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    field = serializers.CharField(required=False, help_text="The first field that is wrong.")
    article = serializers.CharField(
        required=False, help_text="Where law, or an exercise rule, is the reason."
    )
    mend = serializers.CharField(required=False, help_text="What to do about it.")
    errors = FieldProblemOut(many=True, required=False)  # type: ignore[assignment]


def as_problem(error: Exception, _: dict[str, Any]) -> Response | None:
    """Return the answer to an error; None for one that is ours and not the caller's."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*error.args)
    if isinstance(error, Refused):
        found = refusal(error)
    elif isinstance(error, BadInput):
        pairs = [(fault.key, f"{fault.problem} ({fault.mend})") for fault in error.faults]
        found = _wrong_fields(pairs)
    elif isinstance(error, exceptions.ValidationError):
        found = _wrong_fields(list(_flat(error.detail)))
    elif isinstance(error, exceptions.APIException):
        reason, mend = OF_THE_FRAMEWORK.get(type(error), ("bad_input", ""))
        found = problem(reason, str(error.detail), error.status_code) | ({"mend": mend} if mend else {})
    else:
        return None
    set_rollback()
    headers = _headers(error)
    return Response(found, status=found["status"], headers=headers, content_type=MEDIA_TYPE)


def refusal(error: Refused) -> dict[str, Any]:
    """Return a refusal as a problem."""
    found = problem(error.reason, error.message, STATUS.get(error.reason, 409))
    field = f"contents.{error.field}" if error.field else FIELD.get(error.reason, "")
    told = {"field": field, "article": error.article, "mend": error.mend}
    return {**found, **{name: text for name, text in told.items() if text}}


def problem(reason: str, detail: str, status: int) -> dict[str, Any]:
    """Return a problem without more to say than this."""
    return {
        "type": f"{TYPE}{reason}",
        "title": reason.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
    }


def _wrong_fields(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    field, detail = pairs[0] if pairs else ("", "what was sent cannot be read")
    unknown = any("no such field" in said for _, said in pairs)
    found = problem("unknown_field" if unknown else "bad_input", detail, 400)
    if field:
        found["field"] = field
    found["mend"] = "leave it out" if unknown else "send it as the schema says"
    found["errors"] = [{"field": name, "detail": said} for name, said in pairs]
    return found


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, f"{path}.{own}".strip("."))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, path)
    else:
        yield path, str(detail)


def _headers(error: Exception) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(error.auth_header)  # type: ignore[attr-defined]
    elif isinstance(error, Refused) and STATUS.get(error.reason) == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)  # type: ignore[attr-defined]
    if isinstance(error, Refused) and error.reason in RETRY_AFTER_S:
        headers["Retry-After"] = RETRY_AFTER_S[error.reason]
    return headers
