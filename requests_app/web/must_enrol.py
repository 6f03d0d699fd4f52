"""Trainers who need a second factor and have none see the page for it, and no other."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from requests_app.exercises.second_factor import must_enrol_first

# The API answers for itself, with a problem.
API = "/api/"
STAYS_OPEN = ("second_factor", "sign_out", "sign_out_everywhere")


class MustEnrol:
    """Leads whoever must enrol to where they can."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        open_to_all = request.path.startswith(API) or request.path in map(reverse, STAYS_OPEN)
        if not open_to_all and must_enrol_first(request.user):
            return redirect("second_factor")
        return self._get_response(request)
