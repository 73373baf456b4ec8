"""Hours, dates and lengths of time in the reader's words and zone."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desk.common.dates import date_format
from desk.common.lengths import length as length

_MINUTE = 60  # seconds
HALF_A_DAY = timedelta(hours=12)
IN_SECONDS = 2 * _MINUTE  # a deadline nearer than this is told in seconds


def countdown(span: timedelta) -> str:
    """As `length`, with the last two minutes in seconds."""
    seconds = int(span.total_seconds())
    return _("%(seconds)d s") % {"seconds": max(seconds, 0)} if seconds < IN_SECONDS else length(span)


def hour(moment: datetime) -> str:
    """“09:18” in the zone of the desk."""
    return date_format(timezone.localtime(moment), "H:i")


def day(moment: datetime, now: datetime) -> str:
    """“Today”, “Yesterday”, “Tuesday 10 March”, with the year where it is another."""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    match (today.date() - local.date()).days:
        case 0:
            return _("Today")
        case 1:
            return _("Yesterday")
    words = date_format(local, "l j F" if local.year == today.year else "l j F Y")
    return words[:1].upper() + words[1:]


def short_date(moment: datetime, now: datetime) -> str:
    """“09:18” today, “12 Feb” this year, “12 Feb 2024” before."""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    if local.date() == today.date():
        return hour(moment)
    return date_format(local, "j M" if local.year == today.year else "j M Y")


def date_words(moment: datetime) -> str:
    """“27 November 2026” in the zone of the desk."""
    return date_format(timezone.localtime(moment), "j F Y")


def exact(moment: datetime, now: datetime) -> str:
    """“09:18” today and where it is less than half a day away, otherwise “12 Feb 09:18”."""
    same_day = timezone.localtime(moment).date() == timezone.localtime(now).date()
    if same_day or abs(moment - now) < HALF_A_DAY:
        return hour(moment)
    return pgettext("date and time", "%(date)s %(hour)s") % {"date": short_date(moment, now), "hour": hour(moment)}


def epoch(moment: datetime) -> int:
    """Milliseconds since 1970, as a browser counts time."""
    return int(moment.timestamp() * 1000)
