"""Feeds tell what was changed last, and find it by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0024_watches_and_inbox'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='listing',
            index=models.Index(fields=['-updated_at', '-ocid'], name='listing_told_last'),
        ),
    ]
