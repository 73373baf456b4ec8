"""Mentions, an account's own posts, and recent search: newest first, paged by opaque tokens."""

import re
from typing import Any

from starlette.routing import Route

from connectors.sandbox.records import Post
from connectors.sandbox.x.api import FIELD_PARAMS, PAGE_PARAMS, Api, Call, endpoint, page_before, paged
from connectors.sandbox.x.problems import invalid, not_found_entry
from connectors.sandbox.x.shapes import Wanted

QUERY_LIMIT = 512
MENTIONS_LISTED = 800  # docs.x.com, “Timelines”: what is below the newest ones is not told any more
SEARCH_DAYS = 7
NAMING = ("mention", "reply", "post")
_SCAN = 5000  # posts that a search without an indexed operator looks through
_TERM = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')


def routes(api: Api) -> list[Route]:
    """The endpoints of this file."""
    page = FIELD_PARAMS | PAGE_PARAMS - {"next_token"}
    return [
        endpoint(api, "GET", "/2/users/:id/mentions", mentions, page),
        endpoint(api, "GET", "/2/users/:id/tweets", own_tweets, page | {"exclude"}),
        endpoint(api, "GET", "/2/tweets/search/recent", search, FIELD_PARAMS | PAGE_PARAMS | {"query", "sort_order"}),
    ]


def _bounds(call: Call) -> dict[str, Any]:
    before = page_before(call, "pagination_token", "next_token")
    until = call.post_id("until_id")
    ends = [end for end in (before, until) if end is not None]
    since = call.post_id("since_id")
    return {
        "after": since or 0,
        "before": min(ends) if ends else None,
        "since_ms": call.instant("start_time"),
        "until_ms": call.instant("end_time"),
    }


def _answer(call: Call, posts: list[Post], limit: int) -> tuple[int, dict[str, Any]]:
    wanted = Wanted.of(call.params)
    page, token = paged(call, posts, limit)
    page = call.api.network.sandbox.faults.disturb_page("x", f"GET {call.request.url.path}", page)
    if not page:
        return 200, {"meta": {"result_count": 0}}
    meta: dict[str, Any] = {
        "newest_id": max(page, key=lambda post: post.position).id,
        "oldest_id": min(page, key=lambda post: post.position).id,
        "result_count": len(page),
    }
    if token:
        meta["next_token"] = token
    return 200, {**call.api.shapes.tweets(page, wanted), "meta": meta}


def _unknown_user(user_id: str) -> tuple[int, dict[str, Any]]:
    return 200, {"errors": [not_found_entry("user", "id", user_id)]}


def _below_the_listed(call: Call, user_id: str) -> int:
    """The place below the oldest mention that is still told; 0 where all are."""
    rows = call.api.store.select(
        "SELECT a.position FROM addressed a JOIN posts p ON p.position=a.position WHERE a.network='x' "
        "AND a.account_id=? AND p.private=0 ORDER BY a.position DESC LIMIT 1 OFFSET ?",
        user_id,
        MENTIONS_LISTED - 1,
    )
    return int(rows[0][0]) - 1 if rows else 0


async def mentions(call: Call) -> tuple[int, dict[str, Any]]:
    """Posts that name the account; whoever only quotes it is found by searching."""
    user_id = call.path_id("id")
    limit = call.number("max_results", 5, 100, 10)
    Wanted.of(call.params)
    if call.api.store.account("x", user_id) is None:
        return _unknown_user(user_id)
    bounds = _bounds(call)
    bounds["after"] = max(bounds["after"], _below_the_listed(call, user_id))
    found = call.api.store.reaching("x", user_id, limit=limit + 1, private=False, kind=NAMING, **bounds)
    return _answer(call, found, limit)


async def own_tweets(call: Call) -> tuple[int, dict[str, Any]]:
    """Posts by an account."""
    user_id = call.path_id("id")
    limit = call.number("max_results", 5, 100, 10)
    excluded = {part for part in call.params.get("exclude", "").split(",") if part}
    if excluded - {"replies", "retweets"}:
        raise invalid("The `exclude` query parameter value is not one of [replies,retweets]")
    if call.api.store.account("x", user_id) is None:
        return _unknown_user(user_id)
    only: dict[str, Any] = {"parent_id": ""} if "replies" in excluded else {}
    found = call.api.store.posts(
        "x", author_id=user_id, private=False, limit=limit + 1, newest_first=True, **only, **_bounds(call)
    )
    return _answer(call, found, limit)


async def search(call: Call) -> tuple[int, dict[str, Any]]:
    """The last seven days by a query; see `Search` for the operators."""
    query = call.params.get("query", "").strip()
    limit = call.number("max_results", 10, 100, 10)
    if not query:
        raise invalid("The `query` query parameter can not be empty", query=query)
    if len(query) > QUERY_LIMIT:
        raise invalid(f"The query is longer than the {QUERY_LIMIT} characters that are allowed", query=query)
    if call.params.get("sort_order", "recency") not in ("recency", "relevancy"):
        raise invalid("The `sort_order` query parameter is not one of [recency,relevancy]")
    bounds = _bounds(call)
    _refuse_older(call, bounds["after"])
    horizon = call.api.network.now_ms() - SEARCH_DAYS * 86_400_000
    bounds["since_ms"] = max(bounds["since_ms"] or 0, horizon)
    terms = Search(call.api, query)
    found = call.api.store.posts(
        "x", private=False, newest_first=True, limit=limit + 1 if terms.exact else _SCAN, **terms.columns, **bounds
    )
    return _answer(call, [post for post in found if terms.accepts(post)][: limit + 1], limit)


def _refuse_older(call: Call, since: int) -> None:
    """A since_id of before the days that are searched is refused; ids of this network tell no time, its posts do."""
    post = call.api.store.post("x", str(since)) if since else None
    if post is not None and post.created_at < call.api.network.now_ms() - SEARCH_DAYS * 86_400_000:
        raise invalid("'since_id' must be a tweet id created in the last 7 days", since_id=str(since))


class Search:
    """conversation_id:, from:, to:, in_reply_to_tweet_id:, quotes_of_tweet_id:, words, "phrases", is:, has:, -, OR.

    Words in brackets are one group, before or behind which more terms hold for all of it.
    """

    def __init__(self, api: Api, query: str) -> None:
        self._api = api
        self.columns: dict[str, Any] = {}
        inside = re.fullmatch(r"\((.*)\)((?:\s+-?\w+:\w+)*)", query.strip())
        words, common = (inside[1], inside[2]) if inside else (query, "")
        groups = [f"{g} {common}" for g in re.split(r"\s+OR\s+", words.replace("(", " ").replace(")", " "))]
        self._groups = [[self._term(match, alone=len(groups) == 1) for match in _TERM.finditer(g)] for g in groups]
        self.exact = len(groups) == 1 and all(term is None for term in self._groups[0])

    def _term(self, match: re.Match[str], *, alone: bool) -> tuple[bool, str, str] | None:
        """A condition (negated, operator, value), or None where an indexed column already says it."""
        negated, phrase, word = bool(match.group(1)), match.group(2), match.group(3)
        if phrase is not None:
            return negated, "text", phrase.lower()
        name, colon, value = word.partition(":")
        if not colon or name in ("http", "https"):
            return negated, "text", word.lower()
        column = {"conversation_id": "root_id", "in_reply_to_tweet_id": "parent_id", "from": "author_id"}.get(name)
        if column is None and name not in ("to", "is", "lang", "has", "quotes_of_tweet_id"):
            raise invalid(f"There were errors processing your request: no viable alternative at '{name}:'", query=word)
        if name in ("from", "to") and not value.isdecimal():
            account = self._api.store.account_by_handle("x", value.removeprefix("@"))
            value = account.id if account else value
        if column and alone and not negated and column not in self.columns:
            self.columns[column] = value
            return None
        return negated, column or name, value

    def accepts(self, post: Post) -> bool:
        """Whether a post meets one of the groups."""
        return any(all(term is None or self._meets(post, *term) for term in group) for group in self._groups)

    @staticmethod
    def _meets(post: Post, negated: bool, operator: str, value: str) -> bool:
        if operator == "text":
            met = value in post.text.lower()
        elif operator == "to":
            met = post.extra.get("in_reply_to_user_id") == value
        elif operator == "is":
            met = {"reply": bool(post.parent_id), "quote": bool(post.extra.get("quoted_id"))}.get(value, False)
        elif operator == "quotes_of_tweet_id":
            met = post.extra.get("quoted_id") == value
        elif operator == "lang":
            met = post.extra.get("lang") == value
        elif operator == "has":
            met = {"media": bool(post.media), "links": "http" in post.text}.get(value, False)
        else:
            met = getattr(post, operator) == value
        return met != negated
