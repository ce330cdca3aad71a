"""Signing in and out, and passwords: Django's views, with links in mail made from ``BASE_URL``."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView, PasswordResetView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tracker.background import errands


class SignInView(LoginView):
    redirect_authenticated_user = True

    def form_valid(self, form):
        response = super().form_valid(form)
        errands.send("clear_sessions")  # may be lost: what is periodic does it as well
        return response


class ResetPasswordView(PasswordResetView):
    """The mail links to the configured site, whatever Host the request named."""

    extra_email_context = {
        "domain": urlsplit(settings.BASE_URL).netloc,
        "protocol": urlsplit(settings.BASE_URL).scheme,
        "site_name": "Tracker",
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """A link asks first; the button signs out."""
    if request.method != "POST":
        return render(request, "registration/sign_out.html") if request.user.is_authenticated else redirect("login")
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)
