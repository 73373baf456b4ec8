"""What-if goes portion by portion: whatever happens to a worker, nothing is lost and nothing is told twice."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.rulebooks import what_if, what_if_run
from desk.common import runs
from desk.common.errors import Conflict
from desk.people.models import User
from desk.replies.models import Reply
from desk.rulebooks import what_if as kept
from desk.rulebooks.active import in_force
from desk.rulebooks.models import WhatIfText
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.what_ifs import SHORT, a_draft, answered, asked, figures, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role="supervisor", signature="MS")


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="agent", signature="SV")


@pytest.fixture
def ticket() -> Ticket:
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())
    return Ticket.objects.get()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if_run, "PORTION", 2)
    monkeypatch.setattr(what_if_run, "PORTIONS", 2)


@pytest.mark.usefixtures("small")
def test_it_is_done_in_portions_and_each_reply_is_looked_at_once(mila: User, suze: User, ticket: Ticket) -> None:
    same = timezone.now() - timedelta(hours=2)
    for _ in range(5):
        sent(ticket, suze, SHORT, sent_at=same)  # all at the same moment
    sent(ticket, suze, SHORT)
    run = asked(mila, a_draft(mila).number)
    seen = []
    while what_if_run.go_on(run.pk, timezone.now()):
        run.refresh_from_db()
        seen.append(run.checked)
    assert seen == [2, 6]  # the first portion was that of the canned responses
    run.refresh_from_db()
    assert (run.state, run.checked, figures(run, "all")["checked"]) == ("done", 6, 6)
    assert WhatIfText.objects.filter(run=run).count() == 6
    assert run.ended_at is not None
    assert not what_if_run.go_on(run.pk, timezone.now())


@pytest.mark.usefixtures("small")
def test_a_worker_that_dies_in_the_middle_loses_nothing_and_nothing_is_counted_twice(
    mila: User, suze: User, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        sent(ticket, suze, SHORT)
    run = asked(mila, a_draft(mila).number)
    whole, times = kept.keep, []

    def dies(run_id: int, looked: Any) -> None:
        whole(run_id, looked)
        times.append(len(looked))
        if len(times) in (2, 3):
            raise KeyboardInterrupt

    monkeypatch.setattr(what_if_run, "keep", dies)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            answered(run)
    later = timezone.now() + timedelta(minutes=1)
    assert what_if_run.take_over(later) == [run.pk]
    assert what_if_run.take_over(later) == []  # it has been taken over
    run = answered(run)
    assert (run.state, run.checked, run.tries) == ("done", 7, 0)
    assert figures(run, "all")["checked"] == 7
    assert WhatIfText.objects.filter(run=run).count() == 7


def test_a_run_at_which_workers_fail_again_and_again_ends(mila: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_arguments: Any) -> None:
        raise RuntimeError("a portion that nobody can do")

    monkeypatch.setattr(what_if_run, "keep", breaks)
    run, now = asked(mila, in_force().number), timezone.now()
    for _ in range(runs.MOST_TRIES):
        with pytest.raises(RuntimeError):
            what_if_run.go_on(run.pk, now)
        run.refresh_from_db()
        assert run.state == "running"
        now += timedelta(minutes=1)
        what_if_run.take_over(now)
    run.refresh_from_db()
    assert (run.state, run.ended_at) == ("failed", now)


def test_a_run_that_only_waits_for_a_worker_does_not_end(mila: User) -> None:
    run, now = asked(mila, in_force().number), timezone.now()
    for _ in range(runs.MOST_TRIES * 2):
        now += timedelta(minutes=1)
        assert what_if_run.take_over(now) == [run.pk]
    assert answered(run).state == "done"


@pytest.mark.usefixtures("small")
def test_a_run_that_is_cancelled_stops_at_the_next_portion_and_keeps_what_it_found(
    mila: User, suze: User, ticket: Ticket
) -> None:
    for _ in range(9):
        sent(ticket, suze, SHORT)
    run = asked(mila, a_draft(mila).number)
    assert what_if_run.go_on(run.pk, timezone.now())
    what_if.cancel(mila, run.pk)
    assert not what_if_run.go_on(run.pk, timezone.now())
    run.refresh_from_db()
    assert (run.state, run.checked, WhatIfText.objects.filter(run=run).count()) == ("cancelled", 2, 2)
    with pytest.raises(Conflict, match="ended"):
        what_if.cancel(mila, run.pk)


def test_a_portion_asks_as_many_queries_for_two_replies_as_for_forty(mila: User, suze: User, ticket: Ticket) -> None:
    def asked_for(number: int) -> int:
        Reply.objects.all().delete()
        for _ in range(number):
            sent(ticket, suze, SHORT)
        run = asked(mila, in_force().number)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answered(run)
        what_if_run.forget_old(timezone.now() + what_if_run.KEPT * 2)
        return len(queries)

    assert asked_for(2) == asked_for(40) <= 25


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_does_the_work(mila: User, suze: User, ticket: Ticket) -> None:
    for _ in range(30):
        sent(ticket, suze, SHORT)
    run = asked(mila, a_draft(mila).number)
    ready = threading.Barrier(2)

    def work() -> None:
        ready.wait()
        try:
            answered(run)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    answered(run)
    assert figures(run, "all")["checked"] == 30
    assert WhatIfText.objects.filter(run=run).count() == 30
