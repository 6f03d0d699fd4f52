"""An exercise's response times as a page: curves with the numbers at risk, tables, and the cases behind each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.reports.groups import STAGES
from cooperation.reports.response_times import KEY_COLUMNS, Report
from cooperation.reports.workload import STAGE as WORK_STAGE
from cooperation.rulebook import rulebook
from requests_app.reports.asked import STANDINGS, Wanted, only, report_of, workload_of
from requests_app.reports.shown import STAGES as STAGE_WORDS
from requests_app.reports.shown import shown
from requests_app.reports.work_shown import work_shown
from requests_app.reports.write import FORMATS
from requests_app.web.forms import PageForm
from requests_app.web.names import state_names
from requests_app.web.report_files import TYPES
from requests_app.web.seated import SeatedPage
from requests_app.workflow.models import Interval
from requests_app.world.languages import said
from requests_app.world.models import Exercise
from requests_app.world.timekeeping import exercise_now

CASES_A_PAGE = 50


class ChosenForm(PageForm):
    """Which intervals are reported, and what is compared. All of it stands in the address."""

    by = forms.MultipleChoiceField(
        label=gettext_lazy("Compare by"), required=False, widget=forms.CheckboxSelectMultiple
    )
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    request_type = forms.ChoiceField(label=gettext_lazy("Request type"), required=False)
    asks = forms.ChoiceField(label=gettext_lazy("State that asked"), required=False)
    to = forms.ChoiceField(label=gettext_lazy("State that was asked"), required=False)
    month = forms.RegexField(
        r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$",
        label=gettext_lazy("Month of opening"),
        help_text=gettext_lazy("Like 2027-03."),
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-5"}),
    )
    public = forms.BooleanField(
        label=gettext_lazy("Withhold small groups, as for the public"), required=False
    )

    def __init__(self, *args: Any, exercise: Exercise, rows: QuerySet[Interval], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = list(state_names(exercise).items())
        kinds = set(rows.values_list("request__request_type", flat=True).distinct().order_by())
        every = ("", _("all"))
        sides = {"from": self.fields["asks"].label, "to": self.fields["to"].label}
        compared = {name: column.label for name, column in KEY_COLUMNS.items() if name != "stage"}
        self._offer("by", [(name, sides.get(name) or _(label)) for name, label in compared.items()])
        self._offer("stage", [every, *((name, STAGE_WORDS[name][0]) for name in STAGES)])
        self._offer(
            "request_type", [every, *sorted((kind, said(rulebook().types[kind].name)) for kind in kinds)]
        )
        self._offer("asks", [every, *states])
        self._offer("to", [every, *states])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def wanted(self) -> Wanted:
        """Return which intervals are wanted."""
        asked = self.cleaned_data
        names = ("stage", "request_type", "to", "month")
        return Wanted(from_=asked["asks"], **{name: asked[name] for name in names})


class ResponseTimes(SeatedPage):
    """The report of what one's seat sees."""

    template = "web/response_times.html"
    link = "response_times"
    parts = ("found",)

    def facts(self, **_: Any) -> dict[str, Any]:
        """Return the form, and the report where the form is right."""
        form = self._form()
        if not form.is_valid():
            return {"form": form, "report": None}
        report = self._report(form)
        told = shown(report)
        for stage in told["stages"]:
            for row in stage["rows"]:
                row["cases"] = self._cases(row["key"], form)
        return {
            "form": form,
            "report": told,
            "observed_until": report.observed_until,
            "work": self._work(form),
            "downloads": self._downloads(),
            "kind_words": _kind_words(),
            "state_words": state_names(self.seat.exercise),
        }

    def _form(self) -> ChosenForm:
        rows = self.visible.intervals()
        return ChosenForm(self.request.GET or {"by": []}, exercise=self.seat.exercise, rows=rows)

    def _report(self, form: ChosenForm) -> Report:
        asked = form.cleaned_data
        return report_of(
            self.visible.intervals(),
            self.seat.exercise,
            form.wanted(),
            by=tuple(asked["by"]),
            public=asked["public"],
            wall=self.wall,
        )

    def _work(self, form: ChosenForm) -> dict[str, Any]:
        work = workload_of(
            self.visible.intervals(),
            self.seat.exercise,
            form.wanted(),
            public=form.cleaned_data["public"],
            wall=self.wall,
        )
        told = work_shown(work)
        for row in (*told["states"], *told["types"]):
            row["cases"] = self._cases(row["key"], form)
        for one in told["outcomes"]:
            how = {"outcome": one["outcome"]} if one["outcome"] else {"standing": "open"}
            one["cases"] = self._cases({"stage": WORK_STAGE, **how}, form)
        return told

    def _cases(self, key: dict[str, str], form: ChosenForm) -> str:
        """Return the address of the cases behind a group."""
        asked = {
            name: value for name, value in form.cleaned_data.items() if value and name not in ("by", "public")
        }
        names = {"from": "asks"}
        asked |= {names.get(name, name): value for name, value in key.items() if name != "pillar"}
        if "pillar" in key:
            asked["pillar"] = key["pillar"]
        return f"{reverse('cases_behind', args=(self.seat.exercise.handle,))}?{urlencode(asked)}"

    def _downloads(self) -> list[tuple[str, str]]:
        asked = self.request.GET.urlencode()
        handle = self.seat.exercise.handle
        return [(form, f"{reverse('report_download', args=(handle, form))}?{asked}") for form in FORMATS]


class ReportDownload(ResponseTimes):
    """The same report as a file."""

    def get(self, _: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Hand it out."""
        form = kwargs["form"]
        asked = self._form()
        if form not in FORMATS or not asked.is_valid():
            raise Http404
        response = HttpResponse(FORMATS[form](self._report(asked)), content_type=TYPES[form])
        handle = self.seat.exercise.handle
        response["Content-Disposition"] = f'attachment; filename="{handle}-EXERCISE.{form}"'
        return response


class CasesBehind(SeatedPage):
    """The requests behind a number of the report."""

    template = "web/cases_behind.html"
    link = "response_times"

    def facts(self, **_: Any) -> dict[str, Any]:
        """Return a page of intervals, each with its request."""
        asked = self.request.GET
        form = ChosenForm(asked, exercise=self.seat.exercise, rows=self.visible.intervals())
        if not form.is_valid():
            raise Http404
        further = {name: asked.get(name, "") for name in ("pillar", "outcome", "standing")}
        if further["standing"] not in ("", *STANDINGS):
            raise Http404
        now = exercise_now(self.seat.exercise, self.wall)
        rows = only(self.visible.intervals(), replace(form.wanted(), **further), now)
        listed = rows.select_related("request").order_by("opened_at", "request__reference", "stage", "id")
        page = Paginator(listed, CASES_A_PAGE).get_page(asked.get("page"))
        query = asked.copy()
        query.pop("page", None)
        return {
            "page": page,
            "query": f"{query.urlencode()}&",
            "rows": [(one, self._address(one), STAGE_WORDS[one.stage][0]) for one in page],
            "kind_words": _kind_words(),
        }

    def _address(self, row: Interval) -> str:
        """Return the address of a request's page; empty while there is none."""
        try:
            return reverse("request", args=(self.seat.exercise.handle, row.request_id))
        except NoReverseMatch:
            return ""


def _kind_words() -> dict[str, str]:
    return {kind.id: said(kind.name) for kind in rulebook().types.values()}
