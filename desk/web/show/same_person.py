"""Who else a customer may be, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from desk.actions.customers.masking import Eyes
from desk.actions.customers.same_person_hints import Reason, Suggestion
from desk.tickets.models import Customer, Profile
from desk.web.show import text
from desk.web.show.tiles import Tile, tile
from policies.same_person import Hint

WHY: Mapping[Hint, Promise] = {
    Hint.TOLD: gettext_lazy("wrote that %(said)s is their account"),
    Hint.LINK: gettext_lazy("the profile names %(said)s"),
    Hint.EMAIL: gettext_lazy("the same e-mail address in private: %(said)s"),
    Hint.REFERENCE: gettext_lazy("the same reference in private: %(said)s"),
    Hint.HANDLE: gettext_lazy("the same handle: %(said)s"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a customer."""

    pk: int
    tile: Tile
    name: str
    handle: str
    followers: int | None
    verified: bool
    links: Sequence[str]


@dataclass(frozen=True, slots=True)
class Other:
    """Another customer, with why it may be this one."""

    pk: int
    name: str
    accounts: Sequence[Account]
    reasons: Sequence[str]
    tier: str
    blocked: bool


def account(profile: Profile) -> Account:
    return Account(
        profile.pk,
        tile(profile.network),
        text.name(profile.name, profile.handle, profile.external_id),
        text.name(profile.handle) if profile.handle else "",
        profile.followers,
        profile.verified,
        [link for link in profile.links.split() if link.startswith(("https://", "http://"))],
    )


def others(suggestions: Iterable[Suggestion], eyes: Eyes) -> list[Other]:
    return [other(one.customer, [_why(reason, eyes) for reason in one.reasons]) for one in suggestions]


def other(customer: Customer, reasons: Sequence[str] = ()) -> Other:
    """Needs the profiles at hand."""
    accounts = [account(profile) for profile in customer.profiles.all()]
    named = accounts[0].name if accounts else str(customer)
    tier = str(customer.get_tier_display()) if customer.tier else ""
    return Other(customer.pk, named, accounts, reasons, tier, customer.blocked_at is not None)


def _why(reason: Reason, eyes: Eyes) -> str:
    said = eyes.read(reason.said)
    return str(WHY[reason.hint]) % {"said": f"@{said}" if reason.hint in (Hint.TOLD, Hint.LINK, Hint.HANDLE) else said}
