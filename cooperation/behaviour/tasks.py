"""Which task comes to a desk: by what the other side did, or by what stands open."""

from __future__ import annotations

from collections.abc import Mapping

from cooperation.behaviour.values import Matter

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
# Where a question or a consultation leads back to, and what is then to be done by the State asked.
UNDECIDED = ("acknowledged", "admissibility_check")
DECIDED: Mapping[str, str] = {"accepted": "start", "in_execution": "execute", "partly_executed": "execute"}


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
