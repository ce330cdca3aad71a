"""How long a sign-in lasts: a watch that is in use prolongs it, up to ``SESSION_LONGEST`` after it began (ADR 68)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.utils import timezone

BEGAN = "_signed_in_at"  # in the session, as time.time()
WORTH_WRITING = timedelta(hours=1)  # a session that would last less longer is not written again


class Length(NamedTuple):
    ends: datetime  # unless it is prolonged
    last: datetime  # and it cannot be prolonged beyond this


def begin(session: SessionBase) -> None:
    """Somebody has just signed in: whatever was there before, it lasts from now on."""
    session[BEGAN] = timezone.now().timestamp()
    session.set_expiry(None)


def prolong(session: SessionBase) -> Length:
    """Have it end ``SESSION_COOKIE_AGE`` from now, but not after the last moment; when it does."""
    now, age = timezone.now(), timedelta(seconds=settings.SESSION_COOKIE_AGE)
    if BEGAN not in session:  # it is older than this rule
        session[BEGAN] = now.timestamp()
    began = datetime.fromtimestamp(session[BEGAN], tz=now.tzinfo)
    stored = Session.objects.filter(session_key=session.session_key).values_list("expire_date", flat=True).first()
    ends = stored or now
    last = max(ends, began + timedelta(seconds=settings.SESSION_LONGEST))
    wanted = min(now + age, last)
    if wanted - ends >= min(WORTH_WRITING, age / 10):
        session.set_expiry(wanted)
        ends = wanted
    return Length(ends, last)
