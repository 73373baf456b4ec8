"""Requests to the Graph API held against what Meta publishes of it (`connectors.sandbox.facebook.published`)."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from urllib.parse import parse_qsl

from connectors.sandbox.facebook.fields import Field, parse
from connectors.sandbox.facebook.published import EVERYWHERE, FIELDS, Place
from tests.connectors.wire import Asked

VERSIONS = ("v24.0", "v25.0", "v26.0")
# What kind of node a list or a nested field holds, where it holds nodes of ours.
HELD = {
    "conversations": {"Conversation"}, "messages": {"Message"}, "comments": {"Comment", "IGComment"},
    "replies": {"IGComment"}, "feed": {"Post"}, "tagged": {"Post"}, "tags": {"IGMedia", "Message"},
    "media": {"IGMedia"}, "children": {"IGMedia"}, "parent": {"Comment"}, "mentioned_comment": {"IGComment"},
    "mentioned_media": {"IGMedia"}, "instagram_business_account": {"IGUser"},
}  # fmt: skip


@dataclass(frozen=True)
class Requested:
    """One request: the node's id, the edge or "", and the names of the parameters with what `fields` said."""

    method: str
    node: str
    edge: str
    params: Mapping[str, str]

    @classmethod
    def of(cls, asked: Asked) -> "Requested":
        version, node, *edge = re.split(r"/(?=v\d)", asked.path, maxsplit=1)[1].split("/")
        assert version in VERSIONS, asked.path
        if asked.headers.get("content-type", "").startswith("multipart/"):
            form = dict.fromkeys(re.findall(r'name="(\w+)"', asked.body.decode("latin-1")), "")
        else:
            form = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        return cls(asked.method, node, "/".join(edge), {**asked.query, **form})


def unpublished(one: Requested, published: Mapping[Place, frozenset[str]], kinds: Set[str] = frozenset()) -> list[str]:
    """What of a request Meta does not publish; `kinds` are those that the node may be, all where that is not known."""
    places = {
        place: params
        for place, params in published.items()
        if place[0] == one.method and place[2] == one.edge and (not kinds or place[1] in kinds)
    }
    if not places:
        return [f"{one.method} {one.node}/{one.edge} is published for none of {sorted(kinds) or 'all nodes'}"]
    given = one.params.keys() - EVERYWHERE
    lacking = min((sorted(given - params) for params in places.values()), key=len)
    faults = [f"{one.method} {one.node}/{one.edge} has no parameter {name}" for name in lacking]
    if "fields" in one.params:
        held = HELD[one.edge] if one.edge else {place[1] for place in places}
        faults += _unknown(parse(one.params["fields"]), held, one.edge or one.node)
    return faults


def _unknown(fields: Iterable[Field], kinds: Set[str], where: str) -> list[str]:
    """Fields that none of these kinds has; what is inside them too, where that is a node again."""
    found = []
    for field in fields:
        if not any(field.name in FIELDS.get(kind, ()) for kind in kinds):
            found.append(f"{where} has no field {field.name}")
        if field.inner and field.name in HELD:
            found += _unknown(field.inner, HELD[field.name], f"{where}.{field.name}")
    return found
