"""Answers in batches in words: how far they are, and each ticket with what it gets or why it gets nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.customers.masking import Eyes
from desk.actions.statements import batch_run
from desk.actions.statements.batch_answers import HELD_BY_CRISIS, counts
from desk.actions.statements.batch_looking import ASKS, BLOCKED, CHANNEL_CLOSED, CRISIS_BLOCK, NOT_OFFERED, USED_UP
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import AnswerBatch, AnswerLine
from desk.web.show import text
from desk.web.show.crises import REPLY_STATES
from desk.web.show.findings import read
from desk.web.show.tiles import Tile, tile
from policies.batch_states import Event, possible_events

CODES: Mapping[str, Promise] = {
    USED_UP: gettext_lazy("Every wording has been said too often through this inbox: offer more of them."),
    CHANNEL_CLOSED: gettext_lazy("This customer can't be reached so now."),
    CRISIS_BLOCK: gettext_lazy("A crisis stops every reply here."),
    BLOCKED: gettext_lazy("The rulebook does not let this text leave."),
    NOT_OFFERED: gettext_lazy("This canned response is not for this customer."),
    ASKS: gettext_lazy("The text asks for something that nobody knows of this customer."),
    batch_run.NEWER: gettext_lazy("There is something newer on the ticket."),
    batch_run.CLOSED: gettext_lazy("Nobody waits for an answer any more."),
    batch_run.OWN_DRAFT: gettext_lazy("Its author is writing on this ticket."),
    batch_run.ERASED: gettext_lazy("The data of this customer was erased."),
    batch_run.NOT_PERMITTED: gettext_lazy("Its author may not answer any more."),
    "taken_out": gettext_lazy("Taken out by hand."),
}
PAUSED: Mapping[str, Promise] = {
    HELD_BY_CRISIS: gettext_lazy("The crisis holds replies since then. Whoever resumes has the rest held, one by one."),
    CRISIS_BLOCK: gettext_lazy("A crisis stops every reply since then."),
    batch_run.CRISIS_OVER: gettext_lazy("The crisis is over. Read the text again before you resume."),
    batch_run.NOT_PERMITTED: gettext_lazy("Its author may not answer any more."),
}
STEPS: Mapping[Event, Promise] = {
    Event.START: gettext_lazy("Start"),
    Event.PAUSE: gettext_lazy("Pause"),
    Event.RESUME: gettext_lazy("Resume"),
    Event.STOP: gettext_lazy("Stop for good"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket. `outlook`: what happens at its turn; then what became of it."""

    id: int
    ticket: int
    tile: Tile
    customer: str
    words: SafeString
    language: str
    state: str
    outlook: str
    findings: Sequence[Mapping[str, Any]]
    may_take_out: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: `share` in per cent of what can be answered."""

    states: list[tuple[str, str, int]]  # value, words, count
    waiting: int
    answered: int
    share: int
    minutes: str  # that the rest takes, at most


def line(row: AnswerLine, reader: User, batch: AnswerBatch, *, may_take_out: bool) -> Line:
    """Comes with its ticket, that one's profile and inbox, and its reply."""
    profile, eyes = row.ticket.profile, Eyes(reader)
    return Line(
        row.pk,
        row.ticket_id,
        tile(row.ticket.inbox.network, private=batch.visibility == "private"),
        text.name(profile.name, profile.handle, profile.external_id),
        text.said(eyes.read(row.text, by=batch.author_id)),
        row.ticket.language,
        row.state,
        _outlook(row),
        read(row.findings),
        may_take_out and row.state in (AnswerLine.States.NEW, AnswerLine.States.WAITING),
    )


def progress(batch: AnswerBatch) -> Progress:
    found = counts(batch)
    waiting = found[AnswerLine.States.NEW] + found[AnswerLine.States.WAITING]
    answered = found[AnswerLine.States.ANSWERED]
    return Progress(
        [(value, str(label), found[value]) for value, label in AnswerLine.States.choices if found[value]],
        waiting,
        answered,
        answered * 100 // (answered + waiting) if answered else 0,
        _lasts(batch),
    )


def steps(batch: AnswerBatch, reader: User) -> list[tuple[str, str]]:
    """What this reader may do with it: only its author lets it go."""
    own = batch.author_id == reader.pk
    return [
        (str(event), str(STEPS[event]))
        for event in possible_events(batch.state)
        if own or event in (Event.PAUSE, Event.STOP)
    ]


def paused(batch: AnswerBatch) -> str:
    """Why it paused by itself."""
    return str(PAUSED.get(batch.paused_because, ""))


def paces(batch: AnswerBatch) -> list[str]:
    """“@vlotlijn: one every 12 seconds”, where a network is slower than was asked for."""
    said = []
    for inbox in Inbox.objects.filter(pk__in=batch.lines.values("inbox")):
        seconds = round(batch_run.spacing(inbox, batch).total_seconds())
        every = ngettext("one a second", "one every %(count)d seconds", seconds) % {"count": seconds}
        said.append(_("%(inbox)s: %(every)s") % {"inbox": inbox.name, "every": every})
    return said


def _outlook(row: AnswerLine) -> str:
    if row.code:
        return str(CODES.get(row.code, _("The desk refused it: %(code)s.") % {"code": row.code}))
    if row.reply is not None:
        return str(REPLY_STATES.get(row.reply.state, row.reply.state))
    if row.approved_by is not None:
        return _("approved by %(name)s, leaves at its turn") % {"name": row.approved_by.name}
    if row.expects:
        return str(AnswerLine.Expects(row.expects).label)
    return ""


def _lasts(batch: AnswerBatch) -> str:
    """How long the rest takes in the inbox that takes longest."""
    waiting = AnswerLine.objects.filter(batch=batch, state=AnswerLine.States.WAITING)
    longest = 0.0
    for inbox in Inbox.objects.filter(pk__in=waiting.values("inbox")):
        seconds = batch_run.spacing(inbox, batch).total_seconds()
        longest = max(longest, seconds * waiting.filter(inbox=inbox).count())
    minutes = -(-int(longest) // 60)
    return (
        ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {"count": minutes} if longest else ""
    )
