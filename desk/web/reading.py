"""Everything that the page of one ticket shows, gathered from the nouns it hangs together from."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_gate import Gates
from desk.actions.customers.masking import Eyes
from desk.actions.forms.form_links import some_form
from desk.actions.inboxes.channels import channels
from desk.actions.intake.cross_posts import also_posted
from desk.actions.questions.questions import of_ticket
from desk.actions.replies.stale import NEWS
from desk.actions.tickets import looking, private_threads
from desk.causes.asking import asks, with_asking
from desk.common.errors import Missing
from desk.crises.active import some_crisis
from desk.crises.shown import Part, crises_shown, with_crises
from desk.people.models import User
from desk.people.permissions import Permission
from desk.questions.shown import any_questions
from desk.replies.models import Draft, Reply
from desk.signals.moods import moods_shown, with_moods
from desk.sla.clocks import first_to_end
from desk.sla.models import Clock
from desk.threads.reading import readable, some_thread, with_own
from desk.tickets import presence, queries, threads
from desk.tickets.models import Message, Note, Ticket, TicketEvent
from desk.web.show import clocks, composer, crises, cross_posts, entries, notices, questions, text
from desk.web.show import threads as talk
from desk.web.show.entry import Entry
from desk.web.show.rows import STATE_WORDS
from desk.web.show.tiles import Tile, tile
from policies.reply_states import State as ReplyState
from policies.ticket_states import State, possible_events

PAGE = 50  # messages
MOST_CLOCKS = 200
MOST_NOTES = 200
MOST_THREADS = 20
MOST_NEWS = 20
LONGEST_SNOOZE_MINUTES = 366 * 24 * 60


@dataclass(frozen=True, slots=True)
class Opened:
    """One ticket on the screen."""

    ticket: Ticket
    name: str
    tile: Tile
    face: clocks.Face
    promise: str
    clock: Clock | None
    reckoning: clocks.Reckoning | None
    thread: list[Entry]
    earlier: str  # cursor of the messages before
    composer: composer.Composer
    events: frozenset[str]  # what may be done with it now
    may_work: bool
    may_reply: bool
    asks_for_cause: bool  # before it is resolved
    may_note: bool
    may_renew: bool  # there is a clock, and this person manages promises
    seen: int  # the newest line of the timeline that is on the screen
    warnings: list[str]
    alerted: str  # what its open alerts say
    people: str  # who is here, for scripts
    crises: list[crises.Instructions]  # those that cover it, and what its agents are told
    part_of: list[Part]  # crises that it is counted among
    questions: list[questions.Shown]  # to colleagues
    talk: list[talk.Line]  # of colleagues, in threads at this ticket
    elsewhere: list[cross_posts.Elsewhere]  # where the customer said the same
    control: str  # which app has the private conversation: a `Control`; empty where no other is known
    handovers: Sequence[str]  # what this reader may do about that

    @property
    def state_words(self) -> str:
        return str(STATE_WORDS[State(self.ticket.state)])

    @property
    def key(self) -> str:
        return str(self.ticket.pk)

    @property
    def may_split(self) -> bool:
        """There is more than one thing that the customer asked."""
        return self.may_work and any(entry.may_split for entry in self.thread)

    @property
    def mine(self) -> bool:
        return self.composer.writer.pk == self.ticket.assignee_id


def opened(reader: User, ticket_id: int) -> Opened:
    """Open a ticket: from now on nothing on it is unread."""
    ticket, seen = looking.look_in(reader, ticket_id)
    return _gather(ticket, reader, seen)


def glance(reader: User, ticket_id: int, *, begun: int | None = None) -> Opened:
    """The same without marking anything as seen: for a screen that brings itself up to date.

    `begun` is the newest event that its reader had seen when they began a text which no draft keeps yet.
    """
    ticket = ticket_for(reader, ticket_id)
    seen = ticket.events.order_by("-id").values_list("pk", flat=True).first() or 0
    return _gather(ticket, reader, seen, begun)


def ticket_for(reader: User, ticket_id: int) -> Ticket:
    """The ticket, where this person may see it. Raises Missing."""
    rows = queries.visible_tickets(reader).select_related(
        "inbox", "profile", "customer", "assignee", "team", "conversation"
    )
    around = {
        "some_crisis": some_crisis(), "some_form": some_form(), "any_questions": any_questions(),
        "any_threads": some_thread(), "is_elsewhere": queries.customer_is_elsewhere(),
    }  # fmt: skip
    ticket = with_asking(with_moods(with_crises(rows))).filter(pk=ticket_id).annotate(**around).first()
    if ticket is None:
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    return ticket


def ticket_to_answer(reader: User, ticket_id: int) -> Ticket:
    """The same with what the rules ask of it and no more, for what is done at every keystroke. Raises Missing."""
    rows = queries.visible_tickets(reader).select_related("inbox", "profile", "customer", "team")
    ticket = rows.filter(pk=ticket_id).annotate(some_crisis=some_crisis()).first()
    if ticket is None:
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    return ticket


def earlier(reader: User, ticket: Ticket, cursor: str, now: datetime) -> tuple[list[Entry], str]:
    """A page of older messages with the notes between them, and the cursor of the page before."""
    page = queries.conversation(ticket, cursor=cursor, size=PAGE)
    notes = ticket.notes.select_related("author").order_by("-id")
    if page.rows:
        notes = notes.filter(created_at__lte=page.rows[-1].created_at)
        if page.next:
            notes = notes.filter(created_at__gt=page.rows[0].created_at)
    moods = moods_shown(ticket)
    shown = entries.thread(
        page.rows,
        notes[:MOST_NOTES],
        (),
        _clocks(ticket),
        ticket=ticket,
        reader=reader,
        now=now,
        moods=moods,
        originals=threads.quoted(page.rows),
    )
    return shown, page.next


def _gather(ticket: Ticket, reader: User, seen: int, begun: int | None = None) -> Opened:
    now = timezone.now()
    page = queries.conversation(ticket, size=PAGE)
    all_clocks = _clocks(ticket)
    shown = first_to_end(all_clocks)
    pauses = list(shown.pauses.order_by("since", "id")) if shown and shown.metric == Clock.Metric.RESOLUTION else []
    replies = list(
        Reply.objects.filter(ticket=ticket)
        .exclude(state__in=[ReplyState.SENT, ReplyState.CANCELLED])
        .select_related("author", "held_by")
        .prefetch_related("attachments")
    )
    draft = Draft.objects.filter(ticket=ticket, author=reader).select_related("returned_by").first()
    attached = list(draft.attachments.all()) if draft is not None else []
    if draft is not None and (draft.text or attached):
        begun = draft.seen_event_id
    elif begun is None:
        begun = seen
    happened = _newer(ticket, reader, begun, seen)
    any_asked = getattr(ticket, "any_questions", True)
    gates = Gates(ticket, now, calm=not getattr(ticket, "some_crisis", True))
    offered = gates.blocked(channels(ticket, now, messages=None if page.next else page.rows))
    profile, private = ticket.profile, private_threads.of_ticket(ticket)
    return Opened(
        ticket=ticket,
        name=text.name(profile.name, profile.handle, profile.external_id),
        tile=tile(ticket.inbox.network, private=ticket.private),
        face=clocks.standing() if shown and shown.state == Clock.State.PAUSED else clocks.face(ticket, now),
        promise=clocks.promise(shown.metric) if shown else "",
        clock=shown,
        reckoning=clocks.reckoning(shown, pauses, tile(ticket.inbox.network).label, now) if shown else None,
        thread=entries.thread(
            page.rows,
            _notes(ticket, page.rows if page.next else []),
            replies,
            all_clocks,
            ticket=ticket,
            reader=reader,
            now=now,
            moods=moods_shown(ticket),
            originals=threads.quoted(page.rows),
            read_until=private.read_until if private is not None else None,
        ),
        earlier=page.next,
        composer=composer.composer(
            ticket,
            reader,
            offered,
            draft,
            attached,
            replies,
            begun if happened else seen,
            happened,
            crises.gate_words(gates),
            now,
        ),
        crises=crises.instructions(gates, get_language() or "en", now),
        events=frozenset(possible_events(ticket.state)),
        may_work=reader.may(Permission.WORK_TICKETS),
        may_reply=reader.may(Permission.REPLY),
        asks_for_cause=asks(ticket),
        may_note=reader.may(Permission.WRITE_NOTES),
        may_renew=shown is not None and reader.may(Permission.RENEW_PROMISES),
        seen=seen,
        warnings=text.warnings(profile.name),
        alerted=notices.waiting([clock.alerted_at for clock in all_clocks], now),
        people=present([ticket.pk]),
        part_of=crises_shown(ticket),
        questions=questions.of_ticket(of_ticket(ticket) if any_asked else (), reader, now),
        control=private.control if private is not None else "",
        handovers=private_threads.possible(ticket, private) if reader.may(Permission.REPLY) else (),
        talk=_talk(ticket, reader, now) if getattr(ticket, "any_threads", True) else [],
        elsewhere=cross_posts.elsewhere(
            also_posted(reader, ticket) if getattr(ticket, "is_elsewhere", True) else (), Eyes(reader), now
        ),
    )


def present(ticket_ids: Sequence[int]) -> str:
    """Who is at these tickets, as scripts read it: {"12": [{"id", "name", "initials", "typing"}]}."""
    return json.dumps(
        {ticket_id: [asdict(one) for one in here] for ticket_id, here in presence.people_of(ticket_ids).items()}
    )


def _talk(ticket: Ticket, reader: User, now: datetime) -> list[talk.Line]:
    rows = with_own(readable(reader).filter(ticket=ticket), reader).order_by("-id")
    return talk.of_ticket(rows[:MOST_THREADS], reader, now)


def _notes(ticket: Ticket, page: list[Message]) -> list[Note]:
    rows = ticket.notes.select_related("author").order_by("-id")
    if page:
        rows = rows.filter(created_at__gt=page[0].created_at)
    return list(rows[:MOST_NOTES])


def _clocks(ticket: Ticket) -> list[Any]:
    """Newest first, each with `alerted_at`: when an alert for it was raised that still waits for somebody's word."""
    waits = Q(alerts__acknowledged_at=None, alerts__stopped_at=None)
    rows = Clock.objects.filter(ticket=ticket).annotate(alerted_at=Max("alerts__fired_at", filter=waits))
    return list(rows.select_related("calendar_version__calendar").order_by("-id")[:MOST_CLOCKS])


def policy_of(ticket: Ticket) -> str:
    """The policy under which the newest clock was promised: “Urgent, version 2”."""
    newest = Clock.objects.filter(ticket=ticket).select_related("policy_version__policy").order_by("-id").first()
    if newest is None:
        return ""
    version = newest.policy_version
    return _("%(policy)s, version %(number)d") % {"policy": version.policy.name, "number": version.number}


def _newer(ticket: Ticket, reader: User, begun: int, seen: int) -> composer.Newer | None:
    """What happened since the reader began to write."""
    if begun >= seen:
        return None
    events = TicketEvent.objects.filter(ticket=ticket, pk__gt=begun, kind__in=NEWS).exclude(actor=reader)
    return newer(ticket, reader, list(events[:MOST_NEWS]))


def newer(ticket: Ticket, reader: User, events: Sequence[TicketEvent]) -> composer.Newer | None:
    """These events and the customer's last words; None where there are none."""
    last = (
        ticket.messages.filter(outgoing=False).defer("search").select_related("profile").order_by("-created_at").first()
    )
    return composer.newer(events, last, Eyes(reader)) if events else None
