"""The audit record, and the triggers that keep it: nothing in it is changed, and nothing young removed.

On PostgreSQL a row may go only when it is 30 days old (AUDIT_RETENTION_DAYS has that as its least). On SQLite deleting
is not refused: that is how a database is emptied there, which PostgreSQL has TRUNCATE for. A later migration that
alters this table makes SQLite build it anew, without its trigger, and has to make that again.
"""

import django.utils.timezone
from django.db import migrations, models

FUNCTION = """
    CREATE FUNCTION tracker_auditentry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND OLD.at < now() - interval '30 days' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'the audit record is only added to' USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""
TRIGGER = {
    "postgresql": """
        CREATE TRIGGER tracker_auditentry_stays BEFORE UPDATE OR DELETE ON tracker_auditentry
        FOR EACH ROW EXECUTE FUNCTION tracker_auditentry_stays()
    """,
    "sqlite": """
        CREATE TRIGGER tracker_auditentry_stays BEFORE UPDATE ON tracker_auditentry
        BEGIN SELECT RAISE(ABORT, 'the audit record is only added to'); END
    """,
}


def guard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(FUNCTION)
    schema_editor.execute(TRIGGER[vendor])


def leave_alone(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER tracker_auditentry_stays ON tracker_auditentry")
        schema_editor.execute("DROP FUNCTION tracker_auditentry_stays()")
    else:
        schema_editor.execute("DROP TRIGGER tracker_auditentry_stays")


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0007_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="at")),
                (
                    "action",
                    models.CharField(
                        choices=[
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
                            ("import_started", "Import started"),
                            ("imported", "Imported"),
                            ("export_started", "Export started"),
                            ("export_downloaded", "Export downloaded"),
                            ("pruned", "Old entries removed"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="action",
                    ),
                ),
                ("by", models.BigIntegerField(editable=False, null=True, verbose_name="person's number")),
                ("who", models.CharField(blank=True, editable=False, max_length=150, verbose_name="person")),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("user", "User"),
                            ("group", "Group"),
                            ("incident", "Incident"),
                            ("area", "Area of interest"),
                            ("alert", "Alert"),
                            ("job", "Job"),
                        ],
                        editable=False,
                        max_length=8,
                        verbose_name="what",
                    ),
                ),
                ("number", models.BigIntegerField(editable=False, null=True, verbose_name="its number")),
                ("name", models.CharField(blank=True, editable=False, max_length=150, verbose_name="its name")),
                ("details", models.JSONField(default=dict, editable=False, verbose_name="details")),
                ("address", models.GenericIPAddressField(editable=False, null=True, verbose_name="address")),
                ("request", models.CharField(blank=True, editable=False, max_length=64, verbose_name="request")),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
                "ordering": ["-pk"],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["at"], name="audit_at"),
                    models.Index(fields=["action", "-id"], name="audit_action"),
                    models.Index(fields=["by", "-id"], name="audit_person"),
                ],
            },
        ),
        migrations.RunPython(guard, leave_alone),
    ]
