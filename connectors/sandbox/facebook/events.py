"""What a page's webhooks hear: changes of its feed, mentions, and Messenger.

Sources: Meta's webhook reference for pages and Messenger (2026), and the payloads that restfb records. As there: a
comment at the top level reports the post as its parent, the page's own comments and messages are told too (echoes), a
mention comes without its author, and Messenger counts in milliseconds where the feed counts in seconds. Messenger tells
of edits; that somebody took a message back is told to nobody.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.facebook import ids
from connectors.sandbox.facebook.media import media_link
from connectors.sandbox.facebook.nodes import COMMENT, last_message, latest_change
from connectors.sandbox.facebook.shapes import permalink
from connectors.sandbox.facebook.view import View, timestamp
from connectors.sandbox.network import Event
from connectors.sandbox.records import Account, Post

INBOX_APP = 26390203743090  # Meta's own: messages that were typed in the page's inbox
OTHER_APP = "901234567890123"  # of the page's, which answers before people do
_VERBS = {"created": "add", "edited": "edited", "deleted": "remove", "hidden": "hide", "shown": "unhide"}


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one page's webhooks; `now` is the network's time in ms."""

    view: View
    now: int

    def events(self, change: str, post: Post) -> Iterator[Event]:
        """The events of one change that the page's app is subscribed to."""
        wanted = self.view.page.settings.get("subscribed_fields")
        return (event for event in self.told(change, post) if wanted is None or event.name in wanted)

    def told(self, change: str, post: Post) -> Iterator[Event]:
        """All events of one change, whoever is subscribed."""
        if post.private:
            yield from self._messaging(change, post)
        elif change in ("liked", "unliked"):
            yield from self.reaction_of(self.view.page.id, post, "add" if change == "liked" else "remove")
        elif post.kind == COMMENT:
            yield from self._comment(_VERBS[change], post)
        elif post.kind == "mention":
            if change in ("created", "edited", "deleted"):
                value = {"item": "post", "verb": _VERBS[change], "post_id": post.id, **self._words(post, change)}
                yield self._change("mention", {**value, "created_time": post.created_at // 1000})
        else:
            yield self._change("feed", self._post(_VERBS[change], post))

    def _event(self, field: str, entry: dict[str, Any]) -> Event:
        body = {"object": "page", "entry": [{"id": self.view.page.id, **entry}]}
        return Event(self.view.page.id, field, json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode())

    # The feed

    def _change(self, field: str, value: dict[str, Any]) -> Event:
        return self._event(field, {"time": self.now // 1000, "changes": [{"value": value, "field": field}]})

    def _from(self, post: Post) -> dict[str, Any]:
        author = self.view.person(post.author_id)
        return {"from": author} if author else {}

    @staticmethod
    def _words(post: Post, change: str) -> dict[str, Any]:
        return {"message": post.text} if change not in ("deleted", "remove") and post.text else {}

    def _post(self, verb: str, post: Post) -> dict[str, Any]:
        item = "photo" if post.media else "status" if post.author_id == self.view.page.id else "post"
        value = {**self._from(post), **self._words(post, verb), "post_id": post.id}
        value |= {"created_time": post.created_at // 1000, "item": item, "verb": verb}
        if verb == "remove":
            return {**value, "recipient_id": self.view.page.id}
        links = [media_link(self.view.sandbox, self.view.network, media) for media in post.media]
        if len(links) == 1:
            value |= {"link": links[0], "photo_id": post.media[0]["id"]}
        elif links:
            value["photos"] = links
        return {**value, "published": 1}

    def _comment(self, verb: str, post: Post) -> Iterator[Event]:
        root = self.view.store.post(self.view.network, post.root_id)
        if root is None:
            return
        value: dict[str, Any] = {**self._from(post), **self._words(post, verb)}
        value |= {"post_id": root.id, "comment_id": post.id, "created_time": post.created_at // 1000}
        value |= {"item": "comment", "parent_id": post.parent_id, "verb": verb}
        if root.kind == "mention":
            # On somebody else's timeline only what names the page is told: an answer to the page does, by itself.
            above = self.view.store.post(self.view.network, post.parent_id)
            answers_us = above is not None and above.author_id == self.view.page.id
            if post.author_id != self.view.page.id and answers_us and verb in ("add", "edited", "remove"):
                yield self._change("mention", {name: part for name, part in value.items() if name != "from"})
            return
        if verb != "remove":
            about = {"status_type": "added_photos" if root.media else "mobile_status_update", "is_published": True}
            about |= {"updated_time": timestamp(latest_change(self.view.store, root))}
            value["post"] = {**about, "permalink_url": permalink(self.view, root), "id": root.id}
            if post.media:
                value["photo"] = media_link(self.view.sandbox, self.view.network, post.media[0])
        yield self._change("feed", value)

    def reaction_of(self, account_id: str, post: Post, verb: str, feeling: str = "like") -> Iterator[Event]:
        """That the page or somebody else likes something there or feels otherwise about it, or does so no more."""
        person = self.view.person(account_id)
        value: dict[str, Any] = {**({"from": person} if person else {}), "post_id": post.root_id}
        if post.kind == COMMENT:
            value["comment_id"] = post.id
        value |= {"created_time": self.now // 1000, "item": "reaction", "parent_id": post.parent_id or post.root_id}
        yield self._change("feed", {**value, "reaction_type": feeling, "verb": verb})

    # Messenger

    def _messaging(self, change: str, post: Post) -> Iterator[Event]:
        page = self.view.page.id
        person = ids.psid(page, ids.person_in(page, post.root_id))
        ours = post.author_id == page
        customer_speaks = {"sender": {"id": person}, "recipient": {"id": page}}
        if change == "edited" and not ours:
            edit = {"mid": post.id, "text": post.text, "num_edit": int(post.extra.get("edits", 1))}
            yield self._told("message_edits", {**customer_speaks, "timestamp": self.now, "message_edit": edit})
        if change != "created":
            return
        if not ours:
            yield from self._read_before(post, customer_speaks)
            said = {**customer_speaks, "timestamp": post.created_at, "message": self._said(post)}
            author = self.view.store.account(self.view.network, post.author_id)
            if author is not None and author.settings.get("held_by_another_app"):
                yield self._event("standby", {"time": self.now, "standby": [said]})
            else:
                yield self._told("messages", said)
            return
        app = int(self.view.page.credentials.get("app_id") or 0) if post.origin == "api" else INBOX_APP
        echo = {"sender": {"id": page}, "recipient": {"id": person}, "timestamp": post.created_at}
        yield self._told("message_echoes", {**echo, "message": {**self._said(post), "is_echo": True, "app_id": app}})
        receipt = {"mids": [post.id], "watermark": post.created_at}
        yield self._told("message_deliveries", {**customer_speaks, "timestamp": self.now, "delivery": receipt})

    def _read_before(self, post: Post, who: dict[str, Any]) -> Iterator[Event]:
        """Whoever answers has read what was there."""
        before = self.view.store.posts(
            self.view.network, before=post.position, newest_first=True, limit=1, private=True, root_id=post.root_id
        )
        if before and before[0].author_id == self.view.page.id:
            read = {"watermark": before[0].created_at}
            yield self._told("message_reads", {**who, "timestamp": post.created_at, "read": read})

    def deed(self, person: Account, deed: str) -> Iterator[Event]:
        """What was done in a conversation without a word: its customer read, the page's other app handed over."""
        page, app = self.view.page, self.view.page.credentials.get("app_id", "")
        who = {"sender": {"id": ids.psid(page.id, person.id)}, "recipient": {"id": page.id}, "timestamp": self.now}
        if deed == "read":
            ours = last_message(self.view.store, self.view.network, ids.conversation(page.id, person.id), page.id)
            if ours is not None:
                yield self._read_told(who, ours)
            return
        owner, before = (app, OTHER_APP) if deed == "pass" else (OTHER_APP, app)
        said = {"requested_owner_app_id": OTHER_APP} if deed == "ask" else {
            "new_owner_app_id": owner, "previous_owner_app_id": before,
        }  # fmt: skip
        name = {"pass": "pass_thread_control", "take": "take_thread_control", "ask": "request_thread_control"}[deed]
        yield self._told("messaging_handovers", {**who, name: {**said, "metadata": ""}})

    def _read_told(self, who: dict[str, Any], ours: Post) -> Event:
        return self._told("message_reads", {**who, "read": {"watermark": ours.created_at}})

    def _said(self, post: Post) -> dict[str, Any]:
        said: dict[str, Any] = {"mid": post.id}
        if post.text:
            said["text"] = post.text
        if post.media:
            links = [(media["kind"], media_link(self.view.sandbox, self.view.network, media)) for media in post.media]
            said["attachments"] = [{"type": kind, "payload": {"url": link}} for kind, link in links]
        return said

    def _told(self, field: str, event: dict[str, Any]) -> Event:
        return self._event(field, {"time": self.now, "messaging": [event]})
