from django.db import migrations, models

STAYS = """
CREATE TRIGGER reply_drill_stays BEFORE UPDATE OF drill ON replies_reply
    FOR EACH ROW WHEN (OLD.drill IS DISTINCT FROM NEW.drill) EXECUTE FUNCTION drill_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("replies", "0004_canned_responses"), ("inboxes", "0005_drill")]

    operations = [
        migrations.AddField("reply", "drill", models.BooleanField(default=False)),
        migrations.RunSQL(STAYS, "DROP TRIGGER reply_drill_stays ON replies_reply;"),
    ]
