"""How far work has come, shown on a terminal once it lasts longer than two seconds."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Any, Self

QUIET_S = 2.0
REPAINT_S = 0.5


class Progress:
    """A context for long work: `advance()` as it goes on; silent where standard error is no terminal."""

    def __init__(self, stream: Any, label: str, total: int | None = None) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self._stream = stream
        self._finished = threading.Event()
        self._painter: threading.Thread | None = None

    def advance(self, by: int = 1) -> None:
        """Count `by` more steps as done."""
        self.done += by

    def reach(self, done: int) -> None:
        """Say how many steps are done in all."""
        self.done = done

    def __enter__(self) -> Self:
        if self._stream.isatty():
            # A thread, so that one long step without a call is no silence.
            self._painter = threading.Thread(target=self._paint, daemon=True)
            self._painter.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finished.set()
        if self._painter is not None:
            self._painter.join()

    def _paint(self) -> None:
        began_s = time.monotonic()
        if self._finished.wait(QUIET_S):
            return
        while not self._finished.wait(REPAINT_S):
            self._write(f"\r{self.line(time.monotonic() - began_s)}\033[K")
        self._write("\r\033[K")

    def line(self, elapsed_s: float) -> str:
        """Return what is shown after `elapsed_s` seconds."""
        if self.total:
            counted = f" {self.done:,} of {self.total:,} ({100 * self.done // self.total} %)"
        else:
            counted = f" {self.done:,}" if self.done else ""
        return f"{self.label}{counted}, {elapsed_s:.0f} s"

    def _write(self, text: str) -> None:
        self._stream.write(text, ending="", style_func=str)
        self._stream.flush()
