"""What was answered becomes a suggestion: from colleagues' answers and from tickets that are resolved. No person acts.

A sweep reads what is new and a little of what is not, because lines of the timeline become visible out of their order;
what was looked at before is known by its source.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from desk.actions.customers.masking import COUNTRY, reference_patterns
from desk.knowledge.models import LANGUAGES, ArticleUse, ReadUpTo, Suggestion
from desk.people.models import User
from desk.questions.models import Entry
from desk.tickets.models import Message, Profile, Ticket, TicketEvent
from policies.hiding import hidden
from policies.knowledge_suggestions import ALIKE, is_answer, is_question, without_people
from policies.near_duplicates import digest, similarity
from policies.personal_data import own_data
from policies.ticket_states import State as TicketState

MOST = 3_000  # lines or answers in one sweep
AT_FIRST = 20_000  # of the newest that a desk begins with
AGAIN = 500  # that are read once more
COMPARED = 50  # earlier suggestions that share something


def sweep(now: datetime) -> int:
    """Look at what came since the last time; how many new suggestions there are. One sweep at a time."""
    with transaction.atomic():
        for name, rows in (("events", TicketEvent.objects), ("answers", Entry.objects)):
            newest = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
            ReadUpTo.objects.get_or_create(name=name, defaults={"number": max(newest - AT_FIRST, 0)})
        known = {one.name: one for one in ReadUpTo.objects.select_for_update(skip_locked=True).order_by("name")}
        if len(known) < 2:
            return 0
        return _from_tickets(known["events"], now) + _from_answers(known["answers"], now)


def _from_tickets(reading: ReadUpTo, now: datetime) -> int:
    rows = TicketEvent.objects.filter(pk__gt=reading.number - AGAIN).order_by("pk")
    lines = list(rows.values_list("pk", "ticket_id", "data__to")[:MOST])
    if lines:
        _keep(reading, lines[-1][0])
    resolved = dict.fromkeys(ticket for _pk, ticket, to in lines if to == TicketState.RESOLVED)
    tickets = Ticket.objects.filter(
        pk__in=_not_looked_at("ticket", resolved), state=TicketState.RESOLVED, inbox__drill=False, erased_at=None
    )
    return sum(_of_ticket(one, now) for one in tickets.select_related("inbox").order_by("pk"))


def _from_answers(reading: ReadUpTo, now: datetime) -> int:
    rows = Entry.objects.filter(pk__gt=reading.number - AGAIN).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True)[:MOST])
    if numbers:
        _keep(reading, numbers[-1])
    entries = Entry.objects.filter(
        pk__in=_not_looked_at("answer", numbers), answers=True, question__ticket__erased_at=None
    ).exclude(text="")
    rows = entries.filter(question__ticket__inbox__drill=False).select_related("question__ticket__inbox", "author")
    return sum(_of_answer(one, now) for one in rows.order_by("pk"))


def _of_ticket(ticket: Ticket, now: datetime) -> int:
    """The customer's first words and our last ones, where those were not taken from what is written already."""
    said = Message.objects.filter(ticket=ticket, deleted_at=None, erased_at=None)
    asked = next(
        (one for one in said.filter(outgoing=False).order_by("created_at", "pk")[:5] if is_question(one.text)), None
    )
    ours = said.filter(outgoing=True).select_related("sender").order_by("-created_at", "-pk")
    own_words = ours.filter(
        Q(reply=None) | Q(reply__canned_response=None) | Q(reply__canned_edited=True)
    )  # a canned response is known already
    answer = next((one for one in own_words[:5] if is_answer(one.text)), None)
    if asked is None or answer is None or ArticleUse.objects.filter(ticket=ticket, how__in=["text", "link"]).exists():
        return 0
    return _suggest(Suggestion.Kind.TICKET, f"ticket {ticket.pk}", ticket, asked.text, answer.text, answer.sender, now)


def _of_answer(entry: Entry, now: datetime) -> int:
    question = entry.question
    if not is_question(question.text):
        return 0
    return _suggest(
        Suggestion.Kind.ANSWER, f"answer {entry.pk}", question.ticket, question.text, entry.text, entry.author, now
    )


def suggest_finding(ticket: Ticket, number: int, finding: str, author: User, now: datetime) -> bool:
    """What a swarm found on a ticket, as somebody asked for; whether anything is suggested. In a transaction.

    Not what is of a drill, nor where the customer said nothing that could be asked again.
    """
    said = Message.objects.filter(ticket=ticket, outgoing=False, deleted_at=None, erased_at=None)
    asked = next((one.text for one in said.order_by("created_at", "pk")[:5] if is_question(one.text)), None)
    if asked is None or ticket.inbox.drill:
        return False
    return bool(_suggest(Suggestion.Kind.FINDING, f"finding {number}", ticket, asked, finding, author, now))


def _suggest(
    kind: str, source: str, ticket: Ticket, asked: str, answer: str, author: User | None, now: datetime
) -> int:
    names = _names(ticket)
    question, said = (without_people(_masked(text), names) for text in (asked, answer))
    wanted = ticket.language or ticket.inbox.language
    made = Suggestion(
        kind=kind, source=source, ticket=ticket, author=author, question=question, answer=said, created_at=now,
        language=wanted if wanted in LANGUAGES else LANGUAGES[0],
        question_digest=list(digest(question)), answer_digest=list(digest(said)),
    )  # fmt: skip
    first = _same(made)
    if first is not None:
        Suggestion.objects.filter(pk=first).update(times=F("times") + 1)
        made.same_as_id, made.question, made.answer = first, "", ""
        made.question_digest, made.answer_digest = [], []
    made.save()
    return first is None


def _same(made: Suggestion) -> int | None:
    """An earlier one that asks the same or answers the same."""
    for column in ("question_digest", "answer_digest"):
        own = getattr(made, column)
        if not own:
            continue
        rows = Suggestion.objects.filter(**{f"{column}__overlap": own, "language": made.language}).order_by("-pk")
        for number, other in rows.values_list("pk", column)[:COMPARED]:
            if similarity(tuple(own), tuple(other)) >= ALIKE:
                return int(number)
    return None


def _masked(text: str) -> str:
    return hidden(text, own_data(tuple(settings.OWN_DETAILS), COUNTRY), COUNTRY, reference_patterns())


def _names(ticket: Ticket) -> list[str]:
    """What the customer is called, on any network."""
    rows = Profile.objects.filter(Q(customer=ticket.customer_id) | Q(pk=ticket.profile_id))
    return [name for both in rows.values_list("name", "handle") for name in both if name]


def _not_looked_at(kind: str, numbers: Iterable[int]) -> list[int]:
    known = set(
        Suggestion.objects.filter(source__in=[f"{kind} {one}" for one in numbers]).values_list("source", flat=True)
    )
    return [one for one in numbers if f"{kind} {one}" not in known]


def _keep(reading: ReadUpTo, number: int) -> None:
    ReadUpTo.objects.filter(pk=reading.pk).update(number=max(number, reading.number))
