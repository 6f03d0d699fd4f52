"""What tests and benchmarks build: only what matters is said, the rest is filled in."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from cooperation.words import Refused

KINDS = (
    ("preservation_expedited", "contact_point_24_7", "contact_point_24_7"),
    ("mla_stored_data", "central_authority", "central_authority"),
    ("law_enforcement_inquiry", "law_enforcement", "law_enforcement"),
    ("mla_documents", "central_authority", "central_authority"),
    ("emergency_data", "contact_point_24_7", "contact_point_24_7"),
    ("mla_statement", "central_authority", "central_authority"),
    ("spontaneous_information", "central_authority", "central_authority"),
)
CODES = ("VN", "SG", "DE", "FR", "BR", "IN", "JP", "GB", "US", "AU", "ZA", "KE", "EG", "TH", "ID", "PH")


def busy_scenario(name: str, *, requests: int, states: int = 8, days: int = 365, officers: int = 40) -> str:
    """Return a scenario in which simulated States file this many requests, evenly over the days."""
    codes = CODES[:states]
    planned = []
    for number in range(requests):
        kind, sender, receiver = KINDS[number % len(KINDS)]
        asks = codes[number % states]
        asked = codes[(number * 7 + 1 + number // states) % states]
        if asked == asks:
            asked = codes[(codes.index(asks) + 1) % states]
        planned.append(
            {
                "id": f"r{number}",
                "when": f"+{number * days * 24 * 60 // (requests + 1)}m",
                "who": f"{asks}/{sender}",
                "whom": f"{asked}/{receiver}",
                "type": kind,
                "case": f"case-{asks.lower()}",
                "contents": {},
            }
        )
    scenario: dict[str, Any] = {
        "scenario": name,
        "title": "A busy year",
        "start": "2027-01-04T00:00:00+00:00",
        "length": f"{days * 2}d",
        "states": {
            code: {
                "behaviour": "typical",
                "officers": {"central_authority": officers, "law_enforcement": officers},
            }
            for code in codes
        },
        "cases": [
            {
                "id": f"case-{code.lower()}",
                "state": code,
                "title": "Ransomware at a port",
                "offences": ["system_interference"],
                "facts": "The systems of a port were encrypted.",
            }
            for code in codes
        ],
        "requests": planned,
    }
    return json.dumps(scenario)


# -- an exercise at whose desks the test sits ------------------------------------------------------------

DAY_ZERO = datetime(2027, 3, 1, tzinfo=UTC)  # a Monday
NAMES = {"XA": "Arvania", "XB": "Borland", "XC": "Cascadia"}
CLOCK = "the clock"


def day(number: int, clock: str = "09:00") -> datetime:
    """Return an instant of the exercise: on this day (day zero is a Monday), at this time UTC."""
    at = DAY_ZERO + timedelta(days=number)
    return datetime.combine(at.date(), time.fromisoformat(clock), UTC)


def desks_scenario(*, name: str = "two-desks", profile: str = "training_default", transit: str = "0m") -> str:
    """Return a scenario in which nothing is planned: Arvania asks, Borland is asked, Cascadia looks on.

    transit  how long a request is under way to Borland
    """
    states = {
        "XA": {"name": "Arvania", "calendar": "VN", "seat": "team"},
        "XB": {"name": "Borland", "calendar": "DE", "seat": "team", "transit": transit},
        "XC": {"name": "Cascadia", "calendar": "US", "seat": "team"},
    }
    scenario = {
        "scenario": name,
        "title": "Two desks",
        "deadline_profile": profile,
        "start": DAY_ZERO.isoformat(),
        "length": "400d",
        "states": states,
    }
    return json.dumps(scenario)


def made(text: str, *, seed: int = 7, teams: str = "typical") -> Any:
    """Return a new exercise of a scenario, given as text."""
    from cooperation.behaviour import behaviours
    from cooperation.rulebook import rulebook
    from cooperation.scenario import read_scenario
    from requests_app.exercises.run import make

    name = json.loads(text)["scenario"]
    scenario = read_scenario(text.encode(), f"{name}.yaml", rulebook(), behaviours().keys())
    return make(scenario, seed=seed, teams=teams)


def seated(**said: Any) -> Table:
    """Return an exercise at all of whose desks people sit: nothing happens but what the test lets happen."""
    from requests_app.world.models import Authority

    row = made(desks_scenario(**said))
    Authority.objects.filter(state__exercise=row).update(simulated=False)
    return Table(row)


class Table:
    """An exercise and the desks around it; the test is all of its people."""

    def __init__(self, row: Any) -> None:
        self.row = row

    def desk(self, state: str) -> Desk:
        """Return the desk of a State, by its name."""
        return Desk(self, next(code for code, name in NAMES.items() if name == state))

    def runs_to(self, at: datetime, *, rows_at_most: int = 200) -> Table:
        """Let everything happen that is due by an instant."""
        from requests_app.exercises.run import play

        play(self.row, at, rows_at_most=rows_at_most)
        return self

    @contextmanager
    def present(self, at: datetime) -> Iterator[Any]:
        """Give a batch at an instant, all that was due before performed; it is written at the end."""
        from django.db import transaction

        from requests_app.agenda.advance import locked
        from requests_app.agenda.batch import Batch
        from requests_app.workflow.records import load_states

        self.runs_to(at)
        with transaction.atomic():
            batch = Batch(locked(self.row.pk), at)
            load_states(batch)
            yield batch
            batch.write()
        self.row.refresh_from_db()

    def seat(self, state: str, kind: str = "central_authority") -> Any:
        """Return the first seat of an authority of a State."""
        from requests_app.world.models import Seat

        found = Seat.objects.select_related("authority__state")
        code = self.desk(state).code
        return found.get(
            authority__state__exercise=self.row, authority__state__code=code, authority__kind=kind
        )

    def clock_runs(self, *, rate: int = 1) -> None:
        """Start the clock on day zero, so that wall time and exercise time begin as one."""
        from requests_app.world.models import ClockSegment

        self.row.is_live = True
        self.row.save(update_fields=["is_live"])
        ClockSegment.objects.create(
            exercise=self.row, number=1, wall_at=DAY_ZERO, exercise_at=DAY_ZERO, rate=rate
        )


@dataclass(frozen=True)
class Desk:
    """Whoever acts for one State. Its deeds are those of DEEDS: `desk.acknowledges(request, on=day(1))`."""

    table: Table
    code: str

    def files(
        self,
        request_type: str,
        *,
        to: str,
        on: datetime,
        contents: Mapping[str, Any] | None = None,
        parent: Filed | None = None,
        at: str = "",
        whom: str = "",
        orally: bool = False,
    ) -> Filed:
        """Draft a request and submit it.

        at, whom  the kind of authority that sends it and that it is sent to, else the usual one of its type
        """
        request = self.drafts(request_type, to=to, on=on, contents=contents, parent=parent, at=at, whom=whom)
        self.does("submit_orally" if orally else "submit", request, on=on)
        return request

    def drafts(
        self,
        request_type: str,
        *,
        to: str,
        on: datetime,
        contents: Mapping[str, Any] | None = None,
        parent: Filed | None = None,
        at: str = "",
        whom: str = "",
    ) -> Filed:
        """Put a draft on this State's desk."""
        from cooperation.rulebook import rulebook
        from requests_app.workflow import door
        from requests_app.workflow.records import authority_of, request_of

        kind = rulebook().types.get(request_type)
        sends = at or _usual(kind.send if kind else ())
        receives = whom or _usual(kind.receive if kind else ())
        with self.table.present(on) as batch:
            request = door.draft(
                batch,
                request_type=request_type,
                sender=authority_of(batch, self.code, sends),
                receiver=authority_of(batch, self.table.desk(to).code, receives),
                contents=contents or {},
                parent=request_of(batch, parent.key) if parent else None,
            )
        return Filed(self.table, request.pk)

    def does(self, act: str, request: Filed, /, *, on: datetime, **contents: Any) -> Any:
        """Do an act on a request, as its authority of this State; return the event."""
        from requests_app.workflow import door
        from requests_app.workflow.records import holder, request_of, seat_at

        with self.table.present(on) as batch:
            row = request_of(batch, request.key)
            side = "requesting" if row.requesting_code == self.code else "requested"
            actor = seat_at(holder(batch, row, side))
            return door.enact(batch, row, side=side, act=act, contents=contents, actor=actor)

    def is_refused(self, act: str, request: Filed, /, *, on: datetime, **contents: Any) -> Refused:
        """Try an act that must be refused; return the refusal. What else the batch holds is written."""
        from requests_app.workflow import door
        from requests_app.workflow.records import holder, request_of, seat_at

        with self.table.present(on) as batch:
            row = request_of(batch, request.key)
            side = "requesting" if row.requesting_code == self.code else "requested"
            actor = seat_at(holder(batch, row, side))
            try:
                door.enact(batch, row, side=side, act=act, contents=contents, actor=actor)
            except Refused as refusal:
                return refusal
        raise AssertionError(f"{act} was not refused")

    def __getattr__(self, deed: str) -> Callable[..., Any]:
        if deed not in DEEDS:
            raise AttributeError(f"no desk {deed}; it may: {', '.join(DEEDS)}")
        act, usual = DEEDS[deed]

        def do(request: Filed, /, *, on: datetime, **contents: Any) -> Any:
            return self.does(act, request, on=on, **{**usual, **contents})

        return do


def _usual(kinds: Collection[str]) -> str:
    """Return who deals with a type of request: a contact point where the type names one."""
    usual = ("contact_point_24_7", "central_authority", *sorted(kinds))
    return next((kind for kind in usual if kind in kinds), "central_authority")


# What a desk does, the act that it is, and what it usually says with it.
DEEDS: dict[str, tuple[str, dict[str, Any]]] = {
    "submits": ("submit", {}),
    "confirms_in_writing": ("confirm_in_writing", {}),
    "acknowledges": ("acknowledge", {}),
    "forwards": ("forward", {"to_authority": "central_authority"}),
    "returns": ("return_misdirected", {}),
    "finds_admissible": ("find_admissible", {}),
    "asks_for_information": ("ask_for_information", {"questions": ["data_category"]}),
    "provides_information": ("provide_information", {"answers": {"data_category": "subscriber"}}),
    "consults": ("consult", {}),
    "answers_consultation": ("answer_consultation", {}),
    "accepts": ("accept", {}),
    "accepts_with_conditions": ("accept_with_conditions", {"conditions": ["only for this case"]}),
    "agrees_to_conditions": ("agree_to_conditions", {}),
    "declines_conditions": ("decline_conditions", {}),
    "refuses": ("refuse", {"ground": "form", "reasons": "the facts are missing"}),
    "postpones": ("postpone", {"reasons": "an investigation of our own is under way"}),
    "resumes": ("resume", {}),
    "starts_execution": ("start_execution", {}),
    "confirms_preservation": ("confirm_preservation", {}),
    "discloses_path": ("disclose_path", {}),
    "transmits": ("transmit", {}),
    "reports_no_data": ("report_no_data", {}),
    "confirms_receipt": ("confirm_receipt", {}),
    "reports_mismatch": ("report_mismatch", {}),
    "asks_status": ("ask_status", {}),
    "reports_status": ("report_status", {}),
    "withdraws": ("withdraw", {}),
    "gives_feedback": ("give_feedback", {}),
    "closes": ("close", {}),
    "records": ("record_step", {}),
}


@dataclass(frozen=True)
class Filed:
    """A request of the test, looked at anew each time."""

    table: Table
    key: Any

    @property
    def row(self) -> Any:
        """The request as it is stored."""
        from requests_app.workflow.models import AssistanceRequest

        return AssistanceRequest.objects.get(pk=self.key)

    @property
    def status(self) -> str:
        """Where the request stands."""
        return str(self.row.status)

    def story(self) -> list[tuple[datetime, str, str]]:
        """Return what happened, day by day: acts, and stages that were not closed in time, with who did it."""
        from cooperation.rulebook import rulebook

        lifecycle = rulebook().lifecycle
        told = [
            (event.at, 0, _done(event, lifecycle), NAMES.get(event.actor_state, CLOCK))
            for event in self.row.events.order_by("seq")
        ]
        for row in self.row.deadlines.filter(status="missed").exclude(stage="").order_by("due_at", "rule"):
            told.append((row.due_at, 1, f"{lifecycle.stages[row.stage].label.lower()} overdue", CLOCK))
        told.sort(key=lambda entry: entry[:2])
        return [(day((at - DAY_ZERO).days), what, who) for at, _, what, who in told]

    def acts(self) -> list[tuple[str, str]]:
        """Return the acts on this request's chain, each with the desk that did it."""
        rows = self.row.events.order_by("seq").values_list("act", "actor_state", "actor_authority")
        return [(act, f"{state}/{kind}" if state else CLOCK) for act, state, kind in rows]

    def deadline(self, rule: str) -> Any:
        """Return the latest deadline of a rule; None when there was none."""
        return self.row.deadlines.filter(rule=rule).order_by("-number").first()

    def deadlines(self) -> dict[str, str]:
        """Return how each deadline stands, the latest where a rule ran more than once."""
        return dict(self.row.deadlines.order_by("number").values_list("rule", "status"))

    def stages(self) -> list[tuple[str, datetime, datetime | None, datetime | None, int, str]]:
        """Return each interval: stage, opened, closed, due, seconds suspended, outcome."""
        rows = self.row.intervals.order_by("opened_at", "stage")
        return list(
            rows.values_list("stage", "opened_at", "closed_at", "due_at", "suspended_seconds", "outcome")
        )

    def notices(self, kind: str) -> list[tuple[datetime, str, Any]]:
        """Return the notices of a kind: when, to whose desk, and what about."""
        rows = self.row.notices.filter(kind=kind).select_related("authority__state").order_by("at")
        return [(row.at, row.authority.desk, row.facts) for row in rows]


def _done(event: Any, lifecycle: Any) -> str:
    step = event.contents.get("step") if event.act == "record_step" else None
    return str(step).replace("_", " ") if step else str(lifecycle.acts[event.act].done)


# -- the database and the shell as a test sees them ------------------------------------------------------


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return every stored row of the application, to be compared with itself later."""
    from django.apps import apps

    return {
        model.__name__: sorted(model._base_manager.values_list(), key=repr)
        for model in apps.get_app_config("requests_app").get_models()
    }


def without_guard() -> None:
    """Take the triggers away that keep events as they are, as somebody who owns the database could."""
    from django.db import connection

    statements = {
        "sqlite": ("DROP TRIGGER event_is_never_changed", "DROP TRIGGER event_is_never_deleted"),
        "postgresql": ("DROP TRIGGER event_is_append_only ON requests_app_event",),
    }
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)


class Ran(NamedTuple):
    """What a command came to: its exit code, what it printed, and the lines that it said."""

    code: int
    out: str
    said: list[str]


def shell(name: str, *arguments: str) -> Ran:
    """Run a command as the shell would, on the test's own connection."""
    from django.core.management import load_command_class

    out, said = io.StringIO(), io.StringIO()
    command: Any = load_command_class("requests_app", name)
    command.__init__(stdout=out, stderr=said)
    command._called_from_command_line = True
    code = 0
    try:
        options = vars(command.create_parser("manage.py", name).parse_args(arguments))
        command.execute(**options)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return Ran(code, out.getvalue(), said.getvalue().splitlines())


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the SQL statements that run inside, begin and end of transactions left out."""
    from django.db import connection

    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "SAVEPOINT" not in sql:
            statements.append(" ".join(re.findall(r"^\w+|(?:FROM|INTO|UPDATE) \"\w+\"|ON CONFLICT", sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements
