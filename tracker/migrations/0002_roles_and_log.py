"""The groups Viewer and Operator with their permissions, and the log's one row."""

from django.apps import apps as installed_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

from tracker.roles import create_roles


def create(apps, schema_editor):
    # Permissions are otherwise made after the last migration, too late for a group to receive them.
    create_permissions(installed_apps.get_app_config("tracker"), apps=apps, verbosity=0)
    create_roles(apps)
    apps.get_model("tracker", "LogState").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
