"""Response clocks: one row for each cycle, from the first unanswered customer message to the answer."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from desk.tickets.models import Ticket


class Clock(models.Model):
    """One promise to one customer. What was promised and what came of it is never rewritten."""

    class Metric(models.TextChoices):
        FIRST_RESPONSE = "first_response", _("First response")
        NEXT_RESPONSE = "next_response", _("Next response")  # each later turn of the customer is a cycle of its own

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        MET = "met", _("Answered")
        CANCELLED = "cancelled", _("Cancelled")

    ticket = models.ForeignKey(
        Ticket, on_delete=models.CASCADE, related_name="clocks", db_index=False
    )  # clock_of_ticket begins with it
    metric = models.CharField(max_length=20, choices=Metric.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()  # the network's time of the customer's message
    received_at = models.DateTimeField()  # when it reached us: the difference is the network's and our connection's
    target_seconds = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)  # the network's time of the answer
    cancelled_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)  # equals due_at once it has passed unanswered, whenever noticed
    alert_chain_version = models.ForeignKey(
        "alerts.AlertChainVersion", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # who is alerted while it runs
    next_alert_at = models.DateTimeField(null=True)  # when to look whether somebody is to be alerted; never too late

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "metric"], condition=Q(state="running"), name="one_running_clock"
            ),
            models.CheckConstraint(
                condition=Q(breached_at=None) | Q(breached_at=F("due_at")), name="breached_when_due"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="clock_due", condition=Q(state="running", breached_at=None)),
            models.Index(fields=["ticket", "metric"], name="clock_of_ticket"),
            models.Index(fields=["started_at"], name="clock_started"),
            models.Index(fields=["next_alert_at"], name="clock_alert", condition=Q(next_alert_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.metric} #{self.ticket_id}"
