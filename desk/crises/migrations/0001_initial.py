import django.db.models.deletion
import policies.rulebook_states
from django.conf import settings
from django.db import migrations, models

ENTRY_STAYS = """
CREATE FUNCTION crises_entry_stays() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'an entry of the log of a crisis is never changed or deleted'; END $$;
CREATE TRIGGER crises_entry_stays BEFORE UPDATE OR DELETE ON crises_crisisentry
    FOR EACH ROW EXECUTE FUNCTION crises_entry_stays();
"""

DRILL_STAYS = """
CREATE TRIGGER crisis_drill_stays BEFORE UPDATE OF drill ON crises_crisis
    FOR EACH ROW WHEN (OLD.drill IS DISTINCT FROM NEW.drill) EXECUTE FUNCTION drill_stays();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('inboxes', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('tickets', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CrisisPlanVersion',
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
                ('based_on', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crises.crisisplanversion')),
            ],
            options={
                'ordering': ['-number'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', policies.rulebook_states.State['ACTIVE'])), fields=('state',), name='one_active_crisis_plan')],
            },
        ),
        migrations.CreateModel(
            name='CrisisHook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('level', models.PositiveSmallIntegerField(default=0)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sealed_secret', models.BinaryField()),
                ('sealed_before', models.BinaryField(null=True)),
                ('before_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('name',), name='one_crisis_hook_of_a_name'), models.CheckConstraint(condition=models.Q(('level__lte', 2)), name='crisis_hook_level')],
            },
        ),
        migrations.CreateModel(
            name='Crisis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('reason', models.TextField(verbose_name='reason')),
                ('state', models.CharField(choices=[('suspected', 'Suspected'), ('active', 'Active'), ('stood_down', 'Stood down'), ('reviewed', 'Reviewed'), ('dismissed', 'Dismissed')], default='suspected', max_length=12)),
                ('level', models.PositiveSmallIntegerField(default=0)),
                ('scope_form', models.JSONField(default=dict)),
                ('drill', models.BooleanField(default=False)),
                ('plan', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crises.crisisplanversion')),
                ('role_holders', models.JSONField(default=dict)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lapses_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('level_since', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('log_length', models.PositiveIntegerField(default=0)),
                ('log_digest', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': 'crisis',
                'verbose_name_plural': 'crises',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state', 'active')), fields=['id'], name='crisis_active'), models.Index(condition=models.Q(('lapses_at__isnull', False), ('level', 3), ('state', 'active')), fields=['lapses_at'], name='crisis_lapses'), models.Index(fields=['state', '-id'], name='crisis_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('level__lte', 3)), name='crisis_level_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'active'), _negated=True), models.Q(('level__gte', 1), ('plan__isnull', False), ('started_at__isnull', False)), _connector='OR'), name='active_crisis_has_level_and_plan')],
            },
        ),
        migrations.CreateModel(
            name='CallUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crisis', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='called_up', to='crises.crisis')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField()),
                ('comes', models.BooleanField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('crisis', 'user'), name='one_call_up_of_a_person')],
            },
        ),
        migrations.CreateModel(
            name='CrisisCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crisis', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='counts', to='crises.crisis')),
                ('at', models.DateTimeField()),
                ('inbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inboxes.inbox')),
                ('messages', models.IntegerField(default=0)),
                ('negative', models.IntegerField(default=0)),
                ('positive', models.IntegerField(default=0)),
                ('answers', models.IntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('crisis', 'at', 'inbox'), name='one_crisis_count')],
            },
        ),
        migrations.CreateModel(
            name='CrisisEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crisis', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='crises.crisis')),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(max_length=20)),
                ('text', models.TextField(blank=True)),
                ('data', models.JSONField(default=dict)),
                ('before', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('crisis', 'number'), name='one_crisis_entry_of_a_number')],
            },
        ),
        migrations.CreateModel(
            name='CrisisSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crisis', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='searches', to='crises.crisis')),
                ('inbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inboxes.inbox')),
                ('since', models.DateTimeField()),
                ('reached', models.BigIntegerField(default=0)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['id'], name='crisis_search_open')],
            },
        ),
        migrations.CreateModel(
            name='CrisisTicket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crisis', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tickets', to='crises.crisis')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='crises', to='tickets.ticket')),
                ('how', models.CharField(choices=[('scope', 'by its scope'), ('alike', 'almost the same words'), ('hand', 'by hand'), ('ticket', 'with another ticket')], max_length=10)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('left_at', models.DateTimeField(null=True)),
                ('routed_to', models.BigIntegerField(null=True)),
                ('reach', models.BigIntegerField(default=0)),
                ('digest', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('left_at', None)), fields=['crisis', '-reach', 'id'], name='crisis_reach'), models.Index(condition=models.Q(('how', 'hand'), ('left_at', None)), fields=['crisis', '-id'], name='crisis_put_in'), models.Index(condition=models.Q(('by__isnull', False)), fields=['by'], name='crisis_ticket_by')],
                'constraints': [models.UniqueConstraint(fields=('crisis', 'ticket'), name='one_row_of_a_ticket_in_a_crisis')],
            },
        ),
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crisis', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='escalations', to='crises.crisis')),
                ('plan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crises.crisisplanversion')),
                ('level', models.PositiveSmallIntegerField()),
                ('began_at', models.DateTimeField()),
                ('done', models.PositiveIntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('lap', models.PositiveIntegerField(default=1)),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('acknowledged_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('look_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('stopped_why', models.CharField(blank=True, choices=[('over', 'the crisis is over'), ('raised', 'a higher level has a chain of its own')], max_length=10)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['crisis', '-id'], name='escalations_of_crisis'), models.Index(condition=models.Q(('stopped_at', None)), fields=['look_at'], name='escalation_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('stopped_at', None)), fields=('crisis',), name='one_running_escalation')],
            },
        ),
        migrations.CreateModel(
            name='HookCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hook', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='crises.crisishook')),
                ('key', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('crisis', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hook_calls', to='crises.crisis')),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['hook', '-at'], name='last_hook_calls')],
                'constraints': [models.UniqueConstraint(fields=('hook', 'key'), name='one_hook_call_of_a_key')],
            },
        ),
        migrations.CreateModel(
            name='EscalationStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('escalation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='crises.escalation')),
                ('lap', models.PositiveIntegerField()),
                ('rung', models.PositiveIntegerField()),
                ('step', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('passed', models.CharField(blank=True, max_length=12)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('escalation', 'lap', 'rung'), name='one_row_of_a_rung')],
            },
        ),
        migrations.RunSQL(
            ENTRY_STAYS, "DROP TRIGGER crises_entry_stays ON crises_crisisentry; DROP FUNCTION crises_entry_stays();"
        ),
        migrations.RunSQL(DRILL_STAYS, "DROP TRIGGER crisis_drill_stays ON crises_crisis;"),
    ]
