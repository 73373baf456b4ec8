"""What has been kept long enough loses its words: by rules in days, and never on a ticket that is open."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from desk.actions.customers import retention, retention_run
from desk.actions.customers.retention import Rules
from desk.actions.inboxes.channels import channels
from desk.actions.tickets import notes, tickets
from desk.common.errors import Invalid
from desk.inboxes.gateway import Change
from desk.inboxes.models import Inbox, RawItem
from desk.people.models import AuditEntry, User
from desk.privacy.models import Retention
from desk.tickets.models import Attachment, Customer, Message, MessageVersion, Ticket
from tests.actions.builders import a_mention, a_message, an_inbox, deleted, minutes, own_words, take_in
from tests.actions.somebody import places_of

pytestmark = pytest.mark.django_db
DAY = 24 * 60  # minutes


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


@pytest.fixture
def admin() -> User:
    return User.objects.create_user("ada", role="administrator")


def days(count: float) -> datetime:
    return minutes(count * DAY)


def a_case(inbox: Inbox, number: str, text: str, *, private: bool = False, done: bool = True) -> Ticket:
    """Asked and answered at noon of the first day, and resolved then."""
    make = a_message if private else a_mention
    take_in(inbox, [make(number, text=text, by=f"by-{number}", raw={"said": text})], now=minutes(1))
    ticket = Ticket.objects.latest("id")
    answer = own_words(f"own-{number}", parent_id=number, at=5, text=f"Re: {text}")
    take_in(inbox, [replace(answer, private=private, thread_id=ticket.conversation.thread_id)], now=minutes(6))
    if done:
        tickets.transition(User.objects.get(username="ada"), ticket.pk, "resolve", now=minutes(10))
    return ticket


def applied(now: datetime) -> Retention:
    """As beat and workers do it."""
    retention_run.go_on(now)
    return retention.current()


def texts() -> list[str]:
    return sorted(Message.objects.exclude(text="").values_list("text", flat=True))


def test_without_rules_everything_is_kept(inbox: Inbox, admin: User) -> None:
    a_case(inbox, "1", "Waar blijft de trein?")
    retention.current()
    applied(days(3_000))
    assert len(texts()) == 2
    assert not AuditEntry.objects.filter(verb="retention_applied").exists()


def test_private_and_public_messages_have_days_of_their_own(inbox: Inbox, admin: User) -> None:
    a_case(inbox, "1", "wulp")
    a_case(inbox, "2", "fuut", private=True)
    retention.change(admin, Rules(private_days=30, public_days=90))
    applied(days(29))
    assert texts() == ["Re: fuut", "Re: wulp", "fuut", "wulp"]
    applied(days(31))
    assert texts() == ["Re: wulp", "wulp"]
    assert places_of("fuut") == set()
    applied(days(91))
    assert texts() == []
    assert places_of("wulp") == set()
    assert set(Ticket.objects.values_list("state", flat=True)) == {"resolved"}


def test_an_open_ticket_is_never_touched_however_old(inbox: Inbox, admin: User) -> None:
    open_one = a_case(inbox, "1", "nog open", done=False)
    retention.change(admin, Rules(1, 1, 1))
    applied(days(3_000))
    assert texts() == ["Re: nog open", "nog open"]
    tickets.transition(admin, open_one.pk, "resolve", now=days(3_001))
    applied(days(3_001.5))
    assert texts() == []


def test_a_resolved_ticket_goes_with_notes_files_and_versions(
    inbox: Inbox, admin: User, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    ticket = a_case(inbox, "1", "zwanenhals")
    message = ticket.messages.earliest("id")
    MessageVersion.objects.create(message=message, text="zwanenhals!", replaced_at=minutes(2))
    file = Attachment(message=message, source_url="https://x.nl/zwanenhals", kind="image", state="stored")
    file.file.save("a.png", ContentFile(b"x"))
    notes.add_note(admin, ticket.pk, "zwanenhals gebeld")
    retention.change(admin, Rules(ticket_days=10))
    applied(days(9))
    assert places_of("zwanenhals")
    kept = applied(days(11))
    assert places_of("zwanenhals") == set()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert kept.counts["tickets"] == 1
    entry = AuditEntry.objects.get(verb="retention_applied")
    assert (entry.actor, entry.detail) == (None, kept.counts)
    assert ticket.customer.profiles.get().handle == "by-1", "people are forgotten by an erasure alone"


def test_what_is_gone_does_not_come_back_and_takes_no_answer(inbox: Inbox, admin: User) -> None:
    ticket = a_case(inbox, "1", "eenmalig")
    retention.change(admin, Rules(public_days=1))
    applied(days(3))
    again = a_mention("1", text="eenmalig en meer", by="by-1", revision="2")
    take_in(inbox, [again, replace(again, revision="")], now=days(4))
    assert places_of("eenmalig") == set()
    assert [one.allowed for one in channels(ticket, days(4)) if one.visibility == "public"] == [False]


def test_who_writes_on_is_the_same_customer_and_is_answered(inbox: Inbox, admin: User) -> None:
    a_case(inbox, "1", "eerst")
    retention.change(admin, Rules(ticket_days=1))
    applied(days(3))
    take_in(inbox, [a_mention("5", at=3.5 * DAY, text="later", by="by-1", thread_id="1")], now=days(3.6))
    assert Customer.objects.count() == 1
    newest = Ticket.objects.latest("id")
    assert [one.allowed for one in channels(newest, days(3.6)) if one.visibility == "public"] == [True]
    tickets.transition(admin, newest.pk, "resolve", now=days(3.7))
    applied(days(6))
    assert places_of("later") == set()


def test_every_raw_item_of_a_message_goes_with_it(inbox: Inbox, admin: User) -> None:
    ticket = a_case(inbox, "1", "grutto")
    take_in(inbox, [a_mention("1", text="grutto 2", by="by-1", revision="2", changed_at=minutes(20))], now=minutes(21))
    assert RawItem.objects.filter(item__text__icontains="grutto").count() == 3
    retention.change(admin, Rules(public_days=1))
    applied(days(3))
    assert places_of("grutto") == set()
    assert ticket.messages.count() == 2


def test_a_round_begins_once_a_day_and_goes_on_where_it_was(
    inbox: Inbox, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        a_case(inbox, str(number), f"vraag {number}")
    for name in ("MESSAGES", "TICKETS", "PORTIONS"):
        monkeypatch.setattr(retention_run, name, 1)
    retention.change(admin, Rules(ticket_days=1))
    steps = 0
    while applied(days(3)).ended_at is None:
        steps += 1
    kept = retention.current()
    assert steps > 12
    assert (kept.counts["tickets"], kept.counts["messages"]) == (6, 12)
    Message.objects.update(erased_at=None, text="weer")
    Ticket.objects.update(erased_at=None)
    assert applied(days(3.9)).began_at == kept.began_at
    assert len(texts()) == 12
    assert applied(days(4.1)).began_at == days(4.1)


def test_the_preview_counts_and_takes_nothing(inbox: Inbox, admin: User) -> None:
    a_case(inbox, "1", "openbaar")
    a_case(inbox, "2", "prive", private=True)
    a_case(inbox, "3", "open", done=False)
    due = retention.preview(admin, Rules(10, 10, 10), now=days(11))
    assert (due.private_messages, due.public_messages, due.tickets) == (2, 2, 2)
    assert retention.preview(admin, Rules(), now=days(11)) == retention.Due(0, 0, 0, 0)
    assert len(texts()) == 6
    assert not AuditEntry.objects.filter(subject="retention").exists()


def test_rules_are_audited_once_and_nonsense_is_refused(admin: User) -> None:
    retention.change(admin, Rules(private_days=30))
    retention.change(admin, Rules(private_days=30))
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.detail["after"]) == (
        "retention_changed",
        {"private_days": 30, "public_days": None, "ticket_days": None, "deleted_days": None},
    )
    for nonsense in (0, -1, 4_000):
        with pytest.raises(Invalid):
            retention.change(admin, Rules(public_days=nonsense))


def test_spam_counts_from_its_last_message(inbox: Inbox, admin: User) -> None:
    ticket = a_case(inbox, "1", "koop nu", done=False)
    tickets.transition(admin, ticket.pk, "mark_spam", now=days(5))
    retention.change(admin, Rules(ticket_days=10))
    applied(days(11))
    assert places_of("koop nu") == set()


def test_what_a_customer_deleted_goes_by_its_own_rule_from_an_open_ticket_too(inbox: Inbox, admin: User) -> None:
    open_one = a_case(inbox, "1", "Jullie zijn dieven", done=False)
    edit = replace(a_mention("1", by="by-1"), change=Change.EDITED, text="Dieven!", revision="2", changed_at=minutes(7))
    take_in(inbox, [edit, deleted(a_mention("1", by="by-1"), at=8)], now=minutes(9))
    a_case(inbox, "2", "Waar blijft de bus?", done=False)
    retention.change(admin, Rules(deleted_days=2))
    assert retention.preview(admin, Rules(deleted_days=2), now=days(1)).deleted_messages == 0
    assert retention.preview(admin, Rules(deleted_days=2), now=days(3)).deleted_messages == 1
    applied(days(1))
    assert "Dieven!" in texts()
    applied(days(3))
    assert texts() == ["Re: Jullie zijn dieven", "Re: Waar blijft de bus?", "Waar blijft de bus?"]
    tombstone = Message.objects.get(ticket=open_one, outgoing=False)
    assert (tombstone.deleted_at, tombstone.erased_at) == (minutes(8), days(3))
    assert not MessageVersion.objects.exists()
    assert not RawItem.objects.filter(item__text__in=["Jullie zijn dieven", "Dieven!"]).exists()


def test_what_we_deleted_ourselves_is_no_customers_word(inbox: Inbox, admin: User) -> None:
    a_case(inbox, "1", "Waar blijft de bus?", done=False)
    Message.objects.filter(outgoing=True).update(deleted_at=minutes(8))
    retention.change(admin, Rules(deleted_days=1))
    applied(days(9))
    assert len(texts()) == 2
