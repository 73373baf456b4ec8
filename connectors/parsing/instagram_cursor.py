"""How far the comments on the account's media have been read.

Meta lists comments newest first and knows no `since` for them, and an answer can appear below any of them. So media on
which something changed are read from the top; what was given before in the same state is not given again.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.base import Cursor, Item
from connectors.parsing import each_object, mapped
from connectors.parsing.facebook_cursor import Place, seconds
from connectors.text import clean

MOST_PAGES = 20  # of comments on one media, the newest; what is said below older ones comes by webhook only


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """Media whose comments are to be read (on), or with `comment` the further answers to one of them."""

    media: str
    state: str = ""
    comment: str = ""
    after: str = ""
    pages: int = 0
    floor: int = 0  # seconds since 1970: the newest that was known below this media when its reading began

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Reading":
        media, state, comment, after = (clean(entry.get(name)) for name in ("media", "state", "comment", "after"))
        pages, floor = (value if isinstance(value := entry.get(name), int) else 0 for name in ("pages", "floor"))
        return cls(media, state, comment, after, pages, floor)

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in dataclasses.asdict(self).items() if value}


@dataclasses.dataclass(frozen=True, slots=True)
class MediaCursor:
    """`posts`: the media that were given themselves. For each of them `places` says which comments were given, and
    `states` in which state they were read last: the number of comments and the newest of them.
    """

    posts: Place = dataclasses.field(default_factory=Place)
    places: Mapping[str, Place] = dataclasses.field(default_factory=dict)
    states: Mapping[str, str] = dataclasses.field(default_factory=dict)
    queue: tuple[Reading, ...] = ()
    begin: int = 0  # seconds since 1970: what is known of media that are new to us

    @classmethod
    def of(cls, cursor: Cursor) -> "MediaCursor":
        media = {name: mapped(one) for name, one in mapped(cursor.get("media")).items()}
        queue = tuple(reading for reading in map(Reading.of, each_object(cursor.get("queue"))) if reading.media)
        return cls(
            Place.of(mapped(cursor.get("posts"))),
            {name: Place.of(one) for name, one in media.items()},
            {name: clean(one.get("state")) for name, one in media.items()},
            queue,
            begin if isinstance(begin := cursor.get("begin"), int) else 0,
        )

    def as_json(self) -> dict[str, Any]:
        begin = {"begin": self.begin} if self.begin else {}
        media = {name: {**place.as_json(), "state": self.states.get(name, "")} for name, place in self.places.items()}
        queue = [reading.as_json() for reading in self.queue]
        return {"posts": self.posts.as_json(), "media": media, "queue": queue, **begin}

    def having_looked(self, media: Iterable[Mapping[str, Any]], items: Iterable[Item]) -> "MediaCursor":
        """Media that changed are queued, those that are no longer recent are forgotten."""
        now = {clean(one.get("id")): _state(one) for one in media if one.get("id")}
        places = {name: self.places.get(name, Place(mark=self.begin)) for name in now}
        return MediaCursor(
            self.posts.having_given(items, 0, ""),
            places,
            {name: state for name, state in self.states.items() if name in now},
            tuple(
                Reading(name, state, floor=places[name].mark)
                for name, state in now.items()
                if self.states.get(name) != state
            ),
            self.begin,
        )

    def having_read(self, items: Iterable[Item], after: str, further: Iterable[tuple[str, str]]) -> "MediaCursor":
        """After one page of the first in the queue. `further`: comments with the token of their next answers.

        The state of media is noted with the last page of its comments.
        """
        reading, *others = self.queue
        items = tuple(items)
        place = self.places.get(reading.media, Place()).having_given(items, seconds(items), "")
        places = {**self.places, reading.media: place}
        answers = tuple(Reading(reading.media, comment=comment, after=token) for comment, token in further)
        if after and reading.pages + 1 < MOST_PAGES:
            going_on = dataclasses.replace(reading, after=after, pages=reading.pages + 1)
            return dataclasses.replace(self, places=places, queue=(*answers, going_on, *others))
        states = self.states if reading.comment else {**self.states, reading.media: reading.state}
        return dataclasses.replace(self, places=places, states=states, queue=(*answers, *others))

    def lost_below(self, items: Iterable[Item], after: str) -> tuple[datetime, datetime] | None:
        """Between which times comments may be missing: what was known is not reached and the desk reads no further.

        Of media that are read for the first time nobody expects more.
        """
        reading, oldest = self.queue[0], min((int(item.created_at.timestamp()) for item in items), default=0)
        ends = bool(after) and not reading.comment and reading.pages + 1 >= MOST_PAGES
        if not ends or not 0 < reading.floor < oldest:
            return None
        return datetime.fromtimestamp(reading.floor, UTC), datetime.fromtimestamp(oldest, UTC)

    def without_first(self) -> "MediaCursor":
        """Give up on the first for this round. Where it is gone, the next look no longer lists it."""
        return dataclasses.replace(self, queue=self.queue[1:])


def _state(media: Mapping[str, Any]) -> str:
    newest = next(each_object(mapped(media.get("comments")).get("data")), {})
    return f"{clean(media.get('comments_count'))}/{clean(newest.get('id'))}"
