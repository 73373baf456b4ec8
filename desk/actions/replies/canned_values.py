"""What the desk fills in for the variables of canned responses: what it knows of one ticket."""

from collections.abc import Callable, Iterable, Mapping

from desk.people.models import User
from desk.rulebooks.active import in_force
from desk.sla.models import OPEN, Clock, SlaPolicy
from desk.sla.promises import calendar_by
from desk.tickets.models import Message, Ticket
from policies.business_time import OpeningHours
from policies.canned_variables import BuiltIn
from policies.opening_words import opening_words
from policies.text_safety import plain_name
from policies.wall_clock import DAY

_MESSAGES_READ = 20  # of the customer, the newest, in which a reference is looked for
_ALWAYS = (((0, DAY),),) * 7


def known(ticket: Ticket, writer: User, names: Iterable[str], language: str) -> dict[str, str]:
    """The values of those of these names that the desk knows, "" where there is none. Only what is asked is read."""
    values: Mapping[str, Callable[[], str]] = {
        BuiltIn.CUSTOMER: lambda: first_name(ticket),
        BuiltIn.AGENT: lambda: writer.first_name or writer.name,
        BuiltIn.COMPANY: lambda: plain_name(ticket.inbox.name),
        BuiltIn.TICKET: lambda: str(ticket.pk),
        BuiltIn.REFERENCE: lambda: reference(ticket),
        BuiltIn.OPENING_HOURS: lambda: hours_in_words(_calendar_of(ticket), language),
    }
    return {name: values[name]() for name in dict.fromkeys(names) if name in values}


def first_name(ticket: Ticket) -> str:
    """As a colleague would address the customer; the handle where no name is known."""
    name = plain_name(ticket.profile.name)
    return name.split()[0] if name.split() else plain_name(ticket.profile.handle)


def reference(ticket: Ticket) -> str:
    """The order or booking that the customer named last, as the patterns of the rulebook know it."""
    settings = in_force().rulebook.rules.get("personal_data.reference")
    patterns = settings.options["patterns"] if settings else None
    if not patterns:
        return ""
    said = Message.objects.filter(ticket=ticket, outgoing=False, deleted_at=None).order_by("-created_at", "-id")
    for text in said.values_list("text", flat=True)[:_MESSAGES_READ]:
        if found := list(patterns.spans(text)):
            start, end = found[-1]
            return text[start:end]
    return ""


def hours_in_words(calendar_version_id: int | None, language: str) -> str:
    """The usual week of a calendar."""
    if calendar_version_id is None:
        return ""
    calendar = calendar_by(calendar_version_id)
    return opening_words(calendar.week if isinstance(calendar, OpeningHours) else _ALWAYS, language)


def usual_hours(language: str) -> str:
    """Those of the default policy's calendar."""
    return hours_in_words(_default_calendar(), language)


def _calendar_of(ticket: Ticket) -> int | None:
    """The calendar by which the customer was promised an answer; that of the default policy where nothing is open."""
    promised = Clock.objects.filter(ticket=ticket, state__in=OPEN).order_by("-started_at", "metric")
    if version := promised.values_list("calendar_version_id", flat=True).first():
        return version
    return _default_calendar()


def _default_calendar() -> int | None:
    default = SlaPolicy.objects.filter(is_default=True).values_list("current__calendar__current_id", flat=True)
    return default.first()
