"""What is done with a ticket and its customer."""

from datetime import timedelta

from django.utils import timezone

from desk.actions import (
    blocking,
    kept,
    masking,
    moderate,
    notes,
    sentiment,
    splitting,
    tickets,
    tiers,
)
from desk.people.permissions import Permission
from tests.actions.scene import Verb

VERBS: dict[str, Verb] = {
    "sentiment.correct": Verb(
        Permission.WORK_TICKETS, lambda me, s: sentiment.correct(me, s.message.pk, "negative"), ["sentiment_corrected"]
    ),
    "kept.show_deleted": Verb(
        Permission.SEE_DELETED, lambda me, s: kept.show_deleted(me, s.deleted().pk), ["deleted_shown"]
    ),
    "masking.unmask": Verb(
        Permission.UNMASK, lambda me, s: masking.unmask(me, s.message.pk, reason="Dossier zoeken"), ["unmasked"]
    ),
    "kept.open_file": Verb(
        Permission.SEE_DELETED, lambda me, s: kept.open_file(me, s.file().pk), ["deleted_file_shown"]
    ),
    "moderate.act": Verb(
        Permission.MODERATE, lambda me, s: moderate.act(me, s.message.pk, "hide"), ["message_hide"]
    ),
    "notes.add_note": Verb(Permission.WRITE_NOTES, lambda me, s: notes.add_note(me, s.ticket.pk, "x"), ["note"]),
    "tickets.open_ticket": Verb(Permission.READ_TICKETS, lambda me, s: tickets.open_ticket(me, s.ticket.pk)),
    "tickets.look_in": Verb(Permission.READ_TICKETS, lambda me, s: tickets.look_in(me, s.ticket.pk)),
    "tickets.claim": Verb(Permission.WORK_TICKETS, lambda me, s: tickets.claim(me, s.ticket.pk), ["claimed"]),
    "tickets.assign": Verb(
        Permission.ASSIGN_OTHERS, lambda me, s: tickets.assign(me, s.ticket.pk, assignee_id=s.colleague.pk),
        ["assigned"],
    ),
    "tickets.transition": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.transition(me, s.ticket.pk, "resolve"), ["transition"]
    ),
    "tickets.transition_to": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.transition_to(me, s.ticket.pk, "spam"), ["transition"]
    ),
    "tickets.snooze": Verb(
        Permission.WORK_TICKETS,
        lambda me, s: tickets.snooze(me, s.ticket.pk, timezone.now() + timedelta(hours=1)), ["snoozed"],
    ),
    "tickets.set_priority": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.set_priority(me, s.ticket.pk, 3), ["priority"]
    ),
    "tickets.tag": Verb(Permission.WORK_TICKETS, lambda me, s: tickets.tag(me, s.ticket.pk, add=["x"]), ["tagged"]),
    "tickets.merge": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.merge(me, s.other.pk, s.ticket.pk), ["merged_into", "merged"]
    ),
    "splitting.split": Verb(
        Permission.WORK_TICKETS, lambda me, s: splitting.split(me, s.ticket.pk, [s.another_question().pk]), ["split"]
    ),
    "blocking.block": Verb(
        Permission.BLOCK_CUSTOMERS, lambda me, s: blocking.block(me, s.ticket.customer_id, reason="Dreigt"),
        ["customer_blocked"],
    ),
    "blocking.unblock": Verb(
        Permission.BLOCK_CUSTOMERS, lambda me, s: blocking.unblock(me, s.blocked().pk), ["customer_unblocked"]
    ),
    "tiers.set_tier": Verb(
        Permission.WORK_TICKETS, lambda me, s: tiers.set_tier(me, s.ticket.customer_id, 2), ["customer_tier"]
    ),
    "tickets.bulk": Verb(
        Permission.BULK, lambda me, s: tickets.bulk(me, [s.ticket.pk, s.other.pk], "claim"), ["claimed", "claimed"]
    ),
}  # fmt: skip
