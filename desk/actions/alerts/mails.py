"""Mail to colleagues: rows of an outbox, taken to the mail server with no transaction open. And notices as mails."""

import smtplib
from collections.abc import Callable
from datetime import datetime
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from desk.actions.changes import change_links
from desk.actions.questions.question_letters import quotation
from desk.actions.questions.question_links import address_of
from desk.actions.questions.question_mail import reply_to
from desk.actions.threads import thread_mail
from desk.alerts import outbox
from desk.alerts.models import Mail, Notification
from desk.alerts.outbox import Kind
from desk.alerts.words import sentence
from desk.common.logs import logger
from desk.people.models import User

LISTED = 30  # notices that one mail spells out


def send_due(now: datetime) -> int:
    """Send some of the notices that wait; how many were tried."""
    return deliver(Mail, _letter, now)


def deliver(kind: type[Kind], letter: Callable[[Kind], EmailMultiAlternatives | None], now: datetime) -> int:
    """Send some of the rows that wait, each written by `letter` as it leaves; how many were tried.

    A letter that is None is wanted by nobody any more. A mail server that is away is asked again later, and so is a
    letter that can't be written: it holds up no other.
    """
    mails = outbox.claim(kind, now)
    if not mails:
        return 0
    if connection.in_atomic_block:
        raise RuntimeError("The mail server must not be called inside a transaction.")
    server = get_connection()
    try:
        server.open()
        for mail in mails:
            _send(mail, letter, server, now)
    except (OSError, smtplib.SMTPException) as problem:  # there is nobody to talk to
        for mail in mails:
            outbox.refused(mail, _words(problem), now, for_good=False)
    finally:
        server.close()
    return len(mails)


def _send(
    mail: Kind, letter: Callable[[Kind], EmailMultiAlternatives | None], server: BaseEmailBackend, now: datetime
) -> None:
    try:
        message = letter(mail)
    except Exception as problem:
        logger.exception("a mail can't be written", mail=str(mail))
        outbox.refused(mail, _words(problem), now, for_good=False)
        return
    if message is None:
        outbox.refused(mail, "This person wants no e-mail any more, or has left.", now, for_good=True)
        return
    try:
        server.send_messages([message])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as problem:
        outbox.refused(mail, _words(problem), now, for_good=_for_good(problem))
    else:
        outbox.sent(mail, now)


def _letter(mail: Mail) -> EmailMultiAlternatives | None:
    person = User.objects.get(pk=mail.user_id)
    wanted = person.is_active and person.mail_notices and person.email
    return message_of(mail, person) if wanted else None


def message_of(mail: Mail, person: User) -> EmailMultiAlternatives:
    """The mail as it leaves, in the language of its reader."""
    rows = list(Notification.objects.filter(mail=mail).order_by("-id")[: LISTED + 1])
    total = len(rows) if len(rows) <= LISTED else Notification.objects.filter(mail=mail).count()
    answered_at = reply_to(rows) or thread_mail.reply_to(rows)
    with translation.override(person.language):
        lines = [(_one_line(sentence(notice)), _address(notice), _quoted(notice)) for notice in rows[:LISTED]]
        subject = lines[0][0] if total == 1 else ngettext("%(count)d notice", "%(count)d notices", total)
        context = {
            "person": person, "lines": lines, "more": total - len(lines), "web_url": settings.WEB_URL,
            "language": person.language, "answered_at": answered_at,
        }  # fmt: skip
        message = EmailMultiAlternatives(
            subject % {"count": total} if total != 1 else subject,
            render_to_string("alerts/notices.txt", context),
            to=[formataddr((person.name, person.email))],
            headers=headers(f"notice-{mail.pk}"),
            reply_to=[answered_at] if answered_at else None,
        )
        message.attach_alternative(render_to_string("alerts/notices.html", context), "text/html")
    return message


def headers(name: str) -> dict[str, str]:
    """Of a mail that a machine wrote. The same `name` is the same mail, should it come twice."""
    return {
        "Message-ID": f"<{name}@{urlsplit(settings.WEB_URL).hostname or 'localhost'}>",
        "Auto-Submitted": "auto-generated",
    }


def said_by_server(problem: Exception) -> tuple[str, bool]:
    """What a mail server said, or why there is nobody to talk to, and whether that is final."""
    return _words(problem), _for_good(problem)


def _address(notice: Notification) -> str:
    if "link" in notice.params:
        return address_of(int(notice.params["link"]))
    if "change_link" in notice.params:
        return change_links.address_of(int(notice.params["change_link"]))
    if "change" in notice.params:
        return f"{settings.WEB_URL}/administration/changes/proposals/{notice.params['change']}/"
    if "crisis" in notice.params:
        return f"{settings.WEB_URL}/crises/{notice.params['crisis']}/"
    if notice.ticket_id is not None:
        return f"{settings.WEB_URL}/tickets/{notice.ticket_id}/"
    if "thread" in notice.params:
        return f"{settings.WEB_URL}/threads/{notice.params['thread']}/"
    if notice.inbox_id is not None:
        return f"{settings.WEB_URL}/administration/inboxes/{notice.inbox_id}/"
    return f"{settings.WEB_URL}/notices/"


def _quoted(notice: Notification) -> str:
    return quotation(notice) or thread_mail.quotation(notice)


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _for_good(problem: Exception) -> bool:
    """Codes from 500 on are final by RFC 5321; one code for several recipients does not occur, because there is one."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPResponseException) and problem.smtp_code >= 500


def _words(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {said.decode(errors='replace')}" for code, said in problem.recipients.values())
    if isinstance(problem, smtplib.SMTPResponseException):
        said = problem.smtp_error
        return f"{problem.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return f"{type(problem).__name__}: {problem}"
