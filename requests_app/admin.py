"""The admin looks at all and changes nothing that the door owns."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows may be looked at; what happens to a request is an act, and an act goes through the door."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.site_header = "Comity (EXERCISE)"
admin.site.site_title = "Comity (EXERCISE)"
# A session, looked at, could be taken over.
NOT_SHOWN = ("Session",)
for model in apps.get_app_config("requests_app").get_models():
    if model.__name__ not in NOT_SHOWN:
        admin.site.register(model, ReadOnly)
