"""How a simulated State works: what it does next, how long that takes, and what it says.

A behaviour is data; what it draws comes from streams named by seed, State, request and step.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cooperation.calibration import calibration
from cooperation.chance import Stream
from cooperation.completeness import EMPTY, is_covered, missing
from cooperation.document import BadInput, Entries, Fault, line_of, read_file
from cooperation.rulebook import RequestType, RuleBook, rulebook

FOLDER = Path(__file__).parent / "data" / "behaviours"
SCHEMA = "comity.behaviour/1"

QUICK, ROUTINE = "quick", "routine"
EMERGENCY, PRESERVATION, REST = 0, 1, 2
TASKS = (
    *("acknowledge", "check", "decide", "start", "execute", "resume", "report_status", "send_again"),
    *("answer_use", "inform", "consult", "agree", "confirm", "feedback", "close", "write"),
)
CHANCES = (
    *("leave_out", "forget", "ask", "forward", "refuse", "consult", "relent", "postpone", "conditions"),
    *("agree", "nothing_found", "in_parts", "path", "mismatch", "feedback", "ask_status"),
)
QUESTIONS_AT_MOST = 3
DRAW_HOURS_AT_MOST = 24 * 365 * 3
OFFICERS_AT_MOST = 500
EFFORT_AT_MOST = {"work_hours": 1000, "work_spread": 3, "wait_hours": 20000, "wait_spread": 3}

# What this side does when the other has done an act; its own acts lead on in `carry_out`.
REACTIONS: Mapping[tuple[str, str], str] = {
    ("requested", "submit"): "acknowledge",
    ("requested", "submit_orally"): "acknowledge",
    ("requested", "decline_conditions"): "decide",
    ("requested", "agree_to_conditions"): "start",
    ("requested", "ask_status"): "report_status",
    ("requested", "report_mismatch"): "send_again",
    ("requested", "ask_other_use"): "answer_use",
    ("requesting", "ask_for_information"): "inform",
    ("requesting", "consult"): "consult",
    ("requesting", "accept_with_conditions"): "agree",
    ("requesting", "confirm_preservation"): "",
}
# Where a question or a consultation leads back to, and what is then to be done by the State asked.
NOT_CRIMINAL = "no_dual_criminality"
UNDECIDED = ("acknowledged", "admissibility_check")
DECIDED: Mapping[str, str] = {"accepted": "start", "in_execution": "execute", "partly_executed": "execute"}
# Art. 37(17) asks for consultation before extradition is refused, whatever the ground.
CONSULT_ON_ANY_GROUND = ("extradition",)
# Steps that an execution consists of, which no act raises.
STEPS: Mapping[str, tuple[str, ...]] = {
    "freezing_or_seizure": ("freeze_effected",),
    "provisional_arrest": ("arrest_effected",),
    "joint_investigation": ("joint_agreement_signed",),
    "assistance_24_7": ("provider_located",),
    "mla_stored_data": ("served_on_provider", "provider_responded"),
    "emergency_data": ("served_on_provider", "provider_responded"),
}


@dataclass(frozen=True, slots=True)
class Effort:
    """What a task costs: office hours of an officer, after elapsed hours in which nobody is bound.

    Medians; a spread is the standard deviation of the logarithm.
    """

    work_hours: float
    work_spread: float
    wait_hours: float
    wait_spread: float

    def draw(self, stream: Stream) -> tuple[timedelta, timedelta]:
        """Return the wait and the work of one task, in whole seconds."""
        return (
            _hours(self.wait_hours, self.wait_spread, stream),
            _hours(self.work_hours, self.work_spread, stream),
        )


def _hours(median: float, spread: float, stream: Stream) -> timedelta:
    drawn = stream.lognormal(median, spread) if median else 0.0
    return timedelta(seconds=round(min(drawn, DRAW_HOURS_AT_MOST) * 3600))


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a State works. `fitted_to` names the published figures and proposals its waits were fitted to."""

    name: str
    about: str
    source: str
    confidence: str
    officers: Mapping[str, int]
    opens: time
    closes: time
    efforts: Mapping[str, Mapping[str, Effort]]
    chances: Mapping[str, float]
    forgotten_for_days: float
    ask_status_after_days: float
    fitted_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """What one side knows of a request when it works on it."""

    kind: RequestType
    status: str
    contents: Mapping[str, Any]
    acts_done: Mapping[str, int]
    misdirected: bool = False
    has_parent: bool = False
    offences: tuple[str, ...] = ()
    penalty: float | str | None = None
    path_awaited: bool = False
    parties: str = ""
    criminal_here: str = "question"  # yes, no or question, by the law of the State asked (Art. 35(3))

    def times(self, act: str) -> int:
        """Return how often an act was done."""
        return int(self.acts_done.get(act, 0))


@dataclass(frozen=True, slots=True)
class Deed:
    """What comes of a task: acts with what is said, and the tasks that follow at the same desk."""

    acts: tuple[tuple[str, dict[str, Any]], ...] = ()
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hand:
    """An officer at work on a matter."""

    book: RuleBook
    behaviour: Behaviour
    matter: Matter
    stream: Stream


def pace(kind: RequestType, contents: Mapping[str, Any]) -> str:
    """Return whether a request is worked on at once or in its turn."""
    return QUICK if priority(kind, contents) < REST else ROUTINE


def priority(kind: RequestType, contents: Mapping[str, Any]) -> int:
    """Return the place in a queue: emergencies, then preservation, then the rest."""
    if kind.id == "emergency_data" or urgency(contents) == "emergency":
        return EMERGENCY
    return PRESERVATION if kind.pillar == "emergency_preservation" else REST


def urgency(contents: Mapping[str, Any]) -> str:
    """Return the level of urgency that a request states."""
    value = contents.get("urgency")
    level = value.get("level") if isinstance(value, Mapping) else value
    return str(level or "routine")


def reaction(side: str, act: str, matter: Matter) -> str:
    """Return the task that the other side's act brings to this side, or nothing."""
    if side == "requested" and act == "provide_information":
        return "check" if matter.status in UNDECIDED else DECIDED.get(matter.status, "")
    if side == "requested" and act == "answer_consultation":
        return "decide" if matter.status in UNDECIDED else DECIDED.get(matter.status, "")
    if side == "requesting" and act == "transmit":
        return "confirm" if matter.status == "evidence_transmitted" else ""
    return REACTIONS.get((side, act), "")


_OPEN: Mapping[tuple[str, str], str] = {
    ("requested", "sent"): "acknowledge",
    ("requested", "forwarded"): "acknowledge",
    ("requested", "acknowledged"): "check",
    ("requested", "admissibility_check"): "decide",
    ("requested", "postponed"): "resume",
    ("requesting", "more_information_requested"): "inform",
    ("requesting", "accepted_with_conditions"): "agree",
    ("requesting", "receipt_verified"): "feedback",
    ("requesting", "feedback_given"): "close",
}


def open_task(side: str, matter: Matter) -> str:
    """Return the task that stands open on this side's desk by the status alone, or nothing.

    For a desk that people leave: nobody remembers which act they were about to answer.
    """
    if matter.status == "consultation":
        asked = matter.times("consult") > matter.times("answer_consultation")
        return "" if asked != (side == "requesting") else "consult" if asked else "decide"
    if side == "requested":
        own = DECIDED.get(matter.status, "")
        if matter.status == "acknowledged" and "accept" not in matter.kind.acts:
            own = "feedback"
    else:
        sent = matter.status == "evidence_transmitted" and "transmit" in matter.kind.acts
        own = "confirm" if sent else ""
    return own or _OPEN.get((side, matter.status), "")


# Which act, done once more, makes a task a new one.
_COUNTED_BY: Mapping[str, tuple[str, ...]] = {
    "acknowledge": ("forward",),
    "check": ("provide_information",),
    "execute": ("transmit", "provide_information", "resume"),
    "inform": ("ask_for_information",),
    "consult": ("consult",),
    "agree": ("accept_with_conditions",),
    "confirm": ("transmit",),
    "report_status": ("ask_status",),
    "send_again": ("report_mismatch",),
    "answer_use": ("ask_other_use",),
}


def step(task: str, matter: Matter) -> str:
    """Return the name of this step of a request, under which its draws are made."""
    return f"{task}-{sum(matter.times(act) for act in _COUNTED_BY.get(task, ()))}"


def carry_out(book: RuleBook, behaviour: Behaviour, task: str, matter: Matter, stream: Stream) -> Deed:
    """Return what comes of a task that an officer has finished."""
    return _WORK[task](Hand(book, behaviour, matter, stream))


def drafted(
    kind: RequestType,
    book: RuleBook,
    behaviour: Behaviour,
    given: Mapping[str, Any],
    facts: Mapping[str, str],
    stream: Stream,
    *,
    has_parent: bool,
    offences: Collection[str],
    penalty: float | str | None,
) -> dict[str, Any]:
    """Return the contents of a request as this behaviour drafts it.

    given   what the author fixed; an explicit None stays missing
    facts   what the drafter knows: sender, receiver, case, parent
    """
    contents = dict(given)
    if "offence" in {rule.field for rule in kind.contents} and "offence" not in given and offences:
        contents["offence"] = list(offences)
    outside = offences and not set(offences) & set(book.offences)
    if outside and "maximum_penalty_years" not in given and penalty not in EMPTY:
        contents["maximum_penalty_years"] = str(penalty) if isinstance(penalty, str) else int(penalty or 0)
    gaps = missing(
        kind, contents, offences=offences, known_offences=book.offences.keys(), has_parent=has_parent
    )
    for name in gaps:
        if name in given or stream.happens(behaviour.chances["leave_out"]):
            continue
        contents[name] = answer_for(name, book, facts)
        if name == "urgency" and kind.id == "emergency_data":
            contents[name]["level"] = "emergency"
    return contents


def answer_for(name: str, book: RuleBook, facts: Mapping[str, str]) -> Any:
    """Return what a drafter writes in a field, from what it knows of the case and the parties."""
    label = book.fields[name].label
    kind = book.fields[name].type
    if name in facts:
        return facts[name]
    if kind == "boolean":
        return True
    if name == "urgency":
        return {"level": "urgent", "reasons": facts.get("case", "")}
    if name == "data_category":
        return ["stored_data_other"]
    return f"{label}: {facts.get('case', 'as stated in the case file')}"


# -- the requested State ---------------------------------------------------------------------------------


def _acknowledge(hand: Hand) -> Deed:
    if hand.matter.misdirected:
        right = _right_authority(hand.matter.kind)
        if hand.stream.happens(hand.behaviour.chances["forward"]):
            return Deed((("forward", {"to_authority": right}),), ("acknowledge",))
        told = {"reasons": f"to be addressed to: {right.replace('_', ' ')}", "right_authority": right}
        return Deed((("return_misdirected", told),))
    acknowledged: tuple[str, dict[str, Any]] = ("acknowledge", {})
    if "accept" not in hand.matter.kind.acts:
        return Deed((acknowledged,), ("feedback",))
    return Deed((acknowledged,), ("check",))


def _right_authority(kind: RequestType) -> str:
    for choice in ("central_authority", "contact_point_24_7"):
        if choice in kind.receive:
            return choice
    return sorted(kind.receive)[0]


def _check(hand: Hand) -> Deed:
    matter = hand.matter
    if not is_covered(hand.book, matter.kind, matter.offences, matter.penalty):
        told = {
            "ground": "no_basis",
            "reasons": "The offence is outside Articles 7 to 17 and below the threshold of a serious crime.",
        }
        return Deed((("refuse", told),))
    gaps, asked = _gaps(hand), matter.times("ask_for_information")
    if gaps and asked < QUESTIONS_AT_MOST:
        return Deed((("ask_for_information", {"questions": list(gaps)}),))
    if gaps:
        return _decide(hand)
    if not asked and hand.stream.happens(hand.behaviour.chances["ask"]):
        doubtful = [r.field for r in matter.kind.contents if r.rule in ("required", "recommended")]
        return Deed((("ask_for_information", {"questions": [hand.stream.choice(doubtful)]}),))
    if pace(matter.kind, matter.contents) == QUICK:
        return _decide(hand)
    if matter.status == "acknowledged":
        return Deed((("find_admissible", {}),), ("decide",))
    return Deed((), ("decide",))


def _gaps(hand: Hand) -> tuple[str, ...]:
    return missing(
        hand.matter.kind,
        hand.matter.contents,
        offences=hand.matter.offences,
        known_offences=hand.book.offences.keys(),
        has_parent=hand.matter.has_parent,
    )


def _decide(hand: Hand) -> Deed:
    # A stream of its own, all drawn before anything is used: decided again, it is the same decision.
    matter, stream, chances = hand.matter, hand.stream.beside("decide"), hand.behaviour.chances
    own = [g for g in matter.kind.grounds if g not in ("form", "not_an_emergency")]
    refuses, ground = stream.happens(chances["refuse"]), stream.choice(own or ["domestic_law_limits"])
    relents, postpones = stream.happens(chances["relent"]), stream.happens(chances["postpone"])
    consults, conditions = stream.happens(chances["consult"]), stream.happens(chances["conditions"])
    if _gaps(hand):
        # Asked as often as is fair, and still without what the Convention requires.
        refuses, ground = True, "form"
    elif not matter.kind.grounds:
        refuses = False
    elif matter.criminal_here == "no" and NOT_CRIMINAL in matter.kind.grounds:
        # Where dual criminality is required nobody may be kind; elsewhere the State may help all the same.
        refuses, ground = True, NOT_CRIMINAL
        relents = relents and matter.kind.dual_criminality.applies != "required"
    consulted = matter.times("consult") > 0
    can_consult = consults and not consulted and "consult" in matter.kind.acts
    if refuses and not (consulted and relents):
        return _refused(hand, ground, can_consult)
    if postpones and not refuses and matter.kind.postponement_possible and not matter.times("postpone"):
        told = {"reasons": "An investigation here would be disturbed.", "source": "40(27)"}
        if can_consult:
            return Deed((("consult", {"about": "postponement", **told}),))
        return Deed((("postpone", told),), ("resume",))
    if conditions and matter.kind.conditions_possible and not matter.times("decline_conditions"):
        told = {
            "conditions": "Only for the case stated; no onward transfer without consent.",
            "source": "40(28), 36",
        }
        return Deed((("accept_with_conditions", told),))
    return _accepted(matter)


def _accepted(matter: Matter) -> Deed:
    if pace(matter.kind, matter.contents) == QUICK:
        return Deed((("accept", {}), ("start_execution", {})), ("execute",))
    return Deed((("accept", {}),), ("start",))


def _refused(hand: Hand, ground: str, can_consult: bool) -> Deed:
    known = hand.book.grounds[ground]
    told = {"ground": ground, "reasons": known.label, "source": known.source}
    if can_consult and (known.consult_first or hand.matter.kind.id in CONSULT_ON_ANY_GROUND):
        return Deed((("consult", {"about": "refusal", **told}),))
    return Deed((("refuse", told),))


def _start(_: Hand) -> Deed:
    return Deed((("start_execution", {}),), ("execute",))


def _execute(hand: Hand) -> Deed:
    chances = hand.behaviour.chances
    acts: list[tuple[str, dict[str, Any]]] = [
        ("record_step", {"step": step})
        for step in STEPS.get(hand.matter.kind.id, ())
        if not hand.matter.times("transmit")
    ]
    if _discloses(hand):
        acts.append(("disclose_path", {"path": "A provider in another State carried the communication."}))
    if "confirm_preservation" in hand.matter.kind.acts:
        return Deed((*acts, ("confirm_preservation", {"reference": f"preserved for {hand.matter.parties}"})))
    if "report_no_data" in hand.matter.kind.acts and hand.stream.happens(chances["nothing_found"]):
        return Deed((("report_no_data", {"searched": "The records of the provider were searched."}),))
    items = list(hand.matter.kind.evidence_returned)
    if len(items) > 1 and not hand.matter.times("transmit") and hand.stream.happens(chances["in_parts"]):
        return Deed((*acts, ("transmit", {"part": True, "items": items[:1]})), ("execute",))
    sent = items[1:] if hand.matter.times("transmit") and len(items) > 1 else items
    return Deed((*acts, ("transmit", {"items": sent})))


def _discloses(hand: Hand) -> bool:
    kind = hand.matter.kind
    if "disclose_path" not in kind.acts or hand.matter.times("disclose_path"):
        return False
    is_asked_for = hand.matter.path_awaited or "transmit" in kind.acts
    return is_asked_for or hand.stream.happens(hand.behaviour.chances["path"])


def _resume(_: Hand) -> Deed:
    return Deed((("resume", {}),), ("execute",))


def _report_status(hand: Hand) -> Deed:
    return Deed((("report_status", {"status": hand.matter.status}),))


def _send_again(hand: Hand) -> Deed:
    return Deed((("transmit", {"items": list(hand.matter.kind.evidence_returned), "again": True}),))


def _answer_use(hand: Hand) -> Deed:
    return Deed((("answer_other_use", {"consent": hand.stream.happens(hand.behaviour.chances["agree"])}),))


# -- the requesting State --------------------------------------------------------------------------------


def _write(_: Hand) -> Deed:
    return Deed((("confirm_in_writing", {}),))


def _inform(_: Hand) -> Deed:
    # What is answered stands in the contents under the name of the field; the shell adds the text.
    return Deed((("provide_information", {"answers": {}}),))


def _consult(_: Hand) -> Deed:
    return Deed((("answer_consultation", {"answer": "The request stands; narrower terms would serve."}),))


def _agree(hand: Hand) -> Deed:
    agrees = hand.stream.happens(hand.behaviour.chances["agree"])
    return Deed((("agree_to_conditions" if agrees else "decline_conditions", {}),))


def _confirm(hand: Hand) -> Deed:
    if not hand.matter.times("report_mismatch") and hand.stream.happens(hand.behaviour.chances["mismatch"]):
        return Deed((("report_mismatch", {"what": "The hash of one item differs from the manifest."}),))
    return Deed((("confirm_receipt", {}),), ("feedback",))


def _feedback(hand: Hand) -> Deed:
    if hand.stream.happens(hand.behaviour.chances["feedback"]):
        return Deed((("give_feedback", {"use": "Used in the case stated."}),), ("close",))
    return Deed((("close", {}),))


def _close(_: Hand) -> Deed:
    return Deed((("close", {}),))


_WORK = {
    "acknowledge": _acknowledge,
    "check": _check,
    "decide": _decide,
    "start": _start,
    "execute": _execute,
    "resume": _resume,
    "report_status": _report_status,
    "send_again": _send_again,
    "answer_use": _answer_use,
    "write": _write,
    "inform": _inform,
    "consult": _consult,
    "agree": _agree,
    "confirm": _confirm,
    "feedback": _feedback,
    "close": _close,
}


# -- the data files --------------------------------------------------------------------------------------


@cache
def behaviours() -> Mapping[str, Behaviour]:
    """Return the behaviours that ship, by name."""
    return {path.stem: read_behaviour(path) for path in sorted(FOLDER.glob("*.yaml"))}


def read_behaviour(path: Path) -> Behaviour:
    """Return the behaviour in a file; raise BadInput with every fault."""
    return _Reading(path).behaviour()


class _Reading:
    """One reading of a behaviour, collecting faults instead of stopping at the first."""

    KEYS = (
        *("schema", "behaviour", "about", "source", "confidence", "officers", "hours", "efforts", "chances"),
        *("forgotten_for_days", "ask_status_after_days"),
    )
    OPTIONAL = ("fitted_to",)

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.stem = path.stem
        self.faults: list[Fault] = []
        self.document = read_file(path, called=path.name)

    def behaviour(self) -> Behaviour:
        top = self.mapping(self.document, (), self.KEYS, self.OPTIONAL)
        self.word(top, "schema", (SCHEMA,))
        hours = self.inner(top, ("hours",), ("opens", "closes"))
        made = Behaviour(
            name=self.word(top, "behaviour", (self.stem,)),
            about=self.word(top, "about"),
            source=self.word(top, "source"),
            confidence=self.word(top, "confidence", rulebook().terms["confidences"]),
            officers=self.officers(top),
            opens=self.hour(hours, "opens"),
            closes=self.hour(hours, "closes"),
            efforts=self.efforts(top),
            chances=self.chances(top),
            forgotten_for_days=self.number(top, ("forgotten_for_days",), 0, 1000),
            ask_status_after_days=self.number(top, ("ask_status_after_days",), 1, 1000),
            fitted_to=self.fitted_to(top),
        )
        if not self.faults and made.closes <= made.opens:
            self.fault(("hours", "closes"), "must come after it opens")
        if self.faults:
            raise BadInput(self.faults)
        return made

    def fault(self, path: tuple[str, ...], problem: str, mend: str = "") -> None:
        line = line_of(self.document, path)
        self.faults.append(Fault(self.name, line, ".".join(path), problem, mend))

    def mapping(
        self, value: Any, path: tuple[str, ...], keys: Collection[str], optional: Collection[str] = ()
    ) -> Entries:
        """Return a mapping of exactly these keys; what it lacks has been told, and reads as nothing."""
        allowed = "allowed: " + ", ".join((*keys, *optional))
        if not isinstance(value, Entries):
            self.fault(path, "must be a mapping of keys", allowed)
            return Entries(0)
        for key in value.keys() - set(keys) - set(optional):
            self.fault((*path, key), "is not known", allowed)
        for key in keys:
            if key not in value:
                self.fault((*path, key), "is missing", "add it")
        return value

    def inner(self, within: Entries, path: tuple[str, ...], keys: Collection[str]) -> Entries:
        """Return the mapping under the last key of the path; one that is missing has been told."""
        return self.mapping(within[path[-1]], path, keys) if path[-1] in within else Entries(0)

    def word(self, within: Entries, key: str, allowed: Collection[str] = ()) -> str:
        if key not in within:
            return ""
        value = within[key]
        if not isinstance(value, str) or not value:
            self.fault((key,), "must be text")
            return ""
        if allowed and value not in allowed:
            self.fault((key,), f"is {value}", "allowed: " + ", ".join(allowed))
        return value

    def number(self, within: Entries, path: tuple[str, ...], least: float, most: float) -> float:
        value = within.get(path[-1], least)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.fault(path, f"must be a number from {least} to {most}")
            return least
        return float(value)

    def fitted_to(self, top: Entries) -> tuple[str, ...]:
        given = top.get("fitted_to", [])
        if not isinstance(given, list) or any(not isinstance(name, str) for name in given):
            self.fault(("fitted_to",), "must be a list of ids", "write [one, two]")
            return ()
        known = calibration().ids
        for name in given:
            if name not in known:
                near = difflib.get_close_matches(name[:60], known, n=1)
                mend = f"did you mean {near[0]}?" if near else "name ids of calibration/figures.yaml"
                self.fault(("fitted_to",), f"names no figure or proposal: {name[:60]}", mend)
        if len(set(given)) < len(given):
            self.fault(("fitted_to",), "names one twice", "keep one of the two")
        return tuple(given)

    def officers(self, top: Entries) -> dict[str, int]:
        kinds = rulebook().authorities
        given = self.inner(top, ("officers",), kinds)
        for kind in given.keys() & kinds.keys():
            value = given[kind]
            if type(value) is not int or not 1 <= value <= OFFICERS_AT_MOST:
                self.fault(("officers", kind), f"must be a whole number from 1 to {OFFICERS_AT_MOST}")
        return dict(given)

    def hour(self, hours: Entries, name: str) -> time:
        if name not in hours:
            return time(0)
        try:
            found = time.fromisoformat(str(hours[name]))
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None:
            self.fault(("hours", name), 'must be a local hour like "08:30"')
            return time(0)
        return found

    def chances(self, top: Entries) -> dict[str, float]:
        given = self.inner(top, ("chances",), CHANCES)
        return {name: self.number(given, ("chances", name), 0, 1) for name in CHANCES}

    def efforts(self, top: Entries) -> dict[str, dict[str, Effort]]:
        paces = self.inner(top, ("efforts",), (QUICK, ROUTINE))
        return {paced: self.efforts_of(paces, ("efforts", paced)) for paced in (QUICK, ROUTINE)}

    def efforts_of(self, paces: Entries, path: tuple[str, ...]) -> dict[str, Effort]:
        tasks = self.inner(paces, path, TASKS)
        return {task: self.effort(tasks, (*path, task)) for task in TASKS}

    def effort(self, tasks: Entries, path: tuple[str, ...]) -> Effort:
        parts = self.inner(tasks, path, EFFORT_AT_MOST)
        return Effort(*(self.number(parts, (*path, part), 0, most) for part, most in EFFORT_AT_MOST.items()))
