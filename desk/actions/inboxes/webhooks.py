"""What a network tells us unasked: verified over the raw bytes, stored like a poll, processed by a worker."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.inboxes.health import needs_reauthorisation
from desk.actions.intake.ingest import store
from desk.common.encryption import Unsealable
from desk.common.errors import DeskError, Missing
from desk.common.logs import logger
from desk.inboxes.gateway import AuthExpired, NetworkError, Page, connector_of, with_credentials
from desk.inboxes.models import Inbox

LARGEST = 5 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came in at an inbox's address. Header names in lower case."""

    inbox_id: int
    headers: Mapping[str, str]
    body: bytes


class BadSignature(DeskError):
    status = 403
    code = "bad_signature"


class TooLarge(DeskError):
    status = 413
    code = "too_large"


def handshake(inbox_id: int, query: Mapping[str, str]) -> tuple[str, str]:
    """Body and content type of the answer to the network's check of the address. Raises BadSignature, Missing."""
    inbox = _inbox(inbox_id)
    answer = connector_of(inbox).handshake(inbox.credentials, query)
    if answer is None:
        raise BadSignature(_("This is not the handshake of the network behind this inbox."))
    return answer


def receive(inbox_id: int, headers: Mapping[str, str], body: bytes) -> None:
    """Store a delivery and have it processed. Header names in lower case.

    Raises BadSignature, TooLarge, Missing. A paused inbox still takes deliveries: nothing that arrives is thrown away.
    """
    (problem,) = receive_all([Delivery(inbox_id, headers, body)])
    if problem is not None:
        raise problem


def receive_all(deliveries: Sequence[Delivery]) -> list[Exception | None]:
    """The same for many at once, in one transaction: for each None once it is committed, or what `receive` would raise.

    What is wrong with one harms no other.
    """
    now = timezone.now()
    outcomes: list[Exception | None] = [None] * len(deliveries)
    pages: dict[int, dict[int, Page]] = {}  # inbox → which delivery → what it tells
    with_account = cache(_account)
    for number, delivery in enumerate(deliveries):
        try:
            page = _read(delivery, with_account, now)
        except (DeskError, NetworkError, Unsealable) as problem:
            outcomes[number] = problem
        else:
            pages.setdefault(delivery.inbox_id, {})[number] = page
    try:
        with transaction.atomic():
            for inbox_id in sorted(pages):
                _keep(inbox_id, list(pages[inbox_id].values()), now)
    except DatabaseError as problem:
        good = [number for told in pages.values() for number in told]
        if isinstance(problem, OperationalError) or len(good) == 1:
            return [problem if number in good else outcome for number, outcome in enumerate(outcomes)]
        logger.exception("deliveries could not be kept together, each is kept by itself")
        for number in good:
            (outcomes[number],) = receive_all([deliveries[number]])
    return outcomes


def _read(delivery: Delivery, with_account: Callable[[int], tuple[Inbox, Mapping[str, str]]], now: datetime) -> Page:
    if len(delivery.body) > LARGEST:
        raise TooLarge(_("A delivery may have 5 MB at most."))
    inbox, credentials = with_account(delivery.inbox_id)
    if not connector_of(inbox).verify_webhook(credentials, delivery.headers, delivery.body):
        raise BadSignature(_("The signature does not fit. Check the app secret of this inbox."))
    try:
        return with_credentials(inbox, credentials).parse_webhook(delivery.body)
    except AuthExpired as problem:  # the network tells that our access was taken away
        needs_reauthorisation(inbox, problem, now)
        return Page(items=(), cursor={})


def _keep(inbox_id: int, pages: Sequence[Page], now: datetime) -> None:
    items = [item for page in pages for item in page.items]
    unreadable = [entry for page in pages for entry in page.unreadable]
    store(inbox_id, items, source="webhook", received_at=now, unreadable=unreadable)
    Inbox.objects.filter(pk=inbox_id).update(last_webhook_at=now)


def _account(inbox_id: int) -> tuple[Inbox, Mapping[str, str]]:
    inbox = _inbox(inbox_id)
    return inbox, inbox.credentials


def _inbox(inbox_id: int) -> Inbox:
    inbox = Inbox.objects.filter(pk=inbox_id).first()
    if inbox is None:
        raise Missing(_("There is no such inbox."))
    return inbox
