"""What other systems tell of a crisis at their hook: `POST /webhooks/crises/<number>/`, signed with the hook's secret.

- `Balie-Signature: sha256=…` is, in hexadecimal, the HMAC-SHA-256 of `Balie-Timestamp` (seconds since 1970), a full
  stop and the body, as in the calls that the desk makes itself. A timestamp may be five minutes from our clock.
- The body is one JSON object: `id`, the sender's own name for what happened, and `reason`; perhaps `name`, `scope` (as
  a crisis has it) and `level`, up to the hook's own.
- An `id` that comes again is the same call, and starts nothing more: a sender without an answer simply repeats it. As
  the `id` is signed with the rest, who overhears a call can start nothing with it.
- While what a hook started over a scope goes on, more of it is a line of that crisis's log.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from desk.actions.alerts.recipients import on_duty_of
from desk.actions.alerts.webhook_calls import signature
from desk.actions.crises.crises import LONGEST_NAME, LONGEST_TEXT
from desk.actions.crises.crisis_beginning import begin
from desk.actions.crises.crisis_moves import tell
from desk.actions.crises.crisis_scope import read_scope
from desk.actions.signals.signal_raising import WHO_LEADS
from desk.alerts.notices import Notice, notify
from desk.common.encryption import Unsealable, unseal
from desk.common.errors import Conflict, DeskError, Invalid, Missing, NotPermitted, TooOften
from desk.crises.models import Crisis, CrisisHook, HookCall
from policies.crisis_scope import Scope
from policies.crisis_states import Level, Standing, State

LARGEST = 64 * 1024  # bytes
DRIFT = timedelta(minutes=5)
MOST_AN_HOUR = 60  # calls of one hook with an id of their own
LONGEST_KEY = 200  # characters
KEYS = ("id", "reason", "name", "scope", "level")


class TooLarge(DeskError):
    status = 413
    code = "too_large"


@dataclass(frozen=True, slots=True)
class Told:
    """What a sender says, read and found good."""

    key: str
    reason: str
    name: str
    scope: Scope
    level: int
    digest: str


@dataclass(frozen=True, slots=True)
class Taken:
    """`repeated`: this very call was taken before; `joined`: it became a line of a crisis that goes on."""

    crisis: Crisis
    repeated: bool = False
    joined: bool = False


def take(hook_id: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Taken:
    """`headers`: by their names in small letters.

    Raises Missing, NotPermitted, Invalid, Conflict, TooOften, TooLarge.
    """
    if len(body) > LARGEST:
        raise TooLarge(_("What is told may have %(count)d kB at most.") % {"count": LARGEST // 1024})
    with transaction.atomic():
        rows = CrisisHook.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
        hook = rows.filter(pk=hook_id, revoked_at=None).first()
        if hook is None:
            raise Missing(_("There is no such webhook, or it was revoked."))
        _verify(hook, headers, body, now)
        told = _read(body, hook)
        before = HookCall.objects.select_related("crisis").filter(hook=hook, key=told.key).first()
        if before is not None:
            if before.digest != told.digest:
                raise Conflict(
                    _("This id was used for something else. Give each event an id of its own."), code="id_used"
                )
            return Taken(before.crisis, repeated=True)
        if HookCall.objects.filter(hook=hook, at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
            raise TooOften(_("More than %(count)d calls within an hour.") % {"count": MOST_AN_HOUR})
        known = _goes_on(hook, told)
        crisis = known or _start(hook, told, now)
        if known is not None:
            tell(known, "hook", actor=None, now=now, text=told.reason, through=hook.name)
        HookCall.objects.create(hook=hook, key=told.key, digest=told.digest, crisis=crisis, at=now)
    return Taken(crisis, joined=known is not None)


def _verify(hook: CrisisHook, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    stamp, signed = headers.get("balie-timestamp", ""), headers.get("balie-signature", "")
    if not stamp or not signed:
        raise NotPermitted(_("Balie-Timestamp or Balie-Signature is missing."), code="signature_missing")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        raise NotPermitted(_("Balie-Timestamp is no whole number of seconds since 1970."), code="timestamp_wrong")
    possible = [hook.sealed_secret]
    if hook.sealed_before is not None and hook.before_until is not None and now < hook.before_until:
        possible.append(hook.sealed_before)
    if not any(_is_signed_with(bytes(sealed), stamp, signed, body) for sealed in possible):
        raise NotPermitted(_("The signature does not fit: look at the secret, and sign the very bytes that are sent."),
                           code="signature_wrong")  # fmt: skip
    if abs(now.timestamp() - int(stamp)) > DRIFT.total_seconds():
        raise NotPermitted(_("Balie-Timestamp is more than five minutes from our clock. Sign anew for each attempt."),
                           code="timestamp_old")  # fmt: skip


def _is_signed_with(sealed: bytes, stamp: str, signed: str, body: bytes) -> bool:
    try:
        secret = unseal(sealed)["secret"]
    except Unsealable:
        return False
    return hmac.compare_digest(f"sha256={signature(secret, stamp, body)}".encode(), signed.encode())


def _read(body: bytes, hook: CrisisHook) -> Told:
    """Raises Invalid with what is wrong with each value."""
    try:
        form = json.loads(body)
    except (ValueError, RecursionError):
        form = None
    if not isinstance(form, dict):
        raise Invalid(_("Send one JSON object: %(keys)s.") % {"keys": ", ".join(KEYS)})
    errors: dict[str, list[str]] = {
        name: [_("There is no such key: only %(keys)s.") % {"keys": ", ".join(KEYS)}]
        for name in form
        if name not in KEYS
    }
    key = _text(errors, "id", form.get("id"), LONGEST_KEY)
    reason = _text(errors, "reason", form.get("reason"), LONGEST_TEXT)
    name = _text(errors, "name", form["name"], LONGEST_NAME) if "name" in form else reason[:LONGEST_NAME]
    level = form.get("level", hook.level)
    if type(level) is not int or not Level.SUSPICION <= level <= hook.level:
        errors["level"] = [_("This webhook starts levels 0 to %(most)d.") % {"most": hook.level}]
    scope = Scope()
    if not isinstance(form.get("scope", {}), dict):
        errors["scope"] = [_("A scope is an object of lists.")]
    elif not errors:
        scope = read_scope(form.get("scope"))
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(errors)}, errors=errors)
    whole = json.dumps(form, sort_keys=True, separators=(",", ":"))
    return Told(key, reason, name, scope, level, hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest())


def _text(errors: dict[str, list[str]], name: str, value: Any, most: int) -> str:
    words = value.strip() if isinstance(value, str) else ""
    if not words or len(words) > most or (not words.isprintable() and name != "reason") or not _is_storable(words):
        errors[name] = [_("Give a text of 1 to %(count)d characters.") % {"count": most}]
    return words


def _is_storable(words: str) -> bool:
    return "\x00" not in words and not any("\ud800" <= letter <= "\udfff" for letter in words)


def _goes_on(hook: CrisisHook, told: Told) -> Crisis | None:
    """What this hook started over the same scope and nobody has ended."""
    rows = Crisis.objects.filter(hook_calls__hook=hook, state__in=(Crisis.State.ACTIVE, Crisis.State.SUSPECTED))
    return rows.filter(scope_form=told.scope.as_json()).order_by("-pk").first()


def _start(hook: CrisisHook, told: Told, now: datetime) -> Crisis:
    """On the word of no person; whoever made the hook owns it, and those who lead crises hear of it."""
    standing = Standing()
    if told.level:
        standing = Standing(state=State.ACTIVE, level=told.level)
    owner = hook.owner if hook.owner.is_active else None
    crisis = begin(
        standing, by=None, owner=owner, reason=told.reason, name=told.name, scope=told.scope, now=now, through=hook.name
    )
    params = {"crisis": crisis.pk, "name": crisis.name, "hook": hook.name, "level": crisis.level}
    notify((Notice(person, "crisis_hook", params=params) for person in on_duty_of(WHO_LEADS, now)), now)
    return crisis
