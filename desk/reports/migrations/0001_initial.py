import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('tickets', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CountedCycle',
            fields=[
                ('clock_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
                ('metric', models.CharField(max_length=20)),
                ('started_at', models.DateTimeField()),
                ('inbox_id', models.BigIntegerField()),
                ('private', models.BooleanField()),
                ('team_id', models.BigIntegerField()),
                ('assignee_id', models.BigIntegerField()),
                ('priority', models.SmallIntegerField()),
                ('language', models.CharField(max_length=5)),
                ('on_time', models.BooleanField()),
                ('late', models.BooleanField()),
                ('unanswered', models.BooleanField()),
                ('cancelled', models.BooleanField()),
                ('resolved_unanswered', models.BooleanField()),
                ('wall', models.SmallIntegerField(null=True)),
                ('business', models.SmallIntegerField(null=True)),
                ('lag', models.SmallIntegerField()),
                ('open_from', models.DateTimeField(null=True)),
                ('open_until', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['metric', 'started_at'], name='counted_started'), models.Index(fields=['open_from'], name='counted_opened'), models.Index(fields=['open_until'], name='counted_closed')],
            },
        ),
        migrations.CreateModel(
            name='DayFlow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('resolves', models.BooleanField()),
                ('inbox_id', models.BigIntegerField()),
                ('private', models.BooleanField()),
                ('team_id', models.BigIntegerField()),
                ('assignee_id', models.BigIntegerField()),
                ('priority', models.SmallIntegerField()),
                ('language', models.CharField(max_length=5)),
                ('came', models.IntegerField()),
                ('went', models.IntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'resolves', 'inbox_id', 'private', 'team_id', 'assignee_id', 'priority', 'language'), name='one_flow')],
            },
        ),
        migrations.CreateModel(
            name='MonthCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('metric', models.CharField(max_length=20)),
                ('business', models.BooleanField()),
                ('dimension', models.CharField(max_length=10)),
                ('value', models.CharField(max_length=30)),
                ('bucket', models.SmallIntegerField(null=True)),
                ('arrived', models.IntegerField()),
                ('on_time', models.IntegerField()),
                ('late', models.IntegerField()),
                ('unanswered', models.IntegerField()),
                ('cancelled', models.IntegerField()),
                ('resolved_unanswered', models.IntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('month', 'metric', 'business', 'dimension', 'value', 'bucket'), name='one_cell', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='ReportProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settled', models.BigIntegerField(default=0)),
                ('marked', models.BigIntegerField(default=0)),
                ('marked_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SavedReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, validators=[django.core.validators.ProhibitNullCharactersValidator()], verbose_name='name')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_reports', to=settings.AUTH_USER_MODEL)),
                ('sharing', models.CharField(choices=[('private', 'Only me'), ('team', 'A team'), ('company', 'Everybody who may see reports')], default='private', max_length=10, verbose_name='shared with')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.team', verbose_name='team')),
                ('wish', models.JSONField()),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['name', 'id'], name='reports_by_name')],
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='one_report_of_a_name')],
            },
        ),
        migrations.CreateModel(
            name='ReportSubscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='reports.savedreport')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='report_subscriptions', to=settings.AUTH_USER_MODEL)),
                ('rhythm', models.CharField(choices=[('daily', 'Every day'), ('weekly', 'Every week'), ('monthly', 'Every month')], default='weekly', max_length=10, verbose_name='how often')),
                ('weekday', models.PositiveSmallIntegerField(default=1, verbose_name='weekday')),
                ('day', models.PositiveSmallIntegerField(default=1, verbose_name='day of the month')),
                ('hour', models.PositiveSmallIntegerField(default=8, verbose_name='hour')),
                ('timezone', models.CharField(max_length=50, verbose_name='time zone')),
                ('next_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['next_at'], name='subscription_due')],
                'constraints': [models.UniqueConstraint(fields=('report', 'user'), name='one_subscription_each'), models.CheckConstraint(condition=models.Q(('day__range', (1, 28)), ('hour__range', (0, 23)), ('weekday__range', (1, 7))), name='subscription_falls_on_a_day')],
            },
        ),
    ]
