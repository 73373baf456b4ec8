"""The texts that colleagues start from."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import Team, User, audit
from desk.people.permissions import Permission, require
from desk.replies.models import CannedResponse

CHANGEABLE = ("name", "shortcut", "text_nl", "text_en", "team_id", "visibility")
LONGEST = 5_000  # characters


def create_canned(actor: User | None, **values: Any) -> CannedResponse:
    """A new canned response (`name`, `shortcut`, `text_nl`, `text_en`, `team_id`, `visibility`). Raises Invalid."""
    _may_edit(actor)
    canned = CannedResponse()
    _apply(canned, values)
    with transaction.atomic():
        _save(canned)
        audit(actor, "canned_created", canned, name=canned.name)
    return canned


def change_canned(actor: User | None, canned_id: int, **changes: Any) -> CannedResponse:
    """What is left out stays. Raises Invalid, Missing."""
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
        audit(actor, "canned_deleted", canned, name=canned.name, text_nl=canned.text_nl, text_en=canned.text_en)
        canned.delete()


def _may_edit(actor: User | None) -> None:
    if actor is not None:
        require(actor, Permission.EDIT_CANNED)


def _apply(canned: CannedResponse, values: dict[str, Any]) -> None:
    if unknown := set(values) - set(CHANGEABLE):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in values.items():
        setattr(canned, name, value.strip() if isinstance(value, str) else value)
    errors: dict[str, list[str]] = {}
    try:
        canned.full_clean(exclude=["team"])
    except ValidationError as problem:
        errors = dict(problem.message_dict)
    if not (canned.text_nl or canned.text_en):
        errors["text_nl"] = [_("Write the text in at least one language.")]
    for name in ("text_nl", "text_en"):
        if len(getattr(canned, name)) > LONGEST:
            errors[name] = [_("At most %(count)d characters.") % {"count": LONGEST}]
    if canned.team_id is not None and not Team.objects.filter(pk=canned.team_id).exists():
        errors["team"] = [_("There is no such team.")]
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(sorted(errors))}, errors=errors)


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
