"""A crisis's chain while several workers and people move it at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from desk.actions.crises import crisis_plans
from desk.actions.crises.escalation import acknowledge, run_due
from desk.alerts.models import CrisisMessage
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisPlanVersion
from desk.people.models import User
from tests.actions.alerted import a_person
from tests.actions.builders import minutes
from tests.actions.chains import begin, chain, heard, kinds, sent, taken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def noor() -> User:
    return a_person("noor", "comms")


@pytest.fixture
def an() -> User:
    return a_person("an", email="an@example.com", mobile="+31612345678")


@pytest.fixture
def bo() -> User:
    return a_person("bo")


def test_of_several_sweeps_one_takes_each_step(noor: User, an: User) -> None:
    chain({"people": [an.pk], "wait_minutes": 60}, {"people": [an.pk], "wait_minutes": 60})
    for _number in range(6):
        begin(noor)
    barrier = Barrier(4)

    def sweep(_number: int) -> int:
        try:
            barrier.wait(10)
            return run_due(minutes(1))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sweep, range(4))) + run_due(minutes(1)) == 6
    assert taken() == [(1, "")] * 6
    assert len(sent()) == 6


def test_a_plan_that_is_switched_on_meanwhile_changes_nothing_of_a_running_chain(
    noor: User, an: User, bo: User
) -> None:
    daan = a_person("daan", "administrator")
    chain(*[{"people": [an.pk], "wait_minutes": 0}] * 20)
    begin(noor)
    other = {"levels": {"2": {"escalation": {"steps": [{"people": [bo.pk]}]}}}}
    number = crisis_plans.write_draft(noor, document=other).number
    crisis_plans.hand_in(noor, number)
    barrier = Barrier(2)

    def switch() -> None:
        try:
            barrier.wait(10)
            crisis_plans.switch_on(daan, number)
        finally:
            connection.close()

    def sweep() -> None:
        try:
            barrier.wait(10)
            run_due(minutes(1))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(switch), pool.submit(sweep)]:
            done.result(30)
    run_due(minutes(1))
    assert CrisisPlanVersion.objects.get(state="active").number == number
    assert taken() == [(step, "") for step in range(1, 21)]
    assert set(CrisisMessage.objects.values_list("user__username", flat=True)) == {"an"}


def test_of_a_word_and_the_next_step_both_hold(noor: User, an: User, bo: User) -> None:
    """Whoever is first: after a word nobody else is told, and a step that was told before it stays told."""
    chain({"people": [an.pk]}, {"people": [bo.pk]})
    crisis = begin(noor)
    run_due(minutes(0))
    barrier = Barrier(2)

    def say() -> None:
        try:
            barrier.wait(10)
            acknowledge(an, crisis.pk, now=minutes(5))
        finally:
            connection.close()

    def sweep() -> None:
        try:
            barrier.wait(10)
            run_due(minutes(5))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(say), pool.submit(sweep)]:
            done.result(30)
    run_due(minutes(6))
    told = kinds(crisis)
    assert told in (
        ["started", "escalated", "acknowledged"], ["started", "escalated", "escalated", "acknowledged"],
    )  # fmt: skip
    assert (("bo", "escalation") in heard()) is (len(told) == 4)
    assert broken_link(Crisis.objects.get(pk=crisis.pk)) is None
