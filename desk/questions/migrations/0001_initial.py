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
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('replies', '0001_initial'),
        ('tickets', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='tickets.ticket')),
                ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', models.TextField()),
                ('about', models.CharField(blank=True, max_length=200)),
                ('team', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.team')),
                ('holder', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='questions', to=settings.AUTH_USER_MODEL)),
                ('state', models.CharField(choices=[('waiting', 'Waits for a word'), ('answered', 'Answered'), ('returned', 'Given back'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10)),
                ('minutes', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField()),
                ('held_since', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('look_at', models.DateTimeField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('escalated_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('search', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('about', django.db.models.functions.text.Left('text', 50000), config='dutch'), '||', django.contrib.postgres.search.SearchVector('about', django.db.models.functions.text.Left('text', 50000), config='english'), django.contrib.postgres.search.SearchConfig('dutch')), output_field=django.contrib.postgres.search.SearchVectorField())),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['ticket', 'id'], name='question_of_ticket'), models.Index(condition=models.Q(('look_at__isnull', False)), fields=['look_at'], name='question_due'), models.Index(fields=['holder', '-id'], name='question_of_holder'), models.Index(fields=['asked_by', '-id'], name='question_by'), models.Index(condition=models.Q(('team__isnull', False)), fields=['team'], name='question_of_team'), django.contrib.postgres.indexes.GinIndex(fields=['search'], name='question_search')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='questions.question')),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', models.TextField()),
                ('answers', models.BooleanField(default=False)),
                ('via', models.CharField(choices=[('desk', 'in the desk'), ('link', 'by the link'), ('mail', 'by mail')], default='desk', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('used_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reply', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='replies.reply')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['question', 'id'], name='entry_of_question'), models.Index(fields=['author', '-id'], name='entry_of_author'), models.Index(condition=models.Q(('used_by__isnull', False)), fields=['used_by'], name='entry_used_by'), models.Index(condition=models.Q(('reply__isnull', False)), fields=['reply'], name='entry_of_reply')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('question', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='questions.question')),
            ],
            options={
                'indexes': [models.Index(fields=['question', 'user'], name='link_of_question')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('question', 'user'), name='one_live_link_of_a_person')],
            },
        ),
        migrations.CreateModel(
            name='EntryFile',
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
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='questions.entry')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
            },
        ),
    ]
