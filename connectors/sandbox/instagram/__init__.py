"""The sandbox's Instagram: an account, its direct messages and webhooks, as the Graph API v24 to v26 speaks.

It shares with Facebook's sandbox what the two share at Meta: tokens and proofs, fields and cursors, errors and limits,
conversations and their windows.
"""

import secrets
from collections.abc import Mapping

from connectors.sandbox.facebook import Facebook, apps, messaging, uploads
from connectors.sandbox.facebook.api import Api
from connectors.sandbox.facebook.nodes import COMMENT, MESSAGE
from connectors.sandbox.facebook.published import INSTAGRAM
from connectors.sandbox.facebook.view import Surface
from connectors.sandbox.instagram import writing
from connectors.sandbox.instagram.compose import InstagramComposer
from connectors.sandbox.instagram.events import InstagramTeller
from connectors.sandbox.instagram.nodes import find, instagram_id
from connectors.sandbox.instagram.shapes import TYPES
from connectors.sandbox.network import Sandbox

SURFACE = Surface(
    types=TYPES,
    find=find,
    kinds={COMMENT: "IGComment", MESSAGE: "Message"},
    otherwise="IGMedia",
    platform="instagram",
    object="instagram",
    topics=(
        "comments",
        "live_comments",
        "mentions",
        "messages",
        "message_edit",
        "messaging_seen",
        "messaging_handover",
        "message_reactions",
        "standby",
    ),
    scopes=(
        "instagram_basic",
        "instagram_manage_comments",
        "instagram_manage_messages",
        "pages_show_list",
        "pages_read_engagement",
        "pages_manage_metadata",
    ),
    message_bytes=1_000,
    usernames=True,
    subcodes={"window": 2534022, "nobody": 2534014},
)
API = Api(
    SURFACE,
    {
        **apps.WRITES,
        ("POST", "Page", "messages"): messaging.send,
        ("POST", "Page", "message_attachments"): uploads.message_attachment,
        ("POST", "Page", "moderate_conversations"): writing.moderate,
        **messaging.CONTROL,
        ("POST", "IGMedia", "comments"): writing.comment,
        ("POST", "IGComment", "replies"): writing.comment,
        ("POST", "IGComment", ""): writing.hide,
        ("DELETE", "IGComment", ""): writing.remove,
        ("POST", "IGUser", "mentions"): writing.answer_mention,
    },
    INSTAGRAM,
    reads={
        "Page": "pages_read_engagement",
        "IGUser": "instagram_basic",
        "IGMedia": "instagram_basic",
        "IGComment": "instagram_manage_comments",
        "Message": "instagram_manage_messages",
    },
    lists={"media": "instagram_basic", "": "instagram_manage_comments"},
)


class Instagram(Facebook):
    """A professional account on Instagram and its direct messages."""

    slug = "instagram"
    label = "Instagram"
    kinds = frozenset({"comment", "reply", "mention", "tag", "story_mention", "dm"})
    feelings = frozenset()  # Instagram tells nobody who likes what
    api = API
    throttled_code = 80002
    first_post = "Welcome. Write to us below, or send us a message."
    teller = InstagramTeller

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.composer: InstagramComposer = InstagramComposer(self.store)

    def new_account(self, handle: str, given: Mapping[str, str], own_id: str = "") -> tuple[str, dict[str, str]]:
        """Credentials of the account: the token is that of the page behind it."""
        account_id = given.get("instagram_id") or own_id or instagram_id(handle)
        fresh = {
            "instagram_id": account_id,
            "page_access_token": "EAAI" + secrets.token_hex(60),
            "app_id": str(secrets.randbelow(9 * 10**14) + 10**14),
            "app_secret": secrets.token_hex(16),
            "verify_token": secrets.token_urlsafe(12),
        }
        return account_id, {**fresh, **given}
