"""Facebook by poll: lists are read to their end, whatever happens meanwhile."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.base import Change
from connectors.networks.facebook_page import FacebookPage
from tests.connectors.accounts import NOON, PAGE_ID, a_comment, graph_time
from tests.connectors.facebook_lists import Comments, Feed, a_post, read
from tests.connectors.wire import Asked, Said, Wire

# --- lists of posts ------------------------------------------------------------------------------------------------


@pytest.mark.trap(25)
def test_paging_goes_by_cursors_of_our_own_and_ends_without_next(page: FacebookPage, wire: Wire) -> None:
    wire.answer_with(Feed(*map(a_post, range(5))))
    items, cursor, more = read(page, "feed", {})
    assert sorted(item.external_id for item in items) == [f"7700_{number}" for number in range(5)]
    assert (more, cursor["mark"]) == (False, int(NOON.timestamp()) + 4)


@pytest.mark.parametrize("calls", [1, 2])
def test_a_chain_that_is_interrupted_loses_nothing(page: FacebookPage, wire: Wire, calls: int) -> None:
    feed = Feed(*map(a_post, range(5)))
    wire.answer_with(feed)
    first, cursor, _ = read(page, "feed", {}, calls=calls)
    assert "mark" not in cursor
    feed.entries += [a_post(600), a_post(601)]
    second, cursor, _ = read(page, "feed", cursor)
    third, cursor, _ = read(page, "feed", cursor)
    ids = [item.external_id for item in (*first, *second, *third)]
    assert sorted(set(ids)) == sorted(f"7700_{number}" for number in (*range(5), 600, 601))


def test_a_refused_token_begins_the_chain_anew(page: FacebookPage, wire: Wire) -> None:
    feed = Feed(*map(a_post, range(5)))
    wire.answer_with(feed)
    first, cursor, _ = read(page, "feed", {}, calls=1)
    feed.refuses_tokens = True
    none, cursor, more = read(page, "feed", cursor)
    feed.refuses_tokens = False
    rest, cursor, _ = read(page, "feed", cursor)
    assert (none, more) == ([], False)
    assert len({item.external_id for item in (*first, *rest)}) == 5


def test_what_was_given_is_not_given_again_though_the_reading_goes_back_a_little(
    page: FacebookPage, wire: Wire
) -> None:
    wire.answer_with(Feed(a_post(0), a_post(1)))
    _, cursor, _ = read(page, "feed", {})
    again, cursor, _ = read(page, "feed", cursor)
    assert again == []
    assert int(wire.asked[-1].query["since"]) < cursor["mark"]


def test_a_post_that_shows_up_late_is_not_missed(page: FacebookPage, wire: Wire) -> None:
    feed = Feed(a_post(100))
    wire.answer_with(feed)
    _, cursor, _ = read(page, "feed", {})
    feed.entries.append(a_post(90))
    late, _, _ = read(page, "feed", cursor)
    assert [item.external_id for item in late] == ["7700_90"]


def test_a_text_that_changed_between_two_polls_is_an_edit_with_the_key_of_the_webhooks_edit(
    page: FacebookPage, wire: Wire
) -> None:
    feed = Feed(a_post(0, "Hoi"))
    wire.answer_with(feed)
    created, cursor, _ = read(page, "feed", {})
    feed.entries = [a_post(0, "Hallo")]
    edited, _, _ = read(page, "feed", cursor)
    value = {"item": "post", "verb": "edited", "post_id": "7700_0", "from": {"id": "9001"}, "message": "Hallo"}
    entry = {"id": PAGE_ID, "time": 1793534460, "changes": [{"field": "feed", "value": value}]}
    told = page.parse_webhook(json.dumps({"object": "page", "entry": [entry]}).encode()).items[0]
    assert (created[0].change, edited[0].change) == (Change.CREATED, Change.EDITED)
    assert edited[0].event_key == told.event_key != created[0].event_key


# --- comments ------------------------------------------------------------------------------------------------------


def test_only_posts_with_something_new_are_read_and_to_the_end(page: FacebookPage, wire: Wire) -> None:
    network = Comments(p1=[a_comment(n) for n in range(5)], p2=[], p3=[a_comment(10)])
    wire.answer_with(network)
    items, cursor, more = read(page, "comments", {})
    assert ([item.external_id for item in items], more) == ([f"1_{n}" for n in (0, 1, 2, 3, 4, 10)], False)
    asked = len(wire.asked)
    network.below["7700_3"].append(a_comment(11))
    items, cursor, _ = read(page, "comments", cursor)
    assert [item.external_id for item in items] == ["1_11"]
    assert [asked.path.rsplit("/", 2)[1] for asked in wire.asked[asked:]] == [PAGE_ID, "7700_3"]


@pytest.mark.parametrize("calls", range(1, 6))
def test_reading_comments_can_be_stopped_anywhere(page: FacebookPage, wire: Wire, calls: int) -> None:
    network = Comments(p1=[a_comment(n) for n in range(5)], p2=[a_comment(20)])
    wire.answer_with(network)
    first, cursor, _ = read(page, "comments", {}, calls=calls)
    network.below["7700_1"].append(a_comment(30))
    second, cursor, _ = read(page, "comments", cursor)
    third, cursor, _ = read(page, "comments", cursor)
    found = {item.external_id for item in (*first, *second, *third)}
    assert found == {f"1_{n}" for n in (0, 1, 2, 3, 4, 20, 30)}


def test_a_post_that_is_gone_does_not_stop_the_others(page: FacebookPage, wire: Wire) -> None:
    network = Comments(p1=[a_comment(1)], p2=[a_comment(2)])
    network.gone = {"7700_1"}
    wire.answer_with(network)
    items, _, more = read(page, "comments", {})
    assert ([item.external_id for item in items], more) == (["1_2"], False)


class ManyPosts(Comments):
    """A page with more posts than are looked at each time, newest first, each token good as long as it is said."""

    def __init__(self, count: int) -> None:
        super().__init__(**{f"p{number}": [] for number in range(count, 0, -1)})
        self.takes_tokens = True

    def __call__(self, asked: Asked) -> Said:
        if not asked.path.endswith("/feed"):
            return super().__call__(asked)
        if "after" in asked.query and not self.takes_tokens:
            return Said({"error": {"code": 100, "message": "Invalid cursor"}}, 400)
        start, posts = int(asked.query.get("after", 0)), list(self.below)
        more = {"next": "https://graph…"} if len(posts) > start + 50 else {}
        told = [self._post(post_id) for post_id in posts[start : start + 50]]
        return Said({"data": told, "paging": {"cursors": {"after": str(start + 50)}, **more}})


def _looks(page: FacebookPage, cursor: Any, times: int) -> tuple[list[str], Any]:
    found = []
    for _ in range(times):
        items, cursor, _ = read(page, "comments", cursor)
        found += [item.external_id for item in items]
    return found, cursor


def test_comments_below_older_posts_are_read_in_turn(page: FacebookPage, wire: Wire) -> None:
    network = ManyPosts(180)
    wire.answer_with(network)
    found, cursor = _looks(page, {}, 30)
    assert found == []
    for old in (110, 60, 1):
        network.below[f"{PAGE_ID}_{old}"].append(a_comment(old))
    found, cursor = _looks(page, cursor, 30)
    assert sorted(found) == ["1_1", "1_110", "1_60"]
    network.below = {f"{PAGE_ID}_999": [], **network.below}  # one more, which pushes another down
    network.below[f"{PAGE_ID}_131"].append(a_comment(131))
    found, cursor = _looks(page, cursor, 30)
    assert found == ["1_131"]
    older = [asked for asked in wire.asked if "after" in asked.query]
    assert len(older) * 2 <= len(wire.asked), "and they cost one look in three"


def test_a_token_of_older_posts_that_is_no_longer_taken_costs_nothing(page: FacebookPage, wire: Wire) -> None:
    network = ManyPosts(180)
    wire.answer_with(network)
    _, cursor = _looks(page, {}, 3)
    network.takes_tokens = False
    network.below[f"{PAGE_ID}_180"].append(a_comment(180))
    found, _ = _looks(page, cursor, 15)
    assert found == ["1_180"]


class YearsOfPosts(ManyPosts):
    """One post an hour; what nobody commented on changed last when it was written."""

    def _post(self, post_id: str) -> dict[str, Any]:
        told = super()._post(post_id)
        written = graph_time(3_600 * int(post_id.rpartition("_")[2]))
        return {**told, "updated_time": told["updated_time"] if self.below[post_id] else written}


def test_comments_are_found_below_the_very_first_post_of_a_page_that_has_a_thousand(
    page: FacebookPage, wire: Wire
) -> None:
    """Of all those posts no more than 300 are remembered; further down the time of a post's last change tells."""
    network, since = YearsOfPosts(1_000), 3_600_000
    wire.answer_with(network)
    walk = 3 * 19  # looks, for 19 pages of older posts
    found, cursor = _looks(page, {}, walk + 2)
    assert found == [], "of posts that are not known nothing is read at the first time"
    assert len(cursor["posts"]) <= 300
    for number in (3, 400, 640):
        network.below[f"{PAGE_ID}_{number}"].append(a_comment(since + number))
    found, cursor = _looks(page, cursor, walk)
    assert sorted(found) == ["1_3600003", "1_3600400", "1_3600640"]
    network.below[f"{PAGE_ID}_3"].append(a_comment(since + 9_000))
    network.takes_tokens = False
    _, cursor = _looks(page, cursor, 4)
    network.takes_tokens = True
    found, cursor = _looks(page, cursor, 2 * walk)
    assert "1_3609000" in found, "a token that is refused begins the walk anew, and for the same time"
    found, cursor = _looks(page, cursor, 2 * walk)
    asked = len(wire.asked)
    found, cursor = _looks(page, cursor, walk)
    assert found == ["1_3609000"], "what is newest of all is given again, to be safe, and nothing else is read"
    assert len(cursor["posts"]) <= 300
    assert len(wire.asked) - asked == walk + 1


def test_a_reading_that_begins_at_a_moment_reads_older_posts_from_then_on(page: FacebookPage, wire: Wire) -> None:
    network = YearsOfPosts(400)
    network.below[f"{PAGE_ID}_2"] += [a_comment(8_000), a_comment(1_500_000)]
    wire.answer_with(network)
    found, _ = _looks(page, page.cursor_at("comments", datetime.fromisoformat(graph_time(1_450_000))), 3 * 7 + 1)
    assert found == ["1_1500000"]


@pytest.mark.parametrize("stream", ["feed", "tagged"])
def test_a_reading_of_posts_can_begin_at_a_moment(page: FacebookPage, wire: Wire, stream: str) -> None:
    wire.answer_with(Feed(*map(a_post, (0, 1_000, 2_000))))
    items, _, _ = read(page, stream, page.cursor_at(stream, NOON + timedelta(seconds=1_000)))
    assert sorted(item.external_id for item in items) == ["7700_1000", "7700_2000"]


def test_a_reading_of_comments_can_begin_at_a_moment(page: FacebookPage, wire: Wire) -> None:
    since = NOON + timedelta(seconds=1_000)
    wire.answer_with(Comments(p1=[a_comment(n) for n in (0, 1_000, 2_000)]))
    comments, _, _ = read(page, "comments", page.cursor_at("comments", since))
    assert [item.external_id for item in comments] == ["1_1000", "1_2000"]
