"""Canned responses as their manager shows them: how each text reads, and how long it can become where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from desk.actions.replies.canned_preview import Preview
from desk.inboxes.gateway import UnknownNetwork, network
from desk.replies.models import CannedResponse, Reply
from desk.web.show.composer import KINDS as SEVERITIES
from policies.canned_lengths import Fit
from policies.canned_states import State as CannedState


@dataclass(frozen=True, slots=True)
class Room:
    """A place where a text may go, and how much of it the text can take."""

    where: str
    used: int
    limit: int
    too_long: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One text as a customer might read it; `without` only where that differs."""

    language: str
    where: str
    text: str
    without: str
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One in the list. `state` has a kind of its own for what is active but past its last day."""

    canned: CannedResponse
    state: str  # a class of the state's sign: ok, off, warn
    words: str
    review: bool  # the day of its review has come
    networks: str


def row(canned: CannedResponse, today: date) -> Row:
    """With what a list says of it."""
    expired = canned.expires_on is not None and canned.expires_on < today
    active, suspended = canned.state == CannedState.ACTIVE, canned.state == CannedState.SUSPENDED
    words = _("Past its last day") if active and expired else str(canned.get_state_display())
    return Row(
        canned,
        "late" if suspended else "warn" if active and expired else "ok" if active else "off",
        words,
        canned.review_on is not None and canned.review_on <= today,
        ", ".join(network_name(slug) for slug in canned.networks),
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule has against a text."""

    severity: str
    kind: str
    text: int  # counted from 1
    where: str
    message: str


def objections(preview: Preview) -> list[Said]:
    """The gravest first."""
    return [
        Said(
            str(one.severity),
            str(SEVERITIES[one.severity]),
            one.number + 1,
            _place(one.network, one.visibility),
            one.message,
        )
        for one in preview.objections
    ]


def readings(preview: Preview) -> list[Reading]:
    """Each text with the places that it is for."""
    return [
        Reading(
            sample.language,
            network_name(sample.network) if sample.network else "",
            sample.text,
            sample.without if sample.without != sample.text else "",
            tuple(_rooms(preview.lengths, sample.language, sample.network)),
        )
        for sample in preview.samples
    ]


def network_name(slug: str) -> str:
    """As people call it; the slug where its connector is gone."""
    try:
        return str(network(slug).label)
    except UnknownNetwork:
        return slug


def _rooms(fits: Iterable[Fit], language: str, text_network: str) -> Iterable[Room]:
    for fit in fits:
        if (fit.language, fit.text_network) == (language, text_network):
            yield Room(_place(fit.network, fit.visibility), fit.length.used, fit.length.limit, fit.too_long)


def _place(slug: str, visibility: str) -> str:
    private = visibility == Reply.Visibility.PRIVATE
    words = _("%(network)s, private") if private else _("%(network)s, public")
    return words % {"network": network_name(slug)}
