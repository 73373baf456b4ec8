"""Who was on call at any instant of the past, exactly, as the desk knew it then.

Four things decide who is on call: the rota, who stands in, who is absent, and who works here. Whoever changes one of
them first calls `write_down`: what was so until that moment is written in rows (`people.models.OnCall`), and the change
holds from then on. In between nothing is decided, so the past is worked out when somebody asks.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.common.errors import Invalid
from desk.people.models import Absence, OnCall, Rota, RotaSwap, User
from policies.rota import Away, Swap, Turn, past


@transaction.atomic
def write_down(now: datetime, rota_ids: Collection[int] | None = None) -> None:
    """Keep who was on call up to now, by these rotas or by all. Held until the caller's transaction ends."""
    rows = Rota.objects.filter(deleted_at=None, written_until__lt=now).select_for_update(no_key=True).order_by("pk")
    rotas = list(rows if rota_ids is None else rows.filter(pk__any_of=list(rota_ids)))
    if not rotas:
        return
    since = min(rota.written_until for rota in rotas)
    swaps, aways = _swaps(rotas, since, now), _aways(since, now)
    left = set(User.objects.filter(is_active=False).values_list("pk", flat=True))
    for rota in rotas:
        _keep(rota, past(rota.rule, swaps.get(rota.pk, ()), aways, left, rota.written_until, now))
        Rota.objects.filter(pk=rota.pk).update(written_until=now)


def was_on_call(rota: Rota, at: datetime, now: datetime) -> OnCall:
    """The row that holds an instant of the past. Raises Invalid before the rota was kept, and for what is to come."""
    if not rota.known_since <= at < now:
        said = _("This rota is kept since %(since)s. Choose a time from then until now.")
        words = said % {"since": timezone.localtime(rota.known_since).strftime("%Y-%m-%d %H:%M")}
        raise Invalid(words, errors={"at": [words]})
    return history(rota, now).get(starts_at__lte=at, ends_at__gt=at)


def history(rota: Rota, now: datetime) -> "QuerySet[OnCall]":
    """All of it up to now, the newest first."""
    write_down(now, [rota.pk])
    return OnCall.objects.filter(rota=rota).select_related("user").order_by("-starts_at")


def between(rota_ids: Collection[int], since: datetime, until: datetime, now: datetime) -> list[OnCall]:
    """Who was on call by these rotas between two moments that have been, by rota and in order."""
    if not rota_ids:
        return []
    write_down(now, rota_ids)
    rows = OnCall.objects.filter(rota__any_of=list(rota_ids), ends_at__gt=since, starts_at__lt=until)
    return list(rows.select_related("rota", "user").order_by("rota__name", "rota", "starts_at"))


def turns_between(rota: Rota, since: datetime, until: datetime, now: datetime) -> list[Turn]:
    """The same of one rota, as turns."""
    rows = between([rota.pk], since, until, now)
    return [Turn(row.user_id, row.starts_at, row.ends_at, row.swapped) for row in rows]


def _keep(rota: Rota, turns: Sequence[Turn]) -> None:
    last = OnCall.objects.filter(rota=rota, ends_at=rota.written_until).order_by("-starts_at").first()
    first = turns[0]
    if last is not None and (last.user_id, last.swapped) == (first.person, first.swapped):
        OnCall.objects.filter(pk=last.pk).update(ends_at=first.end)
        turns = turns[1:]
    OnCall.objects.bulk_create(
        OnCall(rota=rota, user_id=turn.person, swapped=turn.swapped, starts_at=turn.start, ends_at=turn.end)
        for turn in turns
        if turn.start is not None and turn.end is not None  # of the past, each has both
    )


def _swaps(rotas: Sequence[Rota], since: datetime, until: datetime) -> dict[int, list[Swap]]:
    found: dict[int, list[Swap]] = {}
    rows = RotaSwap.objects.filter(rota__in=rotas, ends_at__gt=since, starts_at__lt=until).order_by("starts_at")
    for row in rows:
        found.setdefault(row.rota_id, []).append(Swap(row.starts_at, row.ends_at, row.user_id))
    return found


def _aways(since: datetime, until: datetime) -> list[Away]:
    running = Q(ends_at=None) | Q(ends_at__gt=since)
    rows = Absence.objects.filter(running, starts_at__lt=until).order_by("pk")
    return [Away(row.user_id, row.starts_at, row.ends_at) for row in rows]
