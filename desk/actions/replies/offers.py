"""Canned responses on offer: those that fit the ticket, with their variables filled in or asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When, prefetch_related_objects
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_gate import statements_for, templates_paused
from desk.actions.replies.canned_actions import in_words, team_names
from desk.actions.replies.canned_learning import suggested
from desk.actions.replies.canned_values import known
from desk.common.errors import Invalid, Missing
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies.models import CannedResponse
from desk.tickets.models import Ticket
from desk.tickets.names import NameWords, beginning_with
from policies.canned_actions import Staged
from policies.canned_actions import parse as parse_actions
from policies.canned_form import Chosen, Definition
from policies.canned_states import State
from policies.canned_variables import Variable, cleaned, value_faults, written_values

MOST_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Question:
    """A variable that the agent is asked for, with the value that stands there already."""

    variable: Variable
    value: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A canned response for one ticket.

    `fell_back`: there is no text in the customer's language. Where something required is not known, `asks` has the
    variables to ask for, and `text` is without them.
    """

    id: int
    name: str
    shortcut: str
    text: str
    language: str
    fell_back: bool
    asks: tuple[Question, ...]
    actions: tuple[Staged, ...]
    stages: tuple[str, ...]  # the same in words
    files: int = 0  # that go along
    suggested: bool = False  # for what the customer said, by what was sent to others who said the like


def offered(writer: User, ticket: Ticket, visibility: str, typed: str) -> list[Offer]:
    """What fits the ticket and what was typed: by shortcut, name, and then by what they say; the most used first.

    Where nothing was typed, what the plan of a crisis offers comes first, then what is suggested, then the rest.
    """
    require(writer, Permission.REPLY)
    rows = _fitting(writer, ticket, visibility)
    wanted = typed.replace("\x00", "").lstrip("/").strip()
    begins = Case(When(shortcut__istartswith=wanted, then=Value(True)), default=False, output_field=BooleanField())
    if wanted:
        named = Q(name__icontains=wanted) | Q(shortcut__icontains=wanted)
        says = beginning_with(wanted)
        if says is not None:
            rows = rows.alias(said=NameWords(F("name"), F("shortcut"), F("words")))
            named |= Q(said=says)
        rows = rows.filter(named)
        by_name = Case(When(Q(name__icontains=wanted) | Q(shortcut__icontains=wanted), then=Value(True)), default=False)
        rows = rows.alias(begins=begins, by_name=by_name).order_by("-begins", "-by_name", "-times_used", "name")
        return _offers(writer, ticket, list(rows[:MOST_OFFERED]))
    planned = statements_for(ticket, timezone.now())
    said = sorted(rows.filter(shortcut__in=planned), key=lambda one: planned.index(one.shortcut)) if planned else []
    likely = [pk for pk in suggested(ticket) if pk not in {one.pk for one in said}]
    alike = sorted(rows.filter(pk__in=likely), key=lambda one: likely.index(one.pk)) if likely else []
    first = [*said, *alike][:MOST_OFFERED]
    others = rows.exclude(pk__in=[one.pk for one in first]).order_by("-times_used", "name")
    offers = _offers(writer, ticket, [*first, *others[: MOST_OFFERED - len(first)]])
    return [replace(one, suggested=one.id in likely) for one in offers]


def fill(writer: User, ticket: Ticket, canned_id: int, visibility: str, given: Mapping[str, str]) -> Offer:
    """One of them with the values that the agent gave. Raises Invalid with what is wrong by variable, Missing."""
    require(writer, Permission.REPLY)
    canned = one_that_fits(writer, ticket, canned_id, visibility)
    values = {name: cleaned(value) for name, value in given.items()}
    definition = canned.definition
    chosen = _chosen(ticket, definition)
    facts = known(ticket, writer, chosen.variant.text.names, chosen.variant.language)
    if faults := value_faults(definition.variables, chosen.variant.text.names, values, facts):
        language = translation.get_language() or "en"
        errors = {fault.path: [fault.said(language)] for fault in faults}
        names = ", ".join(sorted(errors))
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": names}, errors=errors)
    return _offer(canned, definition, chosen, facts, values, team_names(parse_actions(canned.actions)))


def ask(writer: User, ticket: Ticket, canned_id: int, visibility: str) -> Offer:
    """One of them with everything that its text asks for, also what has a value already. Raises Missing."""
    require(writer, Permission.REPLY)
    (offer,) = _offers(writer, ticket, [one_that_fits(writer, ticket, canned_id, visibility)])
    return offer


def one_that_fits(writer: User, ticket: Ticket, canned_id: int, visibility: str) -> CannedResponse:
    """Raises Missing where it is not on offer here."""
    canned = _fitting(writer, ticket, visibility).filter(pk=canned_id).first()
    if canned is None:
        raise Missing(_("There is no such canned response."))
    return canned


def _fitting(writer: User, ticket: Ticket, visibility: str) -> "QuerySet[CannedResponse]":
    own = {team.pk for team in writer.teams.all()} | ({ticket.team_id} if ticket.team_id else set())
    inbox, now = ticket.inbox, timezone.now()
    rows = CannedResponse.objects.filter(
        Q(team=None) | Q(team__in=own),
        Q(networks=[]) | Q(networks__contains=[inbox.network]),
        Q(inboxes=None) | Q(inboxes=inbox),
        Q(expires_on=None) | Q(expires_on__gte=timezone.localdate()),
        state=State.ACTIVE,
        visibility__in=["", visibility],
    )
    return rows.filter(shortcut__in=statements_for(ticket, now)) if templates_paused(ticket, now) else rows


def _offers(writer: User, ticket: Ticket, rows: list[CannedResponse]) -> list[Offer]:
    """The desk looks up once what any of them asks for in a language."""
    read = [(one, definition, _chosen(ticket, definition)) for one in rows for definition in [one.definition]]
    asked: dict[str, list[str]] = {}
    for _canned, _definition, chosen in read:
        asked.setdefault(chosen.variant.language, []).extend(chosen.variant.text.names)
    facts = {language: known(ticket, writer, names, language) for language, names in asked.items()}
    teams = team_names([action for one in rows for action in parse_actions(one.actions)])
    prefetch_related_objects(rows, "attachments")
    return [_offer(one, what, chosen, facts[chosen.variant.language], {}, teams) for one, what, chosen in read]


def _chosen(ticket: Ticket, definition: Definition) -> Chosen:
    return definition.choose(ticket.language or ticket.inbox.language, ticket.inbox.network)


def _offer(
    canned: CannedResponse,
    definition: Definition,
    chosen: Chosen,
    facts: Mapping[str, str],
    given: Mapping[str, str],
    teams: Mapping[int, str],
) -> Offer:
    text, language = chosen.variant.first, chosen.variant.language
    filled = text.fill(written_values(definition.variables, given, facts, language))
    missing = any(
        fault.code == "value.missing" for fault in value_faults(definition.variables, text.names, given, facts)
    )
    asks = tuple(
        Question(variable, given.get(name) or facts.get(name) or variable.default)
        for name, variable in definition.variables.items()
        if missing and name in text.names
    )
    actions = parse_actions(canned.actions)
    stages = tuple(in_words(actions, teams))
    return Offer(
        canned.pk, canned.name, canned.shortcut, filled, language, chosen.fell_back, asks, actions, stages,
        len(canned.attachments.all()),
    )  # fmt: skip
