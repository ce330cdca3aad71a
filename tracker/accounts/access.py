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
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from tracker.models import AccessState

PERMISSION = "tracker.view_incident"


class Subscriber(NamedTuple):
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
    """Whose these sessions are, by session key; one that signs nobody in (any more) is missing. Two queries."""
    stored = {
        session.session_key: session.get_decoded()
        for session in Session.objects.filter(session_key__in=set(sessions), expire_date__gt=timezone.now())
    }
    named = {key: user_of(session) for key, session in stored.items()}
    people = {user.pk: user for user in active_people({pk for pk in named.values() if pk is not None})}
    return {
        key: Rights(people[pk].pk, people[pk].may_watch)
        for key, pk in named.items()
        if pk in people and is_signed_in(people[pk], stored[key])
    }


def active_people(pks: Collection[int]) -> QuerySet:
    """Those of these accounts that are active, each with ``may_watch``.

    What ``User.objects.with_perm()`` answers, but that reads the whole table of memberships for every person.
    """
    accounts = get_user_model()
    by_group = accounts.groups.through.objects.filter(user=OuterRef("pk"), **permission("group__permissions"))
    of_their_own = accounts.user_permissions.through.objects.filter(user=OuterRef("pk"), **permission("permission"))
    may_watch = Q(is_superuser=True) | Exists(by_group) | Exists(of_their_own)
    return accounts.objects.filter(pk__in=pks, is_active=True).annotate(may_watch=may_watch).only("password")


def permission(path: str) -> dict[str, str]:
    """The lookups that find the permission to watch along this path."""
    app_label, codename = PERMISSION.split(".")
    return {f"{path}__content_type__app_label": app_label, f"{path}__codename": codename}


def signed_out_and_forbidden(subscribers: Collection[Subscriber]) -> tuple[set[Subscriber], set[Subscriber]]:
    """Those who are no longer signed in, and those who are but may not watch any more."""
    rights = rights_of({subscriber.session for subscriber in subscribers})
    signed_out = {w for w in subscribers if w.session not in rights or rights[w.session].user != w.user}
    return signed_out, {w for w in set(subscribers) - signed_out if not rights[w.session].may_watch}


def user_of(session: dict) -> int | None:
    """The key of the user that a stored session names."""
    try:
        return get_user_model()._meta.pk.to_python(session.get(SESSION_KEY))
    except ValidationError:
        return None


def is_signed_in(user: User, session: dict) -> bool:
    """Whether this stored session, which names this user, was signed in with the password as it is now."""
    hashes = [user.get_session_auth_hash()]
    if settings.SECRET_KEY_FALLBACKS:
        hashes += user.get_session_auth_fallback_hash()
    return any(constant_time_compare(session.get(HASH_SESSION_KEY, ""), each) for each in hashes)
