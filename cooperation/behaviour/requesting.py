"""The State that asks: what comes of each of its tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cooperation.behaviour.values import Deed, Hand
from cooperation.words import sentence


def _write(_: Hand) -> Deed:
    return Deed((("confirm_in_writing", {}),))


def _inform(_: Hand) -> Deed:
    # What is answered stands in the contents under the name of the field; the shell adds the text.
    return Deed((("provide_information", {"answers": {}}),))


def _consult(_: Hand) -> Deed:
    return Deed(
        (("answer_consultation", {"answer": sentence("The request stands; narrower terms would serve.")}),)
    )


def _agree(hand: Hand) -> Deed:
    agrees = hand.stream.happens(hand.behaviour.chances["agree"])
    return Deed((("agree_to_conditions" if agrees else "decline_conditions", {}),))


def _confirm(hand: Hand) -> Deed:
    if hand.matter.broken:
        told = {"what": sentence("What came is not what was announced."), "items": list(hand.matter.broken)}
        return Deed((("report_mismatch", told),))
    by_chance = hand.matter.broken is None and not hand.matter.times("report_mismatch")
    if by_chance and hand.stream.happens(hand.behaviour.chances["mismatch"]):
        return Deed(
            (("report_mismatch", {"what": sentence("The hash of one item differs from the manifest.")}),)
        )
    return Deed((("confirm_receipt", {}),), ("feedback",))


def _feedback(hand: Hand) -> Deed:
    if hand.stream.happens(hand.behaviour.chances["feedback"]):
        return Deed((("give_feedback", {"use": sentence("Used in the case stated.")}),), ("close",))
    return Deed((("close", {}),))


def _close(_: Hand) -> Deed:
    return Deed((("close", {}),))


WORK: Mapping[str, Callable[[Hand], Deed]] = {
    "write": _write,
    "inform": _inform,
    "consult": _consult,
    "agree": _agree,
    "confirm": _confirm,
    "feedback": _feedback,
    "close": _close,
}
