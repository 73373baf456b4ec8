"""Every verb asks the role itself and writes down who did what, whichever screen, API or command calls it."""

import contextlib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

import desk.actions
from desk.actions import (
    alert_chains,
    approval,
    assignment,
    blocking,
    calendars,
    canned,
    canned_preview,
    canned_use,
    crises,
    crisis_plans,
    crisis_report,
    crisis_team,
    crisis_tickets,
    drafts,
    inboxes,
    kept,
    masking,
    moderate,
    notes,
    notices,
    people,
    reply,
    report_mails,
    rulebooks,
    saved_reports,
    send,
    shifts,
    sla_change,
    sla_policies,
    splitting,
    tickets,
    tiers,
    wallboards,
    what_if,
)
from desk.actions.report_wishes import Wish
from desk.alerts.models import Alert, AlertChain, AlertChainVersion, Notification, Webhook
from desk.common.errors import Conflict, NotPermitted
from desk.crises.models import Crisis, CrisisPlanVersion, CrisisTicket
from desk.inboxes.gateway import SendResult, all_networks
from desk.inboxes.models import Inbox, StreamState
from desk.people.models import Absence, ApiToken, AuditEntry, Shift, Team, User
from desk.people.permissions import Permission, Role, permissions_of
from desk.replies.models import Approval, CannedResponse, Reply
from desk.reports.models import SavedReport
from desk.rulebooks.active import in_force
from desk.rulebooks.models import RulebookVersion, WhatIf
from desk.sla.models import BusinessCalendar, SlaPolicy
from desk.tickets.models import Attachment, Customer, Message, Ticket
from desk.wallboards.models import Wallboard
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.promised import a_calendar, a_policy
from tests.api.sandbox import an_account, running_sandbox
from tests.canned import a_canned, says

pytestmark = pytest.mark.django_db

PASSWORD = "een lange zin hier"
HELLO = "We zoeken het uit."


@dataclass
class Scene:
    """A desk with one of everything."""

    inbox: Inbox
    ticket: Ticket
    other: Ticket
    message: Message
    canned: CannedResponse
    team: Team
    colleague: User
    account: dict[str, Any]
    calendar: BusinessCalendar
    policy: SlaPolicy

    hours: ClassVar[dict[str, Any]] = {"timezone": "Europe/Amsterdam", "week": {"mon": [["09:00", "17:00"]]}}

    @classmethod
    def made(cls, account: dict[str, Any]) -> "Scene":
        inbox = an_inbox(base_url=account["base_url"], own_id="")
        inbox.credentials = account["credentials"]
        inbox.save()
        StreamState.objects.create(inbox=inbox, name="mentions", next_poll_at=timezone.now())
        take_in(inbox, [a_mention("1"), a_mention("2", by="tom")], now=timezone.now())
        first, second = Ticket.objects.order_by("id")
        colleague = User.objects.create_user("joris", role=Role.AGENT)
        Authenticator.objects.create(user=colleague, type="totp", data={})
        return cls(
            inbox, first, second, first.messages.get(),
            a_canned(),
            Team.objects.create(name="Rail"), colleague, account, a_calendar("Kantoor", cls.hours),
            a_policy("Spoed", first=5),
        )  # fmt: skip

    def reply(self, author: User, state: str) -> Reply:
        now = timezone.now()
        return Reply.objects.create(
            ticket=self.ticket, author=author, visibility="public", text=HELLO, signed_text=HELLO, state=state,
            answers=self.message, idempotency_key=f"key {Reply.objects.count()}", submitted_at=now,
            next_attempt_at=now + timedelta(seconds=9), claimed_at=now, rulebook_version_id=in_force().version_id,
        )  # fmt: skip

    def asked(self, author: User) -> int:
        """A reply of somebody's that waits for a colleague's word."""
        held = self.reply(author, "held")
        Reply.objects.filter(pk=held.pk).update(problem_code="needs_approval", approval_asked=True)
        now = timezone.now()
        Approval.objects.create(
            reply=held, codes=["approval.asked"], text=HELLO, words_by=author, requested_at=now, due_at=now,
            deputy_at=now,
        )  # fmt: skip
        return held.pk

    def another_question(self) -> Message:
        number = f"later {Message.objects.count()}"
        take_in(self.inbox, [a_mention(number, at=1, thread_id="1")], now=timezone.now())
        return Message.objects.get(external_id=number)

    def rulebook(self, state: str, **columns: Any) -> int:
        """The number of a version that a colleague wrote."""
        now, number = timezone.now(), RulebookVersion.objects.count() + 1
        RulebookVersion.objects.create(
            number=number, document={}, state=state, author=self.colleague, created_at=now, changed_at=now, **columns
        )
        return number

    def blocked(self) -> Customer:
        Customer.objects.filter(pk=self.ticket.customer_id).update(blocked_at=timezone.now())
        return self.ticket.customer

    def crisis_plan(self, state: str, **columns: Any) -> int:
        """The number of a version that a colleague wrote."""
        now, number = timezone.now(), CrisisPlanVersion.objects.count() + 1
        CrisisPlanVersion.objects.create(
            number=number, document={}, state=state, author=self.colleague, created_at=now, changed_at=now, **columns
        )
        return number

    def what_if(self) -> WhatIf:
        """One that runs."""
        now, active = timezone.now(), RulebookVersion.objects.get(state="active")
        return WhatIf.objects.create(
            version=active, document={}, compared=active, asked_at=now, days=7, since=now, total=0, moved_at=now
        )

    def deleted(self) -> Message:
        Message.objects.filter(pk=self.message.pk).update(deleted_at=timezone.now())
        return self.message

    def file(self) -> Attachment:
        return Attachment.objects.create(message=self.deleted(), source_url="x", kind="image", state="stored", file="x")

    @property
    def shift_facts(self) -> dict[str, Any]:
        return {"user_id": self.colleague.pk, "timezone": "Europe/Amsterdam", "week": self.hours["week"]}

    def shift(self) -> Shift:
        return Shift.objects.create(**self.shift_facts)

    @property
    def absence_facts(self) -> dict[str, Any]:
        now = timezone.now()
        return {"user_id": self.colleague.pk, "starts_at": now, "ends_at": now + timedelta(days=1), "reason": "vrij"}

    def absence(self) -> Absence:
        return Absence.objects.create(**self.absence_facts)

    def crisis(self, level: int = 2) -> Crisis:
        """Started by somebody else, without a trace in the audit trail."""
        starter = User.objects.get_or_create(username="noor", defaults={"role": Role.COMMS})[0]
        crisis = crises.start(starter, reason="De trein staat stil", level=level)
        AuditEntry.objects.all().delete()
        return crisis

    def part_of(self) -> Crisis:
        """One that the ticket is part of."""
        crisis = self.crisis()
        CrisisTicket.objects.create(crisis=crisis, ticket=self.ticket, how="scope", at=timezone.now())
        return crisis

    def action(self) -> tuple[int, int]:
        """A crisis, and the line of its log with something to be done."""
        crisis = self.crisis()
        entry = crisis_report.add_action(User.objects.get(username="noor"), crisis.pk, "Omroepers inlichten")
        AuditEntry.objects.all().delete()
        return crisis.pk, entry.number

    def over(self) -> Crisis:
        crisis = self.crisis()
        crises.stand_down(User.objects.get(username="noor"), crisis.pk, reason="Hij rijdt")
        AuditEntry.objects.all().delete()
        return crisis

    def board(self) -> Wallboard:
        return Wallboard.objects.create(name=f"Hal {Wallboard.objects.count()}", language="nl")

    def draft(self) -> CannedResponse:
        return a_canned(f"concept-{CannedResponse.objects.count()}", state="draft")

    def chain(self) -> AlertChain:
        return AlertChain.objects.create(name=f"Nacht {AlertChain.objects.count()}")

    def webhook(self) -> Webhook:
        name = f"Pieper {Webhook.objects.count()}"
        return Webhook.objects.create(name=name, url="https://127.0.0.1/", sealed_secret=b"", created_at=timezone.now())

    def notice(self, person: User) -> Notification:
        """Of an alert that waits for somebody's word."""
        now, version = timezone.now(), AlertChainVersion.objects.latest("id")
        alert, _made = Alert.objects.get_or_create(
            clock=self.ticket.clocks.first(), step=0,
            defaults={"ticket": self.ticket, "chain_version": version, "due_at": now, "fired_at": now},
        )  # fmt: skip
        return Notification.objects.create(user=person, kind="alert", ticket=self.ticket, alert=alert, created_at=now)

    def saved(self, owner: User) -> SavedReport:
        name, now = f"Week {SavedReport.objects.count()}", timezone.now()
        return SavedReport.objects.create(
            owner=owner, name=name, wish=Wish().as_json(), created_at=now, changed_at=now
        )  # fmt: skip

    def subscribed(self, person: User) -> SavedReport:
        report, now = self.saved(person), timezone.now()
        report.subscriptions.create(user=person, timezone="UTC", next_at=now, created_at=now)
        return report

    def mailed(self, person: User) -> User:
        """With an address of their own."""
        person.email = "actor@example.com"
        return person

    def token(self) -> ApiToken:
        return ApiToken.issue(self.colleague)[0]


@dataclass(frozen=True)
class Verb:
    """What it needs, how it is called, and what it leaves in the audit log."""

    needs: Permission | None  # None: everybody may, for themselves
    call: Callable[[User, Scene], object]
    audited: list[str] = field(default_factory=list)  # none: it changes nothing that others see


VERBS: dict[str, Verb] = {
    "canned.create_canned": Verb(
        Permission.EDIT_CANNED, lambda me, s: canned.create_canned(me, name="x", shortcut="x", texts=says(nl="x")),
        ["canned_created"],
    ),
    "canned.change_canned": Verb(
        Permission.EDIT_CANNED, lambda me, s: canned.change_canned(me, s.canned.pk, name="y"), ["canned_changed"]
    ),
    "canned.activate_canned": Verb(
        Permission.EDIT_CANNED,
        lambda me, s: canned.activate_canned(me, s.draft().pk),
        ["canned_activated"],
    ),
    "canned.withdraw_canned": Verb(
        Permission.EDIT_CANNED, lambda me, s: canned.withdraw_canned(me, s.canned.pk), ["canned_withdrawn"]
    ),
    "canned.delete_canned": Verb(
        Permission.EDIT_CANNED, lambda me, s: canned.delete_canned(me, s.canned.pk), ["canned_deleted"]
    ),
    "canned_preview.preview": Verb(Permission.EDIT_CANNED, lambda me, s: canned_preview.preview(me, s.canned, [])),
    "canned_use.statistics": Verb(Permission.EDIT_CANNED, lambda me, s: canned_use.statistics(me, s.canned.pk)),
    "drafts.save": Verb(
        Permission.WRITE_NOTES, lambda me, s: drafts.save(me, s.ticket.pk, text="x", visibility="note")
    ),
    "drafts.discard": Verb(Permission.WRITE_NOTES, lambda me, s: drafts.discard(me, s.ticket.pk)),
    "drafts.read_on": Verb(Permission.WRITE_NOTES, lambda me, s: drafts.read_on(me, s.ticket.pk)),
    "inboxes.create_inbox": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: inboxes.create_inbox(me, network="x", name="Nog een", **s.account),
        ["inbox_created"],
    ),
    "inboxes.change_inbox": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: inboxes.change_inbox(me, s.inbox.pk, name="y"), ["inbox_changed"]
    ),
    "inboxes.reauthorise": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: inboxes.reauthorise(me, s.inbox.pk, s.account["credentials"]),
        ["inbox_reauthorised"],
    ),
    "inboxes.pause": Verb(Permission.MANAGE_INBOXES, lambda me, s: inboxes.pause(me, s.inbox.pk), ["inbox_paused"]),
    "inboxes.resume": Verb(
        Permission.MANAGE_INBOXES,
        lambda me, s: (Inbox.objects.update(state="paused"), inboxes.resume(me, s.inbox.pk)),
        ["inbox_resumed"],
    ),
    "inboxes.delete_inbox": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: inboxes.delete_inbox(me, an_inbox(own_id="9").pk), ["inbox_deleted"]
    ),
    "inboxes.test_connection": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: inboxes.test_connection(me, network="x", **s.account)
    ),
    "inboxes.test_inbox": Verb(Permission.MANAGE_INBOXES, lambda me, s: inboxes.test_inbox(me, s.inbox.pk)),
    "kept.show_deleted": Verb(
        Permission.SEE_DELETED, lambda me, s: kept.show_deleted(me, s.deleted().pk), ["deleted_shown"]
    ),
    "masking.unmask": Verb(
        Permission.UNMASK, lambda me, s: masking.unmask(me, s.message.pk, reason="Dossier zoeken"), ["unmasked"]
    ),
    "kept.open_file": Verb(
        Permission.SEE_DELETED, lambda me, s: kept.open_file(me, s.file().pk), ["deleted_file_shown"]
    ),
    "moderate.act": Verb(
        Permission.MODERATE, lambda me, s: moderate.act(me, s.message.pk, "hide"), ["message_hide"]
    ),
    "notes.add_note": Verb(Permission.WRITE_NOTES, lambda me, s: notes.add_note(me, s.ticket.pk, "x"), ["note"]),
    "people.create_user": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.create_user(me, username="x", password=PASSWORD),
        ["user_created"],
    ),
    "people.change_user": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.change_user(me, s.colleague.pk, role="comms"), ["user_changed"]
    ),
    "people.set_password": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.set_password(me, s.colleague.pk, PASSWORD), ["password_set"]
    ),
    "people.reset_second_factor": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.reset_second_factor(me, s.colleague.pk),
        ["second_factor_reset"],
    ),
    "people.change_own": Verb(None, lambda me, s: people.change_own(me, theme="dark"), ["preferences_changed"]),
    "people.set_away": Verb(None, lambda me, s: people.set_away(me, away=True), ["preferences_changed"]),
    "people.change_own_password": Verb(
        None, lambda me, s: people.change_own_password(me, PASSWORD), ["own_password_changed"]
    ),
    "people.note_second_factor": Verb(
        None, lambda me, s: people.note_second_factor(me, "added", "totp"), ["second_factor_added"]
    ),
    "people.issue_token": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.issue_token(me, s.colleague), ["token_issued"]
    ),
    "people.revoke_token": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.revoke_token(me, s.token().pk), ["token_revoked"]
    ),
    "people.create_team": Verb(Permission.MANAGE_PEOPLE, lambda me, s: people.create_team(me, "x"), ["team_created"]),
    "people.change_team": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.change_team(me, s.team.pk, member_ids=[s.colleague.pk]),
        ["team_changed"],
    ),
    "people.delete_team": Verb(
        Permission.MANAGE_PEOPLE, lambda me, s: people.delete_team(me, s.team.pk), ["team_deleted"]
    ),
    "approval.approve": Verb(
        Permission.APPROVE, lambda me, s: approval.approve(me, s.asked(s.colleague)), ["reply_approved"]
    ),
    "approval.reject": Verb(
        Permission.APPROVE, lambda me, s: approval.reject(me, s.asked(s.colleague), reason="x"), ["reply_rejected"]
    ),
    "reply.check": Verb(Permission.REPLY, lambda me, s: reply.check(me, s.ticket.pk, HELLO, "public")),
    "reply.submit": Verb(
        Permission.REPLY,
        lambda me, s: reply.submit(me, s.ticket.pk, text=HELLO, visibility="public", idempotency_key="1"),
        ["assigned", "reply_submitted"],
    ),
    "reply.undo": Verb(Permission.REPLY, lambda me, s: reply.undo(me, s.reply(me, "queued").pk), ["reply_cancelled"]),
    "reply.cancel": Verb(
        Permission.REPLY_ALONE, lambda me, s: reply.cancel(me, s.reply(s.colleague, "held").pk), ["reply_cancelled"]
    ),
    "reply.release": Verb(
        Permission.REPLY_ALONE, lambda me, s: reply.release(me, s.reply(s.colleague, "held").pk), ["reply_released"]
    ),
    "reply.send_again": Verb(
        Permission.REPLY_ALONE, lambda me, s: reply.send_again(me, s.reply(s.colleague, "failed").pk),
        ["reply_sent_again"],
    ),
    "reply.confirm_sent": Verb(
        Permission.REPLY_ALONE, lambda me, s: reply.confirm_sent(me, s.reply(s.colleague, "unknown").pk),
        ["reply_confirmed"],
    ),
    "reply.look_up": Verb(
        Permission.REPLY, lambda me, s: reply.look_up(me, s.reply(s.colleague, "unknown").pk), ["reply_looked_up"]
    ),
    "rulebooks.write_draft": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: rulebooks.write_draft(me), ["rulebook_drafted"]
    ),
    "rulebooks.change_draft": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: rulebooks.change_draft(me, s.rulebook("draft"), document={}),
        ["rulebook_changed"],
    ),
    "rulebooks.hand_in": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: rulebooks.hand_in(me, s.rulebook("draft")), ["rulebook_handed_in"]
    ),
    "rulebooks.give_back": Verb(
        Permission.REVIEW_RULEBOOK, lambda me, s: rulebooks.give_back(me, s.rulebook("in_review"), reason="x"),
        ["rulebook_given_back"],
    ),
    "rulebooks.switch_on": Verb(
        Permission.REVIEW_RULEBOOK, lambda me, s: rulebooks.switch_on(me, s.rulebook("in_review")),
        ["rulebook_switched_on"],
    ),
    "rulebooks.roll_back": Verb(
        Permission.REVIEW_RULEBOOK,
        lambda me, s: rulebooks.roll_back(me, s.rulebook("retired", activated_at=timezone.now())),
        ["rulebook_rolled_back"],
    ),
    "rulebooks.discard": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: rulebooks.discard(me, s.rulebook("draft")), ["rulebook_discarded"]
    ),
    "rulebooks.try_text": Verb(
        None,
        lambda me, s: rulebooks.try_text(me, in_force().rulebook, text="x", network="x", now=timezone.now()),
    ),
    "what_if.ask_about_replies": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: what_if.ask_about_replies(me, in_force().number, days=7),
        ["what_if_asked"],
    ),
    "what_if.ask_about_file": Verb(
        Permission.WRITE_RULEBOOK,
        lambda me, s: what_if.ask_about_file(
            me, in_force().number, raw=b"text,network,visibility,language\nHoi,x,public,nl\n"
        ),
        ["what_if_asked"],
    ),
    "what_if.cancel": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: what_if.cancel(me, s.what_if().pk), ["what_if_cancelled"]
    ),
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
    "crisis_team.give_roles": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_team.give_roles(me, s.crisis().pk, {"lead": me.pk}),
        ["crisis_roles"],
    ),
    "crisis_team.tick": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_team.tick(me, s.crisis().pk, "look"), ["crisis_ticked"]
    ),
    "crisis_plans.write_draft": Verb(
        Permission.WRITE_CRISIS_PLAN, lambda me, s: crisis_plans.write_draft(me), ["crisis_plan_drafted"]
    ),
    "crisis_plans.change_draft": Verb(
        Permission.WRITE_CRISIS_PLAN,
        lambda me, s: crisis_plans.change_draft(me, s.crisis_plan("draft"), document={}),
        ["crisis_plan_changed"],
    ),
    "crisis_plans.hand_in": Verb(
        Permission.WRITE_CRISIS_PLAN, lambda me, s: crisis_plans.hand_in(me, s.crisis_plan("draft")),
        ["crisis_plan_handed_in"],
    ),
    "crisis_plans.give_back": Verb(
        Permission.REVIEW_CRISIS_PLAN, lambda me, s: crisis_plans.give_back(me, s.crisis_plan("in_review"), reason="x"),
        ["crisis_plan_given_back"],
    ),
    "crisis_plans.switch_on": Verb(
        Permission.REVIEW_CRISIS_PLAN, lambda me, s: crisis_plans.switch_on(me, s.crisis_plan("in_review")),
        ["crisis_plan_switched_on"],
    ),
    "crisis_plans.roll_back": Verb(
        Permission.REVIEW_CRISIS_PLAN,
        lambda me, s: crisis_plans.roll_back(me, s.crisis_plan("retired", activated_at=timezone.now())),
        ["crisis_plan_rolled_back"],
    ),
    "crisis_plans.discard": Verb(
        Permission.WRITE_CRISIS_PLAN, lambda me, s: crisis_plans.discard(me, s.crisis_plan("draft")),
        ["crisis_plan_discarded"],
    ),
    "crises.start": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.start(me, reason="De trein staat stil"), ["crisis_started"]
    ),
    "crises.set_level": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.set_level(me, s.crisis().pk, 1, reason="Minder"),
        ["crisis_level"],
    ),
    "crises.confirm": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.confirm(me, s.crisis(3).pk), ["crisis_confirmed"]
    ),
    "crises.change_scope": Verb(
        Permission.MANAGE_CRISES,
        lambda me, s: crises.change_scope(me, s.crisis().pk, {"networks": ["x"]}, reason="Alleen daar"),
        ["crisis_scope"],
    ),
    "crises.hand_over": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.hand_over(me, s.crisis().pk, me.pk), ["crisis_owner"]
    ),
    "crises.note": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.note(me, s.crisis().pk, "Geen interviews"), ["crisis_note"]
    ),
    "crises.stand_down": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.stand_down(me, s.crisis().pk, reason="Hij rijdt"),
        ["crisis_stood_down"],
    ),
    "crises.dismiss": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.dismiss(me, s.crisis().pk, reason="Loos alarm"),
        ["crisis_dismissed"],
    ),
    "crises.review": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crises.review(me, s.over().pk, conclusion="Sneller bellen"),
        ["crisis_reviewed"],
    ),
    "crises.preview_renewal": Verb(
        Permission.RENEW_PROMISES, lambda me, s: crises.preview_renewal(me, s.crisis().pk)
    ),
    "crises.renew_clocks": Verb(
        Permission.RENEW_PROMISES, lambda me, s: crises.renew_clocks(me, s.crisis().pk), ["crisis_clocks"]
    ),
    "crisis_report.write_summary": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_report.write_summary(me, s.crisis().pk, "x"), ["crisis_summary"]
    ),
    "crisis_report.add_action": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_report.add_action(me, s.crisis().pk, "x"), ["crisis_action"]
    ),
    "crisis_report.finish_action": Verb(
        Permission.MANAGE_CRISES, lambda me, s: crisis_report.finish_action(me, *s.action()), ["crisis_action_done"]
    ),
    "crisis_tickets.put_in": Verb(
        Permission.WORK_TICKETS, lambda me, s: crisis_tickets.put_in(me, s.ticket.pk, s.crisis().pk),
        ["crisis_ticket_put_in"],
    ),
    "crisis_tickets.take_out": Verb(
        Permission.WORK_TICKETS, lambda me, s: crisis_tickets.take_out(me, s.ticket.pk, s.part_of().pk),
        ["crisis_ticket_taken_out"],
    ),
    "wallboards.boards": Verb(Permission.MANAGE_WALLBOARDS, lambda me, s: wallboards.boards(me)),
    "wallboards.create": Verb(
        Permission.MANAGE_WALLBOARDS, lambda me, s: wallboards.create(me, name="x"), ["wallboard_created"]
    ),
    "wallboards.change": Verb(
        Permission.MANAGE_WALLBOARDS, lambda me, s: wallboards.change(me, s.board().pk, name="y"), ["wallboard_changed"]
    ),
    "wallboards.new_code": Verb(
        Permission.MANAGE_WALLBOARDS, lambda me, s: wallboards.new_code(me, s.board().pk), ["wallboard_code_given"]
    ),
    "wallboards.revoke": Verb(
        Permission.MANAGE_WALLBOARDS, lambda me, s: wallboards.revoke(me, s.board().pk), ["wallboard_revoked"]
    ),
    "tickets.open_ticket": Verb(Permission.READ_TICKETS, lambda me, s: tickets.open_ticket(me, s.ticket.pk)),
    "tickets.look_in": Verb(Permission.READ_TICKETS, lambda me, s: tickets.look_in(me, s.ticket.pk)),
    "tickets.claim": Verb(Permission.WORK_TICKETS, lambda me, s: tickets.claim(me, s.ticket.pk), ["claimed"]),
    "tickets.assign": Verb(
        Permission.ASSIGN_OTHERS, lambda me, s: tickets.assign(me, s.ticket.pk, assignee_id=s.colleague.pk),
        ["assigned"],
    ),
    "tickets.transition": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.transition(me, s.ticket.pk, "resolve"), ["transition"]
    ),
    "tickets.transition_to": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.transition_to(me, s.ticket.pk, "spam"), ["transition"]
    ),
    "tickets.snooze": Verb(
        Permission.WORK_TICKETS,
        lambda me, s: tickets.snooze(me, s.ticket.pk, timezone.now() + timedelta(hours=1)), ["snoozed"],
    ),
    "tickets.set_priority": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.set_priority(me, s.ticket.pk, 3), ["priority"]
    ),
    "tickets.tag": Verb(Permission.WORK_TICKETS, lambda me, s: tickets.tag(me, s.ticket.pk, add=["x"]), ["tagged"]),
    "tickets.merge": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.merge(me, s.other.pk, s.ticket.pk), ["merged_into", "merged"]
    ),
    "splitting.split": Verb(
        Permission.WORK_TICKETS, lambda me, s: splitting.split(me, s.ticket.pk, [s.another_question().pk]), ["split"]
    ),
    "blocking.block": Verb(
        Permission.BLOCK_CUSTOMERS, lambda me, s: blocking.block(me, s.ticket.customer_id, reason="Dreigt"),
        ["customer_blocked"],
    ),
    "blocking.unblock": Verb(
        Permission.BLOCK_CUSTOMERS, lambda me, s: blocking.unblock(me, s.blocked().pk), ["customer_unblocked"]
    ),
    "tiers.set_tier": Verb(
        Permission.WORK_TICKETS, lambda me, s: tiers.set_tier(me, s.ticket.customer_id, 2), ["customer_tier"]
    ),
    "tickets.bulk": Verb(
        Permission.BULK, lambda me, s: tickets.bulk(me, [s.ticket.pk, s.other.pk], "claim"), ["claimed", "claimed"]
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as address:
        yield address


@pytest.fixture
def scene(sandbox: str, tmp_path: Path) -> Scene:
    account = an_account(sandbox, f"vlotlijn{abs(hash(tmp_path)) % 1_000_000}")
    return Scene.made({name: account[name] for name in ("base_url", "credentials")})


def test_no_verb_is_left_out() -> None:
    found = set()
    for module in pkgutil.iter_modules(desk.actions.__path__):
        loaded = importlib.import_module(f"desk.actions.{module.name}")
        for name, verb in inspect.getmembers(loaded, inspect.isfunction):
            own = verb.__module__ == loaded.__name__ and not name.startswith("_")
            if own and next(iter(inspect.signature(verb).parameters), "") == "actor":
                found.add(f"{module.name}.{name}")
    assert found == set(VERBS)


@pytest.mark.parametrize("name", [name for name, verb in VERBS.items() if verb.needs])
def test_who_may_not_is_refused_and_leaves_no_trace(scene: Scene, name: str) -> None:
    verb = VERBS[name]
    without = [role for role in Role.values if verb.needs not in permissions_of(role)]
    gone = User.objects.create_user("gone", role=Role.ADMINISTRATOR, is_active=False)
    for person in (*(User.objects.create_user(role, role=role) for role in without), gone):
        with pytest.raises(NotPermitted):
            verb.call(person, scene)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", VERBS)
def test_whoever_may_is_written_down_with_what_they_did(scene: Scene, name: str) -> None:
    verb = VERBS[name]
    role = Role.EXPERT if verb.needs is None else _least(verb.needs)
    actor = User.objects.create_user("actor", role=role)
    verb.call(actor, scene)
    assert [(entry.verb, entry.actor) for entry in AuditEntry.objects.order_by("id")] == [
        (written, actor) for written in verb.audited
    ]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which replies reach the network; that one goes past the send step fails the test."""
    numbers: list[int] = []

    def call(one: Reply, _now: object) -> SendResult:
        numbers.append(one.pk)
        return SendResult(f"out {one.pk}")

    monkeypatch.setattr(send, "_call", call)
    for network in all_networks():
        monkeypatch.setattr(network, "send", lambda _self, _outgoing: pytest.fail("past the send step"))
    return numbers


@pytest.mark.parametrize("name", VERBS)
def test_no_verb_lets_words_leave_that_nobody_else_has_approved(scene: Scene, name: str, sent: list[int]) -> None:
    """Not even by a person with every permission: of their own replies two wait for somebody else's word."""
    actor = User.objects.create_user("actor", role=Role.ADMINISTRATOR)
    own = _own_that_wait(scene, actor)
    with contextlib.suppress(Conflict):  # who sees everything has nothing to unmask
        VERBS[name].call(actor, scene)
    _all_is_due()
    assert own.isdisjoint(sent)


def test_once_somebody_else_has_approved_them_they_do_leave(scene: Scene, sent: list[int]) -> None:
    actor, other = (User.objects.create_user(name, role=Role.ADMINISTRATOR) for name in ("actor", "other"))
    own = _own_that_wait(scene, actor)
    _all_is_due()
    for number in own:
        approval.approve(other, number)
    _all_is_due()
    assert own == set(sent)


def _own_that_wait(scene: Scene, author: User) -> set[int]:
    """One that waits for approval, and one that nobody has looked at yet: the send step has to ask."""
    own = {scene.reply(author, "queued").pk, scene.asked(author)}
    Reply.objects.update(approval_asked=True)
    return own


def _all_is_due() -> None:
    """The workers do whatever there is, twice."""
    for _round in range(2):
        Reply.objects.filter(state="queued").update(next_attempt_at=timezone.now())
        for number in Reply.objects.order_by("id").values_list("pk", flat=True):
            send.send(number, timezone.now())


def _least(needed: Permission) -> str:
    """The role that may the least of all that may this."""
    able = [role for role in Role.values if needed in permissions_of(role)]
    return min(able, key=lambda role: len(permissions_of(role)))


def test_every_audited_verb_has_words() -> None:
    from desk.web.show.audited import _DID

    assert {written for verb in VERBS.values() for written in verb.audited} <= set(_DID)
