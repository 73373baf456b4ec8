"""The nouns of the desk: customers and their profiles, conversations and their messages, tickets and their timeline.

A relation has no index of its own (`db_index=False`) where another index begins with its column: ingest pays for each.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, F, GeneratedField, Q, Value, When
from django.db.models.functions import Coalesce, Left
from django.utils.translation import gettext_lazy as _

from desk.common.indexes import where_set
from desk.inboxes.models import Inbox, RawItem
from desk.people.models import Team, User
from desk.tickets.customers import ERASED as ERASED
from desk.tickets.customers import Customer as Customer
from desk.tickets.customers import NotSamePerson as NotSamePerson
from desk.tickets.customers import Profile as Profile
from desk.tickets.customers import Tier as Tier
from desk.tickets.network_blocks import NetworkBlock as NetworkBlock
from policies.ticket_states import State

NO_DUE = datetime(9999, 1, 1, tzinfo=UTC)  # sorts behind every real due time
SEARCHED = 50_000  # characters of a message: PostgreSQL refuses to index more than a megabyte of words
PREVIEW = 200  # characters
OPEN_STATES = (State.NEW, State.OPEN)  # what waits for us; the partial indexes of the queue are built on these two
WAITING_STATES = (State.WAITING_FOR_CUSTOMER, State.WAITING_FOR_COLLEAGUE)


def preview_of(text: str) -> str:
    """The start of a message on one line, as `Ticket.preview` holds it."""
    return " ".join(text[: PREVIEW * 2].split())[:PREVIEW]


class Priority(models.IntegerChoices):
    LOW = 0, _("Low")
    NORMAL = 1, _("Normal")
    HIGH = 2, _("High")
    URGENT = 3, _("Urgent")


class Tag(models.Model):
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Conversation(models.Model):
    """A thread on a network: a root post with what hangs below it, or one private exchange."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="conversations", db_index=False)
    thread_id = models.CharField(max_length=200)
    private = models.BooleanField(default=False)
    # Where a private thread belongs now: set when it opens a ticket, or when a public ticket moves into it.
    current_ticket = models.ForeignKey("Ticket", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # Of a private one, where its network tells: what we wrote up to then has been read …
    read_until = models.DateTimeField(null=True)
    # … and which app of the company's has it since when, with the number of the other one (`connectors.base.Control`).
    control = models.CharField(max_length=10, blank=True, default="", db_default="")
    control_at = models.DateTimeField(null=True)
    other_app = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "thread_id"], name="one_conversation_per_thread")]
        indexes = [where_set("current_ticket", name="conversation_of_ticket")]

    def __str__(self) -> str:
        return self.thread_id


class Ticket(models.Model):
    """One question of one customer below one root post, from first mention to answer.

    The columns below "queue" are kept by the verbs in `desk.actions`, so that a list needs one table and no counting.
    """

    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("inbox"))
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="tickets")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    state = models.CharField(max_length=30, default=State.NEW)
    assignee = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="tickets", verbose_name=_("assignee"), db_index=False
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="tickets", verbose_name=_("team"))
    tags = models.ManyToManyField(Tag, related_name="tickets", blank=True)
    language = models.CharField(max_length=5, blank=True)
    sentiment = models.CharField(max_length=10, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="merged_tickets", db_index=False
    )
    split_from = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="split_tickets", db_index=False
    )
    snoozed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()  # the network's time of the first message
    received_at = models.DateTimeField()  # ours
    resolved_at = models.DateTimeField(null=True)

    # queue
    priority = models.SmallIntegerField(default=Priority.NORMAL, choices=Priority.choices)
    # Minus the priority: smaller is more urgent, so that one ascending index serves the whole order of the queue.
    urgency = GeneratedField(expression=-F("priority"), output_field=models.SmallIntegerField(), db_persist=True)
    due_at = models.DateTimeField(default=NO_DUE)  # of the clock that ends first; NO_DUE where none runs
    due_metric = models.CharField(max_length=20, default="", db_default="", blank=True)  # what is due then
    warn_at = models.DateTimeField(null=True)  # when that clock turns amber
    clock_started_at = models.DateTimeField(null=True)  # when it started
    waiting_since = models.DateTimeField(null=True)  # the first unanswered customer message, the network's time
    # Where nobody waits it sorts behind everybody who does.
    waits_from = GeneratedField(
        expression=Coalesce("waiting_since", Value(NO_DUE)), output_field=models.DateTimeField(), db_persist=True
    )
    last_message_at = models.DateTimeField()
    last_reply_at = models.DateTimeField(null=True)  # the network's time of our last human answer
    preview = models.CharField(max_length=PREVIEW, blank=True)  # the start of the last message, cleaned
    preview_outgoing = models.BooleanField(default=False)
    rating = models.PositiveSmallIntegerField(null=True)  # 1 to 5 stars, where it is about a review
    private = models.BooleanField(default=False)  # the last message was private
    unread = models.PositiveIntegerField(default=0)  # customer messages since a colleague last opened it
    invited_at = models.DateTimeField(null=True)  # when we last asked its customer in public to write in private
    moved_private_at = models.DateTimeField(null=True)  # when a case that began in public went on in private
    original_gone = models.BooleanField(default=False)  # the customer deleted what we would answer
    problem = models.CharField(max_length=20, blank=True)  # state of a reply that needs a person: held, failed, unknown
    swarming_since = models.DateTimeField(null=True)  # while colleagues work on it together
    erased_at = models.DateTimeField(null=True)  # when what was written on it was erased

    class Meta:
        indexes = [
            models.Index(fields=["urgency", "due_at", "id"], name="queue_all"),
            models.Index(fields=["urgency", "due_at", "id"], name="queue_open", condition=Q(state__in=OPEN_STATES)),
            models.Index(
                fields=["urgency", "due_at", "id"], name="queue_waiting", condition=Q(state__in=WAITING_STATES)
            ),
            models.Index(
                fields=["urgency", "due_at", "id"],
                name="queue_unassigned",
                condition=Q(state__in=OPEN_STATES, assignee=None),
            ),
            models.Index(
                fields=["assignee", "urgency", "due_at", "id"], name="queue_mine", condition=Q(state__in=OPEN_STATES)
            ),
            models.Index(
                fields=["team", "urgency", "due_at", "id"], name="queue_team", condition=Q(state__in=OPEN_STATES)
            ),
            models.Index(
                fields=["inbox", "urgency", "due_at", "id"], name="queue_inbox", condition=Q(state__in=OPEN_STATES)
            ),
            models.Index(fields=["urgency", "due_at", "id"], name="queue_private", condition=Q(private=True)),
            models.Index(fields=["due_at", "id"], name="queue_due"),
            models.Index(fields=["state", "urgency", "due_at", "id"], name="queue_state"),
            models.Index(fields=["problem", "id"], name="queue_problem", condition=~Q(problem="")),
            models.Index(fields=["snoozed_until"], name="ticket_wake", condition=Q(state=State.SNOOZED)),
            models.Index(fields=["created_at", "id"], name="ticket_created"),
            models.Index(fields=["waits_from", "id"], name="ticket_waiting"),
            models.Index(fields=["profile", "conversation", "-id"], name="ticket_of_author"),
            models.Index(fields=["customer", "-id"], name="ticket_of_customer"),
            models.Index(
                fields=["language", "urgency", "due_at", "id"],
                name="queue_language",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(
                fields=["rating", "urgency", "due_at", "id"], name="queue_rating", condition=Q(rating__isnull=False)
            ),
            where_set("assignee", name="ticket_of_assignee"),
            where_set("merged_into", name="ticket_merged"),
            where_set("split_from", name="ticket_split"),
            where_set("invited_at", name="ticket_invited"),
            where_set("moved_private_at", name="ticket_moved_private"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Message(models.Model):
    """One message of one conversation, ours or theirs, as it reads now; earlier wordings are versions."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False)
    ticket = models.ForeignKey(
        Ticket, null=True, on_delete=models.SET_NULL, related_name="messages", db_index=False
    )  # null: context
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="messages", db_index=False)
    # Without key and index, which each message would pay for: both go with their inbox, and neither before.
    raw_item = models.ForeignKey(
        RawItem, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    external_id = models.CharField(max_length=200)
    parent_id = models.CharField(max_length=200, blank=True)  # the network's id of what it answers
    quotes = models.CharField(max_length=200, blank=True, default="", db_default="")  # the network's id of the original
    kind = models.CharField(max_length=20)
    profile = models.ForeignKey(
        Profile, null=True, on_delete=models.SET_NULL, related_name="messages"
    )  # null: ourselves
    sender = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # our colleague, where known
    outgoing = models.BooleanField(default=False)
    private = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=5, blank=True)
    url = models.CharField(max_length=1000, blank=True)
    rating = models.PositiveSmallIntegerField(null=True)  # 1 to 5 stars of a review
    about = models.JSONField(null=True)  # what else the network tells of it: `connectors.base.ABOUT`
    reply_allowed = models.BooleanField(default=True)
    created_at = models.DateTimeField()  # the network's time
    received_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)  # when its words were, by request or by their age
    # Why its author may be somebody else: a code of `doubts.py`; "": no reason to think so.
    doubt = models.CharField(max_length=20, blank=True, default="", db_default="")
    hidden = models.BooleanField(default=False)
    liked = models.BooleanField(default=False)
    reaction_counts = models.JSONField(null=True)  # how many of each emoji: {"❤": 3}
    search = GeneratedField(
        expression=Case(
            When(language="nl", then=SearchVector(Left("text", SEARCHED), config="dutch")),
            When(language="en", then=SearchVector(Left("text", SEARCHED), config="english")),
            default=SearchVector(Left("text", SEARCHED), config="simple"),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "external_id"], name="one_message_per_external_id")]
        indexes = [
            models.Index(fields=["ticket", "created_at", "id"], name="message_of_ticket"),
            models.Index(fields=["conversation", "created_at", "id"], name="message_of_conversation"),
            GinIndex(fields=["search"], name="message_search"),
            models.Index(
                fields=["inbox", "parent_id"], name="own_without_ticket", condition=Q(outgoing=True, ticket=None)
            ),
            models.Index(fields=["inbox", "id"], name="message_set_aside", condition=Q(doubt="automatic", ticket=None)),
            where_set("sender", name="message_of_sender"),
        ]

    def __str__(self) -> str:
        return self.external_id


class MessageVersion(models.Model):
    """A wording that was replaced by an edit."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField(blank=True)
    rating = models.PositiveSmallIntegerField(null=True)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.message} until {self.replaced_at}"


class Reaction(models.Model):
    """What one person feels about a message, by an emoji below it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions", db_index=False)
    external_id = models.CharField(max_length=200, db_index=True)  # of the person, on the network
    name = models.CharField(max_length=200, blank=True)
    emoji = models.CharField(max_length=40, blank=True)  # empty: taken back
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "external_id"], name="one_reaction_per_person")]

    def __str__(self) -> str:
        return f"{self.emoji} {self.message_id}"


class Attachment(models.Model):
    """A file of a message, taken in at ingest because the network's address expires."""

    class State(models.TextChoices):
        PENDING = "pending", _("On its way")
        STORED = "stored", _("Stored")
        REFUSED = "refused", _("Refused")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    source_url = models.CharField(max_length=2000)
    kind = models.CharField(max_length=10)
    alt_text = models.TextField(blank=True)
    captions = models.TextField(blank=True, default="", db_default="")  # of a film of ours, as WebVTT
    captions_language = models.CharField(max_length=5, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=200, blank=True)  # why it was refused, in plain words
    file = models.FileField(upload_to="attachments/%Y/%m/", blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0)  # bytes
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["next_attempt_at"], name="attachment_due", condition=Q(state="pending"))]

    def __str__(self) -> str:
        return self.source_url

    @property
    def player(self) -> str:
        """What shows it: image, video or audio; "" where it can only be opened.

        Messenger and others put a voice message into the container of a film: then the network knows better.
        """
        kind = self.content_type.partition("/")[0]
        if kind == "video" and self.kind == "audio":
            return "audio"
        return kind if kind in ("image", "video", "audio") else ""


class Note(models.Model):
    """What colleagues say to each other on a ticket. Customers never see it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="notes", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="notes")
    text = models.TextField()
    mentioned = models.ManyToManyField(User, related_name="mentioned_in", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["ticket", "id"], name="note_of_ticket")]

    def __str__(self) -> str:
        return self.text[:40]


class TicketEvent(models.Model):
    """One line of a ticket's timeline: what happened, when, by whom. Never edited."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "id"], name="event_of_ticket"),
            where_set("actor", name="event_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.ticket_id}"


class TicketView(models.Model):
    """The last timeline event that a colleague has seen of a ticket: what the stale-reply guard compares with."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="views")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_event_id = models.BigIntegerField(default=0)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="one_view_per_colleague")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} seen by {self.user_id}"
