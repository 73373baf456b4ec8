from django.db import migrations, models

STAYS = """
CREATE TRIGGER crisis_drill_stays BEFORE UPDATE OF drill ON crises_crisis
    FOR EACH ROW WHEN (OLD.drill IS DISTINCT FROM NEW.drill) EXECUTE FUNCTION drill_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("crises", "0003_crisis_tickets"), ("inboxes", "0005_drill")]

    operations = [
        migrations.AddField("crisis", "drill", models.BooleanField(default=False)),
        migrations.RunSQL(STAYS, "DROP TRIGGER crisis_drill_stays ON crises_crisis;"),
    ]
