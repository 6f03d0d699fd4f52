"""The OpenAPI schema: what every operation may answer besides what it names."""

from __future__ import annotations

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.openapi import AutoSchema

from requests_app.api.problems import MEDIA_TYPE, ProblemOut

# A debrief and a comparison can be read only once the exercise stands so.
READS = (400, 401, 403, 404, 405, 406, 409, 429)
WRITES = (*READS, 412, 413, 415, 422, 428)


class BearerTokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    """How a token is sent."""

    target_class = "requests_app.api.bearer.BearerToken"
    name = "token"


class ProblemAwareSchema(AutoSchema):
    """An operation with the problems that it may answer."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = dict(super()._get_response_bodies(direction))
        for code in READS if self.method in ("GET", "HEAD") else WRITES:
            if str(code) not in bodies:
                bodies[str(code)] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    ProblemOut, str(code), [MEDIA_TYPE], direction
                )
        return bodies
