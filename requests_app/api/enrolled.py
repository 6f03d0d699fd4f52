"""Trainers who need a second factor and have none can only get one."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from cooperation.words import Refused
from requests_app.exercises.second_factor import must_enrol_first


class Enrolled(BasePermission):
    """Lets those through who have the second factor that the installation asks of them."""

    def has_permission(self, request: Request, _: Any) -> bool:
        """Return True, or raise Refused `enrol_first`."""
        if must_enrol_first(request.user):
            raise Refused(
                "enrol_first",
                "here a trainer signs in with a second factor",
                mend="POST me/second-factor/, then confirm it",
            )
        return True
