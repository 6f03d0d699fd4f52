"""What is answered where no view is: problems under the API's address, pages like 404.html elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views import defaults

from requests_app.api.problems import MEDIA_TYPE, problem

PREFIX = "/api/"


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer what is refused before any view: too many fields, or the name of another host."""
    if not request.path.startswith(PREFIX):
        return defaults.bad_request(request, exception)
    return _problem("unreadable", "what was sent cannot be taken", 400, mend="look at its host and its size")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer an address that leads nowhere."""
    if not request.path.startswith(PREFIX):
        return defaults.page_not_found(request, exception)
    return _problem("not_found", "Not found.", 404, mend="look for it in a list that you see")


def failed(request: HttpRequest) -> HttpResponseBase:
    """Answer where the failure is ours; what went wrong stands in the log alone."""
    if not request.path.startswith(PREFIX):
        return defaults.server_error(request)
    return _problem("failed", "something went wrong here, and it is our fault", 500, mend="try again later")


def _problem(reason: str, detail: str, status: int, *, mend: str) -> JsonResponse:
    told = {**problem(reason, detail, status), "mend": mend}
    return JsonResponse(told, status=status, content_type=MEDIA_TYPE)
