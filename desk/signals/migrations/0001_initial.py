import desk.signals.models
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('crises', '0001_initial'),
        ('inboxes', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('tickets', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=100, unique=True, verbose_name='words')),
                ('created_at', models.DateTimeField()),
                ('counts_back_from', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('known_since', models.DateTimeField()),
                ('closed_until', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Loud',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.BigIntegerField()),
                ('reach', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Mood',
            fields=[
                ('language', models.CharField(max_length=5, primary_key=True, serialize=False)),
                ('texts', models.JSONField(default=list)),
                ('words', models.JSONField(default=dict)),
                ('corrections', models.PositiveIntegerField(default=0)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='Rules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.JSONField(default=desk.signals.models.usual_words, verbose_name='words')),
                ('least_reach', models.PositiveIntegerField(default=10000, verbose_name='followers from which a word is told')),
                ('words_on', models.BooleanField(default=True, verbose_name='tell of words')),
                ('least_people', models.PositiveIntegerField(default=10, verbose_name='people who write almost the same')),
                ('alike_on', models.BooleanField(default=True, verbose_name='tell of many who write the same')),
            ],
        ),
        migrations.CreateModel(
            name='SentimentCorrection',
            fields=[
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='correction', serialize=False, to='tickets.message')),
                ('was', models.CharField(max_length=10)),
                ('sentiment', models.CharField(max_length=10)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('by__isnull', False)), fields=['by'], name='sentiment_corrected_by')],
            },
        ),
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='signals.topic')),
                ('inbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inboxes.inbox')),
                ('language', models.CharField(blank=True, max_length=5)),
                ('at', models.DateTimeField()),
                ('messages', models.IntegerField(default=0)),
                ('negative', models.IntegerField(default=0)),
                ('positive', models.IntegerField(default=0)),
                ('reach', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='MentionCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='signals.topic')),
                ('inbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inboxes.inbox')),
                ('language', models.CharField(blank=True, max_length=5)),
                ('at', models.DateTimeField()),
                ('messages', models.IntegerField(default=0)),
                ('negative', models.IntegerField(default=0)),
                ('positive', models.IntegerField(default=0)),
                ('reach', models.BigIntegerField(default=0)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='mention_count_at')],
                'constraints': [models.UniqueConstraint(fields=('topic', 'at', 'inbox', 'language'), name='one_mention_count', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='MinuteCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='signals.topic')),
                ('inbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inboxes.inbox')),
                ('language', models.CharField(blank=True, max_length=5)),
                ('at', models.DateTimeField()),
                ('messages', models.IntegerField(default=0)),
                ('negative', models.IntegerField(default=0)),
                ('positive', models.IntegerField(default=0)),
                ('reach', models.BigIntegerField(default=0)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='minute_count_at')],
                'constraints': [models.UniqueConstraint(fields=('topic', 'at', 'inbox', 'language'), name='one_minute_count', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Stream',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('inbox', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='stream', to='inboxes.inbox')),
                ('scope_form', models.JSONField(default=dict)),
                ('brand', models.CharField(blank=True, max_length=80, verbose_name='brand')),
                ('topic', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='streams', to='signals.topic')),
                ('sensitivity', models.CharField(choices=[('sensitive', 'sensitive'), ('balanced', 'balanced'), ('strict', 'strict')], default='balanced', max_length=10, verbose_name='sensitivity')),
                ('floor', models.FloatField(default=10, verbose_name='fewest posts in half an hour')),
                ('reach_floor', models.FloatField(default=50000, verbose_name='fewest followers in half an hour')),
                ('cooldown_hours', models.FloatField(default=20.0, validators=[django.core.validators.MinValueValidator(0)], verbose_name='quiet hours after an alert')),
                ('is_on', models.BooleanField(default=True, verbose_name='watched')),
                ('state', models.JSONField(null=True)),
                ('read_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Signal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='signals', to='signals.stream')),
                ('kind', models.CharField(choices=[('surge', 'Surge'), ('busy_hour', 'Busy hour'), ('silence', 'Silence'), ('trigger', 'Trigger word'), ('outbreak', 'Many alike')], max_length=10)),
                ('measure', models.CharField(choices=[('messages', 'messages'), ('negative', 'negative messages'), ('reach', 'reach')], default='messages', max_length=10)),
                ('key', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('raised_at', models.DateTimeField()),
                ('facts', models.JSONField(default=dict)),
                ('scope_form', models.JSONField(default=dict)),
                ('posts', models.JSONField(default=list)),
                ('crisis', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='signals', to='crises.crisis')),
                ('verdict', models.CharField(blank=True, choices=[('', 'Nobody has judged it yet'), ('crisis', 'Part of a crisis'), ('none', 'No crisis')], default='', max_length=10)),
                ('judged_at', models.DateTimeField(null=True)),
                ('judged_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('verdict', '')), fields=['-id'], name='signal_open'), models.Index(fields=['stream', '-id'], name='signal_of_stream'), models.Index(condition=models.Q(('crisis__isnull', False)), fields=['crisis'], name='signal_of_crisis'), models.Index(condition=models.Q(('judged_by__isnull', False)), fields=['judged_by'], name='signal_judged_by')],
                'constraints': [models.UniqueConstraint(fields=('key',), name='one_signal_of_a_key')],
            },
        ),
    ]
