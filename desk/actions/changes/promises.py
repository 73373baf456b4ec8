"""Response times as things that can be changed: policies, and the calendars that they count by.

A draft is previewed by working out the clocks of the last days under it. What is switched on holds for clocks that
begin from then on; those that run keep what they were promised.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.changes.kinds import (
    MOST_VERSIONS,
    Difference,
    Figure,
    Kind,
    Preview,
    Values,
    Version,
    different,
    lines_between,
    looked_at,
)
from desk.actions.crises.crisis_levels import promises_at
from desk.actions.sla import calendars, sla_policies
from desk.alerts.models import AlertChain
from desk.changes.models import Change
from desk.common.errors import Conflict, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission
from desk.sla.models import BusinessCalendar, CalendarVersion, SlaPolicy, SlaPolicyVersion
from desk.sla.past import PastEffect, past_effect
from desk.sla.promises import Promise, Promises
from policies.sla import Conditions

_DAYS = dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), WEEKDAYS.values(), strict=True))
_WORDS = {
    "name": gettext_lazy("Name"),
    "enabled": gettext_lazy("In force"),
    "first_response_minutes": gettext_lazy("First response within (minutes)"),
    "next_response_minutes": gettext_lazy("Next response within (minutes)"),
    "resolution_minutes": gettext_lazy("Resolution within (minutes)"),
    "calendar_id": gettext_lazy("Minutes count by"),
    "alert_chain_id": gettext_lazy("Who is alerted"),
    "conditions.networks": gettext_lazy("Only these networks"),
    "conditions.inboxes": gettext_lazy("Only these inboxes"),
    "conditions.private": gettext_lazy("Private only"),
    "conditions.priorities": gettext_lazy("Only these priorities"),
    "conditions.tiers": gettext_lazy("Only these customers"),
    "conditions.ratings": gettext_lazy("Only reviews with"),
    "conditions.profiles": gettext_lazy("Only in a crisis whose plan brings one of these profiles"),
    "conditions.languages": gettext_lazy("Only these languages"),
    "conditions.tags": gettext_lazy("Only tickets with one of these tags"),
    "form.timezone": gettext_lazy("Time zone"),
    "form.holidays.country": gettext_lazy("Closed on the public holidays of"),
    "form.holidays.subdivision": gettext_lazy("Part of that country"),
}


class _Promised(Kind):
    """What policies and calendars share."""

    permission = Permission.MANAGE_SLA
    overview = "administration-response-times"
    drafts = True

    def title(self, row: Any) -> str:
        return str(row.name)

    def number(self, row: Any) -> int | None:
        return row.current.number if row.current else None

    def changed(self, actor: User | None, row: Any, values: Values, now: datetime | None = None) -> Any:
        """By the verb of the kind, and so with all that it asks and refuses."""
        raise NotImplementedError

    def of_number(self, row: Any, number: int) -> dict[str, Any]:
        """The values of an earlier version. Raises Missing."""
        raise NotImplementedError

    def checked(self, row: Any, values: Values) -> dict[str, Any]:
        wanted = self.only_different(row, values)
        looked_at(lambda: self.changed(None, row, wanted))
        return wanted

    def preview(self, row: Any, values: Values, days: int, now: datetime) -> Preview:
        before = promises_at(now)
        after: Promises = looked_at(lambda: self.changed(None, row, values, now), lambda: promises_at(now))
        effect = past_effect(before, after, _same_policy(before, after), now - timedelta(days=days), now)
        return Preview(days, _figures(effect), _note(effect))

    def switch_on(self, actor: User, row: Any, change: Change, now: datetime) -> int | None:
        return self.number(self.changed(actor, row, change.values or {}, now))

    def roll_back(self, actor: User, row: Any, number: int, now: datetime) -> int | None:
        if number == self.number(row):
            raise Conflict(_("Version %(number)d is active now.") % {"number": number})
        wanted = self.of_number(row, number)
        became = self.number(self.changed(actor, row, wanted, now))
        if became == self.number(row):
            raise Conflict(_("It reads like version %(number)d already.") % {"number": number}, code="same")
        audit(actor, "change_rolled_back", row, to=number, version=became)
        return became


class SlaPolicies(_Promised):
    slug = "sla_policy"
    label = gettext_lazy("Response times")
    subject = "slapolicy"
    editor = "administration-policy"
    key = ("position", "id")

    def rows(self) -> "QuerySet[SlaPolicy]":
        return SlaPolicy.objects.filter(deleted_at=None).select_related("current")

    def values(self, row: SlaPolicy) -> dict[str, Any]:
        return {"name": row.name, "enabled": row.enabled, **sla_policies.values_of(row)}

    def only_different(self, row: SlaPolicy, values: Values) -> dict[str, Any]:
        """The order of the values of a condition says nothing."""
        wanted = super().only_different(row, values)
        if "conditions" in wanted:
            tidy = Conditions.from_json(wanted["conditions"]).as_json()
            return different(self.values(row), {**wanted, "conditions": tidy})
        return wanted

    def changed(self, actor: User | None, row: SlaPolicy, values: Values, now: datetime | None = None) -> SlaPolicy:
        return sla_policies.change_policy(actor, row.pk, now=now, **values)

    def of_number(self, row: SlaPolicy, number: int) -> dict[str, Any]:
        version = SlaPolicyVersion.objects.filter(policy=row, number=number).first()
        if version is None:
            raise _no_version(number)
        return sla_policies.values_of(SlaPolicy(current=version))

    def read_now(self, row: SlaPolicy) -> list[Difference]:
        return lines_between({}, _named(self.values(row)), _word)

    def differences(self, row: SlaPolicy, values: Values) -> list[Difference]:
        now = self.values(row)
        return lines_between(_named(now), _named({**now, **values}), _word)

    def versions(self, row: SlaPolicy) -> list[Version]:
        rows = SlaPolicyVersion.objects.filter(policy=row).select_related("author", "calendar").order_by("-number")
        return [_version(one, row.current_id, _promised(one)) for one in rows[:MOST_VERSIONS]]


class Calendars(_Promised):
    slug = "calendar"
    label = gettext_lazy("Calendars")
    subject = "businesscalendar"
    editor = "administration-calendar"

    def rows(self) -> "QuerySet[BusinessCalendar]":
        return BusinessCalendar.objects.filter(deleted_at=None).select_related("current")

    def values(self, row: BusinessCalendar) -> dict[str, Any]:
        return {"name": row.name, "form": row.current.form if row.current else {}}

    def changed(
        self, actor: User | None, row: BusinessCalendar, values: Values, now: datetime | None = None
    ) -> BusinessCalendar:
        return calendars.change_calendar(actor, row.pk, now=now, **values)

    def of_number(self, row: BusinessCalendar, number: int) -> dict[str, Any]:
        version = CalendarVersion.objects.filter(calendar=row, number=number).first()
        if version is None:
            raise _no_version(number)
        return {"form": version.form}

    def read_now(self, row: BusinessCalendar) -> list[Difference]:
        return lines_between({}, self.values(row), _word)

    def differences(self, row: BusinessCalendar, values: Values) -> list[Difference]:
        now = self.values(row)
        return lines_between(now, {**now, **values}, _word)

    def versions(self, row: BusinessCalendar) -> list[Version]:
        rows = CalendarVersion.objects.filter(calendar=row).select_related("author").order_by("-number")
        return [_version(one, row.current_id, "") for one in rows[:MOST_VERSIONS]]


def _same_policy(before: Promises, after: Promises) -> Callable[[Promise, Promise], bool]:
    """Two wordings of one policy stand at the same place of the order; a change of one policy never moves another."""
    ids = {one.policy_version_id for promises in (before, after) for one in promises.policies}
    policies = dict(SlaPolicyVersion.objects.filter(pk__in=ids).values_list("pk", "policy_id"))
    fresh = [one.policy_version_id for one in after.policies if one.policy_version_id not in policies]
    gone = [one.policy_version_id for one in before.policies if one.policy_version_id not in _versions(after)]
    renamed = dict(zip(fresh, gone, strict=False))

    def same(one: Promise, other: Promise) -> bool:
        return renamed.get(other.policy_version_id, other.policy_version_id) == one.policy_version_id

    return same


def _versions(promises: Promises) -> set[int]:
    return {one.policy_version_id for one in promises.policies}


def _figures(effect: PastEffect) -> list[Figure]:
    said = {
        "tickets": ngettext("%(count)d ticket came in", "%(count)d tickets came in", effect.looked_at),
        "other_policy": ngettext(
            "%(count)d would have got another policy", "%(count)d would have got another policy", effect.other_policy
        ),
        "moved": ngettext("%(count)d due time would have moved", "%(count)d due times would have moved", effect.moved),
        "saved": ngettext("%(count)d breach saved", "%(count)d breaches saved", effect.saved),
        "lost": ngettext("%(count)d breach more", "%(count)d breaches more", effect.lost),
    }
    counts = {"tickets": effect.looked_at, **{name: getattr(effect, name) for name in said if name != "tickets"}}
    return [Figure(name, counts[name], words % {"count": counts[name]}) for name, words in said.items()]


def _note(effect: PastEffect) -> str:
    words = _(
        "Each clock is worked out anew under what is in force and under the draft, with the tags, the priority and the "
        "answers that its ticket has today."
    )
    if effect.complete:
        return words
    return words + " " + _("Only the newest %(count)d tickets were counted.") % {"count": effect.looked_at}


def _named(values: Values) -> dict[str, Any]:
    """With names for numbers."""
    calendar = BusinessCalendar.objects.filter(pk=values.get("calendar_id") or 0).values_list("name", flat=True).first()
    chain = AlertChain.objects.filter(pk=values.get("alert_chain_id") or 0).values_list("name", flat=True).first()
    return {**values, "calendar_id": calendar, "alert_chain_id": chain or _("the desk's default")}


def _word(path: str) -> str:
    if path in _WORDS:
        return str(_WORDS[path])
    day = path.rpartition(".")[2]
    return str(_DAYS.get(day, day))


def _promised(version: SlaPolicyVersion) -> str:
    """A version in one line: minutes for the first and next response and the resolution, and the calendar."""
    seconds = (version.first_response_seconds, version.next_response_seconds, version.resolution_seconds)
    minutes = " / ".join("–" if one is None else str(one // 60) for one in seconds)
    return _("%(minutes)s minutes by %(calendar)s") % {"minutes": minutes, "calendar": version.calendar.name}


def _version(row: SlaPolicyVersion | CalendarVersion, current_id: int | None, words: str) -> Version:
    active = row.pk == current_id
    return Version(row.number, row.at, row.author, active, words, may_return=not active)


def _no_version(number: int) -> Missing:
    return Missing(_("There is no version %(number)d.") % {"number": number})
