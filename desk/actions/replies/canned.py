"""The texts that colleagues start from: written, changed, put on offer, taken off it, deleted."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from desk.actions.replies.canned_actions import team_names
from desk.actions.replies.canned_check import refuse_if_blocked
from desk.actions.replies.canned_lengths import never_fits
from desk.common.errors import Conflict, Invalid, Missing
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.models import Team, User, audit
from desk.people.permissions import Permission, require
from desk.replies import files
from desk.replies.models import CannedResponse, ReplyAttachment
from desk.rulebooks.active import hold_in_force, in_force
from policies.canned_actions import Do
from policies.canned_actions import parse as parse_actions
from policies.canned_form import Definition, parse
from policies.canned_problems import CannedRefused
from policies.canned_states import Event, State, TransitionRefused, next_state

SAID = ("texts", "fallback", "variables")
SCOPE = ("team_id", "visibility", "networks", "inbox_ids")
CHANGEABLE = (
    "name",
    "shortcut",
    "kind",
    "scenario",
    "stage",
    *SAID,
    "actions",
    *SCOPE,
    "owner_id",
    "expires_on",
    "review_on",
)
MOST_INBOXES = 500
Errors = dict[str, list[str]]


def create_canned(actor: User | None, **values: Any) -> CannedResponse:
    """A draft, by the names in CHANGEABLE; its owner is who wrote it where nobody else is named.

    Raises Invalid, Conflict.
    """
    _may_edit(actor)
    canned = CannedResponse(owner=actor, words_by=actor)
    inboxes = _apply(canned, values)
    with transaction.atomic():
        _save(canned, inboxes)
        audit(actor, "canned_created", canned, name=canned.name)
    return canned


def change_canned(actor: User | None, canned_id: int, **changes: Any) -> CannedResponse:
    """What is left out stays. One that is on offer must pass the rules still.

    Raises Invalid, Missing, Conflict, CannedBlocked.
    """
    _may_edit(actor)
    with transaction.atomic():
        under = hold_in_force()  # before the row, in the order of whoever switches another rulebook on
        canned = _canned(canned_id)
        before = _known(canned, changes)
        inboxes = _apply(canned, changes)
        if "review_on" in changes and canned.review_on != before["review_on"]:
            canned.review_told = False
        if any(getattr(canned, name) != before[name] for name in SAID if name in changes):
            canned.words_by, canned.approved_by, canned.approved_at = actor, None, None  # nobody has read these yet
        _save(canned, inboxes)
        if canned.state == State.ACTIVE:
            refuse_if_blocked(canned, inbox_ids_of(canned), under.rulebook)
        after = _known(canned, changes)
        changed = [name for name in before if after[name] != before[name]]
        was, now = ({name: _plain(values[name]) for name in changed} for values in (before, after))
        audit(actor, "canned_changed", canned, name=canned.name, before=was, after=now)
    return canned


def activate_canned(actor: User | None, canned_id: int) -> CannedResponse:
    """Put it on offer. Raises CannedBlocked with what the rules have against it, Conflict, Missing."""
    _may_edit(actor)
    with transaction.atomic():
        under = hold_in_force()
        canned = _canned(canned_id)
        _move(canned, Event.ACTIVATE)
        if canned.expires_on is not None and canned.expires_on < timezone.localdate():
            raise Conflict(_("Its last day has passed. Choose a later one first."), code="expired")
        refuse_if_blocked(canned, inbox_ids_of(canned), under.rulebook)
        audit(actor, "canned_activated", canned, name=canned.name)
    return canned


def withdraw_canned(actor: User | None, canned_id: int) -> CannedResponse:
    """Take it off offer; it is a draft again. Raises Conflict, Missing."""
    _may_edit(actor)
    with transaction.atomic():
        canned = _canned(canned_id)
        _move(canned, Event.WITHDRAW)
        audit(actor, "canned_withdrawn", canned, name=canned.name)
    return canned


def delete_canned(actor: User | None, canned_id: int) -> None:
    """Replies that were written with it stay as they are. Raises Missing."""
    _may_edit(actor)
    with transaction.atomic():
        canned = _canned(canned_id)
        audit(actor, "canned_deleted", canned, name=canned.name, texts=canned.texts)
        files.remove(ReplyAttachment.objects.filter(canned_response=canned))
        canned.delete()


def inbox_ids_of(canned: CannedResponse) -> list[int]:
    """The inboxes that it is kept to; none where it is for all."""
    return sorted(canned.inboxes.values_list("pk", flat=True))


def unsaved(**values: Any) -> CannedResponse:
    """One that is being written, to look at before it is kept, by names of SAID and SCOPE. Raises Invalid."""
    canned = CannedResponse(name="-", shortcut="-")
    for name, value in values.items():
        setattr(canned, name, value)
    definition = read(canned.texts, canned.fallback, canned.variables)  # as it will be kept
    canned.texts, canned.variables = definition.texts_form(), definition.variables_form()
    return canned


def read(texts: object, fallback: object, variables: object) -> Definition:
    """What a form says that is not kept yet. Raises Invalid with what is wrong at each path."""
    try:
        return parse(texts, fallback, variables, [network.slug for network in all_networks()])
    except CannedRefused as refused:
        raise _refusal(_by_path(refused)) from None


def _may_edit(actor: User | None) -> None:
    if actor is not None:
        require(actor, Permission.EDIT_CANNED)


def _known(canned: CannedResponse, changes: dict[str, Any]) -> dict[str, Any]:
    """What it has now of what would be changed."""
    columns = {name: getattr(canned, name) for name in changes if name in CHANGEABLE and name != "inbox_ids"}
    return {**columns, "inbox_ids": inbox_ids_of(canned)} if "inbox_ids" in changes else columns


def _plain(value: Any) -> Any:
    """As the audit trail keeps it."""
    return str(value) if isinstance(value, date) else value


def _apply(canned: CannedResponse, values: dict[str, Any]) -> list[Inbox] | None:
    """Put the values in; the inboxes, where they are among them, to be kept with it. Raises Invalid."""
    if unknown := set(values) - set(CHANGEABLE):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in values.items():
        if name != "inbox_ids":
            setattr(canned, name, value.strip() if isinstance(value, str) else value)
    errors: Errors = {}
    try:
        canned.full_clean(exclude=["team", "owner", "actions", "words_by", "approved_by", "approved_at", *SAID])
    except ValidationError as problem:
        errors = dict(problem.message_dict)
    if canned.team_id is not None and not Team.objects.filter(pk=canned.team_id).exists():
        errors["team"] = [_("There is no such team.")]
    if "owner_id" in values and not _may_own(canned.owner_id):
        errors["owner"] = [_("Choose a colleague who may write canned responses.")]
    known = [one.slug for one in all_networks()]
    if any(slug not in known for slug in canned.networks):
        errors["networks"] = [_("Choose from: %(known)s.") % {"known": ", ".join(known)}]
    inboxes = None
    if "inbox_ids" in values:
        wanted = set(values["inbox_ids"][:MOST_INBOXES])
        inboxes = list(Inbox.objects.filter(pk__in=wanted))
        if len(inboxes) < len(wanted):
            errors["inboxes"] = [_("There is no such inbox.")]
    errors |= _say(canned) | _stage(canned)
    if errors:
        raise _refusal(errors)
    return inboxes


def _may_own(user_id: int | None) -> bool:
    if user_id is None:
        return True
    person = User.objects.filter(pk=user_id).first()
    return person is not None and person.may(Permission.EDIT_CANNED)


def _say(canned: CannedResponse) -> Errors:
    """What it says in the form that is kept, or what is wrong with it."""
    try:
        definition = read(canned.texts, canned.fallback, canned.variables)
    except Invalid as refused:
        return {path: [str(one) for one in said] for path, said in refused.errors.items()}
    canned.texts, canned.fallback = definition.texts_form(), definition.fallback
    canned.variables = definition.variables_form()
    canned.words = "\n".join(one.source for one in definition.variants)
    return never_fits(canned, in_force().rulebook.signature)


def _stage(canned: CannedResponse) -> Errors:
    """What it stages in the form that is kept, or what is wrong with it."""
    try:
        actions = parse_actions(canned.actions)
    except CannedRefused as refused:
        return _by_path(refused)
    canned.actions = [one.as_json() for one in actions]
    teams = team_names(actions)
    if any(one.do is Do.TEAM and int(one.value) not in teams for one in actions):
        return {"actions": [_("There is no such team.")]}
    return {}


def _by_path(refused: CannedRefused) -> Errors:
    errors: Errors = {}
    for path, sentence in refused.said(translation.get_language() or "en"):
        errors.setdefault(path, []).append(sentence)
    return errors


def _refusal(errors: Errors) -> Invalid:
    return Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(sorted(errors))}, errors=errors)


def _save(canned: CannedResponse, inboxes: list[Inbox] | None) -> None:
    try:
        with transaction.atomic():
            canned.save()
    except IntegrityError:  # somebody took the name between our look and our write
        raise Conflict(_("Another canned response has this name or shortcut. Choose another."), code="taken") from None
    if inboxes is not None:
        canned.inboxes.set(inboxes)


def _move(canned: CannedResponse, event: Event) -> None:
    try:
        canned.state = next_state(canned.state, event)
    except TransitionRefused:
        words = _("It is on offer already.") if event is Event.ACTIVATE else _("It is a draft already.")
        raise Conflict(words) from None
    canned.suspended_at = None
    canned.save(update_fields=["state", "suspended_at", "updated_at"])


def _canned(canned_id: int) -> CannedResponse:
    canned = CannedResponse.objects.select_related("team").select_for_update(of=("self",)).filter(pk=canned_id).first()
    if canned is None:
        raise Missing(_("There is no such canned response."))
    return canned
