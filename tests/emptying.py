"""Empties the database after a test that commits: only the tables that have rows, without making them anew.

Django's ``flush`` truncates all tables and then stores every permission again, which takes longer than most tests.
What it stores again is left here; everything else is gone, groups too.
"""

from django.db import connections, transaction
from django.test import TransactionTestCase

STAY = ("django_content_type", "auth_permission")
STORED_BY_MIGRATE: dict[str, tuple[int, ...]] = {}
flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def begin() -> None:
    TransactionTestCase._fixture_teardown = empty_all  # type: ignore[attr-defined]


def empty_all(case: TransactionTestCase) -> None:
    if case.available_apps is not None or case.serialized_rollback or set(connections) != {"default"} or not empty():
        flush(case)


def empty() -> bool:
    """Whether it could be done: not when a test has taken away, or added, what stays."""
    connection = connections["default"]
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    names = {name: connection.ops.quote_name(name) for name in tables}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {names[name]})" for name in STAY))
        counted = cursor.fetchone()
        if counted != STORED_BY_MIGRATE.setdefault(connection.settings_dict["NAME"], counted):
            return False
        with_rows = [
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {names[name]})" for name in names if name not in STAY
        ]
        cursor.execute(" UNION ALL ".join(with_rows))
        full = [name for (name,) in cursor.fetchall()]
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET LOCAL session_replication_role = replica"
            )  # no triggers: the audit record lets nothing go
        for name in full:
            cursor.execute(f"DELETE FROM {names[name]}")
    return True
