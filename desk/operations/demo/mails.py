"""What lay in the mailbox just before the demo was made: customers, and a machine or two, for the desk to read."""

import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta

from desk.operations.demo.accounts import HANDLE, Account
from desk.operations.demo.scenes import TEXTS


def write_mails(accounts: Iterable[Account], now: datetime) -> None:
    """In the sandbox's mailbox, where the poll finds them. Again is harmless."""
    told = tomllib.loads((TEXTS / "mails.toml").read_text(encoding="utf-8"))["mail"]
    for account in accounts:
        if account.inbox.network == "mail":
            account.sandbox.write(
                [
                    {
                        "network": account.network,
                        "account": HANDLE,
                        "kind": "dm",
                        "author": one["author"],
                        "subject": one["subject"],
                        "text": one["text"],
                        "media": one.get("media", []),
                        "created_at": (now - timedelta(minutes=one["minutes"])).isoformat(),
                        "ref": f"demo:mail:{number}",
                    }
                    for number, one in enumerate(told)
                ]
            )
