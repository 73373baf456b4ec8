"""Tickets: the list, one of them, and what hangs below it."""

from functools import partial
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.customers.masking import Eyes
from desk.actions.inboxes.channels import channels
from desk.actions.intake.cross_posts import also_posted
from desk.actions.tickets import looking
from desk.actions.tickets import notes as note_verbs
from desk.actions.tickets import tickets as verbs
from desk.actions.tickets.bulk import BulkResult, bulk
from desk.actions.tickets.splitting import split
from desk.actions.tickets.ticket_causes import choose_for_many
from desk.api.forms.cross_posts import CrossPostSerializer, cross_post_form
from desk.api.forms.messages import MessageSerializer, message_form
from desk.api.forms.replies import ChannelSerializer, ReplySerializer, reply_form
from desk.api.forms.tickets import (
    EventSerializer,
    NoteSerializer,
    TicketSerializer,
    event_form,
    note_form,
    ticket_forms,
    ticket_rows,
)
from desk.api.forms.wishes import (
    AssignSerializer,
    BulkResultSerializer,
    BulkSerializer,
    MergeSerializer,
    PrioritySerializer,
    SnoozeSerializer,
    SplitSerializer,
    TagsSerializer,
    TicketQuery,
    TransitionSerializer,
    WriteNoteSerializer,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.causes.tree import counted_as
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.models import User
from desk.replies.models import Reply
from desk.tickets import queries, threads
from desk.tickets.models import Note, Ticket


def ticket_of(person: User, ticket_id: int) -> Ticket:
    """One ticket that this person may see. Raises Missing."""
    ticket = queries.visible_tickets(person).select_related("inbox", "conversation").filter(pk=ticket_id).first()
    if ticket is None:
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    return ticket


def written(person: User, ticket_id: int) -> dict[str, Any]:
    """The same, as the API writes it for them. Raises Missing."""
    rows = list(ticket_rows(queries.visible_tickets(person).filter(pk=ticket_id)))
    if not rows:
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    return ticket_forms(rows, Eyes(person))[0]


class Tickets(Resource):
    """Tickets, most urgent first."""

    @operation("tickets_list", "List tickets", asks=TicketQuery, gives=TicketSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """Order: priority, then the nearest due time; or as `ordering` says."""
        cursor, size, ordering = query.pop("cursor"), query.pop("page_size"), query.pop("ordering")
        if "cause" in query:
            query["cause"] = counted_as(query["cause"])
        wanted = queries.QueueFilter(**query)
        rows = ticket_rows(queries.filtered(self.person, wanted, timezone.now()))
        page = queries.in_order(rows, ordering=ordering, cursor=cursor, size=size)
        return Page(page, partial(ticket_forms, eyes=self.eyes))


class OneTicket(Resource):
    """A ticket with customer, clocks and tags."""

    @operation("tickets_read", "Read a ticket", gives=TicketSerializer)
    def get(self, request: Request, ticket_id: int) -> dict[str, Any]:
        return written(self.person, ticket_id)


class Messages(Resource):
    """The thread of a ticket."""

    @operation("tickets_messages_list", "List a ticket's messages", asks=PageQuery, gives=MessageSerializer, paged=True)
    def get(self, request: Request, ticket_id: int, query: dict[str, Any]) -> Page:
        """The first page holds the newest messages; on each page the oldest comes first."""
        ticket = ticket_of(self.person, ticket_id)
        page = queries.thread(ticket, cursor=query["cursor"], size=query["page_size"])
        return Page(page, each(partial(message_form, eyes=self.eyes)))


class Context(Resource):
    """What was said above the customer."""

    @operation("tickets_context_list", "See what a ticket answers to", gives=MessageSerializer, many=True)
    def get(self, request: Request, ticket_id: int) -> list[dict[str, Any]]:
        """The post at the root of the thread first, three messages at most; none for a private thread."""
        rows = queries.context(ticket_of(self.person, ticket_id))
        prefetch_related_objects(rows, "versions", "attachments")
        return [message_form(message, self.eyes) for message in rows]


class WholeThread(Resource):
    """What everybody said below the same post."""

    @operation("tickets_thread_list", "List the whole thread", asks=PageQuery, gives=MessageSerializer, paged=True)
    def get(self, request: Request, ticket_id: int, query: dict[str, Any]) -> Page:
        """The oldest first. `parent_external_id` makes the branches, `ticket` says whose question it is."""
        page = threads.whole_thread(ticket_of(self.person, ticket_id), cursor=query["cursor"], size=query["page_size"])
        prefetch_related_objects(page.rows, "versions", "attachments", "reply")
        return Page(page, each(partial(message_form, eyes=self.eyes)))


class Events(Resource):
    """The timeline of a ticket."""

    @operation("tickets_events_list", "List a ticket's timeline", asks=PageQuery, gives=EventSerializer, paged=True)
    def get(self, request: Request, ticket_id: int, query: dict[str, Any]) -> Page:
        ticket = ticket_of(self.person, ticket_id)
        return Page(queries.timeline(ticket, cursor=query["cursor"], size=query["page_size"]), each(event_form))


class Notes(Resource):
    """What colleagues say to each other on a ticket."""

    @operation("tickets_notes_list", "List a ticket's notes", asks=PageQuery, gives=NoteSerializer, paged=True)
    def get(self, request: Request, ticket_id: int, query: dict[str, Any]) -> Page:
        """The newest first."""
        ticket = ticket_of(self.person, ticket_id)
        rows = Note.objects.filter(ticket=ticket).select_related("author").prefetch_related("mentioned")
        page = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(page, each(partial(note_form, eyes=self.eyes)))

    @operation("tickets_notes_create", "Write a note", takes=WriteNoteSerializer, gives=NoteSerializer, status=201)
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        return note_form(note_verbs.add_note(self.person, ticket_id, wish["text"]), self.eyes)


class Replies(Resource):
    """The replies of a ticket, in every state."""

    @operation("tickets_replies_list", "List a ticket's replies", asks=PageQuery, gives=ReplySerializer, paged=True)
    def get(self, request: Request, ticket_id: int, query: dict[str, Any]) -> Page:
        """The newest first."""
        rows = Reply.objects.filter(ticket=ticket_of(self.person, ticket_id)).select_related("author")
        rows = rows.prefetch_related("attachments")
        page = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(page, each(partial(reply_form, eyes=self.eyes)))


class Channels(Resource):
    """Where a ticket can be answered."""

    @operation("tickets_channels_read", "See where a ticket can be answered", gives=ChannelSerializer, many=True)
    def get(self, request: Request, ticket_id: int) -> Any:
        """Public and private, as far as the network has them, and why not where one is closed."""
        return ChannelSerializer(channels(ticket_of(self.person, ticket_id), timezone.now()), many=True).data


class Action(Resource):
    """A verb on a ticket; the answer is the ticket as it is afterwards."""

    def after(self, ticket_id: int) -> dict[str, Any]:
        return written(self.person, ticket_id)


class Seen(Action):
    @operation("tickets_seen", "Say that you have read a ticket", gives=TicketSerializer)
    def post(self, request: Request, ticket_id: int) -> dict[str, Any]:
        """Nothing on it is unread any more, and what comes later makes a reply of yours stale."""
        looking.open_ticket(self.person, ticket_id)
        return self.after(ticket_id)


class Claim(Action):
    @operation("tickets_claim", "Claim a ticket", gives=TicketSerializer)
    def post(self, request: Request, ticket_id: int) -> dict[str, Any]:
        """Of two who claim at once one gets it; the other gets a 409 that says who."""
        verbs.claim(self.person, ticket_id)
        return self.after(ticket_id)


class Assign(Action):
    @operation("tickets_assign", "Assign a ticket", takes=AssignSerializer, gives=TicketSerializer)
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        verbs.assign(self.person, ticket_id, **_owner(wish, self.person))
        return self.after(ticket_id)


class Transition(Action):
    @operation("tickets_transition", "Change a ticket's status", takes=TransitionSerializer, gives=TicketSerializer)
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """A 409 says where the ticket can go from here."""
        if "event" in wish:
            verbs.transition(self.person, ticket_id, wish["event"])
        else:
            verbs.transition_to(self.person, ticket_id, wish.get("status") or wish["state"])
        return self.after(ticket_id)


class CrossPosts(Resource):
    @operation("tickets_cross_posts_list", "See where else it was posted", gives=CrossPostSerializer, many=True)
    def get(self, request: Request, ticket_id: int) -> list[dict[str, Any]]:
        """Tickets of the same person on other networks, with almost the same first words, within two days."""
        ticket = ticket_of(self.person, ticket_id)
        return [cross_post_form(one, self.eyes) for one in also_posted(self.person, ticket)]


class Snooze(Action):
    @operation("tickets_snooze", "Snooze a ticket", takes=SnoozeSerializer, gives=TicketSerializer)
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """Its clock runs on; a word of the customer brings it back at once."""
        verbs.snooze(self.person, ticket_id, wish["until"])
        return self.after(ticket_id)


class Priority(Action):
    @operation("tickets_priority", "Set a ticket's priority", takes=PrioritySerializer, gives=TicketSerializer)
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        verbs.set_priority(self.person, ticket_id, wish["priority"])
        return self.after(ticket_id)


class TicketTags(Action):
    @operation("tickets_tags", "Change a ticket's tags", takes=TagsSerializer, gives=TicketSerializer)
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        verbs.tag(self.person, ticket_id, add=wish["add"], remove=wish["remove"])
        return self.after(ticket_id)


class Merge(Action):
    @operation("tickets_merge", "Merge a ticket into another", takes=MergeSerializer, gives=TicketSerializer)
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """The answer is the ticket that stays."""
        verbs.merge(self.person, ticket_id, wish["into"])
        return self.after(wish["into"])


class Split(Action):
    @operation("tickets_split", "Split a ticket", takes=SplitSerializer, gives=TicketSerializer, status=201)
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """Move messages to a new ticket of the same customer, which is the answer. `merge/` takes it back."""
        since = wish.get("from_message")
        return self.after(split(self.person, ticket_id, wish["messages"], since=since).pk)


class Bulk(Resource):
    """One verb on many tickets."""

    @operation("bulk", "Do one thing to many tickets", takes=BulkSerializer, gives=BulkResultSerializer)
    def post(self, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
        """What is refused for one ticket does not stop the others."""
        if wish["verb"] == "cause":
            how = {"resolve": wish["resolve"], "keep": wish["keep"]}
            return _became(choose_for_many(self.person, wish["tickets"], wish["cause"], **how))
        arguments = {
            "claim": {},
            "assign": _owner(wish, self.person),
            "transition": {"event": wish.get("event")},
            "snooze": {"until": wish.get("until")},
            "tag": {"add": wish["add"], "remove": wish["remove"]},
            "set_priority": {"priority": wish.get("priority")},
        }[wish["verb"]]
        return _became(bulk(self.person, wish["tickets"], wish["verb"], **arguments))


def _became(result: BulkResult) -> dict[str, Any]:
    return {"done": result.done, "refused": {str(key): str(reason) for key, reason in result.refused.items()}}


def _owner(wish: dict[str, Any], person: User) -> dict[str, Any]:
    """What is left out is not passed on, so that it stays as it is."""
    owner: dict[str, Any] = {}
    if "assignee" in wish:
        owner["assignee_id"] = person.pk if wish["assignee"] == "me" else wish["assignee"]
    if "team" in wish:
        owner["team_id"] = wish["team"]
    return owner
