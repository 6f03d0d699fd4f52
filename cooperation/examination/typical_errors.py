"""The typical errors that a draft shows in its own fields. Each detector is filed under the error's id."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from cooperation.examination.draft import Facts, texts
from cooperation.rulebook.values import RuleBook, article_number

# Of these three, whose data, of which kind, of which time, two have to be said: an exercise rule.
LIMITS_AT_LEAST = 2
# What is left of a statement without its labels has to hold some words of conduct: an exercise rule.
CONDUCT_WORDS_AT_LEAST = 4

# Words of a label: they cite law and tell nothing of what was done.
_LABEL = re.compile(
    "an?|and|any|art|articles?|as|at|by|carries|chapter|code|computer|conduct|constitutes|crimes?|criminal"
    "|cybercrime|dual|domestic|equivalent|felony|for|from|in|is|its?|laws?|maximum|no|of|offences?|on|or|our"
    "|paragraph|penal|penalty|provision|punishable|section|state|statute|subsection|that|the|this|title|to"
    "|under|up|which|with|years?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_IPV4 = r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\w|/\d)"
_IPV6 = r"(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:./])"
_ADDRESS = re.compile(f"{_IPV4}|{_IPV6}")
_PORT_AFTER = re.compile(r"\]?:\d{1,5}(?!\d)")
_PORT_SAID = re.compile(r"\bport\W{0,3}\d{1,5}(?!\d)", re.IGNORECASE)
_EVERYTHING = re.compile(
    r"\b(?:everything|anything|whatever|(?:all|any|entire|whole|complete)\s(?:(?:of|the|his|her|its|their|available|related)\s)*"
    r"(?:data|records|information|contents?|account|mailbox|files))\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\w-])(?:19|20)\d{2}(?!\w)")
_MAIL_OR_HOST = re.compile(r"(?:[\w.+-]+@)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}")
_AMOUNT_OR_DATE = re.compile(
    r"\d{1,3}(?:[.,]\d{3})+|\d{1,3}%?|\d{4}(?:-\d{2}){0,2}(?:T.*)?|\d{1,2}[.:]\d{2}(?:[.:]\d+)*|\d+(?:st|nd|rd|th)"
    r"|\d{1,4}(?:/\d{1,4})+"
)
WORD_AT_MOST = 254
_DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_ZONE = re.compile(r"\s*\(?(?:Z\b|[+-]\d{2}:?\d{2}\b|UTC\b|GMT\b)")


def found_in_draft(facts: Facts) -> tuple[str, ...]:
    """Return the ids of the errors that the draft shows, in the order of the rule book.

    Only errors that fit the draft's type are looked for, and only those that its fields can show.
    """
    return tuple(
        error.id
        for error in facts.book.errors.values()
        if error.found_by == "draft" and facts.kind.id in error.types and DETECTORS[error.id](facts)
    )


def _silent_on(*names: str) -> Callable[[Facts], bool]:
    """Return a detector for an error that is shown by any of these fields left empty."""
    return lambda facts: any(not facts.states(name) for name in names)


# -- what is asked for -----------------------------------------------------------------------------------


def _no_intent_to_follow_up(facts: Facts) -> bool:
    return facts.draft.contents.get("intent_to_follow_up") in (None, False)


def _data_too_broad(facts: Facts) -> bool:
    return _limits_in_fields(facts) < LIMITS_AT_LEAST and not has_bounds_in_words(facts)


def _limits_in_fields(facts: Facts) -> int:
    contents = facts.draft.contents
    says_whose = "identifiers" in contents or "preserved_data_reference" in contents
    kinds = set(texts(contents.get("data_category")))
    # Kinds bound nothing where the description asks for everything after all.
    says_which = 0 < len(kinds) < len(facts.book.data_categories) and not _EVERYTHING.search(
        _described(facts)
    )
    return [says_whose, says_which, "period_covered" in contents].count(True)


def _described(facts: Facts) -> str:
    return " ".join(texts(facts.draft.contents.get("data_description")))


def has_bounds_in_words(facts: Facts) -> bool:
    """Return whether the description alone seems to name the bounds that the fields leave out.

    Words are no proof, so this is a question to the drafter: it only keeps the error from being claimed.
    """
    contents, said = facts.draft.contents, _described(facts)
    if _limits_in_fields(facts) >= LIMITS_AT_LEAST or _EVERYTHING.search(said):
        return False
    says_whose = "identifiers" not in contents and is_identifying(said)
    says_when = "period_covered" not in contents and bool(_YEAR.search(said))
    return _limits_in_fields(facts) + says_whose + says_when >= LIMITS_AT_LEAST


def is_identifying(said: str) -> bool:
    """Return whether a text names something by a number, an address of mail or the name of a host."""
    return any(_identifies(word.strip(".,;:()[]\"'")[:WORD_AT_MOST]) for word in said.split())


def _identifies(word: str) -> bool:
    if _AMOUNT_OR_DATE.fullmatch(word):
        return False
    return sum(map(str.isdigit, word)) >= 2 or bool(_MAIL_OR_HOST.fullmatch(word))


def _no_timezone(facts: Facts) -> bool:
    contents = facts.draft.contents
    identifiers = texts(contents.get("identifiers"))
    return any(_lacks_zone(text) for text in (*texts(contents.get("period_covered")), *identifiers)) or any(
        _lacks_port(text) for text in identifiers
    )


def _lacks_zone(text: str) -> bool:
    """Return whether a text holds a date or time that no zone follows; a lone date is none of a day."""
    return any(not _ZONE.match(text, found.end()) for found in _DATE.finditer(text))


def _lacks_port(text: str) -> bool:
    return not _PORT_SAID.search(text) and any(
        not _PORT_AFTER.match(text, found.end())
        for found in _ADDRESS.finditer(text)
        if _is_address(found.group())
    )


def _is_address(text: str) -> bool:
    if ":" in text:
        return text.count(":") == 7 or "::" in text
    return all(int(part) <= 255 for part in text.split("."))


def _no_period_justification(facts: Facts) -> bool:
    period = facts.draft.contents.get("collection_period")
    if isinstance(period, Mapping):
        return not all(texts(period.get(part)) for part in ("from", "to", "reasons"))
    return period is None


def _not_identified(*fields: str, words: str) -> Callable[[Facts], bool]:
    """Return a detector for something that any of these fields would identify, or a number in the words."""

    def is_shown(facts: Facts) -> bool:
        said = " ".join(texts(facts.draft.contents.get(words)))
        return not any(facts.states(name) for name in fields) and not is_identifying(said)

    return is_shown


def _no_translation(facts: Facts) -> bool:
    return not facts.states("language") or is_language_refused(facts)


def is_language_refused(facts: Facts) -> bool:
    """Return whether the draft's language is known not to be one that the requested State accepts."""
    accepted = facts.parties.requested.languages
    said = {word.casefold() for word in _WORD.findall(" ".join(texts(facts.draft.contents.get("language"))))}
    return bool(said) and accepted is not None and not said & {word.casefold() for word in accepted}


# -- the case --------------------------------------------------------------------------------------------


def _no_dual_criminality_statement(facts: Facts) -> bool:
    said = " ".join(texts(facts.draft.contents.get("dual_criminality_statement")))
    return len(conduct_words(said, facts.book)) < CONDUCT_WORDS_AT_LEAST


def conduct_words(said: str, book: RuleBook) -> list[str]:
    """Return the words of a statement that are neither names of offences nor citations of law."""
    for name in _names(tuple((offence.name, offence.id) for offence in book.offences.values())):
        said = name.sub(" ", said)
    return [word for word in _WORD.findall(said) if not _LABEL.fullmatch(word)]


@lru_cache(maxsize=8)
def _names(offences: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], ...]:
    """Return what finds the names of offences, and their ids written as words."""
    texts_of = ((re.escape(name), rf"\b{re.escape(key.replace('_', ' '))}\b") for name, key in offences)
    return tuple(re.compile(text, re.IGNORECASE) for pair in texts_of for text in pair)


def _wrong_authority(facts: Facts) -> bool:
    return misdirected(facts, "send") or misdirected(facts, "receive")


def misdirected(facts: Facts, role: str) -> bool:
    """Return whether the sender or the receiver ("send", "receive") may not have this role for the type.

    Where the type leaves it to the State, only a State that has said whom it names can be wrong.
    """
    party, authority, allowed = roles(facts)[role]
    if authority is None or authority in allowed:
        return False
    if authority in facts.kind.where_designated:
        return party.designated is not None and authority not in party.designated
    return True


def roles(facts: Facts) -> dict[str, tuple[Any, str | None, frozenset[str]]]:
    """Return for each role the State, the kind of authority the draft names, and those the type allows."""
    parties, draft, kind = facts.parties, facts.draft, facts.kind
    return {
        "send": (parties.requesting, draft.sender_kind, kind.send),
        "receive": (parties.requested, draft.receiver_kind, kind.receive),
    }


def _offence_not_in_convention(facts: Facts) -> bool:
    return facts.is_outside_convention


def _no_agreement(facts: Facts) -> bool:
    # Article 38 encourages agreements; it is none. Whatever names no article of the Convention is another basis.
    return all(article_number(text) is not None for text in texts(facts.draft.contents.get("legal_basis")))


# -- assets ----------------------------------------------------------------------------------------------


def _order_not_final(facts: Facts) -> bool:
    said = facts.draft.contents.get("order_final_statement")
    return said is False or (said is None and asks_to_enforce(facts))


def _no_third_party_notice(facts: Facts) -> bool:
    return asks_to_enforce(facts) and not facts.states("third_party_notice")


def asks_to_enforce(facts: Facts) -> bool:
    """Return whether the draft shows that an order which exists is to be enforced (Art. 50(1)(b))."""
    return any(facts.states(name) for name in ("order_copy", "order_final_statement", "extent_of_execution"))


DETECTORS: Mapping[str, Callable[[Facts], bool]] = {
    "no_intent_to_follow_up": _no_intent_to_follow_up,
    "data_too_broad": _data_too_broad,
    "no_timezone": _no_timezone,
    "no_nexus": _silent_on("nexus"),
    "no_dual_criminality_statement": _no_dual_criminality_statement,
    "wrong_authority": _wrong_authority,
    "no_period_justification": _no_period_justification,
    "no_court_order": _silent_on("domestic_authorisation"),
    "less_intrusive_means_not_addressed": _silent_on("justification_realtime"),
    "no_questions": _silent_on("questions_list"),
    "rights_warning_missing": _silent_on("procedure_wanted"),
    "no_translation": _no_translation,
    "no_method_stated": _silent_on("expert_question"),
    "account_not_identified": _not_identified("items_or_accounts", "identifiers", words="documents_wanted"),
    "no_period": _silent_on("period_covered"),
    "no_link_to_offence": _silent_on("nexus"),
    "no_safe_conduct": _silent_on("safe_conduct"),
    "no_consent": _silent_on("consent_of_person"),
    "no_legal_basis": _silent_on("legal_basis"),
    "offence_not_in_convention": _offence_not_in_convention,
    "no_certified_warrant": _silent_on("arrest_warrant_or_judgment"),
    "no_penalty": _silent_on("maximum_penalty_years"),
    "no_agreement": _no_agreement,
    "file_incomplete": _silent_on("case_file_summary", "persons_concerned"),
    "conditions_missing": _silent_on("handling_conditions"),
    "no_evidence_rules": _silent_on("rules_of_evidence"),
    "no_leader": _silent_on("participants"),
    "wallet_not_identified": _not_identified(
        "identifiers", "items_or_accounts", words="property_description"
    ),
    "no_reasonable_basis": _silent_on("facts_for_order"),
    "order_not_final": _order_not_final,
    "no_third_party_notice": _no_third_party_notice,
    "no_victim_list": _silent_on("victims_and_owners"),
    "need_not_described": _silent_on("ta_topic"),
}
