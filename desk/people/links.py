"""Links that let one person in somewhere without signing in: signed, so that nobody makes one up, and kept, so that one
can end before its time. Whoever gives them out has a table of `PersonalLink` and a salt of its own.
"""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import QuerySet

from desk.people.models import User

LASTS = timedelta(days=14)


class PersonalLink(models.Model):
    """One person's way in. It ends when its time is over, when it is revoked, and when the person leaves."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=PersonalLink)


def granted(rows: type[Row], user: User, now: datetime, **about: Any) -> Row:
    """This person's link to something; one that lives is given longer."""
    expires_at = now + LASTS
    link, made = rows._default_manager.get_or_create(
        **about, user=user, revoked_at=None, defaults={"created_at": now, "expires_at": expires_at}
    )
    if not made:
        rows._default_manager.filter(pk=link.pk).update(expires_at=expires_at)
        link.expires_at = expires_at
    return link


def live(rows: type[Row], now: datetime) -> "QuerySet[Row]":
    """Those that let somebody in at this moment."""
    return rows._default_manager.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


def token(salt: str, link_id: int) -> str:
    """What stands in the address."""
    return _signer(salt).sign(str(link_id))


def number_in(salt: str, signed: str) -> int:
    """The number of the link that a token is for; 0 where nobody gave it out."""
    try:
        return int(_signer(salt).unsign(signed))
    except (BadSignature, ValueError):
        return 0


def _signer(salt: str) -> Signer:
    return Signer(salt=salt, sep=".")  # which every telephone takes for a part of the address
