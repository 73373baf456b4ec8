"""What was said in a stream, bucket by bucket, as its counts tell."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Min, Q, QuerySet, Sum

from desk.inboxes.gateway import ItemKind
from desk.inboxes.models import Inbox
from desk.signals.models import Counted, MentionCount, Stream
from policies.crisis_scope import Scope

# What customers say to us, and what a saved search found said about us. The latter opens no ticket and starts no clock,
# but is as good a sign that something is going on.
SAID = Q(outgoing=False) & (Q(ticket__isnull=False) | Q(kind=ItemKind.FOUND))
# The watch does not hear people of whom nobody wants to hear: ingest counts them neither.
HEARD = SAID & Q(profile__spam_at=None, profile__customer__muted_at=None)


@dataclass(frozen=True, slots=True)
class Bucket:
    messages: int = 0
    negative: int = 0
    reach: int = 0


EMPTY = Bucket()


@dataclass(frozen=True, slots=True)
class Part:
    """Of what customers say: the inboxes, languages (none: all of them) and topic that a stream asks for."""

    inboxes: frozenset[int]
    languages: frozenset[str]
    topic: int | None = None

    @property
    def name(self) -> str:
        """The same for the same part, for a cache."""
        asked = (sorted(self.inboxes), sorted(self.languages), self.topic)
        return sha256(repr(asked).encode()).hexdigest()[:32]

    def rows(self, model: type[Counted]) -> "QuerySet[Counted]":
        found = model._default_manager.filter(topic=self.topic, inbox__any_of=self.inboxes)
        return found.filter(language__in=self.languages) if self.languages else found

    def buckets(self, model: type[Counted], since: datetime, until: datetime) -> dict[datetime, Bucket]:
        """Those in which something was said, from `since` up to `until`. One query."""
        rows = self.rows(model).filter(at__gte=since, at__lt=until).values("at")
        sums = rows.annotate(said=Sum("messages"), bad=Sum("negative"), heard=Sum("reach"))
        return {at: Bucket(said, bad, heard) for at, said, bad, heard in sums.values_list("at", "said", "bad", "heard")}

    def begins(self, since: datetime) -> datetime | None:
        """The first bucket of the history that there is, from `since` on."""
        first: datetime | None = self.rows(MentionCount).filter(at__gte=since).aggregate(first=Min("at"))["first"]
        return first


def part_of(stream: Stream, inboxes: Collection[Inbox]) -> Part:
    """`inboxes`: all that there are. One of its own is asked for by name; the others are those that its scope means."""
    scope = stream.scope
    ids = {stream.inbox_id} if stream.inbox_id is not None else inboxes_of(scope, stream.brand, inboxes)
    return Part(frozenset(ids), scope.languages, stream.topic_id)


def inboxes_of(scope: Scope, brand: str, inboxes: Collection[Inbox]) -> set[int]:
    """The real ones: what is said in a drill is heard by the stream of its own inbox alone."""
    return {
        one.pk
        for one in inboxes
        if not one.drill
        and (not scope.networks or one.network in scope.networks)
        and (not scope.inboxes or one.pk in scope.inboxes)
        and (not brand or one.brand == brand)
    }


def every(
    buckets: Mapping[datetime, Bucket], since: datetime, until: datetime, step: timedelta
) -> Iterator[tuple[datetime, Bucket]]:
    """Each bucket from `since` up to `until`, also those in which nothing was said."""
    at = since
    while at < until:
        yield at, buckets.get(at, EMPTY)
        at += step
