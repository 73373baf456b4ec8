"""Lengths of time in words."""

from datetime import timedelta

from django.utils.translation import gettext as _

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400  # seconds


def length(span: timedelta) -> str:
    """“59 min”, “3 h 10”, “2 d 4 h”: never longer than it was."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < _HOUR:
        return _("%(minutes)d min") % {"minutes": seconds // _MINUTE}
    if seconds < _DAY:
        return _("%(hours)d h %(minutes)02d") % {"hours": seconds // _HOUR, "minutes": seconds % _HOUR // _MINUTE}
    return _("%(days)d d %(hours)d h") % {"days": seconds // _DAY, "hours": seconds % _DAY // _HOUR}
