from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('replies', '0008_batches_of_statements'),
    ]

    operations = [
        migrations.AddField(
            model_name='replyattachment',
            name='captions',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='replyattachment',
            name='captions_language',
            field=models.CharField(blank=True, default='', max_length=5),
        ),
    ]
