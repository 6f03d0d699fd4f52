"""Write the API's OpenAPI schema to docs/openapi.yaml, or check that it is fresh."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from requests_app.management.base import ComityCommand


def schema_text() -> str:
    """Return the schema as it is written; raise ValidationError where it is no OpenAPI."""
    generator: Any = SchemaGenerator
    schema = generator().get_schema(request=None, public=True)
    validate: Any = validate_schema
    validate(schema)
    renderer: Any = OpenApiYamlRenderer()
    return str(renderer.render(schema, renderer_context={}), "utf-8")


class Command(ComityCommand):
    help = "Write the API's schema to docs/openapi.yaml; with --check only say whether it is fresh."
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when it is stale")

    def perform(self, **options: Any) -> int:
        path = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
        text = schema_text()
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
            self.say(f"the schema is written to {path}")
            return 0
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return 0
        self.say(f"{path.name} is stale: run `python manage.py print_schema`, and read what changed")
        return 1
