"""The typical errors that only the truth of a case shows. Each detector is filed under the error's id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cooperation.examination.draft import Draft, texts
from cooperation.rulebook.values import RuleBook

DAYS_TO_SERVE = 30


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so in fact, as far as it matters for one request. None or empty means "not told": no error is claimed.

    custodians          names of those who hold the data; any of them is right
    provider_entity     name of the company, and provider_state code of the State, that controls the data
    places              names by which an officer finds the place to be searched; any of them is enough
    misleading          names that lead to somebody who has nothing to do with it: whoever writes one was misled
    aims                what the sender is after in fact, of AIMS
    danger_to_person    whether somebody's life or safety is at significant and imminent risk
    stored_data_suffices, belongs_to_case   what the words say
    interceptable       offences for which the requested State may intercept content
    nationalities       codes of the States whose nationals the persons sought are
    hearing_at          the date for which a document calls somebody, UTC
    days_to_serve       days that service takes in the requested State: an exercise rule
    hosting_states      States in which the servers stand; invited_states those asked to join
    funds_gone_at       when the funds were out of reach, UTC
    """

    custodians: tuple[str, ...] = ()
    provider_entity: str = ""
    provider_state: str = ""
    places: tuple[str, ...] = ()
    misleading: tuple[str, ...] = ()
    aims: frozenset[str] = frozenset()
    danger_to_person: bool | None = None
    stored_data_suffices: bool | None = None
    belongs_to_case: bool | None = None
    interceptable: frozenset[str] | None = None
    nationalities: frozenset[str] | None = None
    hearing_at: datetime | None = None
    days_to_serve: int = DAYS_TO_SERVE
    hosting_states: frozenset[str] = frozenset()
    invited_states: frozenset[str] = frozenset()
    funds_gone_at: datetime | None = None


AIMS = ("path", "records", "evidence", "advice", "intelligence", "coercion", "policy", "case_data")


@dataclass(frozen=True, slots=True)
class Held:
    """A settled draft held against the truth. `requested` is the code of the State asked; `at` when it is sent, UTC."""

    draft: Draft
    truth: Truth
    requesting: str
    requested: str
    at: datetime | None


def against_truth(
    book: RuleBook,
    draft: Draft,
    truth: Truth,
    *,
    requesting: str,
    requested: str,
    at: datetime | None = None,
) -> tuple[str, ...]:
    """Return the ids of the errors that the truth shows in a draft, in the order of the rule book.

    requesting, requested  codes of the two States
    at                     exercise time of sending, UTC; None = not yet known
    """
    held = Held(draft.settled(book), truth, requesting, requested, at)
    return tuple(
        error.id
        for error in book.errors.values()
        if error.found_by == "facts" and draft.type in error.types and DETECTORS[error.id](held)
    )


def is_misled(draft: Draft, truth: Truth) -> bool:
    """Return whether a settled draft names something that leads to somebody else.

    No typical error of the rule book, and in every scenario another one: so it is asked for by itself.
    """
    said = " ".join(text for value in draft.contents.values() for text in texts(value))
    return _names_any(said, truth.misleading)


def _names_any(said: str, names: Iterable[str]) -> bool:
    return any(name.casefold() in said.casefold() for name in names)


def _said(held: Held, *fields: str) -> str:
    return " ".join(text for field in fields for text in texts(held.draft.contents.get(field)))


def _wrong_custodian(held: Held) -> bool:
    said = _said(held, "custodian_or_location")
    return bool(said and held.truth.custodians) and not _names_any(said, held.truth.custodians)


def _wrong_provider_entity(held: Held) -> bool:
    truth, said = held.truth, _said(held, "custodian_or_location")
    wrong_company = bool(said and truth.provider_entity) and not _names_any(said, [truth.provider_entity])
    return wrong_company or truth.provider_state not in ("", held.requested)


def _aims_at(aim: str) -> Callable[[Held], bool]:
    return lambda held: aim in held.truth.aims


def _asks_for_records(held: Held) -> bool:
    # Content is never part of a path.
    return "records" in held.truth.aims or "content_data" in texts(held.draft.contents.get("data_category"))


def _offence_not_on_list(held: Held) -> bool:
    listed = held.truth.interceptable
    return listed is not None and bool(held.draft.offences) and not listed & set(held.draft.offences)


def _too_late_for_hearing_date(held: Held) -> bool:
    truth = held.truth
    if truth.hearing_at is None or held.at is None:
        return False
    return held.at + timedelta(days=truth.days_to_serve) > truth.hearing_at


def _place_too_vague(held: Held) -> bool:
    return bool(held.truth.places) and not _names_any(_said(held, "place_or_object"), held.truth.places)


def _state_missing(held: Held) -> bool:
    return bool(held.truth.hosting_states - held.truth.invited_states - {held.requesting, held.requested})


DETECTORS: Mapping[str, Callable[[Held], bool]] = {
    "wrong_custodian": _wrong_custodian,
    "wrong_provider_entity": _wrong_provider_entity,
    "asks_for_more_than_path": _asks_for_records,
    "used_as_substitute_for_mla": _aims_at("evidence"),
    "urgent_but_not_emergency": lambda held: held.truth.danger_to_person is False,
    "stored_data_would_do": lambda held: held.truth.stored_data_suffices is True,
    "offence_not_on_list": _offence_not_on_list,
    "too_late_for_hearing_date": _too_late_for_hearing_date,
    "place_too_vague": _place_too_vague,
    "fishing": lambda held: held.truth.belongs_to_case is False,
    "coercive_measure_asked_by_police_channel": _aims_at("coercion"),
    "state_missing_that_holds_infrastructure": _state_missing,
    "case_data_in_a_policy_channel": _aims_at("case_data"),
}
