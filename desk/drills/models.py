"""Drills: what is planned, what is played when, and how it went."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.common.indexes import where_set
from desk.crises.models import Crisis, CrisisPlanVersion
from desk.inboxes.models import Inbox
from desk.people.models import User
from policies.drill_scenario import BOTH, Kind, Scenario
from policies.drill_scenario_form import parse
from policies.drill_states import State as DrillState


class Drill(models.Model):
    """One drill. `policies.drill_states` says which state may follow which; one runs at a time.

    The scenario is kept as it was when the drill was planned, so that an old score card means what it meant.
    """

    class State(models.TextChoices):
        PLANNED = DrillState.PLANNED.value, _("Planned")
        RUNNING = DrillState.RUNNING.value, _("Running")
        FINISHED = DrillState.FINISHED.value, _("Finished")
        REAL = DrillState.REAL.value, _("Turned into the real thing")
        CANCELLED = DrillState.CANCELLED.value, _("Cancelled")

    class Language(models.TextChoices):
        DUTCH = "nl", _("Dutch")
        ENGLISH = "en", _("English")
        BOTH = BOTH, _("Both")

    name = models.CharField(_("name"), max_length=80)
    scenario_form = models.JSONField()
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="drills", db_index=False)
    language = models.CharField(_("language"), max_length=4, choices=Language.choices, default=Language.DUTCH)
    speed = models.PositiveSmallIntegerField(_("speed"), default=1)  # times as fast as the scenario is written
    announced = models.BooleanField(_("announced"), default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    planned_at = models.DateTimeField(null=True)  # when it starts by itself; null: when somebody starts it
    repeat_days = models.PositiveSmallIntegerField(null=True)  # after which the next one of its kind is planned
    reminded_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)  # when it ends by itself
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)
    playing_until = models.DateTimeField(null=True)  # a lease: a killed player's drill is free when it ends
    cleared_at = models.DateTimeField(null=True)  # when what it left in the queue was put away
    plan = models.ForeignKey(
        CrisisPlanVersion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # the version that it tries: the one that was active when it started
    crisis = models.OneToOneField(Crisis, null=True, on_delete=models.PROTECT, related_name="drill_of")
    became = models.ForeignKey(
        Crisis, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # the real crisis that ended it
    card = models.JSONField(default=dict)  # `policies.drill_score.Card`, once it is finished
    passed = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("drill")
        verbose_name_plural = _("drills")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="one_running_drill"),
            models.CheckConstraint(condition=Q(speed__gte=1, speed__lte=60), name="drill_speed"),
        ]
        indexes = [
            models.Index(
                fields=["planned_at"], name="drill_due", condition=Q(state="planned", planned_at__isnull=False)
            ),
            models.Index(fields=["plan", "-ended_at"], name="drill_of_plan", condition=Q(passed=True)),
            models.Index(fields=["id"], name="drill_not_cleared", condition=Q(ended_at__isnull=False, cleared_at=None)),
            where_set("became", name="drill_became"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scenario(self) -> Scenario:
        return parse(self.scenario_form)

    def lasted(self, now: datetime) -> timedelta:
        return (self.ended_at or now) - (self.started_at or now)


class Beat(models.Model):
    """One thing that happens in a drill: a post, or something that breaks or works again."""

    class BeatKind(models.TextChoices):
        POST = Kind.POST.value
        FAULT_BEGINS = Kind.FAULT_BEGINS.value
        FAULT_ENDS = Kind.FAULT_ENDS.value

    drill = models.ForeignKey(Drill, on_delete=models.CASCADE, related_name="beats", db_index=False)
    number = models.PositiveIntegerField()  # from 1, in the order of time
    kind = models.CharField(max_length=12, choices=BeatKind.choices)
    phase = models.PositiveSmallIntegerField()  # from 0
    due_at = models.DateTimeField()
    data = models.JSONField()
    played_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=200, blank=True)  # the sandbox's id of the post, or of the fault
    problem = models.CharField(max_length=300, blank=True)  # why it could not be played

    class Meta:
        constraints = [models.UniqueConstraint(fields=["drill", "number"], name="one_beat_of_a_number")]
        indexes = [models.Index(fields=["drill", "number"], name="beat_to_play", condition=Q(played_at=None))]

    def __str__(self) -> str:
        return f"{self.drill_id}.{self.number} {self.kind}"
