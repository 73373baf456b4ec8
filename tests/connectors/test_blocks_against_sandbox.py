"""Who is shut out on a network can't write to the account there, until they are let in again."""

from typing import Any

import pytest

from connectors import registry
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, addressed

WAYS = {
    "facebook": ("visitor_post", "feed"),
    "mastodon": ("mention", "notifications"),
    "bluesky": ("mention", "mentions"),
    "instagram": ("dm", "conversations"),
}


def test_these_are_the_networks_that_can_and_no_others() -> None:
    can = {one.slug for one in registry.all_networks() if one.capabilities.blocks}
    assert can == {"facebook_page", "instagram", "mastodon", "bluesky"}
    assert can == {one.slug for one in registry.all_networks() if hasattr(one, "block")}


@pytest.mark.parametrize("network", list(WAYS))
def test_somebody_is_shut_out_and_let_in_again(sandbox: SandboxProcess, network: str) -> None:
    company, (kind, stream) = Company(sandbox, network), WAYS[network]
    made = company.customer(kind, "Jullie zijn allemaal dieven", author="boos")
    (item,) = [one for key, one in addressed(company.read(stream)[0]).items() if key == made]
    assert item.author is not None
    connector: Any = company.connector
    body = {"network": network, "account": company.handle, "kind": kind, "text": "En weer", "author": "boos"}
    for _ in range(2):
        connector.block(item.author.external_id, blocked=True)
        sandbox.call("POST", "/posts", body, expect=422)
    company.customer(kind, "Een ander mag het wel", author="lief")
    for _ in range(2):
        connector.block(item.author.external_id, blocked=False)
    company.customer(kind, "Daar ben ik weer", author="boos")
