"""Connected accounts: credentials, cursors, what the networks told us word for word, and when we were blind."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from desk.common.encryption import seal, unseal
from desk.inboxes.feeds import feed_name
from desk.people.models import Team, User


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
    limits = models.JSONField(default=dict, editable=False)  # of its server, as it told when it was asked last
    options = models.JSONField(default=dict)  # what its owner chose, by the names of the connector's `option_fields`
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
    reads_month = models.PositiveIntegerField(default=0, editable=False)  # that count by the plan, of the same month
    month_of_cost = models.DateField(null=True, editable=False)  # its first day, in UTC
    breaker_failures = models.PositiveIntegerField(default=0, editable=False)  # calls in a row without an answer
    breaker_until = models.DateTimeField(null=True, editable=False)  # the account rests till then; see `breaker.py`
    credentials_end_at = models.DateTimeField(null=True, editable=False)  # as far as the network tells
    credentials_asked_at = models.DateTimeField(null=True, editable=False)
    credentials_warned_days = models.PositiveSmallIntegerField(null=True, editable=False)  # of the last warning

    class Meta:
        ordering = ["id"]
        verbose_name = _("inbox")
        verbose_name_plural = _("inboxes")

    def __str__(self) -> str:
        return self.name

    def spent_in(self, now: datetime) -> Decimal:
        """What the network charged in the month of `now`, US dollars."""
        return self.cost_month if self.month_of_cost == first_of_month(now) else Decimal(0)

    def read_in(self, now: datetime) -> int:
        """What was read in the month of `now` of what its plan counts."""
        return self.reads_month if self.month_of_cost == first_of_month(now) else 0

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
    took_ms = models.PositiveIntegerField(null=True)  # the last page, from the call to the answer
    denied = models.JSONField(default=dict)  # `words.kept`: what the credentials may not read; the stream rests long

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
    """An interval in which an inbox, or one stream of it, could not see. Reports that overlap it say so."""

    class Reason(models.TextChoices):
        OUTAGE = "outage", _("The network did not answer")
        RATE_LIMIT = "rate_limit", _("The network's limit was reached")
        TOKEN = "token", _("The account had to be authorised again")
        QUOTA = "quota", _("The paid quota was used up")
        PAUSED = "paused", _("Paused by a person")
        PERMISSION = "permission", _("The credentials do not allow it to be read")
        HISTORY = "history", _("The network no longer tells what was said then")

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="coverage_gaps")
    stream = models.CharField(max_length=40, blank=True, default="")  # "": all of the inbox
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, choices=Reason.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "stream"], condition=models.Q(ended_at=None), name="one_open_gap_per_stream"
            ),
        ]
        indexes = [models.Index(fields=["inbox", "-started_at"], name="gaps_of_inbox")]

    def __str__(self) -> str:
        return f"{self.inbox} {self.started_at} {self.reason}"

    @property
    def what(self) -> str:
        """What could not be seen, as people call it: an account, or one feed of it."""
        return f"{self.inbox.name}, {feed_name(self.stream)}" if self.stream else self.inbox.name


class Reconciliation(models.Model):
    """One comparison of what the network tells with what we have. `result` is the form of `actions.reconcile`."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="reconciliations", db_index=False)
    author = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # None for the operator at the command line
    since = models.DateTimeField()
    fix = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    result = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)  # `words.kept`
    created_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_reconciliation_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["inbox", "-id"], name="reconciliations_of_inbox")]

    def __str__(self) -> str:
        return f"{self.inbox} since {self.since}"


class MailedFile(models.Model):
    """A file of a mail that answers something of the desk, until it is fetched for what it belongs to.

    What that is lies above: `kind` is the answer's, `owner` the number of a row.
    """

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="+")  # in which the mail lies
    kind = models.CharField(max_length=8)
    owner = models.BigIntegerField()
    url = models.CharField(max_length=2_000)
    name = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="mailed_file_due"),
            models.Index(fields=["kind", "owner"], name="mailed_files_of"),
        ]

    def __str__(self) -> str:
        return f"{self.url} for {self.kind} {self.owner}"
