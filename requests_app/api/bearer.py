"""Tokens in the header `Authorization: Bearer TOKEN`."""

from __future__ import annotations

from typing import Any

from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class BearerToken(TokenAuthentication):  # type: ignore[misc]
    """Who carries a token; it is stored as a digest, and expires."""

    def authenticate_credentials(self, token: bytes) -> Any:
        """Return the user and the token; what is not even text is no token."""
        if not token.isascii():
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate_credentials(token)
