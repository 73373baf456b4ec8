"""Macros: whose they are, what they do at once, and what they leave alone."""

from typing import Any

import pytest

from desk.actions.automation import macros
from desk.actions.tickets import tickets
from desk.automation.models import Macro
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.people.models import User
from desk.replies.models import Draft, Reply
from desk.tickets.models import Ticket, TicketEvent
from tests.actions.builders import a_mention, an_inbox, minutes, take_in
from tests.canned import a_canned

pytestmark = pytest.mark.django_db
BIKE: list[dict[str, Any]] = [
    {"do": "tag", "value": "fiets"},
    {"do": "assignee", "value": "me"},
    {"do": "draft", "value": "dank"},
    {"do": "snooze", "value": "60"},
]


@pytest.fixture
def boss() -> User:
    return User.objects.create_user("mila", role="supervisor")


@pytest.fixture
def questions() -> list[int]:
    take_in(an_inbox(), [a_mention(str(n), by=f"c{n}") for n in range(3)], now=minutes(1))
    return list(Ticket.objects.order_by("pk").values_list("pk", flat=True))


def test_all_of_its_steps_are_taken_as_the_agent_and_nothing_is_sent(suze: User, questions: list[int]) -> None:
    a_canned("Dank", "Dank je wel, {{customer}}!")
    macro = macros.create_macro(suze, name="Fiets", steps=BIKE)
    ticket = macros.apply_macro(suze, questions[0], macro.pk, now=minutes(2)).ticket
    assert (ticket.assignee, ticket.state, ticket.snoozed_until) == (suze, "snoozed", minutes(62))
    assert list(ticket.tags.values_list("name", flat=True)) == ["fiets"]
    assert Draft.objects.get(author=suze).text == "Dank je wel, C0!"
    assert not Reply.objects.exists()
    by = TicketEvent.objects.filter(ticket=ticket, data__macro="Fiets").order_by("id").values_list("kind", "actor")
    assert list(by) == [("tagged", suze.pk), ("assigned", suze.pk), ("snoozed", suze.pk)]
    macro.refresh_from_db()
    assert macro.times_used == 1


def test_where_one_step_is_refused_none_is_taken(suze: User, questions: list[int]) -> None:
    a_canned("Dank")
    macro = macros.create_macro(suze, name="Fiets", steps=BIKE)
    Draft.objects.create(ticket_id=questions[0], author=suze, text="Beste")
    with pytest.raises(Conflict, match="begun a text"):
        macros.apply_macro(suze, questions[0], macro.pk, now=minutes(2))
    ticket = Ticket.objects.get(pk=questions[0])
    assert (ticket.assignee, ticket.state, ticket.tags.count()) == (None, "new", 0)
    assert Draft.objects.get().text == "Beste"
    macro.refresh_from_db()
    assert macro.times_used == 0


def test_on_many_tickets_each_stands_by_itself(suze: User, questions: list[int]) -> None:
    macro = macros.create_macro(suze, name="Dicht", steps=[{"do": "resolve"}])
    tickets.transition(suze, questions[1], "resolve", now=minutes(2))
    result = macros.apply_to_many(suze, questions, macro.pk)
    assert (result.done, list(result.refused)) == ([questions[0], questions[2]], [questions[1]])


def test_ones_own_are_nobody_elses_and_shared_ones_take_a_role(suze: User, sanne: User, boss: User) -> None:
    own = macros.create_macro(suze, name="Fiets", steps=[{"do": "tag", "value": "fiets"}])
    shared = macros.create_macro(boss, name="Fiets", steps=[{"do": "tag", "value": "f"}], shared=True)
    assert [macros.macros_of(one).count() for one in (suze, sanne)] == [2, 1]
    with pytest.raises(Missing):
        macros.change_macro(sanne, own.pk, name="Van mij")
    for call in (
        lambda: macros.create_macro(suze, name="Iedereen", steps=[{"do": "resolve"}], shared=True),
        lambda: macros.change_macro(suze, shared.pk, name="Anders"),
        lambda: macros.change_macro(suze, own.pk, shared=True),
        lambda: macros.delete_macro(suze, shared.pk),
    ):
        with pytest.raises(NotPermitted):
            call()
    with pytest.raises(Conflict):
        macros.create_macro(suze, name=" Fiets ", steps=[{"do": "resolve"}])
    assert Macro.objects.count() == 2


def test_what_it_names_must_be_there(suze: User) -> None:
    with pytest.raises(Invalid) as refused:
        macros.create_macro(suze, name="Weg", steps=[{"do": "team", "value": "999"}, {"do": "draft", "value": "weg"}])
    assert set(refused.value.errors) == {"steps[0].value", "steps[1].value"}
