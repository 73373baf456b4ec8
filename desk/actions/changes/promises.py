"""Response times as things that can be changed: policies, and the calendars that they count by.

A draft is previewed by working out the clocks of the last days under it. What is switched on holds for clocks that
begin from then on; those that run keep what they were promised.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.changes.kinds import Figure, Preview, Values, Version, different, looked_at
from desk.actions.changes.made import Made
from desk.actions.changes.numbered import Numbered
from desk.actions.crises.crisis_levels import promises_at
from desk.actions.sla import calendars, sla_policies
from desk.alerts.models import AlertChain
from desk.common.errors import Conflict, Missing
from desk.people.models import AuditEntry, User, audit
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
_SIDES = ("before", "after")  # of a line of the audit trail


class _Promised(Made):
    """Whatever promises hang on: a draft is held against the clocks of the last days."""

    permission = Permission.MANAGE_SLA
    overview = "administration-response-times"

    def preview(self, row: Any, values: Values, days: int, now: datetime) -> Preview:
        before = promises_at(now)
        after: Promises = looked_at(lambda: self.changed(None, row, values, now), lambda: promises_at(now))
        effect = past_effect(before, after, _same_policy(before, after), now - timedelta(days=days), now)
        return Preview(days, _figures(effect), _note(effect))

    def word(self, path: str) -> str:
        if path in _WORDS:
            return str(_WORDS[path])
        day = path.rpartition(".")[2]
        return str(_DAYS.get(day, day))


class SlaPolicies(_Promised, Numbered):
    slug = "sla_policy"
    label = gettext_lazy("Response times")
    subject = "slapolicy"
    editor = "administration-policy"
    key = ("position", "id")

    def rows(self) -> "QuerySet[SlaPolicy]":
        return SlaPolicy.objects.filter(deleted_at=None).select_related("current")

    def values(self, row: SlaPolicy | None) -> dict[str, Any]:
        """A new one promises nothing yet, and counts as the default one does."""
        if row is not None:
            return {"name": row.name, "enabled": row.enabled, **sla_policies.values_of(row)}
        default = self.rows().get(is_default=True)
        calendar_id = default.current.calendar_id if default.current else None
        blank = dict.fromkeys((f"{metric}_minutes" for metric in sla_policies.METRICS), None)
        return {
            "name": "", "enabled": True, "conditions": {}, **blank, "calendar_id": calendar_id, "alert_chain_id": None,
        }  # fmt: skip

    def only_different(self, row: SlaPolicy | None, values: Values) -> dict[str, Any]:
        """The order of the values of a condition says nothing."""
        wanted = super().only_different(row, values)
        if "conditions" in wanted:
            tidy = Conditions.from_json(wanted["conditions"]).as_json()
            return different(self.values(row), {**wanted, "conditions": tidy})
        return wanted

    def said(self, values: Values) -> dict[str, Any]:
        return _named(values)

    def changed(
        self, actor: User | None, row: SlaPolicy | None, values: Values, now: datetime | None = None
    ) -> SlaPolicy:
        if row is None:
            return sla_policies.create_policy(actor, now=now, **self.whole(values))
        return sla_policies.change_policy(actor, row.pk, now=now, **values)

    def take_away(self, actor: User, row: SlaPolicy, now: datetime) -> None:
        sla_policies.delete_policy(actor, row.pk, now=now)

    def version_rows(self, row: SlaPolicy) -> "QuerySet[SlaPolicyVersion]":
        return SlaPolicyVersion.objects.filter(policy=row).select_related("author", "calendar")

    def of_version(self, one: SlaPolicyVersion) -> dict[str, Any]:
        return sla_policies.values_of(SlaPolicy(current=one))

    def words_of(self, one: SlaPolicyVersion) -> str:
        return _promised(one)


class PolicyOrder(_Promised):
    """Which policy is asked first. Those that came since a draft was written stand behind the others."""

    slug = "sla_order"
    label = gettext_lazy("The order of response times")
    subject = "slapolicy"
    searched = ""
    single = True
    version_key = "id"

    def rows(self) -> "QuerySet[SlaPolicy]":
        """The default policy, which is asked last, stands for all of them."""
        return SlaPolicy.objects.filter(is_default=True)

    def found(self, thing: int) -> SlaPolicy:
        return self.rows().get()

    def title(self, row: SlaPolicy) -> str:
        return str(self.label)

    def values(self, row: SlaPolicy | None) -> dict[str, Any]:
        return {"order": [policy.pk for policy in sla_policies.policies_in_order() if not policy.is_default]}

    def said(self, values: Values) -> dict[str, Any]:
        names = dict(SlaPolicy.objects.filter(pk__in=values["order"]).values_list("pk", "name"))
        return {str(place): names.get(pk) for place, pk in enumerate(values["order"], start=1)}

    def word(self, path: str) -> str:
        return _("Asked as number %(place)s") % {"place": path}

    def only_different(self, row: SlaPolicy | None, values: Values) -> dict[str, Any]:
        return different(self.values(row), {"order": self._settled(values["order"])})

    def changed(
        self, actor: User | None, row: SlaPolicy | None, values: Values, now: datetime | None = None
    ) -> SlaPolicy:
        sla_policies.reorder_policies(actor, self._settled(values["order"]), now=now)
        return self.found(0)

    def version_rows(self, row: SlaPolicy) -> "QuerySet[AuditEntry]":
        entries = AuditEntry.objects.filter(subject=self.subject, subject_id=str(row.pk))
        return entries.filter(verb="sla_policies_reordered").select_related("actor")

    def version(self, row: SlaPolicy, one: AuditEntry) -> Version:
        names = (", ".join(filter(None, self.said({"order": one.detail[side]}).values())) for side in _SIDES)
        return Version(one.pk, one.at, one.actor, words=" → ".join(names), may_return=True)

    def roll_back(self, actor: User, row: SlaPolicy, number: int, now: datetime) -> int | None:
        """To the order that held before that line of the audit trail."""
        entry = self.version_rows(row).filter(pk=number).first()
        if entry is None:
            raise Missing(_("The audit trail has no such change of it."))
        wanted = self.only_different(row, {"order": entry.detail["before"]})
        if not wanted:
            raise Conflict(_("It is like that already."), code="same")
        self.changed(actor, row, wanted, now)
        audit(actor, "change_rolled_back", row, to=number)
        return None

    def _settled(self, order: Sequence[int]) -> list[int]:
        """With all that there are now, and nothing that is gone; what stands twice stays, and is refused."""
        now = self.values(None)["order"]
        return [*(pk for pk in order if pk in now), *(pk for pk in now if pk not in order)]


class Calendars(_Promised, Numbered):
    slug = "calendar"
    label = gettext_lazy("Calendars")
    subject = "businesscalendar"
    editor = "administration-calendar"

    def rows(self) -> "QuerySet[BusinessCalendar]":
        return BusinessCalendar.objects.filter(deleted_at=None).select_related("current")

    def values(self, row: BusinessCalendar | None) -> dict[str, Any]:
        if row is None:
            return {"name": "", "form": {}}
        return {"name": row.name, "form": row.current.form if row.current else {}}

    def changed(
        self, actor: User | None, row: BusinessCalendar | None, values: Values, now: datetime | None = None
    ) -> BusinessCalendar:
        if row is None:
            return calendars.create_calendar(actor, now=now, **self.whole(values))
        return calendars.change_calendar(actor, row.pk, now=now, **values)

    def preview(self, row: BusinessCalendar | None, values: Values, days: int, now: datetime) -> Preview:
        if row is None:
            return Preview(days, note=_("No policy counts by it yet, so it would have changed nothing."))
        return super().preview(row, values, days, now)

    def take_away(self, actor: User, row: BusinessCalendar, now: datetime) -> None:
        calendars.delete_calendar(actor, row.pk, now=now)

    def version_rows(self, row: BusinessCalendar) -> "QuerySet[CalendarVersion]":
        return CalendarVersion.objects.filter(calendar=row).select_related("author")

    def of_version(self, one: CalendarVersion) -> dict[str, Any]:
        return {"form": one.form}


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


def _promised(version: SlaPolicyVersion) -> str:
    """A version in one line: minutes for the first and next response and the resolution, and the calendar."""
    seconds = (version.first_response_seconds, version.next_response_seconds, version.resolution_seconds)
    minutes = " / ".join("–" if one is None else str(one // 60) for one in seconds)
    return _("%(minutes)s minutes by %(calendar)s") % {"minutes": minutes, "calendar": version.calendar.name}
