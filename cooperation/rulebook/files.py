"""What each data file of the rule book says, file by file; what they say of each other is checked later."""

from __future__ import annotations

import re
from typing import Any

from cooperation.document import Entries, Items
from cooperation.lifecycle import Lifecycle, read_lifecycle
from cooperation.rulebook.reading import MISSING, Entry, Notes, shown
from cooperation.rulebook.values import (
    Article,
    AuthorityKind,
    ComparisonStep,
    ContentsRule,
    DataCategory,
    DeadlineProfile,
    DeadlineRule,
    DualCriminality,
    Duty,
    Field,
    FixedPeriod,
    Ground,
    Instrument,
    Offence,
    OffenceModifier,
    Pillar,
    RequestType,
    Safeguard,
    SeriousCrime,
    Term,
    TimeRule,
    TypicalError,
)

TERMS = (
    "confidences",
    "relevances",
    "contents_rules",
    "contents_conditions",
    "scopes",
    "serious_crime_answers",
    "dual_criminality",
    "found_by",
    "deadline_kinds",
    "owners",
    "urgencies",
    "safeguard_holders",
    "field_types",
)
CONDITIONS = ("urgency", "data_category", "receiver_not_designated", "oral_unconfirmed")
ROLLS = ("next_working_day",)
RECORDED_BY = ("requesting", "requested", "either", "follow_up")
CONVENTION = "hanoi"

_PARAGRAPH = re.compile(r"\d ?\(")

_LIFECYCLE_SECTIONS = ("statuses", "outcomes", "stages", "events", "acts", "transitions", "stages_of_types")
_LIFECYCLE_LISTS = ("from", "types", "needs", "opens", "closes", "suspends", "resumes", "raises", "stages")


def read_terms(entry: Entry) -> dict[str, dict[str, Term]]:
    return {
        group: entry.by_id(
            group,
            lambda e: Term(e.text("id"), e.text("meaning"), e.source(), e.confidence()),
        )
        for group in TERMS
    }


def read_instrument(entry: Entry) -> Instrument:
    e = entry.entry("instrument")
    found = Instrument(
        name=e.text("name"),
        informal_name=e.text("informal_name"),
        adopted_on=e.text("adopted_on"),
        resolution=e.text("resolution"),
        negotiated_text=e.text("negotiated_text"),
        opened_for_signature=e.text("opened_for_signature"),
        signature_closes=e.text("signature_closes"),
        entry_into_force_rule=e.text("entry_into_force_rule"),
        in_force=e.flag("in_force"),
        status=e.text("status"),
        status_note=e.text("status_note"),
        companion_text=e.text("companion_text"),
        source=e.source(),
        confidence=e.confidence(),
    )
    e.finish()
    return found


def read_chapters(entry: Entry) -> dict[str, tuple[str, range]]:
    """Return title and numbers of articles by chapter."""
    return entry.by_id(
        "chapters",
        lambda e: (e.text("title"), range(e.number("first", 1, 99), e.number("last", 1, 99) + 1)),
        named="number",
    )


def read_articles(entry: Entry, chapters: dict[str, tuple[str, range]]) -> dict[int, Article]:
    def build(e: Entry) -> Article:
        number, chapter = e.number("number", 1, 99), e.word("chapter", "chapters")
        if chapter in chapters and number not in chapters[chapter][1]:
            e.fault("chapter", f"article {number} does not stand in chapter {chapter}")
        return Article(
            number=number,
            chapter=chapter,
            title=e.text("title"),
            summary=e.text("summary"),
            relevance=e.word("relevance", "relevances"),
            confidence=e.confidence(),
            verify=e.words("verify", needed=False),
            offence=e.word("offence", "offences", ""),
            defined_terms=e.words("defined_terms", needed=False),
            budapest_parallel=e.text("budapest_parallel", ""),
            note=e.text("note", ""),
            paragraphs=e.texts("paragraphs"),
        )

    return {article.number: article for article in entry.by_id("articles", build, named="number").values()}


def read_pillars(entry: Entry) -> dict[str, Pillar]:
    return entry.by_id(
        "pillars",
        lambda e: Pillar(
            id=e.text("id"),
            name=e.text("name"),
            articles=tuple(int(n) for n in e.words("articles", "articles", empty=False) if n.isdecimal()),
            source=e.source(),
            confidence=e.confidence(),
        ),
    )


def read_authorities(entry: Entry) -> dict[str, AuthorityKind]:
    return entry.by_id(
        "authorities",
        lambda e: AuthorityKind(e.text("id"), e.text("name"), e.source(), e.confidence(), e.text("note", "")),
    )


def read_offences(entry: Entry, articles: dict[int, Article]) -> dict[str, Offence]:
    def build(e: Entry) -> Offence:
        offence, number = e.text("id"), e.article("article")
        if number in articles and articles[number].offence != offence:
            e.fault("article", f"article {number} does not name {shown(offence)} as its offence")
        return Offence(offence, number, e.text("name"), e.text("group"), e.source(), e.confidence())

    return entry.by_id("offences", build)


def read_modifiers(entry: Entry) -> dict[str, OffenceModifier]:
    return entry.by_id(
        "modifiers",
        lambda e: OffenceModifier(
            e.text("id"), e.text("name"), e.flag("optional_for_states"), e.source(), e.confidence()
        ),
    )


def read_serious_crime(entry: Entry) -> SeriousCrime:
    e = entry.entry("serious_crime")
    threshold = e.entry("threshold")
    found = SeriousCrime(
        id=e.text("id"),
        name=e.text("name"),
        field=threshold.word("field", "fields"),
        at_least_years=threshold.number("at_least_years", 1, 100),
        or_penalties=threshold.words("or"),
        rule=e.text("rule"),
        trap=e.text("trap"),
        death_penalty=e.text("death_penalty"),
        opens=e.words("opens", "pillars"),
        opens_for_electronic_evidence_only=e.words("opens_for_electronic_evidence_only", "pillars"),
        does_not_open=e.words("does_not_open", "pillars"),
        opens_by_type=e.words("opens_by_type", "pillars"),
        note=e.text("note"),
        source=e.source(),
        confidence=e.confidence(),
    )
    threshold.finish()
    e.finish()
    return found


def read_data_categories(entry: Entry) -> dict[str, DataCategory]:
    return entry.by_id(
        "data_categories",
        lambda e: DataCategory(
            e.text("id"), e.text("name"), e.number("intrusiveness", 1, 3), e.source(), e.confidence()
        ),
    )


def read_fields(entry: Entry) -> dict[str, Field]:
    return entry.by_id(
        "fields",
        lambda e: Field(
            id=e.text("id"),
            label=e.text("label"),
            type=e.word("type", "field_types"),
            group=e.text("group"),
            help=e.text("help"),
            source=e.source(),
            confidence=e.confidence(),
            choices=e.words("choices", needed=False, empty=False),
        ),
    )


def read_grounds(entry: Entry) -> dict[str, Ground]:
    return entry.by_id(
        "grounds",
        lambda e: Ground(
            id=e.text("id"),
            label=e.text("label"),
            curable=e.flag("curable"),
            consult_first=e.flag("consult_first"),
            advice=e.text("advice", ""),
            source=e.source(),
            confidence=e.confidence(),
        ),
    )


def read_never_sufficient(entry: Entry) -> dict[str, Ground]:
    return entry.by_id(
        "never_sufficient", lambda e: Ground(e.text("id"), e.text("label"), e.source(), e.confidence())
    )


def read_duties(entry: Entry) -> dict[str, Duty]:
    return entry.by_id(
        "duties",
        lambda e: Duty(e.text("id"), e.text("label"), e.source(), e.confidence(), e.text("note", "")),
    )


def read_safeguards(entry: Entry) -> dict[str, Safeguard]:
    return entry.by_id(
        "safeguards",
        lambda e: Safeguard(
            id=e.text("id"),
            article=e.article("article"),
            of=e.word("of", "safeguard_holders"),
            asks=e.text("asks"),
            question=e.text("question"),
            source=e.source(),
            confidence=e.confidence(),
        ),
    )


def read_errors(entry: Entry, types: dict[str, RequestType]) -> dict[str, TypicalError]:
    """Return the typical errors, each with every type in which it can happen."""

    def build(e: Entry) -> TypicalError:
        error = e.text("id")
        fits = e.word("fits", "scopes_or_all", "")
        for word in e.words("listed_by", "request_types"):
            if word in types and error not in types[word].errors:
                e.fault("listed_by", f"{word} does not list this error", "add it there, or leave it out here")
        return TypicalError(
            id=error,
            label=e.text("label"),
            found_by=e.word("found_by", "found_by"),
            fields=e.words("fields", "fields", needed=False, empty=False),
            types=frozenset(t.id for t in types.values() if error in t.errors or fits in ("all", t.scope)),
            note=e.text("note", ""),
            source=e.source(),
            confidence=e.confidence(),
        )

    return entry.by_id("errors", build)


def read_contents_sets(entry: Entry) -> dict[str, tuple[ContentsRule, ...]]:
    def build(e: Entry) -> tuple[ContentsRule, ...]:
        e.text("name")
        e.source()
        return _contents(e, e.confidence())

    return entry.by_id("sets", build)


def _contents(entry: Entry, confidence: str) -> tuple[ContentsRule, ...]:
    def build(e: Entry) -> ContentsRule:
        source = e.source()
        return ContentsRule(
            field=e.word("field", "fields"),
            rule=e.word("rule", "contents_rules"),
            source=source,
            confidence=e.confidence(_sure(entry, source, confidence)),
            note=e.text("note", ""),
            condition=e.word("when", "contents_conditions", "") or None,
        )

    return tuple(entry.by_id("contents", build, named="field").values())


def _sure(entry: Entry, source: str, confidence: str) -> str:
    """Return the confidence of a part that states none: its entry's, unless that marks paragraph numbers."""
    return "verify" if entry.has("verify") and _PARAGRAPH.search(source) else confidence


def read_request_type(entry: Entry, stem: str, sets: dict[str, tuple[ContentsRule, ...]]) -> RequestType:
    """Return one request type; what it includes stands first, and its own rules replace included ones."""
    e = entry
    _check_id(e, stem)
    confidence = e.confidence()
    included = e.word("includes", "sets_of_contents", "")
    rules = {rule.field: rule for rule in sets.get(included, ())}
    rules |= {rule.field: rule for rule in _contents(e, confidence)}
    dual = e.entry("dual_criminality")
    postponement, conditions = e.entry("postponement"), e.entry("conditions")
    found = RequestType(
        id=stem,
        name=e.text("name"),
        pillar=e.word("pillar", "pillars"),
        plain=e.text("plain"),
        articles=e.words("articles", "article_references", empty=False),
        confidence=confidence,
        verify=e.text("verify", ""),
        scope=e.word("scope", "scopes"),
        serious_crime=e.word("serious_crime", "serious_crime_answers"),
        send=frozenset(e.words("send", "authorities", empty=False)),
        receive=frozenset(e.words("receive", "authorities", empty=False)),
        where_designated=frozenset(e.words("where_designated", "authorities", needed=False)),
        originators=frozenset(e.words("originators", "authorities", empty=False)),
        channel_note=e.text("channel_note", ""),
        contents=tuple(rules.values()),
        required=frozenset(rule.field for rule in rules.values() if rule.rule == "required"),
        acts=frozenset(e.words("acts", "acts", empty=False)),
        raises_on_receipt=e.word("raises_on_receipt", "events", "") or None,
        on_parent=e.word("on_parent", "events", "") or None,
        on_parent_when_confirmed=e.word("on_parent_when_confirmed", "events", "") or None,
        time_rules=tuple(e.each("time_rules", lambda rule: _time_rule(rule, e, confidence))),
        dual_criminality=DualCriminality(
            applies=dual.word("applies", "dual_criminality"),
            explanation=dual.text("explanation", ""),
            source=(dual_source := dual.source()),
            confidence=dual.confidence(_sure(e, dual_source, confidence)),
        ),
        grounds=e.words("refusal_grounds", "grounds", empty=False),
        postponement_possible=postponement.flag("possible"),
        postponement_source=postponement.source(),
        conditions_possible=conditions.flag("possible"),
        conditions_source=conditions.source(),
        duties=e.words("duties", "duties"),
        evidence_returned=e.words("evidence_returned", empty=False),
        enables=e.words("enables", "request_types"),
        errors=e.words("errors", "errors"),
    )
    for part in (dual, postponement, conditions):
        part.finish()
    return found


def _check_id(entry: Entry, stem: str) -> None:
    word = entry.text("id")
    if word not in (stem, MISSING):
        entry.fault("id", f"{shown(word)} is not the file's name", f"write {stem}, or rename the file")


def _time_rule(e: Entry, of: Entry, confidence: str) -> TimeRule:
    amount, unit = e.period()
    source = e.source()
    return TimeRule(e.text("rule"), source, e.confidence(_sure(of, source, confidence)), amount, unit)


def read_profile(entry: Entry, stem: str) -> tuple[DeadlineProfile, tuple[str, ...]]:
    """Return one profile with its own deadlines as written, and the ids of those it inherits."""
    e = entry
    _check_id(e, stem)
    instrument = e.text("instrument")
    found = DeadlineProfile(
        id=stem,
        name=e.text("name"),
        instrument=instrument,
        status=e.text("status"),
        note=e.text("note", ""),
        source=e.source(),
        confidence=e.confidence(),
        verify=e.flag("verify", False),
        roll_source=e.text("roll_source", ""),
        deadlines=tuple(
            e.by_id("deadlines", lambda d: _deadline(d, convention=instrument == CONVENTION)).values()
        ),
        treaty_level=tuple(e.by_id("treaty_level", _fixed_period, needed=False).values()),
        comparators=tuple(e.by_id("comparators", _fixed_period, needed=False).values()),
    )
    return found, e.words("inherits", "deadlines", needed=False)


def _fixed_period(e: Entry) -> FixedPeriod:
    amount, unit = e.period(needed=True)
    return FixedPeriod(
        id=e.text("id"),
        rule=e.text("rule"),
        amount=amount or 0,
        unit=unit or "",
        extendable=e.text("extendable", ""),
        source=e.source(convention=False),
        confidence=e.confidence(),
    )


def _deadline(e: Entry, convention: bool) -> DeadlineRule:
    amount, unit = e.period()
    kind = e.word("kind", "deadline_kinds")
    figure = amount is not None or e.has("period")
    if kind == "qualitative" and figure:
        e.fault("period", "stands on a qualitative rule", "leave the period out, or name another kind")
    if kind not in ("qualitative", MISSING) and not figure:
        e.fault("period", f"is missing on a {shown(kind)} rule", 'write for example "10 working days"')
    if kind == "qualitative" and not e.has("standard"):
        e.fault("standard", "is missing on a qualitative rule", "say which standard the source sets")
    ends = e.value.get("ends_on")
    rule = DeadlineRule(
        id=e.text("id"),
        label=e.text("label"),
        applies_to=frozenset(e.words("applies_to", "request_types_or_groups", empty=False)),
        specificity=0,
        starts_on=e.word("starts_on", "events"),
        ends_on=e.words("ends_on", "events", empty=False)
        if isinstance(ends, Items)
        else (e.word("ends_on", "events"),),
        kind=kind,
        amount=amount,
        unit=unit,
        standard=e.text("standard", ""),
        pausable=e.flag("pausable"),
        condition=_condition(e),
        roll=e.text("roll", "") or None,
        warn_at_days=_warnings(e),
        stage=None,
        owed_by=e.word("owed_by", "owners", ""),
        requested_in=e.word("requested_in", "fields", ""),
        extendable=e.text("extendable", ""),
        suspended_while=e.text("suspended_while", ""),
        note=e.text("note", ""),
        label_kind=e.text("label_kind", ""),
        derived_from=e.text("derived_from", ""),
        source=e.source(convention),
        confidence=e.confidence(),
        verify=e.flag("verify", False),
        verified=e.text("verified", ""),
    )
    if rule.roll is not None and rule.roll not in ROLLS:
        e.fault("roll", f"{shown(rule.roll)} is no way to roll", f"allowed: {', '.join(ROLLS)}")
    if rule.roll is not None and unit == "working days":
        e.fault("roll", "is void for a period in working days", "leave it out")
    e.notes.places[rule.id] = (e.file, e.line)
    return rule


def _warnings(e: Entry) -> tuple[int, ...]:
    found = []
    for value, line in e.items("warn_at_days", needed=False):
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 3_660:
            e.notes.fault(e.file, line, "warn_at_days", f"{shown(value)} is no number of days", "1 to 3660")
        else:
            found.append(value)
    return tuple(found)


def _condition(e: Entry) -> dict[str, Any] | None:
    if not e.has("when"):
        e.ticked.add("when")
        return None
    inner = e.entry("when")
    found: dict[str, Any] = {}
    for key in inner.value:
        if key == "urgency":
            found[key] = inner.words(key, "urgencies", empty=False)
        elif key == "data_category":
            found[key] = inner.words(key, "data_categories", empty=False)
        elif key in CONDITIONS:
            found[key] = inner.flag(key)
    inner.ticked.update(CONDITIONS)
    inner.finish()
    return found


def read_comparison(entry: Entry) -> tuple[ComparisonStep, ...]:
    def build(e: Entry) -> ComparisonStep:
        inner = e.entry("figures")
        figures: dict[str, str | None] = {}
        for profile in inner.value:
            inner.mention("deadline_profiles", profile, profile, inner.value.lines[profile])
            written = inner.value[profile]
            figures[profile] = None if written is None else inner.text(profile)
        return ComparisonStep(e.text("step"), figures)

    entry.source(convention=False)
    entry.confidence()
    return tuple(entry.each("steps", build))


def read_manifest(entry: Entry) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many of each there must be, exactly and at least."""
    found = []
    for key in ("exactly", "at_least"):
        inner = entry.entry(key)
        found.append({kind: inner.number(kind) for kind in inner.value})
    return found[0], found[1]


def read_life(entry: Entry) -> Lifecycle | None:
    """Return the lifecycle; None where its shape is so far off that it cannot be read at all."""
    if entry.absent:
        return None
    before = len(entry.notes.faults)
    for section in _LIFECYCLE_SECTIONS:
        _check_shape(entry, section)
    if len(entry.notes.faults) > before:
        return None
    lifecycle, faults = read_lifecycle(entry.value, entry.file)
    entry.notes.faults.extend(faults)
    words = (lifecycle.statuses, lifecycle.outcomes, lifecycle.stages, lifecycle.events, lifecycle.acts)
    for word in (word for group in words for word in group.values()):
        _mention_source(entry.notes, entry.file, word.line, word.source, word.confidence)
    for event in lifecycle.events.values():
        if event.recorded_by not in ("", *RECORDED_BY):
            problem = f"{shown(event.recorded_by)} records no step"
            entry.notes.fault(
                entry.file, event.line, "recorded_by", problem, "allowed: " + ", ".join(RECORDED_BY)
            )
        for request_type in event.types or ():
            entry.mention("request_types", request_type, "types", event.line)
    for row in lifecycle.transitions:
        _mention_source(entry.notes, entry.file, row.line, row.source, row.confidence)
        for request_type in row.types or ():
            entry.mention("request_types", request_type, "types", row.line)
    for value, line in entry.items("stages_of_types"):
        for request_type in value.get("types", ()):
            entry.mention("request_types", str(request_type), "stages_of_types", line)
    entry.ticked.update(entry.value)
    return lifecycle


def _mention_source(notes: Notes, file: str, line: int, source: str, confidence: str) -> None:
    written = Entries(line)
    written.update(source=source, confidence=confidence)
    written.lines.update(source=line, confidence=line)
    if source and confidence:
        Entry(written, file, notes).source()
        Entry(written, file, notes).confidence()


def _check_shape(entry: Entry, section: str) -> None:
    """Hold a section of the lifecycle to a list of mappings of words, so that its reader may rely on it."""
    for value, line in entry.items(section):
        if not isinstance(value, Entries):
            entry.notes.fault(
                entry.file, line, section, f"{shown(value)} is not a mapping", "write {id: ..., ...}"
            )
            continue
        for key, inner in value.items():
            parts = inner if isinstance(inner, list) else [inner]
            is_right = (
                isinstance(inner, list)
                if key in (*_LIFECYCLE_LISTS, "contents")
                else not isinstance(inner, list)
            )
            if key == "contents":
                is_right = is_right and all(isinstance(part, Entries) for part in parts)
            elif key == "when":
                is_right = isinstance(inner, Entries) and not any(
                    isinstance(v, dict | list) for v in inner.values()
                )
            else:
                is_right = is_right and not any(isinstance(part, dict | list) for part in parts)
            if not is_right:
                needed = "a list" if key in (*_LIFECYCLE_LISTS, "contents") else "one word"
                entry.notes.fault(entry.file, value.lines[key], key, f"must be {needed}, not {shown(inner)}")
