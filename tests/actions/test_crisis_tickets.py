"""Which tickets become part of a crisis: as they arrive, afterwards, by hand; and what a quiet day costs."""

from collections.abc import Iterable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.actions.crises import crises, crisis_search, crisis_tickets
from desk.actions.crises.crisis_levels import LevelsAt
from desk.actions.tickets import splitting, tickets
from desk.common.errors import Conflict, Missing
from desk.crises.models import Crisis, CrisisCount, CrisisSearch, CrisisTicket
from desk.inboxes.gateway import Author
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets import queries
from desk.tickets.models import Message, Ticket, TicketEvent
from tests.actions.builders import a_mention, an_inbox, minutes, own_words, take_in, the_ticket

pytestmark = pytest.mark.django_db
STILL = "De trein staat al een uur stil, wat een schande"
RUMOUR = "Pas op: bij Lindewaard deelt de vervoerder gratis jaarkaarten uit aan iedereen die vandaag nog reist"


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms")


def begin(who: User, *, at: float = 0, level: int = 2, **scope: Iterable[str]) -> Crisis:
    return crises.start(who, reason="De trein staat stil", level=level, scope=scope, now=minutes(at))


def part_of(crisis: Crisis) -> list[tuple[str, str]]:
    """Who wrote what is part of it, and how it came in."""
    rows = CrisisTicket.objects.filter(crisis=crisis, left_at=None).order_by("ticket_id")
    return list(rows.values_list("ticket__profile__handle", "how"))


def curve(crisis: Crisis) -> list[tuple[float, int, int, int, int]]:
    """By five minutes, counted from noon: messages, negative, positive, answers."""
    rows = CrisisCount.objects.filter(crisis=crisis).order_by("at")
    return [
        ((row.at - minutes(0)).total_seconds() / 60, row.messages, row.negative, row.positive, row.answers)
        for row in rows
        if row.messages or row.answers
    ]


class TestArriving:
    def test_what_the_scope_covers_joins_and_is_counted_by_five_minutes(self, inbox: Inbox, noor: User) -> None:
        crisis, other = begin(noor, topics=["trein stil"]), begin(noor, networks=["facebook_page"])
        loud = Author("id-loud", "loud", "Loud", followers=90_000)
        take_in(inbox, [
            a_mention("1", at=1, text=STILL),
            a_mention("2", at=2, by="tom", text="Mooi weer vandaag"),
            a_mention("3", at=7, text="De trein staat stil, maar wat een geweldig fijne conducteur", author=loud),
            a_mention("4", at=8, text="Dus?", thread_id="1"),
        ])  # fmt: skip
        assert part_of(crisis) == [("marit", "scope"), ("loud", "scope")]
        assert part_of(other) == []
        assert curve(crisis) == [(0, 1, 1, 0, 0), (5, 2, 0, 1, 0)]
        assert list(CrisisTicket.objects.values_list("reach", flat=True).order_by("ticket_id")) == [10, 90_000]
        lines = TicketEvent.objects.filter(kind="crisis_joined")
        assert list(lines.values_list("data", flat=True)) == [{"crisis": crisis.pk, "how": "scope"}] * 2

    def test_a_ticket_joins_once_and_with_its_later_words(self, inbox: Inbox, noor: User) -> None:
        crisis = begin(noor, topics=["overweg"])
        take_in(inbox, [a_mention("1", at=1, text="Waar blijft hij?")])
        assert part_of(crisis) == []
        take_in(inbox, [a_mention("2", at=6, text="Ik sta bij de overweg", thread_id="1")])
        take_in(inbox, [a_mention("3", at=11, text="Hallo?", thread_id="1")])
        assert part_of(crisis) == [("marit", "scope")]
        assert [row[:2] for row in curve(crisis)] == [(5, 1), (10, 1)]

    def test_answers_are_counted_too(self, inbox: Inbox, noor: User) -> None:
        crisis = begin(noor)
        take_in(inbox, [a_mention("1", at=1)])
        take_in(inbox, [own_words("2", parent_id="1", at=6)])
        assert curve(crisis)[-1] == (5, 0, 0, 0, 1)

    def test_nothing_joins_a_suspicion_or_what_is_over(self, inbox: Inbox, noor: User) -> None:
        suspected, over = begin(noor, level=0), begin(noor)
        crises.stand_down(noor, over.pk, reason="Klaar", now=minutes(1))
        take_in(inbox, [a_mention("1", at=2)])
        assert part_of(suspected) == part_of(over) == []

    def test_a_quiet_day_costs_no_query_and_a_crisis_the_same_few_for_however_many(
        self, inbox: Inbox, noor: User
    ) -> None:
        number = iter(range(1_000))

        def queries_of(count: int) -> list[str]:
            known = [f"{next(number)}" for _ in range(count)]
            take_in(inbox, [a_mention(one, by=f"c{one}") for one in known])
            again = [a_mention(f"{one}b", by=f"c{one}", thread_id=one, at=1) for one in known]
            with CaptureQueriesContext(connection) as captured:
                take_in(inbox, [*again, *(a_mention(f"{one}c", by=f"d{one}", at=1) for one in known)])
            return [query["sql"] for query in captured]

        queries_of(1)
        quiet = queries_of(20)
        assert not [sql for sql in quiet if "crises_" in sql and "inboxes_inbox" not in sql]
        begin(noor, topics=["trein"])
        busy = queries_of(1)
        assert len(queries_of(20)) == len(busy) == len(quiet) + 6, (
            "the crises, what was said before, what is known, what was put in; joined, counted"
        )


class TestLookingBack:
    def test_what_was_there_before_joins_from_three_hours_before_on(self, inbox: Inbox, noor: User) -> None:
        take_in(inbox, [
            a_mention("1", at=-200, by="old", text=STILL),
            a_mention("2", at=-100, text=STILL),
            a_mention("3", at=-90, by="tom", text="Mooi weer"),
            own_words("4", parent_id="2", at=-80),
        ])  # fmt: skip
        crisis = begin(noor, topics=["trein stil"])
        assert crisis_search.search(minutes(1)) == 1
        assert part_of(crisis) == [("marit", "scope")]
        assert curve(crisis) == [(-100, 1, 1, 0, 0), (-80, 0, 0, 0, 1)]
        assert crisis_search.search(minutes(2)) == 0
        assert not CrisisSearch.objects.filter(done_at=None).exists()

    def test_a_wider_scope_brings_in_more_and_counts_nothing_twice(self, inbox: Inbox, noor: User) -> None:
        take_in(inbox, [a_mention("1", at=-10, text=STILL), a_mention("2", at=-9, by="tom", text="Mooi weer")])
        crisis = begin(noor, topics=["trein stil"])
        crisis_search.search(minutes(1))
        crises.change_scope(noor, crisis.pk, {}, reason="Alles", now=minutes(2))
        crisis_search.search(minutes(3))
        assert part_of(crisis) == [("marit", "scope"), ("tom", "scope")]
        assert sum(row[1] for row in curve(crisis)) == 2

    def test_portion_by_portion_it_goes_on_where_it_was(
        self, inbox: Inbox, noor: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        take_in(inbox, [a_mention(f"{one}", at=-10, by=f"c{one}") for one in range(7)])
        crisis = begin(noor)
        monkeypatch.setattr(crisis_search, "PORTION", 3)
        assert crisis_search._next_portion(minutes(1)) == 3
        assert crisis_search.search(minutes(1)) == 4
        assert len(part_of(crisis)) == 7

    def test_a_suspicion_looks_back_when_it_is_started(self, inbox: Inbox, noor: User) -> None:
        take_in(inbox, [a_mention("1", at=-10)])
        crisis = begin(noor, level=0)
        assert not CrisisSearch.objects.exists()
        crises.set_level(noor, crisis.pk, 1, reason="Toch", now=minutes(5))
        assert crisis_search.search(minutes(6)) == 1


class TestByHand:
    def test_copies_of_what_was_put_in_join_too_before_and_after(self, inbox: Inbox, noor: User) -> None:
        take_in(inbox, [
            a_mention("1", at=-20, by="ada", text=RUMOUR),
            a_mention("2", at=-10, by="bob", text=f"@vlotlijn {RUMOUR}!"),
            a_mention("3", at=-9, by="cor", text="Mooi weer in Lindewaard vandaag, en de trein reed op tijd"),
        ])  # fmt: skip
        crisis = begin(noor, topics=["ontsporing"])
        crisis_tickets.put_in(noor, Ticket.objects.get(profile__handle="ada").pk, crisis.pk, now=minutes(1))
        crisis_search.search(minutes(2))
        take_in(inbox, [a_mention("4", at=3, by="dia", text=f"Echt waar? {RUMOUR}")])
        assert part_of(crisis) == [("ada", "hand"), ("bob", "alike"), ("dia", "alike")]
        levels = LevelsAt(minutes(4))(Ticket.objects.select_related("inbox"))
        assert sorted(levels.values()) == [0, 2, 2, 2], "they have its level"

    def test_what_was_taken_out_stays_out_and_off_the_curve(self, inbox: Inbox, noor: User) -> None:
        crisis = begin(noor)
        take_in(inbox, [a_mention("1", at=1, text=STILL)])
        crisis_tickets.take_out(noor, the_ticket().pk, crisis.pk, now=minutes(2))
        assert (part_of(crisis), curve(crisis)) == ([], [])
        take_in(inbox, [a_mention("2", at=3, thread_id="1", text="Hallo?")])
        crises.change_scope(noor, crisis.pk, {"networks": ["x"]}, reason="x", now=minutes(4))
        crisis_search.search(minutes(5))
        assert (part_of(crisis), curve(crisis)) == ([], [])
        assert LevelsAt(minutes(5))(Ticket.objects.select_related("inbox")) == {the_ticket().pk: 0}
        crisis_tickets.put_in(noor, the_ticket().pk, crisis.pk, now=minutes(6))
        assert part_of(crisis) == [("marit", "hand")]
        assert sum(row[1] for row in curve(crisis)) == 2
        kinds = TicketEvent.objects.filter(kind__startswith="crisis_").order_by("id").values_list("kind", flat=True)
        assert list(kinds) == ["crisis_joined", "crisis_left", "crisis_joined"]

    def test_to_say_it_twice_changes_nothing_and_what_is_over_takes_nobody(self, inbox: Inbox, noor: User) -> None:
        take_in(inbox, [a_mention("1", at=1)])
        crisis, ticket = begin(noor, topics=["x"]), the_ticket()
        crisis_tickets.put_in(noor, ticket.pk, crisis.pk)
        crisis_tickets.put_in(noor, ticket.pk, crisis.pk)
        assert TicketEvent.objects.filter(kind="crisis_joined").count() == 1
        assert [row[1] for row in curve(crisis)] == [1]
        crises.stand_down(noor, crisis.pk, reason="Klaar")
        with pytest.raises(Missing):
            crisis_tickets.take_out(noor, ticket.pk, begin(noor, topics=["x"]).pk)
        with pytest.raises(Conflict):
            crisis_tickets.put_in(noor, ticket.pk, crisis.pk)

    def test_tickets_that_become_one_or_two_stay_in_it(self, inbox: Inbox, noor: User) -> None:
        crisis = begin(noor, topics=["trein"])
        take_in(inbox, [a_mention("1", at=1), a_mention("2", at=2, by="tom", text="Mooi weer")])
        first, second = Ticket.objects.order_by("pk")
        tickets.merge(noor, first.pk, second.pk, now=minutes(3))
        assert ("tom", "ticket") in part_of(crisis)
        moved = Message.objects.get(external_id="1")
        splitting.split(noor, second.pk, [moved.pk], now=minutes(4))
        assert part_of(crisis) == [("marit", "scope"), ("tom", "ticket"), ("marit", "ticket")]


def test_the_queue_can_be_narrowed_to_a_crisis(inbox: Inbox, noor: User) -> None:
    crisis = begin(noor, topics=["trein"])
    take_in(inbox, [a_mention("1", at=1), a_mention("2", at=2, by="tom", text="Mooi weer"), a_mention("3", by="els")])
    out = Ticket.objects.get(profile__handle="els")
    crisis_tickets.take_out(noor, out.pk, crisis.pk)
    found = queries.queue(noor, queries.QueueFilter(crisis=crisis.pk), now=minutes(5))
    assert [row.profile.handle for row in found.rows] == ["marit"]
