"""Styles and scripts: the kit as it was taken, addresses that tell what they hold, and few bytes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import RequestFactory

from requests_app.web.assets import Compressed, Versioned

STATIC = Path(settings.BASE_DIR) / "requests_app" / "static"
VENDOR = STATIC / "vendor" / "govuk"


def test_the_kit_is_what_its_notice_says():
    told = dict(re.findall(r"^file: (\S+) sha512-(\S+)$", (VENDOR / "VENDOR.txt").read_text(), re.MULTILINE))

    found = {
        path.name: base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
        for path in VENDOR.glob("govuk-frontend-*")
    }

    assert found == told
    assert sorted(found) == ["govuk-frontend-6.6.0.min.css", "govuk-frontend-6.6.0.min.js"]
    assert "Permission is hereby granted, free of charge" in (VENDOR / "LICENSE").read_text()


def test_neither_crown_nor_foreign_font_nor_anything_from_outside_is_used():
    found = [
        f"{path.name}: {word}"
        for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.svg")]
        for word in ("GDS Transport", "@font-face", "@import", "url(")
        if word in path.read_text()
    ]

    assert found == []


def test_an_address_tells_what_it_holds():
    style = Path(str(finders.find("web/comity.css"))).read_bytes()

    address = Versioned().url("web/comity.css")

    assert address == f"/static/web/comity.css?v={hashlib.sha256(style).hexdigest()[:12]}"


@pytest.mark.parametrize(
    ("kind", "more", "is_compressed"),
    [
        ("text/html; charset=utf-8", {}, True),
        ("text/css", {}, True),
        ("text/event-stream", {}, False),
        ("application/json", {}, False),
        ("text/html", {"status": 206}, False),
    ],
    ids=["a page", "a style", "a stream", "the API", "part of a file"],
)
def test_pages_are_compressed_and_streams_are_not(kind, more, is_compressed):
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})

    answer = Compressed(lambda _: HttpResponse("word " * 500, content_type=kind, **more))(request)

    assert ("Content-Encoding" in answer.headers) is is_compressed


def test_a_page_that_shows_a_secret_goes_out_as_it_is():
    def shows_a_code(_):
        answer = HttpResponse("word " * 500)
        answer.holds_secret = True
        return answer

    answer = Compressed(shows_a_code)(RequestFactory().get("/", headers={"Accept-Encoding": "gzip"}))

    assert "Content-Encoding" not in answer.headers


def test_the_first_page_and_all_it_needs_is_light(client):
    page = client.get("/sign-in/").content
    names = re.findall(r'/static/([^"?]+)', page.decode())
    names.append("vendor/govuk/govuk-frontend-6.6.0.min.js")  # what comity.js imports

    files = {name: len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in names}

    assert len(gzip.compress(page)) < 40_000
    assert len(gzip.compress(page)) + sum(files.values()) < 150_000
