import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('alerts', '0006_digest_mails'),
        ('forms', '0001_initial'),
        ('tickets', '0006_conversations'),
    ]

    operations = [
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
    ]
