"""Notices by e-mail: a real SMTP conversation with the catcher, tried again, given up, never inside a transaction."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from connectors.sandbox.mail import Mailbox
from desk.actions.alerts import mails
from desk.actions.tickets import notes
from desk.alerts import outbox
from desk.alerts.models import Mail, Notification
from desk.alerts.notices import Notice, notify
from desk.people.models import User
from tests.actions.builders import NOON, a_mention, an_inbox, take_in, the_ticket
from tests.actions.catcher import catching
from tests.running.desk import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def caught(tmp_path: Path, settings: Any) -> Iterator[Mailbox]:
    """A mail server that listens, and the desk pointed at it."""
    with catching(tmp_path, settings) as mailbox:
        yield mailbox


def a_person(username: str, **more: Any) -> User:
    facts = {"email": f"{username}@example.com", "first_name": username.title(), **more}
    return User.objects.create_user(username, **facts)


def tell(person: User, count: int = 1) -> None:
    params = {"inbox_name": "@vlotlijn"}
    notify([Notice(person.pk, "needs_reauthorisation", params=params) for _number in range(count)], NOON)


def test_a_mention_arrives_in_the_readers_language(caught: Mailbox) -> None:
    suze, ruben = a_person("suze"), a_person("ruben", language="nl")
    take_in(an_inbox(), [a_mention("1")])
    notes.add_note(suze, the_ticket().pk, "Weet @ruben dit?", now=NOON)
    assert mails.send_due(NOON) == 1
    (mail,) = caught.newest()
    assert mail["recipients"] == ["ruben@example.com"]
    assert mail["subject"] == f"Suze noemde je in een notitie bij ticket {the_ticket().pk}"
    assert f"http://desk.example/tickets/{the_ticket().pk}/" in mail["text"]
    assert f'href="http://desk.example/tickets/{the_ticket().pk}/"' in mail["html"]
    assert '<html lang="nl">' in mail["html"]
    sent = Mail.objects.get()
    assert (sent.state, sent.user, sent.sent_at, sent.attempts) == (Mail.State.SENT, ruben, NOON, 1)
    assert mails.send_due(NOON) == 0


def test_notices_of_one_moment_share_a_mail(caught: Mailbox) -> None:
    suze = a_person("suze")
    tell(suze, count=mails.LISTED + 2)
    mails.send_due(NOON)
    (mail,) = caught.newest()
    assert mail["subject"] == f"{mails.LISTED + 2} notices"
    assert mail["text"].count("has to be authorised again") == mails.LISTED
    assert "and 2 more" in mail["text"]


def test_words_of_strangers_stay_words(caught: Mailbox) -> None:
    suze = a_person("suze")
    params = {"inbox_name": "<b>x</b>\r\nBcc: all@example.com"}
    notify([Notice(suze.pk, "needs_reauthorisation", params=params)], NOON)
    mails.send_due(NOON)
    (mail,) = caught.newest()
    assert mail["recipients"] == ["suze@example.com"]
    assert "<b>" not in mail["html"]
    assert mail["subject"].startswith("<b>x</b> Bcc: all@example.com was signed out")


def test_who_wants_none_or_has_no_address_gets_none(caught: Mailbox, settings: Any) -> None:
    tell(a_person("suze", email=""))
    tell(a_person("sanne", mail_notices=False))
    tell(a_person("jan", is_active=False))
    settings.MAIL_IS_SENT = False
    tell(a_person("els"))
    assert not Mail.objects.exists()
    assert Notification.objects.count() == 4


def test_who_switched_it_off_meanwhile_gets_none(caught: Mailbox) -> None:
    suze = a_person("suze")
    tell(suze)
    User.objects.update(mail_notices=False)
    mails.send_due(NOON)
    assert Mail.objects.get().state == Mail.State.FAILED
    assert caught.newest() == []


def test_a_refused_address_is_given_up_and_a_busy_one_tried_again(caught: Mailbox) -> None:
    tell(a_person("suze", email="suze@refused.invalid"))
    tell(a_person("sanne", email="sanne@later.invalid"))
    tell(a_person("els"))
    assert mails.send_due(NOON) == 3
    refused, later, sent = Mail.objects.order_by("pk")
    assert (refused.state, refused.problem[:3]) == (Mail.State.FAILED, "550")
    assert (later.state, later.problem[:3]) == (Mail.State.QUEUED, "451")
    assert later.next_attempt_at == NOON + outbox.FIRST_PAUSE
    assert sent.state == Mail.State.SENT
    assert mails.send_due(NOON) == 0
    assert mails.send_due(NOON + outbox.FIRST_PAUSE) == 1
    later.refresh_from_db()
    assert later.next_attempt_at == NOON + 3 * outbox.FIRST_PAUSE


def test_a_mail_server_that_is_away_is_asked_until_it_makes_no_sense(caught: Mailbox, settings: Any) -> None:
    settings.EMAIL_PORT = free_port()
    tell(a_person("suze"))
    now = NOON
    for _attempt in range(outbox.MOST_ATTEMPTS):
        assert mails.send_due(now) == 1
        now += outbox.LONGEST_PAUSE
    mail = Mail.objects.get()
    assert mail.state == Mail.State.FAILED
    assert "refused" in mail.problem.lower()
    assert mails.send_due(now) == 0


def test_what_a_killed_worker_had_in_hand_is_sent_by_the_next(caught: Mailbox) -> None:
    tell(a_person("suze"))
    assert len(outbox.claim(Mail, NOON)) == 1
    assert outbox.release_stuck(Mail, NOON + timedelta(minutes=1)) == 0
    assert outbox.release_stuck(Mail, NOON + timedelta(minutes=4)) == 1
    assert mails.send_due(NOON + timedelta(minutes=4)) == 1
    assert len(caught.newest()) == 1


def test_a_claim_that_ran_out_settles_nothing(caught: Mailbox) -> None:
    tell(a_person("suze"))
    (slow,) = outbox.claim(Mail, NOON)
    outbox.release_stuck(Mail, NOON + timedelta(minutes=4))
    (quick,) = outbox.claim(Mail, NOON + timedelta(minutes=4))
    assert not outbox.refused(slow, "too slow", NOON + timedelta(minutes=5), for_good=True)
    assert outbox.sent(quick, NOON + timedelta(minutes=5))
    assert Mail.objects.get().state == Mail.State.SENT


def test_workers_side_by_side_send_each_once(caught: Mailbox) -> None:
    for number in range(12):
        tell(a_person(f"agent{number}"))

    def work(_number: int) -> int:
        try:
            return mails.send_due(NOON)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 12
    assert len({mail["recipients"][0] for mail in caught.newest()}) == len(caught.newest()) == 12


def test_nothing_is_sent_inside_a_transaction(caught: Mailbox) -> None:
    tell(a_person("suze"))
    with pytest.raises(RuntimeError), transaction.atomic():
        mails.send_due(NOON)
    assert Mail.objects.get().state == Mail.State.QUEUED


def test_a_mail_says_that_a_machine_wrote_it(caught: Mailbox) -> None:
    suze = a_person("suze")
    tell(suze)
    message = mails.message_of(Mail.objects.get(), suze).message()
    headers = message_from_string(message.as_string())
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"] == f"<notice-{Mail.objects.get().pk}@desk.example>"
