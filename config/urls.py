"""Addresses: the administration, the API, and the pages."""

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.urls import include, path

# One door for all: the administration has no sign-in of its own that would not ask for the code.
admin.site.login = staff_member_required(admin.site.login, login_url="sign_in")  # type: ignore[method-assign]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("requests_app.api.urls")),
    path("", include("requests_app.web.urls")),
]
handler400 = "requests_app.api.unknown.unreadable"
handler404 = "requests_app.api.unknown.not_found"
handler500 = "requests_app.api.unknown.failed"
