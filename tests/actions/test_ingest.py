"""From what a network told us to tickets: each promise of ingest as a sentence."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.actions.intake import ingest
from desk.actions.intake.batch import Batch
from desk.inboxes.gateway import Change, Item, ItemKind
from desk.inboxes.models import Inbox, RawItem
from desk.people.models import User
from desk.tickets.models import NO_DUE, Customer, Message, Priority, Profile, Ticket, TicketEvent
from tests.actions.builders import a_mention, a_message, an_inbox, deleted, minutes, own_words, take_in, the_ticket
from tests.actions.promised import promise, responses, the_response

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    promise(first=30)
    return an_inbox()


def test_a_mention_opens_a_ticket_with_its_customer_clock_and_timeline(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    ticket = the_ticket()
    assert (ticket.state, ticket.preview, ticket.unread, ticket.language) == ("new", "Waar blijft de trein?", 1, "nl")
    assert ticket.profile.handle == "marit"
    clock = the_response()
    assert (clock.metric, clock.started_at, clock.due_at) == ("first_response", minutes(0), minutes(30))
    assert (ticket.due_at, ticket.waiting_since) == (minutes(30), minutes(0))
    assert [event.kind for event in TicketEvent.objects.all()] == ["ticket_opened"]


def test_the_clock_starts_at_the_networks_time_and_keeps_the_time_of_receipt(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0)], now=minutes(20))
    clock = the_response()
    assert (clock.started_at, clock.received_at) == (minutes(0), minutes(20))


def test_the_same_event_by_webhook_and_by_poll_gives_one_message(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1")], source="webhook")
    take_in(inbox, [a_mention("1"), a_mention("1")], source="poll")
    assert Message.objects.count() == Ticket.objects.count() == RawItem.objects.count() == 1


def test_a_second_message_in_the_thread_goes_to_the_same_ticket_and_never_moves_the_start(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    take_in(inbox, [a_mention("2", at=9, thread_id="1", text="Hallo?")])
    ticket = the_ticket()
    assert (ticket.unread, ticket.waiting_since, ticket.preview) == (2, minutes(0), "Hallo?")
    assert the_response().started_at == minutes(0)


def test_messages_that_arrive_in_the_wrong_order_start_the_clock_at_the_earliest(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("2", at=9, thread_id="1", text="Hallo?")])
    take_in(inbox, [a_mention("1", at=0)])
    ticket = the_ticket()
    assert (ticket.waiting_since, ticket.due_at, ticket.preview) == (minutes(0), minutes(30), "Hallo?")


def test_two_authors_below_one_post_are_two_tickets(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", by="marit", thread_id="9"), a_mention("2", by="tom", thread_id="9")])
    assert Ticket.objects.count() == 2
    assert Ticket.objects.values("conversation").distinct().count() == 1


def test_an_author_with_two_posts_is_one_customer_with_two_tickets(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1"), a_mention("2", at=1)])
    assert (Ticket.objects.count(), Customer.objects.count(), Profile.objects.count()) == (2, 1, 1)


def test_own_posts_never_open_a_ticket(inbox: Inbox) -> None:
    take_in(inbox, [own_words("1", parent_id="", at=0, thread_id="1", kind=ItemKind.POST)])
    assert Ticket.objects.count() == 0
    assert Message.objects.get().outgoing


def test_who_deletes_one_message_and_writes_another_can_be_answered_in_public(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    take_in(inbox, [deleted(a_mention("1", at=0), at=5)])
    assert the_ticket().original_gone
    take_in(inbox, [a_mention("2", at=9, thread_id="1")])
    assert not the_ticket().original_gone


def test_a_deleted_message_leaves_the_others_to_be_answered_also_where_nobody_waits(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0), a_mention("2", at=1, thread_id="1"), own_words("3", parent_id="2", at=5)])
    take_in(inbox, [deleted(a_mention("1", at=0), at=9)])
    ticket = the_ticket()
    assert (ticket.original_gone, ticket.waiting_since) == (False, None)


def test_an_answer_typed_in_the_networks_own_app_meets_the_clock_at_its_own_time(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    take_in(inbox, [own_words("2", parent_id="1", at=7)])
    clock, ticket = the_response(), the_ticket()
    assert (clock.state, clock.met_at, clock.breached_at) == ("met", minutes(7), None)
    assert (ticket.state, ticket.due_at, ticket.waiting_since) == ("waiting_for_customer", NO_DUE, None)
    assert Message.objects.get(external_id="2").ticket == ticket


def test_question_and_answer_in_one_batch_end_up_answered(inbox: Inbox) -> None:
    take_in(inbox, [own_words("2", parent_id="1", at=45), a_mention("1", at=0)])
    clock = the_response()
    assert (clock.state, clock.met_at, clock.breached_at) == ("met", minutes(45), minutes(30))


def test_a_customer_who_writes_again_after_an_answer_waits_on_a_new_clock(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=5), a_mention("3", at=10, thread_id="1")])
    assert list(responses().values_list("metric", "state")) == [
        ("first_response", "met"),
        ("next_response", "running"),
    ]
    assert (the_ticket().state, the_ticket().due_at) == ("open", minutes(40))


def test_within_the_window_a_resolved_ticket_opens_again_and_after_it_a_new_one_begins(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    Ticket.objects.update(state="resolved")
    take_in(inbox, [a_mention("2", at=60 * 71, thread_id="1")])
    assert the_ticket().state == "open"
    Ticket.objects.update(state="resolved")
    take_in(inbox, [a_mention("3", at=60 * (71 + 73), thread_id="1")])
    assert list(Ticket.objects.order_by("id").values_list("state", flat=True)) == ["resolved", "new"]


def test_reopening_goes_back_to_the_last_assignee_unless_away(inbox: Inbox) -> None:
    here, away = User.objects.create(username="here"), User.objects.create(username="away", away=True)
    take_in(inbox, [a_mention("1", by="marit"), a_mention("2", by="tom")])
    for ticket, assignee in zip(Ticket.objects.order_by("id"), (here, away), strict=True):
        Ticket.objects.filter(pk=ticket.pk).update(state="resolved", assignee=assignee)
    take_in(inbox, [a_mention("3", by="marit", thread_id="1", at=9), a_mention("4", by="tom", thread_id="2", at=9)])
    assert list(Ticket.objects.order_by("id").values_list("state", "assignee")) == [("open", here.pk), ("open", None)]


def test_the_more_pressing_of_a_customers_messages_says_how_urgent_the_ticket_is(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", at=0, text="Er ligt iemand bewusteloos in de trein, bel 112!")])
    assert the_ticket().priority == Priority.URGENT
    take_in(inbox, [a_mention("2", at=1, thread_id="1", text="Bedankt, fijne dag")])
    assert (the_ticket().priority, the_ticket().urgency) == (Priority.URGENT, -Priority.URGENT)


def test_an_edit_keeps_the_earlier_wording(inbox: Inbox) -> None:
    item = a_mention("1", text="Al 20 minuten stil")
    take_in(inbox, [item])
    take_in(
        inbox, [replace(item, change=Change.EDITED, text="Al 25 minuten stil", revision="2", changed_at=minutes(3))]
    )
    message = Message.objects.get()
    assert (message.text, message.edited_at) == ("Al 25 minuten stil", minutes(3))
    assert [version.text for version in message.versions.all()] == ["Al 20 minuten stil"]
    assert the_ticket().preview == "Al 25 minuten stil"


def test_an_edit_in_the_batch_of_its_message_is_applied_too(inbox: Inbox) -> None:
    item = a_mention("1", text="een")
    take_in(inbox, [replace(item, change=Change.EDITED, text="twee", revision="2", changed_at=minutes(3)), item])
    message = Message.objects.get()
    assert message.text == "twee"


def test_a_deleted_original_stops_the_clock_and_leaves_a_tombstone(inbox: Inbox) -> None:
    take_in(inbox, [item := a_mention("1", at=0)])
    take_in(inbox, [deleted(item, at=4)])
    assert Message.objects.get().deleted_at == minutes(4)
    clock, ticket = the_response(), the_ticket()
    assert (clock.state, clock.cancelled_at) == ("cancelled", minutes(4))
    assert (ticket.original_gone, ticket.due_at) == (True, NO_DUE)


def test_a_deletion_while_another_message_still_waits_moves_the_start_to_that_one(inbox: Inbox) -> None:
    first = a_mention("1", at=0)
    take_in(inbox, [first, a_mention("2", at=6, thread_id="1")])
    take_in(inbox, [deleted(first, at=8)])
    assert (the_response().started_at, the_ticket().original_gone) == (minutes(6), False)


def test_a_deletion_that_overtakes_its_message_waits_for_it(inbox: Inbox) -> None:
    item = a_mention("1", at=0)
    take_in(inbox, [deleted(item, at=4)], now=minutes(5))
    assert RawItem.objects.get().processed_at is None
    take_in(inbox, [item], now=minutes(10))
    assert Message.objects.get().deleted_at == minutes(4)


def test_private_messages_of_one_thread_share_a_ticket(inbox: Inbox) -> None:
    take_in(inbox, [a_message("1", at=0), a_message("2", at=1)])
    take_in(inbox, [a_message("3", at=2)])
    ticket = the_ticket()
    assert (ticket.private, ticket.unread, ticket.conversation.current_ticket_id) == (True, 3, ticket.pk)


def test_context_is_shown_and_never_a_ticket_until_it_is_said_to_us(inbox: Inbox) -> None:
    root = a_mention("1", by="tom", addressed=False)
    take_in(inbox, [root, a_mention("2", at=1, thread_id="1", parent_id="1")])
    assert Ticket.objects.count() == 1
    take_in(inbox, [replace(root, addressed=True, revision="said")])
    assert Ticket.objects.count() == 2
    assert Message.objects.count() == 2


def test_an_item_without_an_author_is_somebody_unknown_and_not_lost(inbox: Inbox) -> None:
    take_in(inbox, [a_mention("1", author=None)])
    assert the_ticket().profile.external_id == "unknown:1"


def test_one_poisoned_item_harms_no_other(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(inbox, [a_mention("1")])
    RawItem.objects.create(
        inbox=inbox,
        event_key="bad",
        source="poll",
        item={"network": "x"},
        occurred_at=minutes(0),
        received_at=minutes(0),
    )
    take_in(inbox, [a_mention("2", at=1)])
    assert Ticket.objects.count() == 2
    bad = RawItem.objects.get(event_key="bad")
    assert bad.processed_at is None
    assert bad.problem.startswith("KeyError")
    assert bad.retry_at == minutes(60) + timedelta(seconds=10)


HOSTILE = {
    "NUL": "voor\x00na",
    "lone surrogate": "x\ud800y",
    "5 MB of one word": "a" * 5_000_000,
    "5 MB of different words": " ".join(f"w{number}" for number in range(650_000)),
    "right to left": "\u202egnp.exe",
    "combining": "a" + "\u0301" * 4_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_kept_and_harms_nothing(inbox: Inbox, text: str) -> None:
    name = text[:5_000]
    author = a_mention("1").author
    assert author is not None
    take_in(inbox, [a_mention("1", text=text, author=replace(author, name=name)), a_mention("2", by="tom")])
    assert Ticket.objects.count() == 2
    assert len(Message.objects.get(external_id="1").text) >= min(len(text), 3)


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        (minutes(0).replace(year=2010), minutes(0).replace(year=2010)),
        (minutes(0).replace(year=1970), minutes(60)),  # before there was any network
        (minutes(64), minutes(64)),  # a network's clock may be a little fast
        (minutes(66), minutes(60)),
        (minutes(0).replace(year=2100), minutes(60)),
    ],
)
def test_nothing_was_written_after_it_reached_us(inbox: Inbox, told: datetime, taken: datetime) -> None:
    """Else its clock would never run out. What the network said is kept."""
    item: Item = replace(a_mention("1"), created_at=told)
    take_in(inbox, [item], now=minutes(60))
    assert the_ticket().created_at == the_ticket().waiting_since == taken
    assert datetime.fromisoformat(RawItem.objects.get().item["created_at"]) == told


def test_a_batch_of_many_costs_a_fixed_number_of_queries(inbox: Inbox) -> None:
    def queries(count: int, start: int) -> int:
        items = [a_mention(str(start + number), by=f"c{start + number}", at=number / 60) for number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            take_in(inbox, items)
        return len(captured)

    assert queries(400, 1_000) == queries(20, 5_000)


def test_a_mention_below_a_post_that_went_viral_touches_the_ticket_of_its_author_only(inbox: Inbox) -> None:
    take_in(inbox, [a_mention(str(number), by=f"klant{number}", thread_id="viral") for number in range(20)])
    ingest.store(
        inbox.pk, [a_mention("99", at=5, by="klant7", thread_id="viral")], source="poll", received_at=minutes(6)
    )
    batch = Batch(inbox, ingest._next_items(inbox.pk, minutes(6)), minutes(6))
    batch.run()
    assert [ticket.profile.handle for ticket in batch.known.tickets] == ["klant7"]
    assert batch.known.tickets[0].messages.count() == 2
