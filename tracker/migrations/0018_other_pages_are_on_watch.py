"""Who has another page than the live map open is on watch, too; and the bell of every page asks which alerts wait."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracker", "0017_who_read_of_a_gap")]

    operations = [
        migrations.AddField("WatchReport", "pages", models.JSONField(editable=False, null=True)),
        migrations.AddIndex(
            "Alert",
            models.Index(condition=models.Q(state="unacknowledged"), fields=["-raised", "-id"], name="alert_waiting"),
        ),
    ]
