"""Beside counts: a word from somebody whom many follow, and many who write almost the same."""

from typing import Any

import pytest

from desk.actions.signals import signal_rules, signals
from desk.actions.signals.listening_in import look
from desk.common.errors import Invalid
from desk.crises.models import Crisis, CrisisTicket
from desk.inboxes.gateway import Author, Item
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.signals.models import Loud, Signal
from tests.actions.builders import a_mention, an_inbox, minutes, take_in

pytestmark = pytest.mark.django_db
RUMOUR = "Let op: de kortingskaart van Vlotlijn vervalt morgen voor iedereen, vraag nu je geld terug!"


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


def from_many(external_id: str, text: str, followers: int = 20_000, **more: Any) -> Item:
    return a_mention(
        external_id, text=text, author=Author(f"id-{external_id}", "bekend", "Bekend", followers=followers), **more
    )


def the_same(count: int, *, at: float = 0, name: str = "k") -> list[Item]:
    return [
        a_mention(f"{name}{n}", by=f"{name}{n}", at=at + n / 60, text=f"{RUMOUR} @vriend{n} https://t.example/{n}")
        for n in range(count)
    ]


class TestWords:
    def test_who_is_followed_by_many_is_heard_with_the_first_word_of_the_list(self, inbox: Inbox, noor: User) -> None:
        take_in(inbox, [from_many("1", "Er is brand in de trein!"), from_many("2", "Waar blijft hij?")], now=minutes(1))
        assert look(minutes(1)) == 1
        signal = Signal.objects.get()
        assert (signal.kind, signal.facts["word"], signal.facts["reach"]) == ("trigger", "brand", 20_000)
        assert signal.scope_form == {"topics": ["brand"]}
        assert signal.crisis is not None
        assert "20,000 followers" in signal.crisis.reason
        assert not Loud.objects.exists()
        assert look(minutes(2)) == 0

    def test_whom_few_follow_is_not(self, inbox: Inbox) -> None:
        take_in(
            inbox, [from_many("1", "Er is brand in de trein!", 9_999), a_mention("2", text="brand")], now=minutes(1)
        )
        assert look(minutes(1)) == 0
        assert not Loud.objects.exists()

    def test_a_word_is_told_once_a_day_and_after_no_crisis_from_twice_the_reach(self, inbox: Inbox, noor: User) -> None:
        def hears(number: int, followers: int, at: float) -> int:
            take_in(inbox, [from_many(f"{number}", "Een ramp, brand!", followers, at=at)], now=minutes(at))
            return look(minutes(at))

        assert hears(1, 20_000, 0) == 1
        assert hears(2, 500_000, 60) == 0
        signals.dismiss(noor, Signal.objects.get().pk, reason="Een film", now=minutes(61))
        assert hears(3, 39_999, 62) == 0
        assert hears(4, 40_000, 63) == 1
        assert hears(5, 20_000, 63 + 15 * 1_440) == 1

    def test_the_list_is_the_companys(self, inbox: Inbox, noor: User) -> None:
        kept = signal_rules.change(noor, words=[" *Lek ", "trein  stil", "*lek"], least_reach=1_000)
        assert (kept.words, kept.words_on) == (["*lek", "trein stil"], True)
        take_in(inbox, [from_many("1", "Een gaslek", 1_000), from_many("2", "Er is brand", 1_000)], now=minutes(1))
        assert look(minutes(1)) == 1
        signal_rules.change(noor, words_on=False)
        take_in(inbox, [from_many("3", "De trein staat stil", 1_000)], now=minutes(1))
        assert look(minutes(1)) == 0

    @pytest.mark.parametrize(
        "wrong", [{"words": ["…"]}, {"words": ["x" * 101]}, {"least_reach": 5}, {"least_people": 1}]
    )
    def test_what_can_not_be_listened_for_is_refused(self, noor: User, wrong: dict[str, Any]) -> None:
        with pytest.raises(Invalid) as refused:
            signal_rules.change(noor, **wrong)
        assert set(refused.value.errors) == set(wrong)


class TestAlike:
    def test_many_who_write_the_same_are_one_signal_about_what_they_share(self, inbox: Inbox, noor: User) -> None:
        take_in(inbox, the_same(9), now=minutes(1))
        assert look(minutes(1)) == 0
        take_in(
            inbox, [*the_same(1, at=1, name="l"), a_mention("x", text="Iets heel anders over de trein van vanavond")]
        )
        assert look(minutes(2)) == 1
        take_in(inbox, the_same(5, at=3, name="m"), now=minutes(4))
        assert look(minutes(4)) == 0
        signal = Signal.objects.get()
        assert (signal.kind, signal.facts["people"], len(signal.posts)) == ("outbreak", 10, 10)
        assert "kortingskaart" in signal.scope_form["topics"][0]

    def test_one_person_who_repeats_it_is_no_outbreak(self, inbox: Inbox) -> None:
        take_in(inbox, [a_mention(str(n), text=RUMOUR, at=n / 60) for n in range(30)], now=minutes(1))
        assert look(minutes(1)) == 0

    def test_what_is_no_crisis_takes_twice_as_many(self, inbox: Inbox, noor: User) -> None:
        take_in(inbox, the_same(10), now=minutes(1))
        assert look(minutes(1)) == 1
        signals.dismiss(noor, Signal.objects.get().pk, reason="Een winactie", now=minutes(2))
        take_in(inbox, the_same(9, at=3, name="l"), now=minutes(4))
        assert look(minutes(4)) == 0
        take_in(inbox, the_same(1, at=4, name="m"), now=minutes(5))
        assert look(minutes(5)) == 1

    def test_a_crisis_that_starts_from_it_has_its_tickets_and_takes_in_what_repeats_them(
        self, inbox: Inbox, noor: User
    ) -> None:
        take_in(inbox, the_same(12), now=minutes(1))
        look(minutes(1))
        crisis = signals.start_crisis(noor, Signal.objects.get().pk, now=minutes(2))
        assert crisis.state == Crisis.State.ACTIVE
        assert CrisisTicket.objects.filter(crisis=crisis, how="hand").count() == 10
        take_in(inbox, the_same(1, at=3, name="later"), now=minutes(3))
        assert CrisisTicket.objects.filter(crisis=crisis).exclude(how="hand").exists()
