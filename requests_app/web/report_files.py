"""Reports of ended exercises, handed out from the folder in which they are kept."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from requests_app.exercises.listed import listed_for
from requests_app.reports.outbox import folder_of
from requests_app.world.models import Exercise

TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


@login_required
@require_safe
def report_file(request: HttpRequest, handle: str, form: str) -> HttpResponse:
    """Return the report of an ended exercise in one form; 404 where there is none."""
    known = listed_for(request.user, archived=True)
    exercise = known.defer("scenario_text").filter(handle=handle, ended=True).first()
    path = _path(exercise, form) if exercise is not None else None
    if path is None:
        raise Http404
    content = path.read_bytes()
    response = HttpResponse(content, content_type=TYPES[form])
    if form == "html":
        return _styled(response)
    response["Content-Disposition"] = f'attachment; filename="{handle}.{form}"'
    return response


def published(handle: str) -> str:
    """Return the address of an exercise's report; empty where none is kept yet."""
    if not re.fullmatch(r"[-\w]+", handle) or not (_reports() / handle / "report.html").is_file():
        return ""
    return reverse("report", args=(handle, "html"))


def _reports() -> Path:
    return Path(settings.VAR_DIR) / "reports"


def _path(exercise: Exercise, form: str) -> Path | None:
    """Return the file, in the reader's language where there is one, if it truly lies among the reports."""
    if form not in TYPES:
        return None
    folder, name = folder_of(exercise), f"report.{form}"
    for path in (folder / (get_language() or "") / name, folder / name):
        found = path.resolve()
        if found.is_relative_to(_reports().resolve()) and found.is_file():
            return found
    return None


def _styled(response: HttpResponse) -> HttpResponse:
    """Let the page use the styles that it carries, named by their hashes, and nothing else."""
    page = response.content.decode()
    sheets = {_hash(style) for style in re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)}
    attributes = {_hash(unescape(style)) for style in re.findall(r'\sstyle="([^"]*)"', page)}
    response._csp_replace = {  # type: ignore[attr-defined]
        "style-src": ["'unsafe-hashes'", *sorted(sheets | attributes)],
        "script-src": ["'none'"],
        "img-src": ["'none'"],
    }
    return response


def _hash(style: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
