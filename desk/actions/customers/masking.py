"""What customers write, as each colleague may read it: as it is, or with personal data masked. And the look behind it.

Texts are stored as they came and masked as they are shown, so that what a new rulebook or a better search finds is
masked in old messages too. Who may see everything pays nothing for it.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property, lru_cache

import regex
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.tickets.timeline import record
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.rulebooks.active import in_force
from desk.tickets.models import PREVIEW, Message
from desk.tickets.queries import visible_tickets
from policies.facts import ReplyFacts
from policies.hiding import hidden
from policies.personal_data import own_data
from policies.reference_patterns import Patterns

LONGEST_REASON = 200  # characters
COUNTRY = ReplyFacts.country  # of the company, as the rules of a reply read phone numbers
_ACCOUNT = regex.compile(r"(?<![\w.])[@\N{FULLWIDTH COMMERCIAL AT}][\w.]*\w")
_KEPT, _LONGEST_KEPT = 4_096, 2_000  # texts that a process remembers masked, and how long the longest of them is


class Eyes:
    """How one colleague reads. What they wrote themselves is never masked.

    `masked`: everything else is, whatever their role sees: in a mail, and behind a link.
    """

    def __init__(self, reader: User, *, masked: bool = False) -> None:
        self._reader = reader
        self._sees_all = not masked and reader.may(Permission.SEE_PERSONAL_DATA)

    def read(self, text: str, *, by: int | None = None) -> str:
        """The text, written by the colleague of that number where one wrote it."""
        return text if self._sees_all or self._own(by) else self._masked(text, cut=False)

    def start(self, preview: str) -> str:
        """The same for `Ticket.preview`: a number that it cuts in two is masked too."""
        return preview if self._sees_all else self._masked(preview, cut=len(preview) >= PREVIEW)

    def _own(self, by: int | None) -> bool:
        return by is not None and by == self._reader.pk

    def _masked(self, text: str, *, cut: bool) -> str:
        mask: Callable[..., str] = _masked if len(text) <= _LONGEST_KEPT else _masked.__wrapped__
        return mask(text, self._references, tuple(settings.OWN_DETAILS), cut) if text else text

    @cached_property
    def _references(self) -> tuple[Patterns, ...]:
        return reference_patterns()


def reference_patterns() -> tuple[Patterns, ...]:
    """What the company's own references look like, anywhere in it; one query."""
    rule = in_force().rulebook.rules["personal_data.reference"]
    everywhere = (rule.options, *(override.options for override in rule.overrides))
    return tuple(options["patterns"] for options in everywhere if options.get("patterns"))


def for_anybody() -> Callable[[str], str]:
    """How a text reads where it goes to people who work on no ticket: masked, and without the names of accounts.

    One query, however many texts are read.
    """
    references, own = reference_patterns(), tuple(settings.OWN_DETAILS)
    return lambda text: _ACCOUNT.sub("@…", _masked(text, references, own, False)) if text else text


@lru_cache(maxsize=_KEPT)
def _masked(text: str, references: tuple[Patterns, ...], own: tuple[str, ...], cut: bool) -> str:
    return hidden(text, own_data(own, COUNTRY), COUNTRY, references, cut=cut)


def unmask(actor: User, message_id: int, *, reason: str, now: datetime | None = None) -> Message:
    """One message as it reads, for this reader alone. Raises Missing, Invalid, and Conflict where nothing is masked.

    Timeline and audit say who looked and why.
    """
    require(actor, Permission.UNMASK)
    reason = " ".join(reason.replace("\x00", "").split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_("Say why, in 1 to 200 characters."), errors={"reason": [_("1 to 200 characters.")]})
    rows = Message.objects.filter(pk=message_id, ticket__in=visible_tickets(actor)).defer("search")
    message = rows.select_related("ticket", "profile", "sender", "reply").first()
    if message is None or message.ticket is None:
        raise Missing(_("There is no such message."))
    if message.deleted_at is not None:
        require(actor, Permission.SEE_DELETED)
    if actor.may(Permission.SEE_PERSONAL_DATA):
        raise Conflict(_("Nothing in it is masked for you."), code="not_masked")
    with transaction.atomic():
        record(message.ticket, "unmasked", at=now or timezone.now(), actor=actor, message=message.pk, reason=reason)
        audit(actor, "unmasked", message, ticket=message.ticket_id, reason=reason)
    return message
