"""What the active rulebook says of a canned response; one that breaks a rule can't be activated, nor stay active."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import ngettext

from desk.actions.inboxes.channels import enclosed, media_at
from desk.actions.replies.canned_lengths import Longest, connected, lengths, places_of
from desk.actions.replies.canned_samples import always_known, sample_values
from desk.actions.replies.canned_values import usual_hours
from desk.actions.replies.own_links import own_links
from desk.common.errors import DeskError
from desk.people.permissions import Role
from desk.replies.models import CannedResponse
from desk.rulebooks.active import in_force
from policies.canned_check import Objection, Trial, number_of, objections
from policies.canned_form import Definition
from policies.canned_lengths import Fit, Place
from policies.facts import Attachment as Enclosed
from policies.facts import ReplyFacts, Visibility
from policies.language import LANGUAGES
from policies.rulebook import Rulebook


class CannedBlocked(DeskError):
    """The rules do not let this be said, so it is not offered. `objections` are those that stand in the way."""

    status = 422
    code = "blocked_by_policy"

    def __init__(self, blocking: Sequence[Objection]) -> None:
        self.objections = list(blocking)
        errors: dict[str, list[str]] = {}
        for one in blocking:
            errors.setdefault(f"texts.{one.number}.text", []).append(one.message)
        count = len(self.objections)
        words = ngettext(
            "A rule stands in the way. Change the text, then activate it.",
            "%(count)d rules stand in the way. Change the texts, then activate it.",
            count,
        )
        super().__init__(words % {"count": count}, errors=errors)


class Checking:
    """Canned responses checked under one rulebook; what the desk knows for all of them is read once.

    `new` are the only rules to look at, where it passed the others already under another rulebook (`new_rules`).
    """

    def __init__(self, rulebook: Rulebook, *, new: Rulebook | None = None) -> None:
        self._rules = rulebook if new is None else new
        self._passed_some = self._rules is not rulebook
        self._longest = Longest.now(rulebook.signature)
        self._connected = connected()
        self._hours = {language: usual_hours(language) for language in LANGUAGES}

    def look(
        self, canned: CannedResponse, inbox_ids: Sequence[int], attached: Sequence[Enclosed] | None = None
    ) -> tuple[tuple[Fit, ...], tuple[Objection, ...]]:
        """How long it can become in every place where it may go, and what the rules have against it.

        `attached`: what would go along, where that is something else than what does.
        """
        definition, places = canned.definition, places_of(canned, inbox_ids, self._connected)
        fits = lengths(definition, places, self._longest)
        say_in = translation.get_language() or "en"
        along = enclosed_with(canned) if attached is None else tuple(attached)
        tried = trials(canned, definition, places, self._hours, self._longest.signature, timezone.now(), say_in, along)
        return fits, objections(definition, tried, () if self._passed_some else fits, self._rules, say_in)

    def blocking(
        self, canned: CannedResponse, inbox_ids: Sequence[int], attached: Sequence[Enclosed] | None = None
    ) -> list[Objection]:
        """What keeps it from being on offer."""
        _fits, found = self.look(canned, inbox_ids, attached)
        return [one for one in found if one.blocks]


def look(canned: CannedResponse, inbox_ids: Sequence[int]) -> tuple[tuple[Fit, ...], tuple[Objection, ...]]:
    """Under the rulebook that holds now."""
    return Checking(in_force().rulebook).look(canned, inbox_ids)


def refuse_if_blocked(canned: CannedResponse, inbox_ids: Sequence[int], rulebook: Rulebook) -> None:
    """Raises CannedBlocked."""
    if blocking := Checking(rulebook).blocking(canned, inbox_ids):
        raise CannedBlocked(blocking)


def enclosed_with(canned: CannedResponse) -> tuple[Enclosed, ...]:
    """What goes along with it; nothing yet where it is not kept yet."""
    return tuple(enclosed(one) for one in canned.attachments.all()) if canned.pk else ()


def trials(
    canned: CannedResponse,
    definition: Definition,
    places: Sequence[Place],
    hours: Mapping[str, str],
    signature: str,
    now: datetime,
    say_in: str,
    attached: tuple[Enclosed, ...],
) -> Iterator[Trial]:
    """What it can say in these places, in each language, with all its values and with those it always has.

    `hours` are opening hours by language.
    """
    team = canned.team.name if canned.team else ""
    for language in definition.languages:
        values = sample_values(definition, "Sam", language, hours[language])
        certain = {name: value for name, value in values.items() if always_known(definition, name)}
        for place in places:
            variant = definition.choose(language, place.network).variant
            number = number_of(definition, variant.language, variant.network)
            media = media_at(place.network, place.visibility)
            for text in dict.fromkeys((variant.text.fill(values), variant.text.fill(certain))):
                facts = ReplyFacts(
                    text=text,
                    now=now,
                    length=place.rule,
                    network=place.network,
                    visibility=Visibility(place.visibility),
                    signature=signature,
                    language=language,
                    customer_language=language,
                    say_in=say_in,
                    own=tuple(settings.OWN_DETAILS),
                    own_links=own_links(),
                    team=team,
                    roles=(Role.AGENT,),
                    attachments=attached if media is not None else (),  # there the words go alone
                    media=media,
                )
                yield Trial(number, place, facts)
