"""What stands beside the words of a message, in the ticket and in the whole thread alike."""

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _

from desk.people.models import User
from desk.tickets.doubts import DOUBTS
from desk.tickets.models import Message
from desk.web.show import numbers, stars, text


def spoken_by(reader: User) -> frozenset[str]:
    """The languages that need no name for them."""
    return frozenset({reader.language, *reader.languages})


def tongue(message: Message, spoken: Collection[str]) -> str:
    """A customer's language in words, where its reader does not say to speak it."""
    if message.outgoing or not message.language or message.language in spoken:
        return ""
    return text.language(message.language)


def reactions(message: Message) -> Sequence[tuple[str, str]]:
    """Emoji, and how many as words; the most frequent first."""
    counts: Mapping[str, int] = message.reaction_counts or {}
    return [(emoji, numbers.reach(count)) for emoji, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]


def marks(message: Message) -> list[str]:
    """What is to be known of it at a glance: who may have written it, and what we did to it."""
    found = [str(DOUBTS[message.doubt][0])] if message.doubt in DOUBTS else []
    found += [_("liked by us")] if message.liked else []
    if message.outgoing and (stands := stars.publication(message)):
        found.append(stands)
    return [*found, _("hidden on the network")] if message.hidden else found
