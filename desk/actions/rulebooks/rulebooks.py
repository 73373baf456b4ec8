"""The rulebook: written by one colleague, read and switched on by another, rolled back in one step.

`desk/rulebooks/active.py` says which one holds; every check asks it, so what is switched on here holds for the next
check on every machine. Open composers are told, and check what stands in them once more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.replies import canned_suspended
from desk.actions.replies.canned_suspended import Consequences, follow
from desk.actions.replies.own_links import own_links
from desk.actions.rulebooks.rulebook_templates import refuse_what_is_gone, without_templates
from desk.actions.rulebooks.versions import Versions
from desk.common.errors import Conflict, Invalid
from desk.inboxes import gateway
from desk.inboxes.gateway import UnknownNetwork
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.rulebooks.active import in_force
from desk.rulebooks.models import RulebookVersion, document_of
from policies.check import Checked, check_reply
from policies.facts import ReplyFacts, Visibility
from policies.length import LengthRule
from policies.rulebook import Rulebook
from policies.rulebook_examples import Failure, roomy, run_examples
from policies.rulebook_form import parse
from policies.rulebook_reading import RulebookProblem


class ExampleFails(Conflict):
    """A version whose examples give other findings than they must; it can't be switched on."""

    code = "example_fails"

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(
            _("Example %(number)d gives other findings than it must: “%(text)s”. Missing: %(missing)s. Too many: "
              "%(unexpected)s. Correct the rules or the example.")
            % {
                "number": failure.number + 1,
                "text": failure.example.text[:100],
                "missing": ", ".join(sorted(failure.missing)) or _("nothing"),
                "unexpected": ", ".join(sorted({finding.code for finding in failure.unexpected})) or _("nothing"),
            },
            errors={f"examples[{failure.number}]": [failure.example.text[:200]]},
        )  # fmt: skip


def write_draft(
    actor: User, *, document: Mapping[str, Any] | None = None, summary: str = "", now: datetime | None = None
) -> RulebookVersion:
    """A new version to work on; without a `document` it begins as the active one. Raises Invalid, Conflict."""
    return _VERSIONS.write_draft(actor, document, summary, now or timezone.now())


def change_draft(
    actor: User,
    number: int,
    *,
    document: Mapping[str, Any],
    summary: str | None = None,
    seen: datetime | None = None,
    now: datetime | None = None,
) -> RulebookVersion:
    """Other words for a draft. `seen` is the `changed_at` that the writer began from. Raises Invalid, Conflict."""
    return _VERSIONS.change_draft(actor, number, document, summary, seen, now or timezone.now())


def hand_in(actor: User, number: int, *, now: datetime | None = None) -> RulebookVersion:
    """A draft that a colleague shall read."""
    return _VERSIONS.hand_in(actor, number, now or timezone.now())


def give_back(actor: User, number: int, *, reason: str) -> RulebookVersion:
    """The reviewer wants something else; the version is a draft again."""
    return _VERSIONS.give_back(actor, number, reason)


def switch_on(actor: User, number: int, *, now: datetime | None = None) -> RulebookVersion:
    """From now on every reply is checked under this version, and what it brings is on offer.

    Raises ExampleFails on the first example that fails, TemplateRefused on the first template that breaks it.
    """
    return _VERSIONS.switch_on(actor, number, now or timezone.now())


def roll_back(actor: User, number: int, *, now: datetime | None = None) -> RulebookVersion:
    """A new version with the words of one that was active before, in force at once: it has been reviewed already."""
    return _VERSIONS.roll_back(actor, number, now or timezone.now())


def discard(actor: User, number: int, *, now: datetime | None = None) -> RulebookVersion:
    """A draft or a review that nobody wants. It is kept, as retired."""
    return _VERSIONS.discard(actor, number, now or timezone.now())


def read(document: Mapping[str, Any]) -> Rulebook:
    """The rulebook of a document. Raises Invalid with every problem at its path, such as `rules.links.not_allowed`."""
    try:
        rulebook = parse(document)
    except RulebookProblem as problem:
        errors: dict[str, list[str]] = {}
        for path, sentence in problem.said(translation.get_language() or "en"):
            errors.setdefault(path or "document", []).append(sentence)
        raise Invalid(_("This rulebook can't be used yet. See what is marked."), errors=errors) from None
    refuse_what_is_gone(rulebook)
    return rulebook


def failures(rulebook: Rulebook) -> tuple[Failure, ...]:
    """The examples that give other findings than they must, under the limits of the networks as they are."""
    return run_examples(rulebook, length_of, say_in=translation.get_language() or "en")


def would_happen(actor: User, version: RulebookVersion) -> Consequences:
    """What switching it on now would do to the canned responses on offer."""
    require(actor, Permission.WRITE_RULEBOOK)
    return canned_suspended.would_happen(version.rulebook(), in_force().rulebook)


def try_text(
    actor: User,
    rulebook: Rulebook,
    *,
    text: str,
    network: str,
    visibility: str = Visibility.PUBLIC,
    language: str = "",
    brand: str = "",
    team: str = "",
    rating: int = 0,
    crisis_level: int = 0,
    now: datetime,
) -> Checked:
    """What a rulebook would say of a reply that nobody sends, signed by whoever tries. Raises Invalid."""
    audience = Visibility(visibility)
    try:
        limit = _limit(network, audience)
    except UnknownNetwork as unknown:
        raise _refusal("network", str(unknown)) from None
    facts = ReplyFacts(
        text=text,
        now=now,
        length=limit,
        network=network,
        visibility=audience,
        signature=rulebook.signature.of(actor.signature),
        customer_language=language,
        say_in=translation.get_language() or "en",
        own=tuple(settings.OWN_DETAILS),
        own_links=own_links(),
        brand=brand,
        team=team,
        rating=rating,
        crisis_level=crisis_level,
        roles=(actor.role,),
    )
    return check_reply(facts, rulebook)


def length_of(slug: str, visibility: Visibility) -> LengthRule:
    """The limit of a network; none to speak of where an example names no network that we know."""
    try:
        return _limit(slug, visibility)
    except UnknownNetwork:
        return roomy(slug, visibility)


def _limit(slug: str, visibility: Visibility) -> LengthRule:
    capabilities = gateway.network(slug).capabilities
    return capabilities.public_length if visibility is Visibility.PUBLIC else capabilities.private_length


def _refuse_if_an_example_fails(version: RulebookVersion) -> None:
    if failing := failures(read(version.document)):
        raise ExampleFails(failing[0])


def _refusal(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})


_VERSIONS = Versions(
    RulebookVersion,
    name="rulebook",
    write=Permission.WRITE_RULEBOOK,
    review=Permission.REVIEW_RULEBOOK,
    kept=lambda document: document_of(read(document)),
    missing=gettext_lazy("There is no version %(number)d of the rulebook."),
    before_active=_refuse_if_an_example_fails,
    once_active=follow,
    begun=without_templates,
)
