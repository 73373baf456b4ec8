"""How posts are marked since they were read: moderators look at them later than we do.

The newest notifications tell it of each post and its author. A cursor holds `marks_from`, when that was first looked
at, for what is older was perhaps never read; and `marked`, address → how it was marked at the last look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors.base import Cursor, Item
from connectors.parsing import each_object, mapped
from connectors.parsing.bluesky import labelled
from connectors.text import digest
from connectors.times import moment

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


def changed(cursor: Cursor, listing: Mapping[str, datetime], notices: object, most: int) -> list[dict[str, Any]]:
    """The notifications of posts that are marked otherwise than at the last look."""
    if not cursor.get("marks_from"):
        return []
    begun, before = moment(cursor["marks_from"]), mapped(cursor.get("marked"))
    fresh = [one for one in each_object(notices) if listing.get(str(one.get("uri")), _BEFORE_ALL) > begun]
    return [one for one in fresh if _marks_of(one) != before.get(str(one["uri"]), "")][:most]


def told(item: Item | None) -> Item | None:
    """A post that is read again, for how it is marked now."""
    if item is None:
        return None
    about = {"labels": "", **item.about}
    return replace(item, about=about, revision=f"marked:{digest(about['labels'])}")


def after(cursor: Cursor, listing: Mapping[str, datetime], looked_at: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is remembered of this look."""
    begun = cursor.get("marks_from") or max(listing.values(), default=_BEFORE_ALL).isoformat()
    marked = {**mapped(cursor.get("marked")), **{str(one["uri"]): _marks_of(one) for one in looked_at}}
    return {"marks_from": begun, "marked": {uri: marks for uri, marks in marked.items() if marks and uri in listing}}


def _marks_of(notice: Mapping[str, Any]) -> str:
    return labelled(notice, mapped(notice.get("record")), mapped(notice.get("author"))).get("labels", "")
