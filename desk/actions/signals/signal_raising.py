"""A signal is raised: written down with what explains it, seen as a suspected crisis or as part of one, and told.

All in the caller's transaction, so that what was read and what came of it stand together or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation

from desk.actions.alerts.recipients import on_duty_of
from desk.actions.crises.crisis_moves import as_told, tell
from desk.alerts.notices import Notice, notify
from desk.common.live import publish
from desk.crises import log
from desk.crises.models import Crisis
from desk.drills.running import keep_crisis, running_drill
from desk.people.models import audit
from desk.people.permissions import Role
from desk.signals import words
from desk.signals.models import Signal, Stream, is_for_drills
from policies.crisis_scope import Scope
from policies.listening import overlap

SAME_SUSPICION = timedelta(hours=20)  # what is suspected for longer is another matter
TOLD_ALREADY = timedelta(hours=1)  # of a suspicion that is as young, nobody is told twice
LONGEST_NAME = 120  # characters
WHO_LEADS = (Role.COMMS, Role.ADMINISTRATOR)
WHO_CONNECTS = (Role.ADMINISTRATOR, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Sign:
    """What there is to tell. `key` names it: the same is never raised twice."""

    kind: str
    key: str
    at: datetime
    facts: Mapping[str, Any]
    scope: Scope
    stream: Stream | None = None
    measure: str = Signal.Measure.MESSAGES.value
    posts: Sequence[int] = field(default=())


def raise_signal(sign: Sign, now: datetime) -> Signal | None:
    """None where it is there already."""
    signal, is_new = Signal.objects.get_or_create(
        key=sign.key,
        defaults={
            "stream": sign.stream,
            "kind": sign.kind,
            "measure": sign.measure,
            "at": sign.at,
            "raised_at": now,
            "facts": dict(sign.facts),
            "scope_form": sign.scope.as_json(),
            "posts": list(sign.posts),
        },
    )
    if not is_new:
        return None
    if signal.kind == Signal.Kind.SILENCE:
        _tell(signal, "silence", WHO_CONNECTS, now)
    else:
        _see_as_crisis(signal, now)
    publish("signal", {"id": signal.pk, "kind": signal.kind, "crisis": signal.crisis_id})
    return signal


def _see_as_crisis(signal: Signal, now: datetime) -> None:
    """Part of what is known already, or a new suspicion."""
    crisis = _known(signal, now)
    if crisis is None:
        signal.crisis = suspect(signal, now)
        told_before = False
    else:
        signal.crisis = crisis
        tell(crisis, "signal", actor=None, now=now, text=_in_own_language(signal), signal=signal.pk)
        told_before = now - crisis.created_at < TOLD_ALREADY
    if crisis is not None and crisis.state == Crisis.State.ACTIVE:
        signal.verdict, signal.judged_at = Signal.Verdict.CRISIS, now
    signal.save(update_fields=["crisis", "verdict", "judged_at"])
    if not told_before:
        _tell(signal, "signal", WHO_LEADS, now)


def _known(signal: Signal, now: datetime) -> Crisis | None:
    """One that is led already, or suspected lately, and could be the same."""
    scope = Scope.from_json(signal.scope_form)
    led = Crisis.objects.filter(state__in=(Crisis.State.ACTIVE, Crisis.State.SUSPECTED))
    rows = led.filter(drill=is_for_drills(signal.stream)).order_by("state", "-pk")
    for crisis in rows:
        lately = crisis.state == Crisis.State.ACTIVE or now - crisis.created_at < SAME_SUSPICION
        if lately and overlap(crisis.scope, scope):
            return crisis
    return None


def suspect(signal: Signal, now: datetime) -> Crisis:
    """A crisis at level 0 on the desk's own word: it has no effect until somebody starts it."""
    reason = _in_own_language(signal)
    with translation.override(settings.LANGUAGE_CODE):
        name = words.title(signal)[:LONGEST_NAME]
    crisis = Crisis.objects.create(
        name=name, reason=reason, state=Crisis.State.SUSPECTED, scope_form=signal.scope_form, created_at=now,
        drill=is_for_drills(signal.stream),
    )  # fmt: skip
    if crisis.drill and (drill := running_drill()) is not None:
        keep_crisis(drill, crisis)
    told = {"name": name, "level": 0, "scope": crisis.scope_form, "signal": signal.pk}
    log.write(crisis, "suspected", at=now, actor=None, text=reason, **told)
    audit(None, "crisis_suspected", crisis, text=reason, **told)
    publish("crisis", as_told(crisis, now))
    return crisis


def _tell(signal: Signal, kind: str, roles: Sequence[str], now: datetime) -> None:
    inbox = signal.stream.inbox_id if signal.stream is not None else None
    params = {"signal": signal.pk, "kind": signal.kind, "measure": signal.measure, "facts": signal.facts}
    params |= {"drill": True} if is_for_drills(signal.stream) else {}
    notify((Notice(person, kind, inbox_id=inbox, params=params) for person in on_duty_of(roles, now)), now)


def _in_own_language(signal: Signal) -> str:
    """What is kept with the crisis is written in the desk's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return words.sentence(signal)
