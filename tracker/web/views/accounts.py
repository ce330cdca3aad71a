"""Signing in and out, and passwords: Django's views, with links in mail made from ``BASE_URL``.

Who has shown who they are is known in this browser from then on (accounts/device_cookie.py).
"""

import unicodedata
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.views import (
    LoginView,
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetView,
    redirect_to_login,
)
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tracker.accounts import device_cookie
from tracker.accounts.mail_later import mails
from tracker.accounts.old_password import ChangePasswordForm
from tracker.accounts.sign_in import SignInForm, minutes
from tracker.jobs import fire_and_forget
from tracker.lib.request import rate_limit
from tracker.web.views.sender import sender_of


class SignInView(LoginView):
    form_class = SignInForm

    @property
    def redirect_authenticated_user(self) -> bool:  # type: ignore[override]
        """Who is signed in has no business here, unless it is to sign in ``again`` before that ends."""
        return "again" not in self.request.GET

    def get_redirect_url(self, *args, **kwargs) -> str:
        """What was asked for, as Django has measured it, without the blanks around it.

        But never this page itself: who is signed in would be led in a circle.
        """
        asked = super().get_redirect_url(*args, **kwargs).strip()
        return "" if asked == self.request.path else asked

    def form_valid(self, form):
        response = super().form_valid(form)
        device_cookie.remember(self.request, response, form.get_user())
        fire_and_forget.send("clear_sessions")  # may be lost: what is periodic does it as well
        return response

    def form_invalid(self, form):
        """429 for who has failed too often, with the name as it was typed."""
        return with_wait(super().form_invalid(form), form.wait_s)


def with_wait(response: HttpResponse, wait_s: int) -> HttpResponse:
    """The same page, but 429 if this person has to wait."""
    if wait_s:
        response.status_code = 429
        response["Retry-After"] = str(wait_s)
    return response


@never_cache
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The administration has no door of its own: what guards this site's guards it, too."""
    if request.user.is_authenticated and not admin.site.has_permission(request):
        raise PermissionDenied
    asked = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
    return redirect_to_login(asked, settings.LOGIN_URL)


class ChangePasswordView(PasswordChangeView):
    form_class = ChangePasswordForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"session": self.request.session}

    def form_invalid(self, form):
        return with_wait(super().form_invalid(form), form.wait_s)

    def form_valid(self, form):
        with transaction.atomic():  # together with what the audit record says of it
            response = super().form_valid(form)
        device_cookie.remember(self.request, response, form.user)
        return response


class SetPasswordView(PasswordResetConfirmView):
    """Where the mail's link leads."""

    def form_valid(self, form):
        with transaction.atomic():
            response = super().form_valid(form)
        device_cookie.remember(self.request, response, form.user)
        return response


class ResetPasswordForm(PasswordResetForm):
    """Django's; but it looks for accounts, and sends, after the answer: who has one is not to be told by a clock."""

    def save(self, **options):  # type: ignore[override]
        mails.send(partial(super().save, **options))


class ResetPasswordView(PasswordResetView):
    """The mail links to the configured site, whatever Host the request named.

    Requests are counted by who asks, and by the address that was typed. Of the latter nobody is told: the page is the
    same whether a mail was sent or not.
    """

    form_class = ResetPasswordForm
    extra_email_context = {
        "domain": urlsplit(settings.BASE_URL).netloc,
        "protocol": urlsplit(settings.BASE_URL).scheme,
        "site_name": "Tracker",
    }

    def form_valid(self, form):
        wait_s = rate_limit.seconds_to_wait(sender_of(self.request), "password reset", settings.PASSWORD_RESET_RATE)
        if wait_s:
            form.add_error(None, asked_too_often(wait_s))
            return with_wait(self.render_to_response(self.get_context_data(form=form)), wait_s)
        to = unicodedata.normalize("NFKC", form.cleaned_data["email"]).casefold()  # as Django compares them
        if rate_limit.seconds_to_wait(to, "password reset mail", settings.PASSWORD_RESET_MAIL_RATE):
            return redirect(self.get_success_url())
        return super().form_valid(form)


def asked_too_often(wait_s: int) -> str:
    sentence = ngettext(
        "Too many such mails were asked for from your connection. Please try again in a minute.",
        "Too many such mails were asked for from your connection. Please try again in %(count)d minutes.",
        minutes(wait_s),
    )
    return sentence % {"count": minutes(wait_s)}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """A link asks first; the button signs out."""
    if request.method != "POST":
        return render(request, "registration/sign_out.html") if request.user.is_authenticated else redirect("login")
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)
