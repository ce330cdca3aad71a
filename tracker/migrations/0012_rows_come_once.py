"""An exported row that is imported again, and a form for an area that is sent twice, make no second row.

Also whether a job that has failed can only fail again.
"""

from django.db import migrations, models


def origin():
    return models.CharField(blank=True, editable=False, max_length=60, null=True)


def once(field, name):
    condition = models.Q(**{f"{field}__isnull": False})
    return models.UniqueConstraint(condition=condition, fields=[field], name=name)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0011_alert_receipts")]

    operations = [
        migrations.AddField("incident", "origin", origin()),
        migrations.AddField("areaofinterest", "origin", origin()),
        migrations.AddField("areaofinterest", "submission", models.UUIDField(blank=True, editable=False, null=True)),
        migrations.AddField(
            "job",
            "fails_again",
            models.BooleanField(default=False, editable=False, verbose_name="can only fail again"),
        ),
        migrations.AddConstraint("incident", once("origin", "incident_once")),
        migrations.AddConstraint("areaofinterest", once("submission", "area_of_a_form_once")),
        migrations.AddConstraint("areaofinterest", once("origin", "area_once")),
    ]
