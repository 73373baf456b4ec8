import desk.common.files
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('crises', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('tickets', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=120)),
                ('private', models.BooleanField(default=False)),
                ('ticket', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='threads', to='tickets.ticket')),
                ('crisis', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='crises.crisis')),
                ('subject', models.CharField(blank=True, max_length=40)),
                ('started_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('summary', models.TextField(blank=True)),
                ('summary_version', models.PositiveIntegerField(default=0)),
                ('summary_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('summary_at', models.DateTimeField(null=True)),
                ('swarm', models.BooleanField(default=False)),
                ('finding', models.TextField(blank=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('search', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('topic', django.db.models.functions.text.Left('summary', 50000), django.db.models.functions.text.Left('finding', 50000), config='dutch'), '||', django.contrib.postgres.search.SearchVector('topic', django.db.models.functions.text.Left('summary', 50000), django.db.models.functions.text.Left('finding', 50000), config='english'), django.contrib.postgres.search.SearchConfig('dutch')), output_field=django.contrib.postgres.search.SearchVectorField())),
            ],
            options={
                'ordering': ['-last_at', '-id'],
                'indexes': [models.Index(fields=['last_at', 'id'], name='thread_newest'), models.Index(condition=models.Q(('ticket__isnull', False)), fields=['ticket'], name='thread_of_ticket'), models.Index(condition=models.Q(('crisis__isnull', False)), fields=['crisis'], name='thread_of_crisis'), django.contrib.postgres.indexes.GinIndex(fields=['search'], name='thread_search')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ticket', None), ('crisis', None), _connector='OR'), name='thread_at_one_thing'), models.CheckConstraint(condition=models.Q(('swarm', False), ('private', False), _connector='OR'), name='no_private_swarm'), models.CheckConstraint(condition=models.Q(('swarm', False), ('ticket__isnull', False), ('crisis__isnull', False), _connector='OR'), name='swarm_at_something'), models.UniqueConstraint(condition=models.Q(('subject', ''), _negated=True), fields=('subject',), name='one_thread_of_a_subject')],
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='threads.thread')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('inside', models.BooleanField(default=False)),
                ('following', models.BooleanField(default=False)),
                ('unread', models.PositiveIntegerField(default=0)),
                ('read_to', models.BigIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'thread'], name='participant_threads'), models.Index(condition=models.Q(('unread__gt', 0)), fields=['user'], name='participant_unread')],
                'constraints': [models.UniqueConstraint(fields=('thread', 'user'), name='one_row_of_a_participant')],
            },
        ),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='words', to='threads.thread')),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', models.TextField(blank=True)),
                ('by_mail', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('edited_at', models.DateTimeField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('search', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector(django.db.models.functions.text.Left('text', 50000), config='dutch'), '||', django.contrib.postgres.search.SearchVector(django.db.models.functions.text.Left('text', 50000), config='english'), django.contrib.postgres.search.SearchConfig('dutch')), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('tickets', models.ManyToManyField(related_name='+', to='tickets.ticket')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['thread', 'id'], name='word_of_thread'), django.contrib.postgres.indexes.GinIndex(fields=['search'], name='word_search')],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='threads.thread')),
                ('word', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='threads.word')),
                ('text', models.TextField(blank=True)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['thread', '-id'], name='version_of_thread'), models.Index(condition=models.Q(('word__isnull', False)), fields=['word'], name='version_of_word')],
            },
        ),
        migrations.CreateModel(
            name='WordFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('kind', models.CharField(max_length=10)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField()),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('digest', models.CharField(max_length=64)),
                ('file', models.FileField(upload_to=desk.common.files.kept_as)),
                ('created_at', models.DateTimeField()),
                ('word', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='threads.word')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
            },
        ),
    ]
