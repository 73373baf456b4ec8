"""Posts, people, media and private messages in the JSON shapes of X API v2.

Only what is asked for by fields and expansions is given; `tweet.fields` and the newer `post.fields` are one to us.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.network import Sandbox
from connectors.sandbox.records import Account, Post
from connectors.sandbox.x.problems import not_found_entry, wrong_parameter
from connectors.sandbox.x.text import entities, leading_mentions, presented, short_link

TWEET_FIELDS = frozenset(
    "article attachments author_id card_uri community_id context_annotations conversation_id created_at "
    "display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang media_metadata "
    "non_public_metrics note_tweet note_post organic_metrics paid_partnership possibly_sensitive promoted_metrics "
    "public_metrics referenced_tweets reply_settings scopes source suggested_source_links text withheld".split()
)
USER_FIELDS = frozenset(
    "affiliation confirmed_email connection_status created_at description entities id is_identity_verified location "
    "most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected public_metrics "
    "receives_your_dm subscription_type url username verified verified_followers_count verified_type withheld".split()
)
MEDIA_FIELDS = frozenset(
    "alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url promoted_metrics "
    "public_metrics type url variants width".split()
)
DM_FIELDS = frozenset(
    "attachments created_at dm_conversation_id entities event_type id participant_ids referenced_tweets sender_id "
    "text".split()
)
OTHER_FIELDS = {"poll.fields": frozenset("duration_minutes end_datetime id options voting_status".split())}
OTHER_FIELDS["place.fields"] = frozenset(
    "contained_within country country_code full_name geo id name place_type".split()
)
EXPANSIONS = frozenset(
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet "
    "attachments.poll_ids author_id edit_history_tweet_ids edit_history_post_ids entities.mentions.username "
    "geo.place_id in_reply_to_user_id entities.note.mentions.username referenced_tweets.id referenced_posts "
    "referenced_tweets.id.attachments.media_keys referenced_tweets.id.author_id sender_id participant_ids "
    "affiliation most_recent_tweet_id most_recent_post_id pinned_tweet_id pinned_post_id".split()
)
_SPELLINGS = {"referenced_posts": "referenced_tweets.id", "edit_history_post_ids": "edit_history_tweet_ids"}
_SHORTENED = 274


def timestamp(milliseconds: int) -> str:
    """2026-11-23T21:45:00.123Z, always with three digits."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"


def avatar_path(account: Account) -> str:
    """Where the sandbox serves somebody's picture."""
    return f"/_sandbox/avatars/{account.id}.png"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which fields and expansions a request asks for."""

    tweet: frozenset[str]
    user: frozenset[str]
    media: frozenset[str]
    dm: frozenset[str]
    expansions: frozenset[str]

    @classmethod
    def of(cls, params: Mapping[str, str]) -> "Wanted":
        """Read and check the query. Raises the 400 problem for a field that X does not know."""

        def listed(name: str, known: frozenset[str]) -> frozenset[str]:
            names = frozenset(part for part in params.get(name, "").split(",") if part)
            for unknown in sorted(names - known):
                raise wrong_parameter(name, unknown, f"is not one of [{','.join(sorted(known))}]")
            return names

        for name, known in OTHER_FIELDS.items():
            listed(name, known)
        expansions = frozenset(_SPELLINGS.get(name, name) for name in listed("expansions", EXPANSIONS))
        tweet = listed("tweet.fields", TWEET_FIELDS) | listed("post.fields", TWEET_FIELDS)
        return cls(
            tweet=tweet,
            user=listed("user.fields", USER_FIELDS),
            media=listed("media.fields", MEDIA_FIELDS),
            dm=listed("dm_event.fields", DM_FIELDS),
            expansions=expansions,
        )


EVERYTHING = Wanted(
    tweet=TWEET_FIELDS,
    user=USER_FIELDS,
    media=MEDIA_FIELDS,
    dm=DM_FIELDS,
    expansions=frozenset({"author_id", "referenced_tweets.id", "attachments.media_keys"}),
)


class Shapes:
    """Renders rows of the store."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox, self._store = sandbox, sandbox.store

    def user(self, account: Account, fields: frozenset[str]) -> dict[str, Any]:
        """One user object."""
        facts: dict[str, Any] = {
            "created_at": timestamp(account.created_at),
            "description": str(account.settings.get("description", "")),
            "protected": False,
            "verified": account.verified,
            "verified_type": "none" if not account.verified else "business" if account.company else "blue",
            "subscription_type": str(account.settings.get("subscription", "None")),
            "profile_image_url": self._sandbox.address + avatar_path(account),
            "public_metrics": {
                "followers_count": account.followers,
                "following_count": 0,
                "tweet_count": 0,
                "post_count": 0,
                "listed_count": 0,
                "like_count": 0,
                "media_count": 0,
            },
        }
        always = {"id": account.id, "name": account.name, "username": account.handle}
        return {**always, **{name: value for name, value in facts.items() if name in fields}}

    def tweet(self, post: Post, wanted: Wanted, people: Mapping[str, Account]) -> dict[str, Any]:
        """One post object. `people` holds the authors and those mentioned, by id and by @handle in lower case."""
        author = people.get(post.author_id)
        handle = author.handle if author else "i"
        links = [
            (f"https://x.com/{handle}/status/{post.id}/photo/{number}", f"3_{media['id']}")
            for number, media in enumerate(post.media, 1)
        ]
        note = bool(post.extra.get("long"))
        shown = post.text[:_SHORTENED].rstrip() + "… " + short_link(post.id) if note else post.text
        text, urls = presented(shown, links)
        data: dict[str, Any] = {"id": post.id, "text": text, "edit_history_tweet_ids": history(post)}
        asked, expanded = wanted.tweet, wanted.expansions

        def known(name: str) -> str:
            account = people.get("@" + name.lower())
            return account.id if account else ""

        if "author_id" in asked or "author_id" in expanded:
            data["author_id"] = post.author_id
        if "created_at" in asked:
            data["created_at"] = timestamp(post.created_at)
        if "conversation_id" in asked:
            data["conversation_id"] = post.root_id
        if ("in_reply_to_user_id" in asked or "in_reply_to_user_id" in expanded) and post.extra.get(
            "in_reply_to_user_id"
        ):
            data["in_reply_to_user_id"] = post.extra["in_reply_to_user_id"]
        wants_references = any(name.startswith("referenced_tweets.id") for name in expanded)
        if references := references_of(post) if wants_references or "referenced_tweets" in asked else []:
            data["referenced_tweets"] = references
        if post.media and ("attachments" in asked or any("media_keys" in name for name in expanded)):
            data["attachments"] = {"media_keys": [key for _, key in links]}
        if ("entities" in asked or "entities.mentions.username" in expanded) and (found := entities(text, urls, known)):
            data["entities"] = found
        if note and asked & {"note_tweet", "note_post"}:
            full, full_urls = presented(post.text, links)
            data["note_tweet"] = {"text": full, "entities": entities(full, full_urls, known)}
        if "lang" in asked:
            data["lang"] = str(post.extra.get("lang", "und"))
        if "public_metrics" in asked:
            # X's description says reposts, its payloads and client libraries say retweets.
            names = ("retweet", "repost", "reply", "quote", "bookmark", "impression")
            counts = dict.fromkeys(names, 0) | {"like": post.likes}
            data["public_metrics"] = {f"{name}_count": count for name, count in counts.items()}
        if "display_text_range" in asked:
            start = leading_mentions(text) if post.parent_id else 0
            data["display_text_range"] = [start, len(text)]
        if "possibly_sensitive" in asked:
            data["possibly_sensitive"] = False
        if "reply_settings" in asked:
            data["reply_settings"] = "everyone"
        if "edit_controls" in asked:
            data["edit_controls"] = {
                "edits_remaining": max(0, 5 - len(history(post)) + 1),
                "is_edit_eligible": not post.parent_id,
                "editable_until": timestamp(post.created_at + 3_600_000),
            }
        return data

    def media(self, post: Post, fields: frozenset[str]) -> list[dict[str, Any]]:
        """The media objects of a post or message."""
        shaped = []
        for media in post.media:
            kind = {"image": "photo", "gif": "animated_gif"}.get(media["kind"], media["kind"])
            url = media["url"] if not media["url"].startswith("/") else self._sandbox.address + media["url"]
            facts = {"url": url, "alt_text": media.get("alt_text", ""), "width": 240, "height": 160}
            given = {name: value for name, value in facts.items() if name in fields and value}
            shaped.append({"media_key": f"3_{media['id']}", "type": kind, **given})
        return shaped

    def people_of(self, posts: Iterable[Post]) -> dict[str, Account]:
        """Everybody whom these posts are by, or name: keys are ids and "@handle" in lower case."""
        ids = {post.author_id for post in posts}
        for post in posts:
            ids.update(post.extra.get("mentioned_ids", ()))
            ids.add(post.extra.get("in_reply_to_user_id", ""))
        found = self._store.accounts("x", ids)
        return {**found, **{"@" + account.handle.lower(): account for account in found.values()}}

    def tweets(self, posts: Sequence[Post], wanted: Wanted) -> dict[str, Any]:
        """`data`, `includes` and `errors` of an answer with these posts."""
        related = self._related(posts, wanted)
        people = self.people_of([*posts, *related.values()])
        answer: dict[str, Any] = {"data": [self.tweet(post, wanted, people) for post in posts]}
        includes: dict[str, list[Any]] = {}
        if users := self._included_users(posts, related, wanted, people):
            includes["users"] = [self.user(account, wanted.user) for account in users]
        if related:
            includes["tweets"] = [self.tweet(post, wanted, people) for post in related.values()]
        media = []
        if "attachments.media_keys" in wanted.expansions:
            media += [shape for post in posts for shape in self.media(post, wanted.media)]
        if "referenced_tweets.id.attachments.media_keys" in wanted.expansions:
            media += [shape for post in related.values() for shape in self.media(post, wanted.media)]
        if media:
            includes["media"] = media
        if includes:
            answer["includes"] = includes
        if missing := self._missing(posts, related, wanted):
            answer["errors"] = [not_found_entry("tweet", "referenced_tweets.id", post_id) for post_id in missing]
        return answer

    def _related(self, posts: Sequence[Post], wanted: Wanted) -> dict[str, Post]:
        ids: list[str] = []
        if any(name.startswith("referenced_tweets.id") for name in wanted.expansions):
            ids += [reference["id"] for post in posts for reference in references_of(post)]
        if "edit_history_tweet_ids" in wanted.expansions:
            ids += [version for post in posts for version in history(post)]
        if not ids:
            return {}
        unique = list(dict.fromkeys(ids))
        found = self._store.posts("x", id=unique, gone_too=True, limit=len(unique), private=False)
        return {post.id: post for post in found if post.deleted_at is None}

    def _included_users(
        self, posts: Sequence[Post], related: Mapping[str, Post], wanted: Wanted, people: Mapping[str, Account]
    ) -> list[Account]:
        ids: list[str] = []
        for post in posts:
            if "author_id" in wanted.expansions:
                ids.append(post.author_id)
            if "in_reply_to_user_id" in wanted.expansions:
                ids.append(post.extra.get("in_reply_to_user_id", ""))
            if "entities.mentions.username" in wanted.expansions:
                ids += post.extra.get("mentioned_ids", ())
        if "referenced_tweets.id.author_id" in wanted.expansions:
            ids += [post.author_id for post in related.values()]
        return [people[own_id] for own_id in dict.fromkeys(ids) if own_id in people]

    @staticmethod
    def _missing(posts: Sequence[Post], related: Mapping[str, Post], wanted: Wanted) -> list[str]:
        if not any(name.startswith("referenced_tweets.id") for name in wanted.expansions):
            return []
        asked = dict.fromkeys(reference["id"] for post in posts for reference in references_of(post))
        return [post_id for post_id in asked if post_id not in related]


def subscribes(account: Account) -> bool:
    """Whether somebody pays X for longer posts."""
    return str(account.settings.get("subscription", "None")) != "None"


def history(post: Post) -> list[str]:
    """Ids of all versions of a post, oldest first."""
    return [*post.extra.get("earlier_ids", ()), post.id]


def references_of(post: Post) -> list[dict[str, str]]:
    """What a post answers and quotes."""
    found = []
    if post.parent_id:
        found.append({"type": "replied_to", "id": post.parent_id})
    if quoted := post.extra.get("quoted_id"):
        found.append({"type": "quoted", "id": quoted})
    return found
