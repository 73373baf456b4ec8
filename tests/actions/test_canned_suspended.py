"""Another rulebook is switched on: canned responses that break it leave the offer, and come back with the old one."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from desk.actions.replies import canned, offers
from desk.actions.replies.canned_check import CannedBlocked
from desk.actions.rulebooks import rulebooks
from desk.alerts.models import Notification
from desk.alerts.words import sentence
from desk.people.models import AuditEntry, User
from desk.replies.models import CannedResponse
from desk.rulebooks.models import RulebookVersion
from tests.actions.builders import a_mention, an_inbox, take_in, the_ticket
from tests.canned import a_canned, says

pytestmark = pytest.mark.django_db
NO_PROMISES: dict[str, Any] = {"rules": {"phrases.banned": {"phrases": ["gratis"], "severity": "block"}}}


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role="supervisor", signature="MS")


@pytest.fixture
def cato() -> User:
    return User.objects.create_user("cato", role="comms", signature="CD")


@pytest.fixture(autouse=True)
def an_account(db: None) -> None:
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())


def handed_in(author: User, document: dict[str, Any] = NO_PROMISES) -> RulebookVersion:
    return rulebooks.hand_in(author, rulebooks.write_draft(author, document=document).number)


def states() -> dict[str, str]:
    return dict(CannedResponse.objects.values_list("name", "state"))


def offered(writer: User) -> list[str]:
    return sorted(one.name for one in offers.offered(writer, the_ticket(), "public", ""))


def test_what_breaks_the_new_rulebook_is_listed_before_and_suspended_when_it_is_switched_on(
    mila: User, cato: User
) -> None:
    a_canned("Dank")
    free = a_canned("Gratis", "Je reist gratis terug", owner=mila)
    version = handed_in(mila)
    before = rulebooks.would_happen(mila, version)
    assert [(one.canned.name, [said.code for said in one.objections]) for one in before.suspended] == [
        ("Gratis", ["phrases.banned"])
    ]
    assert (before.restored, states(), offered(mila)) == (
        (),
        {"Dank": "active", "Gratis": "active"},
        ["Dank", "Gratis"],
    )
    now = timezone.now()
    rulebooks.switch_on(cato, version.number, now=now)
    assert (states(), offered(mila)) == ({"Dank": "active", "Gratis": "suspended"}, ["Dank"])
    free.refresh_from_db()
    assert free.suspended_at == now
    told = Notification.objects.get()
    assert (told.user, sentence(told)) == (
        mila,
        "The canned response “Gratis” breaks rulebook 2 and is no longer on offer: mend it",
    )
    entry = AuditEntry.objects.get(verb="canned_suspended")
    assert (entry.actor, entry.detail["codes"], entry.detail["rulebook"]) == (cato, ["phrases.banned"], 2)


def test_the_way_back_brings_them_back_and_their_owner_hears_of_it(mila: User, cato: User) -> None:
    a_canned("Gratis", "Je reist gratis terug", owner=mila)
    rulebooks.switch_on(cato, handed_in(mila).number)
    assert offered(mila) == []
    rulebooks.roll_back(cato, 1)
    assert (states(), offered(mila)) == ({"Gratis": "active"}, ["Gratis"])
    assert CannedResponse.objects.get().suspended_at is None
    assert [one.kind for one in Notification.objects.order_by("id")] == ["canned_suspended", "canned_restored"]
    assert AuditEntry.objects.filter(verb="canned_restored").count() == 1


def test_a_suspended_one_is_mended_and_put_on_offer_again_but_not_as_it_is(mila: User, cato: User) -> None:
    free = a_canned("Gratis", "Je reist gratis terug")
    rulebooks.switch_on(cato, handed_in(mila).number)
    with pytest.raises(CannedBlocked):
        canned.activate_canned(mila, free.pk)
    canned.change_canned(mila, free.pk, texts=says(nl="Je reist kosteloos terug"))
    assert states() == {"Gratis": "suspended"}, "words that nobody put on offer are not offered"
    canned.activate_canned(mila, free.pk)
    free.refresh_from_db()
    assert (states(), free.suspended_at) == ({"Gratis": "active"}, None)


def test_a_suspended_one_can_be_taken_off_offer_and_stays_a_draft_whatever_comes_back(mila: User, cato: User) -> None:
    free = a_canned("Gratis", "Je reist gratis terug")
    rulebooks.switch_on(cato, handed_in(mila).number)
    canned.withdraw_canned(mila, free.pk)
    rulebooks.roll_back(cato, 1)
    assert states() == {"Gratis": "draft"}


def test_what_a_new_rule_only_warns_of_and_what_is_no_rulebooks_doing_stays(mila: User, cato: User) -> None:
    a_canned("Gratis", "Je reist gratis terug")
    a_canned("Lang", "x" * 400, visibility="public")  # too long before and after: another rulebook changes nothing
    warns = {"rules": {"phrases.banned": {"phrases": ["gratis"], "severity": "warn"}}}
    rulebooks.switch_on(cato, handed_in(mila, warns).number)
    assert set(states().values()) == {"active"}


def test_a_longer_signature_can_make_a_text_too_long(mila: User, cato: User) -> None:
    a_canned("Krap", "x" * 273, visibility="public")  # with “ ^WWWW” 279 of 280
    version = handed_in(mila, {"signature": {"format": "-- {initials}"}})
    (broken,) = rulebooks.would_happen(mila, version).suspended
    assert [one.code for one in broken.objections] == ["length.exceeded"]
    rulebooks.switch_on(cato, version.number)
    assert states() == {"Krap": "suspended"}


def test_a_rulebook_that_is_not_switched_on_suspends_nothing(mila: User, cato: User) -> None:
    a_canned("Gratis", "Je reist gratis terug")
    fails = {**NO_PROMISES, "examples": [{"text": "gratis", "findings": []}]}
    with pytest.raises(rulebooks.ExampleFails):
        rulebooks.switch_on(cato, handed_in(mila, fails).number)
    assert (states(), Notification.objects.count()) == ({"Gratis": "active"}, 0)


def test_the_look_before_costs_no_more_queries_for_many_than_for_few(
    mila: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        a_canned(f"Gratis {number}", "Je reist gratis terug", shortcut=f"g{number}")
    version = handed_in(mila)
    with django_assert_max_num_queries(15):
        assert len(rulebooks.would_happen(mila, version).suspended) == 30


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("state", "verb"),
    [
        ("draft", lambda mila, pk: canned.activate_canned(mila, pk)),
        ("active", lambda mila, pk: canned.change_canned(mila, pk, name="Anders")),
    ],
)
def test_whoever_works_on_one_while_another_rulebook_is_switched_on_waits_for_it_or_is_waited_for(
    mila: User, cato: User, state: str, verb: Callable[[User, int], CannedResponse]
) -> None:
    """Whoever comes second goes by what holds then; neither waits for the other for ever."""
    free = a_canned("Gratis", "Je reist gratis terug", state=state)
    version = handed_in(mila)
    begin, wrong = threading.Barrier(2), []

    def work() -> None:
        begin.wait()
        try:
            verb(mila, free.pk)
        except CannedBlocked:
            pass
        except Exception as problem:  # a deadlock, say
            wrong.append(problem)
        finally:
            connection.close()

    other = threading.Thread(target=work)
    other.start()
    begin.wait()
    rulebooks.switch_on(cato, version.number)
    other.join()
    free.refresh_from_db()
    assert (wrong, free.state in ("draft", "suspended")) == ([], True)


def test_a_change_of_one_on_offer_holds_the_rulebook_before_it_holds_the_row(mila: User) -> None:
    """In the order of whoever switches another rulebook on, or each of them might wait for the other."""
    free = a_canned("Dank")
    with CaptureQueriesContext(connection) as captured:
        canned.change_canned(mila, free.pk, name="Bedankt")
    locked = [
        query["sql"] for query in captured if "FOR " in query["sql"] and "UPDATE" in query["sql"].split("FOR ")[-1]
    ]
    assert ["rulebookversion" in sql for sql in locked] == [True, False]
