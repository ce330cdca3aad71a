"""Who may watch, and noticing when that changes.

A socket's user is looked up once, when it opens. So whatever may end somebody's right to watch (signing out, a changed
password or permission, a disabled account) raises a version number in the database, in its own transaction; every hub
looks at it once a second, and asks again about the people behind its sockets when it has changed. What sends no signal
(an expired session, ``queryset.update()``) is found by asking again every half minute anyway.
"""

from collections.abc import Collection
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from .models import AccessState

PERMISSION = "tracker.view_incident"
BACKEND = "django.contrib.auth.backends.ModelBackend"


class Watcher(NamedTuple):
    """The person behind a socket, and the session that it was opened with."""

    user: int
    session: str


def note_change() -> None:
    """Have every hub ask again, as soon as the transaction that is open has committed."""
    if not AccessState.objects.filter(pk=1).update(version=F("version") + 1):
        AccessState.objects.get_or_create(pk=1)


def version() -> int:
    return AccessState.objects.filter(pk=1).values_list("version", flat=True).first() or 0


def signed_out_and_forbidden(watchers: Collection[Watcher]) -> tuple[set[Watcher], set[Watcher]]:
    """Those who are no longer signed in, and those who are but may not watch any more. Three queries."""
    people, accounts = {watcher.user for watcher in watchers}, get_user_model().objects
    active = {user.pk: user for user in accounts.filter(pk__in=people, is_active=True)}
    permitted = set(accounts.with_perm(PERMISSION, backend=BACKEND).filter(pk__in=people).values_list("pk", flat=True))
    sessions = Session.objects.filter(
        session_key__in={watcher.session for watcher in watchers}, expire_date__gt=timezone.now()
    )
    stored = {session.session_key: session.get_decoded() for session in sessions}
    signed_out = {
        watcher
        for watcher in watchers
        if watcher.user not in active or not is_signed_in(active[watcher.user], stored.get(watcher.session, {}))
    }
    return signed_out, {watcher for watcher in watchers if watcher.user not in permitted} - signed_out


def is_signed_in(user, session: dict) -> bool:
    """Whether this stored session is this user's, with the password as it is now."""
    if session.get(SESSION_KEY) != str(user.pk):
        return False
    hashes = [user.get_session_auth_hash()]
    if settings.SECRET_KEY_FALLBACKS:
        hashes += user.get_session_auth_fallback_hash()
    return any(constant_time_compare(session.get(HASH_SESSION_KEY, ""), each) for each in hashes)
