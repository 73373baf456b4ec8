"""Who works here: users, teams, API tokens, and the audit trail of what they changed."""

import hashlib
import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from desk.people.permissions import Permission, Role, permissions_of
from policies.assignment import Method
from policies.duty import Hours, read_week
from policies.rota import Rota as RotaRule

LARGEST_CAP = 10_000
MOST_SKILLS, LONGEST_SKILL = 50, 50


class Team(models.Model):
    class Assignment(models.TextChoices):
        NONE = Method.NONE.value, _("Nobody: colleagues take tickets themselves")
        ROUND_ROBIN = Method.ROUND_ROBIN.value, _("Each in turn")
        LEAST_LOADED = Method.LEAST_LOADED.value, _("Whoever has the fewest open tickets")

    name = models.CharField(_("name"), max_length=80, unique=True)
    assignment = models.CharField(
        _("assignment"), max_length=20, choices=Assignment.choices, default=Assignment.NONE
    )  # to whom new and reopened tickets are given
    match_language = models.BooleanField(_("by language"), default=False)
    match_skills = models.BooleanField(_("by skill"), default=False)
    turn_after = models.BigIntegerField(default=0, editable=False)  # id of the person who was given the last ticket
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PeopleManager(UserManager["User"]):
    """`createsuperuser` makes the first administrator; superuser flags themselves mean nothing here."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **more: Any
    ) -> "User":
        return super().create_superuser(username, email, password, **{"role": Role.ADMINISTRATOR, **more})


class User(AbstractUser):
    """A colleague. What they may do follows from the role and from nothing else."""

    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.AGENT)
    teams = models.ManyToManyField(Team, related_name="members", blank=True, verbose_name=_("teams"))
    signature = models.CharField(
        _("signature"),
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^[A-Za-z]{1,4}$", _("Use one to four letters, usually your initials."))],
        help_text=_("Your initials. JK becomes ^JK under your replies."),
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    away = models.BooleanField(_("away"), default=False)
    theme = models.CharField(
        _("theme"),
        max_length=8,
        default="system",
        choices=[("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    single_keys = models.BooleanField(_("single-key shortcuts"), default=True)
    languages = ArrayField(
        models.CharField(max_length=5), verbose_name=_("languages spoken"), default=list, blank=True
    )  # in which customers can be answered; empty: any
    skills = ArrayField(
        models.CharField(max_length=LONGEST_SKILL), verbose_name=_("skills"), default=list, blank=True
    )  # names of tags and networks, in small letters
    knows = ArrayField(
        models.CharField(max_length=LONGEST_SKILL), verbose_name=_("can be asked about"), default=list, blank=True
    )  # what people say of themselves, in small letters; no ticket is given by it
    ticket_cap = models.PositiveSmallIntegerField(
        _("most open tickets"), null=True, blank=True
    )  # that the desk gives by itself; null: no limit
    mobile = models.CharField(
        _("mobile number"),
        max_length=16,
        blank=True,
        validators=[RegexValidator(r"^\+[1-9][0-9]{6,14}$", _("Write it with the country, as in +31612345678."))],
    )  # for text messages
    mail_notices = models.BooleanField(_("notices by e-mail"), default=True)
    browser_notices = models.BooleanField(_("notices by the browser"), default=False)

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        ordering = ["first_name", "last_name", "id"]
        indexes = [models.Index(fields=["first_name", "last_name", "id"], name="people_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name that colleagues see."""
        return self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        """Two letters for the tile in lists."""
        if self.signature:
            return self.signature[:2].upper()
        return ("".join(part[0] for part in self.name.split()[:2]) or "?").upper()

    @property
    def has_seat(self) -> bool:
        """Whether they sign in. Who does not is asked by links alone."""
        return self.role != Role.COLLEAGUE

    def may(self, permission: Permission) -> bool:
        """Whether the role allows it; a person who left may do nothing."""
        return self.is_active and permission in permissions_of(self.role)


class Shift(models.Model):
    """Weekly hours of a person, or of everybody in a team who has no shift of their own."""

    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="shifts", verbose_name=_("person")
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="shifts", verbose_name=_("team")
    )
    timezone = models.CharField(_("time zone"), max_length=50)
    week = models.JSONField(_("hours"), default=dict)  # as policies.duty.read_week takes it
    first_day = models.DateField(_("from"), null=True, blank=True)
    last_day = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, team__isnull=False) | Q(user__isnull=False, team=None), name="shift_of_one"
            )
        ]

    def __str__(self) -> str:
        return f"hours of {self.user or self.team}"

    @property
    def hours(self) -> Hours:
        return Hours(self.timezone, read_week(self.week), self.first_day, self.last_day)


class Absence(models.Model):
    """A person is not there: leave, illness, a course. No end is until further notice."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences", verbose_name=_("person"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")), name="absence_ends_after_its_start"
            )
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="absence_in_order"),
            models.Index(fields=["ends_at"], name="absence_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.user} from {self.starts_at}"


class Rota(models.Model):
    """Colleagues who are on call in turn; `policies.rota` has the rules. One that is no longer wanted is kept for the
    crisis plans that name it, and reaches nobody.
    """

    name = models.CharField(_("name"), max_length=80)
    timezone = models.CharField(_("time zone"), max_length=50)
    first_day = models.DateField(_("first day"))
    handover = models.PositiveSmallIntegerField(_("handover"))  # minutes after midnight, by the clock of the zone
    days = models.PositiveSmallIntegerField(_("days of a turn"), default=7)
    members = ArrayField(models.BigIntegerField())  # ids of users, in the order of their turns
    deleted_at = models.DateTimeField(null=True)
    known_since = models.DateTimeField(default=now, editable=False)  # when it began to be kept
    written_until = models.DateTimeField(default=now, editable=False)  # up to where `OnCall` says who was

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(deleted_at=None), name="one_rota_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> RotaRule:
        return RotaRule(self.timezone, self.first_day, self.handover, self.days, tuple(self.members))


class RotaSwap(models.Model):
    """Somebody stands in on a rota. The verb that writes it sees to it that no two overlap."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="swaps", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="swap_ends_after_its_start")
        ]
        indexes = [models.Index(fields=["rota", "ends_at"], name="swaps_of_rota")]

    def __str__(self) -> str:
        return f"{self.user} on {self.rota_id} from {self.starts_at}"


class OnCall(models.Model):
    """Who was on call by a rota, as the desk knew it then: written before anything that decides it changes, and never
    changed but for its end, while it goes on.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="history", db_index=False)
    user = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # null: nobody
    swapped = models.BooleanField(default=False)  # stood in
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [models.UniqueConstraint(fields=["rota", "starts_at"], name="one_on_call_from_a_moment")]

    def __str__(self) -> str:
        return f"{self.user_id} by {self.rota_id} from {self.starts_at}"


class ApiToken(models.Model):
    """A token of one user for programs. Only a digest is kept; the token itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)  # the first letters, to tell tokens apart
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.hint}… of {self.user}"

    @classmethod
    def issue(cls, user: User, name: str = "") -> tuple["ApiToken", str]:
        """A new token and its secret, which nobody can read again."""
        secret = secrets.token_hex(20)
        return cls.objects.create(user=user, name=name, digest=cls.digest_of(secret), hint=secret[:6]), secret

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is kept of a token. A plain hash is enough: the secret has 160 random bits."""
        return hashlib.sha256(secret.encode()).hexdigest()


class AuditEntry(models.Model):
    """One change that a person, a program or the desk itself made. Written with the change, never edited."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")  # null: the desk itself
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=40)  # "ticket", "inbox"
    subject_id = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject", "-id"], name="audit_by_subject"),
            models.Index(fields=["subject_id", "subject", "-id"], name="audit_by_number"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["at"], name="audit_of_macros", condition=Q(verb="macro_applied")),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject} {self.subject_id}"


def audit(actor: User | None, verb: str, subject: models.Model, **detail: Any) -> None:
    """Write down who changed what. Call it inside the transaction of the change."""
    AuditEntry.objects.create(
        actor=actor, verb=verb, subject=subject._meta.model_name or "", subject_id=str(subject.pk), detail=detail
    )
