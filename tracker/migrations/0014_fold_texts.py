"""Fold the texts of the rows that there are, piece by piece: people go on writing, and what was cut short goes on.

Then the index that finds any part of a word. It needs PostgreSQL's extension pg_trgm, which the owner of a database may
make; where that cannot be, and on SQLite, a search reads the column.
"""

import logging

from django.db import DatabaseError, migrations, transaction

from tracker.lib.folding import folded, sort_key

PIECE = 1000  # rows
logger = logging.getLogger("tracker")


def of_incident(name, place, description):
    return "\n".join(folded(text) for text in (name, place, description)), sort_key(name), sort_key(place)


# Model, the texts, the columns that come of them, and how.
TABLES = (
    ("Incident", ("name", "place", "description"), ("search_text", "name_key", "place_key"), of_incident),
    ("AreaOfInterest", ("name",), ("name_key",), lambda name: (sort_key(name),)),
    ("Alert", ("incident_name", "area_name"), ("incident_key", "area_key"), lambda *names: tuple(map(sort_key, names))),
)


def fold(apps, schema_editor):
    connection = schema_editor.connection
    for model_name, texts, columns, keys_of in TABLES:
        model = apps.get_model("tracker", model_name)
        table, first = model._meta.db_table, columns[0]
        setting = ", ".join(f"{column} = v.column{n}" for n, column in enumerate(columns, 2))
        values = f"({', '.join(['%s'] * (1 + len(columns)))})"
        rows, last = model.objects.filter(**{first: ""}).order_by("pk"), 0
        while piece := list(rows.filter(pk__gt=last).values_list("pk", *texts)[:PIECE]):
            parameters = [value for pk, *said in piece for value in (pk, *keys_of(*said))]
            # Not what somebody has written meanwhile.
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE {table} SET {setting} FROM (VALUES {', '.join([values] * len(piece))}) AS v "
                    f"WHERE {table}.id = v.column1 AND {table}.{first} = ''",
                    parameters,
                )
            last = piece[-1][0]


def index(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        logger.warning("Searching incidents goes without an index, for pg_trgm cannot be made: %s", error)
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX CONCURRENTLY IF EXISTS incident_search")  # one that was cut short
        cursor.execute(
            "CREATE INDEX CONCURRENTLY incident_search ON tracker_incident USING gin (search_text gin_trgm_ops)"
        )


def drop_index(apps, schema_editor):
    """On SQLite what was made after the migrations (text_index.py): its triggers hold the column that 0013 takes."""
    schema_editor.execute("DROP INDEX IF EXISTS incident_search")
    if schema_editor.connection.vendor == "sqlite":
        for event in ("insert", "update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS tracker_incident_text_{event}")
        schema_editor.execute("DROP TABLE IF EXISTS tracker_incident_text")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tracker", "0013_search_keys")]

    operations = [
        migrations.RunPython(fold, migrations.RunPython.noop),
        migrations.RunPython(index, drop_index),
    ]
