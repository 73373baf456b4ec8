"""The outbox, drafts and canned responses."""

from pathlib import PurePosixPath
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.tickets.models import Message, Ticket
from desk.tickets.names import NameWords
from policies.approval_states import State as ApprovalState
from policies.batch_states import State as BatchState
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
    called = models.BooleanField(default=False)  # whether the network was ever called for it
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
    attached = models.CharField(max_length=64, blank=True)  # what went along then: `replies.files.digest_of`
    approved_attached = models.CharField(max_length=64, blank=True)  # and what may go along with `approved_text`
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
        """Whether other words or files were approved than those that were asked for."""
        asked, given = (self.text, self.attached), (self.approved_text, self.approved_attached)
        return self.state == ApprovalState.APPROVED and asked != given


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
        SUSPENDED = CannedState.SUSPENDED, _("Breaks the rulebook")

    class Stage(models.TextChoices):
        """How far a crisis is, as its statements tell it."""

        INVESTIGATING = "investigating", _("We are looking into it")
        IDENTIFIED = "identified", _("We know the cause")
        MONITORING = "monitoring", _("It is mended, we keep watching")
        RESOLVED = "resolved", _("It is solved")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.RESPONSE)
    scenario = models.CharField(_("scenario"), max_length=60, blank=True)  # of a holding statement: “storing”
    stage = models.CharField(_("stage"), max_length=20, blank=True, choices=Stage.choices)
    state = models.CharField(max_length=10, choices=States.choices, default=CannedState.DRAFT)
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)  # since when it breaks the rulebook
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
    words_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)  # last
    approved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    approved_at = models.DateTimeField(null=True)  # of a holding statement: its words as they are now
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
            models.Index(fields=["scenario", "stage"], name="canned_statements", condition=~Q(scenario="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def definition(self) -> Definition:
        """Read anew. A network that the desk no longer knows keeps its text."""
        return parse(self.texts, self.fallback, self.variables, [text.get("network", "") for text in self.texts])


def kept_as(attachment: "ReplyAttachment", name: str) -> str:
    """Under a name that nobody can guess, and that says nothing of whoever made it."""
    return f"replies/{timezone.now():%Y/%m}/{uuid4().hex}{PurePosixPath(name).suffix}"


class ReplyAttachment(models.Model):
    """A file of our own: of a draft, of a reply, or of a canned response, and of one of them at a time.

    `desk.replies.files` moves and deletes them, so that rows and files stay together.
    """

    draft = models.ForeignKey(Draft, null=True, on_delete=models.CASCADE, related_name="attachments")
    reply = models.ForeignKey(Reply, null=True, on_delete=models.CASCADE, related_name="attachments")
    canned_response = models.ForeignKey(CannedResponse, null=True, on_delete=models.CASCADE, related_name="attachments")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=100)  # as its author knows it; the network is told another
    kind = models.CharField(max_length=10)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes
    width = models.PositiveIntegerField(default=0)  # pixels; 0 where it is no picture
    height = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)  # SHA-256 of the content
    alt_text = models.TextField(blank=True)
    captions = models.TextField(blank=True, default="")  # of a film, as WebVTT: `desk.common.media.captions`
    captions_language = models.CharField(max_length=5, blank=True, default="")
    network_handle = models.CharField(max_length=100, blank=True, default="")  # of a film that the network works on
    file = models.FileField(upload_to=kept_as)
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)  # when it is deleted; null once it is to be sent or is on offer

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                name="attachment_of_one",
                condition=Q(draft__isnull=False, reply__isnull=True, canned_response__isnull=True)
                | Q(draft__isnull=True, reply__isnull=False, canned_response__isnull=True)
                | Q(draft__isnull=True, reply__isnull=True, canned_response__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="reply_file_expires", condition=Q(expires_at__isnull=False))
        ]

    def __str__(self) -> str:
        return self.name


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


class AnswerBatch(models.Model):
    """One answer to many customers of a crisis, in many wordings. Each of its lines becomes a reply like any other.

    `policies.batch_states` says which state may follow which, `policies.variation` how its texts vary.
    """

    class States(models.TextChoices):
        PREPARING = BatchState.PREPARING, _("Being looked at")
        READY = BatchState.READY, pgettext_lazy("batch of answers", "Ready to start")
        RUNNING = BatchState.RUNNING, pgettext_lazy("batch of answers", "Running")
        PAUSED = BatchState.PAUSED, pgettext_lazy("batch of answers", "Paused")
        DONE = BatchState.DONE, pgettext_lazy("batch of answers", "Done")
        STOPPED = BatchState.STOPPED, pgettext_lazy("batch of answers", "Stopped")

    crisis = models.ForeignKey("crises.Crisis", on_delete=models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")  # in whose name the replies go
    state = models.CharField(max_length=10, choices=States.choices, default=BatchState.PREPARING)
    visibility = models.CharField(max_length=10, choices=Reply.Visibility.choices)
    texts = models.JSONField(default=list)  # as canned responses have them
    fallback = models.CharField(max_length=5, default="nl")
    variables = models.JSONField(default=list)
    canned_response = models.ForeignKey(
        CannedResponse, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # whose texts these are
    chosen = models.JSONField(default=dict)  # which tickets were asked for
    publication = models.OneToOneField(
        "statements.Publication", null=True, on_delete=models.PROTECT, related_name="answers"
    )  # the statement of which these are the replies: it starts by itself
    per_minute = models.PositiveSmallIntegerField()  # at most, in each inbox
    total = models.PositiveIntegerField(default=0)  # tickets
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()  # when somebody or a worker last did something to it
    resumed_at = models.DateTimeField(null=True)  # started, or resumed
    ended_at = models.DateTimeField(null=True)
    paused_because = models.CharField(max_length=40, blank=True)  # where it paused by itself
    rewordings = models.PositiveIntegerField(default=0)  # how often a line got other words than were read

    class Meta:
        indexes = [
            models.Index(fields=["crisis", "-id"], name="batch_of_crisis"),
            models.Index(
                fields=["id"],
                name="batch_at_work",
                condition=Q(state__in=[BatchState.PREPARING, BatchState.RUNNING]),
            ),
        ]

    def __str__(self) -> str:
        return f"answers {self.pk} in {self.crisis_id}"

    @property
    def definition(self) -> Definition:
        """Read anew. A network that the desk no longer knows keeps its text."""
        return parse(self.texts, self.fallback, self.variables, [text.get("network", "") for text in self.texts])


class AnswerLine(models.Model):
    """One ticket of a batch: what it would get, and what became of that."""

    class States(models.TextChoices):
        NEW = "new", _("Not looked at yet")
        WAITING = "waiting", pgettext_lazy("line of a batch", "Waits for its turn")
        ANSWERED = "answered", _("Handed in as a reply")
        LEFT_OUT = "left_out", _("Left out")
        REFUSED = "refused", _("Can't be answered so")

    class Expects(models.TextChoices):
        LEAVES = "leaves", _("leaves at its turn")
        APPROVAL = "approval", _("waits for approval")
        HOLD = "hold", _("is held by the crisis")

    batch = models.ForeignKey(AnswerBatch, on_delete=models.CASCADE, related_name="lines", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="answer_lines")
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=States.choices, default=States.NEW)
    expects = models.CharField(max_length=10, choices=Expects.choices, blank=True)  # when it was looked at
    seen_event_id = models.BigIntegerField()  # the timeline when the batch was made: newer words take the ticket out
    text = models.TextField(blank=True)
    findings = models.JSONField(default=list)
    code = models.CharField(max_length=40, blank=True)  # why it was left out or can't be answered
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    approved_codes = models.JSONField(default=list)  # of reasons for which these very words may leave
    slot_at = models.DateTimeField(null=True)  # its place in the pace of its inbox
    reply = models.OneToOneField(Reply, null=True, on_delete=models.SET_NULL, related_name="answer_line")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "ticket"], name="one_answer_of_a_batch")]
        indexes = [
            models.Index(fields=["batch", "state", "id"], name="answer_by_state"),
            models.Index(fields=["batch", "id"], name="answer_of_batch"),
            models.Index(fields=["inbox", "slot_at"], name="answer_slot", condition=Q(slot_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"answer of {self.batch_id} to #{self.ticket_id}"
