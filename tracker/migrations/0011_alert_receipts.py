"""What counts the consoles that showed an alert is called what it is: a receipt. The rows stay."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracker", "0010_who_acknowledged")]

    operations = [
        migrations.RenameModel("AlertShown", "AlertReceipt"),
        migrations.AlterField(
            "AlertReceipt",
            "alert",
            models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                primary_key=True,
                related_name="receipt",
                serialize=False,
                to="tracker.alert",
            ),
        ),
    ]
