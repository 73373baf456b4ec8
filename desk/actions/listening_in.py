"""What is told beside counts: a word from somebody whom many follow, and many who write almost the same.

What somebody called no crisis raises what is needed to be told of it again, for some weeks.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Left

from desk.actions.signal_raising import Sign, raise_signal
from desk.inboxes.models import Inbox
from desk.signals.models import Rules, Signal
from desk.signals.reading import inboxes_of
from desk.signals.topics import LETTERS_READ
from desk.tickets.models import Message
from policies.crisis_scope import Scope
from policies.near_duplicates import digest
from policies.outbreaks import Group, Post, groups, is_same, topic_of
from policies.trigger_words import RAISED, first_word

PORTION = 2_000  # messages of people whom many follow
WINDOW = timedelta(minutes=30)
COMPARED = 1_000  # messages, the newest of the window
SHOWN = 10  # posts of one signal
SAME = timedelta(hours=20)  # a word or an outbreak is told once in so long
REMEMBERED = timedelta(days=14)  # what somebody called no crisis

_digest = lru_cache(maxsize=2 * COMPARED)(digest)


def look(now: datetime) -> int:
    """How many signals were raised."""
    rules = Rules.objects.filter(pk=1).first() or Rules()
    inboxes = inboxes_of(Scope(), "", list(Inbox.objects.all()))
    return look_for_words(rules, inboxes, now) + look_for_outbreaks(rules, inboxes, now)


@transaction.atomic
def look_for_words(rules: Rules, inboxes: Iterable[int], now: datetime) -> int:
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
    rows = Message.objects.filter(pk__any_of=heard, inbox__any_of=list(inboxes), created_at__gte=now - SAME)
    said = rows.annotate(start=Left("text", LETTERS_READ)).order_by("pk").values_list("pk", "created_at", "start")
    known = _known(Signal.Kind.TRIGGER, now)
    return sum(_word(rules, known, pk, at, first_word(text, rules.words), heard[pk], now) for pk, at, text in said)


def _word(
    rules: Rules, known: list[Signal], pk: int, at: datetime, word: str, reach: int, now: datetime
) -> bool:  # fmt: skip
    before = [one for one in known if one.facts["word"] == word]
    least = max([rules.least_reach, *(RAISED * one.facts["reach"] for one in before if _was_none(one))])
    if not word or reach < least or any(at - one.at < SAME for one in before if not _was_none(one)):
        return False
    facts = {"word": word, "reach": reach, "least": least}
    scope = Scope(topics=frozenset({word}))
    raised = raise_signal(Sign(Signal.Kind.TRIGGER, f"trigger {pk}", at, facts, scope, posts=[pk]), now)
    known += [raised] if raised is not None else []
    return raised is not None


def look_for_outbreaks(rules: Rules, inboxes: Iterable[int], now: datetime) -> int:
    """The last half hour as it stands: nothing has to be remembered of it."""
    if not rules.alike_on:
        return 0
    posts = _newest(list(inboxes), now)
    if len(posts) < rules.least_people:
        return 0
    found = groups(posts, rules.least_people)
    known = _known(Signal.Kind.OUTBREAK, now) if found else []
    return sum(_outbreak(rules, known, group, now) for group in found)


def _newest(inboxes: Sequence[int], now: datetime) -> list[Post]:
    newest = Message.objects.order_by("-pk").values("pk")[:COMPARED]
    rows = Message.objects.filter(pk__in=newest, outgoing=False, inbox__any_of=inboxes, created_at__gt=now - WINDOW)
    rows = rows.exclude(ticket=None).exclude(profile=None).annotate(start=Left("text", LETTERS_READ)).order_by("pk")
    return [
        Post(pk, profile or 0, _digest(text), text)
        for pk, profile, text in rows.values_list("pk", "profile_id", "start")
    ]


@transaction.atomic
def _outbreak(rules: Rules, known: list[Signal], group: Group, now: datetime) -> bool:
    before = [one for one in known if is_same(one.facts["digest"], group.first.digest)]
    least = max([rules.least_people, *(RAISED * one.facts["people"] for one in before if _was_none(one))])
    if group.people < least or any(now - one.at < SAME for one in before if not _was_none(one)):
        return False
    topic = topic_of(group)
    facts: dict[str, Any] = {
        "people": group.people, "least": least, "digest": list(group.first.digest), "stream": topic,
    }  # fmt: skip
    scope = Scope(topics=frozenset({topic})) if topic else Scope()
    posts = [post.id for post in group.posts[:SHOWN]]
    key = f"outbreak {group.first.id} {least}"
    return raise_signal(Sign(Signal.Kind.OUTBREAK, key, now, facts, scope, posts=posts), now) is not None


def _known(kind: str, now: datetime) -> list[Signal]:
    return list(Signal.objects.filter(kind=kind, at__gte=now - REMEMBERED).order_by("-pk")[:500])


def _was_none(signal: Signal) -> bool:
    return signal.verdict == Signal.Verdict.NONE
