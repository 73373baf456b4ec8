"""The Send API: answers within 24 hours, tagged ones within 7 days, and one private reply to a comment or post.

Sources: Meta's "Send a Message", "Message Tags", "Private Replies" and "Common error codes" (2026).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors.sandbox.facebook import ids
from connectors.sandbox.facebook.call import Call
from connectors.sandbox.facebook.compose import MESSAGE_LIMIT
from connectors.sandbox.facebook.errors import (
    GraphError,
    no_private_reply,
    nobody,
    unavailable,
    window_closed,
    wrong,
)
from connectors.sandbox.facebook.nodes import Node, last_message
from connectors.sandbox.facebook.uploads import uploaded
from connectors.sandbox.records import Account, Post

DAY_MS = 24 * 3_600_000
WEEK_MS = 7 * DAY_MS
_RECIPIENTS = ("id", "comment_id", "post_id")


def send(call: Call, node: Node) -> dict[str, Any]:
    """Send one message as the page, or show that it reads or types."""
    call.needs("pages_messaging")
    call.limiter.burst(call.page, "send")
    if call.params.get("sender_action"):
        return _show(call)
    recipient, content = call.object("recipient"), call.object("message")
    chosen = [name for name in _RECIPIENTS if recipient.get(name)]
    if len(chosen) != 1:
        raise wrong("recipient", "must contain exactly one of {id, comment_id, post_id}")
    text, media = _text(call, content), _media(call, content)
    wanted = str(recipient[chosen[0]])
    if chosen[0] == "id":
        person = _person(call, wanted)
        if person.settings.get("held_by_another_app"):
            words = "(#10) Message failed to send because another app is controlling this thread now."
            raise GraphError(10, words, subcode=2018300)
        _within_window(call, person)
        answered = None
    else:
        answered = _answerable(call, wanted, chosen[0])
        person = _author(call, answered)
    message = call.network.composer.message(
        call.page, person, call.page, text, call.network.now_ms(), origin="api", media=media
    )
    with call.store.transaction():
        call.network.publish([(message, [call.page.id])])
        if answered:
            call.store.change_post(answered, extra={**answered.extra, "private_reply": message.id})
    return {"recipient_id": ids.psid(call.page.id, person.id), "message_id": message.id}


def _show(call: Call) -> dict[str, Any]:
    """Sender actions stand alone; what is marked as seen is the newest message of that person."""
    if call.params["sender_action"] not in ("mark_seen", "typing_on", "typing_off"):
        raise wrong("sender_action", "must be one of {mark_seen, typing_on, typing_off}")
    if call.params.get("message"):
        raise wrong("message", "can't go with a sender_action")
    person = _person(call, str(call.object("recipient").get("id", "")))
    newest = last_message(call.store, call.network.slug, ids.conversation(call.page.id, person.id), person.id)
    if newest is None:
        raise nobody(call.surface.subcodes["nobody"])
    if call.params["sender_action"] == "mark_seen" and "seen" not in newest.extra:
        call.store.change_post(newest, extra={**newest.extra, "seen": call.network.now_ms()})
    return {"recipient_id": ids.psid(call.page.id, person.id)}


def take_control(call: Call, node: Node) -> dict[str, Any]:
    """Take a conversation over from another app; only the page's primary receiver may."""
    person = _whose(call)
    if call.page.settings.get("secondary_receiver"):
        raise GraphError(10, "(#10) Only the primary receiver can take thread control", status=403)
    return _held(call, person, elsewhere=False)


def request_control(call: Call, node: Node) -> dict[str, Any]:
    """Ask the app that has the conversation for it. It says nothing by itself: a person plays it."""
    person = _whose(call)
    call.store.save_account(replace(person, settings={**person.settings, "control_requested": True}))
    return {"success": True}


def pass_control(call: Call, node: Node) -> dict[str, Any]:
    """Give a conversation to another app of the page's."""
    if not call.params.get("target_app_id", "").isdigit():
        raise wrong("target_app_id", "must be an app of the page")
    return release_control(call, node)


def release_control(call: Call, node: Node) -> dict[str, Any]:
    """Give a conversation back; whichever app comes first by rule has it then."""
    person = _whose(call)
    if person.settings.get("held_by_another_app"):
        raise GraphError(10, "(#10) The app does not control this thread", subcode=2018300)
    return _held(call, person, elsewhere=True)


def _whose(call: Call) -> Account:
    call.needs("pages_messaging" if call.surface.object == "page" else "instagram_manage_messages")
    return _person(call, str(call.object("recipient").get("id", "")))


def _held(call: Call, person: Account, *, elsewhere: bool) -> dict[str, Any]:
    settings = {**person.settings, "held_by_another_app": elsewhere, "control_requested": False}
    call.store.save_account(replace(person, settings=settings))
    return {"success": True}


def _text(call: Call, content: Mapping[str, Any]) -> str:
    text = content.get("text", "")
    if not isinstance(text, str) or not (text.strip() or content.get("attachment")):
        raise GraphError(100, "(#100) Must send a non-empty message body.")
    if text and content.get("attachment"):
        raise GraphError(100, "(#100) Must send either text or an attachment, not both.")
    most = call.surface.message_bytes
    if most and len(text.encode("utf-8", "replace")) > most:
        raise GraphError(100, f"(#100) Length of param message[text] must be less than or equal to {most} bytes")
    if not most and len(text) > MESSAGE_LIMIT:
        message = f"(#100) Length of param message[text] must be less than or equal to {MESSAGE_LIMIT}"
        raise GraphError(100, message, subcode=2018294)
    return text


def _media(call: Call, content: Mapping[str, Any]) -> list[Mapping[str, str]]:
    attachment = content.get("attachment")
    if not attachment:
        return []
    payload = attachment.get("payload", {}) if isinstance(attachment, dict) else {}
    if "attachment_id" in payload:
        return [uploaded(call, payload["attachment_id"])]
    url = payload.get("url")
    if not isinstance(url, str) or attachment.get("type") not in ("image", "video", "audio", "file"):
        raise wrong("message[attachment]", "must have a type and payload.url")
    kind = str(attachment["type"])
    found = {"id": str(call.store.next_position()), "url": url, "kind": kind, "content_type": "", "alt_text": ""}
    return [found]


def _person(call: Call, scoped: str) -> Account:
    person = call.store.account(call.network.slug, ids.person_of(call.page.id, scoped))
    if person is None or person.company:
        raise nobody(call.surface.subcodes["nobody"])
    return _reachable(person)


def _reachable(person: Account) -> Account:
    if person.settings.get("unavailable"):
        raise unavailable()
    return person


def _within_window(call: Call, person: Account) -> None:
    kind, tag = call.params.get("messaging_type", "RESPONSE"), call.params.get("tag", "")
    if kind not in ("RESPONSE", "UPDATE", "MESSAGE_TAG"):
        raise wrong("messaging_type", "must be one of {RESPONSE, UPDATE, MESSAGE_TAG}")
    if kind == "MESSAGE_TAG" and tag != "HUMAN_AGENT":
        raise wrong("tag", "must be one of {HUMAN_AGENT}", subcode=2018001)
    thread = ids.conversation(call.page.id, person.id)
    inbound = last_message(call.store, call.network.slug, thread, person.id)
    if inbound is None:
        known = last_message(call.store, call.network.slug, thread)
        raise window_closed(call.surface.subcodes["window"]) if known else nobody(call.surface.subcodes["nobody"])
    allowed = WEEK_MS if kind == "MESSAGE_TAG" else DAY_MS
    if call.network.now_ms() - inbound.created_at > allowed:
        raise window_closed(call.surface.subcodes["window"])


def _answerable(call: Call, wanted: str, kind: str) -> Post:
    """The comment or post that a private reply answers."""
    call.limiter.burst(call.page, "private_reply")
    post = call.store.post(call.network.slug, wanted)
    here = post is not None and post.account_id == call.page.id and not post.private and post.deleted_at is None
    if post is None or not here or (post.kind == "comment") != (kind == "comment_id"):
        raise GraphError(100, f"(#100) Invalid {kind} parameter", subcode=2018292)
    root = call.store.post(call.network.slug, post.root_id)
    if post.author_id == call.page.id or root is None or root.kind == "mention":
        raise GraphError(100, f"(#100) Invalid {kind} parameter", subcode=2018292)
    if "private_reply" in post.extra or call.network.now_ms() - post.created_at > WEEK_MS:
        raise no_private_reply()
    return post


def _author(call: Call, post: Post) -> Account:
    person = call.store.account(call.network.slug, post.author_id)
    if person is None:
        raise nobody(call.surface.subcodes["nobody"])
    return _reachable(person)


CONTROL = {
    ("POST", "Page", "take_thread_control"): take_control,
    ("POST", "Page", "request_thread_control"): request_control,
    ("POST", "Page", "pass_thread_control"): pass_control,
    ("POST", "Page", "release_thread_control"): release_control,
}
