"""Customers and their profiles, as the networks name them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from desk.common.bulk import insert_rows, next_ids
from desk.inboxes.gateway import Author
from desk.tickets.models import Customer, Profile

MOST_LINKS, LONGEST_LINKS = 10, 2_000  # of a profile: addresses, and characters of all together


class Person(NamedTuple):
    """A profile as a ticket points at it."""

    pk: int
    customer_id: int
    aside: str = ""  # why nobody wants to hear it: "muted", "spam"


_TOLD = ("handle", "name", "avatar_url", "followers", "links", "verified")
_COLUMNS = (
    "customer_id",
    "network",
    "external_id",
    "handle",
    "name",
    "avatar_url",
    "followers",
    "links",
    "verified",
    "updated_at",
)
# What a network leaves out this time is not forgotten; an unchanged profile is not written.
_NEWER = """(network, external_id) DO UPDATE SET
    handle = COALESCE(NULLIF(EXCLUDED.handle, ''), tickets_profile.handle),
    name = COALESCE(NULLIF(EXCLUDED.name, ''), tickets_profile.name),
    avatar_url = COALESCE(NULLIF(EXCLUDED.avatar_url, ''), tickets_profile.avatar_url),
    followers = COALESCE(EXCLUDED.followers, tickets_profile.followers),
    links = COALESCE(NULLIF(EXCLUDED.links, ''), tickets_profile.links),
    verified = EXCLUDED.verified,
    updated_at = EXCLUDED.updated_at"""


def save_authors(network: str, authors: Iterable[Author], now: datetime) -> dict[str, Person]:
    """Profiles by the network's id, created with a customer each where they are new, refreshed where they changed."""
    latest = {author.external_id[:200]: author for author in authors}
    if not latest:
        return {}
    rows = Profile.objects.filter(network=network, external_id__any_of=latest)
    found: dict[str, Person] = {}
    told: dict[str, tuple[object, ...]] = {}
    columns = ("external_id", "pk", "customer_id", "customer__muted_at", "spam_at", *_TOLD)
    for key, pk, customer_id, muted_at, spam_at, *kept in rows.values_list(*columns):
        aside = "muted" if muted_at is not None else "spam" if spam_at is not None else ""
        found[key], told[key] = Person(pk, customer_id, aside), tuple(kept)
    # in one order everywhere, so that two inboxes of one network never wait for each other
    unwritten = sorted(key for key, author in latest.items() if key not in found or _is_news(told[key], author))
    fresh = [key for key in unwritten if key not in found]
    customers = dict(zip(fresh, next_ids(Customer, len(fresh)), strict=True))
    insert_rows(
        Customer,
        ("id", "name", "language", "about", "created_at"),
        ((pk, _name(latest[key]), "", "", now) for key, pk in customers.items()),
    )
    written = [
        (customers[key] if key in customers else found[key].customer_id, network, key, *_clipped(latest[key]), now)
        for key in unwritten
    ]
    returned = insert_rows(
        Profile, _COLUMNS, written, on_conflict=_NEWER, returning=("id", "external_id", "customer_id")
    )
    for pk, key, customer_id in returned:
        found[key] = Person(pk, customer_id, found[key].aside if key in found else "")
    _drop_strays(customers, found)
    return found


def _drop_strays(customers: dict[str, int], found: dict[str, Person]) -> None:
    """Another inbox of the same network met the person at the same moment and was quicker."""
    strays = [pk for key, pk in customers.items() if found[key].customer_id != pk]
    if strays:
        Customer.objects.filter(pk__any_of=strays).delete()


def _is_news(told: tuple[object, ...], author: Author) -> bool:
    """Whether the network says something that we don't know; what it leaves out is none."""
    *before, was_verified = told
    *said, verified = _clipped(author)
    return verified != was_verified or any(
        new not in ("", None) and new != old for new, old in zip(said, before, strict=True)
    )


def _clipped(author: Author) -> tuple[object, ...]:
    """`_TOLD` as the columns hold it."""
    links = "\n".join(author.links[:MOST_LINKS])[:LONGEST_LINKS]
    return (author.handle[:200], author.name[:200], author.avatar_url[:1000], author.followers, links, author.verified)


def _name(author: Author) -> str:
    return (author.name or author.handle)[:200]
