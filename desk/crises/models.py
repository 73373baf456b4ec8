"""Crises and the log of what was decided in them. The log only grows, and shows when somebody changed it afterwards."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.common.indexes import where_set
from desk.common.versioned import DocumentVersion
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Ticket
from policies.crisis_plan import CrisisPlan
from policies.crisis_plan_form import parse
from policies.crisis_scope import Covering, Scope
from policies.crisis_states import Level, Standing
from policies.crisis_states import State as CrisisState
from policies.escalation import Run
from policies.rulebook_states import State as VersionState


class CrisisPlanVersion(DocumentVersion):
    """One wording of the crisis plan. A crisis keeps the one that was active when it started."""

    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(DocumentVersion.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=VersionState.ACTIVE), name="one_active_crisis_plan"
            )
        ]

    def __str__(self) -> str:
        return f"crisis plan {self.number}"

    def plan(self) -> CrisisPlan:
        """Read anew: `plans.plan_of` keeps what it has read."""
        return parse(self.document)


class Crisis(models.Model):
    """One crisis as it stands. Whoever stands in it or its log can't be deleted, only be made inactive.

    `version` counts its changes: a change is an UPDATE of the version that its author saw, so of two at once one wins.
    """

    class State(models.TextChoices):
        SUSPECTED = CrisisState.SUSPECTED.value, _("Suspected")
        ACTIVE = CrisisState.ACTIVE.value, _("Active")
        STOOD_DOWN = CrisisState.STOOD_DOWN.value, _("Stood down")
        REVIEWED = CrisisState.REVIEWED.value, _("Reviewed")
        DISMISSED = CrisisState.DISMISSED.value, _("Dismissed")

    name = models.CharField(_("name"), max_length=120)
    reason = models.TextField(_("reason"))  # why it was suspected or started
    state = models.CharField(max_length=12, choices=State.choices, default=State.SUSPECTED)
    level = models.PositiveSmallIntegerField(
        default=Level.SUSPICION.value
    )  # the last one that was set; 0 while suspected
    scope_form = models.JSONField(default=dict)
    drill = models.BooleanField(default=False)  # covers drills alone; the database never lets it be changed
    plan = models.ForeignKey(
        CrisisPlanVersion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # the version that was active when it started; null while it is only suspected
    role_holders = models.JSONField(default=dict)  # the id of a user by the key of a role of the plan
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # for level 3, the last
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # the second person
    lapses_at = models.DateTimeField(null=True)  # until when level 3 stands on the word of one
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    level_since = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # stood down or dismissed
    version = models.PositiveIntegerField(default=1)
    log_length = models.PositiveIntegerField(default=0)
    log_digest = models.CharField(max_length=64, blank=True)  # of the last entry of the log

    class Meta:
        verbose_name = _("crisis")
        verbose_name_plural = _("crises")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__lte=Level.CRISIS.value), name="crisis_level_known"),
            models.CheckConstraint(
                condition=~Q(state="active")
                | Q(level__gte=Level.WATCH.value, started_at__isnull=False, plan__isnull=False),
                name="active_crisis_has_level_and_plan",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="crisis_active", condition=Q(state="active")),
            models.Index(
                fields=["lapses_at"],
                name="crisis_lapses",
                condition=Q(state="active", level=Level.CRISIS.value, lapses_at__isnull=False),
            ),
            models.Index(fields=["state", "-id"], name="crisis_by_state"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        return Scope.from_json(self.scope_form)

    @property
    def standing(self) -> Standing:
        return Standing(CrisisState(self.state), self.level, self.asked_by_id, self.confirmed_by_id, self.lapses_at)

    @property
    def covering(self) -> Covering:
        return Covering(self.pk, self.scope, self.standing, self.drill)

    @property
    def kept_plan(self) -> CrisisPlan | None:
        """What its plan says; None while it is only suspected. Needs the version at hand."""
        return self.plan.plan() if self.plan is not None else None

    def level_at(self, now: datetime) -> int:
        """0 unless it is active; 2 where level 3 has lapsed, also before a sweep wrote that down."""
        return self.standing.level_at(now)


class CrisisHook(models.Model):
    """An address at which another system tells of a crisis. Its secret signs what it tells, and is never shown again.

    `level` is the highest that it starts by itself: 0 a suspicion, 1 watch, 2 elevated. Level 3 takes people.
    """

    name = models.CharField(_("name"), max_length=80)
    level = models.PositiveSmallIntegerField(default=Level.SUSPICION.value)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")  # who gets what it starts
    sealed_secret = models.BinaryField()
    sealed_before = models.BinaryField(null=True)  # the secret before this one, good until `before_until`
    before_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(revoked_at=None), name="one_crisis_hook_of_a_name"
            ),
            models.CheckConstraint(condition=Q(level__lte=Level.ELEVATED.value), name="crisis_hook_level"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class HookCall(models.Model):
    """What a hook was told under one id of its sender: told again it is the same call, and starts nothing more."""

    hook = models.ForeignKey(CrisisHook, on_delete=models.CASCADE, related_name="calls", db_index=False)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of what was told
    crisis = models.ForeignKey(Crisis, on_delete=models.CASCADE, related_name="hook_calls")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hook", "key"], name="one_hook_call_of_a_key")]
        indexes = [models.Index(fields=["hook", "-at"], name="last_hook_calls")]

    def __str__(self) -> str:
        return f"{self.hook_id} {self.key}"


class CrisisTicket(models.Model):
    """A ticket that is part of a crisis, or that somebody took out of it: then it stays out."""

    class How(models.TextChoices):
        SCOPE = "scope", _("by its scope")
        ALIKE = "alike", _("almost the same words")
        HAND = "hand", _("by hand")
        TICKET = "ticket", _("with another ticket")

    crisis = models.ForeignKey(Crisis, on_delete=models.CASCADE, related_name="tickets", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="crises")
    how = models.CharField(max_length=10, choices=How.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    left_at = models.DateTimeField(null=True)  # when somebody took it out
    routed_to = models.BigIntegerField(null=True)  # the team that it was given to, so that it is given once
    reach = models.BigIntegerField(default=0)  # followers of its customer, where the network tells
    digest = models.JSONField(default=list)  # of what was put in by hand: what almost repeats it comes in too

    class Meta:
        constraints = [models.UniqueConstraint(fields=["crisis", "ticket"], name="one_row_of_a_ticket_in_a_crisis")]
        indexes = [
            models.Index(fields=["crisis", "-reach", "id"], name="crisis_reach", condition=Q(left_at=None)),
            models.Index(fields=["crisis", "-id"], name="crisis_put_in", condition=Q(how="hand", left_at=None)),
            where_set("by", name="crisis_ticket_by"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} in {self.crisis_id}"


class CrisisCount(models.Model):
    """What was said in a crisis in five minutes of the networks' time. A row for each inbox: ingest works on one
    inbox at a time, so that nobody waits for another's row.
    """

    crisis = models.ForeignKey(Crisis, on_delete=models.CASCADE, related_name="counts", db_index=False)
    at = models.DateTimeField()  # the beginning
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="+")
    messages = models.IntegerField(default=0)  # of customers
    negative = models.IntegerField(default=0)
    positive = models.IntegerField(default=0)
    answers = models.IntegerField(default=0)  # of ours, here or in the network's app

    class Meta:
        constraints = [models.UniqueConstraint(fields=["crisis", "at", "inbox"], name="one_crisis_count")]

    def __str__(self) -> str:
        return f"{self.crisis_id} {self.at}"


class CrisisSearch(models.Model):
    """Tickets of one inbox that were there before a crisis or its new scope, to be looked through for it."""

    crisis = models.ForeignKey(Crisis, on_delete=models.CASCADE, related_name="searches")
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()  # tickets that began from then on
    reached = models.BigIntegerField(default=0)  # the last ticket that was looked at
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="crisis_search_open", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.crisis_id} in inbox {self.inbox_id}"


class CrisisEntry(models.Model):
    """One line of a crisis's log. The database refuses to change or delete one."""

    crisis = models.ForeignKey(Crisis, on_delete=models.PROTECT, related_name="entries", db_index=False)
    number = models.PositiveIntegerField()  # from 1
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: the desk itself
    kind = models.CharField(max_length=20)
    text = models.TextField(blank=True)  # what somebody wrote
    data = models.JSONField(default=dict)
    before = models.CharField(max_length=64)  # the digest of the entry before
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["crisis", "number"], name="one_crisis_entry_of_a_number")]

    def __str__(self) -> str:
        return f"{self.crisis_id}.{self.number} {self.kind}"


class Escalation(models.Model):
    """A chain of the plan at work for a crisis: `policies.escalation` says where it goes from where it is.

    It keeps the version of the plan with which it began. Whoever moves it holds its row.
    """

    class Stopped(models.TextChoices):
        OVER = "over", _("the crisis is over")
        RAISED = "raised", _("a higher level has a chain of its own")

    crisis = models.ForeignKey(Crisis, on_delete=models.CASCADE, related_name="escalations", db_index=False)
    plan = models.ForeignKey(CrisisPlanVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField()  # whose chain it is
    began_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)  # rungs of this lap
    due_at = models.DateTimeField(null=True)  # when the next rung is; null at its end
    lap = models.PositiveIntegerField(default=1)
    acknowledged_at = models.DateTimeField(null=True)  # in this lap
    acknowledged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    look_at = models.DateTimeField(null=True)  # when there is something to do, whatever it is
    stopped_at = models.DateTimeField(null=True)
    stopped_why = models.CharField(max_length=10, blank=True, choices=Stopped.choices)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["crisis"], condition=Q(stopped_at=None), name="one_running_escalation")
        ]
        indexes = [
            models.Index(fields=["crisis", "-id"], name="escalations_of_crisis"),
            models.Index(fields=["look_at"], name="escalation_due", condition=Q(stopped_at=None)),
        ]

    def __str__(self) -> str:
        return f"chain of level {self.level} of {self.crisis_id}"

    @property
    def run(self) -> Run:
        return Run(self.done, self.due_at, self.lap, self.acknowledged_at)


class EscalationStep(models.Model):
    """A rung that was told or passed over. A rung of a lap is one row, so it is taken once, whoever tries."""

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="steps", db_index=False)
    lap = models.PositiveIntegerField()
    rung = models.PositiveIntegerField()  # its place in the lap, from 0
    step = models.PositiveSmallIntegerField()  # the number of the step in the chain, from 0
    at = models.DateTimeField()
    passed = models.CharField(max_length=12, blank=True)  # why it was passed over

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["escalation", "lap", "rung"], name="one_row_of_a_rung")]

    def __str__(self) -> str:
        return f"rung {self.rung} of {self.escalation_id}"


class CallUp(models.Model):
    """Somebody off duty who was asked to come, and what they said."""

    crisis = models.ForeignKey(Crisis, on_delete=models.CASCADE, related_name="called_up", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    comes = models.BooleanField(null=True)  # null: no answer yet
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["crisis", "user"], name="one_call_up_of_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.crisis_id}"
