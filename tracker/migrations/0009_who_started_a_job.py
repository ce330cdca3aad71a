"""A job keeps the name of who started it, and says if nobody did: when its owner's account is gone, that is a fact.

Of jobs that are there already only those are the site's own that say so, that is none.
"""

from django.conf import settings
from django.db import migrations, models


def keep_the_names(apps, schema_editor):
    accounts = apps.get_model(settings.AUTH_USER_MODEL)
    jobs = apps.get_model("tracker", "Job").objects
    owners = jobs.exclude(owner=None).order_by().values("owner")
    for account in accounts.objects.filter(pk__in=owners).iterator():
        full_name = f"{account.first_name} {account.last_name}".strip()
        jobs.filter(owner=account).update(who=full_name or account.username)


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0008_audit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="by_site",
            field=models.BooleanField(default=False, editable=False, verbose_name="started by the site itself"),
        ),
        migrations.AddField(
            model_name="job",
            name="who",
            field=models.CharField(blank=True, editable=False, max_length=301, verbose_name="person's name"),
        ),
        migrations.RunPython(keep_the_names, migrations.RunPython.noop),
    ]
