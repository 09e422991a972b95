"""Filters that few tenders pass find them by an index, among any number of others."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0026_what_was_opened_stays'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='listing',
            index=models.Index(
                condition=models.Q(('planned_at__isnull', False)),
                fields=['-planned_at', '-ocid'],
                name='listing_planned',
            ),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.GinIndex(
                fields=['services'], name='listing_services'
            ),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.GinIndex(
                fields=['populations'], name='listing_populations'
            ),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=models.Index(
                fields=['method', '-tender_period_start'], name='listing_by_method'
            ),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=models.Index(fields=['agency_id', '-updated_at'], name='listing_by_agency'),
        ),
    ]
