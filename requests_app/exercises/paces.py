"""How fast an exercise's clock goes, in words."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Exercise seconds for a wall second, that are offered.
PACES = {
    1: gettext_lazy("real time"),
    60: gettext_lazy("one minute is one second"),
    360: gettext_lazy("one hour is ten seconds"),
    1_440: gettext_lazy("one day is one minute"),
    3_600: gettext_lazy("one hour is one second"),
    7_200: gettext_lazy("two hours are one second"),
    8_640: gettext_lazy("one day is ten seconds"),
    86_400: gettext_lazy("one day is one second"),
}


def pace_in_words(rate: int) -> str:
    """Return a pace, exercise seconds for a wall second, like "one day is one minute"; empty for none."""
    if not rate:
        return ""
    return str(
        PACES.get(rate)
        or _("%(times)s times real time") % {"times": number_format(rate, force_grouping=True)}
    )
