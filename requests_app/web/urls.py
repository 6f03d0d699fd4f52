"""Addresses of the pages and of the probes."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.i18n import set_language

from requests_app.web.home import home
from requests_app.web.probes import healthz, metrics, readyz
from requests_app.web.report_files import report_file
from requests_app.web.status import status

urlpatterns = [
    path("", home, name="home"),
    path("status/", status, name="status"),
    path("language/", set_language, name="set_language"),
    path("sign-in/", LoginView.as_view(template_name="web/sign_in.html"), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("reports/<slug:handle>/report.<slug:form>", report_file, name="report"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
