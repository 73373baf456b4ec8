"""A desk with one of everything, and what a verb has to keep on it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from desk.actions.questions import questions
from desk.actions.replies import reply_files
from desk.actions.reports.report_wishes import Wish
from desk.alerts.models import Alert, AlertChain, AlertChainVersion, Notification, Webhook
from desk.common.media import cleaned
from desk.crises.models import Crisis
from desk.forms.models import FormLink
from desk.inboxes.models import Inbox
from desk.people.models import Absence, ApiToken, AuditEntry, Rota, Shift, User
from desk.people.permissions import Permission, Role
from desk.privacy.models import Erasure
from desk.replies import files
from desk.replies.models import Approval, CannedResponse, Reply, ReplyAttachment
from desk.reports.models import SavedReport
from desk.rulebooks.active import in_force
from desk.rulebooks.models import RulebookVersion, WhatIf
from desk.signals.models import Stream
from desk.threads.models import Thread, Word
from desk.tickets.models import Attachment, Conversation, Customer, Message, Profile, Ticket
from desk.wallboards.models import Wallboard
from tests.actions.builders import a_mention, a_message, an_inbox, take_in
from tests.actions.scene_crises import CrisisScene
from tests.actions.scene_ground import HELLO
from tests.canned import a_canned
from tests.files import PNG

PASSWORD = "een lange zin hier"


class Scene(CrisisScene):
    """A desk with one of everything."""

    def form(self) -> FormLink:
        """That a colleague made for the customer."""
        now = timezone.now()
        return FormLink.objects.create(
            ticket=self.ticket, made_at=now, expires_at=now + timedelta(days=1), language="nl", nonce="x"
        )

    def stream(self) -> Stream:
        return Stream.objects.create(name="Alles op X", scope_form={"networks": ["x"]}, created_at=timezone.now())

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

    def asker(self) -> User:
        return User.objects.get_or_create(username="lotte", defaults={"role": Role.AGENT})[0]

    def question(self, holder: User) -> int:
        """One that waits for this person's word."""
        other = User.objects.get_or_create(username="karel", defaults={"role": Role.AGENT})[0]
        asked = questions.ask(other, self.ticket.pk, text="Wie weet dit?", user_id=holder.pk)
        AuditEntry.objects.all().delete()
        return asked.pk

    def answer(self) -> int:
        """What a colleague said."""
        entry = questions.answer(self.colleague, self.question(self.colleague), "Ja, tot één uur")
        AuditEntry.objects.all().delete()
        return entry.pk

    def attached(self, author: User) -> ReplyAttachment:
        """A picture in somebody's draft."""
        return reply_files.attach(author, self.ticket.pk, content=PNG, name="kaart.png")

    def attached_by_a_colleague(self) -> ReplyAttachment:
        """A picture beside a reply that is on its way."""
        now = timezone.now()
        return files.keep(self.reply(self.colleague, "queued"), cleaned(PNG), "kaart.png", "", self.colleague, now)

    def canned_file(self) -> ReplyAttachment:
        """A picture that goes along with a canned response."""
        return files.keep(self.canned, cleaned(PNG), "kaart.png", "", self.colleague, timezone.now())

    def canned_files_turned_round(self) -> list[int]:
        """Two of them, the last first."""
        first, last = self.canned_file(), self.canned_file()
        return [last.pk, first.pk]

    def mail_by_machine(self) -> Message:
        """What lies in a mailbox and opened no ticket."""
        name = f"mail:{Message.objects.count()}"
        item = a_message(name, network="mail", addressed=False, doubt="automatic", raw={"headers": {}})
        take_in(an_inbox(network="mail"), [item], now=timezone.now())
        return Message.objects.get(external_id=name)

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

    def muted(self) -> Customer:
        Customer.objects.filter(pk=self.ticket.customer_id).update(muted_at=timezone.now())
        return self.ticket.customer

    def on_mastodon(self) -> Ticket:
        """The ticket, where its network lets people be shut out."""
        Inbox.objects.filter(pk=self.inbox.pk).update(network="mastodon", base_url="https://vlotlijn.example")
        return self.ticket

    def held_elsewhere(self) -> Ticket:
        """The ticket as a private one, in which another app of the company's answers."""
        Inbox.objects.filter(pk=self.inbox.pk).update(network="facebook_page")
        Conversation.objects.filter(pk=self.ticket.conversation_id).update(private=True, control="theirs")
        return self.ticket

    def spammer(self) -> Profile:
        Profile.objects.filter(pk=self.ticket.profile_id).update(spam_at=timezone.now())
        return self.ticket.profile

    def on_another_network(self) -> Profile:
        """Somebody else's account, for all that the desk knows."""
        known = Profile.objects.filter(network="facebook_page", external_id="77").first()
        customer = known.customer if known else Customer.objects.create(name="Marit Vos")
        return known or Profile.objects.create(
            customer=customer, network="facebook_page", external_id="77", name="Marit Vos"
        )

    def two_accounts(self) -> Profile:
        """The second account of the ticket's customer."""
        profile = self.on_another_network()
        Profile.objects.filter(pk=profile.pk).update(customer=self.ticket.customer_id)
        return profile

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

    @property
    def rota_facts(self) -> dict[str, Any]:
        return {"timezone": "Europe/Amsterdam", "first_day": timezone.localdate(), "handover": 540}

    @property
    def an_hour(self) -> dict[str, Any]:
        now = timezone.now()
        return {"starts_at": now, "ends_at": now + timedelta(hours=1)}

    def rota(self) -> Rota:
        members = [self.colleague.pk]
        return Rota.objects.create(name=f"Nacht {Rota.objects.count()}", members=members, **self.rota_facts)

    def stood_in(self) -> tuple[int, int]:
        """A rota, and a time for which somebody stands in."""
        rota = self.rota()
        return rota.pk, rota.swaps.create(user=self.colleague, **self.an_hour).pk

    def thread(self, **more: Any) -> Thread:
        now = timezone.now()
        return Thread.objects.create(**{"topic": "Lift", "created_at": now, "last_at": now, **more})

    def swarm(self) -> Thread:
        return self.thread(swarm=True, ticket=self.ticket)

    def private_thread(self, person: User) -> Thread:
        """In which this person is with a colleague."""
        thread = self.thread(private=True)
        for one in (person, self.colleague):
            thread.participants.create(user=one, inside=True)
        return thread

    def word(self, author: User) -> Word:
        return self.thread().words.create(author=author, text="Hoi", created_at=timezone.now())

    def word_of_a_crisis(self) -> Word:
        crisis = Crisis.objects.create(name="Storing", reason="Storing", created_at=timezone.now())
        return self.thread(crisis=crisis).words.create(
            author=self.colleague, text="We sluiten het loket", created_at=timezone.now()
        )

    def board(self) -> Wallboard:
        return Wallboard.objects.create(name=f"Hal {Wallboard.objects.count()}", language="nl")

    def draft(self) -> CannedResponse:
        return a_canned(f"concept-{CannedResponse.objects.count()}", state="draft")

    def statement(self) -> CannedResponse:
        """One for a crisis whose words nobody has approved yet."""
        return a_canned(f"storing-{CannedResponse.objects.count()}", kind="holding_statement")

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

    def erasure(self) -> int:
        """The number of one that has begun."""
        now = timezone.now()
        return Erasure.objects.create(customer=self.other.customer, ground="request", asked_at=now, moved_at=now).pk

    def token(self) -> ApiToken:
        return ApiToken.issue(self.colleague)[0]


@dataclass(frozen=True)
class Verb:
    """What it needs, how it is called, and what it leaves in the audit log."""

    needs: Permission | None  # None: everybody may, for themselves
    call: Callable[[User, Scene], object]
    audited: list[str] = field(default_factory=list)  # none: it changes nothing that others see
