"""Requests for approval as rows: one conditional UPDATE for each step, so that of two decisions at once one counts."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.people.models import User
from desk.replies.files import digest_of
from desk.replies.models import Approval, Reply
from desk.tickets.models import TicketEvent
from policies.approval_states import TABLE, Event, State
from policies.reply_states import State as ReplyState

ASKED = "approval.asked"  # the agent's own wish
ROLE = "approval.role"  # the author's role: as the rule of that name, and whatever the rulebook says
CRISIS = "approval.crisis"  # a crisis covers the ticket: as the rule of that name, and where a crisis plan says so
NEEDED = "needs_approval"  # `Reply.problem_code` while a colleague's word is missing
NEWER = "newer_message"  # and while the customer's newer words wait for somebody's look
CUSTOMER_SPOKE = ("message_received", "message_edited")

COUNTED_TO = 100
REASONS: dict[str, "str | Promise"] = {
    ASKED: _("The author asked for it"),
    ROLE: _("The author's role"),
    CRISIS: _("Crisis"),
}


def move(approval: Approval, event: Event, **columns: Any) -> bool:
    """Take one step; False where somebody else took a step first. Raises TransitionRefused for an impossible one."""
    state = TABLE.next(approval.state, event)
    moved = Approval.objects.filter(pk=approval.pk, state=approval.state).update(state=state, **columns)
    if moved:
        for name, value in {"state": state, **columns}.items():
            setattr(approval, name, value)
    return bool(moved)


def waiting() -> "QuerySet[Approval]":
    """Requests that nobody has decided, with what their lines show."""
    return Approval.objects.filter(state=State.WAITING).select_related(
        "reply__author", "reply__ticket__inbox", "reply__ticket__profile", "words_by"
    )


def decided(reply: Reply) -> "QuerySet[Approval]":
    """What became of earlier requests for this reply, oldest first."""
    return Approval.objects.filter(reply=reply).exclude(state=State.WAITING).select_related("decided_by").order_by("id")


def count_for(person: User) -> int:
    """How many wait for this person, at most COUNTED_TO: none that they wrote themselves."""
    mine = Q(reply__author=person) | Q(words_by=person)
    return len(Approval.objects.filter(state=State.WAITING).exclude(mine).values_list("pk", flat=True)[:COUNTED_TO])


def may_decide(person: User, approval: Approval) -> bool:
    """Nobody approves their own words, nor what goes out in their name."""
    return person.pk not in (approval.reply.author_id, approval.words_by_id)


def approved_codes(reply: Reply) -> set[str]:
    """For which reasons exactly these words were approved, with exactly these files beside them."""
    rows = Approval.objects.filter(
        reply=reply, state=State.APPROVED, approved_text=reply.text, approved_attached=digest_of(reply)
    )
    return {code for codes in rows.values_list("codes", flat=True) for code in codes}


def overtaken() -> "QuerySet[Reply]":
    """Replies that wait while their customer has written something newer since somebody last looked."""
    newer = TicketEvent.objects.filter(
        ticket=OuterRef("ticket"), pk__gt=OuterRef("looked_event_id"), kind__in=CUSTOMER_SPOKE
    )
    waits = Q(state=ReplyState.HELD, problem_code=NEEDED) | Q(state=ReplyState.QUEUED, scheduled_for__isnull=False)
    return Reply.objects.filter(waits, Exists(newer), looked_event_id__isnull=False)


def is_overtaken(reply: Reply) -> bool:
    """Whether the customer has written something newer since somebody last looked, where that matters."""
    if reply.looked_event_id is None:
        return False
    newer = TicketEvent.objects.filter(ticket=reply.ticket_id, pk__gt=reply.looked_event_id, kind__in=CUSTOMER_SPOKE)
    return newer.exists()
