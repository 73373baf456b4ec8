import django.contrib.postgres.fields
import django.db.models.deletion
import policies.reply_states
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('crises', '0001_initial'),
        ('inboxes', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('rulebooks', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crisis', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='crises.crisis')),
                ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stage', models.CharField(blank=True, max_length=20)),
                ('update_minutes', models.PositiveIntegerField(null=True)),
                ('idempotency_key', models.CharField(max_length=100)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['crisis', '-id'], name='publication_of_crisis')],
                'constraints': [models.UniqueConstraint(fields=('author', 'idempotency_key'), name='one_publication_per_key')],
            },
        ),
        migrations.CreateModel(
            name='NextUpdate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crisis', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='updates', to='crises.crisis')),
                ('publication', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='update', to='statements.publication')),
                ('made_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('next_look_at', models.DateTimeField(null=True)),
                ('told_due_at', models.DateTimeField(null=True)),
                ('kept_at', models.DateTimeField(null=True)),
                ('kept_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='statements.publication')),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('next_look_at__isnull', False)), fields=['next_look_at'], name='update_to_remind')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kept_at', None), ('withdrawn_at', None)), fields=('crisis',), name='one_open_update')],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='statements.publication')),
                ('inbox', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inboxes.inbox')),
                ('language', models.CharField(max_length=5)),
                ('text', models.TextField()),
                ('prepared', models.BooleanField(default=False)),
                ('state', models.CharField(default=policies.reply_states.State['QUEUED'], max_length=12)),
                ('next_attempt_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('lookups', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('external_id', models.CharField(blank=True, max_length=200)),
                ('url', models.CharField(blank=True, max_length=2000)),
                ('findings', models.JSONField(default=list)),
                ('rulebook_version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.rulebookversion')),
                ('needs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None)),
                ('approved_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None)),
                ('approved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('approved_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('problem_code', models.CharField(blank=True, max_length=40)),
                ('problem', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', [policies.reply_states.State['QUEUED'], policies.reply_states.State['UNKNOWN']])), fields=['next_attempt_at'], name='post_due'), models.Index(condition=models.Q(('state', policies.reply_states.State['SENDING'])), fields=['claimed_at'], name='post_in_flight')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('inbox', 'external_id'), name='one_post_of_an_id')],
            },
        ),
    ]
