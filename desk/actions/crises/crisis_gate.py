"""The outbound gate of crises: whether a reply may leave, who may let it past, and what left before it closed.

It is asked when a reply is submitted, and again in the transaction in which a sender claims it. A claim and a step that
closes gates exclude each other, so that a claim either came before the step, which then lists it, or sees the crisis.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_levels import crisis_facts
from desk.actions.inboxes.channels import Channel
from desk.common.errors import Conflict
from desk.crises.active import active_crises
from desk.crises.models import Crisis
from desk.crises.plans import plan_of
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies.approvals import CRISIS, approved_codes
from desk.replies.models import CannedResponse, Reply
from desk.tickets.models import Ticket
from policies.crisis_plan import Closed, Gate, Gated, LevelPlan, Outbound, strictest_gate
from policies.crisis_scope import CrisisFacts, covering
from policies.reply_states import State

LOCK = 0x1B2  # advisory: shared by claims, alone for a step that closes gates
BLOCKED = f"crisis_{Gate.BLOCK}"


@contextmanager
def while_gates_stand() -> Iterator[None]:
    """A transaction in which no gate closes: for a claim and the look at the gate."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
        yield


def close_gates() -> None:
    """Wait for the claims that are being made, and hold back others until the caller's transaction is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


class Gates:
    """What crises mean for one ticket, as things stand at one moment: at most two queries, one where there is none.

    `calm`: the ticket came with the word that there is none, which is enough to show a page.
    """

    def __init__(self, ticket: Ticket, now: datetime, *, calm: bool = False) -> None:
        self._now = now
        self.crises = {} if calm else {crisis.pk: crisis for crisis in active_crises()}
        self._gated = gated(self.crises.values())
        self._ticket = ticket
        self._facts = facts_of([ticket], self.crises.values()).get(ticket.pk)

    def closed(self, visibility: str, *, scheduled: bool = False, let_past: Collection[int] = ()) -> Closed | None:
        """Why a reply of this ticket may not simply leave; None where it may."""
        if self._facts is None:
            return None
        reply = outbound(self._ticket, visibility, scheduled=scheduled, let_past=let_past)
        return strictest_gate(self._gated, self._facts, reply, self._now)

    def covering(self) -> list[tuple[Crisis, LevelPlan]]:
        """The crises that cover the ticket with what their level says, the strictest first."""
        if self._facts is None:
            return []
        found = covering((one.covering for one in self._gated), self._facts, self._now)
        plans = {one.covering.id: one.plan for one in self._gated}
        return [(self.crises[one.id], plans[one.id].levels[one.standing.level_at(self._now)]) for one in found]

    def blocked(self, channels: Sequence[Channel]) -> list[Channel]:
        """The ways to answer, those closed that a crisis blocks."""
        return [self._blocked(channel) for channel in channels]

    def _blocked(self, channel: Channel) -> Channel:
        closed = self.closed(channel.visibility)
        if closed is None or closed.gate is not Gate.BLOCK or not channel.allowed:
            return channel
        return replace(channel, allowed=False, reason=stopped_by(self.crises[closed.crisis]))


def statements_for(ticket: Ticket, now: datetime) -> list[str]:
    """Shortcuts of the canned responses that plans offer on this ticket, those of the strictest crisis first."""
    gates = Gates(ticket, now, calm=not getattr(ticket, "some_crisis", True))
    return list(dict.fromkeys(shortcut for _crisis, plan in gates.covering() for shortcut in plan.statements))


def templates_paused(ticket: Ticket, now: datetime) -> bool:
    """Whether a plan puts nothing on offer on this ticket but what it names."""
    gates = Gates(ticket, now, calm=not getattr(ticket, "some_crisis", True))
    return any(plan.pause_templates for _crisis, plan in gates.covering())


def template_paused(canned: CannedResponse, ticket: Ticket, now: datetime) -> bool:
    """Whether the words of this one may not be used on this ticket, because a plan offers nothing but what it names."""
    return templates_paused(ticket, now) and canned.shortcut not in statements_for(ticket, now)


def gate_of(reply: Reply, now: datetime) -> Closed | None:
    """Why this reply may not simply leave at this moment."""
    scheduled = reply.scheduled_for is not None
    return Gates(reply.ticket, now).closed(reply.visibility, scheduled=scheduled, let_past=reply.let_past)


def let_past(reply: Reply, actor: User, now: datetime) -> list[int]:
    """The crises whose gate a reply is past once `actor` lets it go. Raises NotPermitted, Conflict.

    Past a gate that holds, only whoever manages crises lets a reply; past one that blocks, nobody does. One that wants
    approval is left to approval. Where no gate is closed any more, whoever may answer decides.
    """
    gates, past = Gates(reply.ticket, now), set(reply.let_past)
    scheduled = reply.scheduled_for is not None
    while closed := gates.closed(reply.visibility, scheduled=scheduled, let_past=past):
        if closed.gate is Gate.BLOCK:
            raise Conflict(stopped_by(gates.crises[closed.crisis]), code=BLOCKED)
        if closed.gate is Gate.APPROVE:
            break
        require(actor, Permission.MANAGE_CRISES)
        past.add(closed.crisis)
    return sorted(past)


def replies_on_their_way(crisis: Crisis, now: datetime, ticket: Ticket | None = None) -> list[int]:
    """The claimed replies, of one ticket or of all, that its gate would stop now and nobody has approved."""
    if not crisis.level_at(now):
        return []
    rows = Reply.objects.filter(state=State.SENDING, **({"ticket": ticket} if ticket else {}))
    sending = list(rows.select_related("ticket__inbox").order_by("pk"))
    facts = facts_of([reply.ticket for reply in sending], [crisis])
    found = []
    for reply in sending:
        closed = strictest_gate(gated([crisis]), facts[reply.ticket_id], _leaving(reply), now)
        if closed and not (closed.gate is Gate.APPROVE and CRISIS in approved_codes(reply)):
            found.append(reply.pk)
    return found


def gated(crises: Collection[Crisis]) -> list[Gated]:
    """Active crises with the plan that each of them keeps."""
    return [Gated(crisis.covering, plan_of(crisis.plan_id)) for crisis in crises if crisis.plan_id is not None]


def facts_of(tickets: Collection[Ticket], crises: Collection[Crisis]) -> dict[int, CrisisFacts]:
    """What the scopes of these crises ask of tickets; nothing where there is no crisis."""
    return crisis_facts(tickets, [crisis.scope for crisis in crises]) if crises and tickets else {}


def outbound(ticket: Ticket, visibility: str, *, scheduled: bool, let_past: Collection[int]) -> Outbound:
    return Outbound(ticket.inbox.network, ticket.inbox_id, visibility, scheduled, frozenset(let_past))


def _leaving(reply: Reply) -> Outbound:
    scheduled = reply.scheduled_for is not None
    return outbound(reply.ticket, reply.visibility, scheduled=scheduled, let_past=reply.let_past)


def stopped_by(crisis: Crisis) -> str:
    """Why nothing can be sent."""
    return _("The crisis “%(name)s” stops every reply here. Write a note, or ask whoever leads it.") % {
        "name": crisis.name
    }
