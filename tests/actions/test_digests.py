"""The voice of the customer of a department: what stands on the page, and the mail with its way out."""

from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.cache import cache

from desk.actions.causes import digest_mails, digests
from desk.alerts.models import DigestMail
from desk.causes.models import Cause, Department, DigestSubscription
from desk.common.errors import Invalid, Missing
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, User
from desk.people.permissions import Role
from desk.reports.counting import midnight
from desk.tickets.models import Message
from tests.actions.builders import an_inbox
from tests.actions.causes import a_cause, a_department, an_improvement, said_of

TODAY = date(2026, 6, 1)  # a Monday
NOW = midnight(TODAY) + timedelta(hours=8, minutes=1)
MOST_WORDS = 480  # are read in two minutes, at 240 a minute


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def ruben(db: None) -> User:
    """From the workshop, without a seat at the desk."""
    return User.objects.create_user("ruben", "ruben@vlotlijn.example", role=Role.EXPERT, first_name="Ruben")


@pytest.fixture
def rolling(db: None) -> Department:
    return a_department("Materieel")


@pytest.fixture
def inbox(db: None) -> Inbox:
    return an_inbox()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def caused(inbox: Inbox, cause: Cause, many: int, text: str = "") -> None:
    for number, ticket in enumerate(said_of(inbox, cause, {ago(2): many})):
        Message.objects.create(
            ticket=ticket, conversation=ticket.conversation, inbox=inbox, external_id=f"{cause.pk} {number}",
            kind="mention", language="nl", created_at=ticket.created_at, received_at=ticket.created_at,
            text=text.replace("#", "abcdefghijklm"[number % 13] * 4) or "x",
        )  # fmt: skip


def test_a_department_reads_what_is_its_to_change(ruben: User, rolling: Department, inbox: Inbox) -> None:
    trains, sales = a_cause("Treinen", "Trains"), a_cause("Geld terug", "Refunds")
    Cause.objects.filter(pk=trains.pk).update(department=rolling)
    doors, lifts = a_cause("Deuren", "Doors", below=trains), a_cause("Liften", "Lifts", below=trains)
    caused(inbox, doors, 3, "De deur van rijtuig # klemt alweer, bel mij op 06-12345678")
    caused(inbox, lifts, 5)
    caused(inbox, trains, 2)
    caused(inbox, sales, 9, "Waar blijft het geld dat ik terug zou krijgen #")
    done, open_one = an_improvement(doors, done_on=ago(10)), an_improvement(lifts)
    an_improvement(sales)
    digest = digests.read(ruben, rolling.pk, now=NOW)
    assert (digest.tickets, [line.place.cause.name for line in digest.lines]) == (10, ["Lifts", "Doors"])
    assert len(digest.quotes) == 3
    assert not any("12345678" in quote.said or "geld" in quote.said for quote in digest.quotes)
    assert [one for one, _effect in digest.improvements] == [done, open_one]
    with pytest.raises(Missing):
        digests.read(ruben, rolling.pk + 99, now=NOW)


def test_a_cause_with_most_of_its_tickets_stands_for_those_below_it(
    ruben: User, rolling: Department, inbox: Inbox
) -> None:
    doors = a_cause("Deuren", "Doors")
    Cause.objects.filter(pk=doors.pk).update(department=rolling)
    jams = a_cause("Klemt", "Jams", below=doors)
    caused(inbox, doors, 5)
    caused(inbox, jams, 2)
    digest = digests.read(ruben, rolling.pk, now=NOW)
    assert [(line.place.cause, line.tickets) for line in digest.lines] == [(doors, 7)]
    caused(inbox, a_cause("Piept", "Squeaks", below=doors), 6)
    cache.clear()
    digest = digests.read(ruben, rolling.pk, now=NOW)
    assert [(line.place.cause.name_nl, line.tickets) for line in digest.lines] == [("Piept", 6), ("Klemt", 2)]
    assert digest.tickets == 13


def test_what_belongs_to_another_department_is_in_its_digest_alone(
    ruben: User, rolling: Department, inbox: Inbox
) -> None:
    travel, info = a_cause("Reizen", "Travelling"), a_department("Reisinformatie")
    late, unclear = a_cause("Te laat", "Late", below=travel), a_cause("Onduidelijk", "Unclear", below=travel)
    Cause.objects.filter(pk=travel.pk).update(department=rolling)
    Cause.objects.filter(pk=unclear.pk).update(department=info)
    for cause, many in ((travel, 1), (late, 4), (unclear, 9)):
        caused(inbox, cause, many)
    digest, others = (digests.read(ruben, one.pk, now=NOW) for one in (rolling, info))
    assert (digest.tickets, others.tickets) == (5, 9)
    assert [(line.place.cause, line.tickets) for line in digest.lines] == [(late, 4), (travel, 1)]
    assert [(line.place.cause, line.tickets) for line in others.lines] == [(unclear, 9)]


def test_it_comes_by_mail_on_mondays_and_is_read_in_two_minutes(
    ruben: User, rolling: Department, inbox: Inbox, settings: LazySettings
) -> None:
    settings.MAIL_IS_SENT = True
    top = a_cause("Treinen", "Trains")
    Cause.objects.filter(pk=top.pk).update(department=rolling)
    for number in range(9):
        cause = a_cause(f"Oorzaak nummer {number}", f"Cause number {number}", below=top)
        caused(inbox, cause, 12, "De deur van dit rijtuig # klemt alweer en niemand doet er iets aan " * 6)
        an_improvement(cause, done_on=ago(number + 9))
    friday = midnight(ago(3)) + timedelta(hours=10)
    subscribed = digest_mails.subscribe(ruben, rolling.pk, now=friday)
    assert digest_mails.subscribe(ruben, rolling.pk, now=friday) == subscribed
    assert digest_mails.queue_due(friday) == 0
    assert digest_mails.queue_due(NOW) == 1
    assert digest_mails.queue_due(NOW) == 0
    assert DigestSubscription.objects.get().next_at == midnight(TODAY + timedelta(days=7)) + timedelta(hours=8)
    letter = digest_mails.letter(DigestMail.objects.get())
    assert letter is not None
    assert letter.subject == "What customers say to Materieel"
    assert letter.to == ["Ruben <ruben@vlotlijn.example>"]
    assert len(str(letter.body).split()) < MOST_WORDS
    link = digest_mails.link_of(subscribed.pk)
    assert link in str(letter.body)
    assert letter.extra_headers["List-Unsubscribe"] == f"<{link}>"
    assert mail.outbox == []  # it leaves with the outbox


def test_the_link_ends_it_without_signing_in(ruben: User, rolling: Department) -> None:
    subscribed = digest_mails.subscribe(ruben, rolling.pk, now=NOW)
    token = digest_mails.link_of(subscribed.pk).rstrip("/").rpartition("/")[2]
    assert digest_mails.subscription_of_link(token) == subscribed
    with pytest.raises(Missing):
        digest_mails.unsubscribe_by_link("1:forged")
    for _again in range(2):
        digest_mails.unsubscribe_by_link(token)
    assert not DigestSubscription.objects.exists()
    assert AuditEntry.objects.filter(verb="digest_unsubscribed").get().detail == {"name": "Materieel", "by": "mail"}


def test_nobody_gets_what_they_can_not_read(ruben: User, rolling: Department, settings: LazySettings) -> None:
    settings.MAIL_IS_SENT = True
    digest_mails.subscribe(ruben, rolling.pk, now=NOW - timedelta(days=5))
    User.objects.filter(pk=ruben.pk).update(is_active=False)
    assert digest_mails.queue_due(NOW) == 1
    assert not DigestMail.objects.exists()
    nobody = User.objects.create_user("zonder", role=Role.AGENT)
    with pytest.raises(Invalid):
        digest_mails.subscribe(nobody, rolling.pk)
    with pytest.raises(Missing):
        digest_mails.unsubscribe(nobody, rolling.pk)
