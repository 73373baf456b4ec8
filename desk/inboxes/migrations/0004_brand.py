from django.db import migrations, models

DRILL_STAYS = """
CREATE FUNCTION drill_stays() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'what is for drills stays for drills, and what is real stays real'; END $$;
CREATE TRIGGER inbox_drill_stays BEFORE UPDATE OF drill ON inboxes_inbox
    FOR EACH ROW WHEN (OLD.drill IS DISTINCT FROM NEW.drill) EXECUTE FUNCTION drill_stays();
"""


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
        migrations.AddField(
            model_name='inbox',
            name='drill',
            field=models.BooleanField(default=False, editable=False, verbose_name='for drills'),
        ),
        migrations.AddField(
            model_name='inbox',
            name='limits',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='streamstate',
            name='denied',
            field=models.JSONField(default=dict),
        ),
        migrations.RunSQL(DRILL_STAYS, "DROP TRIGGER inbox_drill_stays ON inboxes_inbox; DROP FUNCTION drill_stays();"),
    ]
