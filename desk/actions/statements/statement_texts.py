"""Holding statements: which exist by scenario, stage, network and language, who may use them, and their words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.replies.canned_values import usual_hours
from desk.common.errors import Conflict, Missing
from desk.crises.models import Crisis
from desk.crises.plans import plan_of
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.replies.models import CannedResponse
from policies.canned_states import State
from policies.canned_variables import BuiltIn, value_faults, written_values
from policies.crisis_plan import LANGUAGES
from policies.text_safety import plain_name

Kind = CannedResponse.Kind
LEFT_OPEN = re.compile(r" +([,.!?])")  # where the name of a customer would stand: “Hoi , we zoeken het uit”
OPEN = re.compile(r"\{\{[a-z][a-z0-9_]*\}\}")  # what has to be filled in


class Cell(StrEnum):
    """What there is to say in one place."""

    READY = "ready"  # approved, on offer, not past its last day
    UNAPPROVED = "unapproved"  # a colleague has yet to agree with its words
    DRAFT = "draft"
    EXPIRED = "expired"
    MISSING = "missing"


BEST = list(Cell)


@dataclass(frozen=True, slots=True)
class Row:
    """One stage of one scenario: by network and language what there is, and the statement that says it best."""

    scenario: str
    stage: str
    cells: list[tuple[str, str, Cell, int | None]]  # network, language, state, statement


def may_publish(actor: User, crisis: Crisis) -> None:
    """Whoever manages crises, and who holds a role of its plan that publishes. Raises NotPermitted."""
    if not publishes(actor, crisis):
        require(actor, Permission.MANAGE_CRISES)


def publishes(person: User, crisis: Crisis) -> bool:
    if person.may(Permission.MANAGE_CRISES):
        return True
    roles = plan_of(crisis.plan_id).publishers if crisis.plan_id is not None else frozenset()
    return person.is_active and any(crisis.role_holders.get(key) == person.pk for key in roles)


def approve_statement(actor: User, canned_id: int, *, now: datetime | None = None) -> CannedResponse:
    """Agree with the words of a holding statement as they are now, so that they may leave at once in a crisis.

    Nobody approves what they wrote. Whoever changes its words takes the approval away. Raises Conflict, Missing.
    """
    require(actor, Permission.APPROVE)
    with transaction.atomic():
        rows = CannedResponse.objects.select_for_update(of=("self",))
        statement = rows.filter(pk=canned_id, kind=Kind.HOLDING_STATEMENT).first()
        if statement is None:
            raise Missing(_("There is no such holding statement."))
        if statement.approved_at is not None:
            raise Conflict(_("These words are approved already."), code="changed")
        if statement.words_by_id == actor.pk:
            raise Conflict(_("Nobody approves their own words. Ask a colleague."), code="own_words")
        statement.approved_by, statement.approved_at = actor, now or timezone.now()
        statement.save(update_fields=["approved_by", "approved_at"])
        audit(actor, "statement_approved", statement, name=statement.name, texts=statement.texts)
    return statement


def state_of(statement: CannedResponse, today: date) -> Cell:
    """How far its words are, wherever they are said."""
    if statement.expires_on is not None and statement.expires_on < today:
        return Cell.EXPIRED
    if statement.state != State.ACTIVE:
        return Cell.DRAFT
    return Cell.READY if statement.approved_at is not None else Cell.UNAPPROVED


def posting_networks() -> list[str]:
    """Slugs of the networks of connected accounts on which the desk can post."""
    able = {one.slug for one in all_networks() if one.capabilities.post_length is not None}
    return sorted(able.intersection(Inbox.objects.values_list("network", flat=True).distinct()))


def statements(scenario: str = "") -> list[CannedResponse]:
    """All holding statements of a scenario, or of all, in the order of their stages."""
    rows = CannedResponse.objects.filter(kind=Kind.HOLDING_STATEMENT).exclude(scenario="").exclude(stage="")
    if scenario:
        rows = rows.filter(scenario=scenario)
    stages = CannedResponse.Stage.values
    return sorted(rows, key=lambda one: (one.scenario.casefold(), stages.index(one.stage), one.name))


def table(today: date) -> list[Row]:
    """Every stage of every scenario that has a statement at all, also the stages for which there is none. Two queries.

    The columns are the networks on which the desk can post, each in every language of the desk.
    """
    found, networks = statements(), posting_networks()
    scenarios = dict.fromkeys(one.scenario for one in found)
    return [
        Row(
            scenario,
            stage,
            [
                (network, language, *_best(_of(found, scenario, stage), network, language, today))
                for network in networks
                for language in LANGUAGES
            ],
        )
        for scenario in scenarios
        for stage in CannedResponse.Stage.values
    ]


def _of(found: Iterable[CannedResponse], scenario: str, stage: str) -> list[CannedResponse]:
    return [one for one in found if (one.scenario, one.stage) == (scenario, stage)]


def _best(found: Sequence[CannedResponse], network: str, language: str, today: date) -> tuple[Cell, int | None]:
    fitting = [
        (state_of(one, today), one.pk)
        for one in found
        if network in (one.networks or [network]) and not one.definition.choose(language, network).fell_back
    ]
    return min(fitting, key=lambda cell: BEST.index(cell[0]), default=(Cell.MISSING, None))


def words_for(statement: CannedResponse, inbox: Inbox, language: str, writer: User) -> str:
    """What it says on this account, "" where it has no words in that language.

    Of wordings that it offers, a post has the first. What only a customer has stays empty; what has to be filled in
    stands there as `{{name}}`, which nobody can publish.
    """
    chosen = statement.definition.choose(language, inbox.network)
    if chosen.fell_back:
        return ""
    variables, text, facts = statement.definition.variables, chosen.variant.first, _facts(inbox, language, writer)
    open_ones = {fault.path: f"{{{{{fault.path}}}}}" for fault in value_faults(variables, text.names, {}, facts)}
    said = text.fill(written_values(variables, {}, facts, language) | open_ones)
    return LEFT_OPEN.sub(r"\1", said) if BuiltIn.CUSTOMER in text.names else said


def prepared_words(statement: CannedResponse, inbox: Inbox, language: str, writer: User) -> str:
    """Its words there, where a colleague has approved them and they are on offer today; "" otherwise."""
    fits = inbox.network in (statement.networks or [inbox.network])
    if not fits or state_of(statement, timezone.localdate()) is not Cell.READY:
        return ""
    chosen, facts = statement.definition.choose(language, inbox.network), _facts(inbox, language, writer)
    text = chosen.variant.first
    if value_faults(statement.definition.variables, text.names, {}, facts):
        return ""  # something is to be filled in that nobody has read
    return words_for(statement, inbox, language, writer)


def _facts(inbox: Inbox, language: str, writer: User) -> dict[str, str]:
    return {
        BuiltIn.COMPANY: plain_name(inbox.name),
        BuiltIn.AGENT: writer.first_name or writer.name,
        BuiltIn.OPENING_HOURS: usual_hours(language),
    }
