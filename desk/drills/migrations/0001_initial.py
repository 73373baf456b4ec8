import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('crises', '0001_initial'),
        ('inboxes', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Drill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('scenario_form', models.JSONField()),
                ('inbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='drills', to='inboxes.inbox')),
                ('language', models.CharField(choices=[('nl', 'Dutch'), ('en', 'English'), ('both', 'Both')], default='nl', max_length=4, verbose_name='language')),
                ('speed', models.PositiveSmallIntegerField(default=1, verbose_name='speed')),
                ('announced', models.BooleanField(default=True, verbose_name='announced')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('running', 'Running'), ('finished', 'Finished'), ('real', 'Turned into the real thing'), ('cancelled', 'Cancelled')], default='planned', max_length=10)),
                ('planned_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('planned_at', models.DateTimeField(null=True)),
                ('repeat_days', models.PositiveSmallIntegerField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('started_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('started_at', models.DateTimeField(null=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.TextField(blank=True)),
                ('playing_until', models.DateTimeField(null=True)),
                ('cleared_at', models.DateTimeField(null=True)),
                ('plan', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crises.crisisplanversion')),
                ('crisis', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drill_of', to='crises.crisis')),
                ('became', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crises.crisis')),
                ('card', models.JSONField(default=dict)),
                ('passed', models.BooleanField(null=True)),
            ],
            options={
                'verbose_name': 'drill',
                'verbose_name_plural': 'drills',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('planned_at__isnull', False), ('state', 'planned')), fields=['planned_at'], name='drill_due'), models.Index(condition=models.Q(('passed', True)), fields=['plan', '-ended_at'], name='drill_of_plan'), models.Index(condition=models.Q(('cleared_at', None), ('ended_at__isnull', False)), fields=['id'], name='drill_not_cleared'), models.Index(condition=models.Q(('became__isnull', False)), fields=['became'], name='drill_became')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='one_running_drill'), models.CheckConstraint(condition=models.Q(('speed__gte', 1), ('speed__lte', 60)), name='drill_speed')],
            },
        ),
        migrations.CreateModel(
            name='Beat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('drill', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='beats', to='drills.drill')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('post', 'Post'), ('fault_begins', 'Fault Begins'), ('fault_ends', 'Fault Ends')], max_length=12)),
                ('phase', models.PositiveSmallIntegerField()),
                ('due_at', models.DateTimeField()),
                ('data', models.JSONField()),
                ('played_at', models.DateTimeField(null=True)),
                ('external_id', models.CharField(blank=True, max_length=200)),
                ('problem', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('played_at', None)), fields=['drill', 'number'], name='beat_to_play')],
                'constraints': [models.UniqueConstraint(fields=('drill', 'number'), name='one_beat_of_a_number')],
            },
        ),
    ]
