"""The product's ASGI application, whose process can kill itself once around an act.

COMITY_FAULT_WEB names where: `before_effect` (the act was asked for and nothing done) or `after_effect` (it
is done, and nobody was told). The process that gunicorn then starts in its place lives.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from config.asgi import application as product

POINT = os.environ.get("COMITY_FAULT_WEB", "")
DIED = Path(os.environ["COMITY_VAR"]) / "web-died"


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer as the product does, unless it is time to die."""
    acts = scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith("/acts/")
    if POINT == "before_effect" and acts:
        _die_once()

    async def sent(message: dict[str, Any]) -> None:
        if POINT == "after_effect" and acts:
            _die_once()
        await send(message)

    await product(scope, receive, sent)


def _die_once() -> None:
    if not DIED.exists():
        DIED.touch()
        os.kill(os.getpid(), signal.SIGKILL)
