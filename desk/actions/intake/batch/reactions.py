"""Emoji that people put below messages: events, never messages. They open no ticket, start no clock and wake nobody.

A row for each person and message says what it is now; the message keeps how many there are of each, so that a thread
needs no counting. Our own, given on the network itself, show as our like.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from desk.actions.intake.batch.parts import Stored, author_of
from desk.actions.tickets.announce import announce
from desk.common.bulk import insert_rows
from desk.inboxes.gateway import Change
from desk.inboxes.models import Inbox
from desk.tickets.models import Message, Profile, Reaction, Ticket

LONGEST_EMOJI = 40  # characters: a family with skin tones has eleven, and some networks have names of their own
_NEWER = """(message_id, external_id) DO UPDATE SET
    emoji = EXCLUDED.emoji, at = EXCLUDED.at, name = COALESCE(NULLIF(EXCLUDED.name, ''), tickets_reaction.name)
    WHERE EXCLUDED.at >= tickets_reaction.at"""


def take(inbox: Inbox, stored: Sequence[Stored]) -> list[Stored]:
    """Write reactions down, the caller's transaction around it; those whose message has not reached us (yet)."""
    if not stored:
        return []
    rows = Message.objects.filter(inbox=inbox, external_id__any_of={one.item.parent_id for one in stored})
    messages = {key: (pk, ticket_id) for key, pk, ticket_id in rows.values_list("external_id", "pk", "ticket_id")}
    here = [one for one in stored if one.item.parent_id in messages]
    _keep(inbox, [one for one in here if not one.item.outgoing], messages)
    for one in here:
        if one.item.outgoing:
            pk = messages[one.item.parent_id][0]
            Message.objects.filter(pk=pk).update(liked=one.item.change is not Change.DELETED)
    tickets = {ticket_id for one in here if (ticket_id := messages[one.item.parent_id][1])}
    announce((ticket, "change") for ticket in Ticket.objects.filter(pk__any_of=tickets).select_related("inbox"))
    return [one for one in stored if one.item.parent_id not in messages]


def _keep(inbox: Inbox, stored: Sequence[Stored], messages: Mapping[str, tuple[int, int | None]]) -> None:
    """The newest of each person on each message. What was taken back stays as nothing, so that no older one returns."""
    newest = {(one.item.parent_id, one.item.author.external_id): one for one in stored if one.item.author is not None}
    names = _known_names(inbox.network, {person for _message, person in newest})
    written = [
        (
            messages[message][0], person[:200], names.get(person) or author_of(one.item).name[:200],
            "" if one.item.change is Change.DELETED else one.item.text[:LONGEST_EMOJI], one.at,
        )
        for (message, person), one in newest.items()
    ]  # fmt: skip
    if insert_rows(
        Reaction, ("message_id", "external_id", "name", "emoji", "at"), written, on_conflict=_NEWER, returning=("id",)
    ):
        _count({row[0] for row in written})


def _known_names(network: str, people: Iterable[str]) -> dict[str, str]:
    rows = Profile.objects.filter(network=network, external_id__any_of=set(people))
    return dict(rows.values_list("external_id", "name"))


def _count(message_ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE tickets_message SET reaction_counts = (
                SELECT jsonb_object_agg(emoji, number) FROM (
                    SELECT emoji, count(*) AS number FROM tickets_reaction
                    WHERE message_id = tickets_message.id AND emoji <> '' GROUP BY emoji
                ) AS counted
            ) WHERE id = ANY(%s)""",
            [sorted(message_ids)],
        )
