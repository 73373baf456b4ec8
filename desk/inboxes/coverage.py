"""When inboxes could not see: what every report says beside its figures."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from desk.inboxes.gateway import stream_of
from desk.inboxes.models import CoverageGap


def gaps_between(
    since: datetime,
    until: datetime,
    now: datetime,
    *,
    drill: bool = False,
    inboxes: Iterable[int] | None = None,
    networks: Iterable[str] | None = None,
) -> list[CoverageGap]:
    """Intervals of blindness that overlap a time, the earliest first, each with its inbox. None: of all of them."""
    rows = CoverageGap.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=since), started_at__lt=until, started_at__lte=now, inbox__drill=drill
    )
    if inboxes is not None:
        rows = rows.filter(inbox__in=inboxes)
    if networks is not None:
        rows = rows.filter(inbox__network__in=networks)
    return list(rows.select_related("inbox").defer("inbox__sealed_credentials").order_by("started_at", "id"))


def hides(gap: CoverageGap, *, private: bool) -> bool:
    """Whether messages of this kind could not be seen: a feed of private ones hides nothing that is public."""
    described = stream_of(gap.inbox, gap.stream) if gap.stream else None
    return described is None or described.private is private
