"""Events for what is taken back, and an accuracy as bad as a device may say. Nothing changes in the database."""

import django.core.validators
from django.db import migrations, models

KINDS = [
    ("raised", "Raised"),
    ("worsened", "Worsened"),
    ("acknowledged", "Acknowledged"),
    ("resolved", "Resolved"),
    ("taken_back", "Acknowledgement taken back"),
    ("restored", "Closing undone"),
]

ACTIONS = [
    ("signed_in", "Signed in"),
    ("sign_in_failed", "Sign-in failed"),
    ("locked_out", "Locked out"),
    ("lock_out_lifted", "Lock-out lifted"),
    ("signed_out", "Signed out"),
    ("password_changed", "Password changed"),
    ("user_created", "User created"),
    ("user_changed", "User changed"),
    ("user_disabled", "User disabled"),
    ("user_enabled", "User enabled"),
    ("user_deleted", "User deleted"),
    ("group_created", "Group created"),
    ("group_changed", "Group renamed"),
    ("group_deleted", "Group deleted"),
    ("permissions_changed", "Permissions changed"),
    ("incident_created", "Incident created"),
    ("incident_changed", "Incident changed"),
    ("incident_closed", "Incident closed"),
    ("incident_reopened", "Incident reopened"),
    ("incident_deleted", "Incident deleted"),
    ("area_created", "Area created"),
    ("area_changed", "Area changed"),
    ("area_deleted", "Area deleted"),
    ("alert_acknowledged", "Alert acknowledged"),
    ("alert_taken_back", "Acknowledgement taken back"),
    ("import_started", "Import started"),
    ("imported", "Imported"),
    ("export_started", "Export started"),
    ("export_downloaded", "Export downloaded"),
    ("pruned", "Old entries removed"),
]


class Migration(migrations.Migration):
    dependencies = [("tracker", "0014_fold_texts")]

    operations = [
        migrations.AlterField("AlertEvent", "kind", models.CharField("what", max_length=12, choices=KINDS)),
        migrations.AlterField(
            "AuditEntry",
            "action",
            models.CharField("action", max_length=20, choices=ACTIONS, editable=False),
        ),
        migrations.AlterField(
            "Incident",
            "accuracy_m",
            models.FloatField(
                "accuracy (m)",
                null=True,
                blank=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(20_040_000),
                ],
                help_text="Radius in metres within which the location is right.",
            ),
        ),
    ]
