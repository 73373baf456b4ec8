"""Wallboards: big screens that show figures to a room. A screen is paired, never signed in."""

import secrets

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from desk.inboxes.models import Inbox
from desk.people.models import Team, User

# Without vowels and without what looks alike at the other side of a room: no word and no doubt. 28⁶ is 482 million.
CODE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 6


class Wallboard(models.Model):
    """One screen: what it shows, and the two digests by which it comes in. Neither secret is kept itself."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the screen")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    name = models.CharField(_("name"), max_length=60, unique=True, validators=[ProhibitNullCharactersValidator()])
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    theme = models.CharField(_("theme"), max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    # Said and not concluded from empty lists: a board whose team is deleted must not begin to show the whole desk.
    everything = models.BooleanField(default=True)
    teams = models.ManyToManyField(Team, related_name="wallboards", blank=True, verbose_name=_("teams"))
    inboxes = models.ManyToManyField(Inbox, related_name="wallboards", blank=True, verbose_name=_("inboxes"))
    created_by = models.ForeignKey(User, null=True, editable=False, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    # the way in
    code_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 unique or none
    code_expires_at = models.DateTimeField(null=True, editable=False)
    token_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 unique or none
    paired_at = models.DateTimeField(null=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("wallboard")
        verbose_name_plural = _("wallboards")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def new_code() -> str:
        """What a person types on the screen, once: “K7Q4XM”."""
        return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))

    @staticmethod
    def new_token() -> str:
        """What the screen's cookie holds: 256 random bits."""
        return secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is kept of a code or token. Keyed, because a code is short enough to be guessed from a plain hash."""
        return salted_hmac("desk.wallboards", secret, algorithm="sha256").hexdigest()
