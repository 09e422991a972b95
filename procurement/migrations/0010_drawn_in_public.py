"""A draw is committed to in public, watched by two people and revealed at the end.

A draw of before keeps its list, its seed and its witnesses' names; it has no commitments.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


def _party_id(organization):
    if organization.uscc:
        return f'CN-USCI-{organization.uscc}'
    return f'CN-YN-PORTAL-{organization.pk}'


def keep_earlier_draws(apps, schema_editor):
    Draw = apps.get_model('procurement', 'Draw')
    Witness = apps.get_model('procurement', 'Witness')
    invitations = apps.get_model('procurement', 'Invitation').objects
    organizations = apps.get_model('organizations', 'Organization').objects
    Draw.objects.update(committed_at=F('drawn_at'))
    for draw in Draw.objects.all():
        members = organizations.in_bulk(draw.pool).values()
        draw.count = invitations.filter(tender_id=draw.tender_id).count()
        draw.pool = sorted(
            ({'id': _party_id(m), 'name': m.name, 'organization': m.pk} for m in members),
            key=lambda member: member['id'],
        )
        draw.save()
        names = [name for name in draw.witness_names.split('、') if name]
        Witness.objects.bulk_create(
            Witness(draw=draw, position=place, name=name, given_at=draw.drawn_at)
            for place, name in enumerate(names, start=1)
        )


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0001_initial'),
        ('procurement', '0009_notifications'),
    ]

    operations = [
        migrations.CreateModel(
            name='InvitationListing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ocid', models.CharField(max_length=60, verbose_name='项目编号')),
                ('title', models.CharField(max_length=200, verbose_name='标题')),
                ('organization_id', models.CharField(max_length=60, verbose_name='受邀组织编号')),
                ('organization_name', models.CharField(max_length=200, verbose_name='受邀组织')),
                ('agency_id', models.CharField(max_length=60, verbose_name='采购人编号')),
                ('agency_name', models.CharField(max_length=200, verbose_name='采购人')),
                ('by_hand', models.BooleanField(verbose_name='人工增加')),
                ('reason', models.TextField(blank=True, verbose_name='人工增加的理由')),
                ('invited_at', models.DateTimeField(verbose_name='邀请时间')),
            ],
            options={
                'verbose_name': '邀请目录',
                'verbose_name_plural': '邀请目录',
            },
        ),
        migrations.CreateModel(
            name='Witness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='顺序')),
                ('user_id', models.BigIntegerField(null=True, verbose_name='见证人编号')),
                ('name', models.CharField(max_length=200, verbose_name='姓名')),
                ('word', models.CharField(blank=True, max_length=60, verbose_name='见证人的词')),
                ('given_at', models.DateTimeField(blank=True, null=True, verbose_name='给出时间')),
            ],
            options={
                'verbose_name': '抽取见证人',
                'verbose_name_plural': '抽取见证人',
                'ordering': ('position',),
            },
        ),
        migrations.RenameField('draw', 'drawn_by_id', 'committed_by_id'),
        migrations.RenameField('draw', 'witnesses', 'witness_names'),
        migrations.AlterField(
            model_name='draw',
            name='committed_by_id',
            field=models.BigIntegerField(verbose_name='发起人编号'),
        ),
        migrations.AddField(
            model_name='draw',
            name='committed_at',
            field=models.DateTimeField(null=True, verbose_name='公布承诺的时间'),
        ),
        migrations.AddField(
            model_name='draw',
            name='count',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='抽取几家'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='draw',
            name='pool_commitment',
            field=models.CharField(blank=True, max_length=64, verbose_name='备选名单的承诺'),
        ),
        migrations.AddField(
            model_name='draw',
            name='release_id',
            field=models.CharField(blank=True, max_length=100, verbose_name='承诺公告'),
        ),
        migrations.AddField(
            model_name='draw',
            name='salt',
            field=models.CharField(blank=True, max_length=64, verbose_name='盐'),
        ),
        migrations.AddField(
            model_name='draw',
            name='seed_commitment',
            field=models.CharField(blank=True, max_length=64, verbose_name='随机数的承诺'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='added_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='人工增加时间'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='added_by_id',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='增加人编号'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='reason',
            field=models.TextField(blank=True, max_length=1000, verbose_name='人工增加的理由'),
        ),
        migrations.AlterField(
            model_name='draw',
            name='drawn_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='抽取时间'),
        ),
        migrations.AlterField(
            model_name='draw',
            name='seed',
            field=models.CharField(max_length=64, verbose_name='平台的随机数'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('rulebook', '规则变更公告'), ('calendar', '放假安排公告'), ('planning', '采购意向'), ('draw', '抽取承诺公告'), ('tender', '采购公告'), ('clarification', '答疑公告'), ('amendment', '更正公告'), ('opening', '开标记录'), ('reach', '知晓情况'), ('award', '结果公告'), ('failure', '采购失败公告'), ('cancellation', '终止公告'), ('statement', '履行情况说明'), ('breach', '逾期记录'), ('cure', '补办记录'), ('reply', '采购人对逾期的说明'), ('excuse', '对逾期的谅解')], max_length=20, verbose_name='公告类型'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('added_at__isnull', True), ('added_by_id__isnull', True), ('reason', '')), models.Q(('added_at__isnull', False), ('added_by_id__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='invitation_by_hand_has_a_reason'),
        ),
        migrations.AddIndex(
            model_name='invitationlisting',
            index=models.Index(fields=['organization_id', '-invited_at'], name='invitations_of_one'),
        ),
        migrations.AddIndex(
            model_name='invitationlisting',
            index=models.Index(fields=['agency_id', '-invited_at'], name='invitations_by_agency'),
        ),
        migrations.AddConstraint(
            model_name='invitationlisting',
            constraint=models.UniqueConstraint(fields=('ocid', 'organization_id'), name='invitation_listed_once'),
        ),
        migrations.AddField(
            model_name='witness',
            name='draw',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='witnesses', to='procurement.draw'),
        ),
        migrations.AddConstraint(
            model_name='witness',
            constraint=models.UniqueConstraint(fields=('draw', 'position'), name='witness_has_one_place'),
        ),
        migrations.AddConstraint(
            model_name='witness',
            constraint=models.UniqueConstraint(fields=('draw', 'user_id'), name='witness_is_named_once'),
        ),
        migrations.AddConstraint(
            model_name='witness',
            constraint=models.CheckConstraint(condition=models.Q(('given_at__isnull', False), ('word', ''), _connector='OR'), name='witness_word_is_dated'),
        ),
        migrations.RunPython(keep_earlier_draws, migrations.RunPython.noop),
        # what was just written is checked now, or PostgreSQL would not alter its tables
        migrations.RunSQL('SET CONSTRAINTS ALL IMMEDIATE', migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='draw',
            name='committed_at',
            field=models.DateTimeField(verbose_name='公布承诺的时间'),
        ),
        migrations.RemoveField('draw', 'witness_names'),
    ]
