"""The groups Viewer and Operator with their permissions, and the log's one row."""

from django.apps import apps as installed_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

# As they were when this migration was written; tracker/accounts/roles.py has those of today.
WATCHES = ["view_incident", "view_areaofinterest", "view_alert", "acknowledge_alert"]
WRITES = [f"{action}_{model}" for action in ("add", "change", "delete") for model in ("incident", "areaofinterest")]
ROLES = {"Viewer": WATCHES, "Operator": WATCHES + WRITES}


def create(apps, schema_editor):
    # Permissions are otherwise made after the last migration, too late for a group to receive them.
    create_permissions(installed_apps.get_app_config("tracker"), apps=apps, verbosity=0)
    for name, codenames in ROLES.items():
        group, created = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        if created:  # one that exists is left as the administrator made it
            permissions = apps.get_model("auth", "Permission").objects
            group.permissions.set(permissions.filter(content_type__app_label="tracker", codename__in=codenames))
    apps.get_model("tracker", "LogState").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
