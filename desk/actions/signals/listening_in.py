"""What is told beside counts: a word from somebody whom many follow, and many who write almost the same.

What somebody called no crisis raises what is needed to be told of it again, for some weeks. A drill that runs is a
world of its own: nothing real hears what is said in it, and it hears nothing real, nor what earlier drills said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Left

from desk.actions.signals.signal_raising import Sign, raise_signal
from desk.drills.running import running_drill
from desk.inboxes.models import Inbox
from desk.signals.models import Rules, Signal, Stream
from desk.signals.reading import HEARD, inboxes_of
from desk.signals.topics import LETTERS_READ
from desk.tickets.models import Message
from policies.crisis_scope import Scope
from policies.near_duplicates import digest
from policies.outbreaks import Group, Post, groups, is_same, topic_of
from policies.trigger_words import RAISED, first_word

PORTION = 2_000  # messages of people whom many follow
WINDOW = timedelta(minutes=30)
COMPARED, LOOKED_AT = 1_000, 5_000  # messages, the newest of the window; among the newest of all
SHOWN = 10  # posts of one signal
SAME = timedelta(hours=20)  # a word or an outbreak is told once in so long
REMEMBERED = timedelta(days=14)  # what somebody called no crisis

_digest = lru_cache(maxsize=2 * COMPARED)(digest)


@dataclass(frozen=True, slots=True)
class World:
    """Inboxes that hear each other. Of a drill: with the stream of its inbox, and from when it began."""

    inboxes: frozenset[int]
    stream: Stream | None = None
    since: datetime | None = None

    def scope(self, topic: str) -> Scope:
        """What a crisis would cover."""
        inboxes = self.inboxes if self.stream is not None else frozenset()
        return Scope(inboxes=inboxes, topics=frozenset({topic} if topic else ()))

    def said(self) -> "QuerySet[Message]":
        """What was said in it, by the clock of the desk where a drill began."""
        rows = Message.objects.filter(inbox__any_of=list(self.inboxes))
        return rows if self.since is None else rows.filter(received_at__gte=self.since)


def look(now: datetime) -> int:
    """How many signals were raised."""
    rules = Rules.objects.filter(pk=1).first() or Rules()
    worlds = [World(frozenset(inboxes_of(Scope(), "", list(Inbox.objects.all())))), *_of_drill()]
    return look_for_words(rules, worlds, now) + sum(look_for_outbreaks(rules, world, now) for world in worlds)


def _of_drill() -> list[World]:
    """The one that runs, if any."""
    drill = running_drill()
    stream = Stream.objects.select_related("inbox").filter(inbox=drill.inbox_id).first() if drill else None
    if drill is None or stream is None or drill.started_at is None:
        return []
    return [World(frozenset({drill.inbox_id}), stream, drill.started_at)]


@transaction.atomic
def look_for_words(rules: Rules, worlds: Iterable[World], now: datetime) -> int:
    """Each message that ingest put aside is looked at once: it is taken away in the transaction of what comes of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM signals_loud WHERE id IN (SELECT id FROM signals_loud ORDER BY id LIMIT %s FOR UPDATE
            SKIP LOCKED) RETURNING message_id, reach""",
            [PORTION],
        )
        reach: dict[int, int] = dict(cursor.fetchall())
    heard = {pk: followers for pk, followers in reach.items() if followers >= rules.least_reach}
    if not rules.words_on or not heard:
        return 0
    count = 0
    for world in worlds:
        rows = world.said().filter(pk__any_of=heard, created_at__gte=now - SAME)
        said = rows.annotate(start=Left("text", LETTERS_READ)).order_by("pk").values_list("pk", "created_at", "start")
        known = _known(Signal.Kind.TRIGGER, world, now)
        for pk, at, text in said:
            count += _word(rules, world, known, pk, at, first_word(text, rules.words), heard[pk], now)
    return count


def _word(
    rules: Rules, world: World, known: list[Signal], pk: int, at: datetime, word: str, reach: int, now: datetime
) -> bool:  # fmt: skip
    before = [one for one in known if one.facts["word"] == word]
    least = max([rules.least_reach, *(RAISED * one.facts["reach"] for one in before if _was_none(one))])
    if not word or reach < least or any(at - one.at < SAME for one in before if not _was_none(one)):
        return False
    facts = {"word": word, "reach": reach, "least": least}
    sign = Sign(Signal.Kind.TRIGGER, f"trigger {pk}", at, facts, world.scope(word), world.stream, posts=[pk])
    raised = raise_signal(sign, now)
    known += [raised] if raised is not None else []
    return raised is not None


def look_for_outbreaks(rules: Rules, world: World, now: datetime) -> int:
    """The last half hour as it stands: nothing has to be remembered of it."""
    if not rules.alike_on:
        return 0
    posts = _newest(world, now)
    if len(posts) < rules.least_people:
        return 0
    found = groups(posts, rules.least_people)
    known = _known(Signal.Kind.OUTBREAK, world, now) if found else []
    return sum(_outbreak(rules, world, known, group, now) for group in found)


def _newest(world: World, now: datetime) -> list[Post]:
    """In order. So many are looked at that a drill's flood leaves the real ones in sight."""
    newest = Message.objects.order_by("-pk").values("pk")[:LOOKED_AT]
    rows = world.said().filter(HEARD, pk__in=newest, created_at__gt=now - WINDOW)
    rows = rows.exclude(profile=None).annotate(start=Left("text", LETTERS_READ)).order_by("-pk")
    said = list(rows.values_list("pk", "profile_id", "start")[:COMPARED])
    return [Post(pk, profile or 0, _digest(text), text) for pk, profile, text in reversed(said)]


@transaction.atomic
def _outbreak(rules: Rules, world: World, known: list[Signal], group: Group, now: datetime) -> bool:
    before = [one for one in known if is_same(one.facts["digest"], group.first.digest)]
    least = max([rules.least_people, *(RAISED * one.facts["people"] for one in before if _was_none(one))])
    if group.people < least or any(now - one.at < SAME for one in before if not _was_none(one)):
        return False
    topic = topic_of(group)
    facts: dict[str, Any] = {
        "people": group.people, "least": least, "digest": list(group.first.digest), "stream": topic,
    }  # fmt: skip
    posts = [post.id for post in group.posts[:SHOWN]]
    key = f"outbreak {group.first.id} {least}"
    sign = Sign(Signal.Kind.OUTBREAK, key, now, facts, world.scope(topic), world.stream, posts=posts)
    return raise_signal(sign, now) is not None


def _known(kind: str, world: World, now: datetime) -> list[Signal]:
    """What was told of such before, in this world: a drill does not know what the last one was told."""
    told = Signal.objects.filter(kind=kind, stream=world.stream, at__gte=now - REMEMBERED)
    if world.since is not None:
        told = told.filter(raised_at__gte=world.since)
    return list(told.order_by("-pk")[:500])


def _was_none(signal: Signal) -> bool:
    return signal.verdict == Signal.Verdict.NONE
