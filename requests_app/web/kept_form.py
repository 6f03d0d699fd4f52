"""A form that was sent after its session had ended: kept on the sign-in page, and sent again by whoever signs in."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from requests_app.web.account_forms import SignInForm

KEPT = "kept"
# The token is drawn anew with the session.
LEFT_OUT = ("csrfmiddlewaretoken",)


def sign_in_with(request: HttpRequest) -> HttpResponse | None:
    """Answer a form of somebody who is signed out with the sign-in page that carries it; None for an empty one."""
    fields = [(name, value) for name in request.POST for value in request.POST.getlist(name)]
    fields = [(name, value) for name, value in fields if name not in LEFT_OUT]
    if not fields:
        return None
    told = {"form": SignInForm(request), "next": request.get_full_path(), KEPT: json.dumps(fields)}
    response = render(request, "web/sign_in.html", told, status=401)
    response["Cache-Control"] = "no-store"
    return response


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields that a sign-in page carried; none where there are none, or what they say is no list of them."""
    try:
        found: Any = json.loads(request.POST.get(KEPT, "[]"))
    except ValueError:
        return []
    are_fields = isinstance(found, list) and all(
        isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one)
        for one in found
    )
    return [(name, value) for name, value in found] if are_fields else []
