"""Customers and tickets are found by index, whatever was typed and however many there are."""

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.common.few import MOST
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets import search
from desk.tickets.models import Customer, Profile, Tag, Ticket
from desk.tickets.queries import ORDERINGS, QueueFilter, filtered, in_order
from tests.actions.builders import a_mention, an_inbox, deleted, take_in

pytestmark = pytest.mark.django_db

CROWD = 4_000


def called(name: str, handle: str = "") -> Customer:
    customer = Customer.objects.create(name=name)
    Profile.objects.create(customer=customer, network="x", external_id=f"{name}/{handle}", name=name, handle=handle)
    return customer


@pytest.mark.parametrize(
    ("name", "handle", "typed"),
    [
        ("Marit Hoekstra", "marithoekstra", "marit"),
        ("Marit Hoekstra", "", "hoek"),
        ("Marit Hoekstra", "", "HOEKSTRA mar"),
        ("Zoë Brüggen", "", "zoe bruggen"),
        ("Zoe", "", "Zoë"),
        ("", "jan.de-vries_12", "@jan.de-v"),
        ("O'Brien", "", "o'brien"),
        ("Reis maar.nl", "", "maar.nl"),
        ("王小明", "", "王小"),
        ("Йосиф", "", "йос"),
        ("100klant", "", "100k"),
        ("-5 graden", "", "5"),
        ("Anne-Marie d'Arc", "", "arc mar"),
    ],
)
def test_each_typed_word_begins_a_word_of_the_name_or_handle(name: str, handle: str, typed: str) -> None:
    called("Iemand Anders", "anders")
    meant = called(name, handle)
    assert list(search.customers(typed)) == [meant]


@pytest.mark.parametrize("typed", ["%", "@", "'", "\\", ":*", "& | !", "\x00", "🚂", "oekstra", "marit anders"])
def test_what_no_word_begins_with_finds_nobody(typed: str) -> None:
    called("Marit Hoekstra", "marit")
    assert list(search.customers(typed)) == []


def test_nothing_typed_is_everybody() -> None:
    everybody = {called("Marit"), called("Tom")}
    assert set(search.customers("  ")) == everybody


def test_more_than_a_few_are_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.common.few.few.__defaults__", (3,))
    everybody = {called(f"Klant {number}") for number in range(5)}
    assert set(search.customers("klant")) == everybody
    take_in(an_inbox(), [a_mention(str(number), text="koffer", by=f"k{number}") for number in range(5)])
    assert search.tickets_about(Ticket.objects.all(), "koffer").count() == 5


def test_a_handle_is_one_whatever_its_capitals() -> None:
    take_in(an_inbox(), [a_mention("1", by="Marit"), a_mention("2", by="marita")])
    for typed in ("@marit", "@MARIT"):
        assert [ticket.profile.handle for ticket in search.tickets_about(Ticket.objects.all(), typed)] == ["Marit"]


def test_what_was_deleted_is_not_found_by_its_words() -> None:
    inbox = an_inbox()
    take_in(inbox, [item := a_mention("1", text="mijn koffer")])
    assert search.tickets_about(Ticket.objects.all(), "koffer").exists()
    take_in(inbox, [deleted(item, at=4)])
    assert not search.tickets_about(Ticket.objects.all(), "koffer").exists()


# ── plans ────────────────────────────────────────────────────────────────────
@pytest.fixture
def crowd() -> Inbox:
    """Thousands of tickets, and what PostgreSQL knows of them."""
    inbox = an_inbox()
    rare = an_inbox(network="facebook_page", own_id="5")
    take_in(inbox, [a_mention(str(n), by=f"klant{n}", text=f"de trein van {n} is te laat") for n in range(CROWD)])
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in Ticket.objects.order_by("id")[:20]]).update(inbox=rare)
    Ticket.objects.exclude(pk__in=Ticket.objects.order_by("id")[:400]).update(state="resolved", waiting_since=None)
    tag = Tag.objects.create(name="zeldzaam")
    for ticket in Ticket.objects.order_by("id")[:5]:
        ticket.tags.add(tag)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return inbox


def plans_of(look: Callable[[], object], options: str = "") -> list[str]:
    """How PostgreSQL answers each statement that `look` makes."""
    with CaptureQueriesContext(connection) as captured:
        look()
    plans = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            cursor.execute(f"EXPLAIN {options} {query['sql']}")
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    return plans


BIG = ("tickets_profile", "tickets_customer", "tickets_message", "tickets_ticket")


def scanned(plans: list[str]) -> list[str]:
    """The big tables that are read from end to end."""
    lines = [line for plan in plans for line in plan.splitlines() if "Seq Scan on " in line]
    return [line for line in lines if line.split("Seq Scan on ")[1].split()[0] in BIG]


FILTERS: dict[str, dict[str, Any]] = {
    "everything": {}, "state": {"status": ("open",)}, "mine": {"assignee": "me"}, "nobody's": {"assignee": "none"},
    "rare network": {"network": "facebook_page"}, "no such network": {"network": "gone"}, "low": {"priority": 0},
    "urgent": {"priority": 3}, "rare tag": {"tag": "zeldzaam"}, "no such tag": {"tag": "geen"},
    "private": {"private": True}, "breached": {"breached": True}, "word of nobody": {"q": "fietspomp"},
    "rare word": {"q": "laat 77"}, "handle": {"q": "@klant77"}, "number": {"q": "#77"},
}  # fmt: skip


@pytest.mark.usefixtures("crowd")
def test_nothing_that_is_looked_for_reads_all_rows() -> None:
    agent, now = User.objects.create_user("suze", role="agent"), timezone.now()
    questions: dict[str, Callable[[], object]] = {
        f"customers {typed}": _customers(typed) for typed in ("klant77", "zzz", "@klant12", "klant1 klant2")
    }
    questions["command bar"] = lambda: list(search.tickets_of_people(Ticket.objects.all(), "klant77").order_by("-id"))
    for name, ordering in itertools.product(FILTERS, ORDERINGS):
        questions[f"{name} by {ordering}"] = _tickets(agent, QueueFilter(**FILTERS[name]), now, ordering)
    assert {name: tables for name, look in questions.items() if (tables := scanned(plans_of(look)))} == {}


def _customers(typed: str) -> Callable[[], object]:
    return lambda: list(search.customers(typed).order_by("-id")[:50])


def _tickets(agent: User, chosen: QueueFilter, now: datetime, ordering: str) -> Callable[[], object]:
    return lambda: in_order(filtered(agent, chosen, now), ordering=ordering, cursor="", size=50)


@pytest.mark.usefixtures("crowd")
def test_a_word_that_everybody_says_is_read_no_further_than_it_takes_to_know_that() -> None:
    plans = plans_of(lambda: search.tickets_about(Ticket.objects.all(), "trein"), "(ANALYZE, TIMING OFF)")
    (reading,) = [line for line in plans[0].splitlines() if "on tickets_message" in line]
    assert f"actual rows={MOST + 1}" in reading


def test_every_order_of_the_list_has_an_index_of_its_own() -> None:
    indexes = [tuple(index.fields) for index in Ticket._meta.indexes if index.condition is None]
    assert {key for key, _descending in ORDERINGS.values()} <= set(indexes)
