import django.core.validators
import django.db.models.deletion
import policies.change_states
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('thing', models.BigIntegerField()),
                ('is_new', models.BooleanField(default=False)),
                ('title', models.CharField(max_length=200)),
                ('what', models.CharField(max_length=200, validators=[django.core.validators.ProhibitNullCharactersValidator()], verbose_name='what')),
                ('why', models.TextField(blank=True, max_length=2000, validators=[django.core.validators.ProhibitNullCharactersValidator()], verbose_name='why')),
                ('values', models.JSONField(null=True)),
                ('began_at', models.PositiveIntegerField(null=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('proposed', 'Proposed'), ('planned', 'Planned'), ('adopted', 'Adopted'), ('declined', 'Declined'), ('withdrawn', 'Taken back')], default=policies.change_states.State['DRAFT'], max_length=10)),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('proposed_at', models.DateTimeField(null=True)),
                ('planned_for', models.DateTimeField(null=True)),
                ('planned_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('problem', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.TextField(blank=True)),
                ('became', models.PositiveIntegerField(null=True)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['state', '-id'], name='change_by_state'), models.Index(fields=['kind', 'thing', '-id'], name='change_of_thing'), models.Index(fields=['author', '-id'], name='change_of_author'), models.Index(condition=models.Q(('state', policies.change_states.State['PLANNED'])), fields=['planned_for'], name='change_due'), models.Index(condition=models.Q(('planned_by__isnull', False)), fields=['planned_by'], name='change_planned_by'), models.Index(condition=models.Q(('decided_by__isnull', False)), fields=['decided_by'], name='change_decided_by')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('planned_for__isnull', False), ('state', policies.change_states.State['PLANNED'])), models.Q(('state', policies.change_states.State['PLANNED']), _negated=True), _connector='OR'), name='planned_change_has_its_moment')],
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
                ('change', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='changes.change')),
            ],
            options={
                'indexes': [models.Index(fields=['change', 'user'], name='link_of_change')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('change', 'user'), name='one_live_link_of_a_proposer')],
            },
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('change', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='changes.change')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', models.TextField(max_length=2000, validators=[django.core.validators.ProhibitNullCharactersValidator()])),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['change', 'id'], name='remarks_of_change')],
            },
        ),
    ]
