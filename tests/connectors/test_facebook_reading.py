"""Facebook and Messenger by poll: lists are read to their end, whatever happens meanwhile."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.base import Change, Item, Page
from connectors.networks.facebook_page import FacebookPage
from tests.connectors.accounts import NOON, PAGE_ID, a_comment, graph_time
from tests.connectors.wire import Asked, Said, Wire

# --- lists of posts ------------------------------------------------------------------------------------------------


class Feed:
    """A list that is newest first, with `since`, `after` and `next` only where there is more."""

    def __init__(self, *entries: dict[str, Any]) -> None:
        self.entries = list(entries)
        self.refuses_tokens = False

    def __call__(self, asked: Asked) -> Said:
        after = asked.query.get("after", "")
        if after and self.refuses_tokens:
            return Said({"error": {"code": 100, "message": "(#100) Invalid cursor"}}, 400)
        since = int(asked.query.get("since", 0))
        listed = sorted(self.entries, key=lambda entry: str(entry["created_time"]), reverse=True)
        fitting = [e for e in listed if datetime.fromisoformat(e["created_time"]).timestamp() >= since]
        start = int(after or 0)
        page = fitting[start : start + 2]
        more = len(fitting) > start + 2
        paging = {"cursors": {"before": "b", "after": str(start + 2)}, **({"next": "https://graph…"} if more else {})}
        return Said({"data": page, "paging": paging})


def _entry(number: int, text: str = "Hoi", **changes: Any) -> dict[str, Any]:
    given = {"id": f"7700_{number}", "message": text, "created_time": graph_time(number), "from": {"id": "9001"}}
    return {**given, **changes}


def _read(page: FacebookPage, stream: str, cursor: Any, *, calls: int = 30) -> tuple[list[Item], Any, bool]:
    """Fetch while there is more, at most `calls` times. Cursors go through JSON, as they do in the desk."""
    items: list[Item] = []
    for _ in range(calls):
        found: Page = page.fetch(stream, cursor)
        items += found.items
        cursor = json.loads(json.dumps(found.cursor))
        if not found.more:
            return items, cursor, False
    return items, cursor, True


@pytest.mark.trap(25)
def test_paging_goes_by_cursors_of_our_own_and_ends_without_next(page: FacebookPage, wire: Wire) -> None:
    wire.answer_with(Feed(*map(_entry, range(5))))
    items, cursor, more = _read(page, "feed", {})
    assert sorted(item.external_id for item in items) == [f"7700_{number}" for number in range(5)]
    assert (more, cursor["mark"]) == (False, int(NOON.timestamp()) + 4)


@pytest.mark.parametrize("calls", [1, 2])
def test_a_chain_that_is_interrupted_loses_nothing(page: FacebookPage, wire: Wire, calls: int) -> None:
    feed = Feed(*map(_entry, range(5)))
    wire.answer_with(feed)
    first, cursor, _ = _read(page, "feed", {}, calls=calls)
    assert "mark" not in cursor
    feed.entries += [_entry(600), _entry(601)]
    second, cursor, _ = _read(page, "feed", cursor)
    third, cursor, _ = _read(page, "feed", cursor)
    ids = [item.external_id for item in (*first, *second, *third)]
    assert sorted(set(ids)) == sorted(f"7700_{number}" for number in (*range(5), 600, 601))


def test_a_refused_token_begins_the_chain_anew(page: FacebookPage, wire: Wire) -> None:
    feed = Feed(*map(_entry, range(5)))
    wire.answer_with(feed)
    first, cursor, _ = _read(page, "feed", {}, calls=1)
    feed.refuses_tokens = True
    none, cursor, more = _read(page, "feed", cursor)
    feed.refuses_tokens = False
    rest, cursor, _ = _read(page, "feed", cursor)
    assert (none, more) == ([], False)
    assert len({item.external_id for item in (*first, *rest)}) == 5


def test_what_was_given_is_not_given_again_though_the_reading_goes_back_a_little(
    page: FacebookPage, wire: Wire
) -> None:
    wire.answer_with(Feed(_entry(0), _entry(1)))
    _, cursor, _ = _read(page, "feed", {})
    again, cursor, _ = _read(page, "feed", cursor)
    assert again == []
    assert int(wire.asked[-1].query["since"]) < cursor["mark"]


def test_a_post_that_shows_up_late_is_not_missed(page: FacebookPage, wire: Wire) -> None:
    feed = Feed(_entry(100))
    wire.answer_with(feed)
    _, cursor, _ = _read(page, "feed", {})
    feed.entries.append(_entry(90))
    late, _, _ = _read(page, "feed", cursor)
    assert [item.external_id for item in late] == ["7700_90"]


def test_a_text_that_changed_between_two_polls_is_an_edit_with_the_key_of_the_webhooks_edit(
    page: FacebookPage, wire: Wire
) -> None:
    feed = Feed(_entry(0, "Hoi"))
    wire.answer_with(feed)
    created, cursor, _ = _read(page, "feed", {})
    feed.entries = [_entry(0, "Hallo")]
    edited, _, _ = _read(page, "feed", cursor)
    value = {"item": "post", "verb": "edited", "post_id": "7700_0", "from": {"id": "9001"}, "message": "Hallo"}
    entry = {"id": PAGE_ID, "time": 1793534460, "changes": [{"field": "feed", "value": value}]}
    told = page.parse_webhook(json.dumps({"object": "page", "entry": [entry]}).encode()).items[0]
    assert (created[0].change, edited[0].change) == (Change.CREATED, Change.EDITED)
    assert edited[0].event_key == told.event_key != created[0].event_key


# --- comments ------------------------------------------------------------------------------------------------------


class Comments:
    """A page with posts whose `updated_time` and number of comments move, and the comments below them."""

    def __init__(self, **below: list[dict[str, Any]]) -> None:
        self.below = {name.replace("p", f"{PAGE_ID}_"): comments for name, comments in below.items()}
        self.gone: set[str] = set()

    def __call__(self, asked: Asked) -> Said:
        node, edge = asked.path.rsplit("/", 2)[1:]
        if edge == "feed":
            return Said({"data": [self._post(post_id) for post_id in self.below]})
        if node in self.gone:
            return Said({"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}}, 400)
        assert (asked.query["filter"], asked.query["order"]) == ("stream", "chronological")
        since, start = int(asked.query.get("since", 0)), int(asked.query.get("after", 0))
        fitting = [c for c in self.below[node] if datetime.fromisoformat(c["created_time"]).timestamp() >= since]
        more = {"next": "https://graph…"} if len(fitting) > start + 2 else {}
        return Said({"data": fitting[start : start + 2], "paging": {"cursors": {"after": str(start + 2)}, **more}})

    def _post(self, post_id: str) -> dict[str, Any]:
        comments = self.below[post_id]
        newest = comments[-1]["created_time"] if comments else graph_time(0)
        return {"id": post_id, "updated_time": newest, "comments": {"summary": {"total_count": len(comments)}}}


def test_only_posts_with_something_new_are_read_and_to_the_end(page: FacebookPage, wire: Wire) -> None:
    network = Comments(p1=[a_comment(n) for n in range(5)], p2=[], p3=[a_comment(10)])
    wire.answer_with(network)
    items, cursor, more = _read(page, "comments", {})
    assert ([item.external_id for item in items], more) == ([f"1_{n}" for n in (0, 1, 2, 3, 4, 10)], False)
    asked = len(wire.asked)
    network.below["7700_3"].append(a_comment(11))
    items, cursor, _ = _read(page, "comments", cursor)
    assert [item.external_id for item in items] == ["1_11"]
    assert [asked.path.rsplit("/", 2)[1] for asked in wire.asked[asked:]] == [PAGE_ID, "7700_3"]


@pytest.mark.parametrize("calls", range(1, 6))
def test_reading_comments_can_be_stopped_anywhere(page: FacebookPage, wire: Wire, calls: int) -> None:
    network = Comments(p1=[a_comment(n) for n in range(5)], p2=[a_comment(20)])
    wire.answer_with(network)
    first, cursor, _ = _read(page, "comments", {}, calls=calls)
    network.below["7700_1"].append(a_comment(30))
    second, cursor, _ = _read(page, "comments", cursor)
    third, cursor, _ = _read(page, "comments", cursor)
    found = {item.external_id for item in (*first, *second, *third)}
    assert found == {f"1_{n}" for n in (0, 1, 2, 3, 4, 20, 30)}


def test_a_post_that_is_gone_does_not_stop_the_others(page: FacebookPage, wire: Wire) -> None:
    network = Comments(p1=[a_comment(1)], p2=[a_comment(2)])
    network.gone = {"7700_1"}
    wire.answer_with(network)
    items, _, more = _read(page, "comments", {})
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
        items, cursor, _ = _read(page, "comments", cursor)
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


# --- Messenger by poll ---------------------------------------------------------------------------------------------


class Inbox:
    """Conversations by their last change, each with its newest messages; no `since`, as on Facebook."""

    def __init__(self, **conversations: list[int]) -> None:
        self.conversations = conversations
        self.only_newest = False

    def __call__(self, asked: Asked) -> Said:
        node, edge = asked.path.rsplit("/", 2)[1:]
        assert "since" not in asked.query
        start = int(asked.query.get("after", 0))
        if edge == "messages":
            if self.only_newest:
                return Said({"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}}, 400)
            return Said(self._messages(node, start))
        assert asked.query["platform"] == "MESSENGER"
        names = sorted(self.conversations, key=lambda name: -max(self.conversations[name]))
        page = [self._conversation(name) for name in names[start : start + 2]]
        return Said({"data": page, "paging": self._paging(start, len(names))})

    def _conversation(self, name: str) -> dict[str, Any]:
        people = {"data": [{"id": f"psid-{name}"}, {"id": PAGE_ID}]}
        newest = graph_time(max(self.conversations[name]))
        return {"id": name, "updated_time": newest, "participants": people, "messages": self._messages(name, 0)}

    def _messages(self, name: str, start: int) -> dict[str, Any]:
        numbers = sorted(self.conversations[name], reverse=True)
        found = [self._message(name, number) for number in numbers[start : start + 2]]
        return {"data": found, "paging": self._paging(start, len(numbers))}

    def _message(self, name: str, number: int) -> dict[str, Any]:
        person, page = {"id": f"psid-{name}", "name": name}, {"id": PAGE_ID}
        sender, recipient = (page, person) if number % 2 else (person, page)
        to = {"data": [recipient]}
        return {
            "id": f"m_{name}{number}",
            "created_time": graph_time(number),
            "from": sender,
            "to": to,
            "message": "Hoi",
        }

    @staticmethod
    def _paging(start: int, total: int) -> dict[str, Any]:
        more = {"next": "https://graph…"} if total > start + 2 else {}
        return {"cursors": {"after": str(start + 2)}, **more}


def test_conversations_are_read_down_to_what_is_known(page: FacebookPage, wire: Wire) -> None:
    inbox = Inbox(a=[0, 1, 2, 3, 4], b=[1_000], c=[2_000, 2_001, 2_002])
    wire.answer_with(inbox)
    items, cursor, more = _read(page, "conversations", {})
    everything = {f"m_a{n}" for n in range(5)} | {"m_b1000", "m_c2000", "m_c2001", "m_c2002"}
    assert ({item.external_id for item in items}, more) == (everything, False)
    assert {item.thread_id for item in items} == {"psid-a", "psid-b", "psid-c"}
    assert {item.external_id for item in items if item.outgoing} == {"m_a1", "m_a3", "m_c2001"}
    nothing, cursor, _ = _read(page, "conversations", cursor)
    asked = len(wire.asked)
    inbox.conversations["b"].append(9_000)
    items, cursor, _ = _read(page, "conversations", cursor)
    assert (nothing, [item.external_id for item in items]) == ([], ["m_b9000"])
    assert [later.path.rsplit("/", 1)[1] for later in wire.asked[asked:]] == ["conversations", "conversations"]


@pytest.mark.parametrize("calls", range(1, 6))
def test_reading_conversations_can_be_stopped_anywhere(page: FacebookPage, wire: Wire, calls: int) -> None:
    inbox = Inbox(a=[0, 1, 2, 3, 4], b=[10], c=[20, 21, 22])
    wire.answer_with(inbox)
    first, cursor, _ = _read(page, "conversations", {}, calls=calls)
    inbox.conversations["a"].append(900)
    second, cursor, _ = _read(page, "conversations", cursor)
    third, cursor, _ = _read(page, "conversations", cursor)
    found = {item.external_id for item in (*first, *second, *third)}
    assert found == {f"m_a{n}" for n in (*range(5), 900)} | {"m_b10", "m_c20", "m_c21", "m_c22"}


def test_a_conversation_that_jumps_up_the_list_while_it_is_read_keeps_its_older_messages(
    page: FacebookPage, wire: Wire
) -> None:
    """After an hour of silence on our side: `a` was on the second page, and comes to the top by a new message."""
    inbox = Inbox(a=[0], b=[0], c=[0], d=[0])
    wire.answer_with(inbox)
    _, cursor, _ = _read(page, "conversations", {})
    _, cursor, _ = _read(page, "conversations", cursor)
    inbox.conversations = {"a": [0, 2_000], "b": [0, 3_000], "c": [0, 4_000], "d": [0, 5_000]}
    first, cursor, _ = _read(page, "conversations", cursor, calls=1)
    inbox.conversations["a"].append(6_000)
    second, cursor, _ = _read(page, "conversations", cursor)
    third, cursor, _ = _read(page, "conversations", cursor)
    found = {item.external_id for item in (*first, *second, *third)}
    assert found >= {"m_a2000", "m_a6000", "m_b3000", "m_c4000", "m_d5000"}


def test_only_the_newest_messages_of_a_conversation_can_be_had(page: FacebookPage, wire: Wire) -> None:
    """Facebook refuses details of older ones; that ends the reading and does not stop the stream."""
    inbox = Inbox(a=[0, 1, 2, 3, 4])
    inbox.only_newest = True
    wire.answer_with(inbox)
    items, cursor, more = _read(page, "conversations", {})
    assert ({item.external_id for item in items}, more) == ({"m_a3", "m_a4"}, False)
    assert cursor["queue"] == []


def test_messages_that_facebook_no_longer_gives_are_lost_from_the_last_known_on(page: FacebookPage, wire: Wire) -> None:
    inbox = Inbox(a=[0])
    wire.answer_with(inbox)
    _, cursor, _ = _read(page, "conversations", {})
    inbox.conversations["a"] += [1_000, 2_000, 3_000, 4_000]
    inbox.only_newest = True
    lost = []
    for _ in range(9):
        found = page.fetch("conversations", cursor)
        lost += [found.lost] if found.lost else []
        cursor = json.loads(json.dumps(found.cursor))
        if not found.more:
            break
    ((since, until),) = lost
    assert since <= NOON + timedelta(seconds=0)
    assert until == NOON + timedelta(seconds=3_000), "the oldest that was read"


@pytest.mark.parametrize("stream", ["feed", "tagged"])
def test_a_reading_of_posts_can_begin_at_a_moment(page: FacebookPage, wire: Wire, stream: str) -> None:
    wire.answer_with(Feed(*map(_entry, (0, 1_000, 2_000))))
    items, _, _ = _read(page, stream, page.cursor_at(stream, NOON + timedelta(seconds=1_000)))
    assert sorted(item.external_id for item in items) == ["7700_1000", "7700_2000"]


def test_a_reading_of_comments_and_messages_can_begin_at_a_moment(page: FacebookPage, wire: Wire) -> None:
    since = NOON + timedelta(seconds=1_000)
    wire.answer_with(Comments(p1=[a_comment(n) for n in (0, 1_000, 2_000)]))
    comments, _, _ = _read(page, "comments", page.cursor_at("comments", since))
    assert [item.external_id for item in comments] == ["1_1000", "1_2000"]
    wire.answer_with(Inbox(a=[0, 1, 2, 1_500, 2_000], b=[5]))
    messages, _, _ = _read(page, "conversations", page.cursor_at("conversations", since))
    assert {item.external_id for item in messages} == {"m_a1500", "m_a2000"}


def test_messenger_is_polled_every_five_seconds_at_most() -> None:
    assert {stream.name: stream.min_seconds for stream in FacebookPage.streams}["conversations"] == 5
