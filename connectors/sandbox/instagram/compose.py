"""How words become media, comments and direct messages on Instagram."""

from typing import Any

from connectors.sandbox.facebook.compose import Composer
from connectors.sandbox.facebook.nodes import COMMENT, MESSAGE
from connectors.sandbox.network import Draft
from connectors.sandbox.records import Account, Post

CAPTION_LIMIT = 2_200  # characters, of a customer's comment in the app too
API_COMMENT_LIMIT = 300


class InstagramComposer(Composer):
    """Makes rows. Ids of media and comments are bare numbers; what a customer publishes is a mention or a tag."""

    label = "Instagram"
    limits = {COMMENT: CAPTION_LIMIT, MESSAGE: 1_000, "": CAPTION_LIMIT}

    def post(self, page: Account, author: Account, kind: str, text: str, created_at: int, **more: Any) -> Post:
        """Media of the account, or of a person (`kind` mention or tag)."""
        position = self._store.next_position()
        media_id = f"18{position}"
        place = (media_id, page.id, kind, author.id, "", media_id, False)
        return Post(position, page.network, *place, text, created_at, **more)

    def comment(self, page: Account, author: Account, parent: Post, text: str, created_at: int, **more: Any) -> Post:
        """A comment. There are two levels: what answers an answer hangs below the comment that both answer."""
        position = self._store.next_position()
        above = parent.parent_id if parent.kind == COMMENT and parent.parent_id != parent.root_id else parent.id
        place = (f"17{position}", page.id, COMMENT, author.id, above, parent.root_id, False)
        return Post(position, page.network, *place, text, created_at, **more)

    def kind(self, draft: Draft) -> str:
        """A story that names the account arrives among the messages."""
        return MESSAGE if draft.kind == "story_mention" else super().kind(draft)

    def of_message(self, draft: Draft) -> dict[str, Any]:
        """Which messages are stories."""
        return {"story": "mention"} if draft.kind == "story_mention" else {}
