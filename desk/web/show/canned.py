"""Canned responses as their manager shows them: how each text reads, and how long it can become where."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from desk.actions.canned_preview import Preview
from desk.inboxes.gateway import UnknownNetwork, network
from desk.replies.models import Reply
from policies.canned_lengths import Fit


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
    """As people call it."""
    try:
        return str(network(slug).label)
    except UnknownNetwork:
        return slug


def _rooms(fits: Iterable[Fit], language: str, text_network: str) -> Iterable[Room]:
    for fit in fits:
        if (fit.language, fit.text_network) == (language, text_network):
            private = fit.visibility == Reply.Visibility.PRIVATE
            words = _("%(network)s, private") if private else _("%(network)s, public")
            name = network_name(fit.network)
            yield Room(words % {"network": name}, fit.length.used, fit.length.limit, fit.too_long)
