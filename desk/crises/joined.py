"""Which tickets are part of which crises, and what was said in them, written down set-based."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from django.db import connection

from desk.common.bulk import insert_rows
from desk.crises.models import CrisisCount, CrisisTicket
from policies.crisis_scope import CrisisFacts
from policies.triage import Sentiment

BUCKET = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTED = ("messages", "negative", "positive", "answers")
_ADD = ", ".join(f"{name} = crises_crisiscount.{name} + EXCLUDED.{name}" for name in _COUNTED)


@dataclass(slots=True)
class Decisions:
    """Where one ticket belongs, and what people said of that, by crisis."""

    part_of: set[int] = field(default_factory=set)  # all that it is part of, however it came
    put_in: set[int] = field(default_factory=set)  # of these, what did not come by the scope
    taken_out: set[int] = field(default_factory=set)


NOTHING_SAID = Decisions()  # only read


def bucket_of(moment: datetime) -> datetime:
    """The beginning of its five minutes."""
    return moment - (moment - _EPOCH) % BUCKET


def decisions(ticket_ids: Collection[int]) -> dict[int, Decisions]:
    """Of tickets that are, or were, part of a crisis. One query."""
    found: dict[int, Decisions] = {}
    rows = CrisisTicket.objects.filter(ticket__any_of=ticket_ids)
    for ticket, crisis, how, left_at in rows.values_list("ticket_id", "crisis_id", "how", "left_at"):
        one = found.setdefault(ticket, Decisions())
        if left_at is not None:
            one.taken_out.add(crisis)
        else:
            one.part_of.add(crisis)
            if how != CrisisTicket.How.SCOPE:
                one.put_in.add(crisis)
    return found


def with_decisions(facts: CrisisFacts, said: Decisions) -> CrisisFacts:
    """The same facts, with what people said of the ticket."""
    if not said.put_in and not said.taken_out:
        return facts
    put_in, out = frozenset(said.put_in), frozenset(said.taken_out)
    return replace(facts, put_in=put_in, taken_out=out)


def join(rows: Iterable[tuple[int, int, str, int]], at: datetime) -> set[tuple[int, int]]:
    """Make tickets part of crises: (crisis, ticket, how, reach). Gives the pairs that are new; what was there stays."""
    columns = ("crisis_id", "ticket_id", "how", "at", "reach", "digest")
    values = [(crisis, ticket, how, at, reach, "[]") for crisis, ticket, how, reach in sorted(rows)]
    written = insert_rows(
        CrisisTicket,
        columns,
        values,
        on_conflict="(crisis_id, ticket_id) DO NOTHING",
        returning=("crisis_id", "ticket_id"),
    )
    return {(crisis, ticket) for crisis, ticket in written}


class Counts:
    """What was said and answered in crises, added up before it is written."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[int, datetime, int, str]] = Counter()

    def said(self, crises: Iterable[int], inbox_id: int, at: datetime, sentiment: str, *, times: int = 1) -> None:
        for crisis in crises:
            self._counted[crisis, bucket_of(at), inbox_id, "messages"] += times
            if sentiment in (Sentiment.NEGATIVE, Sentiment.POSITIVE):
                self._counted[crisis, bucket_of(at), inbox_id, str(sentiment)] += times

    def answered(self, crises: Iterable[int], inbox_id: int, at: datetime, *, times: int = 1) -> None:
        for crisis in crises:
            self._counted[crisis, bucket_of(at), inbox_id, "answers"] += times

    def write(self) -> None:
        """In the caller's transaction, and in one order everywhere, so that nobody waits in a circle."""
        keys = sorted({key[:3] for key in self._counted})
        rows = [(*key, *(self._counted[(*key, name)] for name in _COUNTED)) for key in keys]
        conflict = f"(crisis_id, at, inbox_id) DO UPDATE SET {_ADD}"
        insert_rows(CrisisCount, ("crisis_id", "at", "inbox_id", *_COUNTED), rows, on_conflict=conflict)
        self._counted.clear()


def count_answer(ticket_id: int, inbox_id: int, at: datetime) -> None:
    """An answer of ours to a ticket, in each crisis that it is part of: one statement, whether or not there is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO crises_crisiscount (crisis_id, at, inbox_id, messages, negative, positive, answers)
            SELECT crisis_id, %s, %s, 0, 0, 0, 1 FROM crises_crisisticket
            WHERE ticket_id = %s AND left_at IS NULL ORDER BY crisis_id
            ON CONFLICT (crisis_id, at, inbox_id) DO UPDATE SET {_ADD}""",  # noqa: S608 names are our own
            [bucket_of(at), inbox_id, ticket_id],
        )
