"""How words become posts, comments and Messenger messages, from the town square and from the API alike."""

from collections.abc import Mapping
from typing import Any

from connectors.sandbox.facebook import ids
from connectors.sandbox.facebook.nodes import COMMENT, MESSAGE
from connectors.sandbox.network import Draft, Refused
from connectors.sandbox.records import Account, Post
from connectors.sandbox.store import Store

COMMENT_LIMIT, MESSAGE_LIMIT, POST_LIMIT = 8_000, 2_000, 63_206  # characters


class Composer:
    """Makes rows; the only place that knows where a comment hangs and which ids things get."""

    label = "Facebook"
    limits: Mapping[str, int] = {COMMENT: COMMENT_LIMIT, MESSAGE: MESSAGE_LIMIT, "": POST_LIMIT}  # characters

    def __init__(self, store: Store) -> None:
        self._store = store

    def post(self, page: Account, author: Account, kind: str, text: str, created_at: int, **more: Any) -> Post:
        """A post on the page, or (`kind` mention) on a person's own timeline. `more`: origin, media, ref."""
        position = self._store.next_position()
        owner = ids.psid(page.id, author.id) if kind == "mention" else page.id
        post_id = f"{owner}_{position}"
        return Post(
            position, page.network, post_id, page.id, kind, author.id, "", post_id, False, text, created_at, **more
        )

    def comment(self, page: Account, author: Account, parent: Post, text: str, created_at: int, **more: Any) -> Post:
        """A comment. Facebook knows two levels: what answers an answer hangs below the comment that both answer."""
        position = self._store.next_position()
        above = parent.parent_id if parent.kind == COMMENT and parent.parent_id != parent.root_id else parent.id
        comment_id = ids.comment(parent.root_id, position)
        place = (comment_id, page.id, COMMENT, author.id, above, parent.root_id, False)
        return Post(position, page.network, *place, text, created_at, **more)

    def message(self, page: Account, person: Account, author: Account, text: str, created_at: int, **more: Any) -> Post:
        """A message between a page and a person; `author` is one of the two."""
        position = self._store.next_position()
        recipient = person if author.id == page.id else page
        thread = ids.conversation(page.id, person.id)
        place = (ids.message(position), page.id, MESSAGE, author.id, "", thread, True)
        extra = {"recipient_id": recipient.id, **more.pop("extra", {})}
        return Post(position, page.network, *place, text, created_at, extra=extra, **more)

    def draft(self, draft: Draft, newest_post: Post | None) -> Post:
        """What the town square hears. A comment that names no post stands below `newest_post` of the page."""
        kind = self.kind(draft)
        if not draft.text.strip() and not draft.media:
            raise Refused("a post needs text or media")
        limit = self.limits.get(kind, self.limits[""])
        if len(draft.text) > limit:
            raise Refused(f"{self.label} takes at most {limit} characters here, this has {len(draft.text)}")
        more: Mapping[str, Any] = {"origin": draft.origin, "media": draft.media, "ref": draft.ref}
        if kind == MESSAGE:
            person = self._person(draft)
            extra = self.of_message(draft)
            return self.message(draft.company, person, draft.author, draft.text, draft.created_at, extra=extra, **more)
        if kind == COMMENT:
            parent = draft.parent or newest_post
            if parent is None or parent.account_id != draft.company.id:
                raise Refused("a comment needs in_reply_to: a post or comment of this page")
            return self.comment(draft.company, draft.author, parent, draft.text, draft.created_at, **more)
        return self.post(draft.company, draft.author, kind, draft.text, draft.created_at, **more)

    def of_message(self, draft: Draft) -> dict[str, Any]:
        """What belongs to a message besides its words."""
        return {}

    def kind(self, draft: Draft) -> str:
        """What the words become: a post, a mention, a comment or a message."""
        if draft.kind == "dm" or (draft.parent and draft.parent.private):
            return MESSAGE
        if draft.kind in ("comment", "reply") or draft.parent:
            return COMMENT
        return "post" if draft.origin == "native" else draft.kind

    def _person(self, draft: Draft) -> Account:
        if draft.origin == "customer":
            return draft.author
        person = draft.recipient
        if person is None and draft.parent is not None:
            person = self._store.account(draft.company.network, ids.person_in(draft.company.id, draft.parent.root_id))
        if person is None or person.company:
            raise Refused('a message of the page needs "to" (a customer) or in_reply_to')
        return person
