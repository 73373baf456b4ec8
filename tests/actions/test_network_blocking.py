"""An account that is shut out on its network: asked for, done by a worker, told, and taken back."""

from typing import Any

import pytest

from desk.actions.customers import network_blocking
from desk.common.errors import Conflict, Invalid
from desk.inboxes.gateway import AuthExpired, NetworkError, NotFound
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, User
from desk.tickets.models import NetworkBlock, Ticket, TicketEvent
from tests.actions.builders import a_mention, minutes, take_in, the_ticket


class Network:
    """Stands where the connector of the inbox is."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []
        self.problem: NetworkError | None = None

    def block(self, person_id: str, *, blocked: bool) -> None:
        self.asked.append((person_id, blocked))
        if self.problem is not None:
            raise self.problem


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    found = Network()
    monkeypatch.setattr(network_blocking, "connect", lambda inbox: found)
    return found


@pytest.fixture
def ticket(x: Inbox) -> Ticket:
    take_in(x, [a_mention("1", at=0)])
    Inbox.objects.update(network="mastodon", base_url="https://vlotlijn.example")
    return the_ticket()


@pytest.fixture
def mila(db: None) -> User:
    return User.objects.create_user("mila", role="supervisor")


def _told(ticket: Ticket) -> list[tuple[str, Any]]:
    events = TicketEvent.objects.filter(ticket=ticket, kind__startswith="action_").order_by("id")
    return [(event.kind, event.data["action"]) for event in events]


def test_it_is_asked_of_the_network_and_told_on_the_timeline(network: Network, ticket: Ticket, mila: User) -> None:
    row = network_blocking.block(mila, ticket.pk, reason="Bedreigt ons", now=minutes(1))
    assert (row.state, row.shut_out, network.asked) == ("asked", True, [])
    network_blocking.carry_out(row.pk, minutes(2))
    row.refresh_from_db()
    assert (row.state, network.asked) == ("done", [(ticket.profile.external_id, True)])
    assert _told(ticket) == [("action_asked", "block"), ("action_done", "block")]
    assert AuditEntry.objects.get(verb="network_blocked").detail["reason"] == "Bedreigt ons"
    undone = network_blocking.unblock(mila, ticket.pk, now=minutes(3))
    network_blocking.carry_out(undone.pk, minutes(4))
    assert network.asked[-1] == (ticket.profile.external_id, False)
    assert network_blocking.of_ticket(ticket) is None


def test_a_refusal_is_kept_and_the_account_counts_as_before(network: Network, ticket: Ticket, mila: User) -> None:
    row = network_blocking.block(mila, ticket.pk, reason="Bedreigt ons", now=minutes(1))
    network.problem = AuthExpired("The token is dead.")
    network_blocking.carry_out(row.pk, minutes(2))
    row.refresh_from_db()
    assert (row.state, row.shut_out, row.problem["sentence"]) == ("failed", False, "The token is dead.")
    assert _told(ticket)[-1] == ("action_failed", "block")
    assert Inbox.objects.get().state == Inbox.State.NEEDS_REAUTHORISATION


def test_who_is_gone_from_the_network_is_let_in_without_it(network: Network, ticket: Ticket, mila: User) -> None:
    row = network_blocking.unblock(mila, ticket.pk, now=minutes(1))
    network.problem = NotFound("Gone.")
    network_blocking.carry_out(row.pk, minutes(2))
    assert not NetworkBlock.objects.exists()


def test_what_was_asked_meanwhile_stays_asked(network: Network, ticket: Ticket, mila: User) -> None:
    row = network_blocking.block(mila, ticket.pk, reason="Bedreigt ons", now=minutes(1))

    def meanwhile(person_id: str, *, blocked: bool) -> None:
        if blocked:
            network_blocking.unblock(mila, ticket.pk, now=minutes(2))

    network.block = meanwhile  # type: ignore[method-assign]  # what happens while it is being called
    network_blocking.carry_out(row.pk, minutes(3))
    row.refresh_from_db()
    assert (row.blocked, row.state) == (False, "asked")


def test_a_network_without_it_and_a_block_without_a_reason_are_refused(ticket: Ticket, mila: User) -> None:
    with pytest.raises(Invalid):
        network_blocking.block(mila, ticket.pk, reason=" ")
    Inbox.objects.update(network="x")
    with pytest.raises(Conflict):
        network_blocking.block(mila, ticket.pk, reason="Bedreigt ons")
    assert not NetworkBlock.objects.exists()
