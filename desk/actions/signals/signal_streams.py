"""The streams that are watched: which part of what customers say, and how soon to tell of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_scope import read_scope
from desk.common.errors import Conflict, Invalid, Missing
from desk.inboxes.models import Inbox
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.signals.models import Stream, Topic
from desk.tickets.models import Message
from policies.crisis_scope import Scope
from policies.signals import Sensitivity

LONGEST_NAME = 80  # characters
MOST_STREAMS = 200
HIGHEST = 1_000_000.0  # of floor
HIGHEST_REACH = 1_000_000_000.0  # followers
LONGEST_COOLDOWN = 24.0 * 30  # hours
_SETTINGS = ("name", "sensitivity", "floor", "reach_floor", "cooldown_hours", "is_on")


@dataclass(frozen=True, slots=True)
class Wish:
    """A stream as it is asked for. None: as it is, or as usual."""

    name: str | None = None
    scope: Mapping[str, Any] | None = None
    brand: str | None = None
    sensitivity: str | None = None
    floor: float | None = None
    reach_floor: float | None = None
    cooldown_hours: float | None = None
    is_on: bool | None = None


def create(actor: User, wish: Wish, *, now: datetime | None = None) -> Stream:
    """A stream from now on; it knows what was normal from the history. Raises Invalid, Conflict."""
    require(actor, Permission.MANAGE_CRISES)
    now = now or timezone.now()
    with transaction.atomic():
        if Stream.objects.filter(deleted_at=None).count() >= MOST_STREAMS:
            raise Conflict(_("There are %(count)d streams already. Delete one first.") % {"count": MOST_STREAMS})
        stream = Stream(created_at=now)
        _fill(stream, Wish(**{**_as_dict(wish), "name": wish.name or "", "scope": wish.scope or {}}), now)
        stream.save()
        audit(actor, "signal_stream_created", stream, **_told(stream))
    return stream


def change(actor: User, stream_id: int, wish: Wish, *, now: datetime | None = None) -> Stream:
    """Another scope is learned from the history anew; other settings hold from the next minute on.

    Raises Invalid, Missing.
    """
    require(actor, Permission.MANAGE_CRISES)
    now = now or timezone.now()
    with transaction.atomic():
        stream = known_stream(stream_id, lock=True)
        before = _told(stream)
        if stream.inbox_id is not None and (wish.scope is not None or wish.brand):
            problem = _("The stream of an inbox is that inbox. Make another stream for another scope.")
            raise Invalid(problem, errors={"scope": [problem]})
        was_on = stream.is_on
        _fill(stream, wish, now)
        after = _told(stream)
        if (before["scope"], before["brand"]) != (after["scope"], after["brand"]) or (stream.is_on and not was_on):
            stream.state = stream.read_until = None
        stream.save()
        changed = {name: value for name, value in after.items() if before[name] != value}
        if changed:
            audit(
                actor,
                "signal_stream_changed",
                stream,
                name=stream.name,
                **{k: v for k, v in changed.items() if k != "name"},
            )
    return stream


def delete(actor: User, stream_id: int, *, now: datetime | None = None) -> None:
    """Nobody watches it any more; its signals stay. Raises Missing, Conflict for the stream of an inbox."""
    require(actor, Permission.MANAGE_CRISES)
    with transaction.atomic():
        stream = known_stream(stream_id, lock=True)
        if stream.inbox_id is not None:
            raise Conflict(_("The stream of an inbox can be switched off, but not deleted."))
        Stream.objects.filter(pk=stream.pk).update(deleted_at=now or timezone.now(), is_on=False, state=None)
        audit(actor, "signal_stream_deleted", stream, name=stream.name)


def known_stream(stream_id: int, *, lock: bool = False) -> Stream:
    """Raises Missing."""
    rows = Stream.objects.select_for_update(of=("self",)) if lock else Stream.objects.all()
    stream = rows.select_related("inbox", "topic").filter(pk=stream_id, deleted_at=None).first()
    if stream is None:
        raise Missing(_("There is no such stream."))
    return stream


def read_part(scope: Mapping[str, Any] | None, brand: str) -> tuple[Scope, str]:
    """A scope that can be counted, and a brand that there is. Raises Invalid."""
    read = read_scope(scope)
    if len(read.topics) > 1:
        problem = _("A stream counts one topic: make a stream for each.")
        raise Invalid(problem, errors={"topics": [problem]})
    if read.brands or read.tiers:  # the stream has a brand of its own, and who writes is not counted
        problem = _("A stream is counted by network, inbox, language, topic and brand.")
        raise Invalid(problem, errors={"scope": [problem]})
    brand = brand.strip()
    if brand and not Inbox.objects.filter(brand=brand).exists():
        problem = _("No inbox has this brand.")
        raise Invalid(problem, errors={"brand": [problem]})
    return read, brand


def _fill(stream: Stream, wish: Wish, now: datetime) -> None:
    errors: dict[str, list[str]] = {}
    if wish.name is not None:
        stream.name = " ".join(wish.name.split())
        if not stream.name or len(stream.name) > LONGEST_NAME or "\x00" in stream.name:
            errors["name"] = [_("Give a name of 1 to %(count)d characters.") % {"count": LONGEST_NAME}]
    if wish.sensitivity is not None:
        if wish.sensitivity not in list(Sensitivity):
            errors["sensitivity"] = [_("Choose sensitive, balanced or strict.")]
        stream.sensitivity = wish.sensitivity
    limits = (("floor", HIGHEST), ("reach_floor", HIGHEST_REACH), ("cooldown_hours", LONGEST_COOLDOWN))
    for name, most in limits:
        value = getattr(wish, name)
        if value is not None:
            if not (isfinite(value) and 0 <= value <= most):
                errors[name] = [_("Give a number from 0 to %(most)d.") % {"most": most}]
            setattr(stream, name, value)
    if errors:
        said = _("Some values can't be used: %(names)s.") % {"names": ", ".join(errors)}
        raise Invalid(said, errors=errors)
    if wish.is_on is not None:
        stream.is_on = wish.is_on
    if wish.scope is not None or wish.brand is not None:
        form = stream.scope_form if wish.scope is None else wish.scope
        scope, stream.brand = read_part(form, stream.brand if wish.brand is None else wish.brand)
        stream.scope_form = scope.as_json()
        stream.topic = _topic(next(iter(scope.topics), ""), now)


def _topic(words: str, now: datetime) -> Topic | None:
    if not words:
        return None
    newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first()
    topic, _is_new = Topic.objects.get_or_create(words=words, defaults={"created_at": now, "counts_back_from": newest})
    return topic


def _as_dict(wish: Wish) -> dict[str, Any]:
    return {name: getattr(wish, name) for name in Wish.__slots__}


def _told(stream: Stream) -> dict[str, Any]:
    """What the audit trail tells of a stream."""
    return {"scope": stream.scope_form, "brand": stream.brand, **{name: getattr(stream, name) for name in _SETTINGS}}
