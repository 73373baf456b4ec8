"""Acting on a customer's message, on the sandbox network."""

from pathlib import Path

import httpx
import pytest
from django.utils import timezone

from desk.actions import ingest, moderate, poll
from desk.actions.inboxes import create_inbox
from desk.people.models import User
from desk.sla.models import Clock
from desk.tickets.models import NO_DUE, Message
from tests.actions.builders import the_ticket
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
