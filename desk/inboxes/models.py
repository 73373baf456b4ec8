"""Connected accounts: credentials, cursors, what the networks told us word for word, and when we were blind."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from desk.common.encryption import seal, unseal
from desk.people.models import Team


def first_of_month(now: datetime) -> date:
    """Networks bill by the calendar month, in UTC."""
    return now.astimezone(UTC).date().replace(day=1)


class Inbox(models.Model):
    """One account on one network. Its health columns say what really happened, not what is configured."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        NEEDS_REAUTHORISATION = "needs_reauthorisation", _("Needs to be authorised again")

    network = models.CharField(
        _("network"), max_length=40
    )  # a slug of the connector registry; no choices, no migration
    name = models.CharField(_("name"), max_length=80)
    base_url = models.CharField(_("server address"), max_length=300, blank=True)
    sealed_credentials = models.BinaryField(default=b"", editable=False)
    own_id = models.CharField(max_length=100, blank=True)
    handle = models.CharField(max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=30, choices=State.choices, default=State.ACTIVE)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="inboxes", verbose_name=_("team")
    )
    brand = models.CharField(_("brand"), max_length=80, blank=True, default="")  # by which the rulebook may differ
    language = models.CharField(_("usual language"), max_length=5, default="nl")
    poll_seconds = models.PositiveIntegerField(_("seconds between polls"), default=60)
    conversation_window_hours = models.PositiveIntegerField(_("conversation window (hours)"), default=72)
    monthly_budget = models.PositiveIntegerField(
        _("most to spend in a month (US dollars)"), null=True, blank=True
    )  # reading stops at it; answers go on. Null: no end
    drill = models.BooleanField(
        _("for drills"), default=False, editable=False
    )  # a stage: the gateway leads it to the sandbox and nowhere else, and the database never lets it be changed
    created_at = models.DateTimeField(auto_now_add=True)

    # health
    last_poll_at = models.DateTimeField(null=True, editable=False)
    last_event_at = models.DateTimeField(null=True, editable=False)  # when an event last really reached us
    last_event_lag_ms = models.BigIntegerField(null=True, editable=False)  # our receipt minus the network's time
    last_webhook_at = models.DateTimeField(null=True, editable=False)
    last_error = models.JSONField(default=dict, editable=False)  # `words.kept`; empty where all is well
    last_error_code = models.CharField(max_length=40, blank=True, editable=False)
    last_error_at = models.DateTimeField(null=True, editable=False)
    failures_in_a_row = models.PositiveIntegerField(default=0, editable=False)
    cost_total = models.DecimalField(max_digits=12, decimal_places=4, default=0, editable=False)  # US dollars
    cost_month = models.DecimalField(max_digits=12, decimal_places=4, default=0, editable=False)  # of `month_of_cost`
    month_of_cost = models.DateField(null=True, editable=False)  # its first day, in UTC

    class Meta:
        ordering = ["id"]
        verbose_name = _("inbox")
        verbose_name_plural = _("inboxes")

    def __str__(self) -> str:
        return self.name

    def spent_in(self, now: datetime) -> Decimal:
        """What the network charged in the month of `now`, US dollars."""
        return self.cost_month if self.month_of_cost == first_of_month(now) else Decimal(0)

    @property
    def credentials(self) -> dict[str, str]:
        """In the clear, for the gateway only. Raises Unsealable."""
        return unseal(bytes(self.sealed_credentials)) if self.sealed_credentials else {}

    @credentials.setter
    def credentials(self, values: Mapping[str, str]) -> None:
        self.sealed_credentials = seal(values)


class StreamState(models.Model):
    """Where we are in one feed of one account. The claim is a lease: a killed worker's stream is free when it ends."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="streams")
    name = models.CharField(max_length=40)
    cursor = models.JSONField(default=dict)
    next_poll_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    last_poll_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    rate_limit = models.IntegerField(null=True)
    rate_remaining = models.IntegerField(null=True)
    rate_reset_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "name"], name="one_state_per_stream")]
        indexes = [models.Index(fields=["next_poll_at"], name="stream_due")]

    def __str__(self) -> str:
        return f"{self.inbox} {self.name}"


class RawItem(models.Model):
    """An event as the network told it, kept for ever as evidence; `event_key` makes storing it twice impossible."""

    inbox = models.ForeignKey(
        Inbox, on_delete=models.CASCADE, related_name="raw_items", db_index=False
    )  # one_raw_item_per_event begins with it
    event_key = models.CharField(max_length=300)
    source = models.CharField(max_length=10)  # poll or webhook
    item = models.JSONField()  # the connector's Item; its `raw` is the payload itself
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)  # a poisoned row is pushed forward, so that it never blocks the others
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "event_key"], name="one_raw_item_per_event")]
        indexes = [
            models.Index(fields=["inbox", "id"], name="raw_unprocessed", condition=models.Q(processed_at=None)),
        ]

    def __str__(self) -> str:
        return self.event_key


class CoverageGap(models.Model):
    """An interval in which an inbox could not see. Reports that overlap it say so."""

    class Reason(models.TextChoices):
        OUTAGE = "outage", _("The network did not answer")
        RATE_LIMIT = "rate_limit", _("The network's limit was reached")
        TOKEN = "token", _("The account had to be authorised again")
        QUOTA = "quota", _("The paid quota was used up")
        PAUSED = "paused", _("Paused by a person")

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="coverage_gaps")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, choices=Reason.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox"], condition=models.Q(ended_at=None), name="one_open_gap_per_inbox"),
        ]
        indexes = [models.Index(fields=["inbox", "-started_at"], name="gaps_of_inbox")]

    def __str__(self) -> str:
        return f"{self.inbox} {self.started_at} {self.reason}"
