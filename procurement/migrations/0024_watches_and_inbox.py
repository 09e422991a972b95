"""What people watch, the news and letters of it, and an inbox; reminders to bidders."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0002_hosting'),
        ('procurement', '0023_figures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(choices=[('call', '新的采购公告'), ('invitation', '邀请您投标'), ('receipt', '投标回执'), ('reminder', '投标快截止'), ('register', '截标登记'), ('opening', '开标记录'), ('outcome', '投标的结果'), ('duty', '快到期限的事'), ('watch', '您关注的消息')], max_length=12, verbose_name='事由')),
                ('key', models.CharField(max_length=60, verbose_name='哪一件')),
                ('title', models.CharField(max_length=200, verbose_name='标题')),
                ('path', models.CharField(max_length=300, verbose_name='网页')),
                ('noted_at', models.DateTimeField(verbose_name='记入时间')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='打开时间')),
            ],
            options={
                'verbose_name': '收件箱里的消息',
                'verbose_name_plural': '收件箱里的消息',
            },
        ),
        migrations.CreateModel(
            name='News',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_index', models.BigIntegerField(verbose_name='日志序号')),
                ('ocid', models.CharField(max_length=60, verbose_name='项目编号')),
                ('pace', models.CharField(choices=[('at-once', '有新消息马上告诉我'), ('daily', '每天早上八点，一封汇总'), ('weekly', '每周一早上八点，一封汇总')], max_length=10, verbose_name='通知方式')),
                ('noted_at', models.DateTimeField(verbose_name='记入时间')),
            ],
            options={
                'verbose_name': '关注的消息',
                'verbose_name_plural': '关注的消息',
            },
        ),
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('tender', '采购项目'), ('agency', '采购人'), ('search', '搜索')], max_length=10, verbose_name='类别')),
                ('subject', models.CharField(max_length=2000, verbose_name='对象')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='名称')),
                ('pace', models.CharField(choices=[('at-once', '有新消息马上告诉我'), ('daily', '每天早上八点，一封汇总'), ('weekly', '每周一早上八点，一封汇总')], max_length=10, verbose_name='通知方式')),
                ('since', models.DateTimeField(verbose_name='关注时间')),
            ],
            options={
                'verbose_name': '关注',
                'verbose_name_plural': '关注',
            },
        ),
        migrations.CreateModel(
            name='WatchLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, unique=True, verbose_name='链接')),
                ('noted_at', models.DateTimeField(verbose_name='记入时间')),
                ('send_after', models.DateTimeField(verbose_name='最早发送时间')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='尝试次数')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='送达时间')),
                ('failed_at', models.DateTimeField(blank=True, null=True, verbose_name='放弃时间')),
                ('error', models.CharField(blank=True, max_length=200, verbose_name='错误')),
                ('pace', models.CharField(choices=[('at-once', '有新消息马上告诉我'), ('daily', '每天早上八点，一封汇总'), ('weekly', '每周一早上八点，一封汇总')], max_length=10, verbose_name='通知方式')),
                ('period', models.CharField(max_length=40, verbose_name='哪一期')),
            ],
            options={
                'verbose_name': '关注的信',
                'verbose_name_plural': '关注的信',
            },
        ),
        migrations.RemoveConstraint(
            model_name='bidletter',
            name='bid_letter_is_about_one_thing',
        ),
        migrations.AddField(
            model_name='bidletter',
            name='reminds_of',
            field=models.DateTimeField(null=True, verbose_name='提醒的截止时间'),
        ),
        migrations.AddConstraint(
            model_name='bidletter',
            constraint=models.UniqueConstraint(fields=('tender', 'person', 'reminds_of'), name='reminded_once'),
        ),
        migrations.AddConstraint(
            model_name='bidletter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry_index__isnull', True), ('receipt__isnull', False), ('reminds_of__isnull', True)), models.Q(('entry_index__isnull', False), ('receipt__isnull', True), ('reminds_of__isnull', True)), models.Q(('entry_index__isnull', True), ('receipt__isnull', True), ('reminds_of__isnull', False)), _connector='OR'), name='bid_letter_is_about_one_thing'),
        ),
        migrations.AddField(
            model_name='message',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='news',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='watch',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='news',
            name='watch',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='procurement.watch'),
        ),
        migrations.AddField(
            model_name='watchletter',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='news',
            name='letter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='procurement.watchletter'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['person', '-noted_at', '-id'], name='inbox_newest'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['person'], name='inbox_unread'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('person', 'key'), name='in_the_inbox_once'),
        ),
        migrations.AddIndex(
            model_name='watch',
            index=models.Index(fields=['kind', 'subject'], name='watch_of_a_thing'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.UniqueConstraint(fields=('person', 'kind', 'subject'), name='watched_once'),
        ),
        migrations.AddIndex(
            model_name='watchletter',
            index=models.Index(condition=models.Q(('failed_at__isnull', True), ('sent_at__isnull', True)), fields=['send_after'], name='watch_letter_due'),
        ),
        migrations.AddConstraint(
            model_name='watchletter',
            constraint=models.UniqueConstraint(fields=('person', 'period'), name='one_letter_a_period'),
        ),
        migrations.AddIndex(
            model_name='news',
            index=models.Index(condition=models.Q(('letter__isnull', True)), fields=['pace', 'noted_at'], name='news_without_letter'),
        ),
        migrations.AddConstraint(
            model_name='news',
            constraint=models.UniqueConstraint(fields=('entry_index', 'person'), name='news_told_once'),
        ),
    ]
