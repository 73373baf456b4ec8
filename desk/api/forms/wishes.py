"""What callers send to have something done to a ticket, and what they may ask of the list."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from desk.actions.tickets.splitting import MOST_MESSAGES
from desk.api.fields import AssigneeField, IdField, MomentField, PriorityField, TierField
from desk.api.forms.tickets import STATES
from desk.api.paging import PageQuery
from desk.tickets.queries import ORDERINGS, VIEWS
from policies.ticket_states import FACTS, Category, Event

BULK_VERBS = ("claim", "assign", "transition", "snooze", "tag", "set_priority", "cause")
EVENTS = tuple(event for event in Event if event not in FACTS | {Event.CLAIM, Event.SNOOZE, Event.WAKE})
STATUSES = tuple(dict.fromkeys((*map(str, STATES), *map(str, Category))))
LONGEST_NOTE = 20_000
MOST_IN_BULK = 200
MOST_TAGS = 20


class TicketQuery(PageQuery):
    """Filters of the ticket list; several are joined by “and”."""

    view = serializers.ChoiceField(
        choices=VIEWS,
        required=False,
        help_text="As in the screens; `mentioned`: a note that you have not read names you.",
    )
    status = serializers.CharField(
        max_length=200,
        required=False,
        help_text=f"One or more by commas: a state or a category. {', '.join(STATUSES)}.",
    )
    assignee = serializers.RegexField(r"^(me|none|[1-9][0-9]{0,17})$", required=False, help_text="An id, me or none.")
    team = IdField(required=False)
    inbox = IdField(required=False)
    network = serializers.CharField(max_length=40, required=False)
    priority = PriorityField(required=False)
    tag = serializers.CharField(max_length=50, required=False)
    tier = TierField(required=False, help_text="Of the customer.")
    crisis = IdField(required=False, help_text="That it is part of.")
    cause = IdField(required=False, help_text="What it was about; causes below it and merged into it count along.")
    rating = serializers.IntegerField(min_value=1, max_value=5, required=False, help_text="Stars of its review.")
    language = serializers.CharField(max_length=5, required=False, help_text="ISO 639-1, as the desk recognised it.")
    private = serializers.BooleanField(required=False, allow_null=True, default=None)
    breached = serializers.BooleanField(required=False, allow_null=True, default=None)
    due_before = MomentField(required=False)
    q = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="Words of the messages.")
    ordering = serializers.ChoiceField(choices=tuple(ORDERINGS), default="priority")

    def validate_status(self, value: str) -> tuple[str, ...]:
        names = tuple(name.strip() for name in value.split(",") if name.strip())
        if unknown := [name for name in names if name not in STATUSES]:
            raise serializers.ValidationError(
                _("Not known: %(unknown)s. Choose from: %(known)s.")
                % {"unknown": ", ".join(unknown), "known": ", ".join(STATUSES)}
            )
        return names


class AssignSerializer(serializers.Serializer[Any]):
    """What is left out stays; null means nobody."""

    assignee = AssigneeField(required=False)
    team = IdField(required=False, allow_null=True)


class TransitionSerializer(serializers.Serializer[Any]):
    """Name what happens (`event`) or where the ticket should end up (`status`)."""

    event = serializers.ChoiceField(choices=EVENTS, required=False)
    status = serializers.ChoiceField(choices=STATES, required=False)
    state = serializers.ChoiceField(choices=STATES, required=False, help_text="The same as status.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError({"event": [_("Give one of event and status.")]})
        return attrs


class SnoozeSerializer(serializers.Serializer[Any]):
    until = MomentField()


class PrioritySerializer(serializers.Serializer[Any]):
    priority = PriorityField()


class TagsSerializer(serializers.Serializer[Any]):
    """By name; a new name becomes a tag."""

    add = serializers.ListField(child=serializers.CharField(max_length=50), max_length=MOST_TAGS, default=list)
    remove = serializers.ListField(child=serializers.CharField(max_length=50), max_length=MOST_TAGS, default=list)


class MergeSerializer(serializers.Serializer[Any]):
    into = IdField(help_text="The ticket that stays and gets the messages of this one.")


class SplitSerializer(serializers.Serializer[Any]):
    """Some messages by their ids, or one and everything after it; both together are joined."""

    messages = serializers.ListField(child=IdField(), max_length=MOST_MESSAGES, default=list)
    from_message = IdField(required=False, help_text="This message and all that came after it.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["messages"] and "from_message" not in attrs:
            raise serializers.ValidationError({"messages": [_("Name the messages that go to the new ticket.")]})
        return attrs


class WriteNoteSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_NOTE, help_text="@username tells that colleague.")


class BulkSerializer(AssignSerializer, TagsSerializer):
    """One verb on many tickets, with the fields that this verb takes elsewhere."""

    tickets = serializers.ListField(child=IdField(), allow_empty=False, max_length=MOST_IN_BULK)
    verb = serializers.ChoiceField(choices=BULK_VERBS)
    event = serializers.ChoiceField(choices=EVENTS, required=False)
    until = MomentField(required=False)
    priority = PriorityField(required=False)
    cause = IdField(required=False, allow_null=True, help_text="Of the verb `cause`; null: nobody knows.")
    resolve = serializers.BooleanField(default=False, help_text="Of the verb `cause`: in the same step.")
    keep = serializers.BooleanField(
        default=False, help_text="Of the verb `cause`: tickets that have one already keep it."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = {"transition": "event", "snooze": "until", "set_priority": "priority", "cause": "cause"}.get(
            attrs["verb"]
        )
        if needed and needed not in attrs:
            raise serializers.ValidationError({needed: [_("This verb needs it.")]})
        return attrs


class BulkResultSerializer(serializers.Serializer[Any]):
    """What became of each ticket."""

    done = serializers.ListField(child=serializers.IntegerField())
    refused = serializers.DictField(child=serializers.CharField(), help_text="Why not, by the ticket's id.")
