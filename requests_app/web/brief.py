"""One page to begin with: who one is, what has happened, and what to learn from it."""

from __future__ import annotations

from typing import Any

from cooperation.rulebook import rulebook
from cooperation.world import competence
from requests_app.exercises.hours import hours_of
from requests_app.exercises.script import script_of
from requests_app.web import names
from requests_app.web.seated import SeatedPage
from requests_app.world.languages import said
from requests_app.world.models import TRAINEE, Authority


class Brief(SeatedPage):
    """The brief of a desk."""

    template = "web/brief.html"
    link = "brief"
    roles = (TRAINEE,)

    def facts(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Return the story, the State's own cases, and what this desk is competent for."""
        assert self.seat.seat is not None
        desk = self.seat.seat.authority
        exercise = self.seat.exercise
        scenario = script_of(exercise.pk).scenario
        able = competence(rulebook(), desk.kind)
        own = Authority.objects.filter(state=desk.state).select_related("state").order_by("kind")
        return {
            "state": desk.state,
            "desk_name": names.authority_name(desk.kind),
            "summary": said(scenario.summary),
            "objectives": [said(one) for one in scenario.objectives],
            "cases": [
                {
                    "title": said(case.title),
                    "facts": said(case.facts),
                    "offences": [
                        said(rulebook().offences[one].name) if one in rulebook().offences else one
                        for one in case.offences
                    ],
                    "penalty": case.maximum_penalty,
                }
                for case in self.visible.cases().order_by("name")
            ],
            "sends": [names.type_name(one) for one in able.sends],
            "receives": [names.type_name(one) for one in able.receives],
            "authorities": [
                {
                    "name": names.authority_name(one.kind),
                    "officers": one.officers,
                    "is_own": one.pk == desk.pk,
                    "is_open": hours_of(exercise, one).is_open(self.place.now),
                }
                for one in own
            ],
            "profile": rulebook().profiles[exercise.deadline_profile],
            "ends_at": exercise.ends_at,
            "starts_at": exercise.starts_at,
        }
