"""The link that lets one person into one question: signed, so that nobody makes one up, and kept, so that it can end.

Whoever holds it speaks for that person on that question and sees nothing else. It ends when its time is over, when the
question goes on to somebody else or is withdrawn, when the person leaves, and when the customer is erased.
"""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from desk.common.errors import Missing
from desk.people import links
from desk.people.models import User
from desk.questions.models import Link, Question

_SALT = "desk.questions.link"


def grant(question: Question, user: User, now: datetime) -> Link:
    """This person's link to this question; one that lives is given longer."""
    return links.granted(Link, user, now, question=question)


def revoke(question: Question, now: datetime, *, user: User | None = None) -> int:
    """Nobody gets in by the links of a question any more, or of one person; how many ended."""
    rows = question.links.filter(revoked_at=None)
    return (rows if user is None else rows.filter(user=user)).update(revoked_at=now)


def revoke_of_tickets(ticket_ids: Collection[int], now: datetime) -> None:
    """Nobody gets in any more: what was written on these tickets is erased."""
    Link.objects.filter(question__ticket__in=ticket_ids, revoked_at=None).update(revoked_at=now)


def live(now: datetime) -> "QuerySet[Link]":
    """Links that let somebody in at this moment."""
    return links.live(Link, now)


def address_of(link_id: int) -> str:
    """Where it leads, for whoever it was given to."""
    return f"{settings.WEB_URL}/asked/{token_of(link_id)}/"


def token_of(link_id: int) -> str:
    """What stands in the address, and in the address to which a mail is answered."""
    return links.token(_SALT, link_id)


def link_of(token: str, now: datetime) -> Link:
    """The live link of a token, with its question and its person. Raises Missing, always with the same words."""
    rows = live(now).select_related("user", "question__asked_by", "question__ticket__inbox", "question__holder")
    found = rows.filter(pk=links.number_in(_SALT, token)).first()
    if found is None:
        raise Missing(_("This link is damaged, or its time is over. Ask the colleague who sent it."))
    return found
