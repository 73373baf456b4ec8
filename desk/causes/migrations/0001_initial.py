import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import policies.improvement_states
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('tickets', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, validators=[django.core.validators.ProhibitNullCharactersValidator()], verbose_name='name')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='CauseAsking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked', models.CharField(choices=[('optional', 'No: whoever wants to says it'), ('ask', 'Yes, and it may be left open'), ('required', 'Yes, and nothing is resolved without one')], default='optional', max_length=10, verbose_name='ask for a cause')),
            ],
        ),
        migrations.CreateModel(
            name='Cause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_nl', models.CharField(max_length=80, validators=[django.core.validators.ProhibitNullCharactersValidator()], verbose_name='name in Dutch')),
                ('name_en', models.CharField(max_length=80, validators=[django.core.validators.ProhibitNullCharactersValidator()], verbose_name='name in English')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='causes.cause', verbose_name='below')),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='causes', to='causes.department', verbose_name='department')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='causes', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('archived_at', models.DateTimeField(null=True)),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_causes', to='causes.cause')),
                ('learned', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['name_en', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('archived_at', None), ('merged_into', None)), fields=('parent', 'name_nl'), name='one_cause_of_a_name_nl', nulls_distinct=False), models.UniqueConstraint(condition=models.Q(('archived_at', None), ('merged_into', None)), fields=('parent', 'name_en'), name='one_cause_of_a_name_en', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='DigestSubscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='readers', to='causes.department')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='digests', to=settings.AUTH_USER_MODEL)),
                ('next_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['next_at'], name='digest_due')],
                'constraints': [models.UniqueConstraint(fields=('department', 'user'), name='one_digest_each')],
            },
        ),
        migrations.CreateModel(
            name='CauseWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='learned_words', to='causes.cause')),
                ('number', models.BigIntegerField()),
                ('tickets', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['cause'], name='words_of_cause')],
                'constraints': [models.UniqueConstraint(fields=('number', 'cause'), name='one_count_of_a_cause_word')],
            },
        ),
        migrations.CreateModel(
            name='Improvement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='improvements', to='causes.cause')),
                ('what', models.CharField(max_length=500, validators=[django.core.validators.ProhibitNullCharactersValidator()], verbose_name='what will change')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='improvements', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('state', models.CharField(default=policies.improvement_states.State['PROPOSED'], max_length=10)),
                ('proposed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('done_on', models.DateField(null=True)),
                ('changed', models.CharField(blank=True, max_length=500, validators=[django.core.validators.ProhibitNullCharactersValidator()], verbose_name='what we changed')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['state', '-id'], name='improvement_by_state'), models.Index(condition=models.Q(('proposed_by__isnull', False)), fields=['proposed_by'], name='improvement_proposed_by')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('done_on__isnull', False), ('state', policies.improvement_states.State['DONE'])), models.Q(models.Q(('state', policies.improvement_states.State['DONE']), _negated=True), ('done_on', None)), _connector='OR'), name='done_improvement_has_its_day')],
            },
        ),
        migrations.CreateModel(
            name='TicketCause',
            fields=[
                ('ticket', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='cause_row', serialize=False, to='tickets.ticket')),
                ('cause', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='causes.cause')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
                ('suggested', models.BooleanField(default=False)),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
            ],
            options={
                'indexes': [models.Index(fields=['cause', 'ticket'], name='tickets_of_cause'), models.Index(condition=models.Q(('by__isnull', False)), fields=['by'], name='cause_said_by')],
            },
        ),
        migrations.CreateModel(
            name='Told',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('improvement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='told', to='causes.improvement')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
                ('reply_id', models.BigIntegerField(null=True)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('improvement', 'ticket'), name='told_once')],
            },
        ),
    ]
