"""How far a stream of X has been read: chains of pages that run from the newest post down to the last known one.

`mark` is the newest id of the last finished chain. While a chain runs, `top` waits to become the mark, `token` leads
to the next page and `bottom` is where the chain has come; `until` stands in for a token that X refused (they expire).
The mark moves only when a chain is finished, so stopping anywhere loses nothing.
"""

from collections.abc import Mapping
from typing import Any

from connectors.base import Cursor
from connectors.parsing import each_object, mapped
from connectors.text import clean


def ids_of(entries: object) -> list[str]:
    """The ids in a list of posts or messages, without what is no id."""
    return [str(entry["id"]) for entry in each_object(entries) if str(entry.get("id", "")).isdecimal()]


def next_token(answer: Mapping[str, Any]) -> str:
    """The token of the next, older page; "" where this is the last."""
    return clean(mapped(answer.get("meta")).get("next_token"))


def after_page(cursor: Cursor, ids: list[str], token: str) -> dict[str, str]:
    """Where to go on after a page with `ids`: down the chain while there is a token, else from its top."""
    top = max([*ids, *_kept(cursor, "mark", "top").values()], key=int, default="")
    if not token or token == cursor.get("token"):
        return {"mark": top} if top else {}
    bottom = min([*ids, *_kept(cursor, "bottom").values()], key=int, default="")
    chain = {**_kept(cursor, "mark", "until"), "top": top, "bottom": bottom, "token": token}
    return {name: value for name, value in chain.items() if value}


def below_refused_token(cursor: Cursor) -> dict[str, str]:
    """Where to go on where X no longer takes the token: below the oldest id that was seen."""
    kept = _kept(cursor, "mark", "top", "bottom")
    return {**kept, "until": kept["bottom"]} if "bottom" in kept else kept


def _kept(cursor: Cursor, *names: str) -> dict[str, str]:
    return {name: str(cursor[name]) for name in names if cursor.get(name)}
