"""What a scene has of crises: their plan and log, who is called, statements, answers to many, and drills."""

from typing import Any

from django.utils import timezone

from desk.actions.crises import crises, crisis_report
from desk.actions.drills import drills
from desk.common.encryption import seal
from desk.crises.models import CallUp, Crisis, CrisisHook, CrisisPlanVersion, CrisisTicket
from desk.drills.models import Drill
from desk.drills.running import running_drill
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, User
from desk.people.permissions import Role
from desk.replies.models import AnswerBatch
from desk.rulebooks.active import in_force
from desk.signals.models import Signal
from desk.statements.models import NextUpdate, Post, Publication
from desk.tickets.models import Ticket
from tests.actions.builders import an_inbox
from tests.actions.chains import chain
from tests.actions.scene_ground import HELLO, Ground


class CrisisScene(Ground):
    """Each without a trace in the audit trail, so that a verb's own is all there is."""

    def hook(self) -> CrisisHook:
        return CrisisHook.objects.create(
            name=f"Bewaking {CrisisHook.objects.count()}",
            owner=self.colleague,
            sealed_secret=seal({"secret": "geheim"}),
            created_at=timezone.now(),
        )

    def signal(self) -> Signal:
        """One that made a crisis suspect."""
        now = timezone.now()
        crisis = Crisis.objects.create(name="Gegons", reason="Veel meer dan anders", created_at=now)
        facts = {"counted": 400, "expected": 12.0, "usual_high": 30.0, "rare_days": 12.0}
        return Signal.objects.create(
            kind="surge", key=f"surge {Signal.objects.count()}", at=now, raised_at=now, facts=facts, crisis=crisis
        )

    def crisis_plan(self, state: str, **columns: Any) -> int:
        """The number of a version that a colleague wrote."""
        now, number = timezone.now(), CrisisPlanVersion.objects.count() + 1
        CrisisPlanVersion.objects.create(
            number=number, document={}, state=state, author=self.colleague, created_at=now, changed_at=now, **columns
        )
        return number

    def crisis(self, level: int = 2) -> Crisis:
        """Started by somebody else, without a trace in the audit trail."""
        starter = User.objects.get_or_create(username="noor", defaults={"role": Role.COMMS})[0]
        crisis = crises.start(starter, reason="De trein staat stil", level=level)
        AuditEntry.objects.all().delete()
        return crisis

    def own_post(self, author: User, state: str = "held", code: str = "needs_approval") -> Post:
        """One of a statement in a crisis of level 2, which waits for a colleague's word."""
        now, crisis = timezone.now(), self.crisis()
        published = Publication.objects.create(
            crisis=crisis, author=author, idempotency_key=f"key {Publication.objects.count()}", at=now
        )
        return Post.objects.create(
            publication=published, inbox=self.inbox, language="nl", text=HELLO, state=state, next_attempt_at=now,
            rulebook_version_id=in_force().version_id, needs=["approval.crisis"], problem_code=code,
        )  # fmt: skip

    def promised(self) -> Crisis:
        """A crisis whose statement promised a next update."""
        now, post = timezone.now(), self.own_post(self.colleague, "sent", "")
        crisis: Crisis = post.publication.crisis
        NextUpdate.objects.create(crisis=crisis, publication=post.publication, made_at=now, due_at=now)
        return crisis

    def calling(self) -> Crisis:
        """One whose chain waits for a word."""
        chain({"to": ["owner"]})
        return self.crisis()

    def called_up(self, person: User) -> Crisis:
        """One that asks this person to come."""
        crisis = self.crisis()
        CallUp.objects.create(crisis=crisis, user=person, asked_at=timezone.now())
        return crisis

    def part_of(self, ticket: Ticket | None = None) -> Crisis:
        """One that the ticket is part of, or another."""
        crisis = self.crisis()
        CrisisTicket.objects.create(crisis=crisis, ticket=ticket or self.ticket, how="scope", at=timezone.now())
        return crisis

    def batch(self, author: User, state: str) -> AnswerBatch:
        """One for the ticket, which waits for its turn."""
        now, texts = timezone.now(), [{"language": "nl", "network": "", "text": HELLO}]
        batch = AnswerBatch.objects.create(
            crisis=self.part_of(), author=author, state=state, visibility="public", texts=texts, per_minute=5, total=1,
            created_at=now, moved_at=now,
        )  # fmt: skip
        batch.lines.create(ticket=self.ticket, inbox=self.inbox, state="waiting", seen_event_id=0, text=HELLO)
        return batch

    def batch_that_asks(self) -> AnswerBatch:
        """A colleague's, whose one answer waits for somebody's word."""
        batch = self.batch(self.colleague, "running")
        batch.lines.update(expects="approval")
        return batch

    def line(self, author: User) -> int:
        return self.batch(author, "ready").lines.get().pk

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

    def stage(self) -> Inbox:
        """Where drills are played."""
        return an_inbox(name=f"Oefening {Inbox.objects.count()}", drill=True)

    def drill(self, state: str) -> Drill:
        """Planned, and perhaps started, by somebody else."""
        lead = User.objects.get_or_create(username="noor", defaults={"role": Role.COMMS})[0]
        if state == "running" and (running := running_drill()) is not None:
            return running  # one at a time
        drill = drills.plan_drill(lead, drills.Wish(self.stage().pk, "outage"))
        if state == "running":
            drill = drills.start_drill(lead, drill.pk)
        AuditEntry.objects.all().delete()
        return drill
