"""Numbering: what has committed gets the next numbers of the log, without gaps, and visible in order."""

from typing import Any

from django.db import connection, transaction
from django.db.models import F

from tracker.models import LogState, Notification, new_log_id

PIECE = 500  # rows that one pass takes


def number_pending() -> list[Notification]:
    """Give the next numbers to at most 500 pending rows, in the order of their ids, and return them in that order.

    The lock on the ``LogState`` row makes numbers gapless and visible in order. Numbering after the commit, instead of
    taking a sequence's value in the transaction, is what keeps a row that commits late from being skipped by readers.
    """
    if connection.vendor == "postgresql":
        columns = answer_to(LOCK_AND_NUMBER, new_log_id(), PIECE)
    else:
        with transaction.atomic():  # which is the lock
            LogState.objects.get_or_create(pk=1)
            columns = answer_to(NUMBER, PIECE)
            if columns:
                LogState.objects.filter(pk=1).update(last=F("last") + len(columns))
    rows = [Notification(id=i, seq=s, audience=a, type=t, body=b, created=c) for i, s, a, t, b, c in columns]
    return sorted(rows, key=lambda row: row.seq or 0)


def is_anything_pending() -> bool:
    return bool(answer_to("SELECT 1 FROM tracker_notification WHERE seq IS NULL LIMIT 1"))


def answer_to(sql: str, *parameters: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


# SQLite takes no alias in RETURNING, and PostgreSQL no ambiguous name: hence the other names in the subquery.
NUMBER = """
    UPDATE tracker_notification SET seq = pending.number
    FROM (
        SELECT n.id AS pending_id, s.last + row_number() OVER (ORDER BY n.id) AS number
        FROM tracker_notification n, tracker_logstate s
        WHERE n.seq IS NULL AND s.id = 1 ORDER BY n.id LIMIT %s
    ) AS pending
    WHERE id = pending.pending_id
    RETURNING id, seq, audience, type, body, created
"""
# For PostgreSQL all in one journey. Several statements, and not one: each sees what has committed when it begins. The
# lock must find a row, or it locks nothing; and the last must see what others have numbered while this waited for the
# lock. They are one transaction, because psycopg2 sends them in one simple query (PostgreSQL, "Multiple Statements in a
# Simple Query"). The insertion writes nothing where the row is there, which is always but once.
LOCK_AND_NUMBER = f"""
    INSERT INTO tracker_logstate (id, log_id, last, floor) VALUES (1, %s, 0, 1) ON CONFLICT (id) DO NOTHING;
    SELECT last FROM tracker_logstate WHERE id = 1 FOR UPDATE;
    WITH numbered AS ({NUMBER}), moved AS (
        UPDATE tracker_logstate SET last = last + (SELECT count(*) FROM numbered)
        WHERE id = 1 AND EXISTS (SELECT 1 FROM numbered)
    )
    SELECT * FROM numbered
"""
