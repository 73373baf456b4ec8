"""Several beats and workers at once: what one has claimed no other does, and what a killed one dropped is done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from desk.actions.sla import clock_sweep, sla_change
from desk.actions.sla.sla_policies import change_policy
from desk.sla.models import Clock, SlaPolicy, SlaRenewal
from desk.tickets.models import TicketEvent
from tests.actions.builders import a_mention, an_inbox, minutes, take_in
from tests.actions.promised import promise

pytestmark = pytest.mark.django_db(transaction=True)
TICKETS, AT_ONCE = 60, 4


@pytest.fixture(autouse=True)
def open_clocks() -> None:
    promise(first=30)
    take_in(an_inbox(), [a_mention(str(number), by=f"c{number}", at=number / 60) for number in range(TICKETS)])


def at_once(work: Callable[[], int]) -> list[int]:
    """The same work by several workers that begin together, each with a connection of its own."""
    start = Barrier(AT_ONCE)

    def worker(_number: int) -> int:
        start.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(worker, range(AT_ONCE)))


def test_sweeps_that_run_at_once_tell_each_breach_once() -> None:
    found = at_once(lambda: clock_sweep.sweep(minutes(60)).late)
    assert sum(found) == TICKETS
    assert TicketEvent.objects.filter(kind="breached").count() == TICKETS


def test_what_one_sweep_holds_another_passes_by_and_takes_once_it_was_killed() -> None:
    def other() -> int:
        try:
            return clock_sweep.sweep(minutes(60)).late
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        assert clock_sweep.sweep(minutes(60)).late == TICKETS
        assert pool.submit(other).result() == 0
        transaction.set_rollback(True)  # what it had not committed is gone with it
    assert clock_sweep.sweep(minutes(60)).late == TICKETS


def test_a_renewal_is_carried_out_once_however_many_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sla_change, "PORTION", 7)
    change_policy(None, SlaPolicy.objects.get(is_default=True).pk, first_response_minutes=90, apply_to_open=True)
    at_once(lambda: sla_change.renew_open_clocks(minutes(5)))
    sla_change.renew_open_clocks(minutes(6))  # whoever found it taken left it to the others
    wish = SlaRenewal.objects.get()
    assert wish.done_at is not None
    assert wish.renewed == TicketEvent.objects.filter(kind="clock_renewed").count() == 2 * TICKETS
    assert set(Clock.objects.filter(metric="first_response").values_list("target_seconds", flat=True)) == {5_400}
