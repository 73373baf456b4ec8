"""The link by which somebody without a seat follows their own proposal: what became of it, what is said about it.

Signed, for one person and one proposal, and kept, so that it can end: after its time, when whoever decides about the
proposal ends it, and when the person leaves. Each notice about the proposal brings one that lives.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.changes.registry import kind_of
from desk.changes.models import Change, Link
from desk.common.errors import Missing
from desk.people import links
from desk.people.models import User, audit
from desk.people.permissions import require

_SALT = "desk.changes.link"


def grant(change: Change, user: User, now: datetime) -> Link:
    """This person's link to this proposal; one that lives is given longer."""
    return links.granted(Link, user, now, change=change)


def end(actor: User, change_id: int, *, now: datetime | None = None) -> int:
    """Nobody gets in by the links of a proposal any more; how many ended. For who decides about it. Raises Missing."""
    change = Change.objects.filter(pk=change_id).first()
    if change is None:
        raise Missing(_("There is no such proposal, or it is somebody’s draft."))
    require(actor, kind_of(change.kind).permission)
    with transaction.atomic():
        ended = change.links.filter(revoked_at=None).update(revoked_at=now or timezone.now())
        audit(actor, "change_links_ended", change, links=ended)
    return ended


def living(change: Change, now: datetime) -> Link | None:
    """The link by which somebody follows it at this moment."""
    return links.live(Link, now).filter(change=change).select_related("user").order_by("-expires_at").first()


def token_of(link_id: int) -> str:
    """What stands in the address."""
    return links.token(_SALT, link_id)


def address_of(link_id: int) -> str:
    """Where it leads, for whoever it was given to."""
    return f"{settings.WEB_URL}/proposed/{token_of(link_id)}/"


def link_of(token: str, now: datetime) -> Link:
    """The live link of a token, with its proposal and its person. Raises Missing, always with the same words."""
    rows = links.live(Link, now).select_related("user", "change__author", "change__decided_by")
    found = rows.filter(pk=links.number_in(_SALT, token)).first()
    if found is None:
        raise Missing(
            _("This link is damaged, or its time is over. The next mail about your proposal brings a new one.")
        )
    return found
