"""A customer whose data is everywhere that the desk keeps any: each piece holds the same mark."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone

from desk.actions.crises import crises, crisis_tickets
from desk.actions.customers import blocking, masking
from desk.actions.questions import questions
from desk.actions.replies import drafts
from desk.actions.replies.reply import submit
from desk.actions.replies.settle import settle
from desk.actions.rulebooks import what_if
from desk.actions.threads import swarms, thread_words, threads
from desk.actions.tickets import notes
from desk.alerts.models import Notification
from desk.forms.models import FormFile, FormLink
from desk.inboxes.gateway import Attachment as File
from desk.inboxes.gateway import Author, Change, Item, ItemKind, SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import AnswerBatch, Approval, CannedTerm, Draft, Reply, ReplyAttachment
from desk.rulebooks.models import WhatIfFinding, WhatIfLine
from desk.tickets.models import Attachment, Customer, Ticket
from policies.reply_states import State
from tests.actions.builders import a_mention, a_message, deleted, own_words, take_in
from tests.actions.what_ifs import answered, asked, sent
from tests.canned import a_canned

MARK = "qxzvwk"  # which no stemmer changes, and nobody else says
CSV = f"text,network,visibility,language\nHoi @{MARK} bel 06-12345678,x,public,nl\nHallo daar,x,public,nl\n"


def by_them(item: Item) -> Item:
    """As the network tells it, its own payload included."""
    author = Author(
        external_id=f"id-{MARK}", handle=MARK, name=f"{MARK} de Vries", avatar_url=f"https://x.nl/{MARK}.png",
        followers=900, links=(f"https://instagram.com/{MARK}",),
    )  # fmt: skip
    return replace(
        item,
        author=author,
        url=f"https://x.nl/{MARK}/1",
        raw={"user": {"id": f"id-{MARK}"}, "t": item.text},
        about={"device": f"de telefoon van {MARK}"},
    )


def said(number: int, *, at: datetime, **more: Any) -> Item:
    text = f"Ik ben {MARK} en de lift op het perron is stuk, alweer {number}"
    file = File(url=f"https://x.nl/files/{MARK}", kind="image", alt_text=f"Foto van {MARK}")
    key = f"{MARK}-{number}"
    values = {"text": text, "created_at": at, "thread_id": key, "attachments": (file,), **more}
    return by_them(a_mention(key, **values))


class Somebody:
    """Everything about one person, the oldest an hour ago, and one ticket of somebody else."""

    def __init__(self, inbox: Inbox, admin: User, media: Path) -> None:
        self.inbox, self.admin, self.media = inbox, admin, media
        self.now = timezone.now()
        self._write()
        self.customer = Customer.objects.get(profiles__handle=MARK)
        self.public, self.private = Ticket.objects.filter(customer=self.customer).order_by("id")
        self._keep_files()
        self._answer()
        self._speak_about()
        self._attach()
        self._try_out()

    def ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def _write(self) -> None:
        first, second = said(1, at=self.ago(60)), said(2, at=self.ago(50), thread_id=f"{MARK}-1")
        edited = replace(first, change=Change.EDITED, text=f"Weer {MARK}", revision="2", changed_at=self.ago(55))
        take_in(self.inbox, [first, second], now=self.ago(49))
        take_in(self.inbox, [edited], now=self.ago(48))
        gone = said(3, at=self.ago(40), thread_id=f"{MARK}-1")
        take_in(self.inbox, [gone], now=self.ago(39))
        take_in(self.inbox, [deleted(gone, at=0)], now=self.ago(38))
        by_phone = own_words(f"own-{MARK}", parent_id=f"{MARK}-2", at=0, text=f"Dag {MARK}", thread_id=f"{MARK}-1")
        take_in(self.inbox, [replace(by_phone, created_at=self.ago(37))], now=self.ago(37))
        private = a_message(f"dm-{MARK}-1", text=f"Privé: {MARK}", thread_id=f"dm-{MARK}", created_at=self.ago(30))
        take_in(self.inbox, [by_them(private)], now=self.ago(30))
        quoting = a_mention("tom-1", by="tom", text="Bij mij ook", created_at=self.ago(20))
        take_in(self.inbox, [replace(quoting, raw={"quoted": {"by": f"id-{MARK}", "t": MARK}})], now=self.ago(20))

        liked = by_them(a_mention("r", kind=ItemKind.REACTION, text="👍", parent_id="tom-1", created_at=self.ago(19)))
        take_in(self.inbox, [replace(liked, external_id=Item.reaction_id("tom-1", f"id-{MARK}"))], now=self.ago(19))

    def _keep_files(self) -> None:
        for file in Attachment.objects.all():
            file.file.save(f"{file.pk}.png", ContentFile(b"a picture"), save=False)
            file.state = Attachment.State.STORED
            file.save()

    def _answer(self) -> None:
        """Replies in each state in which one can wait, and one that left and taught something."""
        canned = a_canned()
        reply = submit(
            self.admin, self.private.pk, text=f"Beste {MARK}", visibility="private", idempotency_key="sent",
            canned_response_id=canned.pk, send_anyway=True,
        )  # fmt: skip
        Reply.objects.filter(pk=reply.pk).update(state=State.SENDING)
        with transaction.atomic():
            result = SendResult(f"{MARK}-answer", self.ago(10))
            assert settle(Reply.objects.get(pk=reply.pk), result, self.ago(10))
        assert CannedTerm.objects.filter(term__contains=MARK).exists()
        for state in (State.QUEUED, State.HELD, State.FAILED, State.UNKNOWN, State.CANCELLED):
            waiting = sent(self.public, self.admin, f"Hoi {MARK}", state=state, sent_at=None, problem={"said": MARK})
            waiting.findings = [
                {
                    "code": "x",
                    "severity": "warn",
                    "message": MARK,
                    "start": 1,
                    "end": 2,
                    "params": {"phrase": MARK},
                    "fixes": [],
                }
            ]
            waiting.answers = self.public.messages.filter(outgoing=False).earliest("id")
            waiting.save()
        held = Reply.objects.get(state=State.HELD)
        for decision in ("rejected", "waiting"):
            Approval.objects.create(
                reply=held, state=decision, codes=["x"], text=MARK, approved_text=MARK, reason=MARK,
                words_by=self.admin, requested_at=self.now, due_at=self.now, deputy_at=self.now,
            )  # fmt: skip

    def _speak_about(self) -> None:
        form = FormLink.objects.create(
            ticket=self.public, made_at=self.now, expires_at=self.now, language="nl", nonce="x", email=f"{MARK}@x.nl"
        )
        file = FormFile(link=form, content_type="image/png", made_at=self.now)
        file.file.save("picture.png", ContentFile(b"a picture"))
        notes.add_note(self.admin, self.public.pk, f"{MARK} belde ook al")
        drafts.save(self.admin, self.public.pk, text=f"Lieve {MARK}", visibility="note")
        Draft.objects.update(returned_because=f"Zo niet tegen {MARK}")
        blocking.block(self.admin, self.customer.pk, reason=f"{MARK} dreigt")
        blocking.unblock(self.admin, self.customer.pk)
        trainee = User.objects.create_user("trainee", role="trainee")
        message = self.private.messages.filter(outgoing=False).get()
        masking.unmask(trainee, message.pk, reason=f"Dossier van {MARK}")
        expert = User.objects.create_user("expert", role="expert")
        question = questions.ask(
            self.admin, self.public.pk, text=f"Ken jij {MARK}?", user_id=expert.pk, about=f"reis van {MARK}"
        )
        questions.answer(expert, question.pk, f"Ja, {MARK} reist elke dag")
        swarm = swarms.open_swarm(self.admin, self.public.pk)
        word = thread_words.write(self.admin, swarm.pk, f"{MARK} staat op het perron")
        thread_words.edit(self.admin, word.pk, f"{MARK} staat nog op het perron")
        for summary in (f"Voor {MARK}", f"Nog voor {MARK}"):
            threads.set_summary(self.admin, swarm.pk, summary)
        swarms.close(self.admin, swarm.pk, f"{MARK} kan met de bus")
        alone = threads.start(self.admin, topic=f"Lift van @{MARK}")
        thread_words.write(self.admin, alone.pk, f"{MARK}: zie #{self.public.pk}")
        thread_words.write(self.admin, alone.pk, f"Ook @{MARK} dus")
        Customer.objects.filter(pk=self.customer.pk).update(about=f"Woont in {MARK}")
        crisis = crises.start(self.admin, reason="Storing", level=1)
        crisis_tickets.put_in(self.admin, self.public.pk, crisis.pk)
        batch = AnswerBatch.objects.create(
            crisis=crisis, author=self.admin, state="running", visibility="public", per_minute=5, total=1,
            created_at=self.now, moved_at=self.now,
        )  # fmt: skip
        batch.lines.create(
            ticket=self.public, inbox=self.inbox, state="waiting", seen_event_id=0, text=f"Hoi {MARK}",
            findings=[{"message": MARK}],
        )  # fmt: skip
        Notification.objects.create(
            user=self.admin, kind="alert", ticket=self.public, params={"customer": MARK, "percent": 50},
            created_at=self.now,
        )  # fmt: skip

    def _attach(self) -> None:
        """Files of our own, to a reply and to a draft, that tell who it is about."""
        reply = Reply.objects.filter(text=f"Beste {MARK}").get()
        for owner in ({"reply": reply}, {"draft": Draft.objects.get()}):
            row = ReplyAttachment(
                name=f"{MARK}.png", kind="image", content_type="image/png", size=9, digest="0",
                alt_text=f"Pas van {MARK}", uploaded_by=self.admin, created_at=self.now, **owner,
            )  # fmt: skip
            row.file.save("a.png", ContentFile(b"a picture"))

    def _try_out(self) -> None:
        """What-ifs over our replies, and over a file in which the person is called by handle."""
        sent(self.public, self.admin, f"Bel gerust 06-12345678, {MARK}", ago=timedelta(minutes=5))
        answered(asked(self.admin, 1))
        WhatIfFinding.objects.update(spots=[[0, 4, {"word": MARK}]])
        answered(what_if.ask_about_file(self.admin, 1, raw=CSV.encode()))
        assert WhatIfLine.objects.count() == 2


def places_of(mark: str) -> set[str]:
    """The tables in which a row holds it, in whatever column: what is encrypted is not seen."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT 1 FROM "{table}" AS row WHERE row::text ILIKE %s LIMIT 1', [f"%{mark}%"])  # noqa: S608 tables of our own
            if cursor.fetchone():
                found.add(table)
    return found
