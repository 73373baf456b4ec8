"""Asking for a colleague's word, and what takes the request away again. `approval.py` has the word itself.

Every function here runs in the caller's transaction, with the reply's ticket locked (`outbox.take`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from desk.actions.tickets.opening import after, opening_hours
from desk.actions.tickets.timeline import record
from desk.alerts.notices import Notice, notify
from desk.common.live import publish
from desk.people.duty import standings
from desk.people.models import User
from desk.people.permissions import Permission, Role, permissions_of
from desk.replies import approvals
from desk.replies.approvals import ASKED, CRISIS, ROLE
from desk.replies.files import digest_of
from desk.replies.models import Approval, Reply
from desk.rulebooks.active import InForce
from desk.tickets.models import Ticket
from policies.approval_states import Event, State
from policies.crisis_plan import Closed, Gate
from policies.findings import Severity


def reasons(
    author: User, findings: Iterable[Mapping[str, Any]], *, asked: bool, closed: Closed | None, prepared: bool = False
) -> set[str]:
    """Why these words need a colleague's approval; empty where they may leave. `closed` is the gate of a crisis.

    `prepared`: what a colleague approved beforehand needs nobody because there is a crisis: it was written for one.
    """
    codes = {finding["code"] for finding in findings if finding["severity"] == Severity.APPROVE}
    if not author.may(Permission.REPLY_ALONE):
        codes.add(ROLE)
    if closed is not None and closed.gate is Gate.APPROVE:
        codes.add(CRISIS)
    if prepared:
        codes.discard(CRISIS)
    return codes | ({ASKED} if asked else set())


def newest_event(ticket: Ticket) -> int:
    """The timeline as whoever decides now may know it."""
    return ticket.events.order_by("-id").values_list("pk", flat=True).first() or 0


def ask(reply: Reply, codes: Iterable[str], under: InForce, now: datetime) -> Approval:
    """Put it before the approvers, who hear of it at once.

    It is due after the rulebook's minutes of opening time, and where nobody has decided some more of them later the
    deputies are asked. Whoever wrote these words last approves them as little as the author in whose name they go.
    """
    hours, terms = opening_hours(), under.rulebook.approval
    if reply.looked_event_id is None:
        reply.looked_event_id = newest_event(reply.ticket)
        reply.save(update_fields=["looked_event_id"])
    for overdone in Approval.objects.filter(reply=reply, state=State.WAITING):
        approvals.move(overdone, Event.WITHDRAW, decided_at=now)
    last = Approval.objects.filter(reply=reply, state=State.APPROVED).order_by("-id").first()
    approval = Approval.objects.create(
        reply=reply,
        codes=sorted(codes),
        text=reply.text,
        attached=digest_of(reply),
        words_by=last.decided_by if last is not None and last.decided_by and last.edited else reply.author,
        requested_at=now,
        due_at=after(now, terms.due_minutes, hours),
        deputy_at=after(now, terms.due_minutes + terms.deputy_after_minutes, hours),
    )
    record(reply.ticket, "approval_asked", at=now, actor=reply.author, reply=reply.pk, codes=approval.codes)
    tell_approvers(approval, now)
    _publish(approval)
    return approval


def vouch(reply: Reply, actor: User, now: datetime) -> None:
    """Whoever lets a colleague's reply past the gate of a crisis has read these words: nobody is asked once more."""
    if actor.pk == reply.author_id:
        return
    attached = digest_of(reply)
    Approval.objects.create(
        reply=reply,
        codes=[CRISIS],
        text=reply.text,
        attached=attached,
        approved_attached=attached,
        words_by=reply.author,
        state=State.APPROVED,
        requested_at=now,
        due_at=now,
        deputy_at=now,
        decided_by=actor,
        decided_at=now,
        approved_text=reply.text,
    )


def withdraw(reply: Reply, now: datetime) -> None:
    """The words are taken back or dropped: nobody needs to decide, and what was decided no longer counts."""
    for approval in _standing(reply):
        if approvals.move(approval, Event.WITHDRAW, decided_at=approval.decided_at or now):
            _publish(approval)


def send_back(reply: Reply, now: datetime) -> None:
    """The customer wrote something newer: the author looks again, and approval begins anew."""
    for approval in _standing(reply):
        if approvals.move(approval, Event.SEND_BACK, decided_at=approval.decided_at or now):
            _publish(approval)
    notify([Notice(reply.author_id, "reply_overtaken", ticket_id=reply.ticket_id)], now)


def tell_author(approval: Approval, kind: str, now: datetime, **params: object) -> None:
    """A word at the bell of who wrote it."""
    reply = approval.reply
    notify([Notice(reply.author_id, kind, ticket_id=reply.ticket_id, params=params)], now)
    _publish(approval)


def tell_approvers(approval: Approval, now: datetime) -> None:
    """The ticket's team first: those of it who are at work; where nobody of it is, whoever is; else everybody."""
    able = _able(approval)
    known = standings(able, now)
    at_work = [one for one in able if known[one.pk].on_duty]
    team = approval.reply.ticket.team
    mates = set(team.members.values_list("pk", flat=True)) if team else set()
    _tell([one for one in at_work if one.pk in mates] or at_work or able, approval, "approval_asked", now)


def tell_deputies(approval: Approval, now: datetime) -> None:
    """Its time is over: everybody who may decide about it, in whatever team, at work or not."""
    _tell(_able(approval), approval, "approval_waits", now)


def _able(approval: Approval) -> list[User]:
    """Who may decide about it."""
    roles = [role for role in Role.values if Permission.APPROVE in permissions_of(role)]
    people = User.objects.filter(role__in=roles, is_active=True).order_by("pk")
    return [one for one in people if approvals.may_decide(one, approval)]


def _tell(people: Iterable[User], approval: Approval, kind: str, now: datetime) -> None:
    params = {"reply": approval.reply_id, "by_name": approval.reply.author.name}
    notify([Notice(one.pk, kind, ticket_id=approval.reply.ticket_id, params=params) for one in people], now)


def _standing(reply: Reply) -> list[Approval]:
    """Those that wait or were given."""
    return list(Approval.objects.filter(reply=reply, state__in=[State.WAITING, State.APPROVED]))


def _publish(approval: Approval) -> None:
    publish("approval", {"id": approval.pk, "reply": approval.reply_id, "state": approval.state})
