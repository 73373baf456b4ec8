import datetime
import desk.tickets.names
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.text
import policies.ticket_states
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('inboxes', '0001_initial'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to='inboxes.inbox')),
                ('thread_id', models.CharField(max_length=200)),
                ('private', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('read_until', models.DateTimeField(null=True)),
                ('control', models.CharField(blank=True, db_default='', default='', max_length=10)),
                ('control_at', models.DateTimeField(null=True)),
                ('other_app', models.CharField(blank=True, db_default='', default='', max_length=100)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('inbox', 'thread_id'), name='one_conversation_per_thread')],
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=200)),
                ('language', models.CharField(blank=True, max_length=5)),
                ('about', models.TextField(blank=True)),
                ('tier', models.SmallIntegerField(choices=[(0, 'Standard'), (1, 'Important'), (2, 'VIP')], db_default=0, default=0)),
                ('blocked_at', models.DateTimeField(null=True)),
                ('muted_at', models.DateTimeField(null=True)),
                ('erased_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('tier__gt', 0)), fields=['tier', 'id'], name='customer_tier'), models.Index(condition=models.Q(('muted_at__isnull', False)), fields=['muted_at'], name='customer_muted')],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50, unique=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='profiles', to='tickets.customer')),
                ('network', models.CharField(max_length=40)),
                ('external_id', models.CharField(max_length=200)),
                ('handle', models.CharField(blank=True, max_length=200)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('avatar_url', models.CharField(blank=True, max_length=1000)),
                ('followers', models.BigIntegerField(null=True)),
                ('verified', models.BooleanField(default=False)),
                ('links', models.TextField(blank=True, db_default='', default='')),
                ('spam_at', models.DateTimeField(null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'indexes': [models.Index(django.db.models.functions.text.Lower('handle'), name='profile_handle'), django.contrib.postgres.indexes.GinIndex(desk.tickets.names.NameWords(models.F('name'), models.F('handle')), name='profile_words'), django.contrib.postgres.indexes.GinIndex(desk.tickets.names.NameWords(models.F('links')), condition=models.Q(('links', ''), _negated=True), name='profile_links')],
                'constraints': [models.UniqueConstraint(fields=('network', 'external_id'), name='one_profile_per_account')],
            },
        ),
        migrations.CreateModel(
            name='NetworkBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='network_blocks', to='inboxes.inbox')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='network_blocks', to='tickets.profile')),
                ('blocked', models.BooleanField()),
                ('state', models.CharField(choices=[('asked', 'Asked of the network'), ('done', 'Done'), ('failed', 'The network did not do it')], default='asked', max_length=10)),
                ('problem', models.JSONField(default=dict)),
                ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('asked_by__isnull', False)), fields=['asked_by'], name='network_block_asked_by')],
                'constraints': [models.UniqueConstraint(fields=('inbox', 'profile'), name='one_network_block')],
            },
        ),
        migrations.CreateModel(
            name='NotSamePerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.profile')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.profile')),
                ('said_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('said_by__isnull', False)), fields=['said_by'], name='not_same_said_by')],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='one_word_on_two_accounts')],
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inbox', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='inboxes.inbox', verbose_name='inbox')),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='tickets.conversation')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='tickets.customer')),
                ('profile', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='tickets.profile')),
                ('state', models.CharField(default=policies.ticket_states.State['NEW'], max_length=30)),
                ('assignee', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tickets', to=settings.AUTH_USER_MODEL, verbose_name='assignee')),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tickets', to='people.team', verbose_name='team')),
                ('language', models.CharField(blank=True, max_length=5)),
                ('sentiment', models.CharField(blank=True, max_length=10)),
                ('merged_into', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merged_tickets', to='tickets.ticket')),
                ('split_from', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='split_tickets', to='tickets.ticket')),
                ('snoozed_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(null=True)),
                ('priority', models.SmallIntegerField(choices=[(0, 'Low'), (1, 'Normal'), (2, 'High'), (3, 'Urgent')], default=1)),
                ('urgency', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(models.F('priority'), '*', models.Value(-1)), output_field=models.SmallIntegerField())),
                ('due_at', models.DateTimeField(default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('due_metric', models.CharField(blank=True, db_default='', default='', max_length=20)),
                ('warn_at', models.DateTimeField(null=True)),
                ('clock_started_at', models.DateTimeField(null=True)),
                ('waiting_since', models.DateTimeField(null=True)),
                ('waits_from', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('waiting_since', models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), output_field=models.DateTimeField())),
                ('last_message_at', models.DateTimeField()),
                ('last_reply_at', models.DateTimeField(null=True)),
                ('preview', models.CharField(blank=True, max_length=200)),
                ('preview_outgoing', models.BooleanField(default=False)),
                ('rating', models.PositiveSmallIntegerField(null=True)),
                ('private', models.BooleanField(default=False)),
                ('unread', models.PositiveIntegerField(default=0)),
                ('invited_at', models.DateTimeField(null=True)),
                ('moved_private_at', models.DateTimeField(null=True)),
                ('original_gone', models.BooleanField(default=False)),
                ('problem', models.CharField(blank=True, max_length=20)),
                ('swarming_since', models.DateTimeField(null=True)),
                ('erased_at', models.DateTimeField(null=True)),
                ('tags', models.ManyToManyField(blank=True, related_name='tickets', to='tickets.tag')),
            ],
            options={
                'indexes': [models.Index(fields=['urgency', 'due_at', 'id'], name='queue_all'), models.Index(condition=models.Q(('state__in', (policies.ticket_states.State['NEW'], policies.ticket_states.State['OPEN']))), fields=['urgency', 'due_at', 'id'], name='queue_open'), models.Index(condition=models.Q(('state__in', (policies.ticket_states.State['WAITING_FOR_CUSTOMER'], policies.ticket_states.State['WAITING_FOR_COLLEAGUE']))), fields=['urgency', 'due_at', 'id'], name='queue_waiting'), models.Index(condition=models.Q(('assignee', None), ('state__in', (policies.ticket_states.State['NEW'], policies.ticket_states.State['OPEN']))), fields=['urgency', 'due_at', 'id'], name='queue_unassigned'), models.Index(condition=models.Q(('state__in', (policies.ticket_states.State['NEW'], policies.ticket_states.State['OPEN']))), fields=['assignee', 'urgency', 'due_at', 'id'], name='queue_mine'), models.Index(condition=models.Q(('state__in', (policies.ticket_states.State['NEW'], policies.ticket_states.State['OPEN']))), fields=['team', 'urgency', 'due_at', 'id'], name='queue_team'), models.Index(condition=models.Q(('state__in', (policies.ticket_states.State['NEW'], policies.ticket_states.State['OPEN']))), fields=['inbox', 'urgency', 'due_at', 'id'], name='queue_inbox'), models.Index(condition=models.Q(('private', True)), fields=['urgency', 'due_at', 'id'], name='queue_private'), models.Index(fields=['due_at', 'id'], name='queue_due'), models.Index(fields=['state', 'urgency', 'due_at', 'id'], name='queue_state'), models.Index(condition=models.Q(('problem', ''), _negated=True), fields=['problem', 'id'], name='queue_problem'), models.Index(condition=models.Q(('state', policies.ticket_states.State['SNOOZED'])), fields=['snoozed_until'], name='ticket_wake'), models.Index(fields=['created_at', 'id'], name='ticket_created'), models.Index(fields=['waits_from', 'id'], name='ticket_waiting'), models.Index(fields=['profile', 'conversation', '-id'], name='ticket_of_author'), models.Index(fields=['customer', '-id'], name='ticket_of_customer'), models.Index(condition=models.Q(('state__in', (policies.ticket_states.State['NEW'], policies.ticket_states.State['OPEN']))), fields=['language', 'urgency', 'due_at', 'id'], name='queue_language'), models.Index(condition=models.Q(('rating__isnull', False)), fields=['rating', 'urgency', 'due_at', 'id'], name='queue_rating'), models.Index(condition=models.Q(('assignee__isnull', False)), fields=['assignee'], name='ticket_of_assignee'), models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='ticket_merged'), models.Index(condition=models.Q(('split_from__isnull', False)), fields=['split_from'], name='ticket_split'), models.Index(condition=models.Q(('invited_at__isnull', False)), fields=['invited_at'], name='ticket_invited'), models.Index(condition=models.Q(('moved_private_at__isnull', False)), fields=['moved_private_at'], name='ticket_moved_private')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conversation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='tickets.conversation')),
                ('ticket', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to='tickets.ticket')),
                ('inbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='inboxes.inbox')),
                ('raw_item', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='inboxes.rawitem')),
                ('external_id', models.CharField(max_length=200)),
                ('parent_id', models.CharField(blank=True, max_length=200)),
                ('quotes', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('kind', models.CharField(max_length=20)),
                ('profile', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to='tickets.profile')),
                ('sender', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('outgoing', models.BooleanField(default=False)),
                ('private', models.BooleanField(default=False)),
                ('text', models.TextField(blank=True)),
                ('language', models.CharField(blank=True, max_length=5)),
                ('url', models.CharField(blank=True, max_length=1000)),
                ('rating', models.PositiveSmallIntegerField(null=True)),
                ('about', models.JSONField(null=True)),
                ('reply_allowed', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('edited_at', models.DateTimeField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('erased_at', models.DateTimeField(null=True)),
                ('doubt', models.CharField(blank=True, db_default='', default='', max_length=20)),
                ('hidden', models.BooleanField(default=False)),
                ('liked', models.BooleanField(default=False)),
                ('reaction_counts', models.JSONField(null=True)),
                ('search', models.GeneratedField(db_persist=True, expression=models.Case(models.When(language='nl', then=django.contrib.postgres.search.SearchVector(django.db.models.functions.text.Left('text', 50000), config='dutch')), models.When(language='en', then=django.contrib.postgres.search.SearchVector(django.db.models.functions.text.Left('text', 50000), config='english')), default=django.contrib.postgres.search.SearchVector(django.db.models.functions.text.Left('text', 50000), config='simple')), output_field=django.contrib.postgres.search.SearchVectorField())),
            ],
            options={
                'indexes': [models.Index(fields=['ticket', 'created_at', 'id'], name='message_of_ticket'), models.Index(fields=['conversation', 'created_at', 'id'], name='message_of_conversation'), django.contrib.postgres.indexes.GinIndex(fields=['search'], name='message_search'), models.Index(condition=models.Q(('outgoing', True), ('ticket', None)), fields=['inbox', 'parent_id'], name='own_without_ticket'), models.Index(condition=models.Q(('doubt', 'automatic'), ('ticket', None)), fields=['inbox', 'id'], name='message_set_aside'), models.Index(condition=models.Q(('kind', 'found'), ('ticket', None)), fields=['id'], name='message_found'), models.Index(condition=models.Q(('sender__isnull', False)), fields=['sender'], name='message_of_sender')],
                'constraints': [models.UniqueConstraint(fields=('inbox', 'external_id'), name='one_message_per_external_id')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='tickets.ticket')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notes', to=settings.AUTH_USER_MODEL)),
                ('text', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('mentioned', models.ManyToManyField(blank=True, related_name='mentioned_in', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['ticket', 'id'], name='note_of_ticket')],
            },
        ),
        migrations.CreateModel(
            name='TicketEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='tickets.ticket')),
                ('kind', models.CharField(max_length=40)),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
                ('data', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['ticket', 'id'], name='event_of_ticket'), models.Index(condition=models.Q(('actor__isnull', False)), fields=['actor'], name='event_of_actor')],
            },
        ),
        migrations.CreateModel(
            name='TicketView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='views', to='tickets.ticket')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seen_event_id', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('ticket', 'user'), name='one_view_per_colleague')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='tickets.message')),
                ('source_url', models.CharField(max_length=2000)),
                ('kind', models.CharField(max_length=10)),
                ('alt_text', models.TextField(blank=True)),
                ('captions', models.TextField(blank=True, db_default='', default='')),
                ('captions_language', models.CharField(blank=True, db_default='', default='', max_length=5)),
                ('state', models.CharField(choices=[('pending', 'On its way'), ('stored', 'Stored'), ('refused', 'Refused')], default='pending', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('file', models.FileField(blank=True, upload_to='attachments/%Y/%m/')),
                ('content_type', models.CharField(blank=True, max_length=100)),
                ('size', models.PositiveIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['next_attempt_at'], name='attachment_due')],
            },
        ),
        migrations.CreateModel(
            name='MessageVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='tickets.message')),
                ('text', models.TextField(blank=True)),
                ('rating', models.PositiveSmallIntegerField(null=True)),
                ('replaced_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Reaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reactions', to='tickets.message')),
                ('external_id', models.CharField(db_index=True, max_length=200)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('emoji', models.CharField(blank=True, max_length=40)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('message', 'external_id'), name='one_reaction_per_person')],
            },
        ),
        migrations.AddField(
            model_name='conversation',
            name='current_ticket',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.ticket'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('current_ticket__isnull', False)), fields=['current_ticket'], name='conversation_of_ticket'),
        ),
    ]
