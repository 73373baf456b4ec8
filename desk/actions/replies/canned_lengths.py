"""How long canned responses can become on the networks where they may go; `policies/README.md` says what counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.db.models import Max
from django.db.models.functions import Length
from django.utils import translation

from desk.actions.inboxes.channels import beside_mention
from desk.actions.replies.canned_values import hours_in_words
from desk.inboxes.gateway import Capabilities, LengthRule, UnknownNetwork, all_networks, capabilities_of, network
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import CannedResponse, Reply
from desk.sla.models import BusinessCalendar
from policies.canned_check import said_too_long
from policies.canned_form import Definition
from policies.canned_lengths import Fit, Place, fits
from policies.canned_variables import BuiltIn, filler
from policies.language import LANGUAGES
from policies.signature import SignatureFormat

_FIRST_NAME, _TICKET, _REFERENCE = 20, 8, 20  # characters that are plausible at most
_LONGEST_INITIALS = "WWWW"
_LONGEST_HANDLE = "w" * 30  # that a server of Mastodon gives


@dataclass(frozen=True, slots=True)
class Longest:
    """What the desk fills in at its longest, by language, and the longest signature. Read once for however many."""

    values: Mapping[str, Mapping[str, str]]
    signature: str

    @classmethod
    def now(cls, signature: SignatureFormat) -> "Longest":
        agent = User.objects.filter(is_active=True).aggregate(longest=Max(Length("first_name")))["longest"]
        company = Inbox.objects.aggregate(longest=Max(Length("name")))["longest"]
        same: dict[str, str] = {
            BuiltIn.CUSTOMER: filler(_FIRST_NAME),
            BuiltIn.AGENT: filler(max(agent or 0, 1)),
            BuiltIn.COMPANY: filler(max(company or 0, 1)),
            BuiltIn.TICKET: filler(_TICKET),
            BuiltIn.REFERENCE: filler(_REFERENCE),
        }
        calendars = BusinessCalendar.objects.filter(deleted_at=None, current__isnull=False)
        versions = list(calendars.values_list("current_id", flat=True))
        hours = {language: _longest_hours(versions, language) for language in LANGUAGES}
        values = {language: {**same, str(BuiltIn.OPENING_HOURS): hours[language]} for language in LANGUAGES}
        return cls(values, signature.of(_LONGEST_INITIALS))


def lengths(definition: Definition, places: Sequence[Place], longest: Longest) -> tuple[Fit, ...]:
    """Every language in every place."""
    return fits(definition, places, longest.values, longest.signature)


@dataclass(frozen=True, slots=True)
class Connected:
    """A network, and what one account can do there: some servers have limits of their own."""

    network: str
    can: Capabilities


def connected() -> dict[int, Connected]:
    """What each inbox is on. Read once for however many canned responses."""
    found = {}
    for inbox in Inbox.objects.only("network", "limits").order_by("network", "pk"):
        with suppress(UnknownNetwork):  # its connector went with an upgrade
            found[inbox.pk] = Connected(inbox.network, capabilities_of(inbox))
    return found


def places_of(canned: CannedResponse, inbox_ids: Sequence[int], accounts: Mapping[int, Connected]) -> list[Place]:
    """Where it may go: its networks, else those of its inboxes, else of all that are connected, or all if none is.

    `accounts` are those of the inboxes (`connected`). Of several on one network the strictest limit counts.
    """
    own = [one for pk, one in accounts.items() if pk in inbox_ids] or list(accounts.values())
    slugs = canned.networks or list(dict.fromkeys(one.network for one in own)) or [one.slug for one in all_networks()]
    return [place for slug in slugs for place in _places(slug, canned.visibility, own, min)]


def never_fits(canned: CannedResponse, signature: SignatureFormat) -> dict[str, list[str]]:
    """Texts for one network that are too long for every way to answer there, on every account, by their paths."""
    definition = canned.definition
    if not any(variant.network for variant in definition.variants):
        return {}
    longest, accounts, errors = Longest.now(signature), list(connected().values()), {}
    for number, variant in enumerate(definition.variants):
        if not variant.network:
            continue
        places = list(_places(variant.network, canned.visibility, accounts, max))
        found = [fit for fit in lengths(definition, places, longest) if fit.language == variant.language]
        if found and all(fit.too_long for fit in found):
            roomiest = max(found, key=lambda fit: fit.length.limit)
            errors[f"texts.{number}.text"] = [said_too_long(roomiest, translation.get_language() or "en")]
    return errors


def _places(
    slug: str, visibility: str, accounts: Sequence[Connected], choose: Callable[..., LengthRule]
) -> Iterator[Place]:
    """The ways to answer there; of several accounts the limit that `choose` (min or max) gives."""
    try:
        usual = network(slug).capabilities
    except UnknownNetwork:
        return
    able = [one.can for one in accounts if one.network == slug] or [usual]
    public = [can.public_length for can in able if can.reply_public]
    private = [can.private_length for can in able if can.reply_private]
    ways = ((Reply.Visibility.PUBLIC, Reply.Visibility.PRIVATE, public),
            (Reply.Visibility.PRIVATE, Reply.Visibility.PUBLIC, private))  # fmt: skip
    for way, other, rules in ways:
        if rules and visibility != other:
            yield Place(slug, way, beside_mention(choose(rules, key=lambda rule: rule.limit), _LONGEST_HANDLE))


def _longest_hours(versions: Sequence[int], language: str) -> str:
    return max((hours_in_words(version, language) for version in versions), key=len, default="")
