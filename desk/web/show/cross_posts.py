"""The same words of the same person on other networks, above the conversation: so that two do not answer twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.text import Truncator

from desk.actions.customers.masking import Eyes
from desk.actions.intake.cross_posts import CrossPost
from desk.web.show import text, times
from desk.web.show.rows import STATE_WORDS
from desk.web.show.tiles import Tile, tile
from policies.ticket_states import State

LONGEST = 140  # characters of what was said there


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One of them."""

    pk: int  # of its ticket
    tile: Tile
    when: str
    words: SafeString
    language: str
    state: str
    holder: str  # "": nobody


def elsewhere(found: Iterable[CrossPost], eyes: Eyes, now: datetime) -> list[Elsewhere]:
    return [_one(one, eyes, now) for one in found]


def _one(one: CrossPost, eyes: Eyes, now: datetime) -> Elsewhere:
    ticket, said = one.ticket, one.said
    return Elsewhere(
        pk=ticket.pk,
        tile=tile(ticket.inbox.network),
        when=times.exact(said.created_at, now),
        words=text.line(Truncator(" ".join(eyes.read(said.text).split())).chars(LONGEST)),
        language=said.language,
        state=str(STATE_WORDS[State(ticket.state)]),
        holder=ticket.assignee.name if ticket.assignee else "",
    )
