"""One named part of a page's template, for htmx: the same view, the same template, less of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template import loader
from django.template.context import make_context
from django.template.loader_tags import BlockNode


def rendered_part(request: HttpRequest, template_name: str, part: str, context: dict[str, Any]) -> str:
    """Return what the block `part` of a template gives; raise LookupError where there is none."""
    template = loader.get_template(template_name).template  # type: ignore[attr-defined]
    for node in template.nodelist.get_nodes_by_type(BlockNode):
        if node.name == part:
            made = make_context(context, request, autoescape=True)
            with made.render_context.push_state(template), made.bind_template(template):
                return str(node.render(made))
    raise LookupError(f"{template_name} has no block {part}")
