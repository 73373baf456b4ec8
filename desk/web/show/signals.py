"""Signals in words: what was told, why, and what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.customers.masking import Eyes
from desk.signals import words
from desk.signals.models import Signal
from desk.signals.reading import SAID
from desk.tickets.models import Message
from desk.web.show import text, times
from desk.web.show.tiles import Tile, tile
from policies.signals import Sensitivity

SENSITIVITY_WORDS = {
    Sensitivity.SENSITIVE: gettext_lazy("Sensitive"),
    Sensitivity.BALANCED: gettext_lazy("Balanced"),
    Sensitivity.STRICT: gettext_lazy("Strict"),
}
SHOWN_OF_A_POST = 220  # characters


@dataclass(frozen=True, slots=True)
class Line:
    """One signal. `parts`: what was counted, what was expected, why it is told."""

    id: int
    title: str
    parts: Sequence[str]
    at: datetime
    when: str
    verdict: str
    open: bool
    silent: bool
    crisis: int | None
    crisis_name: str


@dataclass(frozen=True, slots=True)
class PostShown:
    ticket: int
    tile: Tile
    name: str
    reach: int
    hour: str
    text: str
    language: str


def line(signal: Signal, now: datetime) -> Line:
    """Needs the crisis and who judged it at hand."""
    return Line(
        signal.pk,
        words.title(signal),
        list(words.parts(signal)),
        signal.at,
        times.exact(signal.at, now),
        _verdict(signal),
        signal.verdict == Signal.Verdict.OPEN,
        signal.kind == Signal.Kind.SILENCE,
        signal.crisis_id,
        signal.crisis.name if signal.crisis else "",
    )


def posts(numbers: Iterable[int], now: datetime, eyes: Eyes) -> list[PostShown]:
    """What customers wrote, as this reader may see it, those with the greatest reach first. One query."""
    rows = Message.objects.filter(pk__any_of=list(numbers), deleted_at=None).filter(SAID)
    rows = rows.select_related("inbox", "profile").order_by(F("profile__followers").desc(nulls_last=True), "-pk")
    return [
        PostShown(
            one.ticket_id or 0,
            tile(one.inbox.network, private=one.private),
            text.name(one.profile.name, one.profile.handle) if one.profile else "",
            (one.profile.followers or 0) if one.profile else 0,
            times.exact(one.created_at, now),
            Truncator(eyes.start(one.text)).chars(SHOWN_OF_A_POST),
            one.language,
        )
        for one in rows
    ]


def _verdict(signal: Signal) -> str:
    if signal.verdict == Signal.Verdict.OPEN:
        return ""
    said = str(signal.get_verdict_display())
    if signal.judged_by is not None:
        said = _("%(verdict)s, says %(name)s") % {"verdict": said, "name": signal.judged_by.name}
    return f"{said}: {signal.reason}" if signal.reason else said
