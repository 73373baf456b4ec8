"""A customer who is answered no more: who decides it, and what colleagues see of it."""

import pytest

from desk.people.models import AuditEntry, User
from desk.tickets.models import Customer, Ticket
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
