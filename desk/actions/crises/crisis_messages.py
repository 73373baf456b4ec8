"""Words of a crisis on their way out: e-mails and texts with a signed link, signed webhook calls, and their receipts.

Each has one key, however often it is tried, and what can be promised when its sender dies differs by means:

- **Bell**: a row in the transaction of the step. Never lost, never twice.
- **Text message**: handed in again under the same `Idempotency-Key`, which its gateway takes once. Never lost, never
  twice, as far as the gateway keeps its word.
- **Webhook**: called again under the same `Balie-Delivery`. Never lost; it may come twice, and whoever takes it can
  tell. Nobody can promise more of a server that is somebody else's: between its answer and our receipt one can die.
- **E-mail**: mail servers take the same `Message-ID` twice. It is tried again only as long as its words have not gone
  to the server; after that it is *unknown*, stands so in log and war room, and is not sent a second time. The chain
  waits for a word as after any other message, and goes on without one.

Each receipt is a line of the crisis's log; so is each second handing-in of what may have arrived before.
"""

import json
import smtplib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.signing import BadSignature, TimestampSigner
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from desk.actions.alerts.mails import headers as mail_headers
from desk.actions.alerts.mails import said_by_server
from desk.actions.alerts.webhook_calls import headers_of
from desk.actions.crises.crisis_moves import as_told
from desk.alerts import outbox
from desk.alerts.models import CrisisMessage, Outgoing
from desk.common.encryption import Unsealable, unseal
from desk.common.errors import Missing
from desk.common.live import publish
from desk.common.logs import logger
from desk.crises import log
from desk.inboxes.gateway import NetworkError, deliver_to, text_messages
from desk.inboxes.gateway import OutcomeUnknown as OutcomeLost
from desk.inboxes.words import in_words

LINK_LASTS = timedelta(hours=24)
LONGEST_TEXT_NAME = 60  # characters of a crisis's name in a text message
_ANSWER, _REPORT = "desk.crisis-message", "desk.crisis-message.report"


class MessageRefused(Exception):
    """It did not arrive. `for_good`: it never will."""

    def __init__(self, problem: str, *, for_good: bool) -> None:
        super().__init__(problem)
        self.problem, self.for_good = problem, for_good


class OutcomeUnknown(Exception):
    """Its words went to the mail server, and nobody knows whether they were taken."""


def send_due(means: str, now: datetime) -> int:
    """Send some of the messages that wait for one means; how many were tried."""
    messages = outbox.claim(CrisisMessage, now, means=means)
    if messages and connection.in_atomic_block:
        raise RuntimeError("Nobody outside must be called inside a transaction.")
    for message in messages:
        _send(message.pk, message, now)
    return len(messages)


def waiting(now: datetime) -> list[str]:
    """The means for which there is something to send."""
    due = CrisisMessage.objects.filter(state=Outgoing.State.QUEUED, next_attempt_at__lte=now)
    return list(due.order_by("means").values_list("means", flat=True).distinct())


def _send(pk: int, claimed: CrisisMessage, now: datetime) -> None:
    rows = CrisisMessage.objects.select_related("crisis", "user", "webhook", "step__escalation", "call_up")
    message = rows.get(pk=pk)
    if _is_over(message):
        _settle(
            claimed, message, now, MessageRefused(gettext_noop("Nobody needs to hear this any more."), for_good=True)
        )
        return
    try:
        _WAYS[message.means](message, now)
    except OutcomeUnknown as lost:
        _settle_unknown(claimed, message, now, str(lost))
    except MessageRefused as refused:
        _settle(claimed, message, now, refused)
    except NetworkError as problem:
        _settle(claimed, message, now, MessageRefused(in_words(problem), for_good=problem.permanent))
    except (OSError, smtplib.SMTPException) as problem:
        words, for_good = said_by_server(problem)
        _settle(claimed, message, now, MessageRefused(words, for_good=for_good))
    except Exception as problem:
        logger.exception("a crisis message can't be written", message=pk)
        _settle(claimed, message, now, MessageRefused(type(problem).__name__, for_good=False))
    else:
        _settle(claimed, message, now, None)


def _is_over(message: CrisisMessage) -> bool:
    """Whether what it says has been taken care of while it waited."""
    if message.crisis.state != message.crisis.State.ACTIVE:
        return True
    if message.call_up is not None:
        return message.call_up.answered_at is not None
    chain = message.step.escalation if message.step is not None else None
    if chain is None or chain.stopped_at is not None:
        return True
    return chain.acknowledged_at is not None and message.created_at < chain.acknowledged_at


def _settle(claimed: CrisisMessage, message: CrisisMessage, now: datetime, refused: MessageRefused | None) -> None:
    """What became of it, with its line in the log once that is final."""
    with transaction.atomic():
        if refused is None:
            if outbox.sent(claimed, now):
                _receipt(message, "message_sent", now)
            return
        settled = outbox.refused(claimed, refused.problem, now, for_good=refused.for_good)
        if settled and claimed.state == Outgoing.State.FAILED:
            _receipt(message, "message_failed", now, problem=refused.problem[:300])


def give_up_on_stuck(now: datetime) -> None:
    """What killed workers had in hand is sent again, but for e-mails whose words had gone to the mail server."""
    rows = outbox.stuck(CrisisMessage, now).select_related("crisis", "user", "webhook")
    for message in rows.filter(means=CrisisMessage.Means.MAIL, handed_in_at__isnull=False):
        _settle_unknown(message, message, now, gettext_noop("Its sender died while the mail server had it in hand."))
    outbox.release_stuck(CrisisMessage, now)


def _settle_unknown(claimed: CrisisMessage, message: CrisisMessage, now: datetime, problem: str) -> None:
    with transaction.atomic():
        if outbox.unknown(claimed, problem):
            _receipt(message, "message_unknown", now, problem=problem[:300])


def _receipt(message: CrisisMessage, kind: str, now: datetime, **data: Any) -> None:
    whom = {"people": [message.user_id]} if message.user_id is not None else {"webhooks": [message.webhook_id]}
    log.write(message.crisis, kind, at=now, actor=None, message=message.pk, means=message.means, **whom, **data)
    publish("crisis", as_told(message.crisis, now))


# ── the three ways ───────────────────────────────────────────────────────────
def _mail(message: CrisisMessage, now: datetime) -> None:
    person = message.user
    if person is None or not person.is_active or not person.email:
        raise MessageRefused(gettext_noop("This person has no address any more."), for_good=True)
    with translation.override(person.language):
        context = {
            "message": message,
            "address": link_of(message),
            "words": words_of(message),
            "language": person.language,
        }
        mail = EmailMultiAlternatives(
            subject_of(message),
            render_to_string("alerts/crisis.txt", context),
            to=[formataddr((person.name, person.email))],
            headers=mail_headers(key_of(message)) | {"Importance": "high", "X-Priority": "1"},
        )
        mail.attach_alternative(render_to_string("alerts/crisis.html", context), "text/html")
    _hand_in(mail, message, now)


def _hand_in(mail: EmailMultiAlternatives, message: CrisisMessage, now: datetime) -> None:
    """Give it to the mail server; that its words go is written down before they do. Raises OutcomeUnknown."""
    server = get_connection()
    server.open()
    begun: list[bool] = []

    def about_to() -> None:
        begun.append(True)
        CrisisMessage.objects.filter(pk=message.pk).update(handed_in_at=now)

    try:
        _tell_before_words(server, about_to)
        server.send_messages([mail])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException):
        CrisisMessage.objects.filter(pk=message.pk).update(handed_in_at=None)  # it said no
        raise
    except (OSError, smtplib.SMTPException) as problem:
        if begun:
            raise OutcomeUnknown(f"{type(problem).__name__}: {problem}") from problem
        raise
    finally:
        server.close()


def _tell_before_words(server: Any, about_to: Callable[[], None]) -> None:
    """Call it between the last word about a mail and the first of the mail itself, where there is a conversation."""
    conversation = getattr(server, "connection", None)
    if conversation is None:
        about_to()
        return
    words = conversation.data

    def told(*values: Any) -> Any:
        about_to()
        return words(*values)

    conversation.data = told


def _text(message: CrisisMessage, now: datetime) -> None:
    person, provider = message.user, text_messages()
    if provider is None:
        raise MessageRefused(gettext_noop("No gateway for text messages is configured any more."), for_good=True)
    if person is None or not person.is_active or not person.mobile:
        raise MessageRefused(gettext_noop("This person has no mobile number any more."), for_good=True)
    with translation.override(person.language):
        words = f"{subject_of(message)} {link_of(message)}"
    report = f"{settings.WEB_URL}/crisis-messages/{_signer(_REPORT).sign(str(message.pk))}/report/"
    with _handing_in(message, now):
        provider.send(person.mobile, words, key=key_of(message), report_to=report)


def _webhook(message: CrisisMessage, now: datetime) -> None:
    webhook = message.webhook
    if webhook is None or webhook.deleted_at is not None:
        raise MessageRefused(gettext_noop("This webhook was removed."), for_good=True)
    try:
        secret = unseal(bytes(webhook.sealed_secret))["secret"]
    except Unsealable as problem:
        raise MessageRefused(str(problem), for_good=True) from None
    body = body_of(message, now)
    with _handing_in(message, now):
        deliver_to(webhook.url, body, headers_of(key_of(message), body, secret, now))


@contextmanager
def _handing_in(message: CrisisMessage, now: datetime) -> Iterator[None]:
    """Around the call that hands it in. Where an earlier one may have arrived, the log says so first."""
    rows = CrisisMessage.objects.filter(pk=message.pk)
    with transaction.atomic():
        if message.handed_in_at is not None:
            _receipt(message, "message_again", now, key=key_of(message))
        rows.update(handed_in_at=now)
    try:
        yield
    except OutcomeLost:
        raise
    except NetworkError:
        rows.update(handed_in_at=None)  # it certainly has not been taken
        raise


_WAYS: Mapping[str, Callable[[CrisisMessage, datetime], None]] = {
    CrisisMessage.Means.MAIL: _mail,
    CrisisMessage.Means.TEXT: _text,
    CrisisMessage.Means.WEBHOOK: _webhook,
}


def key_of(message: CrisisMessage) -> str:
    """Under which the other side knows it."""
    return f"crisis-{message.pk}"


def body_of(message: CrisisMessage, now: datetime) -> bytes:
    """What a webhook is told: which crisis, at which level, and which step this is. No customer, no text."""
    crisis, step = message.crisis, message.step
    told = {
        "event": "crisis_escalated",
        "message": message.pk,
        "crisis": crisis.pk,
        "name": crisis.name,
        "drill": crisis.drill,
        "level": crisis.level_at(now),
        "started_at": crisis.started_at.isoformat() if crisis.started_at else None,
        "step": step.step + 1 if step is not None else None,
        "lap": step.lap if step is not None else None,
        "told_at": message.created_at.isoformat(),
        "url": f"{settings.WEB_URL}/crises/{crisis.pk}/room/",
    }
    return json.dumps(told, separators=(",", ":")).encode()


def subject_of(message: CrisisMessage) -> str:
    """One line, in the language that is active."""
    name = " ".join(message.crisis.name.split())[:LONGEST_TEXT_NAME]
    values = {"name": name, "level": message.crisis.level}
    if message.call_up_id is not None:
        return _marked(message, _("Can you come? Crisis, level %(level)d: %(name)s.") % values)
    return _marked(message, _("Crisis, level %(level)d: %(name)s. Say that you see to it:") % values)


def words_of(message: CrisisMessage) -> Mapping[str, str]:
    """What an e-mail says and what its link is called."""
    if message.call_up_id is not None:
        return {"says": subject_of(message), "link": _("Say whether you come")}
    values = {"name": message.crisis.name, "level": message.crisis.level}
    says = _marked(message, _("Crisis, level %(level)d: %(name)s.") % values)
    return {"says": says, "link": _("I see to it")}


def _marked(message: CrisisMessage, words: str) -> str:
    """That it is a drill stands before everything else."""
    return _("Drill: %(words)s") % {"words": words} if message.crisis.drill else words


# ── signed links ─────────────────────────────────────────────────────────────
def link_of(message: CrisisMessage) -> str:
    """The page of a message, for the one person to whom it went. It is good for LINK_LASTS."""
    return f"{settings.WEB_URL}/crisis-messages/{_signer(_ANSWER).sign(str(message.pk))}/"


def message_of_link(token: str) -> CrisisMessage:
    """The message of a link with the person that it is for. Raises Missing where it is damaged, too old, or lapsed."""
    found = _unsigned(_ANSWER, token)
    if found is None or found.user is None or not found.user.is_active:
        raise Missing(_("This link is damaged or too old. Sign in to see how the crisis stands."))
    return found


def report(token: str, status: str, problem: str, now: datetime) -> None:
    """What a gateway says became of a text message; the first word counts. Raises Missing."""
    message = _unsigned(_REPORT, token)
    if message is None:
        raise Missing(_("There is no such message."))
    with transaction.atomic():
        rows = CrisisMessage.objects.filter(pk=message.pk, delivered_at=None).exclude(state=Outgoing.State.FAILED)
        if status == "delivered" and rows.update(delivered_at=now):
            _receipt(message, "message_delivered", now)
        elif status == "failed" and rows.update(state=Outgoing.State.FAILED, problem=problem[:300]):
            _receipt(message, "message_failed", now, problem=problem[:300])


def _unsigned(salt: str, token: str) -> CrisisMessage | None:
    try:
        pk = int(_signer(salt).unsign(token, max_age=LINK_LASTS))
    except (BadSignature, ValueError):
        return None
    rows = CrisisMessage.objects.select_related("crisis", "user", "step__escalation", "call_up")
    return rows.filter(pk=pk).first()


def _signer(salt: str) -> TimestampSigner:
    return TimestampSigner(salt=salt, sep=".")  # which every telephone takes for a part of the address
