"""Playing a scenario headless to see where everything lands, in a database of its own that is gone afterwards.

The database lies in memory and belongs to one thread: the rehearsal writes nothing where others write,
waits for nobody's lock, and no list ever holds it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper

from cooperation.document import BadInput
from cooperation.eventlog import instant_text
from cooperation.scenario import Scenario
from cooperation.words import Refused
from requests_app.exercises.account import account
from requests_app.exercises.after_action import expectations_told, milestones_told
from requests_app.exercises.library import check_behaviour, shipped_scenario
from requests_app.exercises.models import Inject, Rehearsal
from requests_app.exercises.run import make, play
from requests_app.workflow.models import AssistanceRequest, Deadline
from requests_app.world.models import Exercise

SECONDS_AT_MOST = 60.0
# Of requests and of deadlines.
ROWS_AT_MOST = 500
KEPT = 50
# After so long, whoever took a rehearsal is gone.
ABANDONED_AFTER = timedelta(minutes=3)


class _TimeIsUp(Exception):
    """The rehearsal has taken as long as it may."""


def ask_for(scenario: str, *, seed: int, teams: str, wall: datetime) -> Rehearsal:
    """Return a rehearsal that will be played; the same one where the same is waiting or under way already.

    wall  wall instant

    Raises Refused: no_scenario, unknown_behaviour.
    """
    shipped_scenario(scenario)
    check_behaviour(teams)
    asked = {"scenario": scenario, "seed": seed, "teams": teams}
    same = Rehearsal.objects.filter(**asked, status__in=(Rehearsal.WAITING, Rehearsal.RUNNING)).first()
    if same is not None:
        return same
    old = Rehearsal.objects.order_by("-asked_at").values_list("pk", flat=True)[KEPT:]
    Rehearsal.objects.filter(pk__in=list(old)).delete()
    return Rehearsal.objects.create(**asked, asked_at=wall)


def play_next(wall: datetime) -> UUID | None:
    """Play the rehearsal that has waited longest; return it, or None where none waits."""
    taken = _take(wall)
    if taken is None:
        return None
    try:
        scenario = shipped_scenario(taken.scenario)
        taken.found, taken.status = rehearse(scenario, seed=taken.seed, teams=taken.teams), Rehearsal.DONE
    except (Refused, BadInput) as refused:
        taken.found, taken.status = {"problem": str(refused)}, Rehearsal.FAILED
    except Exception as error:
        # The next one is not to wait for it.
        taken.found, taken.status = {"problem": f"{type(error).__name__}: {error}"}, Rehearsal.FAILED
    taken.save(update_fields=["found", "status"])
    return taken.pk


def rehearse(
    scenario: Scenario, *, seed: int, teams: str, seconds_at_most: float = SECONDS_AT_MOST
) -> dict[str, Any]:
    """Return where the injects, milestones, deadlines and expectations of a scenario land with a seed.

    seconds_at_most  of wall time: what is not reached by then is told as not reached
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="rehearsal") as place:
        return place.submit(_in_own_place, scenario, seed, teams, seconds_at_most).result()


def _take(wall: datetime) -> Rehearsal | None:
    with transaction.atomic():
        Rehearsal.objects.filter(status=Rehearsal.RUNNING, started_at__lt=wall - ABANDONED_AFTER).update(
            status=Rehearsal.FAILED, found={"problem": "whoever played it was stopped"}
        )
        waiting = Rehearsal.objects.select_for_update(skip_locked=True).filter(status=Rehearsal.WAITING)
        taken = waiting.order_by("asked_at").first()
        if taken is not None:
            taken.status, taken.started_at = Rehearsal.RUNNING, wall
            taken.save(update_fields=["status", "started_at"])
    return taken


def _in_own_place(scenario: Scenario, seed: int, teams: str, seconds_at_most: float) -> dict[str, Any]:
    until_s = time.monotonic() + seconds_at_most

    def watch(_: datetime) -> None:
        if time.monotonic() > until_s:
            raise _TimeIsUp

    with _own_database():
        exercise = make(scenario, seed=seed, teams=teams)
        try:
            play(exercise, scenario.ends_at, watch=watch)
        except _TimeIsUp:
            exercise.refresh_from_db()
        finally:
            _take_files_away(exercise)
        return _told(exercise)


def _take_files_away(exercise: Exercise) -> None:
    """Take away what simulated desks signed with and stored: it lies in folders of this exercise alone."""
    for root in (settings.KEYS_DIR, settings.EVIDENCE_DIR):
        shutil.rmtree(Path(root) / str(exercise.pk), ignore_errors=True)


@contextmanager
def _own_database() -> Iterator[None]:
    """Give this thread, and no other, an empty database in memory under the name that all code asks for."""
    said = {**connections.settings["default"], "ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    own = DatabaseWrapper({**said, "OPTIONS": {}, "CONN_MAX_AGE": None}, alias="default")
    connections["default"] = own
    try:
        with own.schema_editor() as editor:
            for model in apps.get_models():
                if model._meta.managed and not model._meta.proxy:
                    editor.create_model(model)
        yield
    finally:
        own.close()
        del connections["default"]


def _told(exercise: Exercise) -> dict[str, Any]:
    found = account(exercise)
    rows = Deadline.objects.filter(request__exercise=exercise, due_at__isnull=False)
    rows = rows.exclude(status=Deadline.DROPPED).order_by("due_at", "request__reference", "rule")
    filed = AssistanceRequest.objects.filter(exercise=exercise, submitted_at__isnull=False)
    filed = filed.order_by("submitted_at", "reference")
    columns = ("due_at", "rule", "status", "request__reference", "request__request_type")
    return {
        "reached": instant_text(exercise.advanced_to),
        "is_whole": exercise.ended,
        **{
            name: found[name] for name in ("requests", "open_requests", "events", "deadlines", "expectations")
        },
        "injects": [
            {"name": one.name, "title": one.title, "status": one.status, "at": _text(one.fired_at)}
            for one in Inject.objects.filter(exercise=exercise).order_by("fired_at", "name")
        ],
        "filed": [
            {"at": _text(at), "reference": reference, "request_type": kind}
            for at, reference, kind in filed.values_list("submitted_at", "reference", "request_type")[
                :ROWS_AT_MOST
            ]
        ],
        "milestones": [
            {"name": name, "reached_at": _text(reached_at)} for name, reached_at in milestones_told(exercise)
        ],
        "expected": [
            {
                "name": one.name,
                "state": one.state,
                "expected": one.expected,
                "status": one.status,
                "due_at": _text(one.due_at),
                "happened_at": _text(one.happened.at if one.happened else None),
                "reference": one.happened.reference if one.happened else "",
                "points": one.points,
            }
            for one in expectations_told(exercise)
        ],
        "due": [
            {
                "at": _text(due_at),
                "rule": rule,
                "status": status,
                "reference": reference,
                "request_type": kind,
            }
            for due_at, rule, status, reference, kind in rows.values_list(*columns)[:ROWS_AT_MOST]
        ],
    }


def _text(at: datetime | None) -> str | None:
    return instant_text(at) if at is not None else None
