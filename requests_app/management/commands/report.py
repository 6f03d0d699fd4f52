"""`report`: response times of an exercise, or of anybody's own intervals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from cooperation.document import BadInput, Fault
from cooperation.intervals import Columns, latest_at
from cooperation.intervals.csv_cells import instant_of, why_no_instant
from cooperation.intervals.csv_file import read_csv
from cooperation.reports.groups import BY
from cooperation.reports.response_times import instant_text, response_times
from requests_app.management.base import ComityCommand
from requests_app.reports.write import FORMATS, check_formats, names, write_report
from requests_app.world.present import wall_now


@dataclass(frozen=True, slots=True)
class Source:
    """Where intervals come from: a name for the folder, what the report says of it, and the rows."""

    name: str
    filters: dict[str, Any]
    columns: Columns
    observed_until: datetime


class Command(ComityCommand):
    """The response-time report."""

    help = "Report how long each stage took, in an exercise or in a CSV file of intervals."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("handle", nargs="?", metavar="HANDLE", help="the exercise")
        parser.add_argument(
            "--intervals", metavar="FILE.csv", help="intervals of your own, instead of an exercise"
        )
        parser.add_argument(
            "--observed-until",
            metavar="ISO",
            help="end of observation (default: the present, or the latest instant)",
        )
        parser.add_argument(
            "--format",
            default=",".join(FORMATS),
            metavar="LIST",
            help=f"any of {','.join(FORMATS)} (default: all)",
        )
        parser.add_argument("--out", metavar="DIR", help="folder to write to (default: report-NAME)")
        parser.add_argument("--by", default="", metavar="LIST", help=f"compare by any of {','.join(BY)}")
        parser.add_argument("--public", action="store_true", help="suppress small groups")
        parser.add_argument(
            "--skip-bad", action="store_true", help="leave faulty rows of a file out and count them"
        )

    def needs_database_for(self, options: dict[str, Any]) -> bool:
        """Return whether an exercise is asked for; a file needs no database."""
        return bool(options["handle"]) and not options["intervals"]

    def perform(self, **options: Any) -> None:
        """Read, report, write, and say where it lies."""
        formats = names(options["format"])
        by = names(options["by"]) if options["by"] else []
        observed_until = self._checked(options, formats)
        with self.progress("reading intervals"):
            source = self._source(options, observed_until)
        with self.progress("making the report"):
            report = response_times(
                source.columns,
                source.observed_until,
                generated_at=wall_now(),
                by=by,
                public=options["public"],
                filters=source.filters,
            )
            folder = Path(options["out"] or f"report-{source.name}")
            written = write_report(report, formats, folder)
        if report.left_out:
            self.say(
                f"{report.left_out:,} opened after {instant_text(source.observed_until)} and are left out"
            )
        for path in written:
            self.say(f"written: {path}")

    def _checked(self, options: dict[str, Any], formats: list[str]) -> datetime | None:
        """Return the end of observation that was asked for; raise BadInput with all faults of the options."""
        faults: list[Fault] = []
        if bool(options["handle"]) == bool(options["intervals"]):
            problem = "give either the handle of an exercise or --intervals FILE.csv"
            faults.append(Fault("", 0, "", problem))
        if options["skip_bad"] and not options["intervals"]:
            faults.append(Fault("", 0, "--skip-bad", "is for a file", "give --intervals too"))
        until = None
        if options["observed_until"] is not None:
            until = instant_of(options["observed_until"])
            if until is None:
                faults.append(Fault("", 0, "--observed-until", *why_no_instant(options["observed_until"])))
        try:
            check_formats(formats)
        except BadInput as bad:
            faults += bad.faults
        if faults:
            raise BadInput(faults)
        return until

    def _source(self, options: dict[str, Any], observed_until: datetime | None) -> Source:
        if options["intervals"]:
            return self._file(Path(options["intervals"]), observed_until, skip_bad=options["skip_bad"])
        return self._exercise(options["handle"], observed_until)

    def _file(self, path: Path, observed_until: datetime | None, *, skip_bad: bool) -> Source:
        found = read_csv(path, skip_bad=skip_bad, observed_until=observed_until)
        for fault in found.faults:
            self.say(str(fault))
        filters: dict[str, Any] = {"intervals": path.name}
        if skip_bad:
            filters["bad_rows_left_out"] = found.bad_rows
            self.say(f"{found.bad_rows:,} bad rows are left out")
        until = observed_until or latest_at(found.columns)
        if until is None:
            raise BadInput([Fault(str(path), 0, "", "holds no good row", "mend the rows")])
        if observed_until is None:
            self.say(f"observed until {instant_text(until)}, the latest opening or closing in {path.name}")
        return Source(path.stem, filters, found.columns, until)

    def _exercise(self, handle: str, observed_until: datetime | None) -> Source:
        from requests_app.reports.source import columns_of_exercise
        from requests_app.world.models import Exercise

        exercise = Exercise.objects.filter(handle=handle).first()
        if exercise is None:
            known = ", ".join(Exercise.objects.order_by("handle").values_list("handle", flat=True)[:10])
            mend = f"there are: {known}" if known else "run_exercise makes one"
            raise BadInput([Fault("", 0, "HANDLE", f"there is no exercise {handle}", mend)])
        columns = columns_of_exercise(exercise)
        return Source(handle, {"exercise": handle}, columns, observed_until or exercise.present)
