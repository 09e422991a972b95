"""Numbers people confirmed, and what one line says to them by SMS or WeChat."""

import django.db.models.deletion
import procurement.notifications.parts
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0030_watches_that_post'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CodeSent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, verbose_name='号码摘要')),
                ('sent_at', models.DateTimeField(verbose_name='发出时间')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '发出的验证码',
                'verbose_name_plural': '发出的验证码',
                'indexes': [models.Index(fields=['digest'], name='codes_to_a_number')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('sms', '短信'), ('wechat', '微信')], max_length=10, verbose_name='方式')),
                ('sealed', models.BinaryField(verbose_name='号码')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='确认时间')),
                ('code_digest', models.CharField(blank=True, max_length=64, verbose_name='验证码摘要')),
                ('code_sent_at', models.DateTimeField(verbose_name='验证码发出时间')),
                ('code_tries', models.PositiveSmallIntegerField(default=0, verbose_name='试了几次')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '联系方式',
                'verbose_name_plural': '联系方式',
                'constraints': [models.UniqueConstraint(fields=('person', 'channel'), name='one_contact_a_channel')],
            },
        ),
        migrations.CreateModel(
            name='ShortLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, unique=True, verbose_name='链接')),
                ('noted_at', models.DateTimeField(verbose_name='记入时间')),
                ('send_after', models.DateTimeField(verbose_name='最早发送时间')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='尝试次数')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='送达时间')),
                ('failed_at', models.DateTimeField(blank=True, null=True, verbose_name='放弃时间')),
                ('error', models.CharField(blank=True, max_length=200, verbose_name='错误')),
                ('channel', models.CharField(choices=[('sms', '短信'), ('wechat', '微信')], max_length=10, verbose_name='方式')),
                ('key', models.CharField(max_length=60, verbose_name='哪一件')),
                ('slug', models.CharField(default=procurement.notifications.parts.new_slug, max_length=12, unique=True, verbose_name='短链接')),
                ('topic', models.CharField(choices=[('call', '新的采购公告'), ('invitation', '邀请您投标'), ('receipt', '投标回执'), ('reminder', '投标快截止'), ('register', '截标登记'), ('opening', '开标记录'), ('outcome', '投标的结果'), ('duty', '快到期限的事'), ('watch', '您关注的消息'), ('hook', '推送停了')], max_length=12, verbose_name='事由')),
                ('notice', models.CharField(blank=True, choices=[('rulebook', '规则变更公告'), ('calendar', '放假安排公告'), ('keyset', '开标钥匙公告'), ('sealer', '封标工具公告'), ('planning', '采购意向'), ('draw', '抽取承诺公告'), ('tender', '采购公告'), ('clarification', '答疑公告'), ('amendment', '更正公告'), ('register', '截标登记'), ('ceremony', '开标过程'), ('opening', '开标记录'), ('reach', '知晓情况'), ('award', '结果公告'), ('failure', '采购失败公告'), ('cancellation', '终止公告'), ('statement', '履行情况说明'), ('breach', '逾期记录'), ('cure', '补办记录'), ('reply', '采购人对逾期的说明'), ('excuse', '对逾期的谅解')], max_length=20, verbose_name='公告类型')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='标题')),
                ('count', models.PositiveIntegerField(default=1, verbose_name='几条')),
                ('path', models.CharField(max_length=300, verbose_name='网页')),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name='服务商的编号')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tender', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.tender')),
            ],
            options={
                'verbose_name': '短信和微信消息',
                'verbose_name_plural': '短信和微信消息',
                'indexes': [models.Index(condition=models.Q(('failed_at__isnull', True), ('sent_at__isnull', True)), fields=['send_after'], name='short_letter_due')],
                'constraints': [models.UniqueConstraint(fields=('person', 'channel', 'key'), name='short_told_once')],
            },
        ),
    ]
