from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0007_the_book'),
    ]

    operations = [
        migrations.RenameModel(
            old_name='Tally',
            new_name='RuleTally',
        ),
        migrations.CreateModel(
            name='DutyListing',
            fields=[
                ('public_id', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='编号')),
                ('ocid', models.CharField(db_index=True, max_length=60, verbose_name='项目编号')),
                ('title', models.CharField(max_length=200, verbose_name='标题')),
                ('agency_id', models.CharField(max_length=60, verbose_name='采购人编号')),
                ('agency_name', models.CharField(max_length=200, verbose_name='采购人')),
                ('rule_id', models.CharField(db_index=True, max_length=60, verbose_name='规则')),
                ('state', models.CharField(choices=[('met', '按时完成'), ('overdue', '已逾期'), ('cured', '逾期后完成'), ('excused', '逾期，已谅解')], max_length=20, verbose_name='状态')),
                ('since', models.DateTimeField(verbose_name='从何时起')),
                ('due_at', models.DateTimeField(verbose_name='期限')),
                ('met_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('said', models.JSONField(verbose_name='公开的内容')),
            ],
            options={
                'verbose_name': '义务目录',
                'verbose_name_plural': '义务目录',
                'indexes': [models.Index(condition=models.Q(('state', 'met'), _negated=True), fields=['-since', '-public_id'], name='breach_listed_newest'), models.Index(fields=['agency_id', '-since', '-public_id'], name='duty_of_agency')],
            },
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('procuring_entity', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='organizations.organization', verbose_name='采购人')),
                ('issue', models.PositiveIntegerField(default=1, verbose_name='第几个地址')),
            ],
            options={
                'verbose_name': '日历订阅',
                'verbose_name_plural': '日历订阅',
            },
        ),
    ]
