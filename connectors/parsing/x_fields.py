"""What is asked of X with every post and message.

X's own description says post.fields and referenced_posts since August 2026; tweepy and the network say tweet.fields.
This is the only place where these names are written.
"""

from typing import Any

USER_FIELDS = ["name", "username", "profile_image_url", "public_metrics", "verified", "entities"]
OWN_FIELDS = [*USER_FIELDS, "subscription_type"]  # which X tells an account of itself alone
_MEDIA_FIELDS = ["alt_text", "media_key", "preview_image_url", "type", "url", "variants"]

POST_PARAMETERS: dict[str, Any] = {
    "expansions": [
        "author_id", "referenced_tweets.id", "referenced_tweets.id.author_id", "attachments.media_keys",
        "in_reply_to_user_id", "entities.mentions.username",
    ],
    "tweet_fields": [
        "attachments", "author_id", "conversation_id", "created_at", "edit_history_tweet_ids", "entities",
        "in_reply_to_user_id", "lang", "note_tweet", "referenced_tweets",
    ],
    "user_fields": USER_FIELDS,
    "media_fields": _MEDIA_FIELDS,
}  # fmt: skip
MESSAGE_PARAMETERS: dict[str, Any] = {
    "event_types": "MessageCreate",
    "expansions": ["sender_id", "attachments.media_keys"],
    "dm_event_fields": [
        "attachments", "created_at", "dm_conversation_id", "entities", "event_type", "sender_id", "text",
    ],
    "user_fields": USER_FIELDS,
    "media_fields": _MEDIA_FIELDS,
}  # fmt: skip
