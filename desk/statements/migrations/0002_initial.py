import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('replies', '0001_initial'),
        ('statements', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='statement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='replies.cannedresponse'),
        ),
    ]
