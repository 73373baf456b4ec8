"""The texts that colleagues start from: written, changed and deleted."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from desk.actions.canned_lengths import never_fits
from desk.common.errors import Conflict, Invalid, Missing
from desk.inboxes.gateway import all_networks
from desk.people.models import Team, User, audit
from desk.people.permissions import Permission, require
from desk.replies.models import CannedResponse
from policies.canned_form import Definition, parse
from policies.canned_problems import CannedRefused

SAID = ("texts", "fallback", "variables")
CHANGEABLE = ("name", "shortcut", *SAID, "team_id", "visibility")
Errors = dict[str, list[str]]


def create_canned(actor: User | None, **values: Any) -> CannedResponse:
    """A new canned response, by the names in CHANGEABLE. Raises Invalid, Conflict."""
    _may_edit(actor)
    canned = CannedResponse()
    _apply(canned, values)
    with transaction.atomic():
        _save(canned)
        audit(actor, "canned_created", canned, name=canned.name)
    return canned


def change_canned(actor: User | None, canned_id: int, **changes: Any) -> CannedResponse:
    """What is left out stays. Raises Invalid, Missing, Conflict."""
    _may_edit(actor)
    with transaction.atomic():
        canned = _canned(canned_id)
        before = {name: getattr(canned, name) for name in changes if name in CHANGEABLE}
        _apply(canned, changes)
        _save(canned)
        changed = [name for name, value in before.items() if getattr(canned, name) != value]
        audit(actor, "canned_changed", canned, name=canned.name, before={name: before[name] for name in changed})
    return canned


def delete_canned(actor: User | None, canned_id: int) -> None:
    """Replies that were written with it stay as they are. Raises Missing."""
    _may_edit(actor)
    with transaction.atomic():
        canned = _canned(canned_id)
        audit(actor, "canned_deleted", canned, name=canned.name, texts=canned.texts)
        canned.delete()


def unsaved(**values: Any) -> CannedResponse:
    """One that is being written, to look at before it is kept. Its name does not matter. Raises Invalid."""
    canned = CannedResponse(name="-", shortcut="-")
    for name, value in values.items():
        setattr(canned, name, value)
    definition = read(canned.texts, canned.fallback, canned.variables)
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


def _apply(canned: CannedResponse, values: dict[str, Any]) -> None:
    if unknown := set(values) - set(CHANGEABLE):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in values.items():
        setattr(canned, name, value.strip() if isinstance(value, str) else value)
    errors: Errors = {}
    try:
        canned.full_clean(exclude=["team", *SAID])
    except ValidationError as problem:
        errors = dict(problem.message_dict)
    if canned.team_id is not None and not Team.objects.filter(pk=canned.team_id).exists():
        errors["team"] = [_("There is no such team.")]
    errors |= _say(canned)
    if errors:
        raise _refusal(errors)


def _say(canned: CannedResponse) -> Errors:
    """What it says in the form that is kept, or what is wrong with it."""
    try:
        definition = read(canned.texts, canned.fallback, canned.variables)
    except Invalid as refused:
        return {path: [str(one) for one in said] for path, said in refused.errors.items()}
    canned.texts, canned.fallback = definition.texts_form(), definition.fallback
    canned.variables = definition.variables_form()
    canned.words = "\n".join(one.source for one in definition.variants)
    return never_fits(canned)


def _by_path(refused: CannedRefused) -> Errors:
    errors: Errors = {}
    for path, sentence in refused.said(translation.get_language() or "en"):
        errors.setdefault(path, []).append(sentence)
    return errors


def _refusal(errors: Errors) -> Invalid:
    return Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(sorted(errors))}, errors=errors)


def _save(canned: CannedResponse) -> None:
    try:
        with transaction.atomic():
            canned.save()
    except IntegrityError:  # somebody took the name between our look and our write
        raise Conflict(_("Another canned response has this name or shortcut. Choose another."), code="taken") from None


def _canned(canned_id: int) -> CannedResponse:
    canned = CannedResponse.objects.select_related("team").select_for_update(of=("self",)).filter(pk=canned_id).first()
    if canned is None:
        raise Missing(_("There is no such canned response."))
    return canned
