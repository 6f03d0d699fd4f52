"""Addresses: the administration, and the pages."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("", include("requests_app.web.urls"))]
