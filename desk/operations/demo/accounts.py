"""Vlotlijn's accounts on the sandbox networks, and the inboxes that read them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from desk.actions.inboxes import create_inbox, webhook_address
from desk.inboxes.models import Inbox
from desk.inboxes.sandbox import Sandbox
from desk.operations.demo.people import CARE, TRAVEL
from desk.people.models import Team, User

COMPANY = "Vlotlijn"
HANDLE = "vlotlijn"
POLL_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """One account: what its network is called here and on the sandbox."""

    network: str
    sandbox_network: str
    name: str
    team: str
    id: str
    followers: int


PLANS = (
    Plan("x", "x", "@vlotlijn", TRAVEL, "731845002619", 18_240),
    Plan("facebook_page", "facebook", COMPANY, CARE, "104318845002619", 9_415),
)


@dataclass(frozen=True, slots=True)
class Account:
    """An inbox of the demo and its other side. `began_at` is when the demo was first made: the end of its history."""

    inbox: Inbox
    sandbox: Sandbox
    network: str
    began_at: datetime
    is_new: bool


def connect_accounts(actor: User, sandbox: Sandbox, now: datetime) -> list[Account]:
    """The company's accounts on every network that the sandbox speaks, each with its inbox. What is there stays."""
    spoken = sandbox.networks()
    return [_connect(actor, sandbox, plan, now) for plan in PLANS if plan.sandbox_network in spoken]


def register_webhooks(accounts: list[Account]) -> None:
    """Tell the networks where to deliver. Raises SandboxRefused where the web does not answer the challenge."""
    for account in accounts:
        account.sandbox.register_webhook(account.network, HANDLE, webhook_address(account.inbox))


def _connect(actor: User, sandbox: Sandbox, plan: Plan, now: datetime) -> Account:
    facts: dict[str, Any] = {"id": plan.id, "name": COMPANY, "followers": plan.followers, "verified": True}
    made = sandbox.make_account(plan.sandbox_network, HANDLE, **facts, credentials=_credentials(plan))
    if "demo_began_at" not in made["settings"]:
        settings_now = {"demo_began_at": now.isoformat()}
        made = sandbox.make_account(plan.sandbox_network, HANDLE, settings=settings_now)
    base_url = f"{settings.SANDBOX_URL}/{plan.sandbox_network}"
    began_at = datetime.fromisoformat(made["settings"]["demo_began_at"])
    known = Inbox.objects.filter(network=plan.network, base_url=base_url, own_id=plan.id).first()
    inbox = known or create_inbox(
        actor,
        network=plan.network,
        name=plan.name,
        credentials=_credentials(plan),
        base_url=base_url,
        poll_seconds=POLL_SECONDS,
        team_id=Team.objects.get(name=plan.team).pk,
        language="nl",
    )
    return Account(inbox, sandbox, plan.sandbox_network, began_at, is_new=known is None)


def _credentials(plan: Plan) -> dict[str, str]:
    """The same at every start, and worth nothing outside this machine's sandbox."""
    if plan.network == "x":
        names = ("consumer_key", "consumer_secret", "access_token_secret", "bearer_token")
        return {name: _word(plan, name) for name in names} | {"access_token": f"{plan.id}-{_word(plan, 'access')}"}
    app_id = str(int(hashlib.sha256(plan.name.encode()).hexdigest()[:12], 16))
    words = {name: _word(plan, name) for name in ("page_access_token", "app_secret", "verify_token")}
    return words | {"page_id": plan.id, "app_id": app_id}


def _word(plan: Plan, name: str) -> str:
    return hashlib.sha256(f"demo {plan.network} {name}".encode()).hexdigest()[:40]
