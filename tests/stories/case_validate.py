"""The outside validator of CASE descriptions, as its command runs it: FILE.jsonld ...

It parses the text of each of its queries anew for each node, and most of its time goes there. Here each text is
parsed once, as `rdflib.plugins.sparql.prepareQuery` offers to; what is asked and what is judged is the same.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from case_utils.case_validate import main
from rdflib.plugins.sparql import processor

parse_query, translate_query = processor.parseQuery, processor.translateQuery


@cache
def prepared(text: str, base: str | None, namespaces: tuple[tuple[str, Any], ...]) -> Any:
    return translate_query(parse_query(text), base, dict(namespaces))


def prepared_once(text: str, base: str | None = None, initNs: dict[str, Any] | None = None) -> Any:
    return prepared(text, base, tuple(sorted((initNs or {}).items())))


if __name__ == "__main__":
    processor.parseQuery = lambda text: text
    processor.translateQuery = prepared_once
    main()
