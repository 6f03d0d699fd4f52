"""Forms of the pages: their classes, and nothing that a browser would check in words of its own."""

from __future__ import annotations

from typing import Any

from django import forms

CLASSES: dict[type[forms.Widget], str] = {
    forms.Textarea: "govuk-textarea",
    forms.Select: "govuk-select",
    forms.CheckboxInput: "govuk-checkboxes__input",
    forms.CheckboxSelectMultiple: "govuk-checkboxes__input",
    forms.RadioSelect: "govuk-radios__input",
}


class PageForm(forms.Form):
    """A form whose fields `components/field.html` shows, errors beside them and in a linked summary."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for field in self.fields.values():
            classes = next(
                (name for kind, name in CLASSES.items() if type(field.widget) is kind), "govuk-input"
            )
            field.widget.attrs.setdefault("class", classes)
