import desk.tickets.names
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import policies.knowledge_suggestions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('replies', '0001_initial'),
        ('tickets', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(choices=[('internal', 'Colleagues only'), ('replies', 'May be said in replies'), ('public', 'Everybody, on the help page')], default='internal', max_length=10, verbose_name='for')),
                ('title', models.CharField(max_length=120)),
                ('words', models.TextField(blank=True)),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), blank=True, default=list, size=None)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review_on', models.DateField(blank=True, null=True, verbose_name='review on')),
                ('review_told', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('times_used', models.PositiveIntegerField(default=0)),
                ('times_helpful', models.PositiveIntegerField(default=0)),
                ('times_unhelpful', models.PositiveIntegerField(default=0)),
                ('readers_helped', models.PositiveIntegerField(default=0)),
                ('readers_unhelped', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['title', 'id'],
                'indexes': [models.Index(fields=['title', 'id'], name='article_by_title'), models.Index(fields=['audience', 'title', 'id'], name='article_by_audience'), models.Index(condition=models.Q(('review_told', False)), fields=['review_on'], name='article_review'), django.contrib.postgres.indexes.GinIndex(fields=['topics'], name='article_topics'), django.contrib.postgres.indexes.GinIndex(desk.tickets.names.NameWords(models.F('title'), models.F('words')), name='article_words')],
            },
        ),
        migrations.CreateModel(
            name='Gap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=5)),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), size=None)),
                ('tickets', models.PositiveIntegerField()),
                ('questions', models.PositiveIntegerField(default=0)),
                ('searches', models.PositiveIntegerField(default=0)),
                ('examples', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-tickets', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReadUpTo',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Searched',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=5)),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), size=None)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='searched_at'), models.Index(condition=models.Q(('by__isnull', False)), fields=['by'], name='searched_by')],
            },
        ),
        migrations.CreateModel(
            name='WordCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('article', 'Articles'), ('message', 'Messages')], max_length=10)),
                ('language', models.CharField(max_length=5)),
                ('word', models.TextField()),
                ('texts', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'language', 'word'), name='one_count_per_word')],
            },
        ),
        migrations.CreateModel(
            name='ArticleText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='knowledge.article')),
                ('language', models.CharField(max_length=5)),
                ('title', models.CharField(max_length=120)),
                ('body', models.TextField()),
                ('search', models.GeneratedField(db_persist=True, expression=models.Case(models.When(language='nl', then=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('title', config='dutch', weight='A'), '||', django.contrib.postgres.search.SearchVector('body', config='dutch', weight='B'), django.contrib.postgres.search.SearchConfig('dutch'))), default=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('title', config='english', weight='A'), '||', django.contrib.postgres.search.SearchVector('body', config='english', weight='B'), django.contrib.postgres.search.SearchConfig('english'))), output_field=django.contrib.postgres.search.SearchVectorField())),
            ],
            options={
                'ordering': ['-language'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['search'], name='article_search')],
                'constraints': [models.UniqueConstraint(fields=('article', 'language'), name='one_text_per_language')],
            },
        ),
        migrations.CreateModel(
            name='ArticleUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='knowledge.article')),
                ('ticket', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('how', models.CharField(choices=[('text', 'words'), ('link', 'link'), ('read', 'read')], max_length=4)),
                ('helpful', models.BooleanField(null=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['article', '-at'], name='article_uses')],
                'constraints': [models.UniqueConstraint(fields=('article', 'ticket', 'user'), name='one_use_per_ticket'), models.UniqueConstraint(condition=models.Q(('ticket', None)), fields=('article', 'user'), name='one_word_of_a_reader')],
            },
        ),
        migrations.CreateModel(
            name='ArticleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='knowledge.article')),
                ('number', models.PositiveIntegerField()),
                ('texts', models.JSONField()),
                ('summary', models.CharField(blank=True, max_length=200)),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('article', 'number'), name='one_version_per_number')],
            },
        ),
        migrations.CreateModel(
            name='CannedLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='canned_links', to='knowledge.article')),
                ('canned', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='article_links', to='replies.cannedresponse')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('by__isnull', False)), fields=['by'], name='canned_linked_by')],
                'constraints': [models.UniqueConstraint(fields=('article', 'canned'), name='one_link_to_a_canned_response')],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ticket', 'Resolved ticket'), ('answer', 'Answer of a colleague'), ('finding', 'Finding of a swarm')], max_length=10)),
                ('source', models.CharField(max_length=40, unique=True)),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='tickets.ticket')),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('language', models.CharField(max_length=5)),
                ('question', models.TextField()),
                ('answer', models.TextField()),
                ('same_as', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='knowledge.suggestion')),
                ('question_digest', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('answer_digest', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('times', models.PositiveIntegerField(default=1)),
                ('state', models.CharField(choices=[('pending', 'To be judged'), ('approved', 'Approved'), ('edited', 'Approved in other words'), ('rejected', 'Rejected')], default=policies.knowledge_suggestions.State['PENDING'], max_length=10)),
                ('article', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='suggestions', to='knowledge.article')),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('same_as', None)), fields=['state', 'times', 'id'], name='suggestion_by_state'), models.Index(fields=['ticket'], name='suggestion_of_ticket'), models.Index(condition=models.Q(('article__isnull', False)), fields=['article'], name='suggestion_of_article'), models.Index(condition=models.Q(('same_as__isnull', False)), fields=['same_as'], name='suggestion_same_as'), django.contrib.postgres.indexes.GinIndex(fields=['question_digest'], name='suggestion_asked'), django.contrib.postgres.indexes.GinIndex(fields=['answer_digest'], name='suggestion_answered')],
            },
        ),
        migrations.CreateModel(
            name='TicketLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ticket_links', to='knowledge.article')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='article_links', to='tickets.ticket')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['article', '-at'], name='links_of_article'), models.Index(condition=models.Q(('by__isnull', False)), fields=['by'], name='linked_by')],
                'constraints': [models.UniqueConstraint(fields=('article', 'ticket'), name='one_link_to_a_ticket')],
            },
        ),
    ]
