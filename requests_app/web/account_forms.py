"""Forms of accounts: what is asked, and nothing of what follows from it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from requests_app.exercises.second_factor import device_of_code, has_second_factor
from requests_app.web.forms import PageForm

PASSWORD_AT_MOST = 200


def code_field(**said: Any) -> forms.CharField:
    """Return a field for a code of the second factor."""
    shown = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"})
    return forms.CharField(label=_("Code"), max_length=32, widget=shown, **said)


def password_field(label: Any, autocomplete: str, **said: Any) -> forms.CharField:
    """Return a field for a password, taken as it is typed."""
    shown = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=PASSWORD_AT_MOST, strip=False, widget=shown, **said)


class SignInForm(AuthenticationForm):
    """Name, password, and the code of those who have a second factor."""

    code = code_field(required=False)

    def confirm_login_allowed(self, user: Any) -> None:
        """Let a person in whose code fits, where they have one."""
        super().confirm_login_allowed(user)
        if not has_second_factor(user):
            return
        code = self.cleaned_data.get("code", "")
        if not code:
            raise forms.ValidationError(_("This account needs its code."), code="code_needed")
        user.otp_device = device_of_code(user, code)
        if user.otp_device is None:
            raise self.get_invalid_login_error()


class PasswordForm(PageForm):
    """The password and the one that shall take its place."""

    old = password_field(_("Current password"), "current-password")
    new = password_field(_("New password"), "new-password")


class AddressForm(PageForm):
    """Where mail goes, and the password without which nobody changes it."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_("Leave it empty to have no mail, and no new password by mail."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = password_field(_("Password"), "current-password")


class ForgottenForm(PageForm):
    """The address of an account."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("A link comes by mail, where an account has this address."),
    )


class NewPasswordForm(PageForm):
    """A password, by a link that came by mail."""

    new = password_field(_("New password"), "new-password")


class JoinForm(PageForm):
    """A code for a seat, of somebody who is signed in."""

    code = forms.CharField(
        label=_("Code"),
        max_length=60,
        help_text=_("Four groups of four letters and figures, from your trainer."),
    )


class RegisterForm(JoinForm):
    """A code for a seat, and who takes it: a name of their own, or a guest."""

    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        help_text=_(
            "Letters and figures without blanks, like nguyen.van.an. Leave it out to join as a guest."
        ),
    )
    password = password_field(_("Password"), "new-password", required=False, help_text=_("With a name only."))


class CodeForm(PageForm):
    """The code that the app shows."""

    code = code_field()


class TurnOffForm(CodeForm):
    """Password and code."""

    password = password_field(_("Password"), "current-password")
