"""The link that lets one person into one question: signed, so that nobody makes one up, and kept, so that it can end.

Whoever holds it speaks for that person on that question and sees nothing else. It ends when its time is over, when the
question goes on to somebody else or is withdrawn, when the person leaves, and when the customer is erased.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from desk.common.errors import Missing
from desk.people.models import User
from desk.questions.models import Link, Question

LASTS = timedelta(days=14)


def grant(question: Question, user: User, now: datetime) -> Link:
    """This person's link to this question; one that lives is given longer."""
    link, made = Link.objects.get_or_create(
        question=question, user=user, revoked_at=None, defaults={"created_at": now, "expires_at": now + LASTS}
    )
    if not made:
        Link.objects.filter(pk=link.pk).update(expires_at=now + LASTS)
        link.expires_at = now + LASTS
    return link


def revoke(question: Question, now: datetime, *, user: User | None = None) -> int:
    """Nobody gets in by the links of a question any more, or of one person; how many ended."""
    rows = question.links.filter(revoked_at=None)
    return (rows if user is None else rows.filter(user=user)).update(revoked_at=now)


def revoke_of_tickets(ticket_ids: Collection[int], now: datetime) -> None:
    """Nobody gets in any more: what was written on these tickets is erased."""
    Link.objects.filter(question__ticket__in=ticket_ids, revoked_at=None).update(revoked_at=now)


def live(now: datetime) -> "QuerySet[Link]":
    """Links that let somebody in at this moment."""
    return Link.objects.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


def address_of(link_id: int) -> str:
    """Where it leads, for whoever it was given to."""
    return f"{settings.WEB_URL}/asked/{token_of(link_id)}/"


def token_of(link_id: int) -> str:
    """What stands in the address, and in the address to which a mail is answered."""
    return _signer().sign(str(link_id))


def link_of(token: str, now: datetime) -> Link:
    """The live link of a token, with its question and its person. Raises Missing, always with the same words."""
    try:
        number = int(_signer().unsign(token))
    except (BadSignature, ValueError):
        number = 0
    rows = live(now).select_related("user", "question__asked_by", "question__ticket__inbox", "question__holder")
    found = rows.filter(pk=number).first()
    if found is None:
        raise Missing(_("This link is damaged, or its time is over. Ask the colleague who sent it."))
    return found


def _signer() -> Signer:
    return Signer(salt="desk.questions.link", sep=".")  # which every telephone takes for a part of the address
