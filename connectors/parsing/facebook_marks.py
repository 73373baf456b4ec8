"""Events of a private conversation that are no messages: read marks, and which app of the company's has it.

Sources: Meta's webhook references of message_reads, messaging_seen (Instagram), messaging_handovers and standby (2026).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors.base import Author, Control, Item, ItemKind
from connectors.parsing import identifier, mapped, reference
from connectors.parsing.facebook_page import SLUG
from connectors.text import clean_json
from connectors.times import moment

HANDOVERS = frozenset({"pass_thread_control", "take_thread_control", "request_thread_control"})


def read_mark(event: Mapping[str, Any], own_id: str) -> Item | None:
    """A customer has read: on Messenger up to a time, on Instagram a message. None where it was nobody we know."""
    sender = reference(mapped(event.get("sender")).get("id"))
    if not sender or sender == own_id:
        return None
    read = mapped(event["read"])
    at, message_id = moment(read.get("watermark") or event["timestamp"]), reference(read.get("mid"))
    return Item(
        network=SLUG,
        kind=ItemKind.READ,
        external_id=f"{sender}:read",
        thread_id=sender,
        created_at=at,
        changed_at=at,
        parent_id=message_id,
        author=Author(sender),
        private=True,
        revision=message_id or f"{at.timestamp():.3f}",
        raw=clean_json(dict(event)),
    )


def control(event: Mapping[str, Any], handover: str, own_id: str, app_id: str) -> Item | None:
    """Who has the conversation from now on, or asks for it; without `app_id` we are who Meta tells it.

    Meta tells an app that a conversation was passed to it, or taken from it. Where conversations are routed it tells
    every app of every change, so that only the ids say whom it is about.
    """
    said, who = mapped(event[handover]), (event["sender"]["id"], event["recipient"]["id"])
    person = next(identifier(one) for one in who if str(one) != own_id)
    new, previous = reference(said.get("new_owner_app_id")), reference(said.get("previous_owner_app_id"))
    if handover == "request_thread_control":
        other, state = reference(said.get("requested_owner_app_id")), Control.ASKED
        if app_id and other == app_id:
            return None  # we asked ourselves
    elif new == app_id if app_id and new else handover == "pass_thread_control":
        other, state = previous, Control.OURS
    else:
        other, state = new, Control.THEIRS
    return _control(event, person, state, other, event["timestamp"])


def held_elsewhere(message: Item) -> Item:
    """What a message in standby says beside its words: another app has the conversation."""
    told = _control({}, message.thread_id, Control.THEIRS, "", message.happened_at.isoformat())
    return replace(told, network=message.network)


def _control(raw: Mapping[str, Any], person: str, state: Control, other: str, told_at: object) -> Item:
    at = moment(told_at)
    return Item(
        network=SLUG,
        kind=ItemKind.CONTROL,
        external_id=f"{person}:control",
        thread_id=person,
        created_at=at,
        changed_at=at,
        parent_id=other,
        text=state,
        private=True,
        revision=f"{at.timestamp():.3f}:{state}",
        raw=clean_json(dict(raw)),
    )
