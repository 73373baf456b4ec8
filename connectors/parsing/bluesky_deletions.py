"""Which posts were deleted: those that were among the newest notifications and are missing there and on the network.

A cursor holds `watched`, address → when the network saw it, of the newest notifications. One that went missing and is
on the network all the same was pushed out by newer ones, or is being deleted at this moment: `looks` counts how often
that was seen, and after LOOKS it is no longer watched.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.base import Change, Cursor, Item, ItemKind
from connectors.parsing import each_object, mapped
from connectors.parsing.bluesky import SLUG
from connectors.parsing.bluesky_uri import is_post
from connectors.times import moment

Listing = Mapping[str, datetime]
LOOKS = 3


def listing_of(notices: object) -> Listing:
    """The newest notifications: address → time."""
    found = {}
    for notice in each_object(notices):
        uri = notice.get("uri")
        try:
            if isinstance(uri, str) and is_post(uri):
                found[uri] = moment(notice.get("indexedAt"))
        except ValueError:
            continue
    return found


def missing(cursor: Cursor, listing: Listing) -> list[str]:
    """Those watched that are not listed any more: deleted, or pushed out by newer ones."""
    return [uri for uri in _watched(cursor) if uri not in listing]


def suspects(cursor: Cursor, listing: Listing, most: int) -> list[str]:
    """Those to look for on the network now: the least looked for first."""
    counted = mapped(cursor.get("looks"))
    return sorted(missing(cursor, listing), key=lambda uri: int(counted.get(uri, 0)))[:most]


def items(cursor: Cursor, gone: Sequence[str]) -> Iterator[Item]:
    """The deletions, as items: only ids, and the time of what was deleted."""
    watched = _watched(cursor)
    for uri in gone:
        yield Item(SLUG, ItemKind.MENTION, uri, "", watched[uri], change=Change.DELETED)


def after(cursor: Cursor, listing: Listing, looked_at: Sequence[str], gone: Sequence[str]) -> dict[str, Any]:
    """What is watched from now on: what is listed, and what went missing and is not settled yet."""
    watched, counted = _watched(cursor), mapped(cursor.get("looks"))
    waiting = [uri for uri in missing(cursor, listing) if uri not in gone]
    looks = {uri: int(counted.get(uri, 0)) + (uri in looked_at) for uri in waiting}
    kept = {uri: watched[uri] for uri in waiting if looks[uri] < LOOKS}
    told = {"watched": {uri: time.isoformat() for uri, time in {**kept, **listing}.items()}}
    return (
        {**told, "looks": {uri: looks[uri] for uri in kept if looks[uri]}} if any(looks[uri] for uri in kept) else told
    )


def _watched(cursor: Cursor) -> dict[str, datetime]:
    return {uri: moment(time) for uri, time in mapped(cursor.get("watched")).items()}
