"""Hooks of crises: addresses at which other systems (a monitor, a status page) tell the desk of a crisis.

People make one, give its secret to the other system, and may take another secret or revoke it. What is told there goes
to `desk.actions.crises.hook_calls`.
"""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.common.encryption import seal
from desk.common.errors import Conflict, Invalid, Missing
from desk.crises.models import CrisisHook
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from policies.crisis_states import Level

LONGEST_NAME = 80  # characters
MOST_HOOKS = 100
LEVELS = (Level.SUSPICION, Level.WATCH, Level.ELEVATED)  # level 3 takes people
OVERLAP = timedelta(hours=24)  # in which the secret before the newest is good too


def create_hook(
    actor: User, *, name: str, level: int = Level.SUSPICION, now: datetime | None = None
) -> tuple[CrisisHook, str]:
    """A hook, and the secret that signs what is told there: shown this once. What it starts belongs to its maker.

    Raises Invalid, Conflict where the name is taken.
    """
    require(actor, Permission.MANAGE_CRISES)
    words, secret = " ".join(name.split()), secrets.token_urlsafe(32)
    errors: dict[str, list[str]] = {}
    if not words or len(words) > LONGEST_NAME or "\x00" in words:
        errors["name"] = [_("Give a name of 1 to %(count)d characters.") % {"count": LONGEST_NAME}]
    if level not in LEVELS:
        errors["level"] = [_("Choose a suspicion, level 1 or level 2. Level 3 takes people.")]
    if errors:
        raise Invalid(next(iter(errors.values()))[0], errors=errors)
    if CrisisHook.objects.filter(revoked_at=None).count() >= MOST_HOOKS:
        raise Conflict(_("There are %(count)d webhooks already. Revoke one first.") % {"count": MOST_HOOKS})
    hook = CrisisHook(
        name=words, level=level, owner=actor, sealed_secret=seal({"secret": secret}), created_at=now or timezone.now()
    )
    try:
        with transaction.atomic():
            hook.save()
            audit(actor, "crisis_hook_created", hook, name=words, level=int(level))
    except IntegrityError:
        raise Conflict(_("Another webhook has this name. Choose another."), code="taken") from None
    return hook, secret


def rotate_hook(
    actor: User, hook_id: int, *, at_once: bool = False, now: datetime | None = None
) -> tuple[CrisisHook, str]:
    """Another secret, shown this once. The one before is good for a day more, or not at all with `at_once`.

    Raises Missing.
    """
    require(actor, Permission.MANAGE_CRISES)
    now, secret = now or timezone.now(), secrets.token_urlsafe(32)
    with transaction.atomic():
        hook = _hook(hook_id)
        hook.sealed_before = None if at_once else hook.sealed_secret
        hook.before_until = None if at_once else now + OVERLAP
        hook.sealed_secret = seal({"secret": secret})
        hook.save(update_fields=["sealed_secret", "sealed_before", "before_until"])
        audit(actor, "crisis_hook_rotated", hook, name=hook.name, at_once=at_once)
    return hook, secret


def revoke_hook(actor: User, hook_id: int, *, now: datetime | None = None) -> None:
    """Nothing is taken there any more; what it started goes on. Raises Missing."""
    require(actor, Permission.MANAGE_CRISES)
    with transaction.atomic():
        hook = _hook(hook_id)
        hook.revoked_at, hook.sealed_secret, hook.sealed_before = now or timezone.now(), b"", None
        hook.save(update_fields=["revoked_at", "sealed_secret", "sealed_before"])
        audit(actor, "crisis_hook_revoked", hook, name=hook.name)


def _hook(hook_id: int) -> CrisisHook:
    rows = CrisisHook.objects.select_for_update(of=("self",)).select_related("owner")
    hook = rows.filter(pk=hook_id, revoked_at=None).first()
    if hook is None:
        raise Missing(_("There is no such webhook, or it was revoked."))
    return hook
