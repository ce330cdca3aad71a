"""Why the database did not do something: because it cannot now, which passes, or because of a mistake of ours."""

import sqlite3
from enum import Enum

from django.db import DatabaseError, InterfaceError, OperationalError


class Trouble(Enum):
    BUSY = "busy"  # others write, and it was not waited for any longer
    FULL = "full"  # there is no room on its disk
    AWAY = "away"  # it does not answer, or can neither be read nor written


SQLITE = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_PROTOCOL: Trouble.BUSY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_IOERR: Trouble.AWAY,
    sqlite3.SQLITE_READONLY: Trouble.AWAY,
    sqlite3.SQLITE_CANTOPEN: Trouble.AWAY,
}
# PostgreSQL's codes, or how they begin (its documentation, appendix A); the longer one tells more.
POSTGRESQL = {
    "40": Trouble.BUSY,  # deadlock, serialization
    "55P03": Trouble.BUSY,  # a lock was not waited for
    "57014": Trouble.BUSY,  # statement_timeout
    "53": Trouble.BUSY,  # connections, memory
    "53100": Trouble.FULL,
    "08": Trouble.AWAY,
    "57P": Trouble.AWAY,  # it is stopped, or starts
    "58": Trouble.AWAY,  # its disk fails
    "25006": Trouble.AWAY,  # it only reads: a standby
}


def trouble(error: BaseException | None) -> Trouble | None:
    """What is the matter with the database; None if it did not fail, or by something that will not pass by itself.

    The error may have led to another one: a session that could not be written, to one that says it was deleted.
    """
    while error is not None and not isinstance(error, DatabaseError | InterfaceError):
        error = error.__context__
    return trouble_of(error) if error else None


def trouble_of(error: DatabaseError | InterfaceError) -> Trouble | None:
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        return SQLITE.get(code & 0xFF) if code is not None else None
    code = getattr(cause, "pgcode", None)
    if code is None:  # there is no connection, or it was lost
        return Trouble.AWAY if isinstance(error, OperationalError | InterfaceError) else None
    return next((POSTGRESQL[code[:length]] for length in (5, 3, 2) if code[:length] in POSTGRESQL), None)
