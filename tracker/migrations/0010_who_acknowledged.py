"""Who acknowledged an alert stays on record by name when the account is deleted, as in the history."""

from django.conf import settings
from django.db import migrations, models


def keep_the_names(apps, schema_editor):
    alerts, events = (apps.get_model("tracker", name).objects for name in ("Alert", "AlertEvent"))
    for account in apps.get_model(settings.AUTH_USER_MODEL).objects.iterator():
        who = f"{account.first_name} {account.last_name}".strip() or account.username
        alerts.filter(acknowledged_by=account).update(acknowledged_who=who)
        events.filter(by=account).update(who=who)


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0009_who_started_a_job"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="acknowledged_who",
            field=models.CharField(blank=True, max_length=301, verbose_name="acknowledged by"),
        ),
        migrations.AddField(
            model_name="alertevent",
            name="who",
            field=models.CharField(blank=True, max_length=301, verbose_name="person's name"),
        ),
        migrations.RunPython(keep_the_names, migrations.RunPython.noop),
    ]
