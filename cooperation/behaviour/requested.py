"""The State that is asked: what comes of each of its tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cooperation.behaviour.reading import NOT_CRIMINAL, Reading, read
from cooperation.behaviour.values import QUICK, Deed, Hand, Matter, pace
from cooperation.examination.truth import against_truth
from cooperation.rulebook import RequestType
from cooperation.words import sentence

QUESTIONS_AT_MOST = 3
ORDINARY_TERMS = sentence("Only for the case stated; no onward transfer without consent.")
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


def _acknowledge(hand: Hand) -> Deed:
    if hand.matter.misdirected:
        right = _right_authority(hand.matter.kind)
        if hand.stream.happens(hand.behaviour.chances["forward"]):
            return Deed((("forward", {"to_authority": right}),), ("acknowledge",))
        told = {
            "reasons": sentence(f"to be addressed to: {right.replace('_', ' ')}"),
            "right_authority": right,
        }
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
    matter, found = hand.matter, read(hand)
    if found.no_basis[0]:
        return _without_basis(hand, found)
    if found.to_return and matter.status == "acknowledged" and "return_misdirected" in matter.kind.acts:
        told = {"reasons": found.to_return, "right_authority": _right_authority(matter.kind)}
        return Deed((("return_misdirected", told),))
    asked = matter.times("ask_for_information")
    # What is wrong is asked about once; what is missing, until it is there or three times.
    questions = found.gaps if asked else found.to_ask
    if questions and asked < QUESTIONS_AT_MOST:
        return Deed((("ask_for_information", {"questions": list(questions)}),))
    if found.gaps:
        return _decided(hand, found)
    if not asked and hand.stream.happens(hand.behaviour.chances["ask"]):
        doubtful = [r.field for r in matter.kind.contents if r.rule in ("required", "recommended")]
        return Deed((("ask_for_information", {"questions": [hand.stream.choice(doubtful)]}),))
    if found.to_consult and "consult" in matter.kind.acts and not matter.times("consult"):
        return Deed((("consult", {"about": "question", "reasons": found.to_consult}),))
    if pace(matter.kind, matter.contents) == QUICK:
        return _decided(hand, found)
    if matter.status == "acknowledged":
        return Deed((("find_admissible", {}),), ("decide",))
    return Deed((), ("decide",))


def _decide(hand: Hand) -> Deed:
    found = read(hand)
    return _without_basis(hand, found) if found.no_basis[0] else _decided(hand, found)


def _without_basis(hand: Hand, found: Reading) -> Deed:
    matter, (because, article) = hand.matter, found.no_basis
    told = {"ground": "no_basis", "reasons": because, "source": article}
    consults = hand.stream.beside("decide-no-basis").happens(hand.behaviour.chances["consult"])
    if consults and matter.kind.id in CONSULT_ON_ANY_GROUND and not matter.times("consult"):
        return Deed((("consult", {"about": "refusal", **told}),))
    return Deed((("refuse", told),))


def _decided(hand: Hand, found: Reading) -> Deed:
    # A stream of its own, all drawn before anything is used: decided again, it is the same decision.
    matter, stream, chances = hand.matter, hand.stream.beside("decide"), hand.behaviour.chances
    own = [g for g in matter.kind.grounds if g not in ("form", "not_an_emergency")]
    refuses, ground = stream.happens(chances["refuse"]), stream.choice(own or ["domestic_law_limits"])
    relents, postpones = stream.happens(chances["relent"]), stream.happens(chances["postpone"])
    consults, conditions = stream.happens(chances["consult"]), stream.happens(chances["conditions"])
    if found.gaps:
        # Asked as often as is fair, and still without what the Convention requires.
        refuses, ground = True, "form"
    elif not matter.kind.grounds:
        refuses = False
    elif found.ground:
        # What stands against it is no matter of kindness, save where a State may help all the same (40(8)).
        refuses, ground = True, found.ground
        may_help = matter.kind.dual_criminality.applies != "required"
        relents = relents and ground == NOT_CRIMINAL and may_help
    consulted = matter.times("consult") > 0
    can_consult = consults and not consulted and "consult" in matter.kind.acts
    if refuses and not (consulted and relents):
        return _refused(hand, ground, can_consult)
    if postpones and not refuses and matter.kind.postponement_possible and not matter.times("postpone"):
        told = {"reasons": sentence("An investigation here would be disturbed."), "source": "40(27)"}
        if can_consult:
            return Deed((("consult", {"about": "postponement", **told}),))
        return Deed((("postpone", told),), ("resume",))
    terms = found.conditions or (ORDINARY_TERMS if conditions else "")
    if terms and matter.kind.conditions_possible and not matter.times("decline_conditions"):
        return Deed((("accept_with_conditions", {"conditions": terms, "source": "40(28), 36"}),))
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
        acts.append(
            ("disclose_path", {"path": sentence("A provider in another State carried the communication.")})
        )
    if _is_elsewhere(hand):
        told = {"searched": sentence("Whoever the request names holds no such data.")}
        return Deed((("report_no_data", told),))
    if "confirm_preservation" in hand.matter.kind.acts:
        return Deed(
            (
                *acts,
                ("confirm_preservation", {"reference": sentence(f"preserved for {hand.matter.asked_by}")}),
            )
        )
    if "report_no_data" in hand.matter.kind.acts and hand.stream.happens(chances["nothing_found"]):
        return Deed(
            (("report_no_data", {"searched": sentence("The records of the provider were searched.")}),)
        )
    items = list(hand.matter.kind.evidence_returned)
    if len(items) > 1 and not hand.matter.times("transmit") and hand.stream.happens(chances["in_parts"]):
        return Deed((*acts, ("transmit", {"part": True, "items": items[:1]})), ("execute",))
    sent = items[1:] if hand.matter.times("transmit") and len(items) > 1 else items
    return Deed((*acts, ("transmit", {"items": sent})))


def _is_elsewhere(hand: Hand) -> bool:
    """Return whether the data is sought where it is not, by what is so in fact."""
    if "report_no_data" not in hand.matter.kind.acts or hand.matter.times("transmit"):
        return False
    parties = hand.matter.between
    errors = against_truth(
        hand.book,
        hand.matter.draft,
        hand.matter.truth,
        requesting=parties.requesting.code,
        requested=parties.requested.code,
    )
    return not {"wrong_custodian", "wrong_provider_entity"}.isdisjoint(errors)


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


WORK: Mapping[str, Callable[[Hand], Deed]] = {
    "acknowledge": _acknowledge,
    "check": _check,
    "decide": _decide,
    "start": _start,
    "execute": _execute,
    "resume": _resume,
    "report_status": _report_status,
    "send_again": _send_again,
    "answer_use": _answer_use,
}
