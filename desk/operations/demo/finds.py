"""A saved search on X, and what people say there about the company without saying it to the company."""

import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta

from desk.actions.inboxes.inboxes import change_inbox
from desk.operations.demo.accounts import Account
from desk.operations.demo.scenes import TEXTS
from desk.people.models import User

WORDS = "vlotlijn -@vlotlijn"
ELSEWHERE = "reizigersbond"


def save_search(actor: User, accounts: Iterable[Account], now: datetime) -> None:
    """Where the network can be searched. The polls find what was said in the last hours. Again is harmless."""
    said = tomllib.loads((TEXTS / "finds.toml").read_text(encoding="utf-8"))["find"]
    for account in accounts:
        if account.inbox.network != "x":
            continue
        account.sandbox.make_account("x", ELSEWHERE, name="Reizigersbond", id="731845009001", followers=7_310)
        account.sandbox.write(
            [
                {
                    "network": "x",
                    "account": ELSEWHERE,
                    "kind": "mention",
                    "author": one["author"],
                    "text": one["text"],
                    "created_at": (now - timedelta(minutes=one["minutes"])).isoformat(),
                    "ref": f"demo:find:{number}",
                }
                for number, one in enumerate(said)
            ]
        )
        change_inbox(actor, account.inbox.pk, options={"search": WORDS})
