"""Changing a password asks for the old one: whoever sits at a session that somebody left open does not guess it there.

Failures are counted for the session, as often as they are for a name at sign-in (sign_in.py): in another browser its
owner is not held up. Each is counted before it is looked at, so that those that are sent at once are all counted.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from tracker.accounts.sign_in import minutes
from tracker.lib.request import rate_limit

COUNTED = "old password"


class ChangePasswordForm(PasswordChangeForm):
    """Django's, which says how long to wait."""

    wait_s = 0  # set when it was refused for failures before

    def __init__(self, *args: Any, session: SessionBase, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.session = session

    def clean_old_password(self) -> str:
        counted = (digest_of(self.session), COUNTED, rate())
        self.wait_s = rate_limit.seconds_to_wait(*counted)
        if self.wait_s:
            raise ValidationError(must_wait(self.wait_s), code="locked")
        old = super().clean_old_password()
        rate_limit.forget(*counted)
        return old


def rate() -> str:
    return f"{settings.AXES_FAILURE_LIMIT}/{int(settings.AXES_COOLOFF_TIME.total_seconds())} seconds"


def digest_of(session: SessionBase) -> str:
    """A name for the session that is good for nothing else: Redis, which counts, need not know its key."""
    return salted_hmac("tracker.accounts.old_password", session.session_key or "", algorithm="sha256").hexdigest()[:32]


def must_wait(wait_s: int) -> str:
    sentence = ngettext(
        "The old password was wrong too often. Please try again in a minute.",
        "The old password was wrong too often. Please try again in %(count)d minutes.",
        minutes(wait_s),
    )
    return sentence % {"count": minutes(wait_s)}
