"""Recompute what an exercise stores, and tell the first thing that does not hold."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cooperation.document import BadInput, Fault
from cooperation.evidence.bags import Hostile
from cooperation.evidence.receipts import BYTES_AT_MOST, Opened, open_envelope
from requests_app.evidence.bag_reader import opened_zip
from requests_app.exercises.bundle import bundle_failures
from requests_app.exercises.find import exercise_named
from requests_app.management.base import DOES_NOT_HOLD, HOLDS, ComityCommand
from requests_app.workflow.one_instant import one_instant
from requests_app.workflow.verify import checkpoint_of, failures
from requests_app.workflow.verify_evidence import Failure
from requests_app.workflow.witness import against
from requests_app.world.models import Exercise

TOLD_AT_MOST = 20


class Command(ComityCommand):
    help = (
        "Recompute the chains, signatures, statuses, intervals, deadlines and evidence of one exercise, of all, "
        "or of the archive of one; hold them against receipts that were kept outside."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "what", nargs="?", metavar="HANDLE|BUNDLE.zip", help="one exercise; without it, each one"
        )
        parser.add_argument(
            "--against",
            nargs="+",
            metavar="RECEIPT",
            type=Path,
            default=[],
            help="receipts and checkpoints that somebody kept",
        )

    def needs_database_for(self, options: dict[str, Any]) -> bool:
        """Return whether it is an exercise of this installation; an archive is verified by itself."""
        return not _is_bundle(options["what"])

    def perform(self, **options: Any) -> int:
        what = options["what"]
        kept = {str(path): open_envelope(_content(path), str(path)) for path in options["against"]}
        if _is_bundle(what):
            return self._verify_bundle(Path(what), kept)
        exercises = [exercise_named(what)] if what else list(Exercise.objects.order_by("handle"))
        papers = _by_exercise(exercises, kept)
        holds = True
        with self.progress("exercises verified", len(exercises)) as work:
            for number, exercise in enumerate(exercises, start=1):
                holds = self._verify(exercise, papers.get(exercise.handle, {})) and holds
                work.reach(number)
        if not exercises:
            self.say("there is no exercise yet")
        return HOLDS if holds else DOES_NOT_HOLD

    def _verify_bundle(self, path: Path, kept: dict[str, Opened]) -> int:
        try:
            with opened_zip(path) as holder:
                holds = self._tell(bundle_failures(holder, path.name, kept))
        except Hostile as hostile:
            mend = "give a file that export_exercise wrote"
            raise BadInput([Fault(str(path), 0, hostile.reason, str(hostile), mend)]) from None
        if holds:
            self.say(f"{path} holds, by itself" + _also(kept))
        return HOLDS if holds else DOES_NOT_HOLD

    def _verify(self, exercise: Exercise, kept: dict[str, Opened]) -> bool:
        def found() -> Iterable[Failure]:
            yield from failures(exercise)
            for name, opened in kept.items():
                yield from against(exercise, opened, name)

        with one_instant():
            # A running exercise moves on while it is verified.
            exercise = Exercise.objects.get(pk=exercise.pk)
            holds = self._tell(found())
            checkpoint = checkpoint_of(exercise)
        if holds:
            self.say(f"{exercise.handle} holds{_also(kept)}; checkpoint {checkpoint}")
        return holds

    def _tell(self, failures: Iterable[Failure]) -> bool:
        number = 0
        for number, failure in enumerate(failures, start=1):
            if number > TOLD_AT_MOST:
                self.say("... and more")
                break
            self.say(str(failure))
        return number == 0


def _is_bundle(what: str | None) -> bool:
    return what is not None and what.endswith(".zip")


def _also(kept: dict[str, Opened]) -> str:
    return f", and agrees with {len(kept)} kept outside" if kept else ""


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(BYTES_AT_MOST + 1)


def _by_exercise(exercises: list[Exercise], kept: dict[str, Opened]) -> dict[str, dict[str, Opened]]:
    """Return the papers by the handle of the exercise that each is of; several runs of a seed are ambiguous."""
    found: dict[str, dict[str, Opened]] = {}
    for name, opened in kept.items():
        fitting = [e for e in exercises if e.log_name == opened.said["exercise"]]
        if len(fitting) != 1:
            problem = f"is of {opened.said['exercise']}, of which there is {'no run' if not fitting else 'more than one run'}"
            raise BadInput([Fault(name, 0, "", problem, "name the exercise: verify HANDLE --against FILE")])
        found.setdefault(fitting[0].handle, {})[name] = opened
    return found
