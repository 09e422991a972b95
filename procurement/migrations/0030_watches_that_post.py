"""Systems that watches post their notices to, and each POST on its way."""


import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0029_files_are_waited_for'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='topic',
            field=models.CharField(choices=[('call', '新的采购公告'), ('invitation', '邀请您投标'), ('receipt', '投标回执'), ('reminder', '投标快截止'), ('register', '截标登记'), ('opening', '开标记录'), ('outcome', '投标的结果'), ('duty', '快到期限的事'), ('watch', '您关注的消息'), ('hook', '推送停了')], max_length=12, verbose_name='事由'),
        ),
        migrations.CreateModel(
            name='Hook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed_address', models.BinaryField(verbose_name='网址')),
                ('sealed_secret', models.BinaryField(verbose_name='密钥')),
                ('since', models.DateTimeField(verbose_name='从何时起')),
                ('failing_since', models.DateTimeField(blank=True, null=True, verbose_name='从何时起送不到')),
                ('stopped_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
                ('watch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='procurement.watch')),
            ],
            options={
                'verbose_name': '推送地址',
                'verbose_name_plural': '推送地址',
            },
        ),
        migrations.CreateModel(
            name='HookLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, unique=True, verbose_name='链接')),
                ('noted_at', models.DateTimeField(verbose_name='记入时间')),
                ('send_after', models.DateTimeField(verbose_name='最早发送时间')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='尝试次数')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='送达时间')),
                ('failed_at', models.DateTimeField(blank=True, null=True, verbose_name='放弃时间')),
                ('error', models.CharField(blank=True, max_length=200, verbose_name='错误')),
                ('entry_index', models.BigIntegerField(null=True, verbose_name='日志序号')),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name='对方的回答')),
                ('hook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='procurement.hook')),
            ],
            options={
                'verbose_name': '推送',
                'verbose_name_plural': '推送',
                'indexes': [models.Index(condition=models.Q(('failed_at__isnull', True), ('sent_at__isnull', True)), fields=['send_after'], name='hook_letter_due')],
                'constraints': [models.UniqueConstraint(fields=('hook', 'entry_index'), name='posted_once')],
            },
        ),
    ]
