"""The few words that code must know by name; all others are data in the rule book."""

from __future__ import annotations

from typing import Literal

Side = Literal["requesting", "requested"]
OTHER_SIDE: dict[str, Side] = {"requesting": "requested", "requested": "requesting"}

DRAFT = "draft"
EXERCISE_RULE = "exercise rule"


def sentence(text: str) -> str:
    """Return the text. It marks what people read, so that `extract_texts` finds it for the translators."""
    return text


class Refused(Exception):
    """An act that may not be done now: a stable `reason`, what is wrong, the article, the mend.

    field  of the contents that are said, where one of them is the reason
    """

    def __init__(
        self, reason: str, message: str, *, article: str = "", mend: str = "", field: str = ""
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.article = article
        self.mend = mend
        self.field = field

    def __str__(self) -> str:
        tail = (
            [f"(Art. {self.article})" if self.article[:1].isdigit() else f"({self.article})"]
            if self.article
            else []
        )
        return " ".join([self.message, *tail, *([self.mend] if self.mend else [])])
