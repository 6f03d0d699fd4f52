"""Addresses of the pages and of the probes."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from requests_app.web import accounts
from requests_app.web.home import home
from requests_app.web.probes import healthz, metrics, readyz
from requests_app.web.report_files import report_file
from requests_app.web.status import status

urlpatterns = [
    path("", home, name="home"),
    path("status/", status, name="status"),
    path("language/", set_language, name="set_language"),
    path("sign-in/", accounts.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("sign-out/everywhere/", accounts.SignOutEverywhere.as_view(), name="sign_out_everywhere"),
    path("join/", accounts.Join.as_view(), name="join"),
    path("account/", accounts.account, name="account"),
    path("account/password/", accounts.Password.as_view(), name="password"),
    path("account/second-factor/", accounts.SecondFactor.as_view(), name="second_factor"),
    path("password/forgotten/", accounts.Forgotten.as_view(), name="forgotten"),
    path("password/new/<slug:uid>/<slug:token>/", accounts.NewPassword.as_view(), name="new_password"),
    path("reports/<slug:handle>/report.<slug:form>", report_file, name="report"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
