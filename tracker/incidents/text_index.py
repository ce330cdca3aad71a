"""On SQLite: an index of what incidents say, which finds any part of a word (FTS5 with trigrams), kept by triggers.

PostgreSQL's is made by a migration. This one is looked after whenever migrations have run: to change a table SQLite's
schema editor makes it anew, and the triggers go with the old one. Without FTS5, or for fewer than three letters, a
search reads the column.
"""

import logging
from functools import cache
from typing import Any

from django.apps import AppConfig
from django.db import DatabaseError, connection, connections, transaction
from django.db.models.expressions import RawSQL

TABLE, INDEX = "tracker_incident", "tracker_incident_text"
LEAST_LETTERS = 3
ADD = f"INSERT INTO {INDEX}(rowid, search_text) VALUES (new.id, new.search_text)"
REMOVE = f"INSERT INTO {INDEX}({INDEX}, rowid, search_text) VALUES ('delete', old.id, old.search_text)"
TRIGGERS = {
    f"{INDEX}_insert": f"AFTER INSERT ON {TABLE} BEGIN {ADD}; END",
    f"{INDEX}_delete": f"AFTER DELETE ON {TABLE} BEGIN {REMOVE}; END",
    f"{INDEX}_update": f"AFTER UPDATE OF search_text ON {TABLE} WHEN old.search_text <> new.search_text "
    f"BEGIN {REMOVE}; {ADD}; END",
}
logger = logging.getLogger(__name__)


def make(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Make what is missing of it, after ``migrate``, where that has made the column."""
    database = connections[using]
    if database.vendor != "sqlite":
        return
    try:
        with transaction.atomic(using=using), database.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM pragma_table_info('{TABLE}') WHERE name = 'search_text'")
            if not cursor.fetchall() or {INDEX, *TRIGGERS} <= names(cursor):
                return
            cursor.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} "
                f"USING fts5(search_text, content='{TABLE}', content_rowid='id', tokenize='trigram')"
            )
            for name, does in TRIGGERS.items():
                cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {does}")
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')")
    except DatabaseError as error:
        logger.warning("Searching incidents goes without an index: %s", error)
    is_there.cache_clear()


def names(cursor: Any) -> set[str]:
    cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE %s", [f"{INDEX}%"])
    return {name for (name,) in cursor.fetchall()}


@cache
def is_there() -> bool:
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        return {INDEX, *TRIGGERS} <= names(cursor)


def numbers_with(word: str) -> RawSQL | None:
    """The numbers of the incidents that say this, to be used with ``__in``; None where the index cannot tell."""
    if len(word) < LEAST_LETTERS or not is_there():
        return None
    return RawSQL(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s", [f'"{word}"'])
