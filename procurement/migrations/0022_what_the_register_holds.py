"""A part of a key belongs to a tender; what the register says counts cannot be undone."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0021_letters_to_bidders'),
    ]

    operations = [
        migrations.AddField(
            model_name='gatepart',
            name='ocid',
            field=models.CharField(default='', max_length=60, verbose_name='项目编号'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='bid',
            name='envelope_sha256',
            field=models.CharField(db_index=True, max_length=64, verbose_name='密封件指纹'),
        ),
        migrations.AlterField(
            model_name='gatepart',
            name='envelope_sha256',
            field=models.CharField(max_length=64, verbose_name='密封件指纹'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bid',
            trigger=pgtrigger.compiler.Trigger(name='freeze_registered', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF (NEW.replaced_at, NEW.withdrawn_at) IS DISTINCT FROM (OLD.replaced_at, OLD.withdrawn_at)\n       AND EXISTS (\n        SELECT 1 FROM procurement_tender t\n        WHERE t.id = NEW.tender_id AND t.closed_at IS NOT NULL\n    ) THEN\n        RAISE EXCEPTION 'the register of this call is closed';\n    END IF;\n    RETURN NEW;\n", hash='13b83131f43ab9de1dd31811704c3ad953c4665a', operation='UPDATE', pgid='pgtrigger_freeze_registered_ab525', table='procurement_bid', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='gatepart',
            constraint=models.UniqueConstraint(fields=('ocid', 'envelope_sha256'), name='one_part_a_bid'),
        ),
    ]
