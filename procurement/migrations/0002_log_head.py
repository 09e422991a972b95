"""The one row that orders the publication log."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def make_head(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Begin the log, empty."""
    apps.get_model("procurement", "LogHead").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    """Put the head row in place."""

    dependencies = [("procurement", "0001_initial")]
    operations = [migrations.RunPython(make_head, migrations.RunPython.noop)]
