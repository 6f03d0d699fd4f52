"""Curves as SVG that stands inside a page: text stays text, and equal reports give equal bytes."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.formats import get_format
from django.utils.translation import gettext as _

from cooperation.reports.response_times import Figures
from cooperation.reports.workload import InHand

CURVES_AT_MOST = 6
HOURS_SHOWN_UP_TO = 72
SECONDS_PER_DAY = 86_400
_LOOKS = (
    *(("#1d4f91", "-"), ("#b8500b", "--"), ("#00694e", "-.")),
    *(("#7a1f5c", ":"), ("#4d4d4d", (0, (5, 1, 1, 1, 1, 1))), ("#8a6d00", (0, (1, 1)))),
)
# A path of straight lines alone.
_STRAIGHT = re.compile(r"(?:M -?[\d.e-]+ -?[\d.e-]+(?: L -?[\d.e-]+ -?[\d.e-]+)*(?: z)? ?)+")
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "comity",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@dataclass(frozen=True, slots=True)
class Curve:
    """One group in a chart."""

    label: str
    figures: Figures


def unit_of(hours: float) -> tuple[str, float]:
    """Return the unit in which so long a time is best read, and its hours."""
    return ("hours", 1.0) if hours <= HOURS_SHOWN_UP_TO else ("days", 24.0)


def survival_chart(curves: Sequence[Curve], *, name: str, title: str, description: str) -> str:
    """Return an SVG element with the share still open over time. `name` is unique in the page."""
    longest = max(_end(curve.figures) for curve in curves)
    unit, hours = unit_of(longest)

    def draw(axes: Any) -> None:
        for curve, (colour, dashes) in zip(curves, _LOOKS):
            survival = curve.figures.survival
            times = [0.0, *(survival.hours / hours).tolist(), _end(curve.figures) / hours]
            shares = [1.0, *survival.surviving.tolist()]
            axes.step(
                times,
                [*shares, shares[-1]],
                where="post",
                color=colour,
                linestyle=dashes,
                linewidth=1.8,
                label=curve.label,
            )
        if len(curves) == 1:
            _draw_limits(axes, curves[0].figures, hours)
        axes.set_ylim(0, 1.02)
        axes.set_xlim(0, max(longest / hours, 1e-3))
        axes.set_xlabel(
            _("hours since the stage was opened") if unit == "hours" else _("days since the stage was opened")
        )
        axes.set_ylabel(_("share still open"))
        if len(curves) > 1:
            axes.legend(loc="upper right", frameon=False)

    return _inline(_drawn(draw), name, title, description)


def backlog_chart(moments: Sequence[InHand], *, name: str, title: str, description: str) -> str:
    """Return an SVG element with how many were open, and how many of these overdue, over exercise time."""
    days = [(one.at - moments[0].at).total_seconds() / SECONDS_PER_DAY for one in moments]

    def draw(axes: Any) -> None:
        lines = ((_("Open"), [one.open for one in moments]), (_("Overdue"), [one.overdue for one in moments]))
        for (label, counts), (colour, dashes) in zip(lines, _LOOKS):
            axes.step(days, counts, where="post", color=colour, linestyle=dashes, linewidth=1.8, label=label)
        axes.set_ylim(0, max(one.open for one in moments) * 1.1 + 1)
        axes.set_xlim(0, max(days[-1], 1e-3))
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.set_xlabel(_("days since the first request"))
        axes.set_ylabel(_("requests"))
        axes.legend(loc="upper left", frameon=False)

    return _inline(_drawn(draw), name, title, description)


def _drawn(draw: Callable[[Any], None]) -> str:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_SETTINGS), warnings.catch_warnings():
        # letters that the drawing font lacks are drawn by the reader's own fonts
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure(figsize=(7.2, 3.8), layout="constrained")
        axes = figure.add_subplot()
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(_figures_of_the_language())
        draw(axes)
        axes.grid(visible=True, color="#d9d9d9", linewidth=0.6)
        stream = io.StringIO()
        figure.savefig(
            stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    return stream.getvalue()


def _figures_of_the_language() -> Any:
    """Return what writes the figures of an axis with the decimal sign of the language now spoken."""
    from matplotlib.ticker import ScalarFormatter

    sign = get_format("DECIMAL_SEPARATOR")

    class InOwnFigures(ScalarFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return str(super().__call__(x, pos)).replace(".", sign)

    return InOwnFigures()


def _draw_limits(axes: Any, figures: Figures, hours: float) -> None:
    times = [0.0, *(figures.survival.hours / hours).tolist(), _end(figures) / hours]
    low, high = [1.0, *figures.limits.low.tolist()], [1.0, *figures.limits.high.tolist()]
    axes.fill_between(
        times, [*low, low[-1]], [*high, high[-1]], step="post", color="#1d4f91", alpha=0.15, linewidth=0
    )


def _end(figures: Figures) -> float:
    """Return the hours up to which a curve is drawn: its last step, or as long as anything was observed."""
    seen = [moment.hours for moment in figures.still_open if moment.at_risk]
    steps = figures.survival.hours
    return max([*seen, float(steps[-1]) if len(steps) else 0.0, 0.01])


def _inline(svg: str, name: str, title: str, description: str) -> str:
    """Return the SVG as an element of a page: no prolog, no fixed size, ids of its own, a title to be read out.

    Styles become attributes: a page whose policy allows no inline style shows it all the same.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r'\sstyle="([^"]*)"', lambda found: _attributes(found[1]), body)
    body = re.sub(r'(<path[^>]*?) d="([^"]*)"', lambda found: f'{found[1]} d="{_thinned(found[2])}"', body)
    body = re.sub(r">\s+<", "><", body)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', body)
    opening, rest = body.split(">", 1)
    opening = re.sub(r'\s(width|height)="[^"]*"', "", opening)
    labels = f' stroke-linejoin="round" stroke-linecap="butt" role="img" aria-labelledby="{name}-title {name}-desc"'
    texts = (
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    )
    return f"{opening}{labels}>{texts}{rest}"


def _thinned(path: str) -> str:
    """Return a path to a tenth of the picture's unit, without the points on the way from one corner to the next.

    A curve of a thousand requests has a thousand steps, most of them finer than anybody sees.
    """
    told = " ".join(path.split())
    if not _STRAIGHT.fullmatch(told):
        return told
    parts = []
    for line in filter(None, map(str.strip, told.split("M"))):
        points = [
            (round(float(x), 1), round(float(y), 1))
            for x, y in (point.split() for point in line.removesuffix("z").split("L"))
        ]
        ends = "z" if line.endswith("z") else ""
        parts.append(_written(_corners(points)) + ends)
    return "".join(parts)


def _written(points: list[tuple[float, float]]) -> str:
    """Return a line as SVG writes it at its shortest: by one figure where it goes upright or level."""
    told, (before_x, before_y) = f"M{points[0][0]:g} {points[0][1]:g}", points[0]
    for x, y in points[1:]:
        told += f"V{y:g}" if x == before_x else f"H{x:g}" if y == before_y else f"L{x:g} {y:g}"
        before_x, before_y = x, y
    return told


def _corners(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points at which a line of upright and level pieces turns; others are kept as they are."""
    kept: list[tuple[float, float]] = []
    for point in points:
        if len(kept) > 1 and any(kept[-2][axis] == kept[-1][axis] == point[axis] for axis in (0, 1)):
            kept.pop()
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept


def _attributes(style: str) -> str:
    """Return declarations of a style as attributes of the same names; the shorthand of fonts is spelled out."""
    told = ""
    for declaration in filter(None, map(str.strip, style.split(";"))):
        name, _, value = declaration.partition(":")
        if name.strip() == "font":
            size, _, family = value.strip().partition(" ")
            told += f' font-size="{size}" font-family="{family.replace(chr(39), "")}"'
        else:
            told += f' {name.strip()}="{value.strip()}"'
    return told
