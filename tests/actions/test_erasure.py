"""A customer is erased: nothing of them is left anywhere, and everything that is counted stays as it was."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from desk.actions.customers import erasure, erasure_run
from desk.actions.inboxes.channels import channels
from desk.actions.intake import ingest
from desk.actions.replies.reply import Blocked, submit
from desk.actions.reports import reports
from desk.actions.tickets import moderate
from desk.common.errors import Conflict, Invalid, Missing
from desk.inboxes.gateway import Change
from desk.inboxes.models import Inbox, RawItem
from desk.people.models import AuditEntry, User
from desk.privacy.models import ErasedAccount, Erasure
from desk.replies.models import AnswerLine, CannedResponse, CannedTerm, Reply
from desk.reports.models import CountedCycle, DayFlow, MonthCell
from desk.sla.audit import differences
from desk.sla.models import Clock
from desk.tickets.models import Customer, Message, Note, Profile, Ticket
from policies.reply_states import State
from tests.actions.builders import an_inbox, take_in
from tests.actions.promised import promise
from tests.actions.somebody import MARK, Somebody, places_of, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return User.objects.create_user("ada", first_name="Ada", role="administrator")


@pytest.fixture
def inbox() -> Inbox:
    promise(first=30, following=60, resolution=240)
    return an_inbox()


@pytest.fixture
def somebody(inbox: Inbox, admin: User, settings: Settings, tmp_path: Path) -> Somebody:
    settings.MEDIA_ROOT = tmp_path
    return Somebody(inbox, admin, tmp_path)


def erased(actor: User, customer: Customer, handle: str = MARK) -> Erasure:
    """As the workers do it."""
    begun = erasure.erase(actor, customer.pk, handle=handle, ground="request")
    finish(begun)
    return begun


def finish(begun: Erasure, now: datetime | None = None) -> None:
    while erasure_run.go_on(begun.pk, now or timezone.now()):
        pass
    begun.refresh_from_db()


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_nothing_of_the_person_is_left_anywhere(somebody: Somebody, admin: User) -> None:
    everywhere = {
        "alerts_notification", "forms_formlink", "inboxes_rawitem", "people_auditentry", "questions_entry",
        "questions_question", "replies_answerline", "replies_approval", "replies_cannedterm", "replies_draft",
        "replies_reply", "replies_replyattachment", "rulebooks_whatiffinding", "rulebooks_whatifline",
        "tickets_attachment", "tickets_conversation", "tickets_customer", "tickets_message", "tickets_messageversion",
        "tickets_note", "tickets_profile", "tickets_reaction", "tickets_ticket", "tickets_ticketevent",
        "threads_thread", "threads_version", "threads_word",
    }  # fmt: skip
    assert places_of(MARK) == everywhere, "the test no longer fills every place"
    assert files_in(somebody.media)
    done = erased(admin, somebody.customer)
    assert (done.state, bytes(done.sealed)) == ("done", b"")
    assert places_of(MARK) == set()
    assert files_in(somebody.media) == []


def test_the_tombstone_says_when_by_whom_and_why_and_names_nobody(somebody: Somebody, admin: User) -> None:
    done = erased(admin, somebody.customer)
    entry = AuditEntry.objects.filter(verb="customer_erased").get()
    assert (entry.actor, entry.subject, entry.subject_id) == (admin, "customer", str(somebody.customer.pk))
    assert entry.detail == {"erasure": done.pk, "ground": "request"}
    assert (done.asked_by, done.ground, done.counts["messages"]) == (admin, "request", 6)
    assert done.total == 6, "theirs, and ours on their tickets"
    somebody.customer.refresh_from_db()
    assert (somebody.customer.name, somebody.customer.erased_at) == ("", done.asked_at)
    profile = somebody.customer.profiles.get()
    assert (profile.external_id, profile.handle, profile.followers) == (f"erased:{profile.pk}", "", None)


def figures() -> dict[str, list[Any]]:
    reports.count_changes()
    kinds: list[Any] = [Clock, CountedCycle, MonthCell, DayFlow]
    rows = {kind.__name__: list(kind.objects.order_by("pk").values()) for kind in kinds}
    told = ("pk", "state", "assignee", "priority", "created_at", "last_message_at", "due_at", "unread", "language")
    rows["Ticket"] = list(Ticket.objects.order_by("pk").values(*told))
    rows["Message"] = list(
        Message.objects.order_by("pk").values("pk", "ticket", "outgoing", "created_at", "deleted_at")
    )
    return rows


def without_keys(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is counted anew gets new numbers."""
    return sorted(({k: v for k, v in row.items() if k != "id"} for row in rows), key=str)


def test_every_figure_is_what_it_was(somebody: Somebody, admin: User) -> None:
    before, audited = figures(), list(differences(Ticket.objects.order_by("pk")))
    erased(admin, somebody.customer)
    after = figures()
    assert list(differences(Ticket.objects.order_by("pk"))) == audited
    for kind, rows in before.items():
        assert without_keys(after[kind]) == without_keys(rows), kind
    assert len(before["CountedCycle"]) > 2


def test_whoever_else_wrote_keeps_everything_but_the_payload_that_named_the_person(
    somebody: Somebody, admin: User
) -> None:
    erased(admin, somebody.customer)
    other = Message.objects.exclude(profile__customer=somebody.customer).get(profile__isnull=False)
    assert (other.text, other.external_id, other.erased_at) == ("Bij mij ook", "tom-1", None)
    kept = RawItem.objects.get(pk=other.raw_item_id or 0).item
    assert (kept["text"], kept["author"]["handle"], kept["raw"]) == ("Bij mij ook", "tom", {})


@pytest.mark.parametrize("again", ["poll", "webhook"])
def test_what_the_network_tells_again_does_not_come_back(somebody: Somebody, admin: User, again: str) -> None:
    told_before = said(1, at=somebody.ago(60))
    news = replace(told_before, change=Change.EDITED, text=f"Nog {MARK}", revision="9", changed_at=somebody.now)
    erased(admin, somebody.customer)
    rows = RawItem.objects.count(), Message.objects.count(), Customer.objects.count()
    take_in(somebody.inbox, [told_before, news, replace(news, change=Change.DELETED)], now=timezone.now(), source=again)
    assert (RawItem.objects.count(), Message.objects.count(), Customer.objects.count()) == rows
    assert places_of(MARK) == set()


def test_an_edit_that_waited_to_be_processed_goes_too(somebody: Somebody, admin: User) -> None:
    edit = replace(said(2, at=somebody.ago(50)), change=Change.EDITED, text=f"Kijk {MARK}", revision="3")
    ingest.store(somebody.inbox.pk, [edit], source="poll", received_at=somebody.now)
    erased(admin, somebody.customer)
    ingest.process(somebody.inbox.pk, timezone.now())
    assert places_of(MARK) == set()


def test_who_writes_again_is_answered_on_a_new_ticket_and_recognised(somebody: Somebody, admin: User) -> None:
    first = erased(admin, somebody.customer)
    take_in(somebody.inbox, [said(9, at=timezone.now())], now=timezone.now())
    back = Customer.objects.get(profiles__handle=MARK)
    assert back != somebody.customer
    assert erasure.erased_before(back.profiles.all()) == first
    assert erasure.erased_before(Profile.objects.filter(handle="tom")) is None
    ticket = Ticket.objects.get(customer=back)
    reply = submit(admin, ticket.pk, text="Wat vervelend!", visibility="public", idempotency_key="new")
    assert reply.state == State.QUEUED
    Reply.objects.filter(pk=reply.pk).update(state=State.CANCELLED)
    second = erased(admin, back)
    assert second.state == "done"
    assert places_of(MARK) == set()
    assert len(set(ErasedAccount.objects.values_list("digest", flat=True))) == 1


def test_the_old_tickets_are_closed_to_replies(somebody: Somebody, admin: User) -> None:
    begun = erasure.erase(admin, somebody.customer.pk, handle=MARK, ground="request")
    with pytest.raises(Blocked) as refused:  # at once, before the workers have begun
        submit(
            admin, somebody.private.pk, text="Wat vervelend!", visibility="private", idempotency_key="old",
            send_anyway=True,
        )  # fmt: skip
    assert "customer.erased" in [finding.code for finding in refused.value.checked.findings]
    finish(begun)
    assert [one.allowed for one in channels(somebody.private, timezone.now())] == [False]
    with pytest.raises(Conflict):
        moderate.act(admin, somebody.public.messages.earliest("id").pk, "like")


def test_what_waited_to_leave_is_cancelled_and_keeps_what_the_rules_said(somebody: Somebody, admin: User) -> None:
    erased(admin, somebody.customer)
    assert set(Reply.objects.values_list("state", flat=True)) == {State.SENT, State.CANCELLED}
    assert AnswerLine.objects.values_list("state", "code").get() == ("left_out", "taken_out")
    found = [finding for findings in Reply.objects.values_list("findings", flat=True) for finding in findings]
    assert {"code": "x", "severity": "warn", "message": "", "start": 0, "end": 0, "params": {}, "fixes": []} in found


def test_a_reply_that_is_being_sent_is_waited_for(somebody: Somebody, admin: User) -> None:
    Reply.objects.filter(state=State.HELD).update(state=State.SENDING)
    begun = erased(admin, somebody.customer)
    assert begun.state == "running"
    Reply.objects.filter(state=State.SENDING).update(state=State.UNKNOWN)
    later = timezone.now() + timedelta(minutes=1)
    assert erasure_run.take_over(later) == [begun.pk]
    finish(begun, later)
    assert begun.state == "done"
    assert places_of(MARK) == set()


def test_what_was_learned_of_others_stays(somebody: Somebody, admin: User) -> None:
    canned = CannedResponse.objects.get()
    CannedTerm.objects.update(uses=2)
    CannedTerm.objects.create(canned_response=canned, term="trein", uses=1)
    before = set(CannedTerm.objects.values_list("term", flat=True))
    CannedTerm.objects.filter(term__contains=MARK).update(uses=1)
    erased(admin, somebody.customer)
    left = dict(CannedTerm.objects.values_list("term", "uses"))
    assert set(left) == {term for term in before if MARK not in term}
    assert set(left.values()) == {1}


@pytest.mark.parametrize("typed", ["", "tom", f"{MARK}x"])
def test_nobody_is_erased_by_a_slip(somebody: Somebody, admin: User, typed: str) -> None:
    with pytest.raises(Invalid):
        erasure.erase(admin, somebody.customer.pk, handle=typed, ground="request")
    with pytest.raises(Invalid):
        erasure.erase(admin, somebody.customer.pk, handle=MARK, ground="because")
    assert not Erasure.objects.exists()


def test_the_preview_says_what_will_go(somebody: Somebody, admin: User) -> None:
    held = erasure.preview(admin, somebody.customer.pk)
    assert (held.to_type, held.profiles, held.tickets, held.messages, held.private_messages) == (MARK, 1, 2, 4, 1)
    assert (held.answers, held.notes, held.drafts, held.files) == (7, 1, 1, 5)
    erased(admin, somebody.customer, f" @{MARK.upper()} ")
    left = erasure.held(somebody.customer)
    assert (left.messages, left.answers, left.notes, left.drafts, left.files) == (0, 0, 0, 0, 0)
    with pytest.raises(Conflict):
        erasure.erase(admin, somebody.customer.pk, handle="x", ground="request")
    with pytest.raises(Missing):
        erasure.preview(admin, 999_999)


def test_a_person_on_two_networks_is_erased_on_both(somebody: Somebody, admin: User) -> None:
    page = an_inbox(network="facebook_page", own_id="2")
    take_in(page, [replace(said(5, at=somebody.now), network="facebook_page")], now=timezone.now())
    stray = Profile.objects.filter(handle=MARK, network="facebook_page").get().customer
    Profile.objects.filter(handle=MARK).update(customer=somebody.customer)
    Ticket.objects.filter(inbox=page).update(customer=somebody.customer)
    stray.delete()
    erased(admin, somebody.customer)
    assert places_of(MARK) == set()


@pytest.fixture
def short_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MESSAGES", "TICKETS", "PORTIONS"):
        monkeypatch.setattr(erasure_run, name, 1)


def test_it_goes_on_where_it_was_and_everything_goes_once(
    somebody: Somebody, admin: User, short_portions: None
) -> None:
    begun = erasure.erase(admin, somebody.customer.pk, handle=MARK, ground="request")
    steps = 0
    while erasure_run.go_on(begun.pk, timezone.now()):
        steps += 1
    begun.refresh_from_db()
    assert begun.state == "done"
    assert steps > 10
    assert begun.counts["messages"] == Message.objects.exclude(erased_at=None).count()
    assert begun.counts["tickets"] == 2
    assert Note.objects.get().text == ""
