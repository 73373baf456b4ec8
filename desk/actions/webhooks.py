"""What a network tells us unasked: verified over the raw bytes, stored like a poll, processed by a worker."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.health import needs_reauthorisation
from desk.actions.ingest import store
from desk.common.errors import DeskError, Missing
from desk.inboxes.gateway import AuthExpired, connector_of, open_account
from desk.inboxes.models import Inbox

LARGEST = 5 * 1024 * 1024  # bytes


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


def receive(inbox_id: int, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None) -> int:
    """Store a delivery and have it processed; how many events were new. Header names in lower case.

    Raises BadSignature, TooLarge, Missing. A paused inbox still takes deliveries: nothing that arrives is thrown away.
    """
    if len(body) > LARGEST:
        raise TooLarge(_("A delivery may have 5 MB at most."))
    inbox = _inbox(inbox_id)
    credentials = inbox.credentials
    network = connector_of(inbox)
    if not network.verify_webhook(credentials, headers, body):
        raise BadSignature(_("The signature does not fit. Check the app secret of this inbox."))
    received_at = now or timezone.now()
    try:
        page = open_account(inbox.network, inbox.base_url, credentials, own_id=inbox.own_id).parse_webhook(body)
    except AuthExpired as problem:  # the network tells that our access was taken away
        needs_reauthorisation(inbox, problem, received_at)
        return 0
    with transaction.atomic():
        new = store(inbox.pk, page.items, source="webhook", received_at=received_at, unreadable=page.unreadable)
        Inbox.objects.filter(pk=inbox.pk).update(last_webhook_at=received_at)
    return new


def _inbox(inbox_id: int) -> Inbox:
    inbox = Inbox.objects.filter(pk=inbox_id).first()
    if inbox is None:
        raise Missing(_("There is no such inbox."))
    return inbox
