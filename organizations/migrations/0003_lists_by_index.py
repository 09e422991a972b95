"""The public register is read by name, and by what few have, through indexes."""

import django.contrib.postgres.indexes
from django.db import migrations, models

import organizations.register.pairs

# Immutable, so that indexes may hold it; dear, so that a scan looks at the text itself first.
CREATE = """
CREATE FUNCTION character_pairs(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    SELECT coalesce(array_agg(DISTINCT part), '{}')
    FROM (SELECT upper(words) AS folded) AS one,
        generate_series(1, length(folded)) AS n,
        LATERAL (VALUES (substr(folded, n, 1)), (substr(folded, n, 2))) AS pieces(part)
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0002_hosting'),
    ]

    operations = [
        migrations.RunSQL(CREATE, 'DROP FUNCTION character_pairs(text)'),
        migrations.AddIndex(
            model_name='organization',
            index=models.Index(
                condition=models.Q(('refused_at', None), ('suspended_at', None)),
                fields=['kind', 'name', 'id'],
                name='organization_public_by_name',
            ),
        ),
        migrations.AddIndex(
            model_name='organization',
            index=django.contrib.postgres.indexes.GinIndex(
                organizations.register.pairs.Pairs('name'),
                name='organization_name_pairs',
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name='organization',
            index=django.contrib.postgres.indexes.GinIndex(
                organizations.register.pairs.Pairs('name_en'),
                name='organization_name_en_pairs',
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name='cso',
            index=django.contrib.postgres.indexes.GinIndex(
                organizations.register.pairs.Pairs('purpose'),
                name='cso_purpose_pairs',
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name='cso',
            index=django.contrib.postgres.indexes.GinIndex(
                fields=['populations'],
                name='cso_populations',
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name='cso',
            index=django.contrib.postgres.indexes.GinIndex(
                fields=['services'],
                name='cso_services',
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name='cso',
            index=models.Index(fields=['cso_type'], name='cso_by_type'),
        ),
    ]
