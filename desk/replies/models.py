"""The outbox, drafts and canned responses."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.tickets.models import Message, Ticket
from desk.tickets.names import NameWords
from policies.approval_states import State as ApprovalState
from policies.canned_form import Definition, parse
from policies.canned_states import State as CannedState
from policies.reply_states import State


class Reply(models.Model):
    """An answer on its way to a network. `policies.reply_states` says which state may follow which."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public reply")
        PRIVATE = "private", _("Private message")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="replies")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="replies")
    drill = models.BooleanField(default=False)  # written in a drill; the gateway refuses any real inbox
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    text = models.TextField()  # as the agent wrote it
    signed_text = models.TextField()  # as the network gets it
    answers = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    idempotency_key = models.CharField(max_length=100)
    state = models.CharField(max_length=12, default=State.QUEUED)
    submitted_at = models.DateTimeField()
    scheduled_for = models.DateTimeField(null=True)  # the agent's choice, or the next opening after it; null: now
    approval_asked = models.BooleanField(default=False)  # by the agent, whatever the rules say
    looked_event_id = models.BigIntegerField(
        null=True
    )  # the timeline when somebody last looked; set where time passes before it leaves: newer words then hold it
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
    canned_response = models.ForeignKey(
        "CannedResponse", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # what the author began with
    canned_edited = models.BooleanField(default=False)  # whether more was sent than what that said, or less
    staged = models.JSONField(default=list)  # what is done to the ticket when it is sent (`policies.canned_actions`)
    held_by = models.ForeignKey(
        "crises.Crisis", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # the crisis whose gate held it last, also when it was let go since
    let_past = models.JSONField(default=list)  # ids of the crises whose gate somebody has let it past
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
                fields=["canned_response", "sent_at"],
                name="reply_of_canned",
                condition=Q(canned_response__isnull=False),
            ),
            models.Index(
                fields=["held_by", "id"], name="reply_held_by", condition=Q(state=State.HELD, held_by__isnull=False)
            ),
            models.Index(
                fields=["state", "id"], name="reply_by_state", condition=~Q(state__in=[State.SENT, State.CANCELLED])
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk} to #{self.ticket_id}"


class Approval(models.Model):
    """A colleague's word on exact words: asked for when a reply needs it, given by somebody else than who wrote them.

    `policies.approval_states` says which state may follow which. `codes` are the reasons: codes of rules, and
    `approval.asked` where the agent wished it. What was approved stays approved for as long as the words stay the same.
    """

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="approvals")
    state = models.CharField(max_length=10, default=ApprovalState.WAITING)
    codes = ArrayField(models.CharField(max_length=80))
    text = models.TextField()  # as it was asked for
    approved_text = models.TextField(blank=True)  # as it may leave
    words_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)  # who wrote last
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    deputy_at = models.DateTimeField()  # after it is due: when the deputies are asked as well
    deputies_told_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # why it was rejected

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reply"], name="one_waiting_approval", condition=Q(state=ApprovalState.WAITING)
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="approval_waiting", condition=Q(state=ApprovalState.WAITING)),
            models.Index(
                fields=["deputy_at"],
                name="approval_for_deputies",
                condition=Q(state=ApprovalState.WAITING, deputies_told_at=None),
            ),
            models.Index(fields=["state", "-id"], name="approval_by_state"),
        ]

    def __str__(self) -> str:
        return f"approval {self.pk} of reply {self.reply_id}"

    @property
    def edited(self) -> bool:
        """Whether other words were approved than those that were asked for."""
        return self.state == ApprovalState.APPROVED and self.approved_text != self.text


class Draft(models.Model):
    """What a colleague is writing on a ticket, one for each colleague, so that nobody wipes another's text."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    visibility = models.CharField(max_length=10, default=Reply.Visibility.PUBLIC)  # or "note"
    text = models.TextField(blank=True)
    seen_event_id = models.BigIntegerField(default=0)  # the timeline as it was when the draft was begun
    updated_at = models.DateTimeField(auto_now=True)
    returned_because = models.TextField(blank=True)  # why a colleague rejected these words
    returned_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "author"], name="one_draft_per_colleague")]

    def __str__(self) -> str:
        return f"draft of {self.author} on #{self.ticket_id}"


class CannedResponse(models.Model):
    """A text to start from. `policies/README.md` describes its texts and variables.

    `words` is what its texts say, for searching; whoever changes `texts` writes it along.
    """

    class Kind(models.TextChoices):
        RESPONSE = "response", _("Canned response")
        HOLDING_STATEMENT = "holding_statement", _("Holding statement")  # said in a crisis, by many at once

    class States(models.TextChoices):
        DRAFT = CannedState.DRAFT, _("Draft")
        ACTIVE = CannedState.ACTIVE, _("Active")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.RESPONSE)
    state = models.CharField(max_length=10, choices=States.choices, default=CannedState.DRAFT)
    shortcut = models.SlugField(_("shortcut"), max_length=30, unique=True)
    texts = models.JSONField(default=list)  # a language, a network or "", and a text each
    fallback = models.CharField(max_length=5, default="nl")  # for customers in whose language there is no text
    variables = models.JSONField(default=list)
    words = models.TextField(blank=True, editable=False)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("only for team"))
    visibility = models.CharField(
        _("for"), max_length=10, blank=True, choices=[("", _("Public and private")), *Reply.Visibility.choices]
    )
    networks = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # slugs; empty: all
    inboxes = models.ManyToManyField(Inbox, blank=True, related_name="canned_responses")  # none: all
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")  # who answers for its words
    expires_on = models.DateField(_("last day"), null=True, blank=True)  # on which it is offered
    review_on = models.DateField(_("review on"), null=True, blank=True)
    review_told = models.BooleanField(default=False)  # whether the owner was told that this day has come
    actions = models.JSONField(default=list)  # what it stages beside the reply (`policies.canned_actions`)
    times_used = models.PositiveIntegerField(default=0)  # replies that were sent
    times_edited = models.PositiveIntegerField(default=0)  # of those, after the author had changed the words
    times_learned = models.PositiveIntegerField(default=0)  # of those, that taught `CannedTerm` something
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        indexes = [
            GinIndex(NameWords(F("name"), F("shortcut"), F("words")), name="canned_words"),
            models.Index(fields=["-times_used", "name"], name="canned_on_offer", condition=Q(state=CannedState.ACTIVE)),
            models.Index(fields=["review_on"], name="canned_review", condition=Q(review_told=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def definition(self) -> Definition:
        """Read anew. A network that the desk no longer knows keeps its text."""
        return parse(self.texts, self.fallback, self.variables, [text.get("network", "") for text in self.texts])


class CannedTerm(models.Model):
    """In how many messages that were answered with it a word stood: what suggestions are made of."""

    canned_response = models.ForeignKey(
        CannedResponse, on_delete=models.CASCADE, related_name="terms", db_index=False
    )  # one_count_per_term begins with it
    term = models.CharField(max_length=30)
    uses = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["canned_response", "term"], name="one_count_per_term")]
        indexes = [models.Index(fields=["term"], name="canned_by_term")]

    def __str__(self) -> str:
        return f"{self.term} {self.uses}"
