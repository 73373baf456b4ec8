"""X: how pages are read to their end, whatever is interrupted, refused or comes late."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from connectors.networks.x import X
from connectors.parsing.x import time_told_by
from tests.connectors.accounts import message, post, posts, snowflake
from tests.connectors.wire import Asked, Said, Wire


class Timeline:
    """X's list of mentions: newest first, since_id, until_id and tokens that name the last id of a page."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = list(numbers)
        self.expired: set[str] = set()

    def __call__(self, asked: Asked) -> Said:
        token = asked.query.get("pagination_token", "")
        if token in self.expired:
            return Said({"errors": [{"message": "Invalid pagination token"}], "title": "Invalid Request"}, 400)
        before = int(token or asked.query.get("until_id") or 2**62)
        since = int(asked.query.get("since_id") or 0)
        ids = sorted((int(snowflake(number)) for number in self.numbers), reverse=True)
        fitting = [post_id for post_id in ids if since < post_id < before]
        page, rest = fitting[:2], fitting[2:]
        found = [post(1, id=str(post_id), edit_history_tweet_ids=[str(post_id)]) for post_id in page]
        return Said(posts(*found, token=str(page[-1]) if rest else ""))


def _read(x: X, cursor: Any, *, calls: int = 20) -> tuple[list[str], Any, bool]:
    """Fetch while there is more, at most `calls` times. Cursors go through JSON, as they do in the desk."""
    seen: list[str] = []
    for _ in range(calls):
        page = x.fetch("mentions", cursor)
        seen += [item.external_id for item in page.items]
        cursor = json.loads(json.dumps(page.cursor))
        if not page.more:
            return seen, cursor, False
    return seen, cursor, True


def test_a_chain_of_pages_is_read_to_its_end_before_the_mark_moves(x: X, wire: Wire) -> None:
    wire.answer_with(Timeline(1, 2, 3, 4, 5))
    seen, cursor, more = _read(x, {})
    assert (sorted(seen), more) == ([snowflake(n) for n in (1, 2, 3, 4, 5)], False)
    assert cursor == {"mark": snowflake(5)}


@pytest.mark.parametrize("calls", [1, 2])
def test_a_chain_that_is_interrupted_loses_nothing_though_new_posts_come_meanwhile(
    x: X, wire: Wire, calls: int
) -> None:
    timeline = Timeline(1, 2, 3, 4, 5)
    wire.answer_with(timeline)
    first, cursor, more = _read(x, {}, calls=calls)
    assert more
    assert "mark" not in cursor
    timeline.numbers += [6, 7, 8]
    second, cursor, _ = _read(x, cursor)
    third, cursor, _ = _read(x, cursor)
    assert sorted({*first, *second, *third}) == [snowflake(n) for n in range(1, 9)]
    assert cursor == {"mark": snowflake(8)}


def test_a_token_that_x_no_longer_takes_does_not_end_the_chain(x: X, wire: Wire) -> None:
    timeline = Timeline(1, 2, 3, 4, 5)
    wire.answer_with(timeline)
    first, cursor, _ = _read(x, {}, calls=1)
    timeline.expired.add(cursor["token"])
    rest, cursor, more = _read(x, cursor)
    assert sorted([*first, *rest]) == [snowflake(n) for n in (1, 2, 3, 4, 5)]
    assert (cursor, more) == ({"mark": snowflake(5)}, False)


def test_a_network_that_always_refuses_its_own_tokens_is_read_all_the_same(x: X, wire: Wire) -> None:
    timeline = Timeline(*range(1, 8))
    timeline.expired = {snowflake(number) for number in range(1, 8)}
    wire.answer_with(timeline)
    seen, cursor, more = _read(x, {})
    assert (sorted(seen), cursor, more) == ([snowflake(n) for n in range(1, 8)], {"mark": snowflake(7)}, False)


def test_a_token_that_leads_to_itself_ends_the_chain(x: X, wire: Wire) -> None:
    wire.answer_with(lambda asked: Said(posts(post(1), token="round-and-round")))
    _, _, more = _read(x, {}, calls=3)
    assert not more


def test_an_empty_page_keeps_the_mark(x: X, wire: Wire) -> None:
    wire.say(posts())
    assert x.fetch("mentions", {"mark": snowflake(3)}).cursor == {"mark": snowflake(3)}


def _messages(*numbers: int, token: str = "") -> dict[str, Any]:
    return posts(*(message(number) for number in numbers), token=token)


def test_direct_messages_stop_at_a_known_id_because_x_has_no_since_for_them(x: X, wire: Wire) -> None:
    wire.say(_messages(5, 4, 3, 2, token="older"))
    page = x.fetch("direct_messages", {"mark": snowflake(3)})
    assert [item.external_id for item in page.items] == [snowflake(4), snowflake(5)]
    assert (page.more, page.cursor["mark"]) == (False, snowflake(5))


def test_direct_messages_that_fill_more_than_a_page_are_all_read(x: X, wire: Wire) -> None:
    wire.say(_messages(6, 5, token="older"))
    first = x.fetch("direct_messages", {"mark": snowflake(2)})
    wire.say(_messages(4, 3, 2, token="older still"))
    second = x.fetch("direct_messages", first.cursor)
    assert first.more
    assert wire.asked[1].query["pagination_token"] == "older"
    assert [item.external_id for item in (*second.items, *first.items)] == [snowflake(n) for n in (3, 4, 5, 6)]
    assert (second.more, second.cursor["mark"]) == (False, snowflake(6))


def test_a_refused_token_of_direct_messages_starts_again_from_the_top_with_the_old_mark(x: X, wire: Wire) -> None:
    wire.say({"title": "Invalid Request"}, 400)
    page = x.fetch("direct_messages", {"mark": snowflake(2), "top": snowflake(6), "token": "old"})
    assert (page.cursor, page.more) == ({"mark": snowflake(2)}, False)


def _date(number: int) -> dict[str, str]:
    """X's own time, that many seconds after the first post."""
    return {"Date": format_datetime(datetime.fromtimestamp(1_793_527_200 + number, UTC), usegmt=True)}


class SlowTimeline(Timeline):
    """X's list, on which a post may stay hidden for a while after one with a higher id is shown."""

    def __init__(self, *numbers: int, now: int) -> None:
        super().__init__(*numbers)
        self.now = now

    def __call__(self, asked: Asked) -> Said:
        said = super().__call__(asked)
        return Said(said.body, said.status, _date(self.now))


def test_a_post_that_shows_up_after_one_with_a_higher_id_is_read(x: X, wire: Wire) -> None:
    timeline = SlowTimeline(100, 102, now=103)
    wire.answer_with(timeline)
    first, cursor, _ = _read(x, {})
    timeline.numbers.append(101)
    timeline.now = 106
    late, cursor, _ = _read(x, cursor)
    again, cursor, _ = _read(x, cursor)
    assert (sorted(first), late, again) == ([snowflake(100), snowflake(102)], [snowflake(101)], [])


def test_a_second_look_costs_neither_a_call_nor_money(x: X, wire: Wire) -> None:
    """Two posts fill a page: of what is known no more is read than fits beside what is new."""
    timeline = SlowTimeline(*range(50, 60), now=60)
    wire.answer_with(timeline)
    _, cursor, _ = _read(x, {})
    calls = len(wire.asked)
    assert x.fetch("mentions", cursor).cost == 0
    timeline.numbers.append(61)
    page = x.fetch("mentions", cursor)
    assert ([item.external_id for item in page.items], page.more) == ([snowflake(61)], False)
    assert page.cost == pytest.approx(0.001)
    assert len(wire.asked) == calls + 2


def test_what_is_older_than_a_minute_is_settled_and_not_asked_for_again(x: X, wire: Wire) -> None:
    timeline = SlowTimeline(100, 150, now=155)
    wire.answer_with(timeline)
    _, cursor, _ = _read(x, {})
    assert cursor["seen"] == [snowflake(150), snowflake(100)]
    timeline.now = 170
    _, cursor, _ = _read(x, cursor)
    assert cursor["seen"] == [snowflake(150)]
    assert int(snowflake(109)) < int(cursor["since"]) < int(snowflake(111))
    timeline.now = 211
    _, cursor, _ = _read(x, cursor)
    assert cursor == {"mark": snowflake(150)}
    x.fetch("mentions", cursor)
    assert wire.asked[-1].query["since_id"] == snowflake(150)


def test_a_storm_does_not_make_the_cursor_grow_nor_is_it_read_twice(x: X, wire: Wire) -> None:
    storm = [
        post(1, id=post_id, edit_history_tweet_ids=[post_id])
        for post_id in (str(int(snowflake(30)) + number) for number in range(300, 0, -1))
    ]
    wire.answer_with(lambda asked: Said(posts(*storm[:100], token="older"), headers=_date(31)))
    begun = x.fetch("mentions", {"mark": snowflake(29)})
    wire.answer_with(lambda asked: Said(posts(*storm[100:]), headers=_date(31)))
    ended = x.fetch("mentions", begun.cursor)
    assert [len(page.items) for page in (begun, ended)] == [100, 200]
    assert ended.cursor["seen"] == [entry["id"] for entry in storm[:100]]
    assert ended.cursor["since"] == storm[99]["id"]


def test_an_account_that_gets_nothing_for_long_remembers_one_id(x: X, wire: Wire) -> None:
    wire.answer_with(SlowTimeline(now=10_000))
    _, cursor, _ = _read(x, {"mark": snowflake(5), "since": snowflake(2), "seen": [snowflake(5), snowflake(3)]})
    assert cursor == {"mark": snowflake(5)}


def test_a_direct_message_that_shows_up_late_is_read_and_known_ones_are_charged_once_a_day(x: X, wire: Wire) -> None:
    midnight = 14 * 3_600  # seconds from the first post to the end of its day
    wire.answer_with(lambda asked: Said(_messages(5, 3), headers=_date(6)))
    first = x.fetch("direct_messages", {})
    wire.answer_with(lambda asked: Said(_messages(5, 4, 3), headers=_date(60)))
    late = x.fetch("direct_messages", first.cursor)
    same_day = x.fetch("direct_messages", late.cursor)
    wire.answer_with(lambda asked: Said(_messages(5, 4, 3), headers=_date(midnight)))
    next_day = x.fetch("direct_messages", same_day.cursor)
    assert [item.external_id for item in late.items] == [snowflake(4)]
    assert (same_day.items, next_day.items) == ((), ())
    assert [page.cost for page in (first, late, same_day, next_day)] == pytest.approx([0.02, 0.01, 0, 0.03])


# --- the end of what X tells ---------------------------------------------------------------------------------------


class Forgetful(Timeline):
    """X's list, which ends after its newest six."""

    def __call__(self, asked: Asked) -> Said:
        everything, self.numbers = self.numbers, sorted(self.numbers)[-6:]
        try:
            return super().__call__(asked)
        finally:
            self.numbers = everything


def _lost(x: X, cursor: Any) -> tuple[Any, Any]:
    """What was lost on the way, and the cursor at the end."""
    lost = None
    for _ in range(20):
        page = x.fetch("mentions", cursor)
        lost, cursor = page.lost or lost, json.loads(json.dumps(page.cursor))
        if not page.more:
            break
    return lost, cursor


@pytest.mark.parametrize(("written", "is_lost"), [(range(4, 8), False), (range(4, 13), True)])
def test_more_than_x_lists_is_lost_between_the_last_known_and_the_oldest_that_is_told(
    x: X, wire: Wire, monkeypatch: pytest.MonkeyPatch, written: range, is_lost: bool
) -> None:
    monkeypatch.setattr("connectors.networks.x.MENTIONS_LISTED", 6)
    timeline = Forgetful(1, 2, 3)
    wire.answer_with(timeline)
    first, cursor = _lost(x, {})
    assert first is None, "of a first reading nobody expects that it reaches anything"
    timeline.numbers += list(written)
    lost, cursor = _lost(x, cursor)
    expected = (time_told_by(snowflake(3)), time_told_by(snowflake(written[-6]))) if is_lost else None
    assert lost == expected
    assert _lost(x, cursor)[0] is None


def test_a_reading_can_begin_at_a_moment(x: X, wire: Wire) -> None:
    wire.answer_with(Timeline(1, 2, 3, 4))
    since = time_told_by(snowflake(3))
    assert since is not None
    seen, _cursor, _more = _read(x, x.cursor_at("mentions", since))
    assert sorted(seen) == [snowflake(3), snowflake(4)]
