"""Sessions in the database, as Django's own; but what cannot be a key is nobody's before the database sees it.

The key comes from a cookie, so it may be anything: also a NUL, which PostgreSQL takes for an error and not for a key
that it does not know.
"""

import re

from django.contrib.sessions.backends import db

KEY = re.compile(r"[a-z0-9]{8,40}")  # 32 of these as Django makes them; the column has room for 40


def is_key(text: str) -> bool:
    """Whether a session can have this key at all."""
    return KEY.fullmatch(text) is not None


class SessionStore(db.SessionStore):  # Django seals what is stored with the name of the class, so it must be this one
    def _validate_session_key(self, key: str | None) -> bool:
        """Django asks here whenever a key is set; one that is refused is as no cookie at all."""
        return is_key(key or "")
