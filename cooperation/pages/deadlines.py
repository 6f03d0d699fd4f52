"""The deadline profiles side by side, and each with its deadlines."""

from __future__ import annotations

from cooperation.pages.markdown import bullets, codes, page, printed_from, source_link, table
from cooperation.rulebook.values import ALL, DeadlineProfile, DeadlineRule, FixedPeriod, RuleBook

NO_FIGURE = "no figure"
CONVENTION = "hanoi"
TYPES_TOLD = 6


def deadlines_page(book: RuleBook) -> str:
    """Return the page in Markdown."""
    return page(
        "# The deadline profiles",
        printed_from("`cooperation/data/deadline_profiles/` and `deadline_comparison.yaml`"),
        "An exercise chooses one profile. A figure counts only as its own table below gives it, with source and"
        " confidence; the comparison is for reading (exercise rule).",
        "## Side by side",
        f'"{NO_FIGURE}" says that the instrument sets none: elapsed time is shown, and nothing is breached'
        " (exercise rule; each figure's source stands with its profile).",
        _comparison(book),
        "## What the kinds mean",
        table(
            ("kind", "meaning", "source", "confidence"),
            (
                (t.id.replace("_", " "), t.meaning, t.source, t.confidence)
                for t in book.terms["deadline_kinds"].values()
            ),
        ),
        *(_profile(profile, book) for profile in book.profiles.values()),
    )


def period_in_words(rule: DeadlineRule) -> str:
    """Return the period, or the standard where the source gives no figure."""
    if rule.amount is None:
        return f"{NO_FIGURE}: {rule.standard}" if rule.standard else NO_FIGURE
    return f"{rule.amount} {rule.unit}"


def condition_in_words(rule: DeadlineRule) -> str:
    """Return when the rule holds; nothing where it always does."""
    parts = []
    for key, value in (rule.condition or {}).items():
        name = key.replace("_", " ")
        if isinstance(value, bool):
            parts.append(name if value else f"not {name}")
        else:
            parts.append(f"{name} is {' or '.join(word.replace('_', ' ') for word in value)}")
    return "; ".join(parts)


def _comparison(book: RuleBook) -> str:
    return table(
        ("step", *(f"[{profile.id}](#{profile.id})" for profile in book.profiles.values())),
        (
            (step.step, *(step.figures.get(profile) or NO_FIGURE for profile in book.profiles))
            for step in book.comparison
        ),
    )


def _profile(profile: DeadlineProfile, book: RuleBook) -> str:
    doubt = " Parts wait for a comparison with the published text." if profile.verify else ""
    return page(
        f"## {profile.id}",
        f"**{profile.name}**: {' '.join(filter(None, (_ended(profile.status), profile.note)))}"
        f" ({profile.source}; *{profile.confidence}*){doubt}",
        f"A period in days that ends on a day off runs on to the next working day ({profile.roll_source})."
        if profile.roll_source
        else "",
        table(
            (
                "deadline",
                "from",
                "to",
                "period",
                "kind",
                "owed by",
                "only if",
                "types",
                "stops for a question",
                "note",
                "source",
                "confidence",
            ),
            (_row(rule, profile, book) for rule in profile.deadlines),
        ),
        _fixed("Periods of the treaty itself, which no exercise counts:", profile.treaty_level),
        _fixed("To compare with:", profile.comparators),
    ).rstrip("\n")


def _ended(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def rule_source(rule: DeadlineRule, profile: DeadlineProfile, up: str = "") -> str:
    """Return a rule's source; only the Convention's own profile names articles that have a page."""
    if profile.instrument == CONVENTION or rule.id.startswith(f"{CONVENTION}_"):
        return source_link(rule.source, up)
    return f"{rule.source} of {profile.id}" if rule.source.startswith("Art.") else rule.source


def _row(rule: DeadlineRule, profile: DeadlineProfile, book: RuleBook) -> tuple[str, ...]:
    derived = f" (derived from {rule.derived_from})" if rule.derived_from else ""
    return (
        rule.label,
        _event(rule.starts_on),
        " or ".join(map(_event, rule.ends_on)),
        period_in_words(rule),
        rule.kind.replace("_", " "),
        rule.owed_by,
        condition_in_words(rule),
        _types(rule, book),
        "yes" if rule.pausable else "no",
        "; ".join(filter(None, (rule.note, rule.extendable, _while(rule)))),
        rule_source(rule, profile) + derived,
        _sure(rule),
    )


def _sure(rule: DeadlineRule) -> str:
    """Return the confidence, that the number waits for a comparison, and how it was looked up."""
    doubt = "verify" if rule.verify and rule.confidence != "verify" else ""
    seen = f"verified by {rule.verified}" if rule.verified else ""
    return ", ".join(filter(None, (rule.confidence, doubt, seen)))


def _event(event: str) -> str:
    return event.replace("_", " ")


def _while(rule: DeadlineRule) -> str:
    return f"suspended while {rule.suspended_while}" if rule.suspended_while else ""


def _types(rule: DeadlineRule, book: RuleBook) -> str:
    if len(rule.applies_to) == len(book.types):
        return ALL
    if len(rule.applies_to) > TYPES_TOLD:
        return f"{len(rule.applies_to)} types"
    return codes(sorted(rule.applies_to))


def _fixed(title: str, periods: tuple[FixedPeriod, ...]) -> str:
    if not periods:
        return ""
    told = bullets(
        f"{p.rule}: {p.amount} {p.unit}{f', {p.extendable}' if p.extendable else ''} ({p.source}; *{p.confidence}*)"
        for p in periods
    )
    return f"{title}\n\n{told}"
