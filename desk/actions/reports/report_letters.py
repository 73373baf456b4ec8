"""A saved report as a mail, written as it leaves: the main figures, what they mean, and the whole report attached."""

from dataclasses import replace
from datetime import date, timedelta
from email.utils import formataddr
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from desk.actions.alerts import mails
from desk.actions.reports import report_compared, report_files
from desk.actions.reports.definitions import DEFINITIONS
from desk.actions.reports.report_compared import Compared
from desk.actions.reports.report_tables import shown
from desk.actions.reports.report_wishes import Names, Wish
from desk.actions.reports.saved_reports import may_open
from desk.alerts.models import ReportMail
from desk.common.dates import date_format
from desk.people.models import User
from desk.reports.models import ReportSubscription, SavedReport


def letter(mail: ReportMail, unsubscribe: str) -> EmailMultiAlternatives | None:
    """The mail in its reader's language, with the figures of now for the period of when it was due.

    `unsubscribe` is the address that ends the subscription. None where the reader has left, lost the permission or
    ended it meanwhile.
    """
    wanted = ReportSubscription.objects.filter(pk=mail.subscription_id).select_related("report", "user").first()
    if wanted is None or not wanted.user.email or not may_open(wanted.user, wanted.report):
        return None
    with translation.override(wanted.user.language):
        return _written(mail, wanted.report, wanted.user, unsubscribe)


def _written(mail: ReportMail, report: SavedReport, reader: User, unsubscribe: str) -> EmailMultiAlternatives:
    wish, names = Wish.of_json(report.wish), Names.now()
    context = {
        "name": report.name,
        "language": reader.language,
        "summary": names.summary(wish),
        "lost": bool(names.lost(wish)),
        "address": f"{settings.WEB_URL}/reports/saved/{report.pk}/",
        "unsubscribe": unsubscribe,
    }
    subject, file = report.name, None
    if not context["lost"]:
        found = report_compared.read(reader, wish, now=mail.created_at)
        days = _days(found)
        first, last = (date_format(day, "j M Y") for day in days)
        fixed = replace(wish, period="own", first=days[0], last=days[1])
        these_days = f"{settings.WEB_URL}/reports/?{urlencode(fixed.address())}"
        context |= _figures(found) | {"first": first, "last": last, "these_days": these_days}
        subject = f"{report.name}: {first}" if first == last else _("%(name)s: %(first)s to %(last)s") % {
            "name": report.name, "first": first, "last": last,
        }  # fmt: skip
        file = report_files.of(found, "xlsx")
    message = EmailMultiAlternatives(
        " ".join(subject.split()),
        render_to_string("alerts/report.txt", context),
        to=[formataddr((reader.name, reader.email))],
        headers={
            **mails.headers(f"report-{mail.pk}"),
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(render_to_string("alerts/report.html", context), "text/html")
    if file is not None:
        message.attach(file.name, file.content, file.type)
    return message


def _figures(found: Compared) -> dict[str, object]:
    """The main figures with what they were, and what each means."""
    rows = []
    for key in report_compared.MAIN:
        value = report_compared.figure(found.report.all, key)
        rows.append(
            {
                "name": DEFINITIONS[key].name,
                "value": shown(value) if value is None else f"{shown(value)} {report_compared.unit(key)}".strip(),
                "then": [report_compared.then(found, one, key) for one in found.earlier],
                "says": DEFINITIONS[key].says,
            }
        )
    gaps = [(gap.what, gap.started_at, gap.ended_at, gap.get_reason_display()) for gap in found.report.gaps]
    return {"figures": rows, "earlier": [one.label for one in found.earlier], "gaps": gaps, "now": found.report.now}


def _days(found: Compared) -> tuple[date, date]:
    """The first and the last day of the report."""
    chosen = found.report.chosen
    return timezone.localtime(chosen.since).date(), timezone.localtime(chosen.until - timedelta(seconds=1)).date()
