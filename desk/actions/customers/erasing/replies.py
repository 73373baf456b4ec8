"""Our own replies without their words: they speak to somebody, and of them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import JSONField, QuerySet, Value

from desk.actions.customers.erasing import InFlight, quiet_audit
from desk.actions.replies.approval_requests import withdraw
from desk.actions.tickets.timeline import record
from desk.replies import files, outbox
from desk.replies.models import AnswerLine, Approval, Reply, ReplyAttachment
from policies.reply_states import Event, State

WAITING = (State.QUEUED, State.HELD, State.FAILED, State.UNKNOWN)

WORDLESS = {"message": "", "start": 0, "end": 0, "params": {}, "fixes": []}  # what is left of a finding


def with_words(replies: "QuerySet[Reply]") -> "QuerySet[Reply]":
    """Those of which something is left, or that may still leave: one may be nothing but a file."""
    return replies.exclude(text="", state__in=[State.SENT, State.CANCELLED])


def erase_replies(ids: Collection[int], now: datetime) -> int:
    """How many lost their words. The caller holds their tickets. Raises InFlight.

    What waits is cancelled: it has nobody to go to. What rules found keeps its code and severity, for what the policy
    said on that day, without the words that it was found in.
    """
    rows = Reply.objects.filter(pk__any_of=ids)
    for reply in rows.filter(state__in=[*WAITING, State.SENDING]).select_related("ticket", "author").order_by("pk"):
        _cancel(reply, now)
    wordless = []
    for reply in rows.only("pk", "findings"):
        reply.findings = [{**found, **WORDLESS} for found in reply.findings]
        wordless.append(reply)
    Reply.objects.bulk_update(wordless, ["findings"])
    files.erase(ReplyAttachment.objects.filter(reply__any_of=ids))
    AnswerLine.objects.filter(reply__any_of=ids).update(text="", findings=[])
    Approval.objects.filter(reply__any_of=ids).update(text="", approved_text="", reason="")
    quiet_audit("reply", ids)
    return rows.update(text="", signed_text="", external_id="", problem=Value({}, JSONField()))


def _cancel(reply: Reply, now: datetime) -> None:
    if reply.state == State.SENDING:
        raise InFlight
    withdraw(reply, now)
    if not outbox.move(reply, Event.CANCEL):
        raise InFlight  # a sender was quicker
    record(reply.ticket, "reply_cancelled", at=now, reply=reply.pk, visibility=reply.visibility)
