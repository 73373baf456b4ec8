"""Acting on a customer's message, on the sandbox network."""

from pathlib import Path

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.inboxes import poll
from desk.actions.inboxes.inboxes import create_inbox
from desk.actions.intake import ingest
from desk.actions.tickets import moderate
from desk.common.errors import Conflict
from desk.inboxes.gateway import Action, ItemKind, all_networks
from desk.people.models import User
from desk.sla.models import Clock
from desk.tickets.models import NO_DUE, Conversation, Message, Ticket
from desk.tickets.moderation import possible, stays_because
from desk.tickets.queries import conversation
from tests.actions.builders import NOON, a_mention, an_inbox, own_words, take_in, the_ticket
from tests.api.sandbox import an_account, running_sandbox

pytestmark = pytest.mark.django_db


def test_nobody_waits_for_an_answer_to_what_we_deleted_ourselves(tmp_path: Path) -> None:
    agent = User.objects.create_user("suze", role="agent")
    with running_sandbox(tmp_path) as address:
        account = an_account(address, "vlotlijn", "facebook")
        inbox = create_inbox(
            None, network="facebook_page", name="Page", base_url=account["base_url"], credentials=account["credentials"]
        )
        said = {"network": "facebook", "account": "vlotlijn", "kind": "comment", "author": "jan", "text": "Scheldwoord"}
        httpx.post(f"{address}/_sandbox/posts", json=said).raise_for_status()
        poll.poll(inbox.streams.get(name="comments").pk, timezone.now())
        ingest.process(inbox.pk, timezone.now())
        message = Message.objects.get(ticket__isnull=False)
        moderate.act(agent, message.pk, "delete")
        moderate.carry_out(message.pk, "delete", agent.pk, timezone.now())
    ticket = the_ticket()
    assert [event.kind for event in ticket.events.order_by("id")][-1] == "action_done"
    assert (ticket.due_at, ticket.waiting_since, ticket.original_gone) == (NO_DUE, None, True)
    assert set(Clock.objects.values_list("state", flat=True)) == {Clock.State.CANCELLED}


def test_what_can_be_done_differs_between_our_words_and_theirs() -> None:
    """Only on pages of Meta is what others wrote ours to delete; nothing is offered that every network refuses."""
    deletes = {}
    for network in all_networks():
        inbox = an_inbox(network=network.slug, own_id=network.slug)
        root = network.capabilities.own_threads_begin.replace("{own_id}", inbox.own_id) + "root"
        thread = Conversation.objects.create(inbox=inbox, thread_id=root)
        Message.objects.create(
            inbox=inbox, conversation=thread, external_id=root, outgoing=True, created_at=NOON, received_at=NOON
        )
        theirs = Message(inbox=inbox, external_id="1", conversation=thread)
        ours, whispered = Message(inbox=inbox, external_id="2", outgoing=True), Message(inbox=inbox, private=True)
        assert possible(ours, inbox) <= {Action.DELETE}, "liking and hiding is for what others wrote"
        assert possible(whispered, inbox) == frozenset()
        assert possible(theirs, inbox) - {Action.DELETE} == network.capabilities.actions - {Action.DELETE}
        deletes[network.slug] = (Action.DELETE in possible(ours, inbox), Action.DELETE in possible(theirs, inbox))
        why = [f"Only who wrote it can delete it on {network.label}."] if deletes[network.slug] == (True, False) else []
        assert (stays_because(theirs, inbox), stays_because(ours, inbox)) == (why, [])
        assert stays_because(whispered, inbox) == []
    assert {slug for slug, (_ours, theirs_too) in deletes.items() if theirs_too} == {"facebook_page", "instagram"}
    assert {slug for slug, can in deletes.items() if can == (True, False)} == {
        "app_store", "bluesky", "google_business", "mastodon", "x",
    }  # fmt: skip


def test_hiding_is_offered_only_where_the_network_lets_us_and_elsewhere_it_says_why() -> None:
    """X hides what stands below a post of the account itself, and refuses everything else."""
    agent, inbox = User.objects.create_user("suze", role="agent"), an_inbox(network="x")
    began = own_words("9", parent_id="", at=0, thread_id="9", kind=ItemKind.POST)
    take_in(inbox, [began, a_mention("1", thread_id="9", parent_id="9", at=1), a_mention("2", at=2)])
    below_ours, elsewhere = Message.objects.get(external_id="1"), Message.objects.get(external_id="2")
    assert {Action.HIDE, Action.UNHIDE} <= possible(below_ours, inbox)
    assert not {Action.HIDE, Action.UNHIDE} & possible(elsewhere, inbox)
    assert stays_because(elsewhere, inbox)[0] == "X lets us hide only what stands below a post of our own."
    with pytest.raises(Conflict, match="below a post of our own") as refused:
        moderate.act(agent, elsewhere.pk, "hide")
    assert refused.value.code == "not_possible"
    moderate.act(agent, below_ours.pk, "hide")
    tickets = Ticket.objects.select_related("inbox", "conversation").order_by("id")
    rows = [row for ticket in tickets for row in conversation(ticket).rows if not row.outgoing]
    with CaptureQueriesContext(connection) as queries:
        assert [Action.HIDE in possible(one, inbox) for one in rows] == [True, False]
    assert len(queries) == 0, "the query that reads a thread tells"


def test_deleting_what_a_customer_wrote_is_refused_before_the_network_is_asked() -> None:
    agent, inbox = User.objects.create_user("suze", role="agent"), an_inbox(network="mastodon")
    take_in(inbox, [a_mention("1", network="mastodon"), own_words("2", parent_id="1", at=1, network="mastodon")])
    theirs, ours = Message.objects.order_by("id")
    with pytest.raises(Conflict, match="Only who wrote it can delete it on Mastodon") as refused:
        moderate.act(agent, theirs.pk, "delete")
    assert refused.value.code == "not_possible"
    with pytest.raises(Conflict, match="what others wrote"):
        moderate.act(agent, ours.pk, "like")
    moderate.act(agent, ours.pk, "delete")


def test_on_bluesky_answers_are_hidden_only_in_threads_that_we_began() -> None:
    """A gate belongs to whoever began the thread: elsewhere hiding is not offered, and refused with the reason."""
    agent = User.objects.create_user("suze", role="agent")
    inbox = an_inbox(network="bluesky", own_id="did:plc:vlotlijn")
    threads = {
        "below": "at://did:plc:vlotlijn/app.bsky.feed.post/1",
        "elsewhere": "at://did:plc:marit/app.bsky.feed.post/1",
    }
    take_in(inbox, [a_mention(name, network="bluesky", thread_id=thread) for name, thread in threads.items()])
    below, elsewhere = (Message.objects.get(external_id=name) for name in threads)
    why = "Bluesky lets us hide only what stands below a post of our own."
    assert (Action.HIDE in possible(below, inbox), why in stays_because(below, inbox)) == (True, False)
    assert possible(elsewhere, inbox) == {Action.LIKE, Action.UNLIKE}
    assert why in stays_because(elsewhere, inbox)
    for action in (Action.HIDE, Action.UNHIDE):
        with pytest.raises(Conflict, match="below a post of our own") as refused:
            moderate.act(agent, elsewhere.pk, action)
        assert refused.value.code == "not_possible"
    moderate.act(agent, below.pk, Action.HIDE)
    ticket = elsewhere.ticket
    assert ticket is not None
    assert not ticket.events.filter(kind="action_asked").exists()


def test_the_menu_of_a_message_says_why_it_cannot_be_hidden(client: Client) -> None:
    inbox = an_inbox(network="bluesky", own_id="did:plc:vlotlijn")
    take_in(inbox, [a_mention("1", network="bluesky", thread_id="at://did:plc:marit/app.bsky.feed.post/1")])
    client.force_login(User.objects.create_user("suze", role="agent"))
    page = client.get(f"/tickets/{the_ticket().pk}/").content.decode()
    assert "hide only what stands below a post of our own" in page
    assert "&quot;hide&quot;" not in page.replace('"action": "hide"', "&quot;hide&quot;")
