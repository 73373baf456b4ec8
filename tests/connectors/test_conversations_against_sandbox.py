"""Private conversations beside their words: read marks both ways, and which app of the company's has them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import errors, registry
from connectors.base import Control, Item, ItemKind, Outgoing
from connectors.capabilities import Handover
from connectors.sandbox.facebook.events import OTHER_APP
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, Desk

BOTH = pytest.mark.parametrize("network", ["facebook", "instagram"])
HELD = {"handle": "nadia", "settings": {"held_by_another_app": True}}  # whom no other test knows
FREE = {"handle": "nadia", "settings": {"held_by_another_app": False}}


def _does(company: Company, deed: str) -> Any:
    body = {"network": company.slug, "account": company.handle, "author": "nadia", "does": deed}
    return company.sandbox.call("POST", "/conversations", body)


def _of(items: list[Item], kind: ItemKind) -> list[Item]:
    return [item for item in items if item.kind is kind]


def test_capabilities_are_told_where_the_connector_can_and_nowhere_else() -> None:
    for one in registry.all_networks():
        assert one.capabilities.marks_read == hasattr(one, "mark_read"), one.slug
        assert one.capabilities.hands_over == hasattr(one, "hand_over"), one.slug


@BOTH
def test_that_a_customer_read_our_answer_is_told(
    sandbox: SandboxProcess, listening: Callable[[Company], Desk], network: str
) -> None:
    company = Company(sandbox, network)
    desk = listening(company)
    company.customer("dm", "hallo", author=FREE)
    (asked,) = desk.items(1)
    sent = company.connector.send(Outgoing("Dag Nadia", True, asked.thread_id, recipient=asked.thread_id))
    _does(company, "read")
    (read,) = _of(desk.items(3), ItemKind.READ)
    (echo,) = [item for item in desk.items(3) if item.outgoing]
    assert (read.thread_id, read.private, read.outgoing) == (asked.thread_id, True, False)
    assert read.parent_id == sent.external_id if network == "instagram" else read.created_at >= echo.created_at


@BOTH
def test_a_customer_sees_that_we_have_read(sandbox: SandboxProcess, network: str) -> None:
    company = Company(sandbox, network)
    message = company.customer("dm", "hallo", author=FREE)
    (asked,) = company.read("conversations")[0]
    connector: Any = company.connector
    assert company.on_the_network(message)["seen_at"] is None
    for _ in range(2):
        connector.mark_read(asked.thread_id)
    assert company.on_the_network(message)["seen_at"] is not None


@BOTH
def test_the_other_app_hands_a_conversation_over_and_gets_it_back(
    sandbox: SandboxProcess, listening: Callable[[Company], Desk], network: str
) -> None:
    company = Company(sandbox, network)
    connector: Any = company.connector
    desk = listening(company)
    company.customer("dm", "ik wil een mens", author=HELD)
    said, held = desk.items(2)
    assert (said.text, held.text) == ("ik wil een mens", Control.THEIRS)
    connector.hand_over(said.thread_id, Handover.ASK)
    assert _does(company, "pass")["settings"]["held_by_another_app"] is False
    told = _of(desk.items(3), ItemKind.CONTROL)[-1]
    assert (told.text, told.parent_id, told.thread_id) == (Control.OURS, OTHER_APP, said.thread_id)
    for _ in range(2):  # the second time it is there already
        connector.hand_over(said.thread_id, Handover.GIVE, told.parent_id)
    assert company.sandbox.call("GET", f"/conversations?network={network}&author=nadia")["held_by_another_app"]
    connector.hand_over(said.thread_id, Handover.TAKE)
    for deed, state in (("ask", Control.ASKED), ("take", Control.THEIRS)):
        _does(company, deed)
        assert _of(desk.items(4 + (deed == "take")), ItemKind.CONTROL)[-1].text == state


@BOTH
def test_only_the_first_app_of_a_page_takes_what_another_one_has(sandbox: SandboxProcess, network: str) -> None:
    company = Company(sandbox, network, secondary_receiver=True)
    company.customer("dm", "hallo", author=HELD)
    (asked,) = company.read("conversations")[0]
    connector: Any = company.connector
    with pytest.raises(errors.PermissionMissing):
        connector.hand_over(asked.thread_id, Handover.TAKE)
    connector.hand_over(asked.thread_id, Handover.ASK)


def test_somebody_of_whom_only_the_name_is_told_can_not_be_blocked_on_instagram(sandbox: SandboxProcess) -> None:
    connector: Any = Company(sandbox, "instagram").connector
    with pytest.raises(errors.NotAllowedByPolicy, match="written to the account in private"):
        connector.block("@els", blocked=True)


@BOTH
def test_events_of_one_moment_have_one_key(
    sandbox: SandboxProcess, listening: Callable[[Company], Desk], network: str
) -> None:
    company = Company(sandbox, network)
    desk = listening(company)
    late = datetime.now(UTC) - timedelta(minutes=1)
    company.customer("dm", "een", author=HELD, created_at=late.isoformat())
    company.customer("dm", "twee", author=HELD)
    keys = [item.event_key for item in desk.items(4)]
    assert len(set(keys)) == len(keys) == 4
