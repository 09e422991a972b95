"""Filters that few awards pass find them by an index, among any number of others."""

import django.contrib.postgres.indexes
from django.db import migrations, models

import organizations.register.pairs


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0003_lists_by_index'),
        ('procurement', '0035_time_for_files_only_grows'),
    ]

    operations = [
        migrations.AlterField(
            model_name='awardlisting',
            name='agency_id',
            field=models.CharField(max_length=60, verbose_name='采购人编号'),
        ),
        migrations.AlterField(
            model_name='awardlisting',
            name='supplier_id',
            field=models.CharField(max_length=60, verbose_name='供应商编号'),
        ),
        migrations.AddIndex(
            model_name='awardlisting',
            index=models.Index(
                fields=['agency_id', '-awarded_at', '-id'], name='award_by_agency'
            ),
        ),
        migrations.AddIndex(
            model_name='awardlisting',
            index=models.Index(
                fields=['supplier_id', '-awarded_at', '-id'], name='award_by_supplier'
            ),
        ),
        migrations.AddIndex(
            model_name='awardlisting',
            index=models.Index(fields=['method', '-awarded_at', '-id'], name='award_by_method'),
        ),
        migrations.AddIndex(
            model_name='awardlisting',
            index=models.Index(fields=['amount'], name='award_by_amount'),
        ),
        migrations.AddIndex(
            model_name='awardlisting',
            index=django.contrib.postgres.indexes.GinIndex(
                fields=['regions'],
                name='award_regions',
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name='awardlisting',
            index=django.contrib.postgres.indexes.GinIndex(
                organizations.register.pairs.Pairs('title'),
                name='award_title_pairs',
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name='awardlisting',
            index=django.contrib.postgres.indexes.GinIndex(
                organizations.register.pairs.Pairs('agency_name'),
                name='award_agency_pairs',
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name='awardlisting',
            index=django.contrib.postgres.indexes.GinIndex(
                organizations.register.pairs.Pairs('supplier_name'),
                name='award_supplier_pairs',
                fastupdate=False,
            ),
        ),
    ]
