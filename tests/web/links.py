"""How the link to a question can end."""

from datetime import timedelta

from django.utils import timezone

from desk.questions.models import Link


def alive(link: Link) -> None:
    """Nothing ended it."""


def expired(link: Link) -> None:
    """Its time is over."""
    Link.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def revoked(link: Link) -> None:
    """Somebody took it back."""
    Link.objects.filter(pk=link.pk).update(revoked_at=timezone.now())
