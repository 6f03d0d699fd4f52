"""The lifecycle's picture in the reader's language."""

from __future__ import annotations

import textwrap
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.pages.lifecycle_picture import BOX_HEIGHT, BOX_WIDTH, Box, Line, lifecycle_picture
from cooperation.rulebook import rulebook
from requests_app.web.names import act_name, status_name

SIGNS_A_LINE, LINES_AT_MOST, LINE_HEIGHT = 28, 3, 16
MARGIN = 8


def lifecycle_in_words() -> dict[str, Any]:
    """Return the picture with names of statuses and acts, for `components/lifecycle.html`."""
    found = lifecycle_picture(rulebook().lifecycle)
    return {
        "width": found.width + MARGIN,
        "height": found.height + LINE_HEIGHT,
        "box_width": BOX_WIDTH,
        "box_height": BOX_HEIGHT,
        "boxes": [_box(one) for one in found.boxes],
        "lines": [_line(one) for one in found.lines],
    }


def _box(one: Box) -> dict[str, Any]:
    name = status_name(one.status)
    lines = textwrap.wrap(name, SIGNS_A_LINE, max_lines=LINES_AT_MOST, placeholder="…")
    first = one.y + BOX_HEIGHT // 2 + 5 - (len(lines) - 1) * LINE_HEIGHT // 2
    return {
        "kind": one.kind,
        "x": one.x,
        "y": one.y,
        "middle": one.x + BOX_WIDTH // 2,
        "lines": [(first + place * LINE_HEIGHT, text) for place, text in enumerate(lines)],
        "undrawn": one.undrawn,
        "below": one.y + BOX_HEIGHT + LINE_HEIGHT,
        "more": ngettext("and from %(n)d other status", "and from %(n)d other statuses", one.undrawn)
        % {"n": one.undrawn},
    }


def _line(one: Line) -> dict[str, Any]:
    told = _("%(one)s to %(other)s: %(acts)s") % {
        "one": status_name(one.start),
        "other": status_name(one.end),
        "acts": ", ".join(map(act_name, one.acts)),
    }
    if one.back:
        told += "; " + _("back: %(acts)s") % {"acts": ", ".join(map(act_name, one.back))}
    return {"path": one.path, "text": told, "is_both_ways": bool(one.back)}
