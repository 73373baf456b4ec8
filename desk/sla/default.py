"""The policy that a new desk starts with: an answer within the hour, round the clock."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import pgettext

from desk.sla.models import BusinessCalendar, CalendarVersion, SlaPolicy, SlaPolicyVersion
from desk.sla.promises import ROUND_THE_CLOCK

DEFAULT_SECONDS = 60 * 60
LAST = 2_000_000_000  # the position of the default policy: behind whatever people add


@transaction.atomic
def make_default() -> None:
    """Make it where there is none."""
    if SlaPolicy.objects.filter(is_default=True).exists():
        return
    now = timezone.now()
    calendar = BusinessCalendar.objects.create(name="24/7")
    calendar.current = CalendarVersion.objects.create(calendar=calendar, number=1, form=dict(ROUND_THE_CLOCK), at=now)
    calendar.save(update_fields=["current"])
    with translation.override(settings.LANGUAGE_CODE):
        name = pgettext("policy or alert chain", "Default")
    policy = SlaPolicy.objects.create(name=name, position=LAST, is_default=True)
    policy.current = SlaPolicyVersion.objects.create(
        policy=policy,
        number=1,
        first_response_seconds=DEFAULT_SECONDS,
        next_response_seconds=DEFAULT_SECONDS,
        calendar=calendar,
        at=now,
    )
    policy.save(update_fields=["current"])
