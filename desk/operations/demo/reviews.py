"""What customers thought just before the demo was made: stars in every store, for the desk to read and answer."""

import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta

from desk.operations.demo.accounts import HANDLE, Account
from desk.operations.demo.scenes import TEXTS


def write_reviews(accounts: Iterable[Account], now: datetime) -> None:
    """On the sandbox, where the polls find them. Again is harmless."""
    told = tomllib.loads((TEXTS / "reviews.toml").read_text(encoding="utf-8"))["review"]
    for account in accounts:
        account.sandbox.write(
            [
                {
                    "network": account.network,
                    "account": HANDLE,
                    "kind": "review",
                    "author": one["author"],
                    "rating": one["rating"],
                    "text": one["text"],
                    "created_at": (now - timedelta(minutes=one["minutes"])).isoformat(),
                    "ref": f"demo:review:{number}",
                }
                for number, one in enumerate(told)
                if one["network"] == account.network
            ]
        )
