"""What leaves by mail and webhook, and notices on screens."""

from django.utils import timezone

from desk.actions.alerts import mails, notices, webhook_calls
from desk.actions.causes import digest_mails
from desk.actions.forms import form_mails
from desk.actions.reports import report_mails
from desk.alerts import outbox as alert_outbox
from desk.alerts.models import DigestMail, FormMail, Mail, ReportMail, WebhookCall
from desk.common.background import enqueue
from desk.tasks.named import task


@task
def send_mails() -> None:
    while mails.send_due(timezone.now()):
        pass


@task
def send_report_mails() -> None:
    while report_mails.send_due(timezone.now()):
        pass


@task
def send_digest_mails() -> None:
    while digest_mails.send_due(timezone.now()):
        pass


@task
def send_form_mails() -> None:
    """Answers to what came by a form, to customers who left an address."""
    while form_mails.send_due(timezone.now()):
        pass


@task
def send_webhook_calls() -> None:
    while webhook_calls.send_due(timezone.now()):
        pass


@task
def sweep_mails() -> None:
    """Mails and calls whose time has come, whatever became of the hint, and those that a killed worker left."""
    now = timezone.now()
    for kind, sender in (
        (Mail, "desk.tasks.send_mails"),
        (ReportMail, "desk.tasks.send_report_mails"),
        (DigestMail, "desk.tasks.send_digest_mails"),
        (FormMail, "desk.tasks.send_form_mails"),
        (WebhookCall, "desk.tasks.send_webhook_calls"),
    ):
        alert_outbox.release_stuck(kind, now)
        if alert_outbox.is_due(kind, now):
            enqueue(sender)


@task
def sweep_report_mails() -> None:
    """Saved reports and digests that somebody gets by e-mail and whose hour has come."""
    report_mails.queue_due(timezone.now())
    digest_mails.queue_due(timezone.now())


@task
def forget_notices() -> None:
    notices.forget_old(timezone.now())
