"""The request types: one page for each, and one that leads to them."""

from __future__ import annotations

from collections.abc import Iterable

from cooperation.pages.deadlines import condition_in_words, period_in_words, rule_source
from cooperation.pages.markdown import bullets, codes, mark, page, printed_from, source_link, table
from cooperation.rulebook.values import RequestType, RuleBook

UP = "../"
AS_THE_TYPE = "(source: as the type, above)"


def types_page(book: RuleBook) -> str:
    """Return the page that leads to each type, by pillar."""
    parts = []
    for pillar in book.pillars.values():
        of_pillar = [t for t in book.types.values() if t.pillar == pillar.id]
        articles = ", ".join(f"[{n}](articles.md#article-{n})" for n in pillar.articles)
        parts += [
            f"## {pillar.name}",
            f"Articles {articles} (grouping: {pillar.source}; *{pillar.confidence}*).",
            table(
                ("request type", "what it is", "required", "source", "confidence"),
                (
                    (
                        f"[{t.name}](types/{t.id}.md)",
                        t.plain,
                        f"{len(t.required)} of {len(t.contents)}",
                        source_link(t.source),
                        _sure(t),
                    )
                    for t in of_pillar
                ),
            ),
        ]
    return page(
        "# The request types",
        printed_from("`cooperation/data/request_types/`"),
        f"{len(book.types)} types in {len(book.pillars)} pillars. *Required* counts the contents without which the"
        " requested State may ask back (exercise rule; see each type for its articles).",
        *parts,
    )


def type_page(kind: RequestType, book: RuleBook) -> str:
    """Return the page of one type."""
    return page(
        f"# {kind.name}",
        printed_from(f"`cooperation/data/request_types/{kind.id}.yaml`"),
        f"`{kind.id}`: {kind.plain} {mark(kind.source, _sure(kind), UP)}",
        "## Who and on what",
        bullets(_who(kind, book)),
        "## Contents",
        "What each rule means stands under [words](../words.md#contents-rules), what each field is under"
        " [fields](../fields.md). A rule with the source *practice* is advice, never a breach of the treaty"
        " (exercise rule).",
        _contents(kind, book),
        "## Time",
        "What the sources say of time. What an exercise counts is chosen with its deadline profile below.",
        _time(kind),
        "### By deadline profile",
        _deadlines(kind, book),
        "## What may stand against it",
        _dual(kind, book),
        _grounds(kind, book),
        bullets(_answers(kind)),
        "## Duties",
        _duties(kind, book),
        "## Typical errors",
        _errors(kind, book),
        "## Acts and what comes after",
        bullets(_after(kind)),
    )


def _sure(kind: RequestType) -> str:
    return f"{kind.confidence}; verify: {kind.verify}" if kind.verify else kind.confidence


def _who(kind: RequestType, book: RuleBook) -> list[str]:
    scope, serious = book.terms["scopes"][kind.scope], book.terms["serious_crime_answers"][kind.serious_crime]
    lines = [
        f"Sent by: {_authorities(kind.send, book)} {AS_THE_TYPE}",
        f"Received by: {_authorities(kind.receive, book)} {AS_THE_TYPE}",
        f"Comes from: {_authorities(kind.originators, book)} {AS_THE_TYPE}",
    ]
    if kind.where_designated:
        told = _authorities(kind.where_designated, book)
        lines.append(f"Sent and received too, where its State designates it, by: {told} {AS_THE_TYPE}")
    if kind.channel_note:
        lines.append(f"Channel: {kind.channel_note} {AS_THE_TYPE}")
    lines += [
        f"Scope: {scope.meaning} {mark(scope.source, scope.confidence, UP)}",
        f"Serious crime outside Articles 7 to 17: {serious.meaning} {mark(serious.source, serious.confidence, UP)}",
    ]
    return lines


def _authorities(kinds: Iterable[str], book: RuleBook) -> str:
    wanted = set(kinds)
    return ", ".join(a.name for a in book.authorities.values() if a.id in wanted)


def _contents(kind: RequestType, book: RuleBook) -> str:
    return table(
        ("field", "rule", "note", "source", "confidence"),
        (
            (
                f"{book.fields[rule.field].label} (`{rule.field}`)",
                rule.rule.replace("_", " "),
                "; ".join(filter(None, (rule.note, _decides(rule.condition, book)))),
                source_link(rule.source, UP),
                rule.confidence,
            )
            for rule in kind.contents
        ),
    )


def _decides(condition: str | None, book: RuleBook) -> str:
    if condition is None:
        return ""
    return f"the draft decides: {book.terms['contents_conditions'][condition].meaning}"


def _time(kind: RequestType) -> str:
    return table(
        ("rule", "period", "source", "confidence"),
        (
            (
                rule.rule,
                f"{rule.amount} {rule.unit}" if rule.amount is not None else "no figure",
                source_link(rule.source, UP),
                rule.confidence,
            )
            for rule in kind.time_rules
        ),
    )


def _deadlines(kind: RequestType, book: RuleBook) -> str:
    rows = [
        (
            f"[`{profile.id}`](../deadline-profiles.md#{profile.id})",
            rule.label,
            period_in_words(rule),
            condition_in_words(rule),
            rule_source(rule, profile, UP),
            rule.confidence,
        )
        for profile in book.profiles.values()
        for rule in profile.for_type(kind.id)
    ]
    silent = [profile.id for profile in book.profiles.values() if not profile.for_type(kind.id)]
    head = ("profile", "deadline", "period", "only if", "source", "confidence")
    none = f"No deadline in: {codes(silent)} (exercise rule)." if silent else ""
    return page(table(head, rows), none).rstrip("\n")


def _dual(kind: RequestType, book: RuleBook) -> str:
    dual = kind.dual_criminality
    meaning = book.terms["dual_criminality"][dual.applies].meaning
    told = " ".join(part for part in (f"Dual criminality: {meaning}.", dual.explanation) if part)
    # Its own source alone: that of the word says where the word comes from, not that it holds for this type.
    return f"{told} {mark(dual.source, dual.confidence, UP)}"


def _grounds(kind: RequestType, book: RuleBook) -> str:
    head = ("ground of refusal", "curable", "consult first", "source", "confidence")
    return table(
        head,
        (
            (
                f"[{g.label}](../grounds.md)",
                _yes(g.curable),
                _yes(g.consult_first),
                source_link(g.source, UP),
                g.confidence,
            )
            for g in (book.grounds[ground] for ground in kind.grounds)
        ),
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _answers(kind: RequestType) -> list[str]:
    return [
        f"May be postponed: {_yes(kind.postponement_possible)}"
        f" {mark(kind.postponement_source, _sure(kind), UP)}",
        f"May be accepted with conditions: {_yes(kind.conditions_possible)}"
        f" {mark(kind.conditions_source, _sure(kind), UP)}",
    ]


def _duties(kind: RequestType, book: RuleBook) -> str:
    return table(
        ("duty", "source", "confidence"),
        (
            (d.label, source_link(d.source, UP), d.confidence)
            for d in (book.duties[duty] for duty in kind.duties)
        ),
    )


def _errors(kind: RequestType, book: RuleBook) -> str:
    own = [error for error in book.errors.values() if kind.id in error.types]
    return table(
        ("error", "found by", "source", "confidence"),
        ((e.label, e.found_by, source_link(e.source, UP), e.confidence) for e in own),
    )


def _after(kind: RequestType) -> list[str]:
    lines = [
        f"Acts ([the life of a request](../../lifecycle.md); exercise rule): {codes(sorted(kind.acts))}",
        f"Comes back: {', '.join(word.replace('_', ' ') for word in kind.evidence_returned)} {AS_THE_TYPE}",
    ]
    if kind.enables:
        links = ", ".join(f"[`{t}`]({t}.md)" for t in kind.enables)
        lines.append(f"May be followed by: {links} (exercise rule)")
    return lines
