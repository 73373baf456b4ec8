"""Customers and their profiles, as the networks name them."""

from collections.abc import Iterable
from datetime import datetime

from desk.common.bulk import insert_rows, next_ids
from desk.inboxes.gateway import Author
from desk.tickets.models import Customer, Profile

_COLUMNS = (
    "customer_id",
    "network",
    "external_id",
    "handle",
    "name",
    "avatar_url",
    "followers",
    "verified",
    "updated_at",
)
# What a network leaves out this time is not forgotten; an unchanged profile is not written.
_NEWER = """(network, external_id) DO UPDATE SET
    handle = COALESCE(NULLIF(EXCLUDED.handle, ''), tickets_profile.handle),
    name = COALESCE(NULLIF(EXCLUDED.name, ''), tickets_profile.name),
    avatar_url = COALESCE(NULLIF(EXCLUDED.avatar_url, ''), tickets_profile.avatar_url),
    followers = COALESCE(EXCLUDED.followers, tickets_profile.followers),
    verified = EXCLUDED.verified,
    updated_at = EXCLUDED.updated_at"""


def save_authors(network: str, authors: Iterable[Author], now: datetime) -> dict[str, Profile]:
    """Profiles by the network's id, created with a customer each where they are new, refreshed where they changed."""
    latest = {author.external_id[:200]: author for author in authors}
    if not latest:
        return {}
    found = {
        profile.external_id: profile
        for profile in Profile.objects.filter(network=network, external_id__in=latest.keys())
    }
    # in one order everywhere, so that two inboxes of one network never wait for each other
    unwritten = sorted(key for key, author in latest.items() if key not in found or _differs(found[key], author))
    fresh = [key for key in unwritten if key not in found]
    customers = dict(zip(fresh, next_ids(Customer, len(fresh)), strict=True))
    insert_rows(
        Customer,
        ("id", "name", "language", "about", "created_at"),
        ((pk, _name(latest[key]), "", "", now) for key, pk in customers.items()),
    )
    rows = [
        _row(network, key, customers[key] if key in customers else found[key].customer_id, latest[key], now)
        for key in unwritten
    ]
    returned = insert_rows(Profile, _COLUMNS, rows, on_conflict=_NEWER, returning=("id", "external_id", "customer_id"))
    for pk, key, customer_id in returned:
        found[key] = Profile(pk=pk, external_id=key, customer_id=customer_id, network=network)
    _drop_strays(customers, found)
    return found


def _drop_strays(customers: dict[str, int], found: dict[str, Profile]) -> None:
    """Another inbox of the same network met the person at the same moment and was quicker."""
    strays = [pk for key, pk in customers.items() if found[key].customer_id != pk]
    if strays:
        Customer.objects.filter(pk__in=strays).delete()


def _differs(profile: Profile, author: Author) -> bool:
    return (
        (bool(author.handle) and profile.handle != author.handle[:200])
        or (bool(author.name) and profile.name != author.name[:200])
        or (bool(author.avatar_url) and profile.avatar_url != author.avatar_url[:1000])
        or (author.followers is not None and profile.followers != author.followers)
        or profile.verified != author.verified
    )


def _row(network: str, key: str, customer_id: int, author: Author, now: datetime) -> tuple[object, ...]:
    return (
        customer_id,
        network,
        key,
        author.handle[:200],
        author.name[:200],
        author.avatar_url[:1000],
        author.followers,
        author.verified,
        now,
    )


def _name(author: Author) -> str:
    return (author.name or author.handle)[:200]
