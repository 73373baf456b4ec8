"""What is done with time: promises, alerts, hours, reports."""

from datetime import date

from django.utils import timezone

from desk.actions.alerts import alert_chains, notices
from desk.actions.people import shifts
from desk.actions.reports import report_mails, saved_reports
from desk.actions.reports.report_wishes import Wish
from desk.actions.sla import calendars, sla_change, sla_policies
from desk.actions.tickets import assignment
from desk.people.permissions import Permission
from tests.actions.scene import Verb

VERBS: dict[str, Verb] = {
    "calendars.create_calendar": Verb(
        Permission.MANAGE_SLA, lambda me, s: calendars.create_calendar(me, name="x", form=s.hours), ["calendar_created"]
    ),
    "calendars.change_calendar": Verb(
        Permission.MANAGE_SLA, lambda me, s: calendars.change_calendar(me, s.calendar.pk, name="y"),
        ["calendar_changed"],
    ),
    "calendars.delete_calendar": Verb(
        Permission.MANAGE_SLA, lambda me, s: calendars.delete_calendar(me, s.calendar.pk), ["calendar_deleted"]
    ),
    "sla_policies.create_policy": Verb(
        Permission.MANAGE_SLA,
        lambda me, s: sla_policies.create_policy(me, name="x", calendar_id=s.calendar.pk, first_response_minutes=9),
        ["sla_policy_created"],
    ),
    "sla_policies.change_policy": Verb(
        Permission.MANAGE_SLA, lambda me, s: sla_policies.change_policy(me, s.policy.pk, first_response_minutes=9),
        ["sla_policy_changed"],
    ),
    "sla_policies.reorder_policies": Verb(
        Permission.MANAGE_SLA, lambda me, s: sla_policies.reorder_policies(me, [s.policy.pk]),
        ["sla_policies_reordered"],
    ),
    "sla_policies.delete_policy": Verb(
        Permission.MANAGE_SLA, lambda me, s: sla_policies.delete_policy(me, s.policy.pk), ["sla_policy_deleted"]
    ),
    "sla_change.renew_ticket": Verb(
        Permission.RENEW_PROMISES, lambda me, s: sla_change.renew_ticket(me, s.ticket), ["sla_applied"]
    ),
    "sla_change.preview_ticket": Verb(
        Permission.RENEW_PROMISES, lambda me, s: sla_change.preview_ticket(me, s.ticket)
    ),
    "alert_chains.create_chain": Verb(
        Permission.MANAGE_SLA, lambda me, s: alert_chains.create_chain(me, name="x", steps=[]), ["alert_chain_created"]
    ),
    "alert_chains.change_chain": Verb(
        Permission.MANAGE_SLA, lambda me, s: alert_chains.change_chain(me, s.chain().pk, name="y"),
        ["alert_chain_changed"],
    ),
    "alert_chains.delete_chain": Verb(
        Permission.MANAGE_SLA, lambda me, s: alert_chains.delete_chain(me, s.chain().pk),
        ["alert_chain_deleted"],
    ),
    "alert_chains.create_webhook": Verb(
        Permission.MANAGE_SLA, lambda me, s: alert_chains.create_webhook(me, name="x", url="https://127.0.0.1/x"),
        ["webhook_created"],
    ),
    "alert_chains.delete_webhook": Verb(
        Permission.MANAGE_SLA, lambda me, s: alert_chains.delete_webhook(me, s.webhook().pk), ["webhook_deleted"]
    ),
    "notices.mine": Verb(None, lambda me, s: notices.mine(me)),
    "notices.see": Verb(None, lambda me, s: notices.see(me)),
    "notices.acknowledge": Verb(
        None, lambda me, s: notices.acknowledge(me, s.notice(me).pk), ["alert_acknowledged"]
    ),
    "notices.acknowledge_ticket": Verb(
        Permission.WORK_TICKETS, lambda me, s: (s.notice(me), notices.acknowledge_ticket(me, s.ticket.pk)),
        ["alert_acknowledged"],
    ),
    "assignment.moved_meanwhile": Verb(None, lambda me, s: assignment.moved_meanwhile(me, timezone.now())),
    "shifts.create_shift": Verb(
        Permission.MANAGE_SHIFTS, lambda me, s: shifts.create_shift(me, **s.shift_facts), ["shift_created"]
    ),
    "shifts.change_shift": Verb(
        Permission.MANAGE_SHIFTS, lambda me, s: shifts.change_shift(me, s.shift().pk, last_day=date(2030, 1, 1)),
        ["shift_changed"],
    ),
    "shifts.delete_shift": Verb(
        Permission.MANAGE_SHIFTS, lambda me, s: shifts.delete_shift(me, s.shift().pk), ["shift_deleted"]
    ),
    "shifts.create_absence": Verb(
        Permission.MANAGE_SHIFTS, lambda me, s: shifts.create_absence(me, **s.absence_facts), ["absence_created"]
    ),
    "shifts.change_absence": Verb(
        Permission.MANAGE_SHIFTS, lambda me, s: shifts.change_absence(me, s.absence().pk, reason="x"),
        ["absence_changed"],
    ),
    "shifts.delete_absence": Verb(
        Permission.MANAGE_SHIFTS, lambda me, s: shifts.delete_absence(me, s.absence().pk), ["absence_deleted"]
    ),
    "saved_reports.saved": Verb(Permission.SEE_REPORTS, lambda me, s: saved_reports.saved(me)),
    "saved_reports.open_report": Verb(
        Permission.SEE_REPORTS, lambda me, s: saved_reports.open_report(me, s.saved(me).pk)
    ),
    "saved_reports.save_report": Verb(
        Permission.SEE_REPORTS, lambda me, s: saved_reports.save_report(me, name="x", wish=Wish()), ["report_saved"]
    ),
    "saved_reports.change_report": Verb(
        Permission.SEE_REPORTS, lambda me, s: saved_reports.change_report(me, s.saved(me).pk, name="y"),
        ["saved_report_changed"],
    ),
    "saved_reports.delete_report": Verb(
        Permission.SEE_REPORTS, lambda me, s: saved_reports.delete_report(me, s.saved(me).pk), ["saved_report_deleted"]
    ),
    "report_mails.subscriptions": Verb(Permission.SEE_REPORTS, lambda me, s: report_mails.subscriptions(me)),
    "report_mails.subscribe": Verb(
        Permission.SEE_REPORTS, lambda me, s: report_mails.subscribe(s.mailed(me), s.saved(me).pk),
        ["report_subscribed"],
    ),
    "report_mails.unsubscribe": Verb(
        Permission.SEE_REPORTS, lambda me, s: report_mails.unsubscribe(me, s.subscribed(me).pk),
        ["report_unsubscribed"],
    ),
}  # fmt: skip
