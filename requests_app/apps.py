"""The wiring: what each kind of agenda row does, and what is loaded for it."""

from __future__ import annotations

from django.apps import AppConfig


class RequestsAppConfig(AppConfig):
    """The shell of Comity."""

    name = "requests_app"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Comity (EXERCISE)"

    def ready(self) -> None:
        # Models can be imported only once Django has found them, so the table is filled here.
        from requests_app.agenda.advance import KINDS, Kind
        from requests_app.exercises import desks, triggers
        from requests_app.workflow import conditions, due

        KINDS.update(
            {
                "inject": Kind(triggers.fire, desks.load),
                "file": Kind(desks.file, desks.load),
                "work_done": Kind(desks.done, desks.load),
                "office_opens": Kind(desks.opens, desks.load),
                "ready": Kind(desks.ready, desks.load),
                "chase": Kind(desks.chase, desks.load),
                "consider": Kind(desks.consider, desks.load),
                "follow": Kind(desks.follow, desks.load),
                "warn": Kind(due.warn, desks.load),
                "expire": Kind(due.expire, desks.load),
                "expectation": Kind(triggers.judge, desks.load),
                "evidence_warn": Kind(conditions.warn, desks.load),
                "evidence_due": Kind(conditions.due, desks.load),
                "end": Kind(triggers.end, desks.load),
            }
        )
