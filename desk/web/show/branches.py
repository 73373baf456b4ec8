"""A thread with its branches: who answers whom, in the order in which one reads it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from desk.actions.customers.masking import Eyes
from desk.people.models import User
from desk.tickets.models import Attachment, Message, Ticket
from desk.tickets.threads import has_files
from desk.web.show import numbers, text, times
from desk.web.show.beside import marks, reactions, spoken_by, tongue
from desk.web.show.rows import STATE_WORDS
from desk.web.show.wordings import edited, readable
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
    edited: str
    tongue: str  # its language, where its reader does not say to speak it
    marks: Sequence[str]
    reactions: Sequence[tuple[str, str]]
    files: Sequence[Attachment]


@dataclass(frozen=True, slots=True)
class Original:
    """What a message quotes or shares. Without a name where the network did not show it to us."""

    words: SafeString
    name: str = ""
    verified: bool = False
    reach: str = ""
    when: str = ""
    language: str = ""
    url: str = ""
    files: Sequence[Attachment] = ()


def branches(
    messages: Sequence[Message],
    parents: Mapping[str, Message],
    originals: Mapping[str, Message],
    ticket: Ticket,
    reader: User,
    now: datetime,
) -> list[Branch]:
    """Each message below the one that it answers, where that is on the page too; otherwise it says which."""
    eyes, spoken = Eyes(reader), spoken_by(reader)
    return [
        _branch(message, depth, above, parents, originals, ticket, eyes, spoken, now)
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
    spoken: frozenset[str],
    now: datetime,
) -> Branch:
    profile, gone = message.profile, message.deleted_at is not None or message.erased_at is not None
    parent = parents.get(message.parent_id)
    away = parent is not above and (depth == 0 or depth > DEEPEST)  # it can't be seen from where it stands
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
        quotes=None if gone else quoted_by(message, originals, ticket, eyes, now),
        edited=edited(message, (), now),
        tongue=tongue(message, spoken),
        marks=marks(message),
        reactions=() if gone else reactions(message),
        files=() if gone else readable(message.attachments.all(), eyes),
    )


def name_of(message: Message, ticket: Ticket) -> str:
    if message.profile is not None:
        return text.name(message.profile.name, message.profile.handle, message.profile.external_id)
    return text.name(ticket.inbox.name) if message.outgoing else _("Unknown")


def quoted_by(
    message: Message, originals: Mapping[str, Message], ticket: Ticket, eyes: Eyes, now: datetime
) -> Original | None:
    """What a message quotes, that it is gone, or that the network did not show it; None where it quotes nothing."""
    if not message.quotes:
        return None
    original = originals.get(message.quotes)
    if original is None:
        return Original(text.line(_("It quotes a post that the network did not show us.")))
    gone = original.deleted_at is not None or original.erased_at is not None
    profile = original.profile
    return Original(
        words=text.line(_("deleted")) if gone else text.said(eyes.read(original.text, by=original.sender_id)),
        name=name_of(original, ticket),
        verified=profile is not None and profile.verified,
        reach=numbers.reach(profile.followers) if profile is not None else "",
        when=times.exact(original.created_at, now),
        language=original.language,
        url=original.url if original.url.startswith(("https://", "http://")) else "",
        files=readable(original.attachments.all(), eyes) if has_files(original) and not gone else (),
    )


def _answers(parent: Message, ticket: Ticket, eyes: Eyes) -> str:
    gone = parent.deleted_at is not None or parent.erased_at is not None
    said = _("deleted") if gone else Truncator(" ".join(eyes.read(parent.text).split())).chars(LONGEST_QUOTE)
    return _("answers %(name)s: %(words)s") % {"name": name_of(parent, ticket), "words": said}
