"""Why customers of Vlotlijn ask: the tree, what colleagues said of the last weeks, and the months before the desk.

The last weeks went through the desk, and so does what is said of them. The months before are told as an import from
an earlier desk would: resolved tickets with their first message and the steps of a colleague, without clocks, so that
they stand in no figure of response times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.db.models import OuterRef, Subquery

from desk.actions.causes import causes, improvements
from desk.actions.causes.causes import CauseWish
from desk.actions.tickets import ticket_causes
from desk.causes.models import Cause, Department, TicketCause
from desk.causes.tree import Tree
from desk.inboxes.gateway import ItemKind
from desk.operations.demo.scenes import WEEKS, ZONE
from desk.people.models import User
from desk.tickets.models import Conversation, Message, Profile, Ticket, TicketEvent, preview_of
from policies.improvement_states import Event as ImprovementEvent
from policies.ticket_states import Event, State
from policies.triage import judge

WEEKS_BEFORE = 17
MOST_TEXTS = 12  # of one cause, told again and again in the months before


@dataclass(frozen=True, slots=True)
class Told:
    """A cause of the demo. `tags`: tickets with one of them get it; `a_week`: how many there were in a week of the
    months before, at their beginning and at their end.
    """

    name_nl: str
    name_en: str
    department: str
    owner: str
    below: str = ""
    tags: tuple[str, ...] = ()
    a_week: tuple[float, float] = (0.0, 0.0)


TREE = (
    Told("Reizen", "Travelling", "Vervoer", "supervisor"),
    Told("Vertraging en uitval", "Delays and cancellations", "Vervoer", "", "Travelling",
         ("Vertraging", "Uitval", "Lindewaard"), (4.0, 4.5)),
    Told("Dienstregeling onduidelijk", "Timetable unclear", "Reisinformatie", "comms", "Travelling",
         ("Dienstregeling", "Halte", "Werkzaamheden", "Omroep"), (2.0, 2.0)),
    Told("Toegankelijkheid", "Accessibility", "Materieel", "expert", "Travelling", ("Toegankelijkheid",), (0.6, 0.8)),
    Told("Kaartjes en geld", "Tickets and money", "Verkoop", "supervisor"),
    Told("Geld terug", "Refunds", "Verkoop", "", "Tickets and money", ("Terugbetaling",), (9.0, 3.0)),
    Told("Abonnement", "Season tickets", "Verkoop", "", "Tickets and money", ("Abonnement",), (1.8, 1.8)),
    Told("Boete", "Fines", "Verkoop", "", "Tickets and money", ("Boete",), (1.2, 1.2)),
    Told("App", "App", "Digitaal", "admin", "", ("App",), (1.0, 1.0)),
    Told("Onderweg", "On the way", "Service", "agent2"),
    Told("Gevonden voorwerpen", "Lost property", "Service", "", "On the way", ("Gevonden voorwerpen",), (1.8, 1.8)),
    Told("Personeel", "Staff", "Service", "", "On the way", ("Personeel", "Compliment"), (2.0, 2.0)),
)  # fmt: skip


def make_causes(actor: User, people: Mapping[str, User], now: datetime) -> None:
    """At the first start; what an interrupted one left is found and not made twice."""
    with transaction.atomic():
        if Cause.objects.exists():
            return
        made = _plant(actor, people)
        _say(people, made)
        _improve(people, made, now)
        _tell_of_before([one for one in TREE if any(one.a_week)], made, list(people.values()), now)


def _plant(actor: User, people: Mapping[str, User]) -> dict[str, Cause]:
    made: dict[str, Cause] = {}
    for one in TREE:
        department = Department.objects.filter(name=one.department).first()
        department = department or causes.create_department(actor, one.department)
        above = made.get(one.below)
        owner = people[one.owner].pk if one.owner else None
        wish = CauseWish(one.name_nl, one.name_en, above.pk if above else None, department.pk, owner)
        made[one.name_en] = causes.create(actor, wish)
    return made


def _say(people: Mapping[str, User], made: Mapping[str, Cause]) -> None:
    """What colleagues say of a resolved ticket by its tags, when they resolve it."""
    of_tag = {tag: made[one.name_en] for one in TREE for tag in one.tags}
    resolved = Ticket.objects.filter(state=State.RESOLVED, assignee__isnull=False, merged_into=None)
    for ticket in resolved.select_related("assignee").prefetch_related("tags").order_by("resolved_at", "id"):
        cause = next((of_tag[tag.name] for tag in ticket.tags.all() if tag.name in of_tag), None)
        if cause is not None and ticket.assignee is not None:
            ticket_causes.choose(ticket.assignee, ticket.pk, cause.pk, now=ticket.resolved_at)


def _tell_of_before(told: Sequence[Told], made: Mapping[str, Cause], people: Sequence[User], now: datetime) -> None:
    chance = Random("Vlotlijn before")  # noqa: S311 - a story, no secret
    workers = [one for one in people if one.username.startswith("agent")]
    authors: dict[str, list[Profile]] = {}
    for profile in Profile.objects.filter(spam_at=None).order_by("id"):
        authors.setdefault(profile.network, []).append(profile)
    rows: list[tuple[Ticket, Cause, str]] = []
    for one in told:
        texts = _texts(made[one.name_en])
        for week in range(WEEKS_BEFORE if texts else 0):
            share = week / (WEEKS_BEFORE - 1)
            many = one.a_week[0] + (one.a_week[1] - one.a_week[0]) * (share > 0.5)
            for _number in range(_poisson(chance, many)):
                ago = timedelta(weeks=WEEKS + WEEKS_BEFORE - week, days=-chance.uniform(0, 7))
                text, like = chance.choice(texts)
                profile = chance.choice(authors[like.profile.network])
                ticket = _ticket(like, text, now - ago, chance.choice(workers), profile)
                rows.append((ticket, made[one.name_en], text))
    rows.sort(key=lambda row: row[0].created_at)
    _keep(rows, chance)


def _improve(people: Mapping[str, User], made: Mapping[str, Cause], now: datetime) -> None:
    """Refunds became easier in the middle of the months before, and two ideas wait."""
    day = (now - timedelta(weeks=WEEKS + WEEKS_BEFORE // 2)).date()
    owner = people["supervisor"]
    form = improvements.propose(
        people["agent"], made["Refunds"].pk, "Geld terug aanvragen in de app, zonder formulier", owner_id=owner.pk,
        now=now - timedelta(weeks=WEEKS + WEEKS_BEFORE),
    )  # fmt: skip
    improvements.step(owner, form.pk, ImprovementEvent.AGREE)
    improvements.step(
        owner, form.pk, ImprovementEvent.FINISH, changed="Geld terug vraag je nu in de app", done_on=day, now=now
    )
    lifts = improvements.propose(
        people["agent2"], made["Accessibility"].pk, "Storingen van liften ’s nachts verhelpen, niet overdag",
        owner_id=people["expert"].pk, due_on=(now + timedelta(weeks=3)).date(), now=now - timedelta(days=9),
    )  # fmt: skip
    improvements.step(people["expert"], lifts.pk, ImprovementEvent.AGREE)
    improvements.propose(
        people["trainee"], made["Timetable unclear"].pk, "Perronwijzigingen een dag eerder omroepen",
        now=now - timedelta(days=2),
    )  # fmt: skip


def _texts(cause: Cause) -> list[tuple[str, Ticket]]:
    """What customers wrote first of tickets with this cause, each with its ticket."""
    first = Message.objects.filter(ticket=OuterRef("pk"), outgoing=False, deleted_at=None).order_by("created_at", "id")
    rows = Ticket.objects.filter(cause_row__cause__in=Tree().under(cause), conversation__private=False)
    told = rows.select_related("inbox", "profile").annotate(said=Subquery(first.values("text")[:1])).order_by("id")
    return [(vars(one)["said"], one) for one in told[:MOST_TEXTS] if vars(one)["said"]]


def _ticket(like: Ticket, text: str, at: datetime, by: User, profile: Profile) -> Ticket:
    local = at.astimezone(ZONE)
    at = local.replace(hour=8 + local.hour % 12).astimezone(at.tzinfo)  # when people travel
    return Ticket(
        inbox=like.inbox,
        conversation=Conversation(inbox=like.inbox),
        customer_id=profile.customer_id,
        profile=profile,
        state=State.RESOLVED,
        assignee=by,
        team=like.team,
        language=like.language,
        sentiment=judge(text, like.language).sentiment,
        created_at=at,
        received_at=at,
        resolved_at=at + timedelta(minutes=25),
        last_message_at=at,
        last_reply_at=at + timedelta(minutes=20),
        preview=preview_of(text),
    )


def _keep(rows: Sequence[tuple[Ticket, Cause, str]], chance: Random) -> None:
    for number, (ticket, _cause, _text) in enumerate(rows):
        ticket.conversation.thread_id = f"earlier desk {number}"
    Conversation.objects.bulk_create(ticket.conversation for ticket, _cause, _text in rows)
    for ticket, _cause, _text in rows:
        ticket.conversation_id = ticket.conversation.pk
    Ticket.objects.bulk_create(ticket for ticket, _cause, _text in rows)
    Message.objects.bulk_create(
        Message(
            conversation=ticket.conversation,
            ticket=ticket,
            inbox=ticket.inbox,
            external_id=f"earlier desk {number}",
            kind=ItemKind.MENTION,
            profile=ticket.profile,
            text=text,
            language=ticket.language,
            reply_allowed=False,
            created_at=ticket.created_at,
            received_at=ticket.received_at,
        )
        for number, (ticket, _cause, text) in enumerate(rows)
    )
    TicketCause.objects.bulk_create(
        TicketCause(ticket=ticket, cause=cause, by=ticket.assignee, at=ticket.resolved_at or ticket.created_at)
        for ticket, cause, _text in rows
    )
    TicketEvent.objects.bulk_create(event for ticket, _cause, _text in rows for event in _steps(ticket, chance))


def _steps(ticket: Ticket, chance: Random) -> list[TicketEvent]:
    """Taken, and resolved after some minutes of work."""
    by, done = ticket.assignee, ticket.resolved_at or ticket.created_at
    taken = done - timedelta(minutes=chance.uniform(2, 9))
    resolved = {"from": State.OPEN, "to": State.RESOLVED, "event": Event.RESOLVE}
    return [
        TicketEvent(ticket=ticket, kind="claimed", actor=by, at=taken, data={"assignee": by and by.pk}),
        TicketEvent(ticket=ticket, kind="transition", actor=by, at=done, data=resolved),
    ]


def _poisson(chance: Random, mean: float) -> int:
    """How many of something there are in a week: exponential gaps until a week is over."""
    count, at = 0, chance.expovariate(mean)
    while at < 1:
        count, at = count + 1, at + chance.expovariate(mean)
    return count
