"""Signed-in people, without their browsers: accounts, and sessions as signing in makes them."""

from datetime import timedelta
from pathlib import Path


def sign_in(count: int, cookies: Path) -> Path:
    """Make *count* accounts (Viewers) with a session each; writes a Cookie header a line to the file."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.auth.models import Group
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.db import connection
    from django.utils import timezone

    accounts = get_user_model()
    new = [accounts(username=f"viewer-{i}", password=f"!unusable-{i}") for i in range(count)]
    people = accounts.objects.bulk_create(new, batch_size=1000)
    membership = accounts.groups.through
    viewers = Group.objects.get(name="Viewer")
    membership.objects.bulk_create([membership(user=person, group=viewers) for person in people], batch_size=1000)
    store = SessionStore()
    expires = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    sessions = [
        Session(
            session_key=store._get_new_session_key(),  # type: ignore[attr-defined]  # the stubs leave it out
            session_data=store.encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1],
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
            expire_date=expires,
        )
        for person in people
    ]
    Session.objects.bulk_create(sessions, batch_size=1000)
    with connection.cursor() as cursor:  # as PostgreSQL does by itself before long
        for model in (accounts, membership, Session):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
    cookies.write_text("".join(f"{settings.SESSION_COOKIE_NAME}={s.session_key}\n" for s in sessions))
    return cookies
