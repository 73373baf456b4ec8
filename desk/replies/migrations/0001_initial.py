import desk.replies.models
import desk.tickets.names
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import policies.approval_states
import policies.batch_states
import policies.canned_states
import policies.reply_states
from django.conf import settings
from django.db import migrations, models

DRILL_STAYS = """
CREATE TRIGGER reply_drill_stays BEFORE UPDATE OF drill ON replies_reply
    FOR EACH ROW WHEN (OLD.drill IS DISTINCT FROM NEW.drill) EXECUTE FUNCTION drill_stays();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('crises', '0001_initial'),
        ('inboxes', '0001_initial'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('rulebooks', '0001_initial'),
        ('statements', '0001_initial'),
        ('tickets', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CannedResponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('kind', models.CharField(choices=[('response', 'Canned response'), ('holding_statement', 'Holding statement')], default='response', max_length=20, verbose_name='kind')),
                ('scenario', models.CharField(blank=True, max_length=60, verbose_name='scenario')),
                ('stage', models.CharField(blank=True, choices=[('investigating', 'We are looking into it'), ('identified', 'We know the cause'), ('monitoring', 'It is mended, we keep watching'), ('resolved', 'It is solved')], max_length=20, verbose_name='stage')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('active', 'Active'), ('suspended', 'Breaks the rulebook')], default=policies.canned_states.State['DRAFT'], max_length=10)),
                ('suspended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('shortcut', models.SlugField(max_length=30, unique=True, verbose_name='shortcut')),
                ('texts', models.JSONField(default=list)),
                ('fallback', models.CharField(default='nl', max_length=5)),
                ('variables', models.JSONField(default=list)),
                ('words', models.TextField(blank=True, editable=False)),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='people.team', verbose_name='only for team')),
                ('visibility', models.CharField(blank=True, choices=[('', 'Public and private'), ('public', 'Public reply'), ('private', 'Private message')], max_length=10, verbose_name='for')),
                ('networks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('words_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('approved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('approved_at', models.DateTimeField(null=True)),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('review_on', models.DateField(blank=True, null=True, verbose_name='review on')),
                ('review_told', models.BooleanField(default=False)),
                ('actions', models.JSONField(default=list)),
                ('times_used', models.PositiveIntegerField(default=0)),
                ('times_edited', models.PositiveIntegerField(default=0)),
                ('times_learned', models.PositiveIntegerField(default=0)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('inboxes', models.ManyToManyField(blank=True, related_name='canned_responses', to='inboxes.inbox')),
            ],
            options={
                'ordering': ['name'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(desk.tickets.names.NameWords(models.F('name'), models.F('shortcut'), models.F('words')), name='canned_words'), models.Index(condition=models.Q(('state', policies.canned_states.State['ACTIVE'])), fields=['-times_used', 'name'], name='canned_on_offer'), models.Index(condition=models.Q(('review_told', False)), fields=['review_on'], name='canned_review'), models.Index(condition=models.Q(('scenario', ''), _negated=True), fields=['scenario', 'stage'], name='canned_statements')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='tickets.ticket')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL)),
                ('visibility', models.CharField(default='public', max_length=10)),
                ('text', models.TextField(blank=True)),
                ('seen_event_id', models.BigIntegerField(default=0)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('returned_because', models.TextField(blank=True)),
                ('returned_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('ticket', 'author'), name='one_draft_per_colleague')],
            },
        ),
        migrations.CreateModel(
            name='AnswerBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crisis', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crises.crisis')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('state', models.CharField(choices=[('preparing', 'Being looked at'), ('ready', 'Ready to start'), ('running', 'Running'), ('paused', 'Paused'), ('done', 'Done'), ('stopped', 'Stopped')], default=policies.batch_states.State['PREPARING'], max_length=10)),
                ('visibility', models.CharField(choices=[('public', 'Public reply'), ('private', 'Private message')], max_length=10)),
                ('texts', models.JSONField(default=list)),
                ('fallback', models.CharField(default='nl', max_length=5)),
                ('variables', models.JSONField(default=list)),
                ('canned_response', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='replies.cannedresponse')),
                ('chosen', models.JSONField(default=dict)),
                ('publication', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='statements.publication')),
                ('per_minute', models.PositiveSmallIntegerField()),
                ('total', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('moved_at', models.DateTimeField()),
                ('resumed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('paused_because', models.CharField(blank=True, max_length=40)),
                ('rewordings', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['crisis', '-id'], name='batch_of_crisis'), models.Index(condition=models.Q(('state__in', [policies.batch_states.State['PREPARING'], policies.batch_states.State['RUNNING']])), fields=['id'], name='batch_at_work')],
            },
        ),
        migrations.CreateModel(
            name='CannedTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('canned_response', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='replies.cannedresponse')),
                ('term', models.CharField(max_length=30)),
                ('uses', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['term'], name='canned_by_term')],
                'constraints': [models.UniqueConstraint(fields=('canned_response', 'term'), name='one_count_per_term')],
            },
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='tickets.ticket')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to=settings.AUTH_USER_MODEL)),
                ('drill', models.BooleanField(default=False)),
                ('visibility', models.CharField(choices=[('public', 'Public reply'), ('private', 'Private message')], max_length=10)),
                ('text', models.TextField()),
                ('signed_text', models.TextField()),
                ('answers', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.message')),
                ('idempotency_key', models.CharField(max_length=100)),
                ('state', models.CharField(default=policies.reply_states.State['QUEUED'], max_length=12)),
                ('submitted_at', models.DateTimeField()),
                ('scheduled_for', models.DateTimeField(null=True)),
                ('approval_asked', models.BooleanField(default=False)),
                ('looked_event_id', models.BigIntegerField(null=True)),
                ('next_attempt_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('called', models.BooleanField(default=False)),
                ('lookups', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('external_id', models.CharField(blank=True, max_length=200)),
                ('message', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reply', to='tickets.message')),
                ('findings', models.JSONField(default=list)),
                ('rulebook_version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.rulebookversion')),
                ('canned_response', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='replies.cannedresponse')),
                ('canned_edited', models.BooleanField(default=False)),
                ('staged', models.JSONField(default=list)),
                ('held_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crises.crisis')),
                ('let_past', models.JSONField(default=list)),
                ('problem_code', models.CharField(blank=True, max_length=40)),
                ('problem', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', [policies.reply_states.State['QUEUED'], policies.reply_states.State['UNKNOWN']])), fields=['next_attempt_at'], name='reply_due'), models.Index(condition=models.Q(('state', policies.reply_states.State['SENDING'])), fields=['claimed_at'], name='reply_in_flight'), models.Index(fields=['ticket', 'id'], name='reply_of_ticket'), models.Index(condition=models.Q(('state', policies.reply_states.State['SENT'])), fields=['sent_at', 'id'], name='reply_sent'), models.Index(condition=models.Q(('canned_response__isnull', False)), fields=['canned_response', 'sent_at'], name='reply_of_canned'), models.Index(condition=models.Q(('held_by__isnull', False), ('state', policies.reply_states.State['HELD'])), fields=['held_by', 'id'], name='reply_held_by'), models.Index(condition=models.Q(('state__in', [policies.reply_states.State['SENT'], policies.reply_states.State['CANCELLED']]), _negated=True), fields=['state', 'id'], name='reply_by_state')],
                'constraints': [models.UniqueConstraint(fields=('author', 'idempotency_key'), name='one_reply_per_key')],
            },
        ),
        migrations.CreateModel(
            name='AnswerLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='replies.answerbatch')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answer_lines', to='tickets.ticket')),
                ('inbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inboxes.inbox')),
                ('state', models.CharField(choices=[('new', 'Not looked at yet'), ('waiting', 'Waits for its turn'), ('answered', 'Handed in as a reply'), ('left_out', 'Left out'), ('refused', "Can't be answered so")], default='new', max_length=10)),
                ('expects', models.CharField(blank=True, choices=[('leaves', 'leaves at its turn'), ('approval', 'waits for approval'), ('hold', 'is held by the crisis')], max_length=10)),
                ('seen_event_id', models.BigIntegerField()),
                ('text', models.TextField(blank=True)),
                ('findings', models.JSONField(default=list)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('approved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('approved_codes', models.JSONField(default=list)),
                ('slot_at', models.DateTimeField(null=True)),
                ('reply', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='answer_line', to='replies.reply')),
            ],
            options={
                'indexes': [models.Index(fields=['batch', 'state', 'id'], name='answer_by_state'), models.Index(fields=['batch', 'id'], name='answer_of_batch'), models.Index(condition=models.Q(('slot_at__isnull', False)), fields=['inbox', 'slot_at'], name='answer_slot')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'ticket'), name='one_answer_of_a_batch')],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reply', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='replies.reply')),
                ('state', models.CharField(default=policies.approval_states.State['WAITING'], max_length=10)),
                ('codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None)),
                ('text', models.TextField()),
                ('approved_text', models.TextField(blank=True)),
                ('attached', models.CharField(blank=True, max_length=64)),
                ('approved_attached', models.CharField(blank=True, max_length=64)),
                ('words_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('deputy_at', models.DateTimeField()),
                ('deputies_told_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', policies.approval_states.State['WAITING'])), fields=['due_at', 'id'], name='approval_waiting'), models.Index(condition=models.Q(('deputies_told_at', None), ('state', policies.approval_states.State['WAITING'])), fields=['deputy_at'], name='approval_for_deputies'), models.Index(fields=['state', '-id'], name='approval_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', policies.approval_states.State['WAITING'])), fields=('reply',), name='one_waiting_approval')],
            },
        ),
        migrations.CreateModel(
            name='ReplyAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('draft', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='replies.draft')),
                ('reply', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='replies.reply')),
                ('canned_response', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='replies.cannedresponse')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('name', models.CharField(max_length=100)),
                ('kind', models.CharField(max_length=10)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField()),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('digest', models.CharField(max_length=64)),
                ('alt_text', models.TextField(blank=True)),
                ('captions', models.TextField(blank=True, default='')),
                ('captions_language', models.CharField(blank=True, default='', max_length=5)),
                ('network_handle', models.CharField(blank=True, default='', max_length=100)),
                ('file', models.FileField(upload_to=desk.replies.models.kept_as)),
                ('uploaded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['position', 'id'],
                'indexes': [models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['expires_at'], name='reply_file_expires')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('canned_response__isnull', True), ('draft__isnull', False), ('reply__isnull', True)), models.Q(('canned_response__isnull', True), ('draft__isnull', True), ('reply__isnull', False)), models.Q(('canned_response__isnull', False), ('draft__isnull', True), ('reply__isnull', True)), _connector='OR'), name='attachment_of_one')],
            },
        ),
        migrations.RunSQL(DRILL_STAYS, "DROP TRIGGER reply_drill_stays ON replies_reply;"),
    ]
