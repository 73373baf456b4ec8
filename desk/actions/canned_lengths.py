"""How long canned responses can become on the networks where they may go; `policies/README.md` says what counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max
from django.db.models.functions import Length
from django.utils import translation

from desk.actions.canned_values import hours_in_words
from desk.inboxes.gateway import UnknownNetwork, all_networks, network
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


def connected() -> dict[int, str]:
    """The network of each inbox. Read once for however many canned responses."""
    return dict(Inbox.objects.order_by("network", "pk").values_list("pk", "network"))


def places_of(canned: CannedResponse, inbox_ids: Sequence[int], networks: Mapping[int, str]) -> list[Place]:
    """Where it may go: its networks, else those of its inboxes, else of all that are connected, or all if none is.

    `networks` are those of the inboxes (`connected`).
    """
    own = [slug for pk, slug in networks.items() if pk in inbox_ids]
    anywhere = own or networks.values() or [one.slug for one in all_networks()]
    slugs = canned.networks or list(dict.fromkeys(anywhere))
    return [place for slug in slugs for place in _places(slug, canned.visibility)]


def never_fits(canned: CannedResponse, signature: SignatureFormat) -> dict[str, list[str]]:
    """Texts for one network that are too long for every way to answer there, by their paths."""
    definition, longest = canned.definition, Longest.now(signature)
    errors = {}
    for number, variant in enumerate(definition.variants):
        if not variant.network:
            continue
        found = [
            fit
            for fit in lengths(definition, list(_places(variant.network, canned.visibility)), longest)
            if fit.language == variant.language
        ]
        if found and all(fit.too_long for fit in found):
            roomiest = max(found, key=lambda fit: fit.length.limit)
            errors[f"texts.{number}.text"] = [said_too_long(roomiest, translation.get_language() or "en")]
    return errors


def _places(slug: str, visibility: str) -> Iterator[Place]:
    try:
        can = network(slug).capabilities
    except UnknownNetwork:  # its connector went with an upgrade
        return
    if can.reply_public and visibility != Reply.Visibility.PRIVATE:
        yield Place(slug, Reply.Visibility.PUBLIC, can.public_length)
    if can.reply_private and visibility != Reply.Visibility.PUBLIC:
        yield Place(slug, Reply.Visibility.PRIVATE, can.private_length)


def _longest_hours(versions: Sequence[int], language: str) -> str:
    return max((hours_in_words(version, language) for version in versions), key=len, default="")
