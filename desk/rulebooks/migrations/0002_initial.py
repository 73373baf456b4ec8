import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('replies', '0001_initial'),
        ('rulebooks', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='whatiftext',
            name='reply',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='replies.reply'),
        ),
        migrations.AddField(
            model_name='whatiftext',
            name='template',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='replies.cannedresponse'),
        ),
        migrations.AddIndex(
            model_name='whatiftext',
            index=models.Index(condition=models.Q(('kind', 'template')), fields=['run', 'id'], name='what_if_templates'),
        ),
        migrations.AddIndex(
            model_name='whatiftext',
            index=models.Index(condition=models.Q(('template__isnull', False)), fields=['template'], name='what_if_of_template'),
        ),
    ]
