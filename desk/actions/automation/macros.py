"""Macros: several steps on a ticket at once, by an agent who has seen what they do. Nothing of it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from desk.actions.automation.automations import Known
from desk.actions.automation.canned_words import put_in_draft
from desk.actions.questions import questions
from desk.actions.tickets import notes, ticket_causes, tickets
from desk.actions.tickets.bulk import BulkResult, one_by_one
from desk.actions.tickets.tickets import locked
from desk.actions.tickets.timeline import because_of
from desk.automation.models import Macro
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.tickets.models import Ticket
from policies.automation_form import parse_steps
from policies.automation_steps import ME, NOBODY, Do, Step
from policies.rulebook_reading import RulebookProblem
from policies.ticket_states import Event

LONGEST_NAME = 80  # characters
MOST_MACROS = 200  # of one person, and shared


@dataclass(frozen=True, slots=True)
class Applied:
    """A ticket after a macro, and what was done."""

    ticket: Ticket
    macro: Macro


def create_macro(
    actor: User | None,
    *,
    name: str,
    steps: Sequence[Mapping[str, Any]],
    shared: bool = False,
    now: datetime | None = None,
) -> Macro:
    """Of one's own, or for everybody. Raises Invalid, Conflict."""
    _may_write(actor, shared=shared)
    owner = None if shared else actor
    if Macro.objects.filter(owner=owner).count() >= MOST_MACROS:
        raise Conflict(_("There are %(count)d macros already. Delete one first.") % {"count": MOST_MACROS})
    macro = Macro(name=_name(name), owner=owner, form=kept_steps(steps), author=actor, changed_at=now or timezone.now())
    with transaction.atomic():
        _save(macro)
        audit(actor, "macro_created", macro, name=macro.name, shared=shared)
    return macro


def change_macro(
    actor: User | None,
    macro_id: int,
    *,
    name: str | None = None,
    steps: Sequence[Mapping[str, Any]] | None = None,
    shared: bool | None = None,
    now: datetime | None = None,
) -> Macro:
    """What is left out stays. Nobody's change is one of a shared macro. Raises Invalid, Conflict, Missing."""
    if actor is not None:
        require(actor, Permission.WORK_TICKETS)
    with transaction.atomic():
        macro = _own_or_shared(actor, macro_id)
        before = told(macro)
        _may_write(actor, shared=macro.owner_id is None or bool(shared))
        if shared is not None:
            macro.owner = None if shared else macro.owner or actor
        macro.name = _name(name) if name is not None else macro.name
        macro.form = kept_steps(steps) if steps is not None else macro.form
        macro.author, macro.changed_at = actor, now or timezone.now()
        _save(macro)
        after = told(macro)
        changed = [name for name in after if after[name] != before[name]]
        was, now_is = ({name: values[name] for name in changed} for values in (before, after))
        shares = macro.owner_id is None
        audit(actor, "macro_changed", macro, name=macro.name, shared=shares, before=was, after=now_is)
    return macro


def told(macro: Macro) -> dict[str, Any]:
    """What it is called and does."""
    return {"name": macro.name, "steps": macro.form}


def delete_macro(actor: User, macro_id: int) -> None:
    """What it did stays done."""
    require(actor, Permission.WORK_TICKETS)
    with transaction.atomic():
        macro = _own_or_shared(actor, macro_id)
        _may_write(actor, shared=macro.owner_id is None)
        audit(actor, "macro_deleted", macro, name=macro.name)
        macro.delete()


def apply_macro(actor: User, ticket_id: int, macro_id: int, *, now: datetime | None = None) -> Applied:
    """All of its steps or none: the first that is refused is the reason. Raises what its steps raise."""
    require(actor, Permission.WORK_TICKETS)
    now = now or timezone.now()
    macro = _own_or_shared(actor, macro_id)
    with transaction.atomic(), because_of(macro=macro.name):
        audit(actor, "macro_applied", locked(ticket_id), macro=macro.pk, name=macro.name)
        for step in macro.steps:
            _take(actor, ticket_id, step, now)
        Macro.objects.filter(pk=macro.pk).update(times_used=F("times_used") + 1)
        return Applied(locked(ticket_id), macro)


def apply_to_many(actor: User, ticket_ids: Sequence[int], macro_id: int) -> BulkResult:
    """On each ticket by itself: what is refused for one does not stop the others. Raises Invalid, Missing."""
    require(actor, Permission.BULK)
    _own_or_shared(actor, macro_id)
    return one_by_one(ticket_ids, lambda ticket_id: apply_macro(actor, ticket_id, macro_id).ticket)


def macros_of(reader: User | None) -> "QuerySet[Macro]":
    """Their own and those of everybody, by name; of nobody those of everybody."""
    return Macro.objects.filter(Q(owner=reader) | Q(owner=None)).select_related("author").order_by("name", "id")


def macro_of(reader: User, macro_id: int) -> Macro:
    """One of them. Raises Missing."""
    return _own_or_shared(reader, macro_id)


# ── one step, by a person ────────────────────────────────────────────────────
def _take(actor: User, ticket_id: int, step: Step, now: datetime) -> None:
    match step.do:
        case Do.TAG:
            tickets.tag(actor, ticket_id, add=[step.value], now=now)
        case Do.UNTAG:
            tickets.tag(actor, ticket_id, remove=[step.value], now=now)
        case Do.PRIORITY:
            tickets.set_priority(actor, ticket_id, int(step.value), now=now)
        case Do.TEAM:
            tickets.assign(actor, ticket_id, team_id=int(step.value), now=now)
        case Do.ASSIGNEE:
            whom = {ME: actor.pk, NOBODY: None}
            owner = whom[step.value] if step.value in whom else int(step.value)
            tickets.assign(actor, ticket_id, assignee_id=owner, now=now)
        case Do.CAUSE:
            ticket_causes.choose(actor, ticket_id, int(step.value), now=now)
        case Do.NOTE:
            notes.add_note(actor, ticket_id, step.text, now=now)
        case Do.ASK:
            whom_kind, _colon, number = step.value.partition(":")
            user_id = int(number) if whom_kind == "user" else None
            team_id = int(number) if whom_kind == "team" else None
            questions.ask(actor, ticket_id, text=step.text, user_id=user_id, team_id=team_id, now=now)
        case Do.DRAFT:
            put_in_draft(actor, locked(ticket_id), step.value)
        case Do.SNOOZE:
            tickets.snooze(actor, ticket_id, now + timedelta(minutes=int(step.value)), now=now)
        case Do.RESOLVE:
            tickets.transition(actor, ticket_id, Event.RESOLVE, now=now)


# ── what a macro may be ──────────────────────────────────────────────────────
def kept_steps(steps: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Steps as they are kept. Raises Invalid with what is wrong at each path."""
    errors: dict[str, list[str | Promise]] = {}
    try:
        read = parse_steps(list(steps))
    except RulebookProblem as problem:
        for path, sentence in problem.said(translation.get_language() or "en"):
            errors.setdefault(path, []).append(sentence)
    else:
        for path, sentence in Known().gone_of_steps(read):
            errors.setdefault(path, []).append(sentence)
    if errors:
        raise Invalid(_("These steps can't be used yet. See what is marked."), errors=errors)
    return [step.as_json() for step in read]


def _name(name: str) -> str:
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME or "\x00" in words:
        said = _("Give a name of 1 to %(count)d characters.") % {"count": LONGEST_NAME}
        raise Invalid(said, errors={"name": [said]})
    return words


def _save(macro: Macro) -> None:
    try:
        with transaction.atomic():
            macro.save()
    except IntegrityError:
        raise Conflict(_("Another macro has this name. Choose another."), code="taken") from None


def _may_write(actor: User | None, *, shared: bool) -> None:
    if actor is None:
        return
    require(actor, Permission.WORK_TICKETS)
    if shared and not actor.may(Permission.WRITE_AUTOMATION):
        raise NotPermitted(_("Your role has macros of its own only. Ask a supervisor to share one."))


def _own_or_shared(actor: User | None, macro_id: int) -> Macro:
    macro = macros_of(actor).filter(pk=macro_id).first()
    if macro is None:
        raise Missing(_("There is no such macro."))
    return macro
