"""The rules of automation as one thing that can be changed: a document with drafts of its own, tried on the past."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.automation import automations
from desk.actions.automation.trials import MOST_DAYS, of_document
from desk.actions.changes.documents import Document
from desk.actions.changes.kinds import Figure, Preview, Values
from desk.automation.models import AutomationVersion, Trial
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
        """What its rules would have done, and what those in force would have. A worker looks: it is asked for again."""
        days = min(days, MOST_DAYS)
        asked = of_document(self.read(self.document(values)).document, days, now), of_document(row.document, days, now)
        if any(trial.state == Trial.State.FAILED for trial in asked):
            return Preview(days, note=_("It could not be counted. Try again in a quarter of an hour."))
        would, was = (trial.result for trial in asked)
        if would is None or was is None:
            return Preview(days, note=_("The desk looks through the timelines. That takes some seconds."), running=True)
        return Preview(days, _figures(would, was), _note(days, whole=would["whole"] and was["whole"]))


def _figures(would: Mapping[str, Any], was: Mapping[str, Any]) -> list[Figure]:
    tickets, fired = would["tickets"], would["fired"]
    said = [
        ("tickets", tickets, ngettext("%(count)d ticket touched", "%(count)d tickets touched", tickets)),
        ("fired", fired, ngettext("a rule fired %(count)d time", "a rule fired %(count)d times", fired)),
        ("fired_before", was["fired"], _("and %(count)d as it is")),
    ]
    return [Figure(code, count, words % {"count": count}) for code, count, words in said]


def _note(days: int, *, whole: bool) -> str:
    note = _("On the timelines of the last %(days)d days, with each ticket as it was then as far as they tell.") % {
        "days": days
    }
    return note if whole else note + " " + _("There was more than could be looked at: the newest was.")
