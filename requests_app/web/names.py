"""Names of data in the reader's language: States, authorities, request types, statuses, acts."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.behaviour import behaviours
from cooperation.evidence.rules import custody
from cooperation.rulebook import rulebook
from cooperation.texts import choice_in_words
from cooperation.turn import turn_of
from requests_app.web.words import beside_article
from requests_app.workflow.models import AssistanceRequest
from requests_app.world.languages import said
from requests_app.world.models import Authority, Exercise

# Colour of a status's tag: whose move it is, and how it ended.
GREEN = ("closed", "feedback_given", "receipt_verified")
RED = ("refused", "lapsed", "returned_wrong_authority")
GREY = ("draft", "withdrawn")

# What a step of custody tells.
OF_CUSTODY = {
    "tool": gettext_lazy("Tool"),
    "place": gettext_lazy("Place"),
    "to": gettext_lazy("Returned to"),
    "what": gettext_lazy("What was done"),
    "reason": gettext_lazy("Reason"),
    "channel": gettext_lazy("Channel"),
    "result": gettext_lazy("Result"),
    "seal": gettext_lazy("Seal"),
    "sha256": "SHA-256",
}
# What an act says in one of a few words, by what it is about.
IN_FEW_WORDS = {
    "category": {
        "subscriber": gettext_lazy("Subscriber information"),
        "traffic": gettext_lazy("Traffic data"),
        "content": gettext_lazy("Content data"),
        "other": gettext_lazy("Other"),
    },
    "source_type": {
        "provider": gettext_lazy("a provider"),
        "system": gettext_lazy("a system"),
        "person": gettext_lazy("a person"),
    },
    "onward_transfer": {
        "never": gettext_lazy("never"),
        "with_consent": gettext_lazy("with the consent of the State that sent it"),
    },
    "about": {
        "refusal": gettext_lazy("a refusal that is thought of"),
        "postponement": gettext_lazy("a postponement that is thought of"),
        "question": gettext_lazy("a question on the request"),
    },
}
# What acts say beside the fields of the rule book.
WITH_AN_ACT = {
    "reference": gettext_lazy("Reference"),
    "path": gettext_lazy("Path"),
    "questions": gettext_lazy("Questions"),
    "answers": gettext_lazy("Answers"),
    "conditions": gettext_lazy("Conditions"),
    "reasons": gettext_lazy("Reasons"),
    "ground": gettext_lazy("Ground of refusal"),
    "until": gettext_lazy("Preserved until"),
    "part": gettext_lazy("A part"),
    "step": gettext_lazy("Step"),
    "request": gettext_lazy("Request"),
    "to_authority": gettext_lazy("Authority"),
    "evidence": gettext_lazy("Evidence"),
    "conditions_of_use": gettext_lazy("Conditions of use"),
    "receipt": gettext_lazy("Receipt"),
    "item": gettext_lazy("Item"),
    "items": gettext_lazy("Items"),
    "name": gettext_lazy("Name"),
    "source_type": gettext_lazy("It comes from"),
    "source": gettext_lazy("Source"),
    "legal_authority": gettext_lazy("Legal authority"),
    "category": gettext_lazy("Category of the data"),
    "period": gettext_lazy("Period"),
    "zone": gettext_lazy("Zone of its times"),
    "size": gettext_lazy("Size"),
    "media_type": gettext_lazy("Kind of file"),
    "token": gettext_lazy("A token only"),
    "derived": gettext_lazy("Redacted"),
    "consent": gettext_lazy("Consent"),
    "use": gettext_lazy("Use"),
    "searched": gettext_lazy("What was searched"),
    "about": gettext_lazy("About"),
    "answer": gettext_lazy("Answer"),
    "status": gettext_lazy("Status"),
    "again": gettext_lazy("Sent again"),
}


def behaviour_name(behaviour: str) -> str:
    """Return what a behaviour of simulated States is called."""
    found = behaviours().get(behaviour)
    return said(found.title, f"behaviours/{behaviour}: title") if found else behaviour


def type_name(type_id: str) -> str:
    """Return the name of a request type."""
    kind = rulebook().types.get(type_id)
    return said(kind.name, f"request_types/{type_id}: name") if kind else type_id


def types_by_pillar() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the request types to choose from, under the pillars of the rule book, by id and name."""
    book = rulebook()
    found = [
        (
            said(pillar.name),
            [(one.id, type_name(one.id)) for one in book.types.values() if one.pillar == pillar.id],
        )
        for pillar in book.pillars.values()
    ]
    return [(pillar, kinds) for pillar, kinds in found if kinds]


def authority_name(kind: str) -> str:
    """Return the name of a kind of authority."""
    found = rulebook().authorities.get(kind)
    return said(found.name) if found else kind


def desk_name(authority: Authority) -> str:
    """Return what an authority of a State is called, like "Arvania: 24/7 contact point"."""
    return f"{said(authority.state.name)}: {authority_name(authority.kind)}"


def state_names(exercise: Exercise) -> dict[str, str]:
    """Return what the States of an exercise are called, by their codes and in their order."""
    rows = exercise.states.order_by("code").values_list("code", "name")
    return {code: said(name) for code, name in rows}


def articles_in_words(articles: Iterable[str]) -> str:
    """Return articles in a row, what stands beside a number in words in the reader's language."""
    return ", ".join(map(beside_article, articles))


def profile_name(profile: str) -> str:
    """Return what a set of deadlines is called."""
    found = rulebook().profiles.get(profile)
    return said(found.name) if found else profile


def status_name(status: str) -> str:
    """Return the label of a status."""
    word = rulebook().lifecycle.statuses.get(status)
    return said(word.label) if word else status


def status_colour(status: str) -> str:
    """Return the colour of a status's tag."""
    if status in GREEN:
        return "green"
    if status in RED:
        return "red"
    return "grey" if status in GREY else "teal"


def act_name(act: str) -> str:
    """Return what an act is called."""
    word = rulebook().lifecycle.acts.get(act)
    if word is None:
        return act
    return said(word.label)


def field_name(name: str) -> str:
    """Return the label of a field, or of what an act says beside fields."""
    for called in (WITH_AN_ACT, OF_CUSTODY):
        if name in called:
            return str(called[name])
    found = rulebook().fields.get(name)
    if found:
        return said(found.label)
    return name if " " in name else name.replace("_", " ")


def condition_name(name: str) -> str:
    """Return what a condition of use is called."""
    found = custody().conditions.get(name)
    return said(found.label) if found else name


def fact_of_custody(name: str) -> str:
    """Return what a fact beside a step of custody is called."""
    return str(OF_CUSTODY.get(name, name))


def result_of_custody(result: str) -> str:
    """Return what hashing again showed: that it agrees, or each break."""
    breaks = custody().breaks
    return ", ".join(
        said(breaks[one].label) if one in breaks else _("it agrees") for one in result.split(",")
    )


def holder_code(request: AssistanceRequest) -> str:
    """Return the State that must act next; empty where the request has ended."""
    side = turn_of(request.status)
    return request.code_of(side) if side else ""


def yes_or_no(value: bool) -> str:
    """Return yes or no."""
    return _("Yes") if value else _("No")


def part_name(part: str) -> str:
    """Return what a part of a field is called."""
    return {
        "level": _("level"),
        "reasons": _("reasons"),
        "from": _("from"),
        "to": _("to"),
        "date": _("date"),
    }.get(part, part)


def choice_name(choice: str) -> str:
    """Return what one of the choices of a field is called."""
    return said(choice_in_words(choice))


def level_name(level: str) -> str:
    """Return what a level of urgency is called."""
    return {"routine": _("Routine"), "urgent": _("Urgent"), "emergency": _("Emergency")}.get(level, level)
