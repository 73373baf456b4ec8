"""A customer who is answered no more: who decides it, and what colleagues see of it."""

import pytest

from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, User
from desk.tickets.models import Customer, NetworkBlock, Ticket
from tests.web.browsing import Browser


@pytest.fixture
def supervisor(db: None) -> Browser:
    return Browser(User.objects.create_user("mila", role="supervisor", first_name="Mila"))


def test_a_supervisor_blocks_with_a_reason_and_takes_it_back(supervisor: Browser, ticket: Ticket) -> None:
    beside, address = f"/tickets/{ticket.pk}/customer/", f"/tickets/{ticket.pk}/block/"
    assert "Block" in supervisor.part(beside)
    assert "Nobody can answer this person any more" in supervisor.part(f"/dialogs/block/?ids={ticket.pk}")
    assert supervisor.send(address, do="block").status_code == 400
    assert supervisor.send(address, do="block", reason="Dreigt").status_code == 200
    assert ">blocked</span>" in supervisor.part(beside)
    assert AuditEntry.objects.get(verb="customer_blocked").detail == {"reason": "Dreigt"}
    assert "can answer this person again" in supervisor.part(f"/dialogs/block/?ids={ticket.pk}")
    assert supervisor.send(address, do="unblock").status_code == 200
    assert ">blocked</span>" not in supervisor.part(beside)
    assert Customer.objects.get().blocked_at is None


def test_an_agent_sees_that_somebody_is_blocked_and_why_nothing_leaves(
    browser: Browser, supervisor: Browser, ticket: Ticket
) -> None:
    assert "Answers" not in browser.part(f"/tickets/{ticket.pk}/customer/")
    assert browser.send(f"/tickets/{ticket.pk}/block/", reason="Zomaar").status_code == 403
    supervisor.send(f"/tickets/{ticket.pk}/block/", reason="Dreigt")
    assert ">blocked</span>" in browser.part(f"/tickets/{ticket.pk}/customer/")
    found = browser.send(f"/tickets/{ticket.pk}/draft/", text="Hoi Marit", visibility="public").content.decode()
    assert 'data-blocking="1"' in found


def test_a_supervisor_mutes_and_hears_again(browser: Browser, supervisor: Browser, ticket: Ticket) -> None:
    address, beside = f"/tickets/{ticket.pk}/mute/", f"/tickets/{ticket.pk}/customer/"
    assert "put aside as spam is" in supervisor.part(f"/dialogs/mute/?ids={ticket.pk}")
    assert browser.send(address, reason="Zomaar").status_code == 403
    assert supervisor.send(address, do="mute").status_code == 400
    assert supervisor.send(address, do="mute", reason="Bestookt ons").status_code == 200
    assert ">muted</span>" in browser.part(beside)
    assert ">muted</span>" in browser.part(f"/tickets/{ticket.pk}/")
    assert f"row-{ticket.pk}" in browser.page("/queue/?view=muted")
    assert supervisor.send(address, do="unmute").status_code == 200
    assert Customer.objects.get().muted_at is None


def test_an_account_that_writes_spam_is_seen_and_cleared(browser: Browser, ticket: Ticket) -> None:
    browser.send(f"/tickets/{ticket.pk}/transition/", event="mark_spam")
    assert "writes spam" in browser.part(f"/tickets/{ticket.pk}/customer/")
    assert browser.send(f"/tickets/{ticket.pk}/no-spam-account/").status_code == 200
    assert "writes spam" not in browser.part(f"/tickets/{ticket.pk}/customer/")


def test_an_account_is_blocked_on_its_network_where_the_network_can(
    browser: Browser, supervisor: Browser, ticket: Ticket
) -> None:
    beside, address = f"/tickets/{ticket.pk}/customer/", f"/tickets/{ticket.pk}/network-block/"
    assert "On the network" not in supervisor.part(beside)  # X has no such thing
    Inbox.objects.update(network="mastodon", base_url="https://vlotlijn.example")
    assert "not blocked" in supervisor.part(beside)
    assert "On the network" not in browser.part(beside)
    assert "Block on Mastodon" in supervisor.part(f"{address}dialog/")
    assert browser.send(address, do="block", reason="Dreigt").status_code == 403
    assert supervisor.send(address, do="block").status_code == 400
    assert supervisor.send(address, do="block", reason="Dreigt").status_code == 200
    assert ">asked</span>" in supervisor.part(beside)
    NetworkBlock.objects.update(state="done")
    assert ">blocked</span>" in browser.part(beside)
    assert "Unblock on Mastodon" in supervisor.part(f"{address}dialog/")
    assert supervisor.send(address, do="unblock").status_code == 200
    assert NetworkBlock.objects.get().blocked is False
