from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0007_reviews'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='captions',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='attachment',
            name='captions_language',
            field=models.CharField(blank=True, db_default='', default='', max_length=5),
        ),
    ]
