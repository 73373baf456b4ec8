"""What an account's webhooks hear: comments on its media, mentions as bare ids, and direct messages.

Sources: Meta's webhook reference for Instagram and its examples (2026). As there: the account's own comments and
messages are told too, a mention holds ids only, and that a comment was edited or deleted is told to nobody, while a
message that was taken back is. Messages count in milliseconds, comments in seconds.
"""

import json
from collections.abc import Iterator
from typing import Any

from connectors.sandbox.facebook import ids
from connectors.sandbox.facebook.events import Teller
from connectors.sandbox.facebook.media import media_link
from connectors.sandbox.facebook.nodes import COMMENT
from connectors.sandbox.instagram.shapes import story_link
from connectors.sandbox.network import Event
from connectors.sandbox.records import Post


class InstagramTeller(Teller):
    """Tells one account's webhooks."""

    def told(self, change: str, post: Post) -> Iterator[Event]:
        """All events of one change."""
        if post.private:
            yield from self._direct(change, post)
        elif change != "created":
            return
        elif post.kind == COMMENT:
            yield from self._below(post)
        elif post.kind == "mention":
            yield self._changed("mentions", {"media_id": post.id})

    def _below(self, post: Post) -> Iterator[Event]:
        root = self.view.store.post(self.view.network, post.root_id)
        if root is None:
            return
        if root.kind != "post":
            # On somebody else's media only what names the account is told: an answer to it does, by itself.
            above = self.view.store.post(self.view.network, post.parent_id)
            names_us = f"@{self.view.page.handle}".lower() in post.text.lower()
            answers_us = above is not None and above.author_id == self.view.page.id
            if post.author_id != self.view.page.id and (names_us or answers_us):
                yield self._changed("mentions", {"media_id": root.id, "comment_id": post.id})
            return
        value: dict[str, Any] = {"from": self.view.person(post.author_id)}
        value |= {"media": {"id": root.id, "media_product_type": "FEED"}, "id": post.id, "text": post.text}
        if post.parent_id != root.id:
            value["parent_id"] = post.parent_id
        yield self._changed("comments", value)

    def _direct(self, change: str, post: Post) -> Iterator[Event]:
        account = self.view.page.id
        person = ids.psid(account, ids.person_in(account, post.root_id))
        ours = post.author_id == account
        sender, recipient = (account, person) if ours else (person, account)
        who = {"sender": {"id": sender}, "recipient": {"id": recipient}}
        if change == "edited" and not ours:
            edit = {"mid": post.id, "text": post.text, "num_edit": int(post.extra.get("edits", 1))}
            yield self._message("message_edit", {**who, "timestamp": self.now, "message_edit": edit})
        elif change == "deleted" and not ours:
            gone = {"mid": post.id, "is_deleted": True}
            yield self._message("messages", {**who, "timestamp": self.now, "message": gone})
        elif change == "created":
            said = self._words_of(post) | ({"is_echo": True} if ours else {})
            told = {**who, "timestamp": post.created_at, "message": said}
            author = self.view.store.account(self.view.network, post.author_id)
            if author is not None and author.settings.get("held_by_another_app"):
                yield self._telling("standby", {"time": self.now, "standby": [told]})
            else:
                yield self._message("messages", told)

    def _told(self, field: str, event: dict[str, Any]) -> Event:
        return self._message(field.removesuffix("s") if field == "messaging_handovers" else field, event)

    def _read_told(self, who: dict[str, Any], ours: Post) -> Event:
        return self._message("messaging_seen", {**who, "read": {"mid": ours.id}})

    def _words_of(self, post: Post) -> dict[str, Any]:
        said: dict[str, Any] = {"mid": post.id}
        if post.text:
            said["text"] = post.text
        if post.extra.get("story"):
            said["attachments"] = [{"type": "story_mention", "payload": {"url": story_link(self.view, post)}}]
        elif post.media:
            links = [(one["kind"], media_link(self.view.sandbox, self.view.network, one)) for one in post.media]
            said["attachments"] = [{"type": kind, "payload": {"url": link}} for kind, link in links]
        return said

    def _changed(self, field: str, value: dict[str, Any]) -> Event:
        return self._telling(field, {"time": self.now // 1000, "changes": [{"field": field, "value": value}]})

    def _message(self, field: str, event: dict[str, Any]) -> Event:
        return self._telling(field, {"time": self.now, "messaging": [event]})

    def _telling(self, field: str, entry: dict[str, Any]) -> Event:
        body = {"object": "instagram", "entry": [{"id": self.view.page.id, **entry}]}
        return Event(self.view.page.id, field, json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode())
