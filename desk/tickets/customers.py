"""Who writes to us: customers, and their accounts on networks."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from desk.common.indexes import where_set
from desk.people.models import User
from desk.tickets.names import NameWords

ERASED = "erased:"  # how ids of networks begin that were erased (`desk.privacy.digests`)


class Tier(models.IntegerChoices):
    """How much a customer matters to the company. Response times may ask for it; a higher number matters more."""

    STANDARD = 0, _("Standard")
    IMPORTANT = 1, _("Important")
    VIP = 2, _("VIP")


class Customer(models.Model):
    """One person over all networks."""

    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, blank=True)
    about = models.TextField(blank=True)  # what colleagues wrote down about this person
    tier = models.SmallIntegerField(choices=Tier.choices, default=Tier.STANDARD, db_default=Tier.STANDARD)
    blocked_at = models.DateTimeField(null=True)  # since when nobody answers this person
    muted_at = models.DateTimeField(null=True)  # since when this person's words are put aside
    erased_at = models.DateTimeField(null=True)  # since when nothing of this person is kept
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["tier", "id"], name="customer_tier", condition=Q(tier__gt=0)),
            where_set("muted_at", name="customer_muted"),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


class Profile(models.Model):
    """An account of a customer on one network, under the network's own id."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="profiles")
    network = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    handle = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    avatar_url = models.CharField(max_length=1000, blank=True)
    followers = models.BigIntegerField(null=True)
    verified = models.BooleanField(default=False)
    links = models.TextField(blank=True, default="", db_default="")  # in the network's profile, one a line
    spam_at = models.DateTimeField(null=True)  # since when somebody takes what it writes for spam
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "external_id"], name="one_profile_per_account")]
        indexes = [
            models.Index(Lower("handle"), name="profile_handle"),
            GinIndex(NameWords(F("name"), F("handle")), name="profile_words"),
            GinIndex(NameWords(F("links")), name="profile_links", condition=~Q(links="")),
        ]

    def __str__(self) -> str:
        return self.name or self.handle or ("…" if self.external_id.startswith(ERASED) else self.external_id)


class NotSamePerson(models.Model):
    """Two accounts of which somebody said that they are two people: nobody is asked about them again."""

    first = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+", db_index=False)  # the lower number
    second = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    said_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="one_word_on_two_accounts")]
        indexes = [where_set("said_by", name="not_same_said_by")]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
