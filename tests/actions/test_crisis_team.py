"""Who does what in a crisis, and what is done: from the plan that it keeps, with a line in its log each."""

from functools import partial

import pytest

from desk.actions.crises import crises, crisis_team
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.crises.checklist import checklist
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry
from desk.people.models import User
from tests.actions.builders import minutes
from tests.actions.test_crises import at_once


@pytest.fixture
def noor(db: None) -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor")


@pytest.fixture
def mila(db: None) -> User:
    return User.objects.create_user("mila", role="supervisor", first_name="Mila")


def begin(noor: User, level: int = 2) -> Crisis:
    return crises.start(noor, reason="De trein staat stil", level=level, now=minutes(0))


def due(crisis: Crisis) -> dict[str, float]:
    """Minutes past noon."""
    return {one.task.key: (one.due_at - minutes(0)).total_seconds() / 60 for one in checklist(crisis)}


@pytest.mark.django_db
class TestOneAfterAnother:
    def test_a_task_is_due_after_its_level_was_first_reached(self, noor: User) -> None:
        crisis = begin(noor, 2)
        assert due(crisis) == {"look": 15, "lead": 10, "facts": 20, "statement": 30}
        crises.set_level(noor, crisis.pk, 1, reason="Minder", now=minutes(5))
        crises.set_level(noor, crisis.pk, 3, reason="Erger", now=minutes(50))
        assert due(crisis) == {
            "look": 15, "lead": 10, "facts": 20, "statement": 30, "board": 65, "posts": 65, "next-update": 110,
        }  # fmt: skip
        crises.set_level(noor, crisis.pk, 1, reason="Bijna klaar", now=minutes(60))
        assert "board" in due(crisis)  # what was to be done stays to be done
        assert checklist(begin(noor, 0)) == []

    def test_a_tick_says_who_and_when_and_can_be_taken_back(self, noor: User) -> None:
        crisis = begin(noor)
        crisis_team.tick(noor, crisis.pk, "lead", now=minutes(3))
        with pytest.raises(Conflict, match="quicker"):
            crisis_team.tick(noor, crisis.pk, "lead", now=minutes(4))
        (done,) = [one.done for one in checklist(crisis) if one.done]
        assert (done.actor, done.at, done.data) == (noor, minutes(3), {"task": "lead"})
        crisis_team.tick(noor, crisis.pk, "lead", done=False, now=minutes(5))
        assert not any(one.done for one in checklist(crisis))
        with pytest.raises(Missing):
            crisis_team.tick(noor, crisis.pk, "board")  # of a level that was not reached
        crisis.refresh_from_db()
        assert broken_link(crisis) is None
        crises.stand_down(noor, crisis.pk, reason="Klaar")
        crisis_team.tick(noor, crisis.pk, "lead")
        crises.review(noor, crisis.pk, conclusion="Sneller")
        with pytest.raises(Conflict, match="closed"):
            crisis_team.tick(noor, crisis.pk, "facts")

    def test_whoever_holds_the_role_of_a_task_ticks_it_and_nothing_else(self, noor: User, mila: User) -> None:
        crisis = begin(noor)
        with pytest.raises(NotPermitted):
            crisis_team.tick(mila, crisis.pk, "lead")
        crisis = crisis_team.give_roles(noor, crisis.pk, {"desk": mila.pk, "lead": noor.pk}, version=crisis.version)
        crisis_team.tick(mila, crisis.pk, "lead")
        with pytest.raises(NotPermitted):
            crisis_team.tick(mila, crisis.pk, "facts")
        crisis_team.give_roles(noor, crisis.pk, {"desk": None})
        crisis.refresh_from_db()
        assert crisis.role_holders == {"lead": noor.pk}
        with pytest.raises(NotPermitted):
            crisis_team.tick(mila, crisis.pk, "lead", done=False)
        lines = CrisisEntry.objects.filter(crisis=crisis, kind="roles").order_by("number")
        assert [line.data["roles"] for line in lines] == [{"desk": mila.pk, "lead": noor.pk}, {"lead": noor.pk}]

    def test_roles_that_are_not_in_the_plan_and_people_who_left_are_refused(self, noor: User, mila: User) -> None:
        crisis = begin(noor)
        with pytest.raises(Invalid, match="no role king"):
            crisis_team.give_roles(noor, crisis.pk, {"king": noor.pk})
        User.objects.filter(pk=mila.pk).update(is_active=False)
        with pytest.raises(Invalid, match="work here"):
            crisis_team.give_roles(noor, crisis.pk, {"lead": mila.pk})
        with pytest.raises(Conflict):
            crisis_team.give_roles(noor, crisis.pk, {"lead": noor.pk}, version=crisis.version + 1)
        crisis_team.give_roles(noor, crisis.pk, {"lead": None})  # as it was: nothing to write down
        assert CrisisEntry.objects.filter(crisis=crisis).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_tick_at_once_one_is_told(noor: User) -> None:
    crisis = begin(noor)
    outcomes = at_once([partial(crisis_team.tick, noor, crisis.pk, "lead") for _one in range(2)])
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "CrisisEntry"]
    assert CrisisEntry.objects.filter(crisis=crisis, kind="ticked").count() == 1
