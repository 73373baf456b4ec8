"""The rulebook: written by one colleague, read and switched on by another, rolled back in one step.

`desk/rulebooks/active.py` says which one holds; every check asks it, so what is switched on here holds for the next
check on every machine. Open composers are told, and check what stands in them once more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from desk.common.errors import Conflict, Invalid, Missing
from desk.common.live import publish
from desk.inboxes import gateway
from desk.inboxes.gateway import UnknownNetwork
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.rulebooks.models import RulebookVersion, document_of
from policies.check import Checked, check_reply
from policies.facts import ReplyFacts, Visibility
from policies.length import LengthRule
from policies.rulebook import Rulebook
from policies.rulebook_examples import Failure, roomy, run_examples
from policies.rulebook_form import parse
from policies.rulebook_reading import RulebookProblem
from policies.rulebook_states import Event, State, TransitionRefused, next_state

LONGEST_SUMMARY = 200  # characters
LONGEST_REASON = 2_000
MOST_OPEN = 50  # drafts and reviews at a time


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
    require(actor, Permission.WRITE_RULEBOOK)
    now = now or timezone.now()
    with transaction.atomic():
        active = _lock_active()
        if RulebookVersion.objects.filter(state__in=[State.DRAFT, State.IN_REVIEW]).count() >= MOST_OPEN:
            raise Conflict(_("There are %(count)d drafts already. Discard one first.") % {"count": MOST_OPEN})
        version = _new_version(
            actor, active.document if document is None else document_of(read(document)), summary, active, now
        )
        audit(actor, "rulebook_drafted", version, number=version.number, based_on=active.number)
    return version


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
    require(actor, Permission.WRITE_RULEBOOK)
    rulebook = read(document)
    with transaction.atomic():
        version = _version(number)
        if version.state != State.DRAFT:
            raise Conflict(_("Only a draft can be changed. Begin a new draft from this version."))
        if seen is not None and seen != version.changed_at:
            raise Conflict(_("Somebody changed this draft meanwhile. Look at it again."), code="stale")
        version.document = document_of(rulebook)
        if summary is not None:
            version.summary = _summary(summary)
        version.author = actor  # whoever wrote last does not review
        version.changed_at = now or timezone.now()
        version.save(update_fields=["document", "summary", "author", "changed_at"])
        audit(actor, "rulebook_changed", version, number=version.number)
    return version


def hand_in(actor: User, number: int, *, now: datetime | None = None) -> RulebookVersion:
    """A draft that a colleague shall read."""
    require(actor, Permission.WRITE_RULEBOOK)
    with transaction.atomic():
        version = _version(number)
        _move(version, Event.SUBMIT)
        version.submitted_at, version.returned_because = now or timezone.now(), ""
        version.save()
        audit(actor, "rulebook_handed_in", version, number=version.number)
    return version


def give_back(actor: User, number: int, *, reason: str) -> RulebookVersion:
    """The reviewer wants something else; the version is a draft again."""
    require(actor, Permission.REVIEW_RULEBOOK)
    words = reason.strip()
    if not 1 <= len(words) <= LONGEST_REASON:
        raise _refusal("reason", _("Say in 1 to %(count)d characters what should change.") % {"count": LONGEST_REASON})
    with transaction.atomic():
        version = _version(number)
        _move(version, Event.RETURN)
        version.reviewer, version.returned_because = actor, words
        version.save()
        audit(actor, "rulebook_given_back", version, number=version.number, reason=words)
    return version


def switch_on(actor: User, number: int, *, now: datetime | None = None) -> RulebookVersion:
    """From now on every reply is checked under this version. Raises ExampleFails on the first example that fails."""
    require(actor, Permission.REVIEW_RULEBOOK)
    with transaction.atomic():
        active = _lock_active()
        version = _version(number)
        if version.author_id == actor.pk:
            raise Conflict(_("You wrote this version, so a colleague switches it on."), code="own_version")
        _put_in_force(actor, version, active, now or timezone.now())
        audit(actor, "rulebook_switched_on", version, number=version.number, before=active.number)
    return version


def roll_back(actor: User, number: int, *, now: datetime | None = None) -> RulebookVersion:
    """A new version with the words of one that was active before, in force at once: it has been reviewed already."""
    require(actor, Permission.REVIEW_RULEBOOK)
    now = now or timezone.now()
    with transaction.atomic():
        active = _lock_active()
        wanted = _version(number)
        if wanted.activated_at is None:
            raise Conflict(
                _("Version %(number)d was never active, so there is no way back to it.") % {"number": number}
            )
        if wanted.pk == active.pk:
            raise Conflict(_("Version %(number)d is active now.") % {"number": number})
        summary = _("Back to version %(number)d") % {"number": wanted.number}
        version = _new_version(actor, wanted.document, summary, wanted, now)
        version.state, version.submitted_at = State.IN_REVIEW, now
        _put_in_force(actor, version, active, now)
        audit(actor, "rulebook_rolled_back", version, number=version.number, to=wanted.number, before=active.number)
    return version


def discard(actor: User, number: int, *, now: datetime | None = None) -> RulebookVersion:
    """A draft or a review that nobody wants. It is kept, as retired."""
    require(actor, Permission.WRITE_RULEBOOK)
    with transaction.atomic():
        version = _version(number)
        _move(version, Event.DISCARD)
        version.retired_at = now or timezone.now()
        version.save()
        audit(actor, "rulebook_discarded", version, number=version.number)
    return version


def read(document: Mapping[str, Any]) -> Rulebook:
    """The rulebook of a document. Raises Invalid with every problem at its path, such as `rules.links.not_allowed`."""
    try:
        return parse(document)
    except RulebookProblem as problem:
        errors: dict[str, list[str]] = {}
        for path, sentence in problem.said(translation.get_language() or "en"):
            errors.setdefault(path or "document", []).append(sentence)
        raise Invalid(_("This rulebook can't be used yet. See what is marked."), errors=errors) from None


def failures(rulebook: Rulebook) -> tuple[Failure, ...]:
    """The examples that give other findings than they must, under the limits of the networks as they are."""
    return run_examples(rulebook, length_of, say_in=translation.get_language() or "en")


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
        brand=brand,
        team=team,
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


# ── steps that the verbs share ───────────────────────────────────────────────
def _put_in_force(actor: User, version: RulebookVersion, active: RulebookVersion, now: datetime) -> None:
    if failing := failures(read(version.document)):
        raise ExampleFails(failing[0])
    _move(active, Event.REPLACE)
    active.retired_at = now
    active.save()
    _move(version, Event.ACTIVATE)
    version.reviewer, version.activated_at = actor, now
    version.save()
    publish("rulebook", {"version": version.number})


def _new_version(
    actor: User, document: Mapping[str, Any], summary: str, based_on: RulebookVersion, now: datetime
) -> RulebookVersion:
    newest = RulebookVersion.objects.aggregate(newest=Max("number"))["newest"]
    return RulebookVersion.objects.create(
        number=newest + 1,
        document=document,
        summary=_summary(summary),
        based_on=based_on,
        author=actor,
        created_at=now,
        changed_at=now,
    )


def _move(version: RulebookVersion, event: Event) -> None:
    try:
        version.state = next_state(version.state, event)
    except TransitionRefused as refused:
        said = {"number": version.number, "state": RulebookVersion.States(version.state).label}
        raise Conflict(_("This is not possible now: version %(number)d is “%(state)s”.") % said) from refused


def _summary(words: str) -> str:
    summary = " ".join(words.split())
    if len(summary) > LONGEST_SUMMARY or "\x00" in summary:
        raise _refusal("summary", _("At most %(count)d characters.") % {"count": LONGEST_SUMMARY})
    return summary


def _lock_active() -> RulebookVersion:
    """Whoever makes or switches on a version holds this row, so that numbers and the active one have one order."""
    for _attempt in range(3):  # it was replaced while we waited: look which one is active now
        active = RulebookVersion.objects.select_for_update().filter(state=State.ACTIVE).first()
        if active is not None:
            return active
    raise Conflict(_("Somebody was quicker. Look at the rulebook again."))


def _version(number: int) -> RulebookVersion:
    version = RulebookVersion.objects.select_for_update().filter(number=number).first()
    if version is None:
        raise Missing(_("There is no version %(number)d of the rulebook.") % {"number": number})
    return version


def _refusal(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})
