"""The accounts that these tests speak for, and small pieces of what networks say about them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Account
from connectors.sandbox.reviews.app_store import new_key

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
OWN_ID = "1000"
PAGE_ID = "7700"
X_CREDENTIALS = {
    "consumer_key": "consumer-key-of-vlotlijn",
    "consumer_secret": "consumer-secret-of-vlotlijn",
    "access_token": "1000-access-token-of-vlotlijn",
    "access_token_secret": "access-token-secret-of-vlotlijn",
    "bearer_token": "bearer-token-of-vlotlijn",
}
PAGE_CREDENTIALS = {
    "page_id": PAGE_ID,
    "page_access_token": "EAAB-page-token-of-vlotlijn",
    "app_id": "55001",
    "app_secret": "app-secret-of-vlotlijn",
    "verify_token": "a-word-of-our-own",
}
INSTAGRAM_ID = "17841400000007700"
INSTAGRAM_CREDENTIALS = {
    "instagram_id": INSTAGRAM_ID,
    **{name: value for name, value in PAGE_CREDENTIALS.items() if name != "page_id"},
}
OWN_DID = "did:plc:vlotlijnvlotlijnvlotlij2"
BLUESKY_CREDENTIALS = {"handle": "vlotlijn.bsky.social", "app_password": "abcd-efgh-ijkl-mnop"}
BLUESKY_SESSION = {
    "did": OWN_DID,
    "handle": "vlotlijn.bsky.social",
    "accessJwt": "access-token-of-vlotlijn",
    "refreshJwt": "refresh-token-of-vlotlijn",
    "active": True,
}
REVIEW_CREDENTIALS = {
    "google_business": {
        "account_id": "1104318845002619",
        "location_ids": "104318845002619",
        "client_id": "55001.apps.googleusercontent.com",
        "client_secret": "client-secret-of-vlotlijn",
        "refresh_token": "refresh-token-of-vlotlijn-at-google",
    },
    "google_play": {
        "package_name": "nl.vlotlijn.app",
        "client_id": "55002.apps.googleusercontent.com",
        "client_secret": "client-secret-of-the-app",
        "refresh_token": "refresh-token-of-the-app-at-google",
    },
    "app_store": {
        "app_id": "1043188450",
        "issuer_id": "57246542-96fe-1a63-e053-0824d011072a",
        "key_id": "2X9R4HXF34",
        "private_key": new_key(),
    },
}
GOOGLE_TOKEN = {"access_token": "ya29.access-token-of-vlotlijn", "expires_in": 3_599, "token_type": "Bearer"}
MASTODON_CREDENTIALS = {"access_token": "access-token-of-vlotlijn-on-mastodon"}


def x_account(address: str, **changes: Any) -> Account:
    given = {"credentials": X_CREDENTIALS, "base_url": f"{address}/x", "own_id": OWN_ID, "timeout": 1.0}
    return Account(**{**given, "options": {"search": "storing"}, **changes})


def page_account(address: str, **changes: Any) -> Account:
    given = {"credentials": PAGE_CREDENTIALS, "base_url": f"{address}/facebook", "own_id": PAGE_ID, "timeout": 1.0}
    return Account(**{**given, **changes})


def instagram_account(address: str, **changes: Any) -> Account:
    given = {"credentials": INSTAGRAM_CREDENTIALS, "base_url": f"{address}/instagram", "own_id": INSTAGRAM_ID}
    return Account(**{**given, "timeout": 1.0, **changes})


def mastodon_account(address: str, **changes: Any) -> Account:
    given = {"credentials": MASTODON_CREDENTIALS, "base_url": f"{address}/mastodon", "own_id": OWN_ID, "timeout": 1.0}
    return Account(**{**given, **changes})


def bluesky_account(address: str, **changes: Any) -> Account:
    given = {"credentials": BLUESKY_CREDENTIALS, "base_url": f"{address}/bluesky", "own_id": OWN_DID, "timeout": 1.0}
    return Account(**{**given, **changes})


def review_account(slug: str) -> Callable[..., Account]:
    """An account on one of the networks of reviews."""

    def account(address: str, **changes: Any) -> Account:
        given = {"credentials": REVIEW_CREDENTIALS[slug], "base_url": f"{address}/{slug}", "timeout": 1.0}
        return Account(**{**given, **changes})

    return account


def snowflake(number: int) -> str:
    """An id of X of November 2026, later ones for larger numbers."""
    return str(((1_793_527_200_000 + number * 1000 - 1_288_834_974_657) << 22) | 1)


def _written(number: int) -> str:
    return datetime.fromtimestamp(1_793_527_200 + number, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def post(number: int, text: str = "@vlotlijn hallo", **changes: Any) -> dict[str, Any]:
    """A mention as API v2 gives it."""
    post_id = snowflake(number)
    return {
        "id": post_id,
        "text": text,
        "author_id": "2000",
        "conversation_id": post_id,
        "created_at": _written(number),
        "edit_history_tweet_ids": [post_id],
        "lang": "nl",
        "entities": {"mentions": [{"start": 0, "end": 9, "username": "vlotlijn", "id": OWN_ID}]},
        **changes,
    }


def posts(*entries: dict[str, Any], token: str = "", **includes: Any) -> dict[str, Any]:
    meta: dict[str, Any] = {"result_count": len(entries)}
    if token:
        meta["next_token"] = token
    return {"data": list(entries), "meta": meta, "includes": includes} if entries else {"meta": meta}


def message(number: int, text: str = "hallo", sender: str = "2000") -> dict[str, Any]:
    """A direct message as /2/dm_events gives it."""
    return {
        "id": snowflake(number),
        "event_type": "MessageCreate",
        "text": text,
        "sender_id": sender,
        "dm_conversation_id": "1000-2000",
        "created_at": _written(number),
    }


def graph_time(seconds: int) -> str:
    """So many seconds after noon, as Facebook writes it."""
    return (NOON + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S+0000")


def a_comment(number: int) -> dict[str, Any]:
    """A comment as the Graph API tells it."""
    return {"id": f"1_{number}", "message": "Hoi", "created_time": graph_time(number), "from": {"id": "9001"}}


JAN = {"id": "2000", "username": "jan", "acct": "jan", "display_name": "Jan"}


def a_status(number: int, **changes: Any) -> dict[str, Any]:
    """A public status of Jan's, as every server tells it."""
    given = {
        "id": str(number),
        "created_at": f"2026-11-01T12:00:{number % 60:02}.000Z",
        "visibility": "public",
        "content": "<p>hallo</p>",
        "account": JAN,
        "url": f"https://vlotlijn.example/@jan/{number}",
    }
    return {**given, **changes}


def a_mention(number: int, status: dict[str, Any] | None = None) -> dict[str, Any]:
    """The notification of one."""
    return {"id": str(number), "type": "mention", "status": status or a_status(number + 500)}
