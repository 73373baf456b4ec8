import django.db.models.deletion
import policies.rulebook_states
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RulebookVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('document', models.JSONField()),
                ('summary', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In review'), ('active', 'Active'), ('retired', 'Retired')], default=policies.rulebook_states.State['DRAFT'], max_length=10)),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('reviewer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('returned_because', models.TextField(blank=True)),
                ('activated_at', models.DateTimeField(null=True)),
                ('retired_at', models.DateTimeField(null=True)),
                ('based_on', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.rulebookversion')),
            ],
            options={
                'ordering': ['-number'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', policies.rulebook_states.State['ACTIVE'])), fields=('state',), name='one_active_rulebook')],
            },
        ),
        migrations.CreateModel(
            name='WhatIf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='what_ifs', to='rulebooks.rulebookversion')),
                ('document', models.JSONField()),
                ('compared', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.rulebookversion')),
                ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField()),
                ('days', models.PositiveSmallIntegerField(null=True)),
                ('since', models.DateTimeField(null=True)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('refused', models.JSONField(default=list)),
                ('refused_count', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('failed', 'Failed')], default='running', max_length=10)),
                ('total', models.PositiveIntegerField()),
                ('checked', models.PositiveIntegerField(default=0)),
                ('templates_reached', models.BigIntegerField(default=0, null=True)),
                ('reached_at', models.DateTimeField(null=True)),
                ('reached', models.BigIntegerField(default=0)),
                ('moved_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state', 'running')), fields=['moved_at'], name='what_if_running')],
            },
        ),
        migrations.CreateModel(
            name='WhatIfCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='counts', to='rulebooks.whatif')),
                ('kind', models.CharField(choices=[('all', 'Replies'), ('rule', 'Rule'), ('team', 'Team'), ('agent', 'Agent'), ('templates', 'Canned responses')], max_length=10)),
                ('name', models.CharField(blank=True, max_length=150)),
                ('checked', models.PositiveIntegerField(default=0)),
                ('found', models.PositiveIntegerField(default=0)),
                ('block', models.PositiveIntegerField(default=0)),
                ('approve', models.PositiveIntegerField(default=0)),
                ('warn', models.PositiveIntegerField(default=0)),
                ('block_before', models.PositiveIntegerField(default=0)),
                ('approve_before', models.PositiveIntegerField(default=0)),
                ('warn_before', models.PositiveIntegerField(default=0)),
                ('added', models.PositiveIntegerField(default=0)),
                ('gone', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['run', 'kind', 'found', 'id'], name='what_if_most_found')],
                'constraints': [models.UniqueConstraint(fields=('run', 'kind', 'name'), name='one_what_if_count_of_a_name')],
            },
        ),
        migrations.CreateModel(
            name='WhatIfLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='lines', to='rulebooks.whatif')),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('network', models.CharField(max_length=40)),
                ('visibility', models.CharField(max_length=10)),
                ('language', models.CharField(blank=True, max_length=5)),
                ('team', models.CharField(blank=True, max_length=80)),
                ('agent', models.CharField(blank=True, max_length=150)),
            ],
            options={
                'indexes': [models.Index(fields=['run', 'id'], name='what_if_lines')],
            },
        ),
        migrations.CreateModel(
            name='WhatIfText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='texts', to='rulebooks.whatif')),
                ('kind', models.CharField(choices=[('reply', 'Reply'), ('line', 'Line of the file'), ('template', 'Canned response')], max_length=10)),
                ('line', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='rulebooks.whatifline')),
                ('name', models.CharField(blank=True, max_length=100)),
                ('text', models.TextField(blank=True)),
                ('places', models.JSONField(default=list)),
                ('language', models.CharField(blank=True, max_length=5)),
                ('severity', models.CharField(blank=True, choices=[('', 'nothing'), ('block', 'block'), ('approve', 'approve'), ('warn', 'warn')], max_length=10)),
                ('before', models.CharField(blank=True, choices=[('', 'nothing'), ('block', 'block'), ('approve', 'approve'), ('warn', 'warn')], max_length=10)),
                ('added', models.BooleanField()),
                ('gone', models.BooleanField()),
                ('team', models.CharField(blank=True, max_length=80)),
                ('agent', models.CharField(blank=True, max_length=150)),
            ],
            options={
                'indexes': [models.Index(fields=['run', 'id'], name='what_if_texts'), models.Index(fields=['run', 'severity', 'id'], name='what_if_by_severity'), models.Index(fields=['run', 'team', 'id'], name='what_if_by_team'), models.Index(fields=['run', 'agent', 'id'], name='what_if_by_agent'), models.Index(condition=models.Q(('added', True)), fields=['run', 'id'], name='what_if_added'), models.Index(condition=models.Q(('gone', True)), fields=['run', 'id'], name='what_if_gone')],
            },
        ),
        migrations.CreateModel(
            name='WhatIfFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='findings', to='rulebooks.whatif')),
                ('text', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='findings', to='rulebooks.whatiftext')),
                ('code', models.CharField(max_length=60)),
                ('severity', models.CharField(blank=True, max_length=10)),
                ('before', models.CharField(blank=True, max_length=10)),
                ('added', models.BooleanField()),
                ('gone', models.BooleanField()),
                ('spots', models.JSONField(default=list)),
                ('spots_before', models.JSONField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['run', 'code', 'text'], name='what_if_by_rule')],
                'constraints': [models.UniqueConstraint(fields=('text', 'code'), name='one_what_if_finding_of_a_rule')],
            },
        ),
    ]
