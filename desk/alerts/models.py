"""What colleagues are told: notices, the mails and webhook calls that carry them, and the chains that decide when.

Versions of a chain are numbered and never change, so that a running clock keeps the chain it started with.
"""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.common.indexes import where_set
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Ticket
from policies.alerts import Chain, parse


class Outgoing(models.Model):
    """Something on its way out of the desk. `desk.alerts.outbox` moves it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Not certain")  # handed over, and nobody knows whether it was taken

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)  # what the other side said last

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["next_attempt_at"], name="%(class)s_due", condition=Q(state="queued")),
            models.Index(fields=["claimed_at"], name="%(class)s_sending", condition=Q(state="sending")),
            models.Index(fields=["created_at"], name="%(class)s_created"),
        ]


class Mail(Outgoing):
    """One e-mail to one colleague, with the notices that came about together. Its words are made when it leaves."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"mail {self.pk} to {self.user_id}"


class ReportMail(Outgoing):
    """One report on its way to one subscriber: written when it leaves, about the moment at which it was due.

    A row of its own kind, so that an alert never waits behind a hundred reports.
    """

    subscription = models.ForeignKey("reports.ReportSubscription", on_delete=models.CASCADE, related_name="mails")

    def __str__(self) -> str:
        return f"report mail {self.pk} of {self.subscription_id}"


class DigestMail(Outgoing):
    """One digest of a department on its way to one subscriber, as a report is."""

    subscription = models.ForeignKey("causes.DigestSubscription", on_delete=models.CASCADE, related_name="mails")

    def __str__(self) -> str:
        return f"digest mail {self.pk} of {self.subscription_id}"


class FormMail(Outgoing):
    """Our answer to what a customer wrote by a form, on its way to the address that they left there."""

    link = models.ForeignKey("forms.FormLink", on_delete=models.CASCADE, related_name="mails")
    message = models.ForeignKey("tickets.Message", on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"form mail {self.pk} of {self.link_id}"


class AlertChain(models.Model):
    """Who is told when, while a customer waits. One that is no longer wanted is kept for the clocks that ran by it."""

    name = models.CharField(_("name"), max_length=80)
    is_default = models.BooleanField(default=False)
    current = models.ForeignKey("AlertChainVersion", null=True, on_delete=models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(deleted_at=None), name="one_chain_of_a_name"),
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_chain"),
            models.CheckConstraint(condition=Q(is_default=False) | Q(deleted_at=None), name="default_chain_stays"),
        ]

    def __str__(self) -> str:
        return self.name


class AlertChainVersion(models.Model):
    """One wording of a chain: the form that `policies.alerts.parse` reads."""

    chain = models.ForeignKey(AlertChain, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    form = models.JSONField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="one_chain_version")]

    def __str__(self) -> str:
        return f"{self.chain} {self.number}"

    @property
    def rule(self) -> Chain:
        return parse(self.form)


class Alert(models.Model):
    """One step of a chain that was taken for one clock.

    An acknowledgement closes every alert of its clock; so does the end of the clock. Of its keys the database checks
    the clock's alone, as sweeps write alerts by the ten thousand: a clock has a ticket, and versions of chains stay.
    """

    class Stopped(models.TextChoices):
        MET = "met", _("Answered")
        CANCELLED = "cancelled", _("Nothing left to answer")
        PAUSED = "paused", _("The clock stands still")

    clock = models.ForeignKey("sla.Clock", on_delete=models.CASCADE, related_name="alerts", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="alerts", db_constraint=False)
    chain_version = models.ForeignKey(
        AlertChainVersion, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    step = models.PositiveSmallIntegerField()  # its number in the chain, from 0
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    stopped_at = models.DateTimeField(null=True)
    stopped_why = models.CharField(max_length=10, blank=True, choices=Stopped.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "step"], name="one_alert_per_step")]
        indexes = [where_set("acknowledged_by", name="alert_acknowledged")]

    def __str__(self) -> str:
        return f"step {self.step} for clock {self.clock_id}"


class Notification(models.Model):
    """Something one colleague should know. Its words are made of `kind` and `params` in the reader's language."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications", db_index=False)
    kind = models.CharField(max_length=30)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="notifications")
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    alert = models.ForeignKey(Alert, null=True, on_delete=models.CASCADE, related_name="notifications")
    mail = models.ForeignKey(Mail, null=True, on_delete=models.SET_NULL, related_name="notifications", db_index=False)
    params = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="notifications_of_user"),
            models.Index(fields=["user", "-id"], name="notifications_unseen", condition=Q(seen_at=None)),
            models.Index(
                fields=["user", "ticket"], name="mentions_unread", condition=Q(seen_at=None, kind="mentioned")
            ),
            where_set("inbox", name="notification_of_inbox"),
            where_set("mail", name="notification_of_mail"),
            BrinIndex(fields=["created_at"], name="notification_created"),  # asked for once a day, written all the time
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Webhook(models.Model):
    """An address outside that is told of alerts. The secret signs what it is told, and is never shown again."""

    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=1000)
    sealed_secret = models.BinaryField()
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(deleted_at=None), name="one_webhook_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class WebhookCall(Outgoing):
    """One alert on its way to one webhook."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="calls", db_index=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="calls")

    class Meta(Outgoing.Meta):
        indexes = [*Outgoing.Meta.indexes, models.Index(fields=["webhook", "-id"], name="last_call_of_webhook")]

    def __str__(self) -> str:
        return f"call {self.pk} of {self.webhook_id}"


class CrisisMessage(Outgoing):
    """A word of a crisis on its way to one person by one means, or to one webhook: a step of its chain, or a call-up.

    Its number is the key under which the other side knows it, however often it is tried.
    """

    class Means(models.TextChoices):
        BELL = "bell", _("bell")
        MAIL = "mail", _("e-mail")
        TEXT = "text", _("text message")
        WEBHOOK = "webhook", _("webhook")

    crisis = models.ForeignKey("crises.Crisis", on_delete=models.CASCADE, related_name="messages")
    step = models.ForeignKey("crises.EscalationStep", null=True, on_delete=models.CASCADE, related_name="messages")
    call_up = models.ForeignKey("crises.CallUp", null=True, on_delete=models.CASCADE, related_name="messages")
    means = models.CharField(max_length=10, choices=Means.choices)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    webhook = models.ForeignKey(Webhook, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    handed_in_at = models.DateTimeField(null=True)  # just before it went out; null where it certainly did not arrive
    delivered_at = models.DateTimeField(null=True)  # where the other side says so

    class Meta(Outgoing.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["step", "user", "means"], condition=Q(step__isnull=False, user__isnull=False),
                name="one_message_of_a_step",
            ),
            models.UniqueConstraint(
                fields=["step", "webhook"], condition=Q(step__isnull=False, webhook__isnull=False),
                name="one_call_of_a_step",
            ),
            models.UniqueConstraint(
                fields=["call_up", "means"], condition=Q(call_up__isnull=False), name="one_message_of_a_call_up"
            ),
            models.CheckConstraint(
                condition=Q(step__isnull=False, call_up=None) | Q(step=None, call_up__isnull=False),
                name="crisis_message_of_one",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, webhook=None) | Q(user=None, webhook__isnull=False),
                name="crisis_message_to_one",
            ),
        ]  # fmt: skip
        indexes = [*Outgoing.Meta.indexes, where_set("webhook", name="crisis_message_to_webhook")]

    def __str__(self) -> str:
        return f"crisis message {self.pk}"
