"""When somebody gets a report by e-mail, in words."""

from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.reports.report_tables import weekday_name
from desk.reports.models import ReportSubscription


def rhythm_in_words(one: ReportSubscription) -> str:
    """“Every Monday at 08:00”, with the zone where it is not the desk's."""
    values = {"hour": f"{one.hour:02d}:00", "weekday": weekday_name(one.weekday), "day": one.day}
    match one.rhythm:
        case ReportSubscription.Rhythm.DAILY:
            said = _("Every day at %(hour)s") % values
        case ReportSubscription.Rhythm.MONTHLY:
            said = _("Every month on day %(day)d at %(hour)s") % values
        case _weekly:
            said = _("Every %(weekday)s at %(hour)s") % values
    return said if one.timezone == timezone.get_default_timezone_name() else f"{said} ({one.timezone})"
