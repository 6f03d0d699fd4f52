"""Sessions that know whose they are."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DBStore

from requests_app.world.models import Session


class SessionStore(DBStore):
    """Keeps each session with the person who signed in."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        made: Session = super().create_model_instance(data)  # type: ignore[assignment]
        person = str(data.get(SESSION_KEY, ""))
        made.user_id = int(person) if person.isdecimal() else None
        return made
