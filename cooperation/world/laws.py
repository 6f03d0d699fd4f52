"""The law of an invented State: what it punishes, how severely, and what it lets its authorities do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

Answer = Literal["yes", "no", "question"]
Penalty = float | str

FOLDER: Final = Path(__file__).parents[1] / "data" / "world" / "laws"
DEFAULT_LAW: Final = "broad_law"
LIFE_AND_DEATH: Final = ("life", "death")
NATIONALS: Final = ("extradited", "extradited_on_conditions", "not_extradited")
MEASURES: Final = ("extradition", "search_and_seizure", "interception")


@dataclass(frozen=True, slots=True)
class ConductTerm:
    """An element that a law may ask for; `offences` are those for which it may."""

    id: str
    meaning: str
    offences: tuple[str, ...]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class OffenceLaw:
    """What a law says of one offence.

    maximum_penalty  years, "life" or "death"; None where it is not punishable
    needs            conduct terms without which it is not punishable
    covered_by       other offences of this law that may reach the same conduct
    """

    offence: str
    is_punishable: bool
    maximum_penalty: Penalty | None
    needs: frozenset[str]
    covered_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LawProfile:
    """The law of an invented State.

    nationals        one of NATIONALS; `nationals_note` says on what conditions, or what happens instead
    threshold_years  the maximum penalty from which a measure of MEASURES may be used, in years
    languages        accepted for requests, ISO 639 codes
    reservations     articles of the Convention under which it has made one, such as "42(5)"
    """

    id: str
    name: str
    summary: str
    nationals: str
    nationals_note: str
    threshold_years: Mapping[str, int]
    languages: tuple[str, ...]
    reservations: tuple[str, ...]
    offences: Mapping[str, OffenceLaw]
    source: str
    confidence: str

    def dual_criminality(
        self, conduct_terms: Collection[str], offence: str, denied: Collection[str] = ()
    ) -> Answer:
        """Return whether the conduct would be an offence here too, whatever it is called (Art. 35(3)).

        conduct_terms  terms that the description shows
        denied         terms that it rules out; one that is neither shown nor ruled out is a question
        offence        one of Articles 7 to 17; of any other crime this law says nothing: a question
        """
        if offence not in self.offences:
            return "question"
        answers = {_answer(law, conduct_terms, denied) for law in self._reaching(offence)}
        if "yes" in answers:
            return "yes"
        return "question" if "question" in answers else "no"

    def maximum_penalty(self, offence: str) -> Penalty | None:
        """Return the most severe penalty of the offences that may reach the conduct; None without one."""
        if offence not in self.offences:
            return None
        found = [law.maximum_penalty for law in self._reaching(offence) if law.maximum_penalty is not None]
        return max(found, key=_severity, default=None)

    def reaches_threshold(self, measure: str, offence: str) -> Answer:
        """Return whether the maximum penalty here is enough for a measure, one of MEASURES."""
        threshold = self.threshold_years[measure]
        if offence not in self.offences:
            return "question"
        penalty = self.maximum_penalty(offence)
        return "yes" if penalty is not None and _severity(penalty) >= threshold else "no"

    def _reaching(self, offence: str) -> list[OffenceLaw]:
        own = self.offences[offence]
        return [own, *(self.offences[other] for other in own.covered_by)]


def _answer(law: OffenceLaw, shown: Collection[str], denied: Collection[str]) -> Answer:
    if not law.is_punishable:
        return "no"
    if any(term in denied and term not in shown for term in law.needs):
        return "no"
    return "yes" if all(term in shown and term not in denied for term in law.needs) else "question"


def _severity(penalty: Penalty) -> float:
    return 1_000.0 + LIFE_AND_DEATH.index(penalty) if isinstance(penalty, str) else penalty


@cache
def laws_shipped() -> frozenset[str]:
    """Return the names of the laws that an invented State may have."""
    return frozenset(path.stem for path in FOLDER.glob("*.yaml"))
