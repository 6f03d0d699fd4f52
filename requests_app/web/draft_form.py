"""The form of a draft: the fields of its type from the rule book, grouped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _

from cooperation.rulebook import RequestType, rulebook
from requests_app.web.content_fields import contents_of, fields_of, initial_of, names_of
from requests_app.web.forms import PageForm


class DraftForm(PageForm):
    """What a draft says. `groups` are the field's groups of the rule book, those with something required first."""

    def __init__(
        self, kind: RequestType, contents: Mapping[str, Any], zone: tzinfo, now: datetime, data: Any = None
    ) -> None:
        """Make it. Times are typed in `zone`, the desk's own, whose offset is told as it is at `now`."""
        self.kind, self.zone = kind, zone
        initial: dict[str, Any] = {}
        for name, value in contents.items():
            initial.update(initial_of(name, value, zone))
        super().__init__(data, initial=initial, prefix="say")
        rules = {rule.field: rule for rule in kind.contents}
        # What was written for another type is kept, and shown, until somebody empties it.
        kept = [name for name in contents if name not in rules and name in rulebook().fields]
        for name in (*rules, *kept):
            self.fields.update(fields_of(rulebook().fields[name], rules.get(name), zone, now))
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "govuk-input")
        self._rules, self._kept = rules, kept

    def groups(self) -> list[dict[str, Any]]:
        """Return the fields by group, in the order of the rule book."""
        found: dict[str, list[dict[str, Any]]] = {}
        for name in rulebook().fields:
            if name in self._rules:
                found.setdefault(rulebook().fields[name].group, []).extend(self._shown(name))
        groups = [{"name": group_name(group), "fields": fields} for group, fields in found.items()]
        if self._kept:
            fields = [one for name in self._kept for one in self._shown(name)]
            groups.append({"name": _("Kept from before; this type does not ask for it"), "fields": fields})
        return groups

    def _shown(self, name: str) -> list[dict[str, Any]]:
        rule = self._rules.get(name)
        is_optional = rule is None or not rule.rule.startswith("required")
        return [{"field": self[one], "is_optional": is_optional} for one in names_of(rulebook().fields[name])]

    def contents(self) -> dict[str, Any]:
        """Return what the draft says, without what is empty."""
        return contents_of(self.cleaned_data, self.zone)


def group_name(group: str) -> str:
    """Return what a group of fields is called."""
    return {
        "routing": _("From whom to whom"),
        "case": _("The case"),
        "assistance": _("The assistance wanted"),
        "data": _("The data"),
        "search": _("Search and seizure"),
        "persons": _("The person"),
        "extradition": _("Extradition"),
        "assets": _("Assets"),
        "joint": _("Working together"),
        "information": _("Information"),
        "technical_assistance": _("Technical assistance"),
    }.get(group, group)
