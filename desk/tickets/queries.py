"""Reading the queue: views, filters, order, badges, threads. Every list is a keyset page over an index that fits it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from desk.common.errors import Invalid
from desk.common.paging import Slice, slice_after
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Permission
from desk.tickets.models import OPEN_STATES, WAITING_STATES, Message, Profile, Tag, Ticket, TicketEvent
from desk.tickets.moderation import below_ours
from desk.tickets.search import tickets_about
from policies.ticket_states import STATES, Category, State

VIEWS = (
    "mine",
    "mentioned",
    "unassigned",
    "open",
    "waiting",
    "breached",
    "problems",
    "snoozed",
    "resolved",
    "spam",
    "muted",
)
ORDERINGS: dict[str, tuple[tuple[str, ...], bool]] = {
    # name → (columns, descending)
    "priority": (("urgency", "due_at", "id"), False),
    "due": (("due_at", "id"), False),
    "waiting_since": (("waits_from", "id"), False),
    "created_at": (("created_at", "id"), False),
    "-created_at": (("created_at", "id"), True),
}
_SHOWN = (
    *dict.fromkeys(column for columns, _descending in ORDERINGS.values() for column in columns),
    "state", "priority", "warn_at", "due_metric", "clock_started_at", "waiting_since", "snoozed_until",
    "last_message_at", "preview", "preview_outgoing", "original_gone", "private", "unread", "problem", "language",
    "rating", "swarming_since",
    "inbox__network", "inbox__drill", "profile__name", "profile__handle", "profile__external_id", "profile__followers",
    "profile__verified",
    "assignee__username", "assignee__first_name", "assignee__last_name", "assignee__signature",
)  # fmt: skip
COUNTED_TO = 100  # badges say "99+" beyond
COUNTS_KEPT = 2  # seconds


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a list shows. Empty values filter nothing; `status` takes states and categories."""

    view: str = ""
    status: tuple[str, ...] = ()
    assignee: str = ""  # an id, "me" or "none"
    team: int | None = None
    inbox: int | None = None
    network: str = ""
    priority: int | None = None
    tag: str = ""
    tier: int | None = None  # of the customer
    crisis: int | None = None  # that it is part of
    cause: tuple[int, ...] = ()  # what it was about: the one that is asked for, and all that are counted as it
    rating: int | None = None  # stars of its review
    language: str = ""  # ISO 639-1
    private: bool | None = None
    breached: bool | None = None
    due_before: datetime | None = None
    q: str = ""


def visible_tickets(user: User) -> QuerySet[Ticket]:
    """What this person may see."""
    return Ticket.objects.all() if user.may(Permission.READ_TICKETS) else Ticket.objects.none()


def queue(
    user: User, chosen: QueueFilter, *, now: datetime, ordering: str = "priority", cursor: str = "", size: int = 50
) -> Slice[Ticket]:
    """One page of tickets, ready to be shown without another query."""
    return in_order(rows_ready_to_show(filtered(user, chosen, now)), ordering=ordering, cursor=cursor, size=size)


def in_order(rows: QuerySet[Ticket, Any], *, ordering: str, cursor: str, size: int) -> Slice[Any]:
    """One page of these tickets. Rows may be tickets, or named tuples with at least the columns of the order."""
    if ordering not in ORDERINGS:
        raise Invalid(
            _("Choose one of these orders: %(names)s.") % {"names": ", ".join(ORDERINGS)},
            errors={"ordering": [_("Unknown order.")]},
        )
    key, descending = ORDERINGS[ordering]
    return slice_after(rows, key, cursor, size, descending=descending)


def rows_ready_to_show(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With everything that a row of the list shows, and no more: fifty times ninety columns take half of a page."""
    return rows.select_related("inbox", "profile", "assignee").only(*_SHOWN).prefetch_related("tags")


def filtered(user: User, chosen: QueueFilter, now: datetime) -> QuerySet[Ticket]:
    """The tickets that a filter lets through, in no order.

    A network and a tag are looked up first: PostgreSQL knows how common a number is, and picks the way that fits it.
    """
    rows = visible_tickets(user)
    if chosen.view:
        rows = _view(rows, chosen.view, user, now)
    if chosen.status:
        rows = rows.filter(state__in=_states(chosen.status))
    if chosen.assignee:
        rows = _assigned(rows, chosen.assignee, user)
    for name in ("team", "inbox"):
        if (value := getattr(chosen, name)) is not None:
            rows = rows.filter(**{name: value})
    if chosen.priority is not None:
        rows = rows.filter(urgency=-chosen.priority)  # which the indexes begin with
    if chosen.network:
        rows = rows.filter(inbox__in=list(Inbox.objects.filter(network=chosen.network).values_list("pk", flat=True)))
    if chosen.tag:
        rows = rows.filter(tags__in=list(Tag.objects.filter(name=chosen.tag).values_list("pk", flat=True)))
    if chosen.tier is not None:
        rows = rows.filter(customer__tier=chosen.tier)
    if chosen.crisis is not None:  # by the way back: crises are a noun that hangs off tickets
        rows = rows.filter(crises__crisis=chosen.crisis, crises__left_at=None)
    if chosen.cause:
        rows = rows.filter(cause_row__cause__in=chosen.cause)
    if chosen.rating is not None:
        rows = rows.filter(rating=chosen.rating)
    if chosen.language:
        rows = rows.filter(language=chosen.language)
    if chosen.private is not None:
        rows = rows.filter(private=chosen.private)
    if chosen.breached is not None:
        overdue = Q(due_at__lt=now)
        rows = rows.filter(overdue if chosen.breached else ~overdue)
    if chosen.due_before is not None:
        rows = rows.filter(due_at__lt=chosen.due_before)
    return tickets_about(rows, chosen.q) if chosen.q else rows


def counts(user: User) -> dict[str, int]:
    """Badges: views, and open tickets by inbox ("inbox:3") and team ("team:1"). Up to 100, kept for two seconds."""
    shared: dict[str, int] = cache.get_or_set("counts", _shared_counts, COUNTS_KEPT) or {}
    own: dict[str, int] = cache.get_or_set(f"counts:{user.pk}", lambda: _own_counts(user), COUNTS_KEPT) or {}
    return {**shared, **own}


def languages() -> list[str]:
    """Of the tickets that wait for us: one look into an index for each, however many tickets there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH RECURSIVE waiting AS NOT MATERIALIZED (
                SELECT language FROM tickets_ticket WHERE state IN ('new', 'open')
            ), found (language) AS (
                (SELECT min(language) FROM waiting)
                UNION ALL SELECT (SELECT min(language) FROM waiting WHERE waiting.language > found.language)
                FROM found WHERE found.language IS NOT NULL
            ) SELECT language FROM found WHERE language <> ''"""
        )
        return [row[0] for row in cursor.fetchall()]


def thread(ticket: Ticket, *, cursor: str = "", size: int = 50) -> Slice[Message]:
    """A page of the conversation, newest page first, each in the order of time. `next` leads to earlier messages."""
    rows = _messages(ticket).prefetch_related("versions", "attachments")
    page = slice_after(rows, ("created_at", "id"), cursor, size, descending=True)
    return Slice(page.rows[::-1], page.next, page.previous)


def conversation(ticket: Ticket, *, cursor: str = "", size: int = 50) -> Slice[Message]:
    """`thread` as a screen shows it: on the oldest page after what was said above the customer in public.

    Attachments are loaded, versions for edited messages only. Takes two to four queries, however long the thread.
    """
    said: QuerySet[Message] = _messages(ticket).annotate(below_ours=below_ours(ticket.inbox))
    page = slice_after(said, ("created_at", "id"), cursor, size, descending=True)
    rows = page.rows[::-1]
    if not page.next and not (rows and rows[0].external_id == ticket.conversation.thread_id):
        rows = [*context(ticket), *rows]
    prefetch_related_objects(rows, "attachments")
    prefetch_related_objects([message for message in rows if message.edited_at], "versions")
    return Slice(rows, page.next, page.previous)


def newest_messages(ticket: Ticket, size: int) -> list[Message]:
    """The end of the conversation, in the order of time."""
    return list(_messages(ticket).order_by("-created_at", "-id")[:size])[::-1]


def _messages(ticket: Ticket) -> QuerySet[Message]:
    return (
        Message.objects.filter(ticket=ticket)
        .defer("search")
        .select_related("profile", "sender", "reply__author", "conversation")
    )


def context(ticket: Ticket, limit: int = 3) -> list[Message]:
    """What was said above the customer in public: the root post first."""
    if ticket.conversation.private:
        return []
    rows = Message.objects.filter(conversation=ticket.conversation_id, ticket=None, created_at__lte=ticket.created_at)
    return list(rows.defer("search").select_related("profile", "sender", "reply").order_by("created_at", "id")[:limit])


def timeline(ticket: Ticket, *, cursor: str = "", size: int = 50) -> Slice[TicketEvent]:
    """A page of the timeline, oldest first."""
    return slice_after(TicketEvent.objects.filter(ticket=ticket).select_related("actor"), ("id",), cursor, size)


def customer_is_elsewhere() -> Exists:
    """Whether the customer has an account on another network than the ticket's, to annotate tickets with."""
    return Exists(Profile.objects.filter(customer=OuterRef("customer")).exclude(network=OuterRef("inbox__network")))


def customer_history(ticket: Ticket, size: int = 10) -> list[Ticket]:
    """The customer's other tickets, newest first."""
    rows = Ticket.objects.filter(customer=ticket.customer_id).exclude(pk=ticket.pk).select_related("inbox")
    return list(rows.order_by("-id")[:size])


def _view(rows: QuerySet[Ticket], view: str, user: User, now: datetime) -> QuerySet[Ticket]:
    match view:
        case "mine":
            return rows.filter(state__in=OPEN_STATES, assignee=user)
        case "mentioned":
            return rows.filter(pk__in=_unread_mentions(user).values("ticket"))
        case "unassigned":
            return rows.filter(state__in=OPEN_STATES, assignee=None)
        case "open":
            return rows.filter(state__in=OPEN_STATES)
        case "waiting":
            return rows.filter(state__in=WAITING_STATES)
        case "breached":
            return rows.filter(state__in=OPEN_STATES, due_at__lt=now)
        case "problems":
            return rows.exclude(problem="")
        case "muted":
            return rows.filter(state=State.SPAM, customer__muted_at__isnull=False)
        case "snoozed" | "resolved" | "spam":
            return rows.filter(state=view)
    raise Invalid(_("There is no such view."), errors={"view": [_("Unknown view.")]})


def _states(names: Sequence[str]) -> set[State]:
    """States and categories alike: "waiting" means every state of that category."""
    states: set[State] = set()
    for name in names:
        if name in list(Category):
            states |= {state for state, info in STATES.items() if info.category == name}
        elif name in list(State):
            states.add(State(name))
        else:
            known = ", ".join((*State, *Category))
            raise Invalid(
                _("There is no status “%(name)s”. Known are: %(known)s.") % {"name": name[:40], "known": known},
                errors={"status": [_("Unknown status.")]},
            )
    return states


def _assigned(rows: QuerySet[Ticket], assignee: str, user: User) -> QuerySet[Ticket]:
    if assignee == "me":
        return rows.filter(assignee=user)
    if assignee == "none":
        return rows.filter(assignee=None)
    if not (assignee.isascii() and assignee.isdigit() and len(assignee) < 19):
        raise Invalid(_("Give a colleague's number, “me” or “none”."), errors={"assignee": [_("Unknown colleague.")]})
    return rows.filter(assignee=int(assignee))


def _own_counts(user: User) -> dict[str, int]:
    return {
        "mine": _capped("assignee_id = %s AND state IN ('new', 'open')", [user.pk]),
        "mentioned": len(_unread_mentions(user).values_list("ticket").distinct()[:COUNTED_TO]),
    }


def _unread_mentions(user: User) -> QuerySet[Any]:
    """By the way back from the person: notices are a noun that hangs off tickets."""
    return user.notifications.filter(kind="mentioned", seen_at=None)


def _shared_counts() -> dict[str, int]:
    found = {
        "unassigned": _capped("assignee_id IS NULL AND state IN ('new', 'open')"),
        "open": _capped("state IN ('new', 'open')"),
        "waiting": _capped("state = 'waiting_for_customer'") + _capped("state = 'waiting_for_colleague'"),
        "breached": _capped("state IN ('new', 'open') AND due_at < now()"),
        "problems": _capped("problem <> ''"),
        "snoozed": _capped("state = 'snoozed'"),
    }
    for noun in ("inbox", "team"):
        found |= _counts_by(noun)
    return found


def _capped(condition: str, parameters: Sequence[int] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM tickets_ticket WHERE {condition} LIMIT {COUNTED_TO}) AS counted",  # noqa: S608 our own words
            list(parameters),
        )
        return int(cursor.fetchone()[0])


def _counts_by(noun: str) -> dict[str, int]:
    """One index scan of at most 100 entries for each inbox or team."""
    table = {"inbox": "inboxes_inbox", "team": "people_team"}[noun]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT owner.id, counted.number FROM {table} AS owner CROSS JOIN LATERAL (
                SELECT count(*) AS number FROM (
                    SELECT 1 FROM tickets_ticket
                    WHERE {noun}_id = owner.id AND state IN ('new', 'open') LIMIT {COUNTED_TO}
                ) AS capped
            ) AS counted"""  # noqa: S608 names are our own
        )
        return {f"{noun}:{pk}": number for pk, number in cursor.fetchall()}
