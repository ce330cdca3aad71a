"""What strangers are told of an incident instead of its name: nobody typed that for them.

Adding the column is quick, as in 0013. What is open, was reported by a stranger, and is still as they wrote it, goes on
being shown to strangers by its name.
"""

from django.db import migrations, models

COLUMN = "public_title"
AS_REPORTED = """
    UPDATE tracker_incident SET public_title = name
    WHERE NOT closed AND source = 'public' AND reported_by_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM tracker_change c
        WHERE c.subject = 'incident' AND c.number = tracker_incident.id AND c.kind NOT IN ('created', 'reported')
    )
"""


class Migration(migrations.Migration):
    dependencies = [("tracker", "0015_undo_and_rough_places")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField(
                    "incident",
                    COLUMN,
                    models.CharField("what strangers read", max_length=150, blank=True, default="", db_default=""),
                )
            ],
            database_operations=[
                migrations.RunSQL(
                    [f"ALTER TABLE tracker_incident ADD COLUMN {COLUMN} varchar(150) DEFAULT '' NOT NULL"],
                    [f"ALTER TABLE tracker_incident DROP COLUMN {COLUMN}"],
                )
            ],
        ),
        migrations.RunSQL(AS_REPORTED, migrations.RunSQL.noop),
    ]
