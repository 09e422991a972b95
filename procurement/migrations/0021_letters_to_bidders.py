"""Letters to bidders with their receipts, and heads to those who keep them."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0002_hosting'),
        ('procurement', '0020_refused_envelopes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='UntoldReceipt',
            fields=[
                ('receipt', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='procurement.receipt')),
            ],
            options={
                'verbose_name': '还没有寄出的回执',
                'verbose_name_plural': '还没有寄出的回执',
            },
        ),
        migrations.CreateModel(
            name='BidLetter',
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
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('receipt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.receipt')),
                ('tender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.tender')),
            ],
            options={
                'verbose_name': '给投标人的信',
                'verbose_name_plural': '给投标人的信',
                'indexes': [models.Index(condition=models.Q(('failed_at__isnull', True), ('sent_at__isnull', True)), fields=['send_after'], name='bid_letter_due')],
                'constraints': [models.UniqueConstraint(fields=('receipt', 'person'), name='receipt_told_once'), models.UniqueConstraint(fields=('entry_index', 'organization', 'person'), name='bidder_told_once'), models.CheckConstraint(condition=models.Q(models.Q(('entry_index__isnull', False), ('receipt__isnull', True)), models.Q(('entry_index__isnull', True), ('receipt__isnull', False)), _connector='OR'), name='bid_letter_is_about_one_thing')],
            },
        ),
        migrations.CreateModel(
            name='HeadLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, unique=True, verbose_name='链接')),
                ('noted_at', models.DateTimeField(verbose_name='记入时间')),
                ('send_after', models.DateTimeField(verbose_name='最早发送时间')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='尝试次数')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='送达时间')),
                ('failed_at', models.DateTimeField(blank=True, null=True, verbose_name='放弃时间')),
                ('error', models.CharField(blank=True, max_length=200, verbose_name='错误')),
                ('address', models.EmailField(max_length=254, verbose_name='邮箱')),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.checkpoint')),
            ],
            options={
                'verbose_name': '寄出的日志头',
                'verbose_name_plural': '寄出的日志头',
                'indexes': [models.Index(condition=models.Q(('failed_at__isnull', True), ('sent_at__isnull', True)), fields=['send_after'], name='head_letter_due')],
                'constraints': [models.UniqueConstraint(fields=('checkpoint', 'address'), name='head_told_once')],
            },
        ),
    ]
