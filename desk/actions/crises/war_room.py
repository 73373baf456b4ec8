"""What the war room shows: a handful of queries, kept for a few seconds, so that ten screens cost what one costs.

The curve is read from what was added up as messages arrived, posts from an index by reach; only the states of the
tickets are counted from the tickets themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Count, Min, QuerySet, Sum

from desk.actions.crises.crisis_held import held
from desk.common.kept import kept_a_while
from desk.crises.joined import bucket_of
from desk.crises.models import Crisis, CrisisCount, CrisisEntry, CrisisTicket
from desk.inboxes.coverage import gaps_between
from desk.inboxes.models import CoverageGap
from desk.tickets.models import OPEN_STATES, PREVIEW, WAITING_STATES, Message, Ticket
from policies.ticket_states import State

FRESH = timedelta(seconds=3)
POSTS, OLDEST = 8, 5
LOOKED_AT = 40  # tickets with the greatest reach, of which the public ones are shown
MOST_POINTS = 72  # of the curve: six hours in steps of five minutes, longer ones in longer steps
STEPS = tuple(timedelta(minutes=length) for length in (5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440))
MOST_MARKS = 200
MARKED = (
    "suspected", "started", "level", "confirmed", "lapsed", "scope", "note", "published", "stood_down", "dismissed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """What was said in one step of the curve, and what we answered."""

    at: datetime
    messages: int = 0
    negative: int = 0
    positive: int = 0
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the log that stands on the curve."""

    number: int
    at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class Curve:
    step: timedelta
    points: list[Point]
    marks: list[Mark]

    @property
    def messages(self) -> int:
        return sum(point.messages for point in self.points)

    @property
    def negative(self) -> int:
        return sum(point.negative for point in self.points)

    @property
    def answers(self) -> int:
        return sum(point.answers for point in self.points)


@dataclass(frozen=True, slots=True)
class Post:
    """The first words of a public ticket, by how many people may have read them."""

    ticket: int
    network: str
    name: str
    handle: str
    reach: int
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket whose customer waits longest."""

    ticket: int
    network: str
    private: bool
    name: str
    since: datetime
    holder: str  # a colleague's first name, "" for nobody


@dataclass(frozen=True, slots=True)
class RoomFigures:
    now: datetime
    states: dict[str, int]
    waiting_since: datetime | None  # of whoever waits longest for us
    held: int  # replies that wait for a decision, because its gate held them
    oldest: list[Waiting]
    posts: list[Post]
    curve: Curve
    gaps: list[CoverageGap]  # when inboxes of its scope were blind

    @property
    def tickets(self) -> int:
        return sum(self.states.values())

    @property
    def open(self) -> int:
        return sum(self.states.get(state, 0) for state in OPEN_STATES)

    @property
    def waiting(self) -> int:
        return sum(self.states.get(state, 0) for state in (*WAITING_STATES, State.SNOOZED))

    @property
    def resolved(self) -> int:
        return self.states.get(State.RESOLVED, 0)


def room_of(crisis: Crisis, now: datetime) -> RoomFigures:
    """At most three seconds old."""
    return kept_a_while(f"room:{crisis.pk}:{crisis.log_length}", now, FRESH, partial(work_out, crisis, now))


def work_out(crisis: Crisis, now: datetime) -> RoomFigures:
    """From the rows as they are now, in eight queries."""
    counted = _of(crisis).values("ticket__state").annotate(count=Count("pk"), oldest=Min("ticket__waiting_since"))
    rows = list(counted.values_list("ticket__state", "count", "oldest"))
    since = [oldest for state, _count, oldest in rows if state in OPEN_STATES and oldest is not None]
    curve = curve_of(crisis, now)
    return RoomFigures(
        now=now,
        states={state: count for state, count, _oldest in rows},
        waiting_since=min(since, default=None),
        held=held(crisis).count(),
        oldest=_waits_longest(crisis),
        posts=posts_of(crisis),
        curve=curve,
        gaps=gaps_of(crisis, curve, now),
    )


def curve_of(crisis: Crisis, now: datetime) -> Curve:
    """From its first message, or its first line, to its end or now; in steps of five minutes while that fits."""
    counts = (
        CrisisCount.objects.filter(crisis=crisis)
        .values("at")
        .annotate(said=Sum("messages"), bad=Sum("negative"), good=Sum("positive"), answered=Sum("answers"))
    )
    found = [Point(*row) for row in counts.order_by("at").values_list("at", "said", "bad", "good", "answered")]
    entries = CrisisEntry.objects.filter(crisis=crisis, kind__in=MARKED).order_by("-number")
    marks = [Mark(*row) for row in entries.values_list("number", "at", "kind")[:MOST_MARKS]][::-1]
    begins = min([crisis.created_at, *(point.at for point in found[:1])])
    ends = max([crisis.ended_at or now, *(point.at for point in found[-1:])])
    step = next((step for step in STEPS if (ends - begins) / step < MOST_POINTS), STEPS[-1])
    begins = bucket_of(begins)
    ends = min(ends, begins + step * 4 * MOST_POINTS)  # also where a clock of a network is years off
    points = [begins + step * number for number in range(int((ends - begins) / step) + 1)]
    return Curve(step, _summed(found, points, step), marks)


def _summed(found: Sequence[Point], starts: Sequence[datetime], step: timedelta) -> list[Point]:
    into: list[list[Point]] = [[] for _start in starts]
    for point in found:
        place = int((point.at - starts[0]) / step)
        if place < len(into):
            into[place].append(point)
    return [
        Point(
            start,
            # Never below nothing: of a message that was edited since, something else is taken away than was added.
            max(sum(one.messages for one in points), 0),
            max(sum(one.negative for one in points), 0),
            max(sum(one.positive for one in points), 0),
            max(sum(one.answers for one in points), 0),
        )
        for start, points in zip(starts, into, strict=True)
    ]


def gaps_of(crisis: Crisis, curve: Curve, now: datetime) -> list[CoverageGap]:
    """When inboxes of its scope were blind, from the first thing that was said of it until its end."""
    said = next((point.at for point in curve.points if point.messages), crisis.created_at)
    return gaps_between(
        min(said, crisis.created_at),
        crisis.ended_at or now,
        now,
        drill=crisis.drill,
        inboxes=crisis.scope.inboxes or None,
        networks=crisis.scope.networks or None,
    )


def _of(crisis: Crisis) -> QuerySet[CrisisTicket]:
    return CrisisTicket.objects.filter(crisis=crisis, left_at=None)


def _waits_longest(crisis: Crisis) -> list[Waiting]:
    rows = Ticket.objects.filter(
        crises__crisis=crisis, crises__left_at=None, state__in=OPEN_STATES, waiting_since__isnull=False
    ).select_related("inbox", "profile", "assignee")
    return [
        Waiting(
            ticket.pk,
            ticket.inbox.network,
            ticket.private,
            str(ticket.profile),
            ticket.waiting_since,
            (ticket.assignee.first_name or ticket.assignee.username) if ticket.assignee else "",
        )
        for ticket in rows.order_by("waits_from", "id")[:OLDEST]
        if ticket.waiting_since is not None
    ]


def posts_of(crisis: Crisis) -> list[Post]:
    """Public ones of its tickets, by reach. Two queries, over an index of the reach."""
    reaches = dict(_of(crisis).order_by("-reach", "id").values_list("ticket_id", "reach")[:LOOKED_AT])
    said = Message.objects.filter(ticket__any_of=list(reaches), outgoing=False, private=False, deleted_at=None)
    first = said.order_by("ticket_id", "created_at", "id").distinct("ticket_id").select_related("profile", "inbox")
    posts = [
        Post(
            message.ticket_id or 0,
            message.inbox.network,
            str(message.profile or ""),
            message.profile.handle if message.profile else "",
            reaches[message.ticket_id or 0],
            message.created_at,
            message.text[: 2 * PREVIEW],
        )
        for message in first.defer("search")
    ]
    return sorted(posts, key=lambda post: (-post.reach, post.ticket))[:POSTS]
