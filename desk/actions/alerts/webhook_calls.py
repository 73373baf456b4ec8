"""Alerts told to addresses outside: rows of an outbox, signed, and taken there with no transaction open.

The body is signed with the webhook's secret: `Balie-Signature: sha256=…` is the HMAC of `Balie-Timestamp`, a full stop
and the body. A receiver that sees a `Balie-Delivery` again has it already.
"""

import hashlib
import hmac
import json
from datetime import datetime

from django.conf import settings
from django.db import connection

from desk.alerts import outbox
from desk.alerts.models import WebhookCall
from desk.common.encryption import Unsealable, unseal
from desk.inboxes.gateway import AddressRefused, NetworkError, deliver_to
from desk.inboxes.words import in_words


def send_due(now: datetime) -> int:
    """Make some of the calls that wait; how many were tried."""
    calls = outbox.claim(WebhookCall, now)
    if calls and connection.in_atomic_block:
        raise RuntimeError("An address must not be called inside a transaction.")
    whole = WebhookCall.objects.select_related("webhook", "alert__clock", "alert__ticket__inbox")
    for call in calls:
        _send(whole.get(pk=call.pk), now)
    return len(calls)


def _send(call: WebhookCall, now: datetime) -> None:
    if call.webhook.deleted_at is not None:
        outbox.refused(call, "This webhook was removed.", now, for_good=True)
        return
    try:
        secret = unseal(bytes(call.webhook.sealed_secret))["secret"]
        body = body_of(call)
        deliver_to(call.webhook.url, body, headers_of(str(call.pk), body, secret, now))
    except AddressRefused as problem:
        outbox.refused(call, in_words(problem), now, for_good=True)
    except NetworkError as problem:
        outbox.refused(call, in_words(problem), now, for_good=problem.permanent)
    except Unsealable as problem:
        outbox.refused(call, str(problem), now, for_good=True)
    else:
        outbox.sent(call, now)


def headers_of(delivery: str, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """What goes before the body. The same `delivery` is the same call, should it come twice."""
    timestamp = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Balie",
        "Balie-Delivery": delivery,
        "Balie-Timestamp": timestamp,
        "Balie-Signature": f"sha256={signature(secret, timestamp, body)}",
    }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA-256 in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def body_of(call: WebhookCall) -> bytes:
    """What is told: which ticket waits, since when, and which step of the chain this is. No customer, no text."""
    alert = call.alert
    told = {
        "event": "alert",
        "alert": alert.pk,
        "step": alert.step + 1,
        "metric": alert.clock.metric,
        "started_at": alert.clock.started_at.isoformat(),
        "due_at": alert.clock.due_at.isoformat() if alert.clock.due_at else None,
        "fired_at": alert.fired_at.isoformat(),
        "ticket": alert.ticket_id,
        "drill": alert.ticket.inbox.drill,
        "url": f"{settings.WEB_URL}/tickets/{alert.ticket_id}/",
    }
    return json.dumps(told, separators=(",", ":")).encode()
