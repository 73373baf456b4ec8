from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0003_split_tier_and_due_metric'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='blocked_at',
            field=models.DateTimeField(null=True),
        ),
    ]
