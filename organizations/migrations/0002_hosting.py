"""Hosts are asked: who named a host before has asked it, and the host is still to answer."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def ask(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make a request of every host named so far, by the person who registered the group."""
    memberships = apps.get_model("organizations", "Membership").objects.order_by("granted_at", "pk")
    for cso in apps.get_model("organizations", "Cso").objects.exclude(host=None):
        founder = memberships.filter(organization_id=cso.pk).first()
        if founder is not None:
            apps.get_model("organizations", "Hosting").objects.create(
                group_id=cso.pk,
                host_id=cso.host_id,
                asked_at=cso.organization.registered_at,
                asked_by_id=founder.user_id,
            )


class Migration(migrations.Migration):
    """From a name in the profile to a request with its answer."""

    dependencies = [
        ('organizations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Hosting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hostings', to='organizations.cso', verbose_name='小组')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hosted', to='organizations.organization', verbose_name='托管组织')),
                ('asked_at', models.DateTimeField(verbose_name='请求时间')),
                ('asked_by_id', models.BigIntegerField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='同意时间')),
                ('accepted_by_id', models.BigIntegerField(blank=True, null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True, verbose_name='谢绝时间')),
                ('declined_by_id', models.BigIntegerField(blank=True, null=True)),
                ('decline_reason', models.TextField(blank=True, max_length=1000, verbose_name='谢绝的原因')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('ended_by_id', models.BigIntegerField(blank=True, null=True)),
                ('end_reason', models.TextField(blank=True, max_length=1000, verbose_name='结束的原因')),
            ],
            options={
                'verbose_name': '托管',
                'verbose_name_plural': '托管',
                'ordering': ('asked_at', 'pk'),
            },
        ),
        migrations.AddConstraint(
            model_name='hosting',
            constraint=models.UniqueConstraint(condition=models.Q(('declined_at', None), ('ended_at', None)), fields=('group',), name='hosting_is_open_once'),
        ),
        migrations.AddConstraint(
            model_name='hosting',
            constraint=models.CheckConstraint(condition=models.Q(('host', models.F('group')), _negated=True), name='hosting_is_not_of_oneself', violation_error_message='托管组织要是另一个已登记的组织。'),
        ),
        migrations.AddConstraint(
            model_name='hosting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('accepted_by_id', None)), models.Q(('accepted_at__isnull', False), ('accepted_by_id__isnull', False)), _connector='OR'), name='hosting_acceptance_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='hosting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decline_reason', ''), ('declined_at', None), ('declined_by_id', None)), models.Q(('declined_at__isnull', False), ('declined_by_id__isnull', False), models.Q(('decline_reason', ''), _negated=True)), _connector='OR'), name='hosting_decline_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='hosting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at', None), ('ended_by_id', None)), models.Q(('ended_at__isnull', False), ('ended_by_id__isnull', False)), _connector='OR'), name='hosting_end_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='hosting',
            constraint=models.CheckConstraint(condition=models.Q(('declined_at', None), models.Q(('accepted_at', None), ('ended_at', None)), _connector='OR'), name='hosting_declined_is_over'),
        ),
        migrations.RunPython(ask, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='cso',
            name='cso_with_a_host_is_hosted',
        ),
        migrations.RemoveConstraint(
            model_name='cso',
            name='cso_does_not_host_itself',
        ),
        migrations.RemoveField(
            model_name='cso',
            name='host',
        ),
    ]
