"""What a clock that begins now is promised: the policies in force, and the calendars they count by.

Versions never change, so a calendar is read once in the life of a process; which version is the newest is asked each
time, in one query for however many tickets.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import F

from desk.sla.models import CalendarVersion, SlaPolicyVersion
from desk.tickets.models import Customer, Ticket
from policies.calendars import parse
from policies.clocks import ALWAYS, Calendar
from policies.public_holidays import holiday_dates
from policies.sla import Conditions, Facts, Targets, choose

ROUND_THE_CLOCK: Mapping[str, Any] = {
    "timezone": "UTC",
    "week": {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    "holidays": None,
    "exceptions": {},
}
# Which profile the plan of a crisis brings for each of some tickets, which come with their inboxes; a ticket that is
# left out has none. Crises are another noun: whoever asks for promises hands this in (`actions.crises.crisis_levels`).
Profiles = Callable[[Collection[Ticket]], Mapping[int, str]]
Versions = Sequence[tuple[int, int]]  # of policies, with the version of the calendar that each counts by
_read: dict[int, Calendar] = {}


@dataclass(frozen=True, slots=True)
class Promise:
    """One policy as it reads now."""

    policy_version_id: int
    calendar_version_id: int
    conditions: Conditions
    targets: Targets
    calendar: Calendar
    alert_chain_id: int | None  # the desk's default chain where it is empty


def no_crisis(_tickets: Collection[Ticket]) -> Mapping[int, str]:
    """Where nobody promises anything."""
    return {}


@dataclass(slots=True)
class Promises:
    """The policies in force, in their order."""

    policies: Sequence[Promise]
    profiles: Profiles = no_crisis
    _chosen: dict[Facts, Promise] = field(default_factory=dict)

    def of(self, facts: Facts) -> Promise:
        """What the first policy promises whose conditions hold."""
        found = self._chosen.get(facts)
        if found is None:
            found = self._chosen[facts] = choose(self.policies, facts)
        return found

    def to(self, tickets: Collection[Ticket]) -> dict[int, Promise]:
        """What each of these tickets is promised now. They come with their inboxes."""
        return {pk: self.of(facts) for pk, facts in self.facts_of(tickets).items()}

    def facts_of(self, tickets: Collection[Ticket]) -> dict[int, Facts]:
        """What these policies may ask of tickets, which come with their inboxes. What none of them asks is not read."""
        tags = tags_of(ticket.pk for ticket in tickets) if self.ask_for_tags else {}
        profiles = self.profiles(tickets) if self.ask_for_crises else {}
        tiers = tiers_of(ticket.customer_id for ticket in tickets) if self.ask_for_tiers else {}
        return {
            one.pk: _facts(one, tags.get(one.pk, ()), tiers.get(one.customer_id, 0), profiles.get(one.pk, ""))
            for one in tickets
        }

    @property
    def ask_for_tags(self) -> bool:
        return any(policy.conditions.tags for policy in self.policies)

    @property
    def ask_for_tiers(self) -> bool:
        return any(policy.conditions.tiers for policy in self.policies)

    @property
    def ask_for_crises(self) -> bool:
        return any(policy.conditions.profiles for policy in self.policies)

    @property
    def versions(self) -> Versions:
        """To find the same promises again, whatever has been changed meanwhile."""
        return [(policy.policy_version_id, policy.calendar_version_id) for policy in self.policies]


def promises_now(profiles: Profiles) -> Promises:
    """One query, and one more for a calendar that this process has not met yet."""
    rows = SlaPolicyVersion.objects.filter(policy__deleted_at=None, policy__enabled=True, pk=F("policy__current"))
    in_order = rows.order_by("policy__is_default", "policy__position", "policy_id").select_related("calendar")
    versions = [(one, one.calendar.current_id) for one in in_order if one.calendar.current_id is not None]
    return _promises(versions, profiles)


def promises_of(versions: Versions, profiles: Profiles) -> Promises:
    """As they were when these were the versions in force."""
    rows = SlaPolicyVersion.objects.in_bulk([policy_version for policy_version, _calendar_version in versions])
    found = [(rows[policy_version], calendar_version) for policy_version, calendar_version in versions]
    return _promises(found, profiles)


def _promises(versions: Sequence[tuple[SlaPolicyVersion, int]], profiles: Profiles) -> Promises:
    calendars = calendars_of(calendar_version for _version, calendar_version in versions)
    return Promises(
        [
            Promise(
                version.pk,
                calendar_version,
                version.conditions,
                version.targets,
                calendars[calendar_version],
                version.alert_chain_id,
            )
            for version, calendar_version in versions
        ],
        profiles,
    )


def calendars_of(version_ids: Iterable[int]) -> Mapping[int, Calendar]:
    """Calendars by their versions' ids. Gives back all that this process has read."""
    if unread := set(version_ids) - _read.keys():
        rows = CalendarVersion.objects.filter(pk__any_of=unread).values_list("pk", "form", "holidays")
        for pk, form, holidays in rows:
            _read[pk] = calendar_of(form, holidays)
    return _read


def calendar_by(version_id: int) -> Calendar:
    """One calendar by its version's id, for what has no time to build a set."""
    return _read.get(version_id) or calendars_of([version_id])[version_id]


def calendar_of(form: Mapping[str, Any], holidays: Iterable[date] | None = None) -> Calendar:
    """The calendar that a form describes; round the clock without arithmetic. Raises CalendarProblem.

    `holidays` are those that were kept with a version; without them they are as the library has them now.
    """
    if form.get("week") == ROUND_THE_CLOCK["week"] and not form.get("holidays") and not form.get("exceptions"):
        return ALWAYS
    hours = parse(form)
    return hours if holidays is None else replace(hours, frozen=frozenset(holidays))


def holidays_of(form: Mapping[str, Any]) -> list[date]:
    """The public holidays of a form, to be kept with its version."""
    kept = form.get("holidays") or {}
    return list(holiday_dates(kept.get("country") or "", kept.get("subdivision") or ""))


def _facts(ticket: Ticket, tags: Iterable[str], tier: int, profile: str) -> Facts:
    return Facts(
        ticket.inbox.network,
        ticket.inbox_id,
        ticket.private,
        ticket.priority,
        ticket.language,
        frozenset(tags),
        tier,
        profile,
        ticket.rating or 0,
    )


def tiers_of(customer_ids: Iterable[int]) -> dict[int, int]:
    """The tiers of those customers who are not standard."""
    return dict(Customer.objects.filter(pk__any_of=set(customer_ids), tier__gt=0).values_list("pk", "tier"))


def tags_of(ticket_ids: Iterable[int]) -> dict[int, set[str]]:
    """The names of the tags that are on these tickets."""
    tags: dict[int, set[str]] = {}
    rows = Ticket.tags.through.objects.filter(ticket__any_of=ticket_ids).values_list("ticket_id", "tag__name")
    for ticket_id, name in rows:
        tags.setdefault(ticket_id, set()).add(name)
    return tags
