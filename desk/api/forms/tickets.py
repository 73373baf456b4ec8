"""Tickets, messages and timelines, as the API writes them: plain dicts, because these lists must be quick.

The serializers say the same for the description; a test compares the two.
"""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from desk.actions.customers.masking import Eyes
from desk.api.fields import PRIORITIES, TIERS, MomentField, PriorityField, TierField
from desk.api.forms.people import ColleagueSerializer, TeamSerializer, colleague
from desk.sla.models import Clock, ClockPause
from desk.tickets.models import NO_DUE, Note, Ticket, TicketEvent
from policies.ticket_states import State

STATES = tuple(State)
_COLUMNS = (
    "id", "state", "priority", "urgency", "inbox_id", "inbox__name", "inbox__network", "inbox__drill",
    "customer_id", "customer__tier", "profile__name",
    "profile__handle", "profile__followers", "profile__verified", "assignee_id", "assignee__username",
    "assignee__first_name", "assignee__last_name", "team_id", "team__name", "private", "language", "sentiment",
    "rating", "created_at", "received_at", "waiting_since", "waits_from", "due_at", "due_metric", "unread", "problem",
    "original_gone", "preview", "preview_outgoing", "last_message_at", "snoozed_until", "resolved_at", "merged_into_id",
    "split_from_id", "swarming_since",
)  # fmt: skip
_CLOCK = (
    "id", "ticket_id", "metric", "cycle", "state", "policy_version__policy_id", "policy_version__number",
    "calendar_version__calendar_id", "calendar_version__number", "started_at", "received_at", "target_seconds",
    "warn_at", "due_at", "met_at", "cancelled_at", "breached_at",
)  # fmt: skip


class InboxNameSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class CustomerNameSerializer(serializers.Serializer[Any]):
    """The customer as known on the ticket's network."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    handle = serializers.CharField()
    followers = serializers.IntegerField(allow_null=True)
    verified = serializers.BooleanField()
    tier = TierField()


class PauseSerializer(serializers.Serializer[ClockPause]):
    """Time that does not count."""

    since = MomentField()
    until = MomentField(allow_null=True, help_text="Null while it lasts.")
    reason = serializers.ChoiceField(choices=STATES, help_text="The state of the ticket that paused it.")


class VersionOfSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()


class ClockSerializer(serializers.Serializer[Clock]):
    """One cycle: from the first unanswered customer message to the answer, or until the ticket is resolved."""

    id = serializers.IntegerField()
    metric = serializers.ChoiceField(choices=Clock.Metric.values)
    cycle = serializers.IntegerField(help_text="Responses and resolutions are numbered apart, from 0.")
    state = serializers.ChoiceField(choices=Clock.State.values)
    policy = VersionOfSerializer(help_text="What it was promised under.")
    calendar = VersionOfSerializer(help_text="What it counts by.")
    started_at = MomentField(help_text="The network's time of the customer's message.")
    received_at = MomentField(help_text="When it reached the desk.")
    target_seconds = serializers.IntegerField(allow_null=True, help_text="Null where nothing was promised.")
    warn_at = MomentField(allow_null=True, help_text="When 80 % of the target is used.")
    due_at = MomentField(allow_null=True)
    met_at = MomentField(allow_null=True)
    cancelled_at = MomentField(allow_null=True)
    breached_at = MomentField(allow_null=True)
    pauses = PauseSerializer(many=True)


class TicketSerializer(serializers.Serializer[Ticket]):
    """One question of one customer."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=STATES)
    priority = PriorityField()
    network = serializers.CharField()
    inbox = InboxNameSerializer()
    drill = serializers.BooleanField(help_text="It belongs to a drill: nothing of it is real.")
    customer = CustomerNameSerializer()
    assignee = ColleagueSerializer(allow_null=True)
    team = TeamSerializer(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    private = serializers.BooleanField(help_text="Whether the last message was private.")
    language = serializers.CharField()
    sentiment = serializers.CharField()
    rating = serializers.IntegerField(allow_null=True, help_text="Stars of its review, 1 to 5.")
    created_at = MomentField(help_text="The network's time of the first message.")
    received_at = MomentField()
    waiting_since = MomentField(allow_null=True, help_text="The first unanswered customer message.")
    due_at = MomentField(allow_null=True, help_text="Of the clock that ends first; null where none runs.")
    due_metric = serializers.ChoiceField(
        choices=Clock.Metric.values, allow_null=True, help_text="Which clock `due_at` is of; null where none runs."
    )
    clocks = ClockSerializer(many=True)
    unread = serializers.IntegerField(help_text="Customer messages since a colleague last opened it.")
    problem = serializers.CharField(help_text="State of a reply that needs a person: held, failed, unknown; or empty.")
    swarming_since = MomentField(allow_null=True, help_text="While colleagues work on it together.")
    original_gone = serializers.BooleanField(help_text="The customer deleted what would be answered.")
    preview = serializers.CharField()
    preview_outgoing = serializers.BooleanField()
    last_message_at = MomentField()
    snoozed_until = MomentField(allow_null=True)
    resolved_at = MomentField(allow_null=True)
    merged_into = serializers.IntegerField(allow_null=True)
    split_from = serializers.IntegerField(allow_null=True, help_text="The ticket that its messages were on before.")


class EventSerializer(serializers.Serializer[TicketEvent]):
    """One line of a timeline. `data` depends on `kind`."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    at = MomentField()
    actor = ColleagueSerializer(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]  # a field of this name, as the framework allows


class NoteSerializer(serializers.Serializer[Note]):
    """What colleagues say to each other; customers never see it."""

    id = serializers.IntegerField()
    author = ColleagueSerializer(allow_null=True)
    text = serializers.CharField()
    mentioned = ColleagueSerializer(many=True)
    created_at = MomentField()


def ticket_rows(tickets: QuerySet[Ticket]) -> QuerySet[Ticket, Any]:
    """Named tuples instead of models: half the time of a page of the list."""
    return tickets.values_list(*_COLUMNS, named=True)


def ticket_forms(rows: list[Any], eyes: Eyes) -> list[dict[str, Any]]:
    """Rows of `ticket_rows`, with their tags, clocks and pauses read in three queries."""
    numbers = [row.id for row in rows]
    tags: dict[int, list[str]] = {}
    named = Ticket.tags.through.objects.filter(ticket__in=numbers).order_by("tag__name")
    for ticket_id, name in named.values_list("ticket_id", "tag__name"):
        tags.setdefault(ticket_id, []).append(name)
    clocks = _clocks(numbers)
    return [_ticket(row, tags.get(row.id, []), clocks.get(row.id, []), eyes) for row in rows]


def _clocks(ticket_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The clocks of tickets in the order in which they began."""
    rows = list(
        Clock.objects.filter(ticket__in=ticket_ids).order_by("started_at", "id").values_list(*_CLOCK, named=True)
    )
    pauses: dict[int, list[dict[str, Any]]] = {}
    paused = ClockPause.objects.filter(clock__in=[row.id for row in rows if row.metric == Clock.Metric.RESOLUTION])
    for clock_id, since, until, reason in paused.order_by("since", "id").values_list(
        "clock_id", "since", "until", "reason"
    ):
        pauses.setdefault(clock_id, []).append({"since": since, "until": until, "reason": reason})
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.ticket_id, []).append(_clock(row, pauses.get(row.id, [])))
    return found


def _clock(row: Any, pauses: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "metric": row.metric,
        "cycle": row.cycle,
        "state": row.state,
        "policy": {"id": row.policy_version__policy_id, "version": row.policy_version__number},
        "calendar": {"id": row.calendar_version__calendar_id, "version": row.calendar_version__number},
        "started_at": row.started_at,
        "received_at": row.received_at,
        "target_seconds": row.target_seconds,
        "warn_at": row.warn_at,
        "due_at": row.due_at,
        "met_at": row.met_at,
        "cancelled_at": row.cancelled_at,
        "breached_at": row.breached_at,
        "pauses": pauses,
    }


def _ticket(ticket: Any, tags: list[str], clocks: list[dict[str, Any]], eyes: Eyes) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "status": ticket.state,
        "priority": PRIORITIES[ticket.priority],
        "network": ticket.inbox__network,
        "inbox": {"id": ticket.inbox_id, "name": ticket.inbox__name},
        "drill": ticket.inbox__drill,
        "customer": {
            "id": ticket.customer_id,
            "name": ticket.profile__name,
            "handle": ticket.profile__handle,
            "followers": ticket.profile__followers,
            "verified": ticket.profile__verified,
            "tier": TIERS[ticket.customer__tier],
        },
        "assignee": _assignee(ticket) if ticket.assignee_id else None,
        "team": {"id": ticket.team_id, "name": ticket.team__name} if ticket.team_id else None,
        "tags": tags,
        "private": ticket.private,
        "language": ticket.language,
        "sentiment": ticket.sentiment,
        "rating": ticket.rating,
        "created_at": ticket.created_at,
        "received_at": ticket.received_at,
        "waiting_since": ticket.waiting_since,
        "due_at": ticket.due_at if ticket.due_at != NO_DUE else None,
        "due_metric": ticket.due_metric or None,
        "clocks": clocks,
        "unread": ticket.unread,
        "problem": ticket.problem,
        "swarming_since": ticket.swarming_since,
        "original_gone": ticket.original_gone,
        "preview": eyes.start(ticket.preview),
        "preview_outgoing": ticket.preview_outgoing,
        "last_message_at": ticket.last_message_at,
        "snoozed_until": ticket.snoozed_until,
        "resolved_at": ticket.resolved_at,
        "merged_into": ticket.merged_into_id,
        "split_from": ticket.split_from_id,
    }


def _assignee(ticket: Any) -> dict[str, Any]:
    """As `colleague`, which has a user to ask."""
    name = f"{ticket.assignee__first_name} {ticket.assignee__last_name}".strip()
    username = ticket.assignee__username
    return {"id": ticket.assignee_id, "username": username, "name": name or username}


def event_form(event: TicketEvent) -> dict[str, Any]:
    """Needs the actor at hand."""
    return {"id": event.pk, "kind": event.kind, "at": event.at, "actor": colleague(event.actor), "data": event.data}


def note_form(note: Note, eyes: Eyes) -> dict[str, Any]:
    """Needs author and mentioned at hand."""
    return {
        "id": note.pk,
        "author": colleague(note.author),
        "text": eyes.read(note.text, by=note.author_id),
        "mentioned": [colleague(person) for person in note.mentioned.all()],
        "created_at": note.created_at,
    }
