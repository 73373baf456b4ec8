"""The report of a crisis: worked out from its log and its tickets, with what people add to it.

Summary and actions are lines of the log like any other, so that the chain tells of them too, and nothing that was
written once is lost: the newest summary holds, and an action is done by a later line that names it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_moves import at_hand, tell
from desk.actions.crises.crisis_swarm import findings_of
from desk.actions.crises.war_room import Curve, Post, curve_of, gaps_of, posts_of
from desk.actions.people.rota_history import between
from desk.actions.reports.wallboard_figures import Today, first_responses
from desk.common.errors import Conflict, Invalid, Missing
from desk.crises.log import broken_link, start_of
from desk.crises.models import Crisis, CrisisEntry, CrisisTicket
from desk.crises.plans import plan_of
from desk.inboxes.models import CoverageGap
from desk.people.models import OnCall, User
from desk.people.permissions import Permission, require
from desk.replies.models import Approval
from desk.sla.models import Clock
from desk.threads.models import Thread
from desk.tickets.models import Message
from policies.approval_states import State as ApprovalState
from policies.crisis_states import Level
from policies.hash_chain import Broken

LONGEST_SUMMARY, LONGEST_ACTION = 10_000, 500  # characters
SUMMARY, WORKED = "summary", "worked"  # kinds of lines of the log
MOST_TURNS = 100
MOST_LINES = 1_000  # of the log on one page; the file has all


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody is to do because of the crisis."""

    number: int  # of its line in the log
    text: str
    owner: User | None
    due: date | None
    done_at: datetime | None
    done_by: User | None

    def is_late(self, today: date) -> bool:
        return self.done_at is None and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class Times:
    """How long things took; None where they did not happen."""

    noticed: timedelta | None  # from the first message of it to the first line of the log
    started: timedelta | None  # from there until it was active
    acknowledged: timedelta | None  # from its start until somebody who was called said that they see to it
    confirmed: timedelta | None  # from the first time that level 3 was asked for until a second person stood behind it
    answered: timedelta | None  # from its start to our first answer in it
    stated: timedelta | None  # from its start until the first post of a statement was out
    lasted: timedelta | None  # active, so far where it is not over


@dataclass(frozen=True, slots=True)
class Approvals:
    """How long colleagues took to decide about replies and posts of it; None where nothing was asked."""

    decided: int
    median: timedelta | None
    longest: timedelta | None


@dataclass(frozen=True, slots=True)
class CrisisReport:
    now: datetime
    times: Times
    tickets: int
    curve: Curve
    posts: list[Post]
    gaps: list[CoverageGap]  # when inboxes of its scope were blind, from its first message on
    inside: Today  # first responses to what came in during the crisis, on its tickets
    outside: Today  # and on all others
    approvals: Approvals
    on_call: list[OnCall]  # by the rotas that its plan calls, while it was active
    summary: CrisisEntry | None
    worked: CrisisEntry | None  # what went well
    found: list[Thread]  # swarms that wrote what they found
    actions: list[Action]
    entries: list[CrisisEntry]
    start_digest: str
    broken: Broken | None


def report_of(crisis: Crisis, now: datetime) -> CrisisReport:
    """From the rows as they are now; the chain of the log is checked as well."""
    rows = CrisisEntry.objects.filter(crisis=crisis).select_related("actor").order_by("number")
    entries = list(rows[:MOST_LINES])
    curve = curve_of(crisis, now)
    clocks = _clocks(crisis, now)
    part = Exists(_part_of(crisis).filter(ticket=OuterRef("ticket")))
    return CrisisReport(
        now=now,
        times=_times(crisis, entries, curve, now),
        tickets=_part_of(crisis).count(),
        curve=curve,
        posts=posts_of(crisis),
        gaps=gaps_of(crisis, curve, now),
        inside=first_responses(clocks.filter(part), now),
        outside=first_responses(clocks.exclude(part), now),
        approvals=_approvals(crisis, entries),
        on_call=_on_call(crisis, now),
        summary=rows.filter(kind=SUMMARY).last(),
        worked=rows.filter(kind=WORKED).last(),
        found=findings_of(crisis),
        actions=actions_of(rows),
        entries=entries,
        start_digest=start_of(crisis),
        broken=broken_link(crisis),
    )


# ── what people add ──────────────────────────────────────────────────────────
def write_summary(
    actor: User, crisis_id: int, text: str, *, seen: int | None = None, now: datetime | None = None
) -> CrisisEntry:
    """A new summary. `seen`: the line of the one that its author had before them, 0 for none.

    Raises Invalid, Missing, Conflict where somebody wrote another meanwhile.
    """
    require(actor, Permission.MANAGE_CRISES)
    return _written(actor, crisis_id, SUMMARY, text, seen, now or timezone.now())


def write_worked(
    actor: User, crisis_id: int, text: str, *, seen: int | None = None, now: datetime | None = None
) -> CrisisEntry:
    """What went well, to be done so again; `seen` as above. Raises Invalid, Missing, Conflict."""
    require(actor, Permission.MANAGE_CRISES)
    return _written(actor, crisis_id, WORKED, text, seen, now or timezone.now())


def add_action(
    actor: User,
    crisis_id: int,
    text: str,
    *,
    owner_id: int | None = None,
    due: date | None = None,
    now: datetime | None = None,
) -> CrisisEntry:
    """What is to be done, by whom and until when, as far as that is known. Raises Invalid, Missing."""
    require(actor, Permission.MANAGE_CRISES)
    now, words = now or timezone.now(), _text(text, LONGEST_ACTION)
    if owner_id is not None and not User.objects.filter(pk=owner_id, is_active=True).exists():
        raise _wrong("owner", _("There is no such colleague."))
    told = {"owner": owner_id, "due": due.isoformat() if due else None}
    with transaction.atomic():
        return tell(_locked(crisis_id, now), "action", actor=actor, now=now, text=words, **told)


def finish_action(actor: User, crisis_id: int, number: int, *, now: datetime | None = None) -> CrisisEntry:
    """It is done. Raises Missing, Conflict where it was before."""
    require(actor, Permission.MANAGE_CRISES)
    now = now or timezone.now()
    with transaction.atomic():
        crisis = _locked(crisis_id, now)
        rows = CrisisEntry.objects.filter(crisis=crisis)
        action = rows.filter(kind="action", number=number).first()
        if action is None:
            raise Missing(_("There is no such action."))
        if rows.filter(kind="action_done", data__action=number).exists():
            raise Conflict(_("This action is done already."), code="changed")
        return tell(crisis, "action_done", actor=actor, now=now, text=action.text, action=number)


def actions_of(entries: QuerySet[CrisisEntry]) -> list[Action]:
    """In the order in which they were added. `entries` are those of one crisis, with their actors."""
    told = list(entries.filter(kind__in=("action", "action_done")))
    done = {entry.data["action"]: entry for entry in told if entry.kind == "action_done"}
    people = User.objects.in_bulk({entry.data["owner"] for entry in told if entry.data.get("owner")})
    return [
        Action(
            entry.number,
            entry.text,
            people.get(entry.data["owner"]),
            parse_date(entry.data["due"] or ""),
            done[entry.number].at if entry.number in done else None,
            done[entry.number].actor if entry.number in done else None,
        )
        for entry in told
        if entry.kind == "action"
    ]


def _written(actor: User, crisis_id: int, kind: str, text: str, seen: int | None, now: datetime) -> CrisisEntry:
    """A text of the report, of which the newest holds."""
    words = _text(text, LONGEST_SUMMARY)
    with transaction.atomic():
        crisis = _locked(crisis_id, now)
        last = CrisisEntry.objects.filter(crisis=crisis, kind=kind).order_by("-number").first()
        if seen is not None and seen != (last.number if last else 0):
            raise Conflict(_("Somebody has written something else since you looked. Look again."), code="changed")
        return tell(crisis, kind, actor=actor, now=now, text=words)


# ── figures ──────────────────────────────────────────────────────────────────
def _times(crisis: Crisis, entries: Sequence[CrisisEntry], curve: Curve, now: datetime) -> Times:
    first = next((point.at for point in curve.points if point.messages), None)
    began, ended = crisis.started_at, crisis.ended_at or now
    asked = next((entry.at for entry in entries if entry.data.get("level") == Level.CRISIS), None)
    confirmed = next((entry.at for entry in entries if entry.kind == "confirmed"), None)
    acknowledged = next((entry.at for entry in entries if entry.kind == "acknowledged"), None)
    answered = _first_answer(crisis, began) if began else None
    out = [parse_datetime(entry.data["sent_at"]) for entry in entries if entry.kind == "post_sent"]
    stated = min(filter(None, out), default=None)
    return Times(
        noticed=crisis.created_at - first if first and first <= crisis.created_at else None,
        started=began - crisis.created_at if began else None,
        acknowledged=acknowledged - began if acknowledged and began else None,
        confirmed=confirmed - asked if confirmed and asked else None,
        answered=answered - began if answered and began else None,
        stated=stated - began if stated and began else None,
        lasted=ended - began if began else None,
    )


def _first_answer(crisis: Crisis, began: datetime) -> datetime | None:
    answers = Message.objects.filter(
        ticket__crises__crisis=crisis, ticket__crises__left_at=None, outgoing=True, created_at__gte=began
    )
    first: datetime | None = answers.aggregate(first=Min("created_at"))["first"]
    return first


def _approvals(crisis: Crisis, entries: Sequence[CrisisEntry]) -> Approvals:
    """Of replies on its tickets that were asked for while it was active, and of its posts."""
    began, ended = crisis.started_at or crisis.created_at, crisis.ended_at or datetime.max.replace(tzinfo=UTC)
    rows = Approval.objects.filter(
        state__in=[ApprovalState.APPROVED, ApprovalState.REJECTED],
        reply__ticket__crises__crisis=crisis,
        reply__ticket__crises__left_at=None,
        requested_at__gte=began,
        requested_at__lte=ended,
    )
    took = [decided - asked for asked, decided in rows.values_list("requested_at", "decided_at") if decided]
    published = {pk: entry.at for entry in entries if entry.kind == "published" for pk in entry.data["posts"]}
    decided = [entry for entry in entries if entry.kind in ("post_approved", "post_rejected")]
    took += [entry.at - published[entry.data["post"]] for entry in decided if entry.data["post"] in published]
    middle = timedelta(seconds=median(span.total_seconds() for span in took)) if took else None
    return Approvals(len(took), middle, max(took, default=None))


def _on_call(crisis: Crisis, now: datetime) -> list[OnCall]:
    """As the desk knew it then."""
    plan = plan_of(crisis.plan_id) if crisis.plan_id is not None else None
    if plan is None or crisis.started_at is None:
        return []
    rotas = {rota for level in plan.levels.values() for step in level.escalation.steps for rota in step.rotas}
    return between(rotas, crisis.started_at, crisis.ended_at or now, now)[:MOST_TURNS]


def _clocks(crisis: Crisis, now: datetime) -> QuerySet[Clock]:
    """First responses to what was written while it was active."""
    began, ended = crisis.started_at or now, crisis.ended_at or now
    return Clock.objects.filter(started_at__gte=began, started_at__lte=ended, ticket__inbox__drill=crisis.drill)


def _part_of(crisis: Crisis) -> QuerySet[CrisisTicket]:
    return CrisisTicket.objects.filter(crisis=crisis, left_at=None)


def _locked(crisis_id: int, now: datetime) -> Crisis:
    """The crisis, with nobody else writing in its log until the transaction ends. Raises Missing."""
    Crisis.objects.select_for_update().filter(pk=crisis_id).first()
    return at_hand(crisis_id, None, now)


def _text(text: str, longest: int) -> str:
    words = text.strip()
    if not words or len(words) > longest or "\x00" in words:
        raise _wrong("text", _("Write 1 to %(count)d characters.") % {"count": longest})
    return words


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})
