import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DRILL_STAYS = """
CREATE FUNCTION drill_stays() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'what is for drills stays for drills, and what is real stays real'; END $$;
CREATE TRIGGER inbox_drill_stays BEFORE UPDATE OF drill ON inboxes_inbox
    FOR EACH ROW WHEN (OLD.drill IS DISTINCT FROM NEW.drill) EXECUTE FUNCTION drill_stays();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Inbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network', models.CharField(max_length=40, verbose_name='network')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('base_url', models.CharField(blank=True, max_length=300, verbose_name='server address')),
                ('sealed_credentials', models.BinaryField(default=b'')),
                ('own_id', models.CharField(blank=True, max_length=100)),
                ('handle', models.CharField(blank=True, max_length=100)),
                ('limits', models.JSONField(default=dict, editable=False)),
                ('options', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused'), ('needs_reauthorisation', 'Needs to be authorised again')], default='active', max_length=30, verbose_name='state')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='inboxes', to='people.team', verbose_name='team')),
                ('brand', models.CharField(blank=True, default='', max_length=80, verbose_name='brand')),
                ('language', models.CharField(default='nl', max_length=5, verbose_name='usual language')),
                ('poll_seconds', models.PositiveIntegerField(default=60, verbose_name='seconds between polls')),
                ('conversation_window_hours', models.PositiveIntegerField(default=72, verbose_name='conversation window (hours)')),
                ('monthly_budget', models.PositiveIntegerField(blank=True, null=True, verbose_name='most to spend in a month (US dollars)')),
                ('drill', models.BooleanField(default=False, editable=False, verbose_name='for drills')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_poll_at', models.DateTimeField(editable=False, null=True)),
                ('last_event_at', models.DateTimeField(editable=False, null=True)),
                ('last_event_lag_ms', models.BigIntegerField(editable=False, null=True)),
                ('last_webhook_at', models.DateTimeField(editable=False, null=True)),
                ('last_error', models.JSONField(default=dict, editable=False)),
                ('last_error_code', models.CharField(blank=True, editable=False, max_length=40)),
                ('last_error_at', models.DateTimeField(editable=False, null=True)),
                ('failures_in_a_row', models.PositiveIntegerField(default=0, editable=False)),
                ('cost_total', models.DecimalField(decimal_places=4, default=0, editable=False, max_digits=12)),
                ('cost_month', models.DecimalField(decimal_places=4, default=0, editable=False, max_digits=12)),
                ('reads_month', models.PositiveIntegerField(default=0, editable=False)),
                ('month_of_cost', models.DateField(editable=False, null=True)),
                ('breaker_failures', models.PositiveIntegerField(default=0, editable=False)),
                ('breaker_until', models.DateTimeField(editable=False, null=True)),
                ('credentials_end_at', models.DateTimeField(editable=False, null=True)),
                ('credentials_asked_at', models.DateTimeField(editable=False, null=True)),
                ('credentials_warned_days', models.PositiveSmallIntegerField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'inbox',
                'verbose_name_plural': 'inboxes',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='CoverageGap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coverage_gaps', to='inboxes.inbox')),
                ('stream', models.CharField(blank=True, default='', max_length=40)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(choices=[('outage', 'The network did not answer'), ('rate_limit', "The network's limit was reached"), ('token', 'The account had to be authorised again'), ('quota', 'The paid quota was used up'), ('paused', 'Paused by a person'), ('permission', 'The credentials do not allow it to be read'), ('history', 'The network no longer tells what was said then')], max_length=20)),
            ],
            options={
                'indexes': [models.Index(fields=['inbox', '-started_at'], name='gaps_of_inbox')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('inbox', 'stream'), name='one_open_gap_per_stream')],
            },
        ),
        migrations.CreateModel(
            name='RawItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='raw_items', to='inboxes.inbox')),
                ('event_key', models.CharField(max_length=300)),
                ('source', models.CharField(max_length=10)),
                ('item', models.JSONField()),
                ('occurred_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('processed_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('retry_at', models.DateTimeField(null=True)),
                ('problem', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('processed_at', None)), fields=['inbox', 'id'], name='raw_unprocessed')],
                'constraints': [models.UniqueConstraint(fields=('inbox', 'event_key'), name='one_raw_item_per_event')],
            },
        ),
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reconciliations', to='inboxes.inbox')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('since', models.DateTimeField()),
                ('fix', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('result', models.JSONField(default=dict)),
                ('problem', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('begun_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['inbox', '-id'], name='reconciliations_of_inbox')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('inbox',), name='one_reconciliation_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='StreamState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='streams', to='inboxes.inbox')),
                ('name', models.CharField(max_length=40)),
                ('cursor', models.JSONField(default=dict)),
                ('next_poll_at', models.DateTimeField()),
                ('claimed_until', models.DateTimeField(null=True)),
                ('last_poll_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('rate_limit', models.IntegerField(null=True)),
                ('rate_remaining', models.IntegerField(null=True)),
                ('rate_reset_at', models.DateTimeField(null=True)),
                ('took_ms', models.PositiveIntegerField(null=True)),
                ('denied', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['next_poll_at'], name='stream_due')],
                'constraints': [models.UniqueConstraint(fields=('inbox', 'name'), name='one_state_per_stream')],
            },
        ),
        migrations.RunSQL(DRILL_STAYS, "DROP TRIGGER inbox_drill_stays ON inboxes_inbox; DROP FUNCTION drill_stays();"),
    ]
