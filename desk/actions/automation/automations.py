"""The rules of automation: written by one colleague, read and switched on by another, rolled back in one step.

A version says all rules in their order. What is switched on holds for whatever happens from then on.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.rulebooks.versions import Versions
from desk.automation import reading
from desk.automation.models import AutomationVersion, Walk
from desk.causes.tree import Tree
from desk.common.errors import Invalid
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.people.permissions import Permission
from desk.replies.models import CannedResponse
from policies.automation import Book, On, Rule
from policies.automation_form import parse
from policies.automation_steps import NOBODY, OWNER, Do, Step
from policies.rulebook_reading import RulebookProblem


def write_draft(
    actor: User, *, document: Mapping[str, Any] | None = None, summary: str = "", now: datetime | None = None
) -> AutomationVersion:
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
) -> AutomationVersion:
    """Other words for a draft. `seen` is the `changed_at` that the writer began from. Raises Invalid, Conflict."""
    return _VERSIONS.change_draft(actor, number, document, summary, seen, now or timezone.now())


def hand_in(actor: User, number: int, *, now: datetime | None = None) -> AutomationVersion:
    """A draft that a colleague shall read."""
    return _VERSIONS.hand_in(actor, number, now or timezone.now())


def give_back(actor: User, number: int, *, reason: str) -> AutomationVersion:
    """The reviewer wants something else; the version is a draft again."""
    return _VERSIONS.give_back(actor, number, reason)


def switch_on(actor: User, number: int, *, now: datetime | None = None) -> AutomationVersion:
    """It holds from now on. Raises Invalid where it names what is gone by now."""
    return _VERSIONS.switch_on(actor, number, now or timezone.now())


def roll_back(actor: User, number: int, *, now: datetime | None = None) -> AutomationVersion:
    """A new version with the words of one that was active before, in force at once: it has been reviewed already."""
    return _VERSIONS.roll_back(actor, number, now or timezone.now())


def discard(actor: User, number: int, *, now: datetime | None = None) -> AutomationVersion:
    """A draft or a review that nobody wants. It is kept, as retired."""
    return _VERSIONS.discard(actor, number, now or timezone.now())


def read(document: Mapping[str, Any]) -> Book:
    """The rules of a document. Raises Invalid with every problem at its path, such as `rules[0].steps[1].value`."""
    errors: dict[str, list[str]] = {}
    try:
        book = parse(document)
    except RulebookProblem as problem:
        for path, sentence in problem.said(translation.get_language() or "en"):
            errors.setdefault(path or "document", []).append(sentence)
    else:
        known = Known()
        for place, rule in enumerate(book.rules):
            for path, sentence in known.gone_of_rule(rule):
                errors.setdefault(f"rules[{place}].{path}", []).append(sentence)
    if errors:
        raise Invalid(_("These rules can't be used yet. See what is marked."), errors=errors)
    return book


class Known:
    """What rules and macros may name: looked up once for all of them."""

    def __init__(self) -> None:
        self.networks: dict[Any, str] = {network.slug: str(network.label) for network in all_networks()}
        self.inboxes: dict[Any, str] = dict(Inbox.objects.order_by("name").values_list("pk", "name"))
        self.teams: dict[Any, str] = dict(Team.objects.values_list("pk", "name"))
        people = [person for person in User.objects.filter(is_active=True) if person.has_seat]
        self.people: dict[Any, str] = {person.pk: person.name for person in people}
        self.owners: dict[Any, str] = {
            person.pk: person.name for person in people if person.may(Permission.WORK_TICKETS)
        }
        self.causes: dict[Any, str] = {place.cause.pk: place.words for place in Tree().places()}
        self.canned: dict[Any, str] = dict(CannedResponse.objects.order_by("name").values_list("shortcut", "name"))

    def gone_of_rule(self, rule: Rule) -> Iterator[tuple[str, str]]:
        """What the desk does not have of what it names, by path."""
        when, ticket = rule.when, rule.when.ticket
        for name, wanted, known in (
            ("networks", ticket.networks, self.networks),
            ("inboxes", ticket.inboxes, self.inboxes),
            ("teams", when.teams, self.teams),
            ("causes", when.causes, self.causes),
        ):
            if lost := [str(one) for one in wanted if one not in known]:
                yield f"when.{name}", _gone(", ".join(sorted(lost)))
        yield from self.gone_of_steps(rule.steps)

    def gone_of_steps(self, steps: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
        for place, step in enumerate(steps):
            if not self.has(step):
                yield f"steps[{place}].value", _gone(step.value)

    def has(self, step: Step) -> bool:
        """Whether the desk has what a step names."""
        match step.do:
            case Do.TEAM:
                return int(step.value) in self.teams
            case Do.ASSIGNEE:
                return not step.value.isdigit() or int(step.value) in self.owners
            case Do.CAUSE:
                return int(step.value) in self.causes
            case Do.DRAFT:
                return step.value in self.canned
            case Do.ASK | Do.ALERT if step.value not in (OWNER, NOBODY):
                kind, _colon, number = step.value.partition(":")
                return int(number) in (self.teams if kind == "team" else self.people)
        return True


def _gone(values: str) -> str:
    return _("The desk does not have this: %(values)s.") % {"values": values}


def _refuse_what_is_gone(version: AutomationVersion) -> None:
    read(version.document)


def _listen(_actor: User, version: AutomationVersion, before: AutomationVersion, now: datetime) -> None:
    """Where nobody listened, listening begins now. A length of time that no rule asks for any more is forgotten."""
    if not before.book().active:
        reading.begin_anew(now)
    asked = {f"untouched {rule.minutes}" for rule in version.book().active if rule.on is On.UNTOUCHED}
    Walk.objects.filter(key__startswith="untouched ").exclude(key__in=asked).delete()


_VERSIONS = Versions(
    AutomationVersion,
    name="automation",
    write=Permission.WRITE_AUTOMATION,
    review=Permission.REVIEW_AUTOMATION,
    kept=lambda document: read(document).document,
    missing=gettext_lazy("There is no version %(number)d of automation."),
    before_active=_refuse_what_is_gone,
    once_active=_listen,
)
