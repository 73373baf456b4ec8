"""Reading tickets: the list with its filters and order, one ticket, and what hangs below it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.tickets import notes
from desk.alerts.models import Notification
from desk.inboxes.models import Inbox
from desk.people.models import ApiToken, Team, User, audit
from desk.replies.models import Reply
from desk.rulebooks.active import in_force
from desk.tickets.models import Attachment, Message, MessageVersion, Tag, Ticket, TicketEvent
from tests.actions.builders import a_mention, a_message, an_inbox, deleted, take_in
from tests.api.caller import Caller
from tests.canned import a_canned


def some_tickets(inbox: Inbox, count: int, first: int = 100) -> list[Ticket]:
    """Of different customers, a minute apart, the oldest first."""
    numbers = range(first, first + count)
    take_in(
        inbox,
        [a_mention(str(number), at=number - first, by=f"klant{number}") for number in numbers],
        now=timezone.now(),
    )
    return list(Ticket.objects.filter(inbox=inbox).order_by("id"))[-count:]


def ids(rows: list[dict[str, Any]]) -> list[int]:
    return [row["id"] for row in rows]


def test_a_ticket_says_who_asks_what_and_how_long_they_wait(agent: Caller, ticket: Ticket) -> None:
    body = agent.get(f"tickets/{ticket.pk}/").body
    assert (body["status"], body["priority"], body["network"], body["unread"]) == ("new", "normal", "x", 1)
    assert body["inbox"] == {"id": ticket.inbox_id, "name": "@vlotlijn"}
    assert body["customer"]["handle"] == "marit"
    assert (body["assignee"], body["team"], body["tags"], body["problem"]) == (None, None, [], "")
    assert body["waiting_since"] == "2026-03-10T12:00:00Z"
    assert body["due_at"] == "2026-03-10T13:00:00Z"
    clock, resolution = body["clocks"]
    assert (clock["metric"], clock["state"], clock["target_seconds"]) == ("first_response", "running", 3600)
    assert clock["policy"]["version"] == clock["calendar"]["version"] == 1
    assert (clock["warn_at"], clock["pauses"]) == ("2026-03-10T12:48:00Z", [])
    assert (resolution["metric"], resolution["target_seconds"], resolution["due_at"]) == ("resolution", None, None)


def test_reading_a_ticket_changes_nothing_and_seen_says_that_it_was_read(agent: Caller, ticket: Ticket) -> None:
    agent.get(f"tickets/{ticket.pk}/")
    assert agent.get(f"tickets/{ticket.pk}/").body["unread"] == 1
    assert agent.post(f"tickets/{ticket.pk}/seen/").body["unread"] == 0


def test_an_unknown_ticket_is_a_404(agent: Caller) -> None:
    for path in ("", "messages/", "events/", "notes/", "replies/", "channels/", "draft/"):
        assert agent.get(f"tickets/999/{path}").problem == (404, "not_found")


def test_the_list_filters_as_the_contract_says(agent: Caller, inbox: Inbox) -> None:
    first, second, third = some_tickets(inbox, 3)
    page = an_inbox(name="Vlotlijn", network="facebook_page", own_id="2")
    take_in(page, [a_message("m1", network="facebook_page", text="Mijn koffer is weg")], now=timezone.now())
    fourth = Ticket.objects.get(inbox=page)
    team = Team.objects.create(name="Rail")
    Ticket.objects.filter(pk=first.pk).update(assignee=agent.user, state="open", priority=2)
    Ticket.objects.filter(pk=second.pk).update(
        team=team, state="waiting_for_customer", due_at=timezone.now() + timedelta(days=1)
    )
    Ticket.objects.filter(pk=third.pk).update(state="resolved")
    second.tags.add(Tag.objects.create(name="koffer"))

    def found(**filters: Any) -> set[int]:
        return set(ids(agent.results("tickets/", **filters)))

    everything = {first.pk, second.pk, third.pk, fourth.pk}
    assert found() == everything
    assert found(status="open") == {first.pk, fourth.pk}  # the category: new ones wait for us too
    assert found(status="resolved,waiting") == {second.pk, third.pk}
    assert found(status="waiting_for_customer") == {second.pk}
    assert found(assignee="me") == found(assignee=agent.user.pk) == {first.pk}
    assert found(assignee="none") == everything - {first.pk}
    assert found(team=team.pk) == {second.pk}
    assert found(inbox=page.pk) == found(network="facebook_page") == found(private="true") == {fourth.pk}
    assert found(private="false") == everything - {fourth.pk}
    assert found(priority="high") == {first.pk}
    assert found(tag="koffer") == {second.pk}
    assert second.pk not in found(breached="true")
    assert second.pk in found(breached="false")
    assert second.pk not in found(due_before=timezone.now().isoformat())
    assert found(q="koffer") == {fourth.pk}
    assert found(q="@klant100") == {first.pk}
    assert found(status="open", assignee="me") == {first.pk}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "asleep"), ("assignee", "somebody"), ("team", "x"), ("inbox", "0"), ("priority", "7"),
        ("private", "perhaps"), ("cursor", "nonsense"),
        ("due_before", "yesterday"), ("ordering", "colour"), ("page_size", "201"), ("page_size", "0"),
        ("cursor", "WzAsIEluZmluaXR5LCAxLCAxXQ=="), ("q", "a\x00"), ("tag", "\x00"),
    ],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_refused_by_name(agent: Caller, name: str, value: str) -> None:
    answer = agent.get("tickets/", **{name: value})
    assert answer.status == 400
    if name != "cursor":
        assert list(answer.body["errors"]) == [name]


def test_orderings(agent: Caller, inbox: Inbox) -> None:
    a, b, c = some_tickets(inbox, 3)
    now = timezone.now()
    Ticket.objects.filter(pk=a.pk).update(due_at=now + timedelta(hours=3))
    Ticket.objects.filter(pk=b.pk).update(due_at=now + timedelta(hours=1))
    Ticket.objects.filter(pk=c.pk).update(due_at=now + timedelta(hours=2), priority=3)
    assert ids(agent.results("tickets/")) == ids(agent.results("tickets/", ordering="priority")) == [c.pk, b.pk, a.pk]
    assert ids(agent.results("tickets/", ordering="due")) == [b.pk, c.pk, a.pk]
    assert ids(agent.results("tickets/", ordering="waiting_since")) == [a.pk, b.pk, c.pk]
    assert ids(agent.results("tickets/", ordering="created_at")) == [a.pk, b.pk, c.pk]


def test_pages_neither_lose_nor_repeat_while_tickets_arrive(agent: Caller, inbox: Inbox) -> None:
    before = {ticket.pk for ticket in some_tickets(inbox, 12)}
    seen: list[int] = []
    address, arrived = "tickets/?page_size=5&ordering=created_at&status=open", 200
    while address:
        page = agent.get(address).body
        seen += ids(page["results"])
        some_tickets(inbox, 2, first=arrived)  # a minute past noon: before what is still to be read
        arrived += 10
        address = page["next"] if len(seen) < 60 else ""
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_a_page_leads_back_to_the_one_before(agent: Caller, inbox: Inbox) -> None:
    some_tickets(inbox, 7)
    first = agent.get("tickets/", page_size=3, status="open").body
    assert first["previous"] is None
    assert first["next"].startswith("http://testserver/api/v1/tickets/?")
    second = agent.get(first["next"]).body
    assert "status=open" in second["next"]
    assert ids(agent.get(second["previous"]).body["results"]) == ids(first["results"])


LISTS = [
    "tickets/", "tickets/?ordering=due", "tickets/?q=trein", "tickets/?tag=t0", "tickets/?view=mentioned",
    "tickets/{ticket}/messages/", "tickets/{ticket}/events/", "tickets/{ticket}/notes/", "tickets/{ticket}/replies/",
    "tickets/{ticket}/context/", "customers/", "customers/?q=klant", "customers/{customer}/tickets/",
    "canned-responses/", "inboxes/", "users/", "teams/", "tags/", "me/tokens/", "users/{user}/tokens/", "audit/",
    "counts/",
]  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_the_number_of_queries_does_not_grow_with_the_rows(administrator: Caller, inbox: Inbox, path: str) -> None:
    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            answer = administrator.get(address)
        assert answer.status == 200, answer.body
        return len(captured)

    ticket = some_tickets(inbox, 1)[0]
    more_of_everything(administrator, inbox, ticket, 1)
    address = path.format(ticket=ticket.pk, customer=ticket.customer_id, user=administrator.user.pk)
    queries()
    few = queries()
    more_of_everything(administrator, inbox, ticket, 8)
    assert queries() <= few <= (14 if path == "counts/" else 7)


def more_of_everything(caller: Caller, inbox: Inbox, ticket: Ticket, count: int) -> None:
    """Each list gets longer, with whatever stands in its rows."""
    first = 1_000 + Ticket.objects.count() * 100
    root = a_mention("root", thread_id="root", by="tom", addressed=False, at=-9)
    take_in(
        inbox,
        [root, *(a_mention(f"c{first + n}", thread_id="root", by="tom", addressed=False, at=-8) for n in range(count))],
    )
    for number, other in enumerate(some_tickets(inbox, count, first=first)):
        name = f"{first}-{number}"
        team = Team.objects.create(name=name)
        person = User.objects.create_user(name, first_name=name)
        person.teams.add(team)
        other.tags.add(Tag.objects.get_or_create(name=f"t{number % 3}")[0], Tag.objects.create(name=name))
        Ticket.objects.filter(pk=other.pk).update(customer=ticket.customer_id, assignee=person, team=team)
        message = other.messages.get()
        MessageVersion.objects.create(message=message, text=name, replaced_at=timezone.now())
        Attachment.objects.create(message=message, source_url=name, kind="image")
        other.messages.update(ticket=ticket)
        notes.add_note(person, ticket.pk, f"@{name} @{caller.user.username}")
        Reply.objects.create(
            ticket=ticket, author=person, visibility="public", text=name, signed_text=name, state="cancelled",
            idempotency_key=name, submitted_at=timezone.now(), next_attempt_at=timezone.now(),
            rulebook_version_id=in_force().version_id,
        )  # fmt: skip
        a_canned(name, team=team)
        an_inbox(name=name, own_id=name, team=team)
        ApiToken.issue(caller.user, name)
        audit(person, "claimed", other)


def test_the_thread_comes_newest_page_first_and_each_page_in_order(agent: Caller, inbox: Inbox) -> None:
    take_in(
        inbox, [a_mention(str(n), thread_id="1", at=n, text=f"Bericht {n}") for n in range(1, 8)], now=timezone.now()
    )
    ticket = Ticket.objects.get()
    newest = agent.get(f"tickets/{ticket.pk}/messages/", page_size=3).body
    assert [row["text"] for row in newest["results"]] == ["Bericht 5", "Bericht 6", "Bericht 7"]
    earlier = agent.get(newest["next"]).body
    assert [row["text"] for row in earlier["results"]] == ["Bericht 2", "Bericht 3", "Bericht 4"]
    message = newest["results"][0]
    assert (message["direction"], message["external_id"], message["private"]) == ("incoming", "5", False)
    assert message["author"]["handle"] == "marit"
    assert message["sender"] is None


def test_the_timeline_tells_what_happened(agent: Caller, ticket: Ticket) -> None:
    agent.post(f"tickets/{ticket.pk}/claim/")
    rows = agent.results(f"tickets/{ticket.pk}/events/")
    assert [row["kind"] for row in rows] == ["ticket_opened", "claimed"]
    assert rows[-1]["actor"] == {"id": agent.user.pk, "username": "sanne", "name": "Sanne"}
    assert TicketEvent.objects.count() == 2


def test_where_a_ticket_can_be_answered(agent: Caller, ticket: Ticket) -> None:
    channels = {row["visibility"]: row for row in agent.get(f"tickets/{ticket.pk}/channels/").body}
    assert channels["public"]["allowed"]
    assert channels["public"]["length"] == {"limit": 280, "unit": "weighted"}
    assert set(channels) == {"public", "private"}


def test_counts_are_those_of_the_views(agent: Caller, ticket: Ticket) -> None:
    from django.core.cache import cache

    cache.clear()
    counts = agent.get("counts/").body["counts"]
    assert (counts["open"], counts["unassigned"], counts["mine"], counts[f"inbox:{ticket.inbox_id}"]) == (1, 1, 0, 1)


def test_a_ticket_of_a_network_whose_connector_is_gone_can_be_read_and_not_answered(
    agent: Caller, ticket: Ticket
) -> None:
    Inbox.objects.update(network="gone")
    assert agent.get(f"tickets/{ticket.pk}/").status == 200
    assert agent.get(f"tickets/{ticket.pk}/channels/").body == []
    answer = agent.post(f"tickets/{ticket.pk}/reply/", text="Dag", visibility="public", idempotency_key="1")
    assert answer.problem == (409, "channel_closed")


def test_a_deleted_message_is_a_tombstone_that_opens_on_demand(
    agent: Caller, expert: Caller, supervisor: Caller, ticket: Ticket
) -> None:
    take_in(ticket.inbox, [deleted(a_mention("1"), at=5)], now=timezone.now())
    (tombstone,) = agent.results(f"tickets/{ticket.pk}/messages/")
    assert tombstone["deleted_at"] == "2026-03-10T12:05:00Z"
    assert (tombstone["text"], tombstone["versions"], tombstone["attachments"]) == ("", [], [])
    assert agent.get(f"tickets/{ticket.pk}/").body["preview"] == ""
    address = f"messages/{tombstone['id']}/deleted/"
    assert expert.post(address).problem == (403, "not_permitted")
    assert agent.post(address).body["text"] == "Waar blijft de trein?"
    (entry,) = supervisor.results("audit/", subject="message")
    assert (entry["verb"], entry["actor"]["username"]) == ("deleted_shown", "sanne")
    assert agent.post("messages/999/deleted/").problem == (404, "not_found")


def test_what_still_stands_is_no_deleted_message(agent: Caller, ticket: Ticket) -> None:
    (message,) = agent.results(f"tickets/{ticket.pk}/messages/")
    assert agent.post(f"messages/{message['id']}/deleted/").problem == (409, "not_deleted")


def test_a_view_and_its_order_are_those_of_the_screens(agent: Caller, inbox: Inbox) -> None:
    first, second, third = some_tickets(inbox, 3)
    agent.post(f"tickets/{second.pk}/claim/")
    Ticket.objects.filter(pk=third.pk).update(problem="held")
    assert ids(agent.results("tickets/", view="mine")) == [second.pk]
    assert ids(agent.results("tickets/", view="problems")) == [third.pk]
    assert ids(agent.results("tickets/", ordering="-created_at")) == [third.pk, second.pk, first.pk]
    assert agent.get("tickets/", view="everything").problem == (400, "invalid")


def test_who_waits_for_nobody_comes_last_in_the_order_of_waiting(agent: Caller, inbox: Inbox) -> None:
    first, second, third = some_tickets(inbox, 3)
    Ticket.objects.filter(pk=first.pk).update(waiting_since=None)
    page = agent.get("tickets/", ordering="waiting_since", page_size=2).body
    assert ids(page["results"]) == [second.pk, third.pk]
    assert ids(agent.get(page["next"]).body["results"]) == [first.pk]


def test_who_is_named_in_a_note_finds_the_ticket_until_they_have_read_it(
    agent: Caller, colleague: Caller, ticket: Ticket
) -> None:
    agent.post(f"tickets/{ticket.pk}/notes/", text="Weet jij dit, @joris?")
    assert ids(colleague.results("tickets/", view="mentioned")) == [ticket.pk]
    cache.clear()
    assert colleague.get("counts/").body["counts"]["mentioned"] == 1
    assert agent.results("tickets/", view="mentioned") == []
    colleague.get(f"tickets/{ticket.pk}/")
    assert len(colleague.results("tickets/", view="mentioned")) == 1
    colleague.post(f"tickets/{ticket.pk}/seen/")
    assert colleague.results("tickets/", view="mentioned") == []
    assert Notification.objects.get().seen_at is not None


def test_what_a_customer_answers_to_stands_above_the_ticket(agent: Caller, inbox: Inbox) -> None:
    root = a_mention("1", by="tom", text="Storing!", addressed=False)
    take_in(inbox, [root, a_mention("2", at=1, thread_id="1", parent_id="1")], now=timezone.now())
    ticket = Ticket.objects.get()
    (above,) = agent.get(f"tickets/{ticket.pk}/context/").body
    assert (above["text"], above["ticket"], above["author"]["handle"]) == ("Storing!", None, "tom")
    assert len(agent.results(f"tickets/{ticket.pk}/messages/")) == 1
    take_in(inbox, [a_message("9", by="noor")], now=timezone.now())
    private = Message.objects.get(external_id="9").ticket_id
    assert agent.get(f"tickets/{private}/context/").body == []
