"""What crises held, to be decided: the replies, and what their customers have said since."""

from collections.abc import Collection

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from desk.crises.models import Crisis, CrisisEntry
from desk.replies.models import Reply
from desk.statements.models import Post
from desk.tickets.models import Message
from policies.crisis_plan import CODES
from policies.reply_states import State

ON_THEIR_WAY = "on_their_way"  # kind of a line of the log
MOST_NEWER = 3  # messages beside a reply


def crisis_of_held(reply: Reply) -> Crisis | None:
    """The crisis that holds it, perhaps over by now; None where it waits for something else or for nothing."""
    return reply.held_by if reply.state == State.HELD and reply.problem_code in CODES else None


def held(crisis: Crisis) -> "QuerySet[Reply]":
    """What it held and nobody has decided, oldest first."""
    return Reply.objects.filter(held_by=crisis, state=State.HELD, problem_code__in=CODES).order_by("id")


def left_before(crisis: Crisis) -> list[Reply]:
    """The replies that were claimed before its gate closed, as its log lists them, with what became of them."""
    lines = CrisisEntry.objects.filter(crisis=crisis, kind=ON_THEIR_WAY).values_list("data", flat=True)
    listed = {pk for data in lines for pk in data["replies"]}
    rows = Reply.objects.filter(pk__in=listed).select_related("author").prefetch_related("attachments")
    return list(rows.order_by("id")) if listed else []


def posts_left_before(crisis: Crisis) -> list[Post]:
    """The posts of our own that were claimed before its gate closed, likewise."""
    lines = CrisisEntry.objects.filter(crisis=crisis, kind=ON_THEIR_WAY, data__has_key="posts")
    listed = {pk for data in lines.values_list("data", flat=True) for pk in data["posts"]}
    rows = Post.objects.filter(pk__in=listed).select_related("publication__author", "inbox", "approved_by")
    return list(rows.order_by("id")) if listed else []


def newer_than(replies: Collection[Reply]) -> dict[int, list[Message]]:
    """By reply what came in from its customer since it was submitted: the newest few, in order. One query."""
    if not replies:
        return {}
    newest = Window(RowNumber(), partition_by="ticket_id", order_by=F("created_at").desc())
    said = Message.objects.filter(
        ticket__any_of=list({reply.ticket_id for reply in replies}),
        outgoing=False,
        deleted_at=None,
        received_at__gt=min(reply.submitted_at for reply in replies),
    )
    found = list(said.defer("search").annotate(place=newest).filter(place__lte=MOST_NEWER).order_by("created_at"))
    return {
        reply.pk: [one for one in found if one.ticket_id == reply.ticket_id and one.received_at > reply.submitted_at]
        for reply in replies
    }
