"""What X is asked to search for, and where a search goes on that cannot reach as far back as it was read.

Recent search tells seven days, takes 512 characters (docs.x.com/x-api/posts/search) and charges for each post that it
gives, so one call asks for the quotes of many posts at once: most calls find nothing and cost nothing.
"""

from collections.abc import Sequence

from connectors.base import Cursor

MOST_QUOTED = 12  # of our newest posts: 12 × 42 characters


def quotes_query(own_posts: Sequence[str]) -> str:
    """Whatever quotes one of these posts."""
    return " OR ".join(f"quotes_of_tweet_id:{post_id}" for post_id in own_posts[:MOST_QUOTED])


def found_query(words: str, own_id: str) -> str:
    """What somebody saved as a search, without reposts and our own posts."""
    return f"({words}) -is:retweet -from:{own_id}"


def is_without_floor(cursor: Cursor) -> bool:
    """Whether all seven days are asked for."""
    return not (cursor.get("since") or cursor.get("mark"))


def without_floor(cursor: Cursor) -> dict[str, object]:
    """All of the seven days anew, where X no longer takes what was read last as their beginning."""
    return {name: value for name, value in cursor.items() if name not in ("mark", "since", "seen", "settled")}
