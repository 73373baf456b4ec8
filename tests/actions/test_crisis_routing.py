"""Tickets of a crisis go to the team that its plan names: once, those that nobody has, by the strictest crisis."""

from typing import Any

import pytest

from desk.actions.crises import crises, crisis_tickets
from desk.actions.crises.crisis_routing import route
from desk.actions.replies import offers
from desk.actions.tickets import assignment, tickets
from desk.crises.models import Crisis
from desk.people.models import Team, User
from desk.tickets.models import Ticket, TicketEvent
from tests.actions.alerted import a_person
from tests.actions.builders import a_mention, an_inbox, minutes, take_in
from tests.actions.chains import put_in_force
from tests.canned import a_canned

pytestmark = pytest.mark.django_db


@pytest.fixture
def noor() -> User:
    return a_person("noor", "comms")


@pytest.fixture
def rail() -> Team:
    return Team.objects.create(name="Rail")


def begin(noor: User, level: int = 2, *, networks: tuple[str, ...] = ()) -> Crisis:
    scope = {"networks": list(networks)} if networks else None
    return crises.start(noor, reason="De trein staat stil", level=level, scope=scope, now=minutes(0))


def written(number: int) -> None:
    take_in(an_inbox(own_id=str(number), handle=f"a{number}"), [
        a_mention(f"{number}-{count}", by=f"c{count}", at=1) for count in range(number)
    ])  # fmt: skip


def test_what_matches_goes_to_the_team_of_the_level_once(noor: User, rail: Team) -> None:
    put_in_force({"2": {"team": rail.pk}})
    begin(noor)
    written(3)
    assert route(minutes(61)) == 3
    assert route(minutes(61)) == 0
    assert set(Ticket.objects.values_list("team", flat=True)) == {rail.pk}
    assert TicketEvent.objects.filter(kind="routed").count() == 3


def test_somebody_s_own_ticket_stays_with_them_and_what_was_moved_since_stays_there(noor: User, rail: Team) -> None:
    put_in_force({"2": {"team": rail.pk}})
    begin(noor)
    written(2)
    mine, theirs = Ticket.objects.order_by("id")
    tickets.assign(noor, mine.pk, assignee_id=noor.pk)
    assert route(minutes(61)) == 1
    other = Team.objects.create(name="Webcare")
    tickets.assign(noor, theirs.pk, team_id=other.pk)
    assert route(minutes(62)) == 0
    assert list(Ticket.objects.order_by("id").values_list("team", flat=True)) == [None, other.pk]


def test_another_level_has_another_team_and_the_end_moves_nothing(noor: User, rail: Team) -> None:
    higher = Team.objects.create(name="Crisisteam")
    put_in_force({"2": {"team": rail.pk}, "3": {"team": higher.pk}})
    crisis = begin(noor)
    written(1)
    route(minutes(61))
    crises.set_level(noor, crisis.pk, 3, reason="Erger", now=minutes(62))
    assert route(minutes(62)) == 1
    assert Ticket.objects.get().team == higher
    crises.stand_down(noor, crisis.pk, reason="Hij rijdt", now=minutes(63))
    assert route(minutes(64)) == 0
    assert Ticket.objects.get().team == higher


def test_of_several_crises_the_strictest_decides(noor: User, rail: Team) -> None:
    milder = Team.objects.create(name="Milder")
    put_in_force({"1": {"team": milder.pk}, "2": {"team": rail.pk}})
    begin(noor, 1)
    begin(noor, 2, networks=("x",))
    written(1)
    for minute in (61, 62):
        route(minutes(minute))
    assert Ticket.objects.get().team == rail
    assert TicketEvent.objects.filter(kind="routed").count() == 1


def test_without_a_crisis_it_asks_one_thing_and_without_the_team_it_moves_nothing(
    noor: User, rail: Team, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        route(minutes(0))
    put_in_force({"2": {"team": rail.pk}})
    begin(noor)
    written(1)
    rail.delete()
    assert route(minutes(61)) == 0


def test_what_a_plan_pauses_the_desk_gives_to_nobody_by_itself_until_it_is_over(noor: User, rail: Team) -> None:
    rail.assignment = Team.Assignment.ROUND_ROBIN
    rail.save()
    a_person("an").teams.add(rail)
    put_in_force({"2": {"team": rail.pk, "pause_assignment": True}})
    crisis = begin(noor)
    written(2)
    route(minutes(61))
    assert assignment.assign(rail.pk, minutes(62)) == 0
    crises.stand_down(noor, crisis.pk, reason="Hij rijdt", now=minutes(63))
    assert assignment.assign(rail.pk, minutes(64)) == 2


def test_what_a_plan_pauses_is_not_on_offer_but_for_what_it_names(noor: User) -> None:
    a_canned("storing")
    a_canned("bedankt")
    put_in_force({"2": {"statements": ["storing"], "pause_templates": True}})
    written(1)
    ticket = Ticket.objects.select_related("inbox", "profile", "customer").get()
    assert len(offers.offered(noor, ticket, "public", "")) == 2
    crisis = begin(noor)
    crisis_tickets.put_in(noor, ticket.pk, crisis.pk)
    assert [one.shortcut for one in offers.offered(noor, ticket, "public", "")] == ["storing"]
    assert offers.offered(noor, ticket, "public", "/bedankt") == []
