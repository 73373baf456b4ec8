"""Canned responses: the texts that a team starts from."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import Team, User, audit
from desk.people.permissions import Permission, require
from desk.replies.models import CannedResponse

CHANGEABLE = ("name", "shortcut", "text_nl", "text_en", "team_id", "visibility")


def create_canned(actor: User, **fields: Any) -> CannedResponse:
    """Add one; `fields` are those of CHANGEABLE. Raises Invalid, Conflict."""
    require(actor, Permission.EDIT_CANNED)
    with transaction.atomic():
        canned = _written(CannedResponse(), fields)
        audit(actor, "canned_response_created", canned, name=canned.name)
    return canned


def change_canned(actor: User, canned_id: int, **fields: Any) -> CannedResponse:
    """Change one; what is not given stays. Raises Invalid, Conflict, Missing."""
    require(actor, Permission.EDIT_CANNED)
    with transaction.atomic():
        canned = _canned(canned_id)
        before = {name: getattr(canned, name) for name in fields if name in CHANGEABLE}
        canned = _written(canned, fields)
        audit(actor, "canned_response_changed", canned, before=before, after=fields)
    return canned


def delete_canned(actor: User, canned_id: int) -> None:
    """Remove one. Replies that began with it stay as they are."""
    require(actor, Permission.EDIT_CANNED)
    with transaction.atomic():
        canned = _canned(canned_id)
        audit(actor, "canned_response_deleted", canned, name=canned.name)
        canned.delete()


def _written(canned: CannedResponse, fields: dict[str, Any]) -> CannedResponse:
    if unknown := set(fields) - set(CHANGEABLE):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in fields.items():
        setattr(canned, name, value)
    if not (canned.text_nl.strip() or canned.text_en.strip()):
        empty = _("Write the text in Dutch, in English, or in both.")
        raise Invalid(empty, errors={"text_nl": [empty], "text_en": [empty]})
    if canned.team_id is not None and not Team.objects.filter(pk=canned.team_id).exists():
        raise Invalid(_("There is no such team."), errors={"team": [_("There is no such team.")]})
    canned.clean_fields()
    try:
        with transaction.atomic():
            canned.save()
    except IntegrityError:
        raise Conflict(_("Another canned response has this name or shortcut. Choose another."), code="taken") from None
    return canned


def _canned(canned_id: int) -> CannedResponse:
    canned = CannedResponse.objects.select_related("team").select_for_update(of=("self",)).filter(pk=canned_id).first()
    if canned is None:
        raise Missing(_("There is no such canned response."))
    return canned
