"""Addresses of the pages and of the probes."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from requests_app.web import accounts
from requests_app.web.after_action import AfterAction, ExerciseDownload, Judgement, OwnFeedback, Timelines
from requests_app.web.all_requests import AllRequests
from requests_app.web.brief import Brief
from requests_app.web.control_room import ControlRoom
from requests_app.web.desk import Desk
from requests_app.web.drafting import DraftPage, NewRequest
from requests_app.web.evidence import Evidence, ReceiptDownload
from requests_app.web.home import home
from requests_app.web.injects import Injects, OneInject
from requests_app.web.library import Library, OneRehearsal, OneScenario
from requests_app.web.messages import Messages
from requests_app.web.notices import Notices
from requests_app.web.probes import healthz, metrics, readyz
from requests_app.web.reference import Directory, RuleBookPage, TypePage
from requests_app.web.report_files import report_file
from requests_app.web.request_page import RequestPage
from requests_app.web.request_pdf import RequestPdf
from requests_app.web.response_times import CasesBehind, ReportDownload, ResponseTimes
from requests_app.web.seats import Seats
from requests_app.web.status import status

urlpatterns = [
    path("", home, name="home"),
    path("status/", status, name="status"),
    path("language/", require_POST(set_language), name="set_language"),
    path("sign-in/", accounts.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("sign-out/everywhere/", accounts.SignOutEverywhere.as_view(), name="sign_out_everywhere"),
    path("join/", accounts.Join.as_view(), name="join"),
    path("account/", accounts.account, name="account"),
    path("account/password/", accounts.Password.as_view(), name="password"),
    path("account/address/", accounts.Address.as_view(), name="address"),
    path("account/second-factor/", accounts.SecondFactor.as_view(), name="second_factor"),
    path("password/forgotten/", accounts.Forgotten.as_view(), name="forgotten"),
    path("password/new/<slug:uid>/<slug:token>/", accounts.NewPassword.as_view(), name="new_password"),
    path("reports/<slug:handle>/report.<slug:form>", report_file, name="report"),
    path("library/", Library.as_view(), name="library"),
    path("library/<slug:scenario>/", OneScenario.as_view(), name="scenario"),
    path("rehearsals/<uuid:rehearsal_id>/", OneRehearsal.as_view(), name="rehearsal"),
    path("exercises/<slug:handle>/seats/", Seats.as_view(), name="seats"),
    path("exercises/<slug:handle>/control/", ControlRoom.as_view(), name="control_room"),
    path("exercises/<slug:handle>/injects/", Injects.as_view(), name="injects"),
    path("exercises/<slug:handle>/injects/<str:name>/", OneInject.as_view(), name="inject"),
    path("exercises/<slug:handle>/messages/", Messages.as_view(), name="messages"),
    path("exercises/<slug:handle>/requests/", AllRequests.as_view(), name="requests"),
    path("exercises/<slug:handle>/notices/", Notices.as_view(), name="notices"),
    path("exercises/<slug:handle>/after/", AfterAction.as_view(), name="after_action"),
    path("exercises/<slug:handle>/after/timelines/", Timelines.as_view(), name="timelines"),
    path("exercises/<slug:handle>/after/exercise.zip", ExerciseDownload.as_view(), name="exercise_download"),
    path("exercises/<slug:handle>/after/<str:name>/", Judgement.as_view(), name="judgement"),
    path("exercises/<slug:handle>/feedback/", OwnFeedback.as_view(), name="feedback"),
    path("exercises/<slug:handle>/response-times/", ResponseTimes.as_view(), name="response_times"),
    path("exercises/<slug:handle>/response-times/cases/", CasesBehind.as_view(), name="cases_behind"),
    path(
        "exercises/<slug:handle>/response-times/<slug:form>/",
        ReportDownload.as_view(),
        name="report_download",
    ),
    path("exercises/<slug:handle>/", Brief.as_view(), name="brief"),
    path("exercises/<slug:handle>/desk/", Desk.as_view(), name="desk"),
    path("exercises/<slug:handle>/requests/new/", NewRequest.as_view(), name="new_request"),
    path("exercises/<slug:handle>/requests/<uuid:request_id>/", RequestPage.as_view(), name="request"),
    path("exercises/<slug:handle>/requests/<uuid:request_id>/evidence/", Evidence.as_view(), name="evidence"),
    path(
        "exercises/<slug:handle>/requests/<uuid:request_id>/receipts/<int:seq>/",
        ReceiptDownload.as_view(),
        name="receipt",
    ),
    path("exercises/<slug:handle>/requests/<uuid:request_id>/draft/", DraftPage.as_view(), name="draft"),
    path(
        "exercises/<slug:handle>/requests/<uuid:request_id>/request.pdf",
        RequestPdf.as_view(),
        name="request_pdf",
    ),
    path("exercises/<slug:handle>/directory/", Directory.as_view(), name="directory"),
    path("exercises/<slug:handle>/rulebook/", RuleBookPage.as_view(), name="rulebook"),
    path("exercises/<slug:handle>/rulebook/<slug:type_id>/", TypePage.as_view(), name="request_type"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
