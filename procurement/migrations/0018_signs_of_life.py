"""Signs of life, outages, and deadlines that only grow."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import procurement.pulse.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0017_key_cards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Canary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('beat_at', models.DateTimeField(db_default=procurement.pulse.models.DatabaseClock(), db_index=True, verbose_name='数据库时间')),
                ('portal_at', models.DateTimeField(verbose_name='平台时间')),
            ],
            options={
                'verbose_name': '试投',
                'verbose_name_plural': '试投',
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='部件')),
                ('beat_at', models.DateTimeField(verbose_name='最近一次')),
                ('detail', models.CharField(blank=True, max_length=200, verbose_name='说明')),
            ],
            options={
                'verbose_name': '心跳',
                'verbose_name_plural': '心跳',
            },
        ),
        migrations.CreateModel(
            name='Outage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField(verbose_name='中断时间')),
                ('ended_at', models.DateTimeField(verbose_name='恢复时间')),
                ('portal_began_at', models.DateTimeField(verbose_name='中断时间（平台时间）')),
                ('portal_ended_at', models.DateTimeField(db_index=True, verbose_name='恢复时间（平台时间）')),
            ],
            options={
                'verbose_name': '中断',
                'verbose_name_plural': '中断',
            },
        ),
        migrations.RemoveConstraint(
            model_name='amendment',
            name='amendment_publication_is_whole',
        ),
        migrations.AlterField(
            model_name='amendment',
            name='drafted_by_id',
            field=models.BigIntegerField(null=True, verbose_name='起草人编号'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tender',
            trigger=pgtrigger.compiler.Trigger(name='deadline_only_grows', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL AND NEW."tender_period_end" < (OLD."tender_period_end"))', func="RAISE EXCEPTION 'the deadline of a published call only moves on';", hash='50d815311209651c5fcca1f29b39c41f6c3f70e2', operation='UPDATE', pgid='pgtrigger_deadline_only_grows_9f84e', table='procurement_tender', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__gt', models.F('began_at')), ('portal_ended_at__gt', models.F('portal_began_at'))), name='outage_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.UniqueConstraint(fields=('ended_at',), name='outage_noted_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outage',
            trigger=pgtrigger.compiler.Trigger(name='refuse_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e31bae25eac4b4bafe189debd3d43890ae8176da', operation='UPDATE OR DELETE', pgid='pgtrigger_refuse_change_40209', table='procurement_outage', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='amendment',
            name='outage',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.outage', verbose_name='平台中断'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('drafted_at__isnull', False), ('drafted_by_id__isnull', False), ('outage__isnull', True), models.Q(models.Q(('published_at__isnull', True), ('published_by_id__isnull', True)), models.Q(('published_at__isnull', False), ('published_by_id__isnull', False)), _connector='OR')), models.Q(('drafted_by_id__isnull', True), ('outage__isnull', False), ('published_at__isnull', False), ('published_by_id__isnull', True)), _connector='OR'), name='amendment_publication_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.UniqueConstraint(fields=('tender', 'outage'), name='one_extension_an_outage'),
        ),
    ]
