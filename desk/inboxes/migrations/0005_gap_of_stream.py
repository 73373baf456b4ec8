from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inboxes', '0004_brand'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='coveragegap',
            name='one_open_gap_per_inbox',
        ),
        migrations.AddField(
            model_name='coveragegap',
            name='stream',
            field=models.CharField(blank=True, default='', max_length=40),
        ),
        migrations.AlterField(
            model_name='coveragegap',
            name='reason',
            field=models.CharField(choices=[('outage', 'The network did not answer'), ('rate_limit', "The network's limit was reached"), ('token', 'The account had to be authorised again'), ('quota', 'The paid quota was used up'), ('paused', 'Paused by a person'), ('permission', 'The credentials do not allow it to be read'), ('history', 'The network no longer tells what was said then')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='coveragegap',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('inbox', 'stream'), name='one_open_gap_per_stream'),
        ),
    ]
