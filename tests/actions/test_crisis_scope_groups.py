"""A crisis for one brand, or for one group of customers: who is under its gate, who joins it, and what is refused."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.crises import crises, crisis_search
from desk.actions.crises.crisis_gate import Gates
from desk.actions.customers.tiers import set_tier
from desk.actions.signals import signal_streams
from desk.common.errors import Invalid
from desk.crises.models import Crisis, CrisisTicket
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Ticket, Tier
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.chains import put_in_force
from tests.api.caller import Caller
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor")


@pytest.fixture
def rail() -> Inbox:
    return an_inbox(brand="Vlotlijn")


@pytest.fixture
def bus() -> Inbox:
    return an_inbox(own_id="2", handle="snelbus", name="@snelbus", brand="Snelbus")


@pytest.fixture(autouse=True)
def held() -> None:
    put_in_force({"2": {"gates": [{"gate": "hold", "visibility": "public"}]}})


def says(inbox: Inbox, name: str, number: int) -> Ticket:
    take_in(inbox, [a_mention(f"{number}", by=name)], now=timezone.now())
    return Ticket.objects.latest("id")


def begin(noor: User, **scope: Any) -> Crisis:
    return crises.start(noor, reason="De trein staat stil", level=2, scope=scope)


def is_held(ticket: Ticket) -> bool:
    fresh = Ticket.objects.select_related("inbox").get(pk=ticket.pk)
    return Gates(fresh, timezone.now()).closed("public") is not None


def joined(crisis: Crisis) -> set[int]:
    return set(CrisisTicket.objects.filter(crisis=crisis, left_at=None).values_list("ticket_id", flat=True))


def test_one_of_a_brand_is_for_the_tickets_of_its_inboxes(noor: User, rail: Inbox, bus: Inbox) -> None:
    before = says(rail, "els", 1)
    Ticket.objects.update(created_at=timezone.now())
    crisis = begin(noor, brands=["Vlotlijn"])
    crisis_search.search(timezone.now())
    train, other = says(rail, "jan", 2), says(bus, "tom", 3)
    assert (is_held(before), is_held(train), is_held(other)) == (True, True, False)
    assert joined(crisis) == {before.pk, train.pk}


def test_one_of_a_group_of_customers_follows_who_is_in_it(noor: User, rail: Inbox) -> None:
    known, other = says(rail, "els", 1), says(rail, "tom", 2)
    Ticket.objects.update(created_at=timezone.now())
    set_tier(noor, known.customer_id, Tier.VIP)
    crisis = begin(noor, tiers=[2])
    crisis_search.search(timezone.now())
    later, stranger = says(rail, "els", 3), says(rail, "jan", 4)
    assert [is_held(one) for one in (known, other, later, stranger)] == [True, False, True, False]
    assert joined(crisis) == {known.pk, later.pk}


def test_groups_are_looked_up_only_where_a_crisis_asks_for_them(noor: User, rail: Inbox) -> None:
    ticket = says(rail, "els", 1)
    begin(noor, brands=["Vlotlijn"])
    fresh = Ticket.objects.select_related("inbox").get(pk=ticket.pk)
    with CaptureQueriesContext(connection) as asked:
        Gates(fresh, timezone.now()).closed("public")
    assert not [one for one in asked if "tickets_customer" in one["sql"]]


@pytest.mark.parametrize(
    "scope", [{"brands": ["Nergens"]}, {"brands": [""]}, {"tiers": [9]}, {"tiers": ["2"]}, {"tiers": [True]}]
)
def test_what_there_is_not_is_refused(noor: User, rail: Inbox, scope: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        begin(noor, **scope)


def test_a_stream_of_counts_has_neither(noor: User, rail: Inbox) -> None:
    for scope in ({"brands": ["Vlotlijn"]}, {"tiers": [2]}):
        with pytest.raises(Invalid):
            signal_streams.read_part(scope, "")


def test_the_screen_and_the_api_say_them(noor: User, rail: Inbox) -> None:
    browser = signed_in("comms")
    page = browser.get("/crises/new/").content.decode()
    assert 'name="brands" value="Vlotlijn"' in page
    assert 'name="tiers" value="2"' in page
    form = {"reason": "Storing", "level": "1", "brands": ["Vlotlijn"], "tiers": ["1", "2"]}
    assert browser.post("/crises/new/", form).status_code == 302
    crisis = Crisis.objects.get()
    assert crisis.scope_form == {"brands": ["Vlotlijn"], "tiers": [1, 2]}
    assert "brand Vlotlijn; customers: Important, VIP" in browser.get(f"/crises/{crisis.pk}/").content.decode()
    assert 'name="brands"' not in browser.get("/signals/streams/new/").content.decode()
    made = Caller(noor).post("crises/", reason="Ook", level=1, scope={"tiers": [2]}).body
    assert made["scope"] == {
        "networks": [], "inboxes": [], "languages": [], "topics": [], "brands": [], "tiers": [2],
    }  # fmt: skip
    assert Caller(noor).post("crises/", reason="Ook", scope={"brands": ["Nergens"]}).status == 400
