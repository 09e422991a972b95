"""Envelopes in one form, receipts, gate parts and card shares; the keys a call is sealed to."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import procurement.bids.models
from django.db import migrations, models


# What was submitted before came whole, and what was opened is closed.
FILL = """
    UPDATE procurement_bid
    SET delivered_at = submitted_at, envelope_bytes = octet_length(envelope);
    UPDATE procurement_tender SET closed_at = opened_at WHERE opened_at IS NOT NULL;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0002_hosting'),
        ('procurement', '0018_signs_of_life'),
    ]

    operations = [
        migrations.CreateModel(
            name='CardShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member', models.CharField(max_length=40, verbose_name='持卡席位')),
                ('share', models.BinaryField(verbose_name='钥匙的一份')),
                ('given_at', models.DateTimeField(verbose_name='给出时间')),
            ],
            options={
                'verbose_name': '钥匙卡给出的一份',
                'verbose_name_plural': '钥匙卡给出的一份',
            },
        ),
        migrations.CreateModel(
            name='CardUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member', models.CharField(max_length=40, verbose_name='持卡席位')),
                ('holder', models.CharField(max_length=200, verbose_name='持卡人')),
                ('witnesses', models.CharField(max_length=300, verbose_name='在场见证人')),
                ('given_at', models.DateTimeField(verbose_name='给出时间')),
            ],
            options={
                'verbose_name': '用过的钥匙卡',
                'verbose_name_plural': '用过的钥匙卡',
            },
        ),
        migrations.CreateModel(
            name='GateKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_key', models.BinaryField(unique=True, verbose_name='公钥')),
                ('announced_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='公布时间')),
            ],
            options={
                'verbose_name': '时间闸的公钥',
                'verbose_name_plural': '时间闸的公钥',
            },
        ),
        migrations.CreateModel(
            name='GatePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('envelope_sha256', models.CharField(max_length=64, unique=True, verbose_name='密封件指纹')),
                ('part', models.BinaryField(verbose_name='钥匙的一份')),
                ('released_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='给出时间')),
            ],
            options={
                'verbose_name': '时间闸给出的钥匙',
                'verbose_name_plural': '时间闸给出的钥匙',
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('place', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='回执日志中的位置')),
                ('action', models.CharField(choices=[('submit', '递交'), ('replace', '递交新的一份，替换先前的'), ('promise', '先报指纹'), ('withdraw', '撤回')], max_length=10, verbose_name='事项')),
                ('nonce', models.CharField(max_length=32, verbose_name='随机数')),
                ('body', models.BinaryField(verbose_name='回执正文')),
                ('issued_at', models.DateTimeField(verbose_name='出具时间')),
            ],
            options={
                'verbose_name': '回执',
                'verbose_name_plural': '回执',
                'ordering': ('place',),
            },
        ),
        migrations.CreateModel(
            name='ReceiptSlot',
            fields=[
                ('place', models.BigIntegerField(primary_key=True, serialize=False)),
                ('leaf', models.BinaryField()),
                ('is_taken', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '回执日志的位置',
                'verbose_name_plural': '回执日志的位置',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='bid',
            name='refuse_late',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='bid',
            name='envelope_is_frozen',
        ),
        migrations.RemoveField(
            model_name='bid',
            name='suite',
        ),
        migrations.AddField(
            model_name='bid',
            name='delivered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='密封件收到时间'),
        ),
        migrations.AddField(
            model_name='bid',
            name='envelope_bytes',
            field=models.PositiveIntegerField(default=0, verbose_name='密封件字节数'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='bid',
            name='mode',
            field=models.CharField(choices=[('S', '到达网站时密封'), ('C', '在投标人的设备上密封')], default='S', max_length=1, verbose_name='密封方式'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='bid',
            name='notice',
            field=models.CharField(default='', max_length=64, verbose_name='所答公告的指纹'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='tender',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='截标登记时间'),
        ),
        migrations.AddField(
            model_name='tender',
            name='gate_stated_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='时间闸放行记录时间'),
        ),
        migrations.AddField(
            model_name='tender',
            name='opening_policy',
            field=models.CharField(choices=[('clock', '到时间自动打开'), ('clock-and-cards', '到时间后，再由钥匙卡打开')], default='clock', max_length=20, verbose_name='怎样开标'),
        ),
        migrations.AddField(
            model_name='tender',
            name='sealing_keys',
            field=models.BinaryField(default=b'', verbose_name='密封用的公钥'),
        ),
        migrations.AlterField(
            model_name='bid',
            name='envelope',
            field=models.BinaryField(null=True, verbose_name='密封件'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='bid',
            trigger=pgtrigger.compiler.Trigger(name='refuse_late', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (\n        SELECT 1 FROM procurement_tender t\n        WHERE t.id = NEW.tender_id AND t.published_at IS NOT NULL AND t.closed_at IS NULL\n          AND t.cancelled_at IS NULL AND NEW.submitted_at <= t.tender_period_end\n    ) THEN\n        RAISE EXCEPTION 'the tender takes no bid at this instant';\n    END IF;\n    RETURN NEW;\n", hash='0e2b9fc3bdd2150883ef8d5756d7ae6c7aa1f165', operation='INSERT', pgid='pgtrigger_refuse_late_2161e', table='procurement_bid', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bid',
            trigger=pgtrigger.compiler.Trigger(name='freeze_envelope', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.envelope IS NOT DISTINCT FROM OLD.envelope THEN\n        RETURN NEW;\n    END IF;\n    IF OLD.envelope IS NOT NULL OR NOT EXISTS (\n        SELECT 1 FROM procurement_tender t\n        WHERE t.id = NEW.tender_id AND t.opened_at IS NULL\n          AND NEW.delivered_at <= t.tender_period_end + interval '24 hours'\n    ) THEN\n        RAISE EXCEPTION 'an envelope is delivered once and never changed';\n    END IF;\n    RETURN NEW;\n", hash='2829fdec7a13c04a361042a5c6dd5c649612eee4', operation='UPDATE', pgid='pgtrigger_freeze_envelope_70c84', table='procurement_bid', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bid',
            trigger=pgtrigger.compiler.Trigger(name='submission_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."tender_id" IS DISTINCT FROM (NEW."tender_id") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."tenderer_id" IS DISTINCT FROM (NEW."tenderer_id") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."receipt_number" IS DISTINCT FROM (NEW."receipt_number") OR OLD."mode" IS DISTINCT FROM (NEW."mode") OR OLD."notice" IS DISTINCT FROM (NEW."notice") OR OLD."envelope_sha256" IS DISTINCT FROM (NEW."envelope_sha256") OR OLD."envelope_bytes" IS DISTINCT FROM (NEW."envelope_bytes"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ffa78834550d9e48ff5d503cf8d86a3deca9d89d', operation='UPDATE', pgid='pgtrigger_submission_is_frozen_bc4cb', table='procurement_bid', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='bid',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('delivered_at__isnull', True), ('envelope__isnull', True)), models.Q(('delivered_at__isnull', False), ('envelope_sha256', procurement.bids.models.Digest(models.F('envelope')))), _connector='OR'), name='bid_envelope_is_what_was_promised'),
        ),
        migrations.AddField(
            model_name='cardshare',
            name='bid',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.bid'),
        ),
        migrations.AddField(
            model_name='carduse',
            name='tender',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.tender'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gatekey',
            trigger=pgtrigger.compiler.Trigger(name='refuse_change_of_gate_key', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='761da236a5d04d1e27edc0ebf67065e4b747e932', operation='UPDATE OR DELETE', pgid='pgtrigger_refuse_change_of_gate_key_2fd50', table='procurement_gatekey', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gatepart',
            trigger=pgtrigger.compiler.Trigger(name='refuse_change_of_gate_part', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='32e0ed1de80aec0b30d3f9836223f355bd7efef2', operation='UPDATE OR DELETE', pgid='pgtrigger_refuse_change_of_gate_part_253a0', table='procurement_gatepart', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='receipt',
            name='bid',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.bid'),
        ),
        migrations.AddConstraint(
            model_name='cardshare',
            constraint=models.UniqueConstraint(fields=('bid', 'member'), name='one_share_a_card'),
        ),
        migrations.AddConstraint(
            model_name='carduse',
            constraint=models.UniqueConstraint(fields=('tender', 'member'), name='one_use_of_a_card'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('bid', 'action'), name='one_receipt_an_act'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='receipt',
            trigger=pgtrigger.compiler.Trigger(name='refuse_change_of_receipt', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b26855f62f92739006d926c45290cff314c44572', operation='UPDATE OR DELETE', pgid='pgtrigger_refuse_change_of_receipt_85cb2', table='procurement_receipt', when='BEFORE')),
        ),
    ]
