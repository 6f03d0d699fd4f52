"""Every page that a person can come to by links: a new page is found without being named anywhere."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

# Not ours to look at, or no page.
PASSED_BY = ("/admin/", "/api/", "/reports/", "/static/")
# How many pages of one kind are enough.
OF_ONE_KIND = 1


def pages(page: Any, start: str = "/", of_one_kind: int = OF_ONE_KIND) -> Iterator[tuple[str, str]]:
    """Go from link to link; at each page of a new kind, yield its kind and path while the browser shows it."""
    waiting, known, kinds = deque([start]), {start}, Counter[str]()
    while waiting:
        path = waiting.popleft()
        kind = kind_of(path)
        if not kind or kinds[kind] >= of_one_kind:
            continue
        kinds[kind] += 1
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        landed = urlsplit(answer.url).path
        assert landed == urlsplit(path).path, f"{path}: led to {landed}"
        links = page.eval_on_selector_all(
            "a[href]:not([download]):not([rel~=nofollow])",
            "links => links.map(one => one.href).filter(one => one.startsWith(location.origin))",
        )
        yield kind, path
        for link in links:
            split = urlsplit(link)
            found = f"{split.path}?{split.query}" if split.query else split.path
            if found not in known:
                known.add(found)
                waiting.append(found)


def kind_of(path: str) -> str:
    """Return which page an address is of: its name in `urls.py`, and what it asks for after the question mark."""
    from django.urls import Resolver404, resolve

    split = urlsplit(path)
    if split.path.startswith(PASSED_BY):
        return ""
    try:
        name = resolve(split.path).url_name or ""
    except Resolver404:
        return f"nothing at {split.path}"
    asked = sorted({key for key, _ in parse_qsl(split.query)})
    return "-".join([name, *asked])
