"""Pages of accounts: joining by a code, passwords, mail, the second factor, and signing out everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, RedirectURLMixin
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from cooperation.words import Refused
from requests_app.exercises import accounts, people, second_factor
from requests_app.exercises.seating import join
from requests_app.web import account_forms, sentences
from requests_app.web.kept_form import KEPT, kept_fields
from requests_app.web.pace import check_pace
from requests_app.world.present import wall_now

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    """Sign in by name and password, and a code where there is a second factor."""

    template_name = "web/sign_in.html"
    authentication_form = account_forms.SignInForm

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Say whether it is the code that is missing, and whether somebody is signed in who may not go on."""
        found = super().get_context_data(**more)
        code_needed = found["form"].has_error(NON_FIELD_ERRORS, "code_needed")
        told = {
            "code_needed": code_needed,
            "is_demonstration": settings.EMBEDDED,
            "is_barred": is_barred(self.request.user, found["next"]),
        }
        return {**found, **told, KEPT: self.request.POST.get(KEPT, "")}

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in; then go on, or show what was sent when the session had ended."""
        answer = super().form_valid(form)
        fields = kept_fields(self.request)
        if not fields:
            return answer
        told = {"fields": fields, "address": self.get_success_url()}
        response = render(self.request, "web/kept_form.html", told)
        response["Cache-Control"] = "no-store"
        return response


def is_barred(user: Any, address: str) -> bool:
    """Return whether a person is signed in, and was sent to sign in because the administration is for staff."""
    return user.is_authenticated and not user.is_staff and address.startswith(reverse("admin:index"))


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class FormPage(View):
    """A page with one form: what it says goes to one function, and what that refuses is shown."""

    form: type[forms.Form]
    title: Any = ""
    button: Any = gettext_lazy("Send")
    # Counted by the address from which it comes; empty for pages of people who are signed in.
    pace = ""
    # The field beside which a refusal stands, by its reason; the others stand on top.
    beside: Mapping[str, str] = {}

    def get(self, *_: Any, **__: Any) -> HttpResponse:
        """Show the form."""
        return self.shown(self.form())

    def post(self, request: HttpRequest, **__: Any) -> HttpResponse:
        """Do what the form says, or show it again with what is wrong."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self.shown(form, 400)
        try:
            if self.pace:
                check_pace(request, self.pace)
            return self.done(form.cleaned_data)
        except Refused as refused:
            return self.refused(form, refused)

    def refused(self, form: forms.Form, refused: Refused) -> HttpResponse:
        """Show the form with what was refused, beside its field where it has one."""
        status = 429 if refused.reason == "too_many" else 409
        field = self.beside.get(refused.reason)
        if field is None:
            return self.shown(form, status, refused)
        message, mend = sentences.told(refused.message), sentences.told(refused.mend)
        form.add_error(field, f"{capfirst(message)}: {mend}.")
        return self.shown(form, status)

    def shown(self, form: forms.Form, status: int = 200, refused: Refused | None = None) -> HttpResponse:
        """Answer with the form."""
        told = {"form": form, "title": self.title, "button": self.button, "refused": refused, **self.more()}
        return render(self.request, "web/form.html", told, status=status)

    def more(self) -> dict[str, Any]:
        """Return what else the page shows."""
        return {}

    def done(self, said: dict[str, Any]) -> HttpResponse:
        """Do what the form says; raise Refused."""
        raise NotImplementedError


class Join(FormPage):
    """Take a seat by a code, and an account with it where one is not signed in."""

    title = gettext_lazy("Join an exercise")
    button = gettext_lazy("Join")
    pace = "register"
    beside = {
        "no_such_code": "code",
        "bad_name": "name",
        "name_taken": "name",
        "password_needed": "password",
        "weak_password": "password",
    }

    @property
    def form(self) -> type[forms.Form]:  # type: ignore[override]
        """The short form for those who are known."""
        known = self.request.user.is_authenticated
        return account_forms.JoinForm if known else account_forms.RegisterForm

    def done(self, said: dict[str, Any]) -> HttpResponse:
        """Seat the person; a guest is told name and password, this once."""
        if self.request.user.is_authenticated:
            join(self.request.user, said["code"], wall_now())
            return redirect("/")
        made = people.register(said["code"], wall_now(), name=said["name"], password=said["password"])
        login(self.request, made.user, BACKEND)
        if not made.password:
            return redirect("/")
        told = {"name": made.user.get_username(), "password": made.password}
        return render(self.request, "web/guest.html", told)


@method_decorator(login_required, name="dispatch")
class Password(FormPage):
    """Change one's password; every sign-in ends."""

    form = account_forms.PasswordForm
    title = gettext_lazy("Change your password")
    button = gettext_lazy("Change")
    beside = {"bad_password": "old"}

    def done(self, said: dict[str, Any]) -> HttpResponse:
        """Change it, and sign in anew."""
        accounts.change_password(self.request.user, said["old"], said["new"])
        return _signed_out(self.request, gettext("Your password is changed. Sign in with it."))


@method_decorator(login_required, name="dispatch")
class Address(RedirectURLMixin, FormPage):
    """Say where one's mail goes; back to the page from which one came."""

    form = account_forms.AddressForm
    title = gettext_lazy("E-mail address")
    button = gettext_lazy("Save")
    beside = {"bad_password": "password"}
    next_page = "account"

    def get(self, *_: Any, **__: Any) -> HttpResponse:
        """Show the form with the present address."""
        return self.shown(self.form(initial={"email": getattr(self.request.user, "email", "")}))

    def more(self) -> dict[str, Any]:
        """Return the present address."""
        return {"shows_address": True}

    def done(self, said: dict[str, Any]) -> HttpResponse:
        """Change it."""
        accounts.change_address(self.request.user, said["email"], said["password"])
        messages.success(self.request, gettext("Your e-mail address is saved."))
        return redirect(self.get_success_url())


class Forgotten(FormPage):
    """Ask for a link by mail."""

    form = account_forms.ForgottenForm
    title = gettext_lazy("Forgotten password")
    pace = "register"

    def done(self, said: dict[str, Any]) -> HttpResponse:
        """Say the same, whether anybody has the address."""
        accounts.ask_for_new_password(said["email"], wall_now())
        told = gettext("If an account has this address, a link is on its way. It holds for an hour.")
        messages.info(self.request, told)
        return redirect("sign_in")


class NewPassword(FormPage):
    """Choose a password by a link that came by mail."""

    form = account_forms.NewPasswordForm
    title = gettext_lazy("Choose a new password")
    pace = "register"

    def done(self, said: dict[str, Any]) -> HttpResponse:
        """Set it."""
        accounts.set_password_by_mail(self.kwargs["uid"], self.kwargs["token"], said["new"])
        return _signed_out(self.request, gettext("Your password is set. Sign in with it."))


def qr_of(text: str) -> str:
    """Return a text as a QR code (ISO/IEC 18004): an SVG element without styles of its own."""
    return segno.make_qr(text, error="m").svg_inline(border=4, omitsize=True)


@method_decorator(login_required, name="dispatch")
class SecondFactor(FormPage):
    """Set up a second factor, or take it away."""

    title = gettext_lazy("Second factor")
    button = gettext_lazy("Confirm")

    @property
    def form(self) -> type[forms.Form]:  # type: ignore[override]
        """The form for what is next."""
        has_one = second_factor.has_second_factor(self.request.user)
        return account_forms.TurnOffForm if has_one else account_forms.CodeForm

    def more(self) -> dict[str, Any]:
        """Return the secret that waits to be confirmed."""
        user = self.request.user
        if second_factor.has_second_factor(user):
            return {"enrolled": True}
        secret = second_factor.begun(user)
        return {
            "secret": secret,
            "picture": qr_of(secret.uri),
            "must": second_factor.must_enrol_first(user),
        }

    def done(self, said: dict[str, Any]) -> HttpResponse:
        """Let the secret hold and show the codes for paper, or take it away."""
        if second_factor.has_second_factor(self.request.user):
            second_factor.turn_off(self.request.user, said["password"], said["code"])
            return _signed_out(self.request, gettext("Your second factor is off. Sign in again."))
        codes = second_factor.confirm(self.request.user, said["code"])
        logout(self.request)
        return render(self.request, "web/backup_codes.html", {"codes": codes})


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show what one can do with one's own account."""
    told = {"has_second_factor": second_factor.has_second_factor(request.user)}
    return render(request, "web/account.html", told)


@method_decorator(login_required, name="dispatch")
class SignOutEverywhere(View):
    """End every sign-in of the person."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """End them, this one too."""
        accounts.end_sign_ins(request.user)
        return _signed_out(request, gettext("You are signed out everywhere."))


def _signed_out(request: HttpRequest, told: str) -> HttpResponse:
    logout(request)
    messages.info(request, told)
    return redirect("sign_in")
