"""A thread with its branches: who answers whom, in the order in which one reads it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from desk.actions.customers.masking import Eyes
from desk.tickets.models import Message, Ticket
from desk.web.show import numbers, text, times
from desk.web.show.rows import STATE_WORDS
from policies.ticket_states import State

DEEPEST = 4  # steps to the right; what lies deeper says whom it answers
LONGEST_QUOTE = 80  # characters


@dataclass(frozen=True, slots=True)
class Branch:
    """One message where it stands in the thread."""

    pk: int
    depth: int
    name: str
    verified: bool
    reach: str
    when: str
    at: datetime
    ours: bool
    here: bool  # of the ticket from which one looks
    ticket: int | None  # that it belongs to; None: nobody has to do anything about it
    state: str
    language: str
    body: SafeString
    gone: bool
    answers: str  # whom and what, where that does not stand right above
    quotes: "Original | None"


@dataclass(frozen=True, slots=True)
class Original:
    """What a message quotes or shares."""

    name: str
    when: str
    words: SafeString
    language: str
    url: str


def branches(
    messages: Sequence[Message],
    parents: Mapping[str, Message],
    originals: Mapping[str, Message],
    ticket: Ticket,
    eyes: Eyes,
    now: datetime,
) -> list[Branch]:
    """Each message below the one that it answers, where that is on the page too; otherwise it says which."""
    return [
        _branch(message, depth, above, parents, originals, ticket, eyes, now)
        for message, depth, above in _in_branches(messages)
    ]


def _in_branches(messages: Sequence[Message]) -> Iterator[tuple[Message, int, Message | None]]:
    """With how deep it lies, and what stands right above it. No recursion: networks nest deep."""
    here = {one.external_id for one in messages}
    below: dict[str, list[Message]] = {}
    tops: list[Message] = []
    for one in messages:
        if one.parent_id in here and one.parent_id != one.external_id:
            below.setdefault(one.parent_id, []).append(one)
        else:
            tops.append(one)
    shown: set[int] = set()
    last: Message | None = None
    waiting = [(one, 0) for one in reversed(tops)]
    rest = iter(messages)  # two that answer each other hang below nothing
    while True:
        while waiting:
            message, depth = waiting.pop()
            if message.pk in shown:
                continue
            shown.add(message.pk)
            yield message, depth, last
            last = message
            waiting += [(one, depth + 1) for one in reversed(below.get(message.external_id, ()))]
        left = next((one for one in rest if one.pk not in shown), None)
        if left is None:
            return
        waiting.append((left, 0))


def _branch(
    message: Message,
    depth: int,
    above: Message | None,
    parents: Mapping[str, Message],
    originals: Mapping[str, Message],
    ticket: Ticket,
    eyes: Eyes,
    now: datetime,
) -> Branch:
    profile, gone = message.profile, message.deleted_at is not None or message.erased_at is not None
    parent = parents.get(message.parent_id)
    away = parent is not above and (depth == 0 or depth > DEEPEST)  # it can't be seen from where it stands
    original = originals.get(message.quotes) if message.quotes and not gone else None
    return Branch(
        pk=message.pk,
        depth=min(depth, DEEPEST),
        name=name_of(message, ticket),
        verified=profile is not None and profile.verified,
        reach=numbers.reach(profile.followers) if profile is not None else "",
        when=times.exact(message.created_at, now),
        at=message.created_at,
        ours=message.outgoing,
        here=message.ticket_id == ticket.pk,
        ticket=message.ticket_id,
        state=str(STATE_WORDS[State(message.ticket.state)]) if message.ticket is not None else "",
        language=message.language,
        body=SafeString() if gone else text.said(eyes.read(message.text, by=message.sender_id)),
        gone=gone,
        answers=_answers(parent, ticket, eyes) if parent is not None and away else "",
        quotes=original_of(original, ticket, eyes, now) if original is not None else None,
    )


def name_of(message: Message, ticket: Ticket) -> str:
    if message.profile is not None:
        return text.name(message.profile.name, message.profile.handle, message.profile.external_id)
    return text.name(ticket.inbox.name) if message.outgoing else _("Unknown")


def original_of(message: Message, ticket: Ticket, eyes: Eyes, now: datetime) -> Original:
    """What is quoted, or that it is gone."""
    gone = message.deleted_at is not None or message.erased_at is not None
    words = text.line(_("deleted")) if gone else text.said(eyes.read(message.text, by=message.sender_id))
    url = message.url if message.url.startswith(("https://", "http://")) else ""
    return Original(name_of(message, ticket), times.exact(message.created_at, now), words, message.language, url)


def _answers(parent: Message, ticket: Ticket, eyes: Eyes) -> str:
    gone = parent.deleted_at is not None or parent.erased_at is not None
    said = _("deleted") if gone else Truncator(" ".join(eyes.read(parent.text).split())).chars(LONGEST_QUOTE)
    return _("answers %(name)s: %(words)s") % {"name": name_of(parent, ticket), "words": said}
