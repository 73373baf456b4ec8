"""Inboxes for drills: made on the sandbox by the desk itself, so that no real credential ever gets into one."""

import re
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.inboxes.inboxes import refresh_screens
from desk.actions.inboxes.streams import begin, names_of
from desk.common.errors import Conflict, Invalid
from desk.drills.stage import NoStage, SandboxAway, SandboxRefused, Stage
from desk.inboxes.gateway import UnknownNetwork, network
from desk.inboxes.models import Inbox
from desk.inboxes.words import in_words
from desk.people.models import Team, User, audit
from desk.people.permissions import Permission, require

POLL_SECONDS = 2
LONGEST_NAME = 80  # characters


def on_stage(slug: str, account: str = "") -> Stage:
    """The sandbox's side of an account. Raises Conflict with what is missing, where there is no sandbox."""
    try:
        stage = Stage(slug, account)
        there = stage.is_there()
    except NoStage as missing:
        raise Conflict(in_words(missing.problem), code="no_sandbox") from missing
    except (SandboxAway, SandboxRefused) as away:
        raise Conflict(
            _("The sandbox for drills does not answer. Start it and try again."), code="no_sandbox"
        ) from away
    if not there:
        raise Conflict(_("The sandbox for drills does not speak this network. Choose another."), code="no_sandbox")
    return stage


def make_drill_inbox(
    actor: User, *, network_slug: str, name: str, team_id: int | None = None, language: str = "nl"
) -> Inbox:
    """A new account on the sandbox with its inbox. Raises Invalid, Conflict where there is no sandbox."""
    require(actor, Permission.MANAGE_DRILLS)
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME or "\x00" in words:
        raise Invalid(_("Give a name of 1 to 80 characters."), errors={"name": [_("Give a name.")]})
    if team_id is not None and not Team.objects.filter(pk=team_id).exists():
        raise Invalid(_("There is no such team."), errors={"team": [_("There is no such team.")]})
    try:
        network(network_slug)
    except UnknownNetwork:
        raise Invalid(_("There is no such network."), errors={"network": [_("Unknown network.")]}) from None
    handle = f"{re.sub(r'[^a-z0-9]', '', words.lower())[:6] or 'drill'}_{secrets.token_hex(3)}"
    with on_stage(network_slug) as stage:
        made = stage.make_account(handle, words)
    inbox = Inbox(
        network=network_slug, name=words, drill=True, own_id=made["id"], handle=handle, team_id=team_id,
        language=language, poll_seconds=POLL_SECONDS, state=Inbox.State.PAUSED,
    )  # fmt: skip
    inbox.credentials = made["credentials"]
    with transaction.atomic():
        inbox.save()
        begin(inbox, names_of(inbox), timezone.now())
        audit(actor, "drill_inbox_created", inbox, network=network_slug, name=words)
        refresh_screens(inbox)
    return inbox
