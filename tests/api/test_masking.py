"""What programs read on behalf of somebody who sees personal data masked, and how they look behind it."""

import pytest

from desk.people.models import AuditEntry
from desk.tickets.models import Message, Ticket
from tests.api.caller import Caller

SAID, SHOWN = "Mail jan@jansen.nl", "Mail ***@******.**"


@pytest.fixture
def message(ticket: Ticket) -> Message:
    ticket.messages.update(text=SAID)
    return ticket.messages.get()


def test_a_message_says_that_something_in_it_is_masked(agent: Caller, expert: Caller, message: Message) -> None:
    address = f"tickets/{message.ticket_id}/messages/"
    assert [(row["text"], row["masked"]) for row in agent.results(address)] == [(SAID, False)]
    assert [(row["text"], row["masked"]) for row in expert.results(address)] == [(SHOWN, True)]


def test_a_look_behind_it_wants_a_reason_and_is_logged(agent: Caller, expert: Caller, message: Message) -> None:
    address = f"messages/{message.pk}/unmask/"
    assert expert.post(address).status == 400
    assert agent.post(address, reason="Zomaar").problem == (409, "not_masked")
    assert not AuditEntry.objects.filter(verb="unmasked").exists()
    shown = expert.post(address, reason="De klant belt").body
    assert (shown["text"], shown["masked"]) == (SAID, False)
    assert AuditEntry.objects.get(verb="unmasked").detail["reason"] == "De klant belt"
