"""Vlotlijn's accounts on the sandbox networks, and the inboxes that read them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from desk.actions.inboxes.inboxes import create_inbox, webhook_address
from desk.inboxes.gateway import connector_of
from desk.inboxes.models import Inbox
from desk.inboxes.sandbox import Sandbox
from desk.operations.demo.people import CARE, TRAVEL
from desk.people.models import Team, User

COMPANY = "Vlotlijn"
HANDLE = "vlotlijn"
POLL_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """One account: what its network is called here and on the sandbox, and its share of the crowd that writes there."""

    network: str
    sandbox_network: str
    name: str
    team: str
    id: str
    followers: int
    crowd: float  # its share of the customers who write by themselves


PLANS = (
    Plan("x", "x", "@vlotlijn", TRAVEL, "731845002619", 18_240, 0.5),
    Plan("facebook_page", "facebook", COMPANY, CARE, "104318845002619", 9_415, 0.5),
    Plan("instagram", "instagram", COMPANY, CARE, "17841431884500261", 6_230, 0.2),
    Plan("mastodon", "mastodon", "@vlotlijn@mastodon", TRAVEL, "109318845002619", 1_320, 0.1),
    Plan("bluesky", "bluesky", "@vlotlijn.bsky.social", TRAVEL, "did:plc:vlotlijnvlotlijnvlotlij2", 1_260, 0.1),
    Plan("google_business", "google_business", "Vlotlijn Haarbrug", CARE, "9104318845002619", 0, 0.05),
    Plan("google_play", "google_play", "nl.vlotlijn.app", CARE, "nl.vlotlijn.app", 0, 0),
    Plan("app_store", "app_store", "Vlotlijn-app", CARE, "1043188450", 0, 0),
    Plan("mail", "mailbox", "hulp@vlotlijn.example", CARE, "hulp@vlotlijn.example", 0, 0.05),
)


@dataclass(frozen=True, slots=True)
class Account:
    """An inbox of the demo and its other side. `began_at` is when the demo was first made: the end of its history."""

    inbox: Inbox
    sandbox: Sandbox
    network: str
    began_at: datetime
    is_new: bool
    crowd: float


def connect_accounts(actor: User, sandbox: Sandbox, now: datetime) -> list[Account]:
    """The company's accounts on every network that the sandbox speaks, each with its inbox. What is there stays."""
    spoken = sandbox.networks()
    return [_connect(actor, sandbox, plan, now) for plan in PLANS if plan.sandbox_network in spoken]


def register_webhooks(accounts: list[Account]) -> None:
    """Tell the networks where to deliver. Raises SandboxRefused where the web does not answer the challenge."""
    for account in accounts:
        if connector_of(account.inbox).capabilities.webhook:
            account.sandbox.register_webhook(account.network, HANDLE, webhook_address(account.inbox))


def _connect(actor: User, sandbox: Sandbox, plan: Plan, now: datetime) -> Account:
    facts: dict[str, Any] = {"id": plan.id, "name": COMPANY, "followers": plan.followers, "verified": True}
    made = sandbox.make_account(plan.sandbox_network, HANDLE, **facts, credentials=_credentials(plan))
    if "demo_began_at" not in made["settings"]:
        settings_now = {"demo_began_at": now.isoformat()}
        made = sandbox.make_account(plan.sandbox_network, HANDLE, settings=settings_now)
    mailbox = plan.network == "mail"  # whose servers have ports of their own
    base_url = made["base_url"] if mailbox else f"{settings.SANDBOX_URL}/{plan.sandbox_network}"
    began_at = datetime.fromisoformat(made["settings"]["demo_began_at"])
    known = Inbox.objects.filter(network=plan.network, base_url=base_url, own_id=plan.id).first()
    inbox = known or create_inbox(
        actor,
        network=plan.network,
        name=plan.name,
        credentials=made["credentials"] if mailbox else _credentials(plan),
        base_url=base_url,
        poll_seconds=POLL_SECONDS,
        team_id=Team.objects.get(name=plan.team).pk,
        language="nl",
    )
    return Account(inbox, sandbox, plan.sandbox_network, began_at, is_new=known is None, crowd=plan.crowd)


def _credentials(plan: Plan) -> dict[str, str]:
    """The same at every start, and worth nothing outside this machine's sandbox."""
    if plan.network == "x":
        names = ("consumer_key", "consumer_secret", "access_token_secret", "bearer_token")
        return {name: _word(plan, name) for name in names} | {"access_token": f"{plan.id}-{_word(plan, 'access')}"}
    if plan.network == "mastodon":
        return {"access_token": _word(plan, "access_token")}
    if plan.network == "bluesky":
        return {"handle": plan.name.removeprefix("@"), "app_password": _word(plan, "app_password")}
    if plan.network in _REVIEWS:
        return _REVIEWS[plan.network](plan)
    if plan.network == "mail":
        return {"address": plan.id, "password": _word(plan, "password"), "sender_name": COMPANY}
    app_id = str(int(hashlib.sha256(plan.name.encode()).hexdigest()[:12], 16))
    words = {name: _word(plan, name) for name in ("page_access_token", "app_secret", "verify_token")}
    return words | {"instagram_id" if plan.network == "instagram" else "page_id": plan.id, "app_id": app_id}


def _google(plan: Plan) -> dict[str, str]:
    return {name: _word(plan, name) for name in ("client_id", "client_secret", "refresh_token")}


def _apple(plan: Plan) -> dict[str, str]:
    """Signed by a key that anybody can work out."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.derive_private_key(int(_word(plan, "private_key"), 16), ec.SECP256R1())
    told = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    named = {"app_id": plan.id, "issuer_id": _word(plan, "issuer_id"), "key_id": _word(plan, "key_id")[:10].upper()}
    return {**named, "private_key": told}


_REVIEWS: Mapping[str, Callable[[Plan], dict[str, str]]] = {
    "google_business": lambda plan: {"account_id": f"1{plan.id}", "location_ids": plan.id, **_google(plan)},
    "google_play": lambda plan: {"package_name": plan.id, **_google(plan)},
    "app_store": _apple,
}


def _word(plan: Plan, name: str) -> str:
    return hashlib.sha256(f"demo {plan.network} {name}".encode()).hexdigest()[:40]
