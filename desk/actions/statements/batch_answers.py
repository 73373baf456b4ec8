"""Answering many customers of a crisis: somebody says to whom, in which words and how fast, reads what each would get,
and starts it. `batch_run` has the worker's half.

Each answer is a reply like any other: submitted by its author's name at its turn, with its own check, approval, clock
and record.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_moves import at_hand, tell
from desk.actions.crises.crisis_team import RUNNING
from desk.actions.replies.canned import read as read_canned
from desk.actions.statements.batch_choice import Chosen, lines_for
from desk.common.background import enqueue
from desk.common.bulk import insert_rows
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.replies.lines import in_order
from desk.replies.models import AnswerBatch, AnswerLine, CannedResponse, Reply
from desk.statements.models import Publication
from policies.batch_states import Event, TransitionRefused, next_state
from policies.canned_form import Definition
from policies.canned_states import State as CannedState
from policies.canned_text import read
from policies.variation import wordings

USUAL_PER_MINUTE, MOST_PER_MINUTE = 10, 60  # in each inbox; a network's own limit may be lower
HELD_BY_CRISIS = "crisis_hold"  # `AnswerBatch.paused_because`: its gate closed meanwhile
STARTED, PAUSED, RESUMED, STOPPED = "batch_started", "batch_paused", "batch_resumed", "batch_stopped"
NOBODY_WAITS = "nothing_chosen"  # code of the refusal
_LINE = (
    "batch_id", "ticket_id", "inbox_id", "seen_event_id", "state", "expects", "text", "findings", "code",
    "approved_codes",
)  # fmt: skip


def prepare(
    actor: User,
    crisis_id: int,
    *,
    chosen: Chosen | None = None,
    texts: Sequence[Mapping[str, str]] = (),
    fallback: str = "",
    canned_response_id: int | None = None,
    visibility: str = "public",
    per_minute: int = USUAL_PER_MINUTE,
    publication: Publication | None = None,
    now: datetime | None = None,
) -> AnswerBatch:
    """A batch of which nothing leaves yet: a worker looks what each ticket would get.

    The replies of a `publication` start by themselves once that is done, to whoever waits longest where there are
    more than fit.

    `texts` have a language, perhaps a network, and a text with its alternatives (`policies.variation`); or
    `canned_response_id` names a canned response that has them. `fallback` is the language for customers in whose
    language there is no text. `per_minute`: in each inbox, at most. Raises Invalid, Missing, Conflict.
    """
    require(actor, Permission.ANSWER_IN_BATCHES)
    now, chosen = now or timezone.now(), chosen or Chosen()
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise _wrong("per_minute", _("From 1 to %(most)d a minute.") % {"most": MOST_PER_MINUTE})
    if visibility not in Reply.Visibility.values:
        raise _wrong("visibility", _("Choose public or private."))
    canned = _canned(canned_response_id, texts, visibility)
    said = canned.definition if canned else _written(texts, fallback)
    with transaction.atomic():
        crisis = at_hand(crisis_id, None, now)
        if crisis.state not in RUNNING:
            raise Conflict(_("Tickets of this crisis can't be answered: it is not active."), code="transition_refused")
        found = lines_for(crisis, chosen, cut=publication is not None)
        batch = AnswerBatch.objects.create(
            crisis=crisis,
            author=actor,
            visibility=visibility,
            texts=said.texts_form(),
            fallback=said.fallback,
            variables=said.variables_form(),
            canned_response=canned,
            chosen=chosen.as_json(),
            publication=publication,
            per_minute=per_minute,
            total=len(found),
            created_at=now,
            moved_at=now,
        )
        new = AnswerLine.States.NEW
        insert_rows(AnswerLine, _LINE, ((batch.pk, *row, new, "", "", "[]", "", "[]") for row in found))
        audit(actor, "answers_prepared", batch, crisis=crisis.pk, tickets=len(found))
        enqueue("desk.tasks.look_at_answers", batch.pk)
    return batch


def start(actor: User, batch_id: int, *, now: datetime | None = None) -> AnswerBatch:
    """Let it go, ticket by ticket, at its pace. Raises Missing, Conflict."""
    return _step(actor, batch_id, Event.START, STARTED, now)


def pause(actor: User, batch_id: int, *, now: datetime | None = None) -> AnswerBatch:
    """What was handed in goes on as any reply; the rest waits. Raises Missing, Conflict."""
    return _step(actor, batch_id, Event.PAUSE, PAUSED, now)


def resume(actor: User, batch_id: int, *, now: datetime | None = None) -> AnswerBatch:
    """Go on, also where it paused by itself. Raises Missing, Conflict."""
    return _step(actor, batch_id, Event.RESUME, RESUMED, now)


def stop(actor: User, batch_id: int, *, now: datetime | None = None) -> AnswerBatch:
    """Nothing more of it is handed in, for good. Raises Missing, Conflict."""
    return _step(actor, batch_id, Event.STOP, STOPPED, now)


def take_out(actor: User, line_id: int) -> AnswerLine:
    """This ticket gets no answer by its batch. Raises Missing, Conflict where it had its turn."""
    require(actor, Permission.ANSWER_IN_BATCHES)
    with transaction.atomic():
        line = AnswerLine.objects.filter(pk=line_id).first()
        if line is None:
            raise Missing(_("There is no such line."))
        batch = AnswerBatch.objects.select_for_update(no_key=True).get(
            pk=line.batch_id
        )  # its worker holds the same row
        waits = AnswerLine.objects.filter(pk=line.pk, state__in=[AnswerLine.States.NEW, AnswerLine.States.WAITING])
        if not waits.update(state=AnswerLine.States.LEFT_OUT, code="taken_out"):
            raise Conflict(_("This ticket does not wait for its turn any more."))
        audit(actor, "answer_taken_out", batch, ticket=line.ticket_id)
    line.refresh_from_db()
    return line


def counts(batch: AnswerBatch) -> dict[str, int]:
    """How many tickets are where: the crisis's log says so when it starts and when it ends."""
    return counts_of([batch])[batch.pk]


def counts_of(batches: Sequence[AnswerBatch]) -> dict[int, dict[str, int]]:
    """The same of several. One query."""
    found = {batch.pk: dict.fromkeys(map(str, AnswerLine.States.values), 0) for batch in batches}
    rows = AnswerLine.objects.filter(batch__any_of=list(found)).values_list("batch_id", "state")
    for batch_id, state, count in rows.annotate(Count("pk")):
        found[batch_id][state] = count
    return found


def on_offer(visibility: str) -> "QuerySet[CannedResponse]":
    """The canned responses that a batch can be made of; to whom each may go is asked ticket by ticket."""
    today = Q(expires_on=None) | Q(expires_on__gte=timezone.localdate())
    return CannedResponse.objects.filter(today, state=CannedState.ACTIVE, visibility__in=["", visibility])


def _step(actor: User, batch_id: int, event: Event, kind: str, now: datetime | None) -> AnswerBatch:
    require(actor, Permission.ANSWER_IN_BATCHES)
    now = now or timezone.now()
    with transaction.atomic():
        batch = AnswerBatch.objects.select_for_update(no_key=True).filter(pk=batch_id).first()
        if batch is None:
            raise Missing(_("There are no such answers."))
        if event is not Event.STOP and event is not Event.PAUSE and batch.author_id != actor.pk:
            raise Conflict(_("They go in the name of whoever wrote them, who alone starts them."), code="own_words")
        try:
            batch.state = next_state(batch.state, event)
        except TransitionRefused:
            words = {"state": AnswerBatch.States(batch.state).label}
            raise Conflict(_("This is not possible now: %(state)s.") % words, code="transition_refused") from None
        if event is Event.RESUME and batch.paused_because == HELD_BY_CRISIS:  # somebody knows now that it holds them
            waiting = AnswerLine.objects.filter(batch=batch, state=AnswerLine.States.WAITING)
            in_order(waiting).update(expects=AnswerLine.Expects.HOLD)
        batch.moved_at, batch.paused_because = now, ""
        if event in (Event.START, Event.RESUME):
            batch.resumed_at = now
        if event is Event.STOP:
            batch.ended_at = now
        batch.save(update_fields=["state", "moved_at", "paused_because", "resumed_at", "ended_at"])
        tell(at_hand(batch.crisis_id, None, now), kind, actor=actor, now=now, batch=batch.pk, **told(batch))
    return batch


def told(batch: AnswerBatch) -> dict[str, Any]:
    """What the log of the crisis says of it."""
    found = counts(batch)
    return {
        "tickets": batch.total,
        "answered": found[AnswerLine.States.ANSWERED],
        "left_out": found[AnswerLine.States.LEFT_OUT] + found[AnswerLine.States.REFUSED],
    }


def _canned(canned_id: int | None, texts: Sequence[Mapping[str, str]], visibility: str) -> CannedResponse | None:
    if canned_id is None:
        return None
    if texts:
        raise _wrong("canned_response", _("Choose a text or write one, not both."))
    canned = on_offer(visibility).filter(pk=canned_id).first()
    if canned is None:
        raise _wrong("canned_response", _("There is no such canned response on offer."))
    return canned


def _written(texts: Sequence[Mapping[str, str]], fallback: str) -> Definition:
    """What was written, if every wording of it can be read. Raises Invalid with what is wrong at each path."""
    first = str(texts[0].get("language", "")) if texts else ""
    said = read_canned(list(texts), fallback or first or "nl", [])
    for place, variant in enumerate(said.variants):
        if any(read(one)[1] or not one for one in wordings(variant.source)):
            raise _wrong(f"texts.{place}.text", _("One of its wordings can't be read: look at the brackets."))
    return said


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})
