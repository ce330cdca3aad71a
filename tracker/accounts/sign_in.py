"""Signing in, and who has to wait for it because of failures.

Two bounds, each for its own: a name from one address (django-axes, in the database), so that a stranger who guesses
keeps nobody from signing in who is elsewhere; and an address, whatever the names that it tries (rate_limit.py). An
address that has to wait is refused before any password is looked at.

Passwords from one address are looked at one after the other. Guesses that are sent at once would otherwise all be let
through before the first of them has failed; and who is right, but sends the form twice, is not taken for one who
guesses, as they would be if each had to be counted before it is looked at.

A person who has signed in from this browser before (device_cookie.py) is held up by neither: this browser's failures
with that name count for themselves, and for nobody else, wherever it is.
"""

import math
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.accounts import device_cookie
from tracker.audit import record
from tracker.lib import named_lock
from tracker.lib.request import rate_limit
from tracker.lib.request.client_address import counted_address

COUNTED = "sign-in"
PATIENCE_S = 30.0  # how long a sign-in may wait for those before it from the same address
BUSY_S = 60  # after how many seconds who had to wait longer is asked to try again
KNOWN = " (known browser "  # between a name and that of the browser, where axes keeps both
NAME_LENGTH = get_user_model()._meta.get_field("username").max_length or 0


class SignInForm(AuthenticationForm):
    """Django's, which says how long to wait."""

    request: HttpRequest
    wait_s = 0  # set when it was refused for failures before

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username", "")
        self.refuse_who_must_wait(name)  # at once, and not after all who are before
        if len(name) > NAME_LENGTH:  # nobody's name, and axes has no room for it
            raise self.get_invalid_login_error()
        try:
            with named_lock.held(counted_as_one(self.request, name), PATIENCE_S):
                self.refuse_who_must_wait(name)
                cleaned = super().clean()
                self.look_again(name)
        except named_lock.Busy:
            self.wait_s = BUSY_S
            raise ValidationError(busy(), code="busy") from None
        return cleaned

    def refuse_who_must_wait(self, name: str) -> None:
        self.wait_s = 0 if device_cookie.known_as(self.request, name) else wait_of_address(self.request)
        if self.wait_s:
            raise ValidationError(address_must_wait(self.wait_s), code="locked")

    def look_again(self, name: str) -> None:
        """The password was right; but others may have failed meanwhile, in processes that do not hear of our lock."""
        self.refuse_who_must_wait(name)
        if self.user_cache and not AxesProxyHandler.is_allowed(self.request, {"username": name}):
            self.request.axes_locked_out = True  # type: ignore[attr-defined]
            raise self.get_invalid_login_error()

    def get_invalid_login_error(self) -> ValidationError:
        if not getattr(self.request, "axes_locked_out", False):
            return super().get_invalid_login_error()
        self.wait_s = wait_of_name(self.request, self.cleaned_data["username"])
        return ValidationError(name_must_wait(self.wait_s), code="locked")


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """For which name a failure counts, of a known browser with its own; axes asks here."""
    name = (request.POST if credentials is None else credentials).get("username")
    own = device_cookie.known_as(request, name) if name else ""
    return f"{name}{KNOWN}{own})" if own else name


def counted_together(request: HttpRequest, credentials: dict[str, Any] | None) -> list[list[str]]:
    """What of a failure axes goes by: a known browser is the same at every address."""
    name = (request.POST if credentials is None else credentials).get("username")
    return [["username"]] if name and device_cookie.known_as(request, name) else [["username", "ip_address"]]


def counted_as_one(request: HttpRequest, name: str) -> str:
    """Of which sign-ins one is looked at after the other: what a failure counts for, whatever the name."""
    known = counted_name(request, {"username": name}) if device_cookie.known_as(request, name) else None
    return f"{COUNTED} of {known}" if known else f"{COUNTED} from {counted_address(request) or 'no address'}"


def wait_of_address(request: HttpRequest) -> int:
    """After how many seconds this address may try again; 0: now."""
    return rate_limit.seconds_to_wait(counted_address(request) or "", COUNTED, settings.SIGN_IN_RATE, count=False)


def note_failure(request: HttpRequest, name: str) -> None:
    """Count a failure, which axes has counted for the name already, and keep it on record.

    What is refused while somebody is locked out is neither counted nor kept: a flood of it would be a flood of entries.
    """
    if getattr(request, "axes_failures_since_start", None) is None:
        return
    is_known = bool(device_cookie.known_as(request, name))
    entries = [record.entry_of(record.Action.SIGN_IN_FAILED, name=name)]
    if request.axes_locked_out:  # type: ignore[attr-defined]
        locked = "browser" if is_known else "name"
        entries.append(record.entry_of(record.Action.LOCKED_OUT, name=name, locked=locked))
    if not is_known:
        rate_limit.seconds_to_wait(counted_address(request) or "", COUNTED, settings.SIGN_IN_RATE)
        if wait_of_address(request):
            entries.append(record.entry_of(record.Action.LOCKED_OUT, name=name, locked="address"))
    record.write(entries)


def wait_of_name(request: HttpRequest, name: str) -> int:
    """After how many seconds this name, which is locked out, may try again from this address.

    axes has a row for each browser, and adds up those that are younger than the lock-out lasts.
    """
    credentials = {"username": name}
    attempts = AccessAttempt.objects.filter(username=counted_name(request, credentials))
    if counted_together(request, credentials) != [["username"]]:
        attempts = attempts.filter(ip_address=counted_address(request))
    now = until = timezone.now()
    failures = 0
    for at, count in attempts.order_by("-attempt_time").values_list("attempt_time", "failures_since_start"):
        failures, until = failures + count, at + settings.AXES_COOLOFF_TIME
        if failures >= settings.AXES_FAILURE_LIMIT:
            break
    return max(1, math.ceil((until - now).total_seconds()))


def busy() -> str:
    return _("Many are signing in from your connection just now. Please try again in a minute.")


def name_must_wait(wait_s: int) -> str:
    sentence = ngettext(
        "Signing in with this name has failed too often. Please try again in a minute.",
        "Signing in with this name has failed too often. Please try again in %(count)d minutes.",
        minutes(wait_s),
    )
    return sentence % {"count": minutes(wait_s)}


def address_must_wait(wait_s: int) -> str:
    sentence = ngettext(
        "Signing in has failed too often from your connection. Please try again in a minute.",
        "Signing in has failed too often from your connection. Please try again in %(count)d minutes.",
        minutes(wait_s),
    )
    return sentence % {"count": minutes(wait_s)}


def minutes(seconds: int) -> int:
    return -(-seconds // 60)
