"""A response-time report as one page that needs nothing else: it opens from disk, without a network."""

from __future__ import annotations

from django.template.loader import render_to_string

from cooperation.reports.response_times import Report
from requests_app.reports.shown import shown


def html_of(report: Report) -> str:
    """Return the page. Equal reports give equal bytes."""
    return render_to_string("reports/report.html", shown(report))
