"""Conversations of every kind: what customers said and showed on the networks, and what was decided about people."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from desk.actions.customers import blocking, muting, same_person
from desk.operations.demo.accounts import HANDLE, Account
from desk.operations.demo.scenes import TEXTS
from desk.people.models import User
from desk.tickets.models import Customer

ONE_PERSON = ("saskiadekker", "x"), ("Saskia Dekker", "facebook_page")  # Facebook tells names, and no handles
MUTED = ("altijdtelaat", "Schrijft iedere dag hetzelfde, zonder vraag.")
BLOCKED = ("boosopalles", "Bedreigde een collega; de veiligheidsdienst weet het.")


def write_talk(accounts: Iterable[Account], now: datetime) -> None:
    """On the sandbox, where the polls find it. Again is harmless."""
    words = _told("word")
    for account in accounts:
        account.sandbox.write([_row(number, one, now) for number, one in _of(account, words)])


def react(accounts: Iterable[Account]) -> None:
    """Below the company's posts, once its webhooks are there: Facebook tells of it in no other way."""
    reactions = _told("reaction")
    for account in accounts:
        for _number, one in _of(account, reactions):
            for kind, people in one["kinds"].items():
                for handle in people:
                    account.sandbox.react(account.network, f"demo:post:{one['below']}", handle, kind)


def decide(people: Mapping[str, User], now: datetime) -> None:
    """Two accounts are one person, one customer is heard no more, and one gets no answer."""
    one, other = (_customer(*who) for who in ONE_PERSON)
    if one is not None and other is not None and one.pk != other.pk:
        same_person.merge(people["agent2"], one.pk, other.pk)
    if (muted := _customer(MUTED[0], "x")) is not None:
        muting.mute(people["supervisor"], muted.pk, reason=MUTED[1], now=now)
    if (blocked := _customer(BLOCKED[0], "x")) is not None:
        blocking.block(people["supervisor"], blocked.pk, reason=BLOCKED[1], now=now)


def _customer(called: str, network: str) -> Customer | None:
    rows = Customer.objects.filter(profiles__network=network)
    return (rows.filter(profiles__handle=called) | rows.filter(profiles__name=called)).first()


def _told(what: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = tomllib.loads((TEXTS / "talk.toml").read_text(encoding="utf-8"))[what]
    return told


def _of(account: Account, told: Iterable[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    return [(number, one) for number, one in enumerate(told) if one["network"] == account.network]


def _row(number: int, one: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    handle, name, followers = one["author"]
    keys = {word["key"]: at for at, word in enumerate(_told("word")) if "key" in word}
    below = one.get("below", "")
    row = {
        "network": one["network"],
        "account": HANDLE,
        "kind": one["kind"],
        "author": {
            "handle": handle, "name": name, "followers": followers, "settings": {"links": one.get("links", [])},
        },
        "text": one["text"],
        "media": [{"kind": kind, "alt_text": shows} for kind, shows in one.get("files", [])],
        "created_at": (now - timedelta(minutes=one["minutes"])).isoformat(),
        "ref": _ref(number),
    }  # fmt: skip
    return row | ({"in_reply_to": _ref(keys[below]) if below in keys else f"demo:post:{below}"} if below else {})


def _ref(number: int) -> str:
    return f"demo:talk:{number}"
