"""Whose session a cookie is, as far as it matters for how much its sender may take: answered on the event loop.

Nobody is let in by it: that the pages and the socket decide, by what the database says at that moment. Those who ask
together are looked up together, and what was found is good for a while.
"""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.http import parse_cookie

from tracker.accounts import access
from tracker.accounts.session_store import is_key
from tracker.live.admission import Admission

logger = logging.getLogger(__name__)

KEPT_S = 60.0
KEPT = 10_000  # sessions
PATIENCE_S = 5.0


def look_up(sessions: list[str]) -> dict[str, access.Rights]:
    return access.rights_of(sessions)


# A thread of its own: the hub's reads share one, and a request waits for neither.
asked = database_sync_to_async(look_up, thread_sensitive=False, executor=ThreadPoolExecutor(1, "sessions"))


class KnownSessions:
    def __init__(self) -> None:
        self.admission = Admission(asked)
        self.found: dict[str, tuple[int, float]] = {}  # the account, and until when that is good

    async def account_of(self, cookies: str) -> int | None:
        """The account that this Cookie header signs in; None if it signs in nobody, or it cannot be told."""
        session = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
        if not is_key(session):
            return None
        account, until = self.found.get(session, (None, 0.0))
        if until > time.monotonic():
            return account
        try:
            async with asyncio.timeout(PATIENCE_S):
                rights = await self.admission.ask(session)
        except Exception as error:
            logger.warning("Whose session a request has could not be looked up: %r", error)
            return None
        if rights is None:
            self.found.pop(session, None)
            return None
        if len(self.found) >= KEPT:
            self.found.clear()
        self.found[session] = rights.user, time.monotonic() + KEPT_S
        return rights.user

    async def account_in(self, scope: dict[str, Any]) -> int | None:
        """As ``account_of``, of an ASGI scope."""
        return await self.account_of(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))


known_sessions = KnownSessions()
