"""How far the comments below the posts, and the conversations on Messenger, have been read."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.base import Cursor, Item
from connectors.parsing import FAULTS, Sieve, each_object, listed, mapped
from connectors.parsing.facebook_cursor import OVERLAP, SEEN, Place, next_after, seconds
from connectors.parsing.facebook_page import message_item
from connectors.text import clean
from connectors.times import moment


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """A post or conversation that is to be read (on). `state` is what made us look, `floor` from when on."""

    id: str
    state: str = ""
    after: str = ""
    floor: int = 0

    @classmethod
    def all_of(cls, entries: object) -> tuple["Waiting", ...]:
        return tuple(
            cls(
                clean(entry.get("id")), clean(entry.get("state")), clean(entry.get("after")), int(entry.get("floor", 0))
            )
            for entry in each_object(entries)
        )

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in dataclasses.asdict(self).items() if value}


@dataclasses.dataclass(frozen=True, slots=True)
class CommentsCursor:
    """Which posts are looked at: for each the state in which its comments were read last, and how far.

    A post's `updated_time` moves with every comment and so does its number of comments; the two together are its
    state. It is noted only when all of the comments have been read.
    """

    places: Mapping[str, Place] = dataclasses.field(default_factory=dict)
    states: Mapping[str, str] = dataclasses.field(default_factory=dict)
    queue: tuple[Waiting, ...] = ()

    @classmethod
    def of(cls, cursor: Cursor) -> "CommentsCursor":
        posts = {name: mapped(post) for name, post in mapped(cursor.get("posts")).items()}
        places = {name: Place.of(post) for name, post in posts.items()}
        states = {name: clean(post.get("state")) for name, post in posts.items()}
        return cls(places, states, Waiting.all_of(cursor.get("queue")))

    def as_json(self) -> dict[str, Any]:
        posts = {name: {**place.as_json(), "state": self.states.get(name, "")} for name, place in self.places.items()}
        return {"posts": posts, "queue": [waiting.as_json() for waiting in self.queue]}

    def having_looked(self, posts: Iterable[Mapping[str, Any]]) -> "CommentsCursor":
        """Posts that changed are queued, those that are no longer recent are forgotten."""
        now = {clean(post.get("id")): _state(post) for post in posts if post.get("id")}
        queue = tuple(Waiting(name, state) for name, state in now.items() if self.states.get(name) != state)
        return CommentsCursor(
            {name: self.places.get(name, Place()) for name in now},
            {name: state for name, state in self.states.items() if name in now},
            queue,
        )

    def having_read(self, post: Waiting, items: Iterable[Item], after: str, floor: int) -> "CommentsCursor":
        """Comments come oldest first, so the place moves with every page; the state when the last one is read."""
        items = tuple(items)
        place = self.places.get(post.id, Place()).having_given(items, seconds(items), "")
        places = {**self.places, post.id: place}
        if after:
            going_on = dataclasses.replace(post, after=after, floor=floor)
            return CommentsCursor(places, self.states, (going_on, *self.queue[1:]))
        return CommentsCursor(places, {**self.states, post.id: post.state}, self.queue[1:])

    def without(self, post: Waiting) -> "CommentsCursor":
        """Give up on a post for this round. Where it is gone, the next look no longer lists it."""
        return CommentsCursor(self.places, self.states, tuple(w for w in self.queue if w.id != post.id))


@dataclasses.dataclass(frozen=True, slots=True)
class ConversationsCursor:
    """Where the list of conversations stands, and which of them have more new messages than came with the list.

    `place.mark` says down to which change the list is known, `base` down to when messages are. They differ after a
    list of several pages: a conversation that changed while it was read may have jumped from a page below to the top,
    unread, so the next reading takes up its messages from where this one did.
    """

    place: Place = dataclasses.field(default_factory=Place)
    base: int = 0
    queue: tuple[Waiting, ...] = ()

    @classmethod
    def of(cls, cursor: Cursor) -> "ConversationsCursor":
        return cls(Place.of(cursor), int(cursor.get("base", 0)), Waiting.all_of(cursor.get("queue")))

    @property
    def unfinished(self) -> bool:
        return bool(self.place.after or self.queue)

    def as_json(self) -> dict[str, Any]:
        return {**self.place.as_json(), "base": self.base, "queue": [waiting.as_json() for waiting in self.queue]}

    def having_listed(
        self, answer: Mapping[str, Any], page_id: str, sieve: Sieve
    ) -> tuple["ConversationsCursor", tuple[Item, ...]]:
        """The cursor after a page of conversations, newest change first, and the messages in it that are new."""
        conversations = list(each_object(answer.get("data")))
        changed = [_changed_at(conversation) for conversation in conversations]
        known = [time is not None and time < self.place.floor for time in changed]
        floor = max(0, self.base - OVERLAP)
        queue = list(self.queue)
        for conversation, is_known in zip(conversations, known, strict=True):
            if is_known:
                continue
            messages = mapped(conversation.get("messages"))
            _, goes_on = self.messages(messages, conversation.get("participants"), page_id, floor, sieve)
            after = next_after(messages)
            if goes_on and after:
                queue.append(Waiting(clean(conversation.get("id")), after=after, floor=floor))
        after = "" if any(known) else next_after(answer, self.place.after)
        items = sieve.oldest_first()
        place = self.place.having_given(items, max((time for time in changed if time), default=0), after)
        several_pages = bool(after or self.place.after)
        return ConversationsCursor(place, self.base if several_pages else place.mark, tuple(queue)), items

    def having_read_on(self, items: Iterable[Item], after: str) -> "ConversationsCursor":
        """After one more page of the first conversation in the queue."""
        seen = {**self.place.seen, **{item.external_id: item.revision for item in items}}
        place = dataclasses.replace(self.place, seen=dict(list(seen.items())[-SEEN:]))
        first, *others = self.queue
        going_on = (dataclasses.replace(first, after=after),) if after else ()
        return ConversationsCursor(place, self.base, (*going_on, *others))

    def messages(
        self, answer: Mapping[str, Any], participants: object, page_id: str, floor: int, sieve: Sieve
    ) -> tuple[tuple[Item, ...], bool]:
        """The messages of a page that are not older than `floor` (put into `sieve` too), and whether more may follow.

        They are newest first, so below a page of which everything was given before there is nothing new.
        """
        page = Sieve()
        newest_first = listed(answer.get("data"))  # turned round, so that messages of one second keep their order
        page.read(newest_first[::-1], lambda message: message_item(message, participants, page_id))
        found = page.oldest_first()
        items = tuple(item for item in found if item.created_at.timestamp() >= floor)
        sieve.items.extend(items)
        sieve.unreadable.extend(page.unreadable)
        reached_known = len(items) < len(found) or all(item.external_id in self.place.seen for item in found)
        return items, bool(found) and not reached_known


def _state(post: Mapping[str, Any]) -> str:
    count = mapped(mapped(post.get("comments")).get("summary")).get("total_count", "")
    return f"{clean(post.get('updated_time'))}/{clean(count)}"


def _changed_at(conversation: Mapping[str, Any]) -> int | None:
    """When a conversation last changed; None where that can't be read, and then it is looked at to be safe."""
    try:
        return int(moment(conversation.get("updated_time")).timestamp())
    except FAULTS:
        return None
