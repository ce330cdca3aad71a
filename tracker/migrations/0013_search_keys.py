"""Columns for the folded texts that are searched and sorted by. Adding them is quick; 0014 fills them.

Django's AddField would copy the whole table on SQLite; both databases add a column with a constant default at once.
"""

from django.db import migrations, models

COLUMNS = {
    "incident": ("search_text", "name_key", "place_key"),
    "areaofinterest": ("name_key",),
    "alert": ("incident_key", "area_key"),
}


def add(model: str, name: str) -> migrations.SeparateDatabaseAndState:
    field = models.TextField(db_default="", default="", editable=False)
    return migrations.SeparateDatabaseAndState(
        state_operations=[migrations.AddField(model, name, field)],
        database_operations=[
            migrations.RunSQL(
                [f"ALTER TABLE tracker_{model} ADD COLUMN {name} text DEFAULT '' NOT NULL"],
                [f"ALTER TABLE tracker_{model} DROP COLUMN {name}"],
            )
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("tracker", "0012_rows_come_once")]

    operations = [
        *(add(model, name) for model, names in COLUMNS.items() for name in names),
        migrations.AddIndex("areaofinterest", models.Index(fields=["name_key", "id"], name="area_by_name_key")),
        migrations.RemoveIndex("areaofinterest", "area_by_name"),
        migrations.AlterModelOptions(
            "areaofinterest",
            options={
                "ordering": ["name_key", "pk"],
                "verbose_name": "area of interest",
                "verbose_name_plural": "areas of interest",
            },
        ),
    ]
