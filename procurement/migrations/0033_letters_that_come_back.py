"""Addresses that letters came back from."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0032_what_does_not_fit'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='topic',
            field=models.CharField(choices=[('call', '新的采购公告'), ('invitation', '邀请您投标'), ('receipt', '投标回执'), ('reminder', '投标快截止'), ('register', '截标登记'), ('opening', '开标记录'), ('outcome', '投标的结果'), ('duty', '快到期限的事'), ('watch', '您关注的消息'), ('hook', '推送停了'), ('bounce', '您的邮箱收不到信')], max_length=12, verbose_name='事由'),
        ),
        migrations.AlterField(
            model_name='shortletter',
            name='topic',
            field=models.CharField(choices=[('call', '新的采购公告'), ('invitation', '邀请您投标'), ('receipt', '投标回执'), ('reminder', '投标快截止'), ('register', '截标登记'), ('opening', '开标记录'), ('outcome', '投标的结果'), ('duty', '快到期限的事'), ('watch', '您关注的消息'), ('hook', '推送停了'), ('bounce', '您的邮箱收不到信')], max_length=12, verbose_name='事由'),
        ),
        migrations.CreateModel(
            name='Bounced',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(max_length=254, verbose_name='邮箱')),
                ('bounced_at', models.DateTimeField(blank=True, null=True, verbose_name='从何时起收不到')),
                ('status', models.CharField(blank=True, max_length=12, verbose_name='退信代码')),
                ('delayed', models.PositiveIntegerField(default=0, verbose_name='暂时送不到的次数')),
                ('token', models.UUIDField(default=uuid.uuid4, unique=True, verbose_name='链接')),
                ('tried_at', models.DateTimeField(blank=True, null=True, verbose_name='试发时间')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '退信的邮箱',
                'verbose_name_plural': '退信的邮箱',
                'indexes': [models.Index(fields=['address'], name='bounced_address')],
            },
        ),
    ]
