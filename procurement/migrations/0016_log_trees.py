"""Trees over the two logs, their signed heads, and the words of witnesses."""

import django.db.models.functions.datetime
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
import procurement.publication.tree
from django.db import migrations, models

SECOND_HEAD = "INSERT INTO procurement_loghead (id, size) VALUES (2, 0) ON CONFLICT DO NOTHING"
# The nodes of what is on the log already, level by level.
NODES = r"""
DO $$
DECLARE
    step int := 0;
BEGIN
    INSERT INTO procurement_lognode (log, level, index, hash)
    SELECT 1, 0, e.index, e.leaf_hash FROM procurement_entry e;
    WHILE FOUND LOOP
        step := step + 1;
        INSERT INTO procurement_lognode (log, level, index, hash)
        SELECT 1, step, l.index / 2, sha256('\x01'::bytea || l.hash || r.hash)
        FROM procurement_lognode l
        JOIN procurement_lognode r ON r.log = 1 AND r.level = l.level AND r.index = l.index + 1
        WHERE l.log = 1 AND l.level = step - 1 AND l.index % 2 = 0;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0015_trust_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('log', models.PositiveSmallIntegerField(choices=[(1, '公告日志'), (2, '回执日志')], verbose_name='日志')),
                ('size', models.BigIntegerField(verbose_name='条数')),
                ('root', models.BinaryField(verbose_name='根哈希')),
                ('note', models.TextField(verbose_name='签名的日志头')),
                ('signed_at', models.DateTimeField(verbose_name='签名时间')),
            ],
            options={
                'verbose_name': '日志头',
                'verbose_name_plural': '日志头',
            },
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('log', models.PositiveSmallIntegerField(choices=[(1, '公告日志'), (2, '回执日志')], verbose_name='日志')),
                ('size', models.BigIntegerField(verbose_name='条数')),
                ('witness', models.CharField(max_length=200, verbose_name='见证方')),
                ('line', models.TextField(verbose_name='签名行')),
                ('cosigned_at', models.DateTimeField(verbose_name='见证时间')),
                ('received_at', models.DateTimeField(verbose_name='收到时间')),
            ],
            options={
                'verbose_name': '见证签名',
                'verbose_name_plural': '见证签名',
            },
        ),
        migrations.CreateModel(
            name='LogNode',
            fields=[
                ('pk', models.CompositePrimaryKey('log', 'level', 'index', blank=True, editable=False, primary_key=True, serialize=False)),
                ('log', models.PositiveSmallIntegerField(choices=[(1, '公告日志'), (2, '回执日志')], verbose_name='日志')),
                ('level', models.PositiveSmallIntegerField(verbose_name='层')),
                ('index', models.BigIntegerField(verbose_name='序号')),
                ('hash', models.BinaryField(verbose_name='哈希')),
            ],
            options={
                'verbose_name': '哈希树节点',
                'verbose_name_plural': '哈希树节点',
            },
        ),
        migrations.CreateModel(
            name='ReceiptLeaf',
            fields=[
                ('index', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='序号')),
                ('body', models.BinaryField(verbose_name='正文')),
                ('leaf_hash', models.BinaryField(verbose_name='叶子哈希')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='记录时间')),
            ],
            options={
                'verbose_name': '回执日志条目',
                'verbose_name_plural': '回执日志条目',
            },
        ),
        migrations.RemoveConstraint(
            model_name='loghead',
            name='log_head_is_one_row',
        ),
        migrations.RunSQL(SECOND_HEAD, migrations.RunSQL.noop),
        migrations.RunSQL(NODES, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='grow_tree', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE step int := 0; place bigint := NEW.index; node bytea; sibling bytea;', func="\n            UPDATE procurement_loghead SET size = size + 1 WHERE id = 1 AND size = place;\n            IF NOT FOUND THEN\n                RAISE EXCEPTION 'leaf % is not the next of log 1', place;\n            END IF;\n            node := NEW.leaf_hash;\n            LOOP\n                INSERT INTO procurement_lognode (log, level, index, hash)\n                VALUES (1, step, place, node);\n                EXIT WHEN place % 2 = 0;\n                SELECT n.hash INTO STRICT sibling FROM procurement_lognode n\n                WHERE n.log = 1 AND n.level = step AND n.index = place - 1;\n                node := sha256('\\x01'::bytea || sibling || node);\n                step := step + 1;\n                place := place / 2;\n            END LOOP;\n            RETURN NULL;\n        ", hash='d32ac6fe6253de1496cc235a355c003866c2c658', operation='INSERT', pgid='pgtrigger_grow_tree_70c7c', table='procurement_entry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='loghead',
            trigger=pgtrigger.compiler.Trigger(name='count_leaves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF NEW = OLD THEN\n            RETURN NEW;\n        END IF;\n        IF NEW.id <> OLD.id OR NEW.size <> OLD.size + 1 OR NOT (\n            (NEW.id = 1 AND EXISTS (SELECT 1 FROM procurement_entry WHERE index = OLD.size))\n            OR\n            (NEW.id = 2 AND EXISTS (SELECT 1 FROM procurement_receiptleaf WHERE index = OLD.size))\n        ) THEN\n            RAISE EXCEPTION 'the head of a log grows by one, with its leaf';\n        END IF;\n        RETURN NEW;\n    ", hash='4b631f077fca6a605e3136e2b671fad33cbde3f0', operation='UPDATE', pgid='pgtrigger_count_leaves_e5fc7', table='procurement_loghead', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='loghead',
            trigger=pgtrigger.compiler.Trigger(name='refuse_removal', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='515c901c2a8e3fe43dd6430b83a248eaa7960e33', operation='DELETE', pgid='pgtrigger_refuse_removal_47c29', table='procurement_loghead', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='loghead',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the publication log is append-only';", hash='0c01c7baa539d5a7d4c24f5eff5bd35e15964ba7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_8c44a', table='procurement_loghead', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='loghead',
            constraint=models.CheckConstraint(condition=models.Q(('pk__in', [1, 2])), name='log_head_is_of_a_log'),
        ),
        migrations.AddConstraint(
            model_name='checkpoint',
            constraint=models.UniqueConstraint(fields=('log', 'size'), name='one_head_of_a_size'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkpoint',
            trigger=pgtrigger.compiler.Trigger(name='refuse_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='eb87f0a0d25ec6b317cdabcbbf271479271a76d6', operation='UPDATE OR DELETE', pgid='pgtrigger_refuse_change_10baf', table='procurement_checkpoint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkpoint',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the publication log is append-only';", hash='51c4aa31ad8d440aefb44e554076d5cab979c470', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_a5882', table='procurement_checkpoint', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='cosignature',
            constraint=models.UniqueConstraint(fields=('log', 'size', 'witness', 'cosigned_at'), name='cosigned_once_at_a_time'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cosignature',
            trigger=pgtrigger.compiler.Trigger(name='refuse_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='174c60e45fe80129eb00f5827222fcbfa1c31373', operation='UPDATE OR DELETE', pgid='pgtrigger_refuse_change_e7013', table='procurement_cosignature', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cosignature',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the publication log is append-only';", hash='d3462e1867796a14ae9f44f5b93a412b92e430d0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_48e35', table='procurement_cosignature', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lognode',
            trigger=pgtrigger.compiler.Trigger(name='refuse_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='43c95330d8b377a60b35c8d4cf10abac945f0192', operation='UPDATE OR DELETE', pgid='pgtrigger_refuse_change_c0687', table='procurement_lognode', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lognode',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the publication log is append-only';", hash='2fd1f599dc13d86d3e979581e44be8e7d9f870d7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_2f0d1', table='procurement_lognode', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lognode',
            trigger=pgtrigger.compiler.Trigger(name='refuse_by_hand', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF pg_trigger_depth() < 2 THEN\n            RAISE EXCEPTION 'a node is written by the trigger of its leaf';\n        END IF;\n        RETURN NEW;\n    ", hash='2153e60522ac9dfd93f8a8458c5c3f502f902699', operation='INSERT', pgid='pgtrigger_refuse_by_hand_7a969', table='procurement_lognode', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='receiptleaf',
            constraint=models.CheckConstraint(condition=models.Q(('leaf_hash', procurement.publication.tree.LeafHash(models.F('body')))), name='receipt_leaf_hash_is_of_its_body'),
        ),
        migrations.AddConstraint(
            model_name='receiptleaf',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.Exact(models.Func(models.F('body'), function='octet_length', output_field=models.IntegerField()), 46), name='receipt_leaves_are_alike'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='receiptleaf',
            trigger=pgtrigger.compiler.Trigger(name='refuse_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cf378cf8d360217793f196f4a3b4272d6619bdb5', operation='UPDATE OR DELETE', pgid='pgtrigger_refuse_change_25674', table='procurement_receiptleaf', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='receiptleaf',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the publication log is append-only';", hash='25ce4c15092726d315242b1fe9d3ffd6d611f408', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_1b755', table='procurement_receiptleaf', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='receiptleaf',
            trigger=pgtrigger.compiler.Trigger(name='grow_tree', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE step int := 0; place bigint := NEW.index; node bytea; sibling bytea;', func="\n            UPDATE procurement_loghead SET size = size + 1 WHERE id = 2 AND size = place;\n            IF NOT FOUND THEN\n                RAISE EXCEPTION 'leaf % is not the next of log 2', place;\n            END IF;\n            node := NEW.leaf_hash;\n            LOOP\n                INSERT INTO procurement_lognode (log, level, index, hash)\n                VALUES (2, step, place, node);\n                EXIT WHEN place % 2 = 0;\n                SELECT n.hash INTO STRICT sibling FROM procurement_lognode n\n                WHERE n.log = 2 AND n.level = step AND n.index = place - 1;\n                node := sha256('\\x01'::bytea || sibling || node);\n                step := step + 1;\n                place := place / 2;\n            END LOOP;\n            RETURN NULL;\n        ", hash='7e3703fd884be2760de2a0623f1b0a466eb9fb60', operation='INSERT', pgid='pgtrigger_grow_tree_9dfac', table='procurement_receiptleaf', when='AFTER')),
        ),
    ]
