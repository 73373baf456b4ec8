"""After whatever happened to tickets, every clock is what its rows make of it: the audit finds nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.actions.replies.settle import settle
from desk.actions.sla import clock_sweep, sla_change
from desk.actions.sla.sla_policies import change_policy
from desk.actions.tickets import tickets
from desk.actions.tickets.splitting import split
from desk.common.errors import DeskError
from desk.inboxes.gateway import Item, SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import Reply
from desk.rulebooks.active import in_force
from desk.sla.audit import differences
from desk.sla.models import SlaPolicy
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, an_inbox, deleted, minutes, own_words, take_in
from tests.actions.promised import a_calendar, a_policy, promise
from tests.examples import examples

pytestmark = pytest.mark.django_db(transaction=True)

OFFICE = {
    "timezone": "Europe/Amsterdam",
    "week": {day: [["09:00", "12:30"], ["13:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": None,
    "exceptions": {},
}
THREADS = ("10", "20")
EVENTS = ("resolve", "reopen", "mark_spam", "not_spam", "wait_for_customer", "ask_colleague", "open")


class Life:
    """A desk with one agent and a customer with two questions; each act happens a minute or more after the last."""

    def __init__(self) -> None:
        promise(first=10, following=20, resolution=200)
        office = a_calendar("Office", OFFICE)
        a_policy("Urgent", first=5, resolution=60, calendar=office, priorities=frozenset({3}))
        self.inbox: Inbox = an_inbox()
        self.agent = User.objects.create_user("suze", role="agent")
        self.now = 0.0
        self.said: dict[str, float] = {}
        self.number = 100

    def wait(self, some_minutes: int) -> None:
        self.now += some_minutes

    def write(self, thread: str, late: int) -> None:
        """The customer, whose words may reach us late."""
        external_id = thread if thread not in self.said else self._next()
        self.said[external_id] = self.now - late
        more = {} if external_id == thread else {"thread_id": thread, "parent_id": thread}
        self._take_in(a_mention(external_id, at=self.now - late, **more))

    def answer_there(self, thread: str, late: int) -> None:
        self._take_in(own_words(self._next(), parent_id=thread, at=self.now - late, thread_id=thread))

    def answer_here(self, thread: str, late: int) -> None:
        ticket = self._ticket(thread)
        if ticket is None:
            return
        answers = ticket.messages.filter(outgoing=False).order_by("id").last()
        reply = Reply.objects.create(
            ticket=ticket, author=self.agent, visibility="public", text="Hoi", signed_text="Hoi", state="sending",
            idempotency_key=self._next(), answers=answers, submitted_at=self._at(), next_attempt_at=self._at(),
            claimed_at=self._at(), attempts=1, rulebook_version_id=in_force().version_id,
        )  # fmt: skip
        with transaction.atomic():
            settle(reply, SendResult(f"own-{reply.pk}", created_at=minutes(self.now - late / 10)), self._at())

    def delete(self, thread: str, which: int) -> None:
        theirs = [one for one in self.said if one == thread or one > "100"]
        if theirs:
            external_id = theirs[which % len(theirs)]
            self._take_in(deleted(a_mention(external_id, at=self.said[external_id]), at=self.now))

    def step(self, thread: str, event: str) -> None:
        self._do(thread, lambda pk: tickets.transition(self.agent, pk, event, now=self._at()))

    def snooze(self, thread: str, _unused: int) -> None:
        self._do(thread, lambda pk: tickets.snooze(self.agent, pk, minutes(self.now + 500), now=self._at()))

    def hurry(self, thread: str, priority: int) -> None:
        self._do(thread, lambda pk: tickets.set_priority(self.agent, pk, priority % 4, now=self._at()))

    def promise_anew(self, thread: str, minutes_more: int) -> None:
        """A supervisor changes the default policy, for open clocks too where the number is odd."""
        change_policy(
            None,
            SlaPolicy.objects.get(is_default=True).pk,
            first_response_minutes=10 + minutes_more,
            resolution_minutes=100 + 3 * minutes_more,
            apply_to_open=minutes_more % 2 == 1,
            now=self._at(),
        )
        sla_change.renew_open_clocks(self._at())

    def merge(self, thread: str, _unused: int) -> None:
        other = self._ticket(THREADS[THREADS.index(thread) - 1])
        if other is not None:
            self._do(thread, lambda pk: tickets.merge(self.agent, pk, other.pk, now=self._at()))

    def split(self, thread: str, which: int) -> None:
        """Some messages of any ticket, every second or all from one on, become another."""
        ids = list(Ticket.objects.filter(merged_into=None).order_by("id").values_list("pk", flat=True))
        pk = ids[which % len(ids)]
        messages = list(Message.objects.filter(ticket=pk).order_by("created_at", "id").values_list("pk", flat=True))
        chosen = messages[which % 2 :: 2] if thread == THREADS[0] else messages[len(messages) // 2 :]
        with suppress(DeskError):
            split(self.agent, pk, chosen, now=self._at())

    def join(self, _thread: str, which: int) -> None:
        """Any two tickets become one."""
        ids = list(Ticket.objects.filter(merged_into=None).order_by("id").values_list("pk", flat=True))
        with suppress(DeskError):
            tickets.merge(self.agent, ids[which % len(ids)], ids[which // 3 % len(ids)], now=self._at())

    def sweep(self) -> None:
        clock_sweep.sweep(self._at())
        tickets.wake(self._at())

    def _do(self, thread: str, verb: Callable[[int], object]) -> None:
        ticket = self._ticket(thread)
        if ticket is not None:
            try:
                verb(ticket.pk)
            except DeskError:
                return  # the desk refused it, and so nothing happened

    def _ticket(self, thread: str) -> Ticket | None:
        message = Message.objects.filter(external_id=thread, ticket__isnull=False).select_related("ticket").first()
        return message.ticket if message else None

    def _take_in(self, item: Item) -> None:
        take_in(self.inbox, [item], now=self._at())

    def _at(self) -> datetime:
        return minutes(self.now)

    def _next(self) -> str:
        self.number += 1
        return str(self.number)


threads = st.sampled_from(THREADS)
acts = st.one_of(
    st.tuples(st.sampled_from(["write"]), threads, st.sampled_from([0, 0, 0, 3, 40])),
    st.tuples(
        st.sampled_from(
            [
                "answer_there",
                "answer_here",
                "delete",
                "snooze",
                "hurry",
                "merge",
                "promise_anew",
                "split",
                "split",
                "join",
            ]
        ),
        threads,
        st.sampled_from([0, 0, 3, 7, 40]),
    ),
    st.tuples(st.sampled_from(["step"]), threads, st.sampled_from(EVENTS)),
)


@contextmanager
def nothing_stays() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@given(life=st.lists(st.tuples(st.integers(0, 90), acts), max_size=16))
@settings(max_examples=examples(24, 120), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_audit_finds_nothing_after_any_life_of_tickets(life: list[tuple[int, tuple[str, str, object]]]) -> None:
    with nothing_stays():
        desk = Life()
        desk.write("10", 0)
        for pause, (what, thread, detail) in life:
            desk.wait(pause)
            getattr(desk, what)(thread, detail)
            if pause > 60:
                desk.sweep()
        found = [str(one) for one in differences(Ticket.objects.order_by("id"))]
    assert found == []
