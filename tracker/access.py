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
from django.core.exceptions import ValidationError
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


class Rights(NamedTuple):
    """Whose a session is, and whether that person may watch."""

    user: int
    may_watch: bool


def note_change() -> None:
    """Have every hub ask again, as soon as the transaction that is open has committed."""
    if not AccessState.objects.filter(pk=1).update(version=F("version") + 1):
        AccessState.objects.get_or_create(pk=1)


def version() -> int:
    return AccessState.objects.filter(pk=1).values_list("version", flat=True).first() or 0


def rights_of(sessions: Collection[str]) -> dict[str, Rights]:
    """Whose these sessions are, by session key; one that signs nobody in (any more) is missing. Three queries."""
    stored = {
        session.session_key: session.get_decoded()
        for session in Session.objects.filter(session_key__in=set(sessions), expire_date__gt=timezone.now())
    }
    people = {pk for pk in (user_of(session) for session in stored.values()) if pk is not None}
    accounts = get_user_model().objects
    active = {user.pk: user for user in accounts.filter(pk__in=people, is_active=True)}
    permitted = set(accounts.with_perm(PERMISSION, backend=BACKEND).filter(pk__in=people).values_list("pk", flat=True))
    rights = {}
    for key, session in stored.items():
        user = active.get(user_of(session) or 0)
        if user and is_signed_in(user, session):
            rights[key] = Rights(user.pk, user.pk in permitted)
    return rights


def signed_out_and_forbidden(watchers: Collection[Watcher]) -> tuple[set[Watcher], set[Watcher]]:
    """Those who are no longer signed in, and those who are but may not watch any more."""
    rights = rights_of({watcher.session for watcher in watchers})
    signed_out = {w for w in watchers if w.session not in rights or rights[w.session].user != w.user}
    return signed_out, {w for w in set(watchers) - signed_out if not rights[w.session].may_watch}


def user_of(session: dict) -> int | None:
    """The key of the user that a stored session names."""
    try:
        return get_user_model()._meta.pk.to_python(session.get(SESSION_KEY))
    except ValidationError:
        return None


def is_signed_in(user, session: dict) -> bool:
    """Whether this stored session, which names this user, was signed in with the password as it is now."""
    hashes = [user.get_session_auth_hash()]
    if settings.SECRET_KEY_FALLBACKS:
        hashes += user.get_session_auth_fallback_hash()
    return any(constant_time_compare(session.get(HASH_SESSION_KEY, ""), each) for each in hashes)
