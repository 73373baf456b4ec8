"""How a drill went, from the log of its crisis and from its rows; `policies.drill_score` holds it against the plan."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from desk.actions.reports.wallboard_figures import first_responses
from desk.crises.checklist import checklist
from desk.crises.models import Crisis, CrisisEntry
from desk.crises.plans import plan_of
from desk.drills.models import Beat, Drill
from desk.replies.models import Approval, Reply
from desk.sla.models import Clock
from desk.statements.models import Post
from desk.tickets.models import Ticket
from policies.approval_states import State as ApprovalState
from policies.crisis_plan import CrisisPlan
from policies.drill_score import Measured, score
from policies.reply_states import State


def card_of(drill: Drill, now: datetime) -> dict[str, Any]:
    """What is kept of a drill: `passed`, the `lines`, `figures` beside them, `people` who took part, by number."""
    plan = plan_of(drill.plan_id or 0)
    card = score(measured(drill, plan, now), plan.targets)
    return {
        "passed": card.passed,
        "lines": card.as_json(),
        "figures": _figures(drill),
        "targets": asdict(plan.targets),
        "people": _people(drill),
    }


def measured(drill: Drill, plan: CrisisPlan, now: datetime) -> Measured:
    """Everything counts from when the first customer of the drill wrote."""
    first, found = first_post(drill), crises_of(drill)
    responses = first_responses(
        Clock.objects.filter(ticket__inbox=drill.inbox_id, started_at__gte=drill.started_at), now
    )
    tasks = checklist(found[-1]) if found else []
    detected = found[0].created_at if found else None
    return Measured(
        detected=_from(first, detected),
        acknowledged=_from(detected, _earliest(found, Q(actor__isnull=False))),
        level=_from(first, _earliest(found, Q(kind__in=["started", "level"], data__level__gte=drill.scenario.level))),
        statement=_from(first, _first_statement(drill, plan)),
        approvals=tuple(
            decided - asked
            for asked, decided in _approvals(drill).values_list("requested_at", "decided_at")
            if decided is not None
        ),
        responses_on_time=responses.met,
        responses_promised=responses.met + responses.breached,
        tasks_done=sum(task.done is not None for task in tasks),
        tasks=len(tasks),
    )


def first_post(drill: Drill) -> datetime | None:
    """When the first customer of the drill wrote; the company's own posts do not count."""
    posts = Beat.objects.filter(drill=drill, kind=Beat.BeatKind.POST, played_at__isnull=False).exclude(external_id="")
    found: datetime | None = posts.exclude(data__author="").aggregate(first=Min("played_at"))["first"]
    return found


def crises_of(drill: Drill) -> list[Crisis]:
    """What was suspected or started in it, in order; the last one is what people worked by."""
    began = Crisis.objects.filter(drill=True, created_at__gte=drill.started_at)
    return list((began.filter(created_at__lte=drill.ended_at) if drill.ended_at else began).order_by("id"))


def replies_of(drill: Drill) -> "QuerySet[Reply]":
    return Reply.objects.filter(drill=True, ticket__inbox=drill.inbox_id, submitted_at__gte=drill.started_at)


def tickets_of(drill: Drill) -> "QuerySet[Ticket]":
    """What its customers wrote. The sandbox gives the times, whose clock may be a little behind ours."""
    since = drill.started_at - timedelta(seconds=30) if drill.started_at else None
    until = {"received_at__lte": drill.ended_at} if drill.ended_at else {}
    return Ticket.objects.filter(inbox=drill.inbox_id, received_at__gte=since, **until)


def _earliest(crises: Sequence[Crisis], which: Q) -> datetime | None:
    """When a line of their logs first said this."""
    lines = CrisisEntry.objects.filter(which, crisis__in=[crisis.pk for crisis in crises])
    return lines.order_by("at").values_list("at", flat=True).first()


def _first_statement(drill: Drill, plan: CrisisPlan) -> datetime | None:
    """The first post of ours, or public answer that began as a statement of the plan; any, where that offers none."""
    said = replies_of(drill).filter(state=State.SENT, visibility=Reply.Visibility.PUBLIC)
    if offered := {shortcut for level in plan.levels.values() for shortcut in level.statements}:
        said = said.filter(canned_response__shortcut__in=offered)
    posts = Post.objects.filter(publication__crisis__in=crises_of(drill), state=State.SENT)
    first = (rows.aggregate(first=Min("sent_at"))["first"] for rows in (said, posts))
    return min((at for at in first if at is not None), default=None)


def _approvals(drill: Drill) -> "QuerySet[Approval]":
    return Approval.objects.filter(
        reply__in=replies_of(drill), state__in=[ApprovalState.APPROVED, ApprovalState.REJECTED]
    )


def _figures(drill: Drill) -> Mapping[str, int]:
    """What happened, as it is shown beside the card."""
    beats = Beat.objects.filter(drill=drill, kind=Beat.BeatKind.POST).aggregate(
        posts=Count("pk"), played=Count("pk", filter=~Q(external_id=""))
    )
    replies = replies_of(drill).aggregate(
        replies=Count("pk"),
        sent=Count("pk", filter=Q(state=State.SENT)),
        held=Count("pk", filter=Q(held_by__isnull=False)),
    )
    decided = _approvals(drill).aggregate(
        approved=Count("pk", filter=Q(state=ApprovalState.APPROVED)),
        rejected=Count("pk", filter=Q(state=ApprovalState.REJECTED)),
    )
    return {**beats, "tickets": tickets_of(drill).count(), **replies, **decided}


def _people(drill: Drill) -> list[int]:
    """Whoever did something in it."""
    took_part = {drill.started_by_id, *replies_of(drill).values_list("author", flat=True).distinct()}
    took_part.update(_approvals(drill).values_list("decided_by", flat=True))
    lines = CrisisEntry.objects.filter(crisis__in=[crisis.pk for crisis in crises_of(drill)])
    took_part.update(lines.values_list("actor", flat=True).distinct())
    return sorted(pk for pk in took_part if pk is not None)


def _from(start: datetime | None, end: datetime | None) -> timedelta | None:
    """How long it took; nothing where one of them is missing, and never less than nothing."""
    return max(end - start, timedelta()) if start is not None and end is not None else None
