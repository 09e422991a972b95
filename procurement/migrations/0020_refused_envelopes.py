"""Files uploaded as bids that are none: evidence without content."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0002_hosting'),
        ('procurement', '0019_sealed_for_the_opening'),
    ]

    operations = [
        migrations.CreateModel(
            name='RefusedEnvelope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, verbose_name='文件指纹')),
                ('size', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('reason', models.CharField(max_length=200, verbose_name='拒收原因')),
                ('refused_at', models.DateTimeField(verbose_name='拒收时间')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('tender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.tender')),
            ],
            options={
                'verbose_name': '拒收的密封文件',
                'verbose_name_plural': '拒收的密封文件',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='refusedenvelope',
            trigger=pgtrigger.compiler.Trigger(name='refuse_change_of_refusal', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fea735fd68a5ad916e628763098c37d91d62b5bd', operation='UPDATE OR DELETE', pgid='pgtrigger_refuse_change_of_refusal_d293c', table='procurement_refusedenvelope', when='BEFORE')),
        ),
    ]
