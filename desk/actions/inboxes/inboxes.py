"""Connecting accounts and keeping them connected."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.inboxes.health import let_go, open_gap
from desk.actions.inboxes.streams import adjust, begin, names_of
from desk.common.encryption import Unsealable
from desk.common.errors import Conflict, DeskError, Invalid, Missing
from desk.common.live import publish
from desk.inboxes import budgets
from desk.inboxes.gateway import (
    AccountInfo,
    AddressRefused,
    Connector,
    NetworkError,
    UnknownNetwork,
    all_networks,
    check_account,
    check_inbox,
    network,
    options_of,
    schemes_of,
)
from desk.inboxes.models import CoverageGap, Inbox
from desk.inboxes.words import in_words
from desk.people.models import Team, User, audit
from desk.people.permissions import Permission, require

FASTEST_POLL, SLOWEST_POLL = 1, 86_400  # seconds
LARGEST_BUDGET = 1_000_000  # US dollars a month
CHANGEABLE = (
    "name",
    "base_url",
    "poll_seconds",
    "team_id",
    "brand",
    "language",
    "conversation_window_hours",
    "monthly_budget",
    "options",
)


_STAGE = gettext_lazy("This inbox is for drills. Its address and its credentials are the sandbox's own.")


class ConnectionRefused(DeskError):
    """The network did not take these credentials, or could not be asked."""

    status = 422
    code = "connection_refused"


def networks() -> tuple[type[Connector], ...]:
    """What can be connected: slug, label, codes, capabilities, credential fields, default address."""
    return all_networks()


def create_inbox(
    actor: User | None,
    *,
    network: str,
    name: str,
    credentials: Mapping[str, str],
    base_url: str = "",
    poll_seconds: int = 60,
    team_id: int | None = None,
    brand: str = "",
    language: str = "nl",
    options: Mapping[str, str] | None = None,
    check: bool = True,
    now: datetime | None = None,
) -> Inbox:
    """Connect an account and start reading it. With `check` the network is asked first and a refusal stops it.

    `actor` is None for the operator at the command line. Raises Invalid, ConnectionRefused.
    """
    if actor is not None:
        require(actor, Permission.MANAGE_INBOXES)
    now = now or timezone.now()
    connector = _network(network)
    credentials = _clean_credentials(connector, credentials)
    inbox = Inbox(network=network)
    _apply(inbox, {"name": name, "base_url": base_url, "poll_seconds": poll_seconds, "team_id": team_id,
                   "brand": brand, "language": language, "options": options or {}})  # fmt: skip
    info = _ask(network, inbox.base_url, credentials) if check else None
    if info is not None:
        inbox.own_id, inbox.handle, inbox.limits = info.own_id, info.handle, dict(info.limits)
    inbox.credentials = credentials
    with transaction.atomic():
        inbox.save()
        begin(inbox, names_of(inbox), now)
        audit(actor, "inbox_created", inbox, network=network, name=inbox.name)
        refresh_screens(inbox)
    return inbox


def change_inbox(actor: User | None, inbox_id: int, **changes: Any) -> Inbox:
    """Change name, address, rhythm, team or language. Credentials: `reauthorise`."""
    if actor is not None:
        require(actor, Permission.MANAGE_INBOXES)
    if unknown := set(changes) - set(CHANGEABLE):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    with transaction.atomic():
        inbox = _inbox(inbox_id, lock=True)
        if inbox.drill and changes.get("base_url", inbox.base_url) != inbox.base_url:
            raise Conflict(_STAGE)
        before = {name: getattr(inbox, name) for name in changes}
        _apply(inbox, changes)
        inbox.save(update_fields=[name.removesuffix("_id") for name in changes])
        if "options" in changes:
            adjust(inbox, list(inbox.streams.values_list("name", flat=True)), timezone.now())
            inbox.streams.update(denied={})
        if {"poll_seconds", "base_url", "monthly_budget", "options"} & set(changes):
            inbox.streams.update(next_poll_at=timezone.now())  # the new rhythm begins now, not after the old pause
        audit(actor, "inbox_changed", inbox, before=before, after=changes)
        refresh_screens(inbox)
    return inbox


def reauthorise(actor: User, inbox_id: int, credentials: Mapping[str, str], *, now: datetime | None = None) -> Inbox:
    """New credentials; a field that is left empty keeps its value. What was held for want of a token leaves now."""
    require(actor, Permission.MANAGE_INBOXES)
    now = now or timezone.now()
    inbox = _inbox(inbox_id)
    if inbox.drill:
        raise Conflict(_STAGE)
    try:
        kept = inbox.credentials
    except Unsealable:
        kept = {}
    given = {name: value for name, value in credentials.items() if value}
    merged = _clean_credentials(_network(inbox.network), {**kept, **given})
    info = _ask(inbox.network, inbox.base_url, merged)
    if inbox.own_id and info.own_id != inbox.own_id:
        raise Conflict(
            _("These credentials belong to another account, @%(handle)s. Connect it as an inbox of its own.")
            % {"handle": info.handle}
        )
    with transaction.atomic():
        inbox = _inbox(inbox_id, lock=True)
        inbox.credentials = merged
        inbox.own_id, inbox.handle, inbox.limits = info.own_id, info.handle, dict(info.limits)
        inbox.credentials_end_at = inbox.credentials_asked_at = inbox.credentials_warned_days = None
        budgets.forget(inbox.pk)
        _run_again(inbox, now)
        inbox.save()
        audit(actor, "inbox_reauthorised", inbox)
        let_go(inbox, ("auth_expired",), now)
        refresh_screens(inbox)
    return inbox


def pause(actor: User, inbox_id: int, *, now: datetime | None = None) -> Inbox:
    """Stop reading and sending. Webhooks are still taken in, so that nothing is lost."""
    require(actor, Permission.MANAGE_INBOXES)
    now = now or timezone.now()
    with transaction.atomic():
        inbox = _inbox(inbox_id, lock=True)
        if inbox.state != Inbox.State.PAUSED:
            inbox.state = Inbox.State.PAUSED
            inbox.save(update_fields=["state"])
            open_gap(inbox, CoverageGap.Reason.PAUSED, now)
            audit(actor, "inbox_paused", inbox)
            refresh_screens(inbox)
    return inbox


def resume(actor: User, inbox_id: int, *, now: datetime | None = None) -> Inbox:
    """Read and send again, at once. Also for an inbox whose token turned out to live."""
    require(actor, Permission.MANAGE_INBOXES)
    now = now or timezone.now()
    with transaction.atomic():
        inbox = _inbox(inbox_id, lock=True)
        if inbox.state != Inbox.State.ACTIVE:
            _run_again(inbox, now)
            inbox.save(update_fields=["state", "failures_in_a_row", "breaker_failures", "breaker_until"])
            let_go(inbox, ("paused", "auth_expired"), now)
            audit(actor, "inbox_resumed", inbox)
            refresh_screens(inbox)
    return inbox


def delete_inbox(actor: User, inbox_id: int) -> None:
    """Only an inbox without tickets can go; one with a history is paused instead."""
    require(actor, Permission.MANAGE_INBOXES)
    with transaction.atomic():
        inbox = _inbox(inbox_id, lock=True)
        audit(actor, "inbox_deleted", inbox, name=inbox.name, network=inbox.network)
        try:
            inbox.delete()
        except ProtectedError:
            raise Conflict(_("This inbox has tickets, and their history stays. Pause it instead.")) from None


def test_connection(actor: User, *, network: str, base_url: str, credentials: Mapping[str, str]) -> AccountInfo:
    """Ask the network who these credentials are and what they lack. Raises ConnectionRefused in plain words."""
    require(actor, Permission.MANAGE_INBOXES)
    return _ask(network, base_url, _clean_credentials(_network(network), credentials))


def test_inbox(actor: User, inbox_id: int) -> AccountInfo:
    """The same for an inbox that is connected; what its server now says of itself holds from then on."""
    require(actor, Permission.MANAGE_INBOXES)
    inbox = _inbox(inbox_id)
    try:
        info = _answer(lambda: check_inbox(inbox))
    except Unsealable as problem:
        raise ConnectionRefused(_(str(problem))) from problem
    Inbox.objects.filter(pk=inbox_id).update(limits=dict(info.limits))
    return info


def webhook_address(inbox: Inbox) -> str:
    """What an administrator pastes at the network."""
    return settings.WEB_URL + reverse("webhook", args=[inbox.pk])


def _run_again(inbox: Inbox, now: datetime) -> None:
    inbox.state, inbox.failures_in_a_row = Inbox.State.ACTIVE, 0
    inbox.breaker_failures, inbox.breaker_until = 0, None
    inbox.streams.update(next_poll_at=now, claimed_until=None, failures=0, denied={})


def refresh_screens(inbox: Inbox) -> None:
    """Open screens hear how it stands, once the transaction is committed."""
    publish("inbox", {"id": inbox.pk, "state": inbox.state})


def _network(slug: str) -> type[Connector]:
    try:
        return network(slug)
    except UnknownNetwork as problem:
        known = ", ".join(sorted(one.slug for one in all_networks()))
        raise Invalid(
            _("There is no network “%(name)s”. Known are: %(known)s.") % {"name": slug[:40], "known": known},
            errors={"network": [_("Unknown network.")]},
        ) from problem


def _clean_credentials(connector: type[Connector], credentials: Mapping[str, str]) -> dict[str, str]:
    fields = {field.name: field for field in connector.credential_fields}
    errors: dict[str, list[str]] = {}
    for name, value in credentials.items():
        if name not in fields:
            errors[name] = [_("%(network)s has no such field.") % {"network": connector.label}]
        elif "\x00" in value or len(value) > 5_000:
            errors[name] = [_("This must be a text.")]
    for name, field in fields.items():
        if field.required and not str(credentials.get(name) or "").strip():
            errors.setdefault(name, [_("This is missing.")])
    if errors:
        raise Invalid(
            _("These credentials are not complete: %(names)s.") % {"names": ", ".join(sorted(errors))},
            errors={f"credentials.{name}": words for name, words in errors.items()},
        )
    return {name: value.strip() for name, value in credentials.items() if value.strip()}


def _ask(slug: str, base_url: str, credentials: Mapping[str, str]) -> AccountInfo:
    return _answer(lambda: check_account(slug, base_url, credentials))


def _answer(ask: Callable[[], AccountInfo]) -> AccountInfo:
    try:
        info = ask()
    except AddressRefused as problem:
        words = in_words(problem)
        raise Invalid(words, code="address_refused", errors={"base_url": [words]}) from problem
    except NetworkError as problem:
        raise ConnectionRefused(in_words(problem)) from problem
    return replace(info, problems=tuple(_(sentence) for sentence in info.problems))


def _apply(inbox: Inbox, changes: Mapping[str, Any]) -> None:
    errors: dict[str, list[str]] = {}
    for name, value in changes.items():
        setattr(inbox, name, value.strip() if isinstance(value, str) else value)
    if not inbox.name or len(inbox.name) > 80 or "\x00" in inbox.name:
        errors["name"] = [_("Give a name of 1 to 80 characters.")]
    if len(inbox.brand) > 80 or "\x00" in inbox.brand:
        errors["brand"] = [_("A brand has at most 80 characters.")]
    if not FASTEST_POLL <= inbox.poll_seconds <= SLOWEST_POLL:
        errors["poll_seconds"] = [_("Choose 1 second to 1 day.")]
    if not 1 <= inbox.conversation_window_hours <= 24 * 365:
        errors["conversation_window_hours"] = [_("Choose 1 hour to 1 year.")]
    if inbox.monthly_budget is not None and not 1 <= inbox.monthly_budget <= LARGEST_BUDGET:
        errors["monthly_budget"] = [_("Choose 1 to 1,000,000 dollars, or nothing for no limit.")]
    if "base_url" in changes and inbox.base_url:
        schemes = schemes_of(_network(inbox.network))
        if not inbox.base_url.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            errors["base_url"] = [_("Give an address that starts with %(scheme)s://.") % {"scheme": schemes[0]}]
    if "options" in changes:
        inbox.options, wrong = _options(_network(inbox.network), changes["options"])
        errors |= wrong
    if inbox.team_id is not None and not Team.objects.filter(pk=inbox.team_id).exists():
        errors["team"] = [_("There is no such team.")]
    if inbox.language not in dict(settings.LANGUAGES):
        errors["language"] = [_("Choose a language that the desk speaks.")]
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(sorted(errors))}, errors=errors)


def _options(connector: type[Connector], given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What was chosen, without what is empty, and what can't be."""
    fields = {field.name: field for field in options_of(connector)}
    chosen = {name: str(value).strip() for name, value in given.items()}
    errors: dict[str, list[str]] = {}
    for name, value in chosen.items():
        field = fields.get(name)
        if field is None:
            errors[f"options.{name}"] = [_("%(network)s has no such field.") % {"network": connector.label}]
        elif field.choices and value and value not in dict(field.choices):
            errors[f"options.{name}"] = [_("Choose one of: %(known)s.") % {"known": ", ".join(dict(field.choices))}]
        elif not field.choices and (len(value) > field.longest or "\x00" in value):
            errors[f"options.{name}"] = [_("Give at most %(count)d characters.") % {"count": field.longest}]
    return {name: value for name, value in chosen.items() if value}, errors


def _inbox(inbox_id: int, *, lock: bool = False) -> Inbox:
    rows = Inbox.objects.select_for_update(of=("self",)) if lock else Inbox.objects
    inbox = rows.filter(pk=inbox_id).first()
    if inbox is None:
        raise Missing(_("There is no such inbox."))
    return inbox
