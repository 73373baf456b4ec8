"""What was promised and what came of it: calendars and policies with all their versions, clocks, pauses.

Versions are numbered and never change, so that a clock can always be worked out again under what it was promised.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from desk.tickets.models import Ticket
from policies.sla import Conditions, Targets


class BusinessCalendar(models.Model):
    """When time counts. A calendar that is no longer wanted is kept for the clocks that ran by it."""

    name = models.CharField(_("name"), max_length=80)
    current = models.ForeignKey("CalendarVersion", null=True, on_delete=models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(deleted_at=None), name="one_calendar_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """One wording of a calendar: the form that `policies.calendars.parse` reads."""

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    form = models.JSONField()
    # The public holidays of the form's country as they were known then: a newer library changes no promise.
    holidays = ArrayField(models.DateField(), default=list)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "number"], name="one_calendar_version")]

    def __str__(self) -> str:
        return f"{self.calendar} {self.number}"


class SlaPolicy(models.Model):
    """Whom we promise what. The first whose conditions hold speaks; the default one comes last and asks nothing."""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(default=0)  # the default's is beyond all others
    enabled = models.BooleanField(_("in force"), default=True)
    is_default = models.BooleanField(default=False)
    current = models.ForeignKey("SlaPolicyVersion", null=True, on_delete=models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(deleted_at=None), name="one_policy_of_a_name"),
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_policy"),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(enabled=True, deleted_at=None), name="default_policy_in_force"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SlaPolicyVersion(models.Model):
    """One wording of a policy. Targets are seconds of the calendar's time; an empty one promises nothing."""

    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    conditions_form = models.JSONField(default=dict)
    first_response_seconds = models.PositiveIntegerField(null=True)
    next_response_seconds = models.PositiveIntegerField(null=True)
    resolution_seconds = models.PositiveIntegerField(null=True)
    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.PROTECT, related_name="policy_versions")
    alert_chain = models.ForeignKey(
        "alerts.AlertChain", null=True, on_delete=models.PROTECT, related_name="policy_versions"
    )  # empty: the desk's default chain
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "number"], name="one_policy_version")]

    def __str__(self) -> str:
        return f"{self.policy} {self.number}"

    @property
    def conditions(self) -> Conditions:
        return Conditions.from_json(self.conditions_form)

    @property
    def targets(self) -> Targets:
        return Targets(self.first_response_seconds, self.next_response_seconds, self.resolution_seconds)


class Clock(models.Model):
    """One cycle: a turn of the customer until the answer, or a ticket until it is resolved.

    `cycle` numbers the response cycles of a ticket and, apart from them, its resolution cycles, from 0. The policy and
    calendar versions are those it was promised under. A cycle without a target is kept all the same: it is never due,
    and its times are in the figures.
    """

    class Metric(models.TextChoices):
        FIRST_RESPONSE = "first_response", _("First response")
        NEXT_RESPONSE = "next_response", _("Next response")
        RESOLUTION = "resolution", _("Resolution")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")  # stands still, and so can't be late
        MET = "met", _("Answered")
        CANCELLED = "cancelled", _("Cancelled")

    ticket = models.ForeignKey(
        Ticket, on_delete=models.CASCADE, related_name="clocks", db_index=False
    )  # one_clock_per_cycle begins with it
    metric = models.CharField(max_length=20, choices=Metric.choices)
    cycle = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    policy_version = models.ForeignKey(SlaPolicyVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    calendar_version = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()  # the network's time of the customer's message
    received_at = models.DateTimeField()  # when it reached us: the difference is the network's and our connection's
    target_seconds = models.PositiveIntegerField(null=True)
    warn_at = models.DateTimeField(null=True)  # when amber begins; with due_at it moves when a pause ends
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)  # the network's time of the answer
    cancelled_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)  # equals due_at once it has passed unanswered, whenever noticed
    alert_chain_version = models.ForeignKey(
        "alerts.AlertChainVersion", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # who is alerted while it runs; empty: chosen when it is looked at
    look_at = models.DateTimeField(null=True)  # when a sweep has to: it runs late, or somebody is told; never too late
    dropped_as = models.CharField(
        max_length=12, blank=True, default="", db_default=""
    )  # the decision that cancelled it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "metric", "cycle"], name="one_clock_per_cycle"),
            models.CheckConstraint(
                condition=Q(breached_at=None) | Q(breached_at=F("due_at")), name="breached_when_due"
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], name="clock_to_look_at", condition=Q(look_at__isnull=False)),
            models.Index(fields=["started_at"], name="clock_started", condition=Q(metric="first_response")),
        ]

    def __str__(self) -> str:
        return f"{self.metric} #{self.ticket_id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def ended_at(self) -> datetime | None:
        return self.met_at or self.cancelled_at


OPEN = (Clock.State.RUNNING, Clock.State.PAUSED)


class ClockPause(models.Model):
    """Time in which a clock stood still. Never overwritten: a deadline is its clock's start, target and pauses."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="pauses", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=30)  # the state of the ticket that paused it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock"], condition=Q(until=None), name="one_open_pause"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="pause_ends_after_it_began"
            ),
        ]
        indexes = [models.Index(fields=["clock", "since"], name="pause_of_clock")]

    def __str__(self) -> str:
        return f"{self.clock} {self.since}"


class SlaRenewal(models.Model):
    """Somebody's wish that a change also holds for clocks that are open; a sweep carries it out.

    The change is one of policies, from `before` to `after`, or the level of a `crisis`.
    """

    before = models.JSONField(default=list)  # `Promises.versions`
    after = models.JSONField(default=list)
    crisis = models.ForeignKey("crises.Crisis", null=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    reached = models.BigIntegerField(default=0)  # the last ticket that was looked at
    renewed = models.PositiveIntegerField(default=0)  # clocks
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="renewal_to_do", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"renewal of {self.at}"
