"""The outbox, drafts and canned responses."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.people.models import Team, User
from desk.tickets.models import Message, Ticket
from policies.reply_states import State


class Reply(models.Model):
    """An answer on its way to a network. `policies.reply_states` says which state may follow which."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public reply")
        PRIVATE = "private", _("Private message")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="replies")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="replies")
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    text = models.TextField()  # as the agent wrote it
    signed_text = models.TextField()  # as the network gets it
    answers = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    idempotency_key = models.CharField(max_length=100)
    state = models.CharField(max_length=12, default=State.QUEUED)
    submitted_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()  # first the end of the undo time, later the next try or look-up
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lookups = models.PositiveSmallIntegerField(default=0)  # how often an unknown outcome was looked for
    sent_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=200, blank=True)
    message = models.OneToOneField(Message, null=True, on_delete=models.SET_NULL, related_name="reply")
    findings = models.JSONField(default=list)  # what the rules said when it was last checked
    rulebook_version = models.ForeignKey(
        "rulebooks.RulebookVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )  # under which it was last checked: of a reply that was sent, those it left under
    problem_code = models.CharField(max_length=40, blank=True)
    problem = models.JSONField(default=dict)  # `inboxes.words.kept`; empty where no network spoke

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "idempotency_key"], name="one_reply_per_key")]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="reply_due", condition=Q(state__in=[State.QUEUED, State.UNKNOWN])
            ),
            models.Index(fields=["claimed_at"], name="reply_in_flight", condition=Q(state=State.SENDING)),
            models.Index(fields=["ticket", "id"], name="reply_of_ticket"),
            models.Index(fields=["sent_at", "id"], name="reply_sent", condition=Q(state=State.SENT)),
            models.Index(
                fields=["state", "id"], name="reply_by_state", condition=~Q(state__in=[State.SENT, State.CANCELLED])
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk} to #{self.ticket_id}"


class Draft(models.Model):
    """What a colleague is writing on a ticket, one for each colleague, so that nobody wipes another's text."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    visibility = models.CharField(max_length=10, default=Reply.Visibility.PUBLIC)  # or "note"
    text = models.TextField(blank=True)
    seen_event_id = models.BigIntegerField(default=0)  # the timeline as it was when the draft was begun
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "author"], name="one_draft_per_colleague")]

    def __str__(self) -> str:
        return f"draft of {self.author} on #{self.ticket_id}"


class CannedResponse(models.Model):
    """A text to start from, in one or two languages. Variables: {customer}, {agent}, {company}, {ticket}."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    shortcut = models.SlugField(_("shortcut"), max_length=30, unique=True)
    text_nl = models.TextField(_("Dutch text"), blank=True)
    text_en = models.TextField(_("English text"), blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("only for team"))
    visibility = models.CharField(
        _("for"), max_length=10, blank=True, choices=[("", _("Public and private")), *Reply.Visibility.choices]
    )
    times_used = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
