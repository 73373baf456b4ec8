from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inboxes', '0003_monthly_budget'),
    ]

    operations = [
        migrations.AddField(
            model_name='inbox',
            name='brand',
            field=models.CharField(blank=True, default='', max_length=80, verbose_name='brand'),
        ),
    ]
