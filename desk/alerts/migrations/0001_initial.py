import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('causes', '0001_initial'),
        ('crises', '0001_initial'),
        ('forms', '0001_initial'),
        ('inboxes', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('reports', '0001_initial'),
        ('tickets', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AlertChain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('is_default', models.BooleanField(default=False)),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('name',), name='one_chain_of_a_name'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='one_default_chain'), models.CheckConstraint(condition=models.Q(('is_default', False), ('deleted_at', None), _connector='OR'), name='default_chain_stays')],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('url', models.CharField(max_length=1000, verbose_name='address')),
                ('sealed_secret', models.BinaryField()),
                ('created_at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('name',), name='one_webhook_of_a_name')],
            },
        ),
        migrations.CreateModel(
            name='DigestMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('unknown', 'Not certain')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('next_attempt_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='causes.digestsubscription')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_attempt_at'], name='digestmail_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='digestmail_sending'), models.Index(fields=['created_at'], name='digestmail_created')],
            },
        ),
        migrations.CreateModel(
            name='FormMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('unknown', 'Not certain')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('next_attempt_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='forms.formlink')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.message')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_attempt_at'], name='formmail_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='formmail_sending'), models.Index(fields=['created_at'], name='formmail_created')],
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('unknown', 'Not certain')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('next_attempt_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_attempt_at'], name='mail_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='mail_sending'), models.Index(fields=['created_at'], name='mail_created')],
            },
        ),
        migrations.CreateModel(
            name='ReportMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('unknown', 'Not certain')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('next_attempt_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='reports.reportsubscription')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_attempt_at'], name='reportmail_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='reportmail_sending'), models.Index(fields=['created_at'], name='reportmail_created')],
            },
        ),
        migrations.CreateModel(
            name='AlertChainVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='alerts.alertchain')),
                ('number', models.PositiveIntegerField()),
                ('form', models.JSONField()),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('chain', 'number'), name='one_chain_version')],
            },
        ),
        migrations.CreateModel(
            name='CrisisMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('unknown', 'Not certain')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('next_attempt_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('crisis', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='crises.crisis')),
                ('step', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='crises.escalationstep')),
                ('call_up', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='crises.callup')),
                ('means', models.CharField(choices=[('bell', 'bell'), ('mail', 'e-mail'), ('text', 'text message'), ('webhook', 'webhook')], max_length=10)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('webhook', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='alerts.webhook')),
                ('handed_in_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_attempt_at'], name='crisismessage_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='crisismessage_sending'), models.Index(fields=['created_at'], name='crisismessage_created'), models.Index(condition=models.Q(('webhook__isnull', False)), fields=['webhook'], name='crisis_message_to_webhook')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('step__isnull', False), ('user__isnull', False)), fields=('step', 'user', 'means'), name='one_message_of_a_step'), models.UniqueConstraint(condition=models.Q(('step__isnull', False), ('webhook__isnull', False)), fields=('step', 'webhook'), name='one_call_of_a_step'), models.UniqueConstraint(condition=models.Q(('call_up__isnull', False)), fields=('call_up', 'means'), name='one_message_of_a_call_up'), models.CheckConstraint(condition=models.Q(models.Q(('call_up', None), ('step__isnull', False)), models.Q(('call_up__isnull', False), ('step', None)), _connector='OR'), name='crisis_message_of_one'), models.CheckConstraint(condition=models.Q(models.Q(('user__isnull', False), ('webhook', None)), models.Q(('user', None), ('webhook__isnull', False)), _connector='OR'), name='crisis_message_to_one')],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='tickets.ticket')),
                ('chain_version', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alerts.alertchainversion')),
                ('step', models.PositiveSmallIntegerField()),
                ('due_at', models.DateTimeField()),
                ('fired_at', models.DateTimeField()),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('acknowledged_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('stopped_why', models.CharField(blank=True, choices=[('met', 'Answered'), ('cancelled', 'Nothing left to answer'), ('paused', 'The clock stands still')], max_length=10)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('acknowledged_by__isnull', False)), fields=['acknowledged_by'], name='alert_acknowledged')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(max_length=30)),
                ('ticket', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='tickets.ticket')),
                ('inbox', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inboxes.inbox')),
                ('alert', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='alerts.alert')),
                ('mail', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notifications', to='alerts.mail')),
                ('params', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('acknowledged_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-id'], name='notifications_of_user'), models.Index(condition=models.Q(('seen_at', None)), fields=['user', '-id'], name='notifications_unseen'), models.Index(condition=models.Q(('kind', 'mentioned'), ('seen_at', None)), fields=['user', 'ticket'], name='mentions_unread'), models.Index(condition=models.Q(('inbox__isnull', False)), fields=['inbox'], name='notification_of_inbox'), models.Index(condition=models.Q(('mail__isnull', False)), fields=['mail'], name='notification_of_mail'), django.contrib.postgres.indexes.BrinIndex(fields=['created_at'], name='notification_created')],
            },
        ),
        migrations.CreateModel(
            name='WebhookCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('unknown', 'Not certain')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('next_attempt_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('webhook', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='alerts.webhook')),
                ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='alerts.alert')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_attempt_at'], name='webhookcall_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='webhookcall_sending'), models.Index(fields=['created_at'], name='webhookcall_created'), models.Index(fields=['webhook', '-id'], name='last_call_of_webhook')],
            },
        ),
    ]
