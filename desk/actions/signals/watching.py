"""The watch: once a minute each stream of counts is read on, by detectors that know what is normal in it.

A stream is read in one transaction: its detectors, how far it was read and the signals that came of it change together.
A worker that is killed has read nothing, and the next one reads the same minutes; no minute is read twice and none is
left out. What is later than its minute counts in the next (`desk.signals.counting`), so what was read never changes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from desk.actions.signals.signal_posts import posts_behind
from desk.actions.signals.signal_raising import Sign, raise_signal
from desk.crises.models import Crisis
from desk.drills.running import running_drill
from desk.inboxes.models import Inbox
from desk.signals.counting import MINUTES_KEPT, add_up, hold
from desk.signals.models import Clock, MentionCount, MinuteCount, Signal, Stream, is_for_drills
from desk.signals.reading import Part, every, part_of
from policies.crisis_scope import Scope
from policies.listening import Finding, Heard, Listener, facts_of, overlap
from policies.signals import Measure
from policies.time_buckets import FIVE, MINUTE, beginning_of

REMEMBERED = timedelta(days=60)  # of the history, when a stream is begun
Times = list[tuple[datetime, datetime | None]]


def watch(now: datetime) -> int:
    """Count what came and read every stream on; how many signals were raised."""
    clock = add_up(now)
    if clock is None:
        return 0
    watch_everything(now)
    due = Stream.objects.filter(Q(read_until=None) | Q(read_until__lt=clock.closed_until), is_on=True, deleted_at=None)
    playing = running_drill()  # between drills their inboxes are silent, and nobody is to hear of that
    due = due.exclude(Q(inbox__drill=True) & ~Q(inbox=playing.inbox_id if playing else None))
    # The narrow ones first: what is told of them need not be told of everything.
    narrow_first = sorted(due.select_related("topic"), key=lambda one: (one.inbox_id is None, one.scope.is_everything))
    raised = sum(listen(one.pk, clock, now) for one in narrow_first)
    follow_crises(now)
    return raised


@transaction.atomic
def watch_everything(now: datetime) -> None:
    """The desk as a whole and each of its inboxes have a stream, which warms up before it alarms."""
    if hold(now) is None:
        return
    rows = [Stream(name=one.name, inbox=one, created_at=now) for one in Inbox.objects.filter(stream=None)]
    if not Stream.objects.filter(inbox=None).exists():
        with translation.override(settings.LANGUAGE_CODE):
            rows.append(Stream(name=_("Everything"), created_at=now))
    Stream.objects.bulk_create(rows)


@transaction.atomic
def listen(stream_id: int, clock: Clock, now: datetime) -> int:
    """Read one stream up to where time is closed; how many signals it raised. 0 where somebody else reads it."""
    rows = Stream.objects.select_for_update(skip_locked=True, of=("self",)).select_related("topic", "inbox")
    stream = rows.filter(pk=stream_id, is_on=True, deleted_at=None).first()
    if stream is None:
        return 0
    part = part_of(stream, list(Inbox.objects.all()))
    listener, since = begin(stream, part, clock)
    crises = times_of_crises(stream.scope, since, drill=is_for_drills(stream))
    findings: list[Finding] = []
    buckets = part.buckets(MinuteCount, since, clock.closed_until)
    for at, said in every(buckets, since, clock.closed_until, MINUTE):
        local = timezone.localtime(at)
        teaches = not within(at, crises)
        findings += listener.hear(local, said.messages, said.negative, said.reach, teaches=teaches)
    if is_for_drills(stream):  # what is usual there was brought and nobody plays it on: its silence means nothing
        findings = [one for one in findings if one.heard is not Heard.SILENCE]
    stream.state, stream.read_until = listener.as_json(), max(since, clock.closed_until)
    stream.save(update_fields=["state", "read_until"])
    return sum(raise_signal(_sign(stream, part, one), now) is not None for one in findings)


def begin(stream: Stream, part: Part, clock: Clock) -> tuple[Listener, datetime]:
    """Its detectors and the first minute that they have not read: as they were kept, or from the history."""
    if stream.state is not None and stream.read_until is not None:
        since = max(stream.read_until, clock.known_since)
        if clock.closed_until - since < MINUTES_KEPT:
            return Listener.restore(stream.state, stream.settings), since
    return from_history(stream, part, clock.closed_until)


def from_history(stream: Stream, part: Part, until: datetime) -> tuple[Listener, datetime]:
    """Detectors that know the last weeks, which alarm nobody any more, and up to where they know them."""
    listener, until = Listener(stream.settings), beginning_of(until, FIVE)
    first = part.begins(until - REMEMBERED)
    if first is not None and first < until:
        crises = times_of_crises(stream.scope, first, drill=is_for_drills(stream))
        for at, said in every(part.buckets(MentionCount, first, until), first, until, FIVE):
            teaches = not within(at, crises)
            listener.hear(timezone.localtime(at), said.messages, said.negative, said.reach, teaches=teaches)
    return listener, until


def times_of_crises(scope: Scope, since: datetime, *, drill: bool = False) -> Times:
    """When something was said of a crisis in this part of what customers say: that is not what is normal."""
    rows = Crisis.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), started_at__isnull=False, drill=drill)
    rows = rows.exclude(state=Crisis.State.DISMISSED)
    return [(one.started_at, one.ended_at) for one in rows if one.started_at and overlap(one.scope, scope)]


def follow_crises(now: datetime) -> None:
    """What was decided about a suspicion holds for the signals behind it, and the detectors learn from it."""
    waiting = (
        Signal.objects.filter(verdict=Signal.Verdict.OPEN)
        .exclude(crisis=None)
        .exclude(crisis__state=Crisis.State.SUSPECTED)
    )
    for signal in waiting.select_related("crisis"):
        if signal.crisis is not None:
            judge_signal(signal, signal.crisis.state != Crisis.State.DISMISSED, now)


@transaction.atomic
def judge_signal(signal: Signal, was_crisis: bool, now: datetime, *, by: int | None = None, reason: str = "") -> bool:
    """Write the verdict down, once; a detector that was wrong is quiet for longer after its next alert."""
    verdict = Signal.Verdict.CRISIS if was_crisis else Signal.Verdict.NONE
    open_one = Signal.objects.filter(pk=signal.pk, verdict=Signal.Verdict.OPEN)
    if not open_one.update(verdict=verdict, judged_at=now, judged_by_id=by, reason=reason):
        return False
    if not was_crisis and signal.stream_id is not None and signal.kind in (Signal.Kind.SURGE, Signal.Kind.BUSY_HOUR):
        stream = Stream.objects.select_for_update().get(pk=signal.stream_id)
        if stream.state is not None:
            listener = Listener.restore(stream.state, stream.settings)
            listener.dismiss(Measure(signal.measure), now)
            stream.state = listener.as_json()
            stream.save(update_fields=["state"])
    return True


def crisis_scope(stream: Stream, part: Part) -> Scope:
    """What a crisis would cover that begins in this stream."""
    if stream.inbox_id is not None or stream.brand:
        return Scope(stream.scope.networks, part.inboxes, stream.scope.languages, stream.scope.topics)
    return stream.scope


def _sign(stream: Stream, part: Part, finding: Finding) -> Sign:
    at = finding.reading.at.astimezone(UTC) + MINUTE
    silent = finding.heard is Heard.SILENCE
    return Sign(
        kind=finding.heard,
        key=f"{stream.pk} {finding.heard} {finding.measure} {at:%Y-%m-%dT%H:%MZ}",
        at=at,
        facts={"stream": stream.name, **facts_of(finding)},
        scope=crisis_scope(stream, part),
        stream=stream,
        measure=finding.measure,
        posts=() if silent else posts_behind(stream, part, finding.measure, at),
    )


def within(at: datetime, times: Sequence[tuple[datetime, datetime | None]]) -> bool:
    return any(began <= at and (ended is None or at < ended) for began, ended in times)
