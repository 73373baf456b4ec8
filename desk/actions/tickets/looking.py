"""A ticket as a colleague opens it, and what they have seen of it."""

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.forms.form_links import some_form
from desk.actions.tickets import private_threads
from desk.actions.tickets.announce import announce
from desk.alerts.notices import changed
from desk.causes.asking import with_asking
from desk.common.errors import Missing
from desk.crises.active import some_crisis
from desk.crises.shown import with_crises
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.questions.shown import any_questions
from desk.signals.moods import with_moods
from desk.threads.reading import some_thread
from desk.tickets.models import Ticket


def open_ticket(actor: User, ticket_id: int) -> Ticket:
    """The ticket as a colleague opens it: nothing on it is unread any more, and what they saw is written down."""
    return look_in(actor, ticket_id)[0]


def look_in(actor: User, ticket_id: int) -> tuple[Ticket, int]:
    """`open_ticket`, and the newest line of the timeline that was there to see. Comes with its crises."""
    require(actor, Permission.READ_TICKETS)
    rows = Ticket.objects.select_related("inbox", "profile", "customer", "assignee", "team", "conversation")
    around = {
        "some_crisis": some_crisis(), "some_form": some_form(), "any_questions": any_questions(),
        "any_threads": some_thread(),
    }  # fmt: skip
    ticket = with_asking(with_moods(with_crises(rows))).filter(pk=ticket_id).annotate(**around).first()
    if ticket is None:
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    read = bool(ticket.unread) and actor.may(Permission.WORK_TICKETS)
    seen = _seen(actor, ticket, read=read)
    if read:
        ticket.unread = 0
        announce([(ticket, "change")])
        private_threads.show_read(ticket)
    return ticket, seen


def _seen(actor: User, ticket: Ticket, *, read: bool) -> int:
    """Write down, in one statement, the newest line of the timeline as what this person has seen.

    Where a note named them here, they have read it now. Where it is their work, nothing on the ticket is unread.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH read AS (
                UPDATE alerts_notification SET seen_at = %s
                WHERE user_id = %s AND ticket_id = %s AND seen_at IS NULL AND kind = 'mentioned' RETURNING id
            ), worked AS (
                UPDATE tickets_ticket SET unread = 0 WHERE id = %s AND %s
            )
            INSERT INTO tickets_ticketview (ticket_id, user_id, seen_event_id, at)
            SELECT %s, %s, COALESCE(MAX(id), 0), %s FROM tickets_ticketevent WHERE ticket_id = %s
            ON CONFLICT (ticket_id, user_id) DO UPDATE SET seen_event_id = EXCLUDED.seen_event_id, at = EXCLUDED.at
            RETURNING seen_event_id, (SELECT count(*) FROM read)""",
            [now, actor.pk, ticket.pk, ticket.pk, read, ticket.pk, actor.pk, now, ticket.pk],
        )
        seen, mentions = cursor.fetchone()
    if mentions:
        changed([actor.pk])  # the bell counts one less
    return int(seen)
