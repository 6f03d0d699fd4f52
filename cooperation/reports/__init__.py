"""Reports: each a small module that makes a Report of intervals; the CATALOGUE names them."""

from __future__ import annotations

from cooperation.reports import response_times

CATALOGUE = {response_times.NAME: response_times.response_times}
