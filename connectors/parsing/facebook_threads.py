"""How far the comments below the posts, and the conversations on Messenger and Instagram, have been read."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from connectors.base import Cursor, Item
from connectors.parsing import FAULTS, Sieve, each_object, listed, mapped
from connectors.parsing.facebook_cursor import OVERLAP, SEEN, Place, next_after, seconds, whole
from connectors.text import clean
from connectors.times import moment

OLDER_EVERY = 3  # looks: how often one of them is at older posts
MOST_POSTS = 300  # whose state a cursor knows; of those further down it goes by the time of their last change

_NUMBERS = ("begin", "turn", "newest", "swept", "sweep")

ReadMessage = Callable[[Mapping[str, Any], object], Item]  # a message and its conversation's participants


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """A post or conversation that is to be read (on). `state` is what made us look, `floor` from when on.

    `oldest` is when the oldest message was written that has been read of it.
    """

    id: str
    state: str = ""
    after: str = ""
    floor: int = 0
    oldest: int = 0

    @classmethod
    def all_of(cls, entries: object) -> tuple["Waiting", ...]:
        return tuple(
            cls(
                clean(entry.get("id")),
                clean(entry.get("state")),
                clean(entry.get("after")),
                int(entry.get("floor", 0)),
                int(entry.get("oldest", 0)),
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

    Every look is at the newest posts, every third at a page of older ones, from where `below` leads on, down to the
    very first post. What is not known of them and changed since the last time that all of them were looked at
    (`swept`, by Facebook's time) is read from then on: so nothing has to be remembered of a page with ten thousand
    posts. At the first time nothing is read of a post that is not known.
    """

    places: Mapping[str, Place] = dataclasses.field(default_factory=dict)
    states: Mapping[str, str] = dataclasses.field(default_factory=dict)
    queue: tuple[Waiting, ...] = ()
    begin: int = 0  # from when on comments are read below a post that is new to us
    below: str = ""  # the token of the next page of older posts
    turn: int = 0  # looks since the newest of the older ones were looked at
    newest: int = 0  # when the newest change was that any post told of
    swept: int = 0  # the same as it was when the last walk through the older ones began
    sweep: int = 0  # and when the walk began that goes on

    @classmethod
    def of(cls, cursor: Cursor) -> "CommentsCursor":
        posts = {name: mapped(post) for name, post in mapped(cursor.get("posts")).items()}
        places = {name: Place.of(post) for name, post in posts.items()}
        states = {name: clean(post.get("state")) for name, post in posts.items()}
        queue, below = Waiting.all_of(cursor.get("queue")), clean(cursor.get("below"))
        numbers = {name: whole(cursor.get(name)) for name in _NUMBERS}
        return cls(places, states, queue, below=below, **numbers)

    def as_json(self) -> dict[str, Any]:
        posts = {name: {**place.as_json(), "state": self.states.get(name, "")} for name, place in self.places.items()}
        rest = {name: getattr(self, name) for name in ("below", *_NUMBERS)}
        given = {name: value for name, value in rest.items() if value}
        return {"posts": posts, "queue": [waiting.as_json() for waiting in self.queue], **given}

    @property
    def looks_at_older(self) -> bool:
        """Whether it is the turn of the older posts."""
        return bool(self.below) and self.turn % OLDER_EVERY == OLDER_EVERY - 1

    def having_looked(self, posts: Iterable[Mapping[str, Any]], below: str = "") -> "CommentsCursor":
        """Of the newest posts those that changed are queued. Older ones are forgotten where the page has no more."""
        told = {clean(post.get("id")): post for post in posts if post.get("id")}
        now = {name: _state(post) for name, post in told.items()}
        queue = tuple(Waiting(name, state) for name, state in now.items() if self.states.get(name) != state)
        newest = self._newest(told.values())
        older = [name for name in self.states if name not in now][: MOST_POSTS - len(now)] if below else []
        places = {name: self.places.get(name, Place(mark=self.begin)) for name in now}
        places |= {name: Place(mark=self.places[name].mark) for name in older if name in self.places}
        return dataclasses.replace(
            self,
            places=places,
            states={name: state for name, state in self.states.items() if name in places},
            queue=queue,
            below=self.below or below if below else "",
            turn=self.turn + 1 if below else 0,
            newest=newest,
            sweep=self.sweep if self.below else newest,
        )

    def having_looked_older(self, posts: Iterable[Mapping[str, Any]], below: str) -> "CommentsCursor":
        """A page of older posts: those that changed are queued, the others are known from now on, while there is room.

        Where it is the last one, the next walk asks for what changed since this one began.
        """
        told = {clean(post.get("id")): post for post in posts if post.get("id")}
        queue = tuple(found for name, post in told.items() if (found := self._waiting(name, post)))
        queued = {waiting.id for waiting in queue}
        fresh = [name for name in told if name not in self.states and name not in queued]
        fresh = fresh[: max(0, MOST_POSTS - len(self.states))]
        return dataclasses.replace(
            self,
            places={**self.places, **{name: Place(mark=_changed_at(told[name]) or self.begin) for name in fresh}},
            states={**self.states, **{name: _state(told[name]) for name in fresh}},
            queue=queue,
            below=below,
            turn=self.turn + 1 if below else 0,
            newest=self._newest(told.values()),
            swept=self.swept if below else self.sweep,
        )

    def _newest(self, posts: Iterable[Mapping[str, Any]]) -> int:
        return max(self.newest, *(_changed_at(post) or 0 for post in posts), 0)

    def _waiting(self, name: str, post: Mapping[str, Any]) -> Waiting | None:
        """An older post that has something new: by its state where that is known, else by the time of its change."""
        state = _state(post)
        if name in self.states:
            return Waiting(name, state) if self.states[name] != state else None
        since, changed = self.swept or self.begin, _changed_at(post)
        floor = max(0, since - OVERLAP)
        return Waiting(name, state, floor=floor) if since and changed is not None and changed >= floor else None

    def without_older(self) -> "CommentsCursor":
        """Begin with the newest of the older ones again, and for the same time, where Facebook refuses the token."""
        return dataclasses.replace(self, below="", turn=0)

    def having_read(self, post: Waiting, items: Iterable[Item], after: str, floor: int) -> "CommentsCursor":
        """Comments come oldest first, so the place moves with every page; the state when the last one is read."""
        items = tuple(items)
        place = self.places.get(post.id, Place()).having_given(items, seconds(items), "")
        places = {**self.places, post.id: place}
        if after:
            going_on = dataclasses.replace(post, after=after, floor=floor)
            return dataclasses.replace(self, places=places, queue=(going_on, *self.queue[1:]))
        states = {**self.states, post.id: post.state}
        return dataclasses.replace(self, places=places, states=states, queue=self.queue[1:])

    def without(self, post: Waiting) -> "CommentsCursor":
        """Give up on a post for this round. Where it is gone, the next look no longer lists it."""
        rest = tuple(waiting for waiting in self.queue if waiting.id != post.id)
        return dataclasses.replace(self, queue=rest)


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
        self, answer: Mapping[str, Any], read: ReadMessage, sieve: Sieve
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
            given, goes_on = self.messages(messages, conversation.get("participants"), read, floor, sieve)
            after = next_after(messages)
            if goes_on and after:
                queue.append(Waiting(clean(conversation.get("id")), after=after, floor=floor, oldest=_oldest(given)))
        after = "" if any(known) else next_after(answer, self.place.after)
        items = sieve.oldest_first()
        place = self.place.having_given(items, max((time for time in changed if time), default=0), after)
        several_pages = bool(after or self.place.after)
        return ConversationsCursor(place, self.base if several_pages else place.mark, tuple(queue)), items

    def having_read_on(self, items: Iterable[Item], after: str) -> "ConversationsCursor":
        """After one more page of the first conversation in the queue."""
        items = tuple(items)
        seen = {**self.place.seen, **{item.external_id: item.revision for item in items}}
        place = dataclasses.replace(self.place, seen=dict(list(seen.items())[-SEEN:]))
        first, *others = self.queue
        going_on = (dataclasses.replace(first, after=after, oldest=_oldest(items) or first.oldest),) if after else ()
        return ConversationsCursor(place, self.base, (*going_on, *others))

    def messages(
        self, answer: Mapping[str, Any], participants: object, read: ReadMessage, floor: int, sieve: Sieve
    ) -> tuple[tuple[Item, ...], bool]:
        """The messages of a page that are not older than `floor` (put into `sieve` too), and whether more may follow.

        They are newest first, so below a page of which everything was given before there is nothing new.
        """
        page = Sieve()
        newest_first = listed(answer.get("data"))  # turned round, so that messages of one second keep their order
        page.read(newest_first[::-1], lambda message: read(message, participants))
        found = page.oldest_first()
        items = tuple(item for item in found if item.created_at.timestamp() >= floor)
        sieve.items.extend(items)
        sieve.unreadable.extend(page.unreadable)
        reached_known = len(items) < len(found) or all(item.external_id in self.place.seen for item in found)
        return items, bool(found) and not reached_known


def _oldest(items: Iterable[Item]) -> int:
    return min((int(item.created_at.timestamp()) for item in items), default=0)


def _state(post: Mapping[str, Any]) -> str:
    count = mapped(mapped(post.get("comments")).get("summary")).get("total_count", "")
    return f"{clean(post.get('updated_time'))}/{clean(count)}"


def _changed_at(conversation: Mapping[str, Any]) -> int | None:
    """When a conversation last changed; None where that can't be read, and then it is looked at to be safe."""
    try:
        return int(moment(conversation.get("updated_time")).timestamp())
    except FAULTS:
        return None
