"""What Meta publishes of the Graph API v24 to v26, as far as a desk needs it: endpoints, parameters and fields.

Written by hand from the references of Page, Page Post, Comment, Conversation, Message, User Profile (Messenger and
Instagram), IG User, IG Media and IG Comment, and of the Send API. The sandbox refuses whatever is not in here, though
Facebook itself lets many unknown parameters pass: what is sent in vain is a mistake of whoever sends it. What a page is
recommended for can't be read since v22 (error 12), so there is no `ratings` here; webhooks still tell of it.
"""

from collections.abc import Mapping

Place = tuple[str, str, str]  # method, type of node ("" for none), edge ("" for the node itself)

EVERYWHERE = frozenset({"access_token", "appsecret_proof", "format", "locale", "pretty", "debug"})
_NODE = frozenset({"fields"})
_LIST = frozenset({"fields", "limit", "after", "before"})
_TIMED = _LIST | {"since", "until"}
_NOTHING: frozenset[str] = frozenset()

_MESSAGES = frozenset({"recipient", "message", "messaging_type", "tag", "notification_type", "persona_id"})
_ACTIONS = frozenset({"sender_action", "payload", "reply_to"})
_PAGES: Mapping[Place, frozenset[str]] = {
    ("GET", "", ""): frozenset({"ids", "fields"}),
    ("GET", "", "debug_token"): frozenset({"input_token"}),
    ("GET", "App", ""): _NODE,
    ("GET", "App", "subscriptions"): _LIST,
    ("POST", "App", "subscriptions"): frozenset({"object", "callback_url", "fields", "verify_token", "include_values"}),
    ("DELETE", "App", "subscriptions"): frozenset({"object", "fields"}),
    ("GET", "Page", ""): _NODE,
    ("GET", "Page", "conversations"): _LIST | {"platform", "user_id", "folder", "tags"},
    ("POST", "Page", "messages"): _MESSAGES | _ACTIONS,
    ("POST", "Page", "message_attachments"): frozenset({"message", "platform", "filedata"}),
    ("POST", "Page", "take_thread_control"): frozenset({"recipient", "metadata"}),
    ("POST", "Page", "pass_thread_control"): frozenset({"recipient", "metadata", "target_app_id"}),
    ("POST", "Page", "request_thread_control"): frozenset({"recipient", "metadata"}),
    ("POST", "Page", "release_thread_control"): frozenset({"recipient"}),
    ("GET", "Page", "subscribed_apps"): _LIST,
    ("POST", "Page", "subscribed_apps"): frozenset({"subscribed_fields"}),
    ("DELETE", "Page", "subscribed_apps"): _NOTHING,
    ("GET", "Conversation", ""): _NODE,
    ("GET", "Conversation", "messages"): _LIST | {"source"},  # no since, no until
    ("GET", "Message", ""): _NODE,
    ("GET", "User", ""): _NODE,
}
FACEBOOK: Mapping[Place, frozenset[str]] = {
    **_PAGES,
    ("GET", "Page", "feed"): _TIMED | {"include_hidden", "show_expired", "with"},
    ("GET", "Page", "posts"): _TIMED,
    ("GET", "Page", "published_posts"): _TIMED,
    ("GET", "Page", "visitor_posts"): _TIMED | {"include_hidden", "show_expired", "with"},
    ("GET", "Page", "tagged"): _TIMED,
    ("GET", "Page", "blocked"): _LIST | {"uid", "user"},
    ("POST", "Page", "blocked"): frozenset({"asid", "psid", "uid", "user"}),
    ("DELETE", "Page", "blocked"): frozenset({"asid", "psid", "uid", "user"}),
    ("POST", "Page", "feed"): frozenset({"message", "link", "published", "attached_media"}),
    ("POST", "Page", "photos"): frozenset({"source", "url", "published", "alt_text_custom", "caption", "message"}),
    ("GET", "Post", ""): _NODE,
    ("POST", "Post", ""): frozenset({"message", "is_hidden"}),
    ("DELETE", "Post", ""): _NOTHING,
    ("GET", "Post", "comments"): _TIMED | {"filter", "order", "live_filter", "summary"},
    ("POST", "Post", "comments"): frozenset({"message", "attachment_id", "attachment_url", "attachment_share_url"}),
    ("GET", "Post", "likes"): _LIST | {"summary"},
    ("POST", "Post", "likes"): _NOTHING,
    ("DELETE", "Post", "likes"): _NOTHING,
    ("GET", "Post", "reactions"): _LIST | {"summary", "type"},
    ("GET", "Comment", ""): _NODE,
    ("POST", "Comment", ""): frozenset({
        "message", "is_hidden", "attachment_id", "attachment_url", "attachment_share_url",
    }),
    ("DELETE", "Comment", ""): _NOTHING,
    ("GET", "Comment", "comments"): _TIMED | {"filter", "order", "live_filter", "summary"},
    ("POST", "Comment", "comments"): frozenset({"message", "attachment_id", "attachment_url", "attachment_share_url"}),
    ("GET", "Comment", "likes"): _LIST | {"summary"},
    ("POST", "Comment", "likes"): _NOTHING,
    ("DELETE", "Comment", "likes"): _NOTHING,
    ("GET", "Comment", "reactions"): _LIST | {"summary", "type"},
}  # fmt: skip
INSTAGRAM: Mapping[Place, frozenset[str]] = {
    **_PAGES,
    ("GET", "IGUser", ""): _NODE,
    ("GET", "IGUser", "media"): _TIMED,
    ("GET", "IGUser", "tags"): _LIST,
    ("GET", "IGUser", "stories"): _LIST,
    ("POST", "IGUser", "mentions"): frozenset({"media_id", "comment_id", "message"}),
    ("POST", "Page", "moderate_conversations"): frozenset({"actions", "user_ids"}),
    ("GET", "IGMedia", ""): _NODE,
    ("POST", "IGMedia", ""): frozenset({"comment_enabled"}),
    ("GET", "IGMedia", "comments"): _LIST,  # no since, no order: newest first
    ("POST", "IGMedia", "comments"): frozenset({"message"}),
    ("GET", "IGMedia", "children"): _LIST,
    ("GET", "IGComment", ""): _NODE,
    ("POST", "IGComment", ""): frozenset({"hide"}),
    ("DELETE", "IGComment", ""): _NOTHING,
    ("GET", "IGComment", "replies"): _LIST,
    ("POST", "IGComment", "replies"): frozenset({"message"}),
}

FIELDS: Mapping[str, frozenset[str]] = {
    "Page": frozenset(
        "id name username link category fan_count followers_count verification_status access_token picture about"
        " instagram_business_account connected_instagram_account overall_star_rating rating_count"
        " feed posts published_posts visitor_posts tagged conversations blocked".split()
    ),
    "User": frozenset(
        "id name first_name last_name profile_pic locale timezone gender username follower_count is_verified_user"
        " is_user_follow_business is_business_follow_user".split()
    ),
    "Post": frozenset(
        "id message story created_time updated_time from to permalink_url attachments full_picture picture status_type"
        " is_hidden is_published is_expired can_reply_privately message_tags parent_id place properties shares target"
        " comments likes reactions".split()
    ),
    "Comment": frozenset(
        "id message created_time from parent object permalink_url attachment comment_count like_count user_likes"
        " is_hidden is_private can_comment can_like can_hide can_remove can_reply_privately message_tags"
        " private_reply_conversation comments likes reactions".split()
    ),
    "Conversation": frozenset(
        "id link name updated_time message_count unread_count participants senders former_participants can_reply"
        " snippet is_subscribed folder scoped_thread_key messages".split()
    ),
    "Message": frozenset(
        "id created_time from to message attachments sticker shares story reactions is_unsupported thread_id"
        " tags".split()
    ),
    "IGUser": frozenset(
        "id ig_id username name biography website profile_picture_url followers_count follows_count media_count"
        " has_profile_pic is_published mentioned_comment mentioned_media media tags stories".split()
    ),
    "IGMedia": frozenset(
        "id ig_id caption timestamp username owner permalink shortcode media_type media_product_type media_url"
        " thumbnail_url alt_text comments_count like_count is_comment_enabled is_shared_to_feed children"
        " comments".split()
    ),
    "IGComment": frozenset(
        "id text timestamp from username user hidden like_count media parent_id legacy_instagram_comment_id"
        " replies".split()
    ),
}
