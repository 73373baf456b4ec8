import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('alerts', '0001_initial'),
        ('crises', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('tickets', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='BusinessCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('name',), name='one_calendar_of_a_name')],
            },
        ),
        migrations.CreateModel(
            name='SlaPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('position', models.PositiveIntegerField(default=0)),
                ('enabled', models.BooleanField(default=True, verbose_name='in force')),
                ('is_default', models.BooleanField(default=False)),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('name',), name='one_policy_of_a_name'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='one_default_policy'), models.CheckConstraint(condition=models.Q(('is_default', False), models.Q(('deleted_at', None), ('enabled', True)), _connector='OR'), name='default_policy_in_force')],
            },
        ),
        migrations.CreateModel(
            name='SlaRenewal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(default=list)),
                ('after', models.JSONField(default=list)),
                ('crisis', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crises.crisis')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
                ('reached', models.BigIntegerField(default=0)),
                ('renewed', models.PositiveIntegerField(default=0)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['id'], name='renewal_to_do')],
            },
        ),
        migrations.CreateModel(
            name='CalendarVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('calendar', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='sla.businesscalendar')),
                ('number', models.PositiveIntegerField()),
                ('form', models.JSONField()),
                ('holidays', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('calendar', 'number'), name='one_calendar_version')],
            },
        ),
        migrations.CreateModel(
            name='SlaPolicyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('policy', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='sla.slapolicy')),
                ('number', models.PositiveIntegerField()),
                ('conditions_form', models.JSONField(default=dict)),
                ('first_response_seconds', models.PositiveIntegerField(null=True)),
                ('next_response_seconds', models.PositiveIntegerField(null=True)),
                ('resolution_seconds', models.PositiveIntegerField(null=True)),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='policy_versions', to='sla.businesscalendar')),
                ('alert_chain', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='policy_versions', to='alerts.alertchain')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('policy', 'number'), name='one_policy_version')],
            },
        ),
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='clocks', to='tickets.ticket')),
                ('metric', models.CharField(choices=[('first_response', 'First response'), ('next_response', 'Next response'), ('resolution', 'Resolution')], max_length=20)),
                ('cycle', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('running', 'Running'), ('paused', 'Paused'), ('met', 'Answered'), ('cancelled', 'Cancelled')], default='running', max_length=10)),
                ('policy_version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.slapolicyversion')),
                ('calendar_version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.calendarversion')),
                ('started_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('target_seconds', models.PositiveIntegerField(null=True)),
                ('warn_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('met_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('breached_at', models.DateTimeField(null=True)),
                ('alert_chain_version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alerts.alertchainversion')),
                ('look_at', models.DateTimeField(null=True)),
                ('dropped_as', models.CharField(blank=True, db_default='', default='', max_length=12)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('look_at__isnull', False)), fields=['look_at'], name='clock_to_look_at'), models.Index(condition=models.Q(('metric', 'first_response')), fields=['started_at'], name='clock_started')],
                'constraints': [models.UniqueConstraint(fields=('ticket', 'metric', 'cycle'), name='one_clock_per_cycle'), models.CheckConstraint(condition=models.Q(('breached_at', None), ('breached_at', models.F('due_at')), _connector='OR'), name='breached_when_due')],
            },
        ),
        migrations.CreateModel(
            name='ClockPause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clock', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pauses', to='sla.clock')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('reason', models.CharField(max_length=30)),
            ],
            options={
                'indexes': [models.Index(fields=['clock', 'since'], name='pause_of_clock')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('clock',), name='one_open_pause'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='pause_ends_after_it_began')],
            },
        ),
        migrations.AddField(
            model_name='businesscalendar',
            name='current',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.calendarversion'),
        ),
        migrations.AddField(
            model_name='slapolicy',
            name='current',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.slapolicyversion'),
        ),
    ]
