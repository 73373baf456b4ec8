import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('inboxes', '0001_initial'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Wallboard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, validators=[django.core.validators.ProhibitNullCharactersValidator()], verbose_name='name')),
                ('language', models.CharField(choices=[('en', 'English'), ('nl', 'Dutch')], default='en', max_length=5, verbose_name='language')),
                ('theme', models.CharField(choices=[('system', 'As the screen'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=8, verbose_name='theme')),
                ('everything', models.BooleanField(default=True)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('code_digest', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('code_expires_at', models.DateTimeField(editable=False, null=True)),
                ('token_digest', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('paired_at', models.DateTimeField(editable=False, null=True)),
                ('last_seen_at', models.DateTimeField(editable=False, null=True)),
                ('teams', models.ManyToManyField(blank=True, related_name='wallboards', to='people.team', verbose_name='teams')),
                ('inboxes', models.ManyToManyField(blank=True, related_name='wallboards', to='inboxes.inbox', verbose_name='inboxes')),
            ],
            options={
                'verbose_name': 'wallboard',
                'verbose_name_plural': 'wallboards',
                'ordering': ['name'],
            },
        ),
    ]
