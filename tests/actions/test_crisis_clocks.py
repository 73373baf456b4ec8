"""What a crisis does to what customers are promised, through the real ingest."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.actions.crises import crises
from desk.actions.sla import sla_change
from desk.actions.sla import sla_policies as policies
from desk.actions.tickets import tickets
from desk.common.errors import Conflict, Invalid
from desk.crises.models import Crisis
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.sla.audit import differences
from desk.sla.models import BusinessCalendar, Clock, SlaPolicy, SlaRenewal
from desk.tickets.models import Ticket, TicketEvent
from tests.actions.builders import a_mention, an_inbox, deleted, minutes, own_words, take_in, the_ticket
from tests.actions.planned import brings, switched_on
from tests.actions.promised import a_policy, clocks, promise

pytestmark = pytest.mark.django_db
RESOLUTION = "resolution"


@pytest.fixture
def inbox() -> Inbox:
    promise(first=60, following=60, resolution=500)
    a_policy("Crisis", first=10, following=15, resolution=100, profiles=frozenset({"crisis", "worst"}))
    brings(level2="crisis", level3="worst")
    return an_inbox()


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms")


def begin(who: User, level: int = 2, *, at: float = 0, **scope: Any) -> Crisis:
    return crises.start(who, reason="De trein staat stil", level=level, scope=scope, now=minutes(at))


def first_due() -> list[float]:
    """When the first response of each ticket is due, in minutes past noon."""
    return [row[3] for row in clocks("first_response")]


@pytest.mark.parametrize(
    ("level", "scope", "due"),
    [
        (0, {}, 60),  # a suspicion has no effect
        (1, {}, 60),
        (2, {}, 10),
        (3, {}, 10),
        (2, {"networks": ["x"]}, 10),
        (2, {"networks": ["facebook_page"]}, 60),
        (2, {"languages": ["nl"]}, 10),
        (2, {"languages": ["en"]}, 60),
        (2, {"topics": ["lindewaard", "trein haarbrug"]}, 10),
        (2, {"topics": ["lindewaard"]}, 60),
    ],
)
def test_a_clock_that_begins_is_promised_what_the_crisis_that_covers_it_says(
    inbox: Inbox, noor: User, level: int, scope: dict[str, Any], due: float
) -> None:
    begin(noor, level, at=-1, **scope)
    take_in(inbox, [a_mention("1", at=0, text="Waarom staat de trein in Haarbrug al een uur stil?")], now=minutes(1))
    assert first_due() == [due]
    assert list(differences(Ticket.objects.all())) == []


def test_one_inbox_of_several(inbox: Inbox, noor: User) -> None:
    other = an_inbox(own_id="2", name="@vlotlijn_bus")
    begin(noor, at=-1, inboxes=[other.pk])
    for one in (inbox, other):
        take_in(one, [a_mention("1", at=0)], now=minutes(1))
    assert first_due() == [60, 10]


def test_the_strictest_of_several_holds(inbox: Inbox, noor: User) -> None:
    a_policy("Only the worst", first=5, position=0, profiles=frozenset({"worst"}))
    begin(noor, 1, at=-1)
    begin(noor, 3, at=-1, networks=["x"])
    begin(noor, 2, at=-1)
    take_in(inbox, [a_mention("1", at=0)], now=minutes(1))
    assert first_due() == [5]


def test_level_three_that_nobody_confirmed_is_level_two_also_before_a_sweep(inbox: Inbox, noor: User) -> None:
    a_policy("Only the worst", first=5, position=0, profiles=frozenset({"worst"}))
    begin(noor, 3, at=0)
    take_in(inbox, [a_mention("1", at=20)], now=minutes(29.9))
    take_in(inbox, [a_mention("2", at=20, by="tom")], now=minutes(30))
    assert first_due() == [25, 30]


def test_another_level_leaves_what_was_promised_and_counts_for_the_next_turn(inbox: Inbox, noor: User) -> None:
    take_in(inbox, [a_mention("1", at=0)], now=minutes(1))
    crisis = begin(noor, 1, at=2)
    crises.set_level(noor, crisis.pk, 2, reason="Erger", now=minutes(3))
    assert clocks() == [("first_response", "running", 0, 60, None), (RESOLUTION, "running", 0, 500, None)]
    take_in(inbox, [own_words("2", parent_id="1", at=8)], now=minutes(8))
    take_in(inbox, [a_mention("3", at=20, thread_id="1")], now=minutes(21))
    assert clocks("next_response") == [("next_response", "running", 20, 35, None)]
    crises.stand_down(noor, crisis.pk, reason="Klaar", now=minutes(22))
    assert clocks("next_response") == [("next_response", "running", 20, 35, None)]
    take_in(inbox, [own_words("4", parent_id="3", at=25)], now=minutes(25))
    take_in(inbox, [a_mention("5", at=30, thread_id="1")], now=minutes(31))
    assert clocks("next_response")[-1] == ("next_response", "running", 30, 90, None)
    assert list(differences(Ticket.objects.all())) == []


def test_what_was_said_earlier_on_a_ticket_keeps_it_in_the_crisis(inbox: Inbox, noor: User) -> None:
    begin(noor, at=-1, topics=["overweg*"])
    take_in(inbox, [a_mention("1", at=0, text="Weer die overwegen bij Lindewaard")], now=minutes(1))
    take_in(inbox, [own_words("2", parent_id="1", at=5)], now=minutes(5))
    take_in(inbox, [a_mention("3", at=20, text="Hoe lang nog?", thread_id="1")], now=minutes(21))
    assert clocks("next_response") == [("next_response", "running", 20, 35, None)]
    take_in(
        inbox,
        [
            own_words("4", parent_id="3", at=22),
            a_mention("5", at=23, by="tom", text="Mooi weer"),
            own_words("6", parent_id="5", at=24),
            a_mention("7", at=25, by="tom", text="Nu de overweg ook", thread_id="5"),
            own_words("8", parent_id="7", at=26),
            a_mention("9", at=27, by="tom", text="Dus?", thread_id="5"),
        ],
        now=minutes(28),
    )  # all in one batch
    tom = clocks("next_response")[1:]
    assert [(row[2], row[3]) for row in tom] == [(25, 40), (27, 42)]


def test_what_was_taken_back_says_nothing_any_more(inbox: Inbox, noor: User) -> None:
    begin(noor, at=-1, topics=["overweg"])
    said = a_mention("1", at=0, text="De overweg")
    take_in(inbox, [said, a_mention("2", at=1, thread_id="1", text="Dus?")], now=minutes(2))
    take_in(inbox, [deleted(said, at=3), own_words("3", parent_id="2", at=4)], now=minutes(5))
    take_in(inbox, [a_mention("4", at=20, thread_id="1", text="Nou?")], now=minutes(21))
    assert clocks("next_response") == [("next_response", "running", 20, 80, None)]


def test_a_cycle_that_a_decision_begins_is_promised_by_the_crisis_too(inbox: Inbox, noor: User) -> None:
    take_in(inbox, [a_mention("1", at=0)], now=minutes(1))
    tickets.transition(noor, the_ticket().pk, "resolve", now=minutes(5))
    begin(noor, at=6)
    tickets.transition(noor, the_ticket().pk, "reopen", now=minutes(7))
    assert clocks(RESOLUTION)[-1] == (RESOLUTION, "running", 7, 107, None)


def test_open_clocks_get_the_new_promise_when_somebody_says_so_and_only_those_concerned(
    inbox: Inbox, noor: User
) -> None:
    other = an_inbox(own_id="2", name="@vlotlijn_bus")
    a_policy("Vip", first=40, position=0, tags=frozenset({"vip"}))
    for one, name in ((inbox, "marit"), (inbox, "tom"), (other, "bert")):
        take_in(one, [a_mention(name, at=0, by=name)], now=minutes(1))
    tickets.tag(noor, Ticket.objects.get(profile__handle="tom").pk, add=["vip"], now=minutes(2))
    crisis = begin(noor, at=3, inboxes=[inbox.pk])
    effect = crises.preview_renewal(noor, crisis.pk, now=minutes(20))
    assert (effect.moved, effect.breached) == (2, 1)
    assert SlaRenewal.objects.count() == 0
    crises.renew_clocks(noor, crisis.pk, now=minutes(20))
    assert first_due() == [60, 60, 60], "a sweep does it"
    assert sla_change.renew_open_clocks(minutes(20)) == 2
    assert first_due() == [10, 60, 60], "tom is a vip with or without a crisis, and bert wrote elsewhere"
    assert TicketEvent.objects.filter(kind="clock_renewed", actor=noor).count() == 2

    crises.change_scope(noor, crisis.pk, {"inboxes": [other.pk]}, reason="Het is de bus", now=minutes(21))
    crises.renew_clocks(noor, crisis.pk, now=minutes(21))
    sla_change.renew_open_clocks(minutes(21))
    assert first_due() == [60, 60, 10], "also who is no longer covered gets what is promised now"

    crises.set_level(noor, crisis.pk, 1, reason="Minder", now=minutes(22))
    crises.renew_clocks(noor, crisis.pk, now=minutes(22))
    sla_change.renew_open_clocks(minutes(22))
    assert first_due() == [60, 60, 60]
    assert list(differences(Ticket.objects.all())) == []


def test_one_ticket_can_be_given_the_new_promise_by_itself(inbox: Inbox, noor: User) -> None:
    take_in(inbox, [a_mention("1", at=0)], now=minutes(1))
    begin(noor, at=2)
    assert sla_change.renew_ticket(noor, the_ticket(), now=minutes(3)) == 2
    assert first_due() == [10]


def test_a_policy_change_is_previewed_with_the_crises_that_are_active(inbox: Inbox, noor: User) -> None:
    sanne = User.objects.create_user("sanne", role="supervisor")
    begin(noor, at=-1)
    take_in(inbox, [a_mention("1", at=0)], now=minutes(1))
    crisis_policy = Clock.objects.select_related("policy_version").first()
    assert crisis_policy is not None
    effect = sla_change.preview(
        lambda: policies.change_policy(sanne, crisis_policy.policy_version.policy_id, first_response_minutes=20),
        now=minutes(5),
    )
    assert effect.moved == 1


def test_a_crisis_keeps_the_profile_of_the_plan_that_it_started_with_and_the_next_one_has_another(
    inbox: Inbox, noor: User
) -> None:
    a_policy("Snel", first=3, position=2, profiles=frozenset({"snel"}))
    first = begin(noor, at=-1)
    brings(level2="snel")
    take_in(inbox, [a_mention("1", at=0)], now=minutes(1))
    crises.stand_down(noor, first.pk, reason="Klaar", now=minutes(2))
    begin(noor, at=3)
    take_in(inbox, [a_mention("2", at=4, by="tom")], now=minutes(5))
    assert first_due() == [10, 7]


def test_of_two_crises_the_strictest_that_names_a_profile_brings_it(inbox: Inbox, noor: User) -> None:
    begin(noor, 2, at=-2)
    brings(level2="crisis")  # says nothing of level 3
    begin(noor, 3, at=-1)
    take_in(inbox, [a_mention("1", at=0)], now=minutes(1))
    assert first_due() == [10]


def test_a_policy_names_profiles_and_a_plan_only_those_that_some_policy_has(inbox: Inbox, noor: User) -> None:
    sanne = User.objects.create_user("sanne", role="supervisor")
    calendar = BusinessCalendar.objects.get()
    made = policies.create_policy(
        sanne, name="Erg", calendar_id=calendar.pk, first_response_minutes=5, conditions={"profiles": ["zwaar", "erg"]}
    )
    assert made.current is not None
    assert made.current.conditions_form == {"profiles": ["erg", "zwaar"]}
    for wrong in ("", "Groot", "a b", 3):
        with pytest.raises(Invalid):
            policies.change_policy(sanne, made.pk, conditions={"profiles": [wrong]})
    with pytest.raises(Invalid) as refused:
        brings(level1="onbekend")
    assert list(refused.value.errors) == ["levels.1.sla_profile"]


@pytest.mark.parametrize("lose", ["delete", "switch_off", "other_conditions"])
def test_the_last_policy_of_a_profile_that_the_plan_brings_is_kept(inbox: Inbox, noor: User, lose: str) -> None:
    sanne = User.objects.create_user("sanne", role="supervisor")
    policy = SlaPolicy.objects.get(name="Crisis")
    steps: dict[str, Callable[[], object]] = {
        "delete": lambda: policies.delete_policy(sanne, policy.pk),
        "switch_off": lambda: policies.change_policy(sanne, policy.pk, enabled=False),
        "other_conditions": lambda: policies.change_policy(sanne, policy.pk, conditions={"profiles": ["crisis"]}),
    }
    with pytest.raises(Conflict, match="brings the profile “worst”" if lose == "other_conditions" else "brings the"):
        steps[lose]()
    policy.refresh_from_db()
    assert (policy.enabled, policy.deleted_at) == (True, None)
    led = begin(noor, at=0)
    switched_on({})
    with pytest.raises(Conflict):  # a crisis goes by the plan before still
        steps[lose]()
    crises.stand_down(noor, led.pk, reason="Klaar", now=minutes(2))
    steps[lose]()


def test_a_batch_looks_the_crises_up_once(inbox: Inbox, noor: User) -> None:
    number = iter(range(1_000))

    def queries(count: int) -> int:
        """What it costs to take in so many messages: half of them on tickets that are there."""
        known = [f"{next(number)}" for _ in range(count)]
        take_in(inbox, [a_mention(one, by=f"c{one}") for one in known])
        again = [a_mention(f"{one}b", by=f"c{one}", thread_id=one, at=1) for one in known]
        fresh = [a_mention(f"{one}c", by=f"d{one}", at=1) for one in known]
        with CaptureQueriesContext(connection) as captured:
            take_in(inbox, [*again, *fresh])
        asked = [query["sql"] for query in captured if query["sql"].startswith('SELECT "crises_crisis"."id"')]
        assert len(asked) <= 1
        return len(captured)

    queries(1)
    assert queries(30) == queries(1), "none at all"
    begin(noor, at=-1)
    busy = queries(1)
    assert queries(30) == busy, "one look at the crises"
    begin(noor, at=-1, topics=["trein"])
    assert queries(30) == queries(1) == busy + 1, "and one at what was said before"
