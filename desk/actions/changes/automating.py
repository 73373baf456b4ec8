"""The rules of automation as one thing that can be changed: a document with drafts of its own, tried on the past."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.automation import automations
from desk.actions.automation.trying import MOST_DAYS, tried
from desk.actions.changes.documents import Document
from desk.actions.changes.kinds import Figure, Preview, Values
from desk.automation.models import AutomationVersion
from desk.people.permissions import Permission


class Automation(Document):
    slug = "automation"
    label = gettext_lazy("Automation")
    permission = Permission.REVIEW_AUTOMATION
    subject = "automationversion"
    overview = "administration-automations"
    reads = Permission.WRITE_AUTOMATION
    model = AutomationVersion
    verbs = automations

    def preview(self, row: AutomationVersion, values: Values, days: int, now: datetime) -> Preview:
        """What its rules would have done, and what those in force would have."""
        days = min(days, MOST_DAYS)
        would = tried(self.read(self.document(values)), days, now)
        was = tried(row.book(), days, now)
        tickets, fired = would.tickets, would.fired
        said = [
            ("tickets", tickets, ngettext("%(count)d ticket touched", "%(count)d tickets touched", tickets)),
            ("fired", fired, ngettext("a rule fired %(count)d time", "a rule fired %(count)d times", fired)),
            ("fired_before", was.fired, _("and %(count)d as it is")),
        ]
        note = _("On the timelines of the last %(days)d days, with each ticket as it was then as far as they tell.") % {
            "days": days
        }
        if not (would.whole and was.whole):
            note += " " + _("There was more than could be looked at: the newest was.")
        return Preview(days, [Figure(code, count, words % {"count": count}) for code, count, words in said], note)
