"""When the portal learned of what a duty counts from: for rows so far, when it happened."""

import django.utils.timezone
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def heard_when_it_happened(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the instant of the event for rows that were begun before."""
    rows = apps.get_model("procurement", "Obligation").objects.all()
    rows.update(heard_at=models.F("since"))


class Migration(migrations.Migration):
    """Add the instant."""

    dependencies = [("procurement", "0013_another_witness")]
    operations = [
        migrations.AddField(
            model_name="obligation",
            name="heard_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="平台得知的时间"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(heard_when_it_happened, migrations.RunPython.noop),
    ]
