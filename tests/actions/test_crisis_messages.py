"""Words of a crisis on the wire: a real mail server, a real gateway, a real webhook; links, receipts, refusals."""

import json
import re
import smtplib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils.translation import override

from connectors.sandbox.mail import Mailbox
from desk.actions.alerts import alert_chains
from desk.actions.alerts.webhook_calls import signature
from desk.actions.crises import crises, crisis_messages
from desk.actions.crises.crisis_messages import give_up_on_stuck, link_of, message_of_link, report, send_due
from desk.actions.crises.escalation import acknowledge, run_due
from desk.alerts import outbox
from desk.alerts.models import CrisisMessage
from desk.common.errors import Missing
from desk.crises.log import broken_link
from desk.crises.models import CallUp, Crisis, CrisisEntry, Escalation
from desk.people.models import Shift, Team, User
from tests.actions.alerted import a_person
from tests.actions.builders import minutes
from tests.actions.catcher import catching
from tests.actions.chains import chain, kinds, put_in_force, sent
from tests.actions.gateway import Gateway, listening

pytestmark = pytest.mark.django_db(transaction=True)
NOW = minutes(0)


@pytest.fixture
def caught(tmp_path: Path, settings: Any) -> Iterator[Mailbox]:
    with catching(tmp_path, settings) as mailbox:
        yield mailbox


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    """One that takes texts, and the desk pointed at it."""
    with listening() as found:
        settings.TEXT_GATEWAY_URL, settings.TEXT_GATEWAY_TOKEN = found.url, "geheim"
        settings.WEB_URL = "http://desk.example"
        yield found


@pytest.fixture
def noor() -> User:
    return a_person("noor", "comms")


@pytest.fixture
def an() -> User:
    return a_person("an", email="an@example.com", mobile="+31612345678", language="nl")


def begin(noor: User, *steps: dict[str, Any]) -> Crisis:
    """A crisis whose first step is told."""
    chain(*steps)
    crisis = crises.start(noor, reason="De trein staat stil", level=2, now=NOW)
    run_due(NOW)
    return crisis


def path_of(link: str) -> str:
    return link.removeprefix("http://desk.example")


def line(kind: str) -> dict[str, Any]:
    return dict(CrisisEntry.objects.get(kind=kind).data)


class TestMail:
    def test_it_says_what_is_the_matter_with_a_link_and_leaves_a_receipt(
        self, caught: Mailbox, noor: User, an: User
    ) -> None:
        crisis = begin(noor, {"people": [an.pk], "by": ["mail"]})
        assert sent() == [("An", "bell", "sent"), ("An", "mail", "queued")]
        assert send_due("mail", NOW) == 1
        (mail,) = caught.newest()
        message = CrisisMessage.objects.get(means="mail")
        assert mail["recipients"] == ["an@example.com"]
        assert "De trein staat stil" in mail["subject"]
        assert "/crisis-messages/" in mail["text"]
        assert '<html lang="nl">' in mail["html"]
        assert (message.state, message.sent_at) == ("sent", NOW)
        assert line("message_sent") == {"message": message.pk, "means": "mail", "people": [an.pk]}
        assert broken_link(Crisis.objects.get(pk=crisis.pk)) is None
        assert send_due("mail", NOW) == 0

    def test_who_has_no_address_hears_the_bell_alone(self, caught: Mailbox, noor: User) -> None:
        begin(noor, {"people": [noor.pk], "by": ["mail", "text"]})
        assert sent() == [("Noor", "bell", "sent")]

    def test_a_server_that_is_away_is_asked_again_and_the_crisis_goes_on(
        self, settings: Any, noor: User, an: User
    ) -> None:
        settings.MAIL_IS_SENT = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        begin(noor, {"people": [an.pk], "by": ["mail"]})
        assert send_due("mail", NOW) == 1
        message = CrisisMessage.objects.get(means="mail")
        assert (message.state, message.attempts) == ("queued", 1)
        assert "refused" in message.problem.lower()
        assert not CrisisEntry.objects.filter(kind__startswith="message_").exists()


class TestText:
    def test_it_is_handed_in_under_its_key_with_a_link(self, gateway: Gateway, noor: User, an: User) -> None:
        begin(noor, {"people": [an.pk], "by": ["text"]})
        assert send_due("text", NOW) == 1
        ((headers, told),) = gateway.heard
        message = CrisisMessage.objects.get(means="text")
        assert headers["Authorization"] == "Bearer geheim"
        assert headers["Idempotency-Key"] == told["key"] == f"crisis-{message.pk}"
        assert (told["to"], told["from"]) == ("+31612345678", "Balie")
        assert re.search(r"De trein staat stil.* http://desk\.example/crisis-messages/\S+/$", told["text"])
        assert message.state == "sent"

    def test_without_a_gateway_there_is_no_text(self, settings: Any, noor: User, an: User) -> None:
        settings.TEXT_GATEWAY_URL = ""
        begin(noor, {"people": [an.pk], "by": ["text"]})
        assert sent() == [("An", "bell", "sent")]

    @pytest.mark.parametrize(("answers", "state"), [(503, "queued"), (429, "queued"), (400, "failed"), (403, "failed")])
    def test_what_it_does_not_take_is_tried_again_or_given_up(
        self, gateway: Gateway, noor: User, an: User, answers: int, state: str
    ) -> None:
        gateway.answers = answers
        crisis = begin(noor, {"people": [an.pk], "by": ["text"]})
        send_due("text", NOW)
        message = CrisisMessage.objects.get(means="text")
        assert message.state == state
        assert ("message_failed" in kinds(crisis)) is (state == "failed")

    def test_the_gateway_says_what_became_of_it(self, gateway: Gateway, noor: User, an: User) -> None:
        begin(noor, {"people": [an.pk], "by": ["text"]})
        send_due("text", NOW)
        address = path_of(gateway.heard[0][1]["report_to"])
        answer = Client().post(address, {"status": "delivered"}, content_type="application/json")
        assert answer.status_code == 204
        again = Client().post(address, {"status": "delivered"}, content_type="application/json")
        assert again.status_code == 204
        assert CrisisMessage.objects.get(means="text").delivered_at is not None
        assert line("message_delivered")["people"] == [an.pk]
        assert Client().post(address, "not json", content_type="application/json").status_code == 400
        assert Client().post(address, "[1]", content_type="application/json").status_code == 400
        other = address.replace("/report/", "x/report/")
        assert Client().post(other, {"status": "delivered"}, content_type="application/json").status_code == 404

    def test_a_failure_that_is_told_later_is_a_failure(self, gateway: Gateway, noor: User, an: User) -> None:
        begin(noor, {"people": [an.pk], "by": ["text"]})
        send_due("text", NOW)
        token = gateway.heard[0][1]["report_to"].split("/")[-3]
        report(token, "failed", "unknown number", NOW)
        assert line("message_failed")["problem"] == "unknown number"
        with pytest.raises(Missing):
            message_of_link(token)  # who may report may not answer


def test_a_webhook_is_told_and_signed(gateway: Gateway, settings: Any, noor: User) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = True
    webhook, secret = alert_chains.create_webhook(None, name="Pieper", url=gateway.url)
    crisis = begin(noor, {"webhooks": [webhook.pk]})
    assert sent() == [("Pieper", "webhook", "queued")]
    send_due("webhook", NOW)
    ((headers, told),) = gateway.heard
    assert (told["event"], told["crisis"], told["level"], told["step"]) == ("crisis_escalated", crisis.pk, 2, 1)
    body = crisis_messages.body_of(CrisisMessage.objects.select_related("crisis", "step").get(), NOW)
    assert headers["Balie-Signature"] == f"sha256={signature(secret, headers['Balie-Timestamp'], body)}"
    assert headers["Balie-Delivery"] == f"crisis-{CrisisMessage.objects.get().pk}"
    assert line("message_sent")["webhooks"] == [webhook.pk]


@pytest.mark.parametrize(
    ("answer", "kinds_of_receipts"),
    [
        (503, ["message_sent"]),  # it said that it did not take it
        (0, ["message_again", "message_sent"]),  # it hung up before it said anything
    ],
)
def test_a_webhook_that_may_have_taken_it_is_called_again_under_the_same_number_and_that_is_told(
    gateway: Gateway, settings: Any, noor: User, answer: int, kinds_of_receipts: list[str]
) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = True
    webhook, _secret = alert_chains.create_webhook(None, name="Pieper", url=gateway.url)
    crisis = begin(noor, {"webhooks": [webhook.pk]})
    gateway.answers = answer
    send_due("webhook", NOW)
    assert sent() == [("Pieper", "webhook", "queued")]
    gateway.answers = 202
    send_due("webhook", minutes(1))
    assert sent() == [("Pieper", "webhook", "sent")]
    assert len({headers["Balie-Delivery"] for headers, _told in gateway.heard}) == 1
    assert [kind for kind in kinds(crisis) if kind.startswith("message")] == kinds_of_receipts


class TestTooLate:
    def test_what_was_acknowledged_meanwhile_is_not_sent(self, gateway: Gateway, noor: User, an: User) -> None:
        crisis = begin(noor, {"people": [an.pk], "by": ["text"]})
        acknowledge(noor, crisis.pk, now=minutes(1))
        send_due("text", minutes(1))
        assert (gateway.heard, sent()[1]) == ([], ("An", "text", "failed"))

    def test_nor_is_what_the_end_of_the_crisis_overtook(self, gateway: Gateway, noor: User, an: User) -> None:
        crisis = begin(noor, {"people": [an.pk], "by": ["text"]})
        crises.stand_down(noor, crisis.pk, reason="Hij rijdt", now=minutes(1))
        send_due("text", minutes(1))
        assert gateway.heard == []

    def test_nobody_outside_is_called_inside_a_transaction(self, gateway: Gateway, noor: User, an: User) -> None:
        begin(noor, {"people": [an.pk], "by": ["text"]})
        with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
            send_due("text", NOW)
        assert gateway.heard == []

    def test_what_a_killed_worker_had_in_hand_comes_again_under_the_same_key(
        self, gateway: Gateway, noor: User, an: User
    ) -> None:
        begin(noor, {"people": [an.pk], "by": ["text"]})
        assert len(outbox.claim(CrisisMessage, NOW, means="text")) == 1
        assert send_due("text", NOW + timedelta(minutes=2)) == 0
        later = NOW + timedelta(minutes=4)
        outbox.release_stuck(CrisisMessage, later)
        assert send_due("text", later) == 1
        assert gateway.keys == [f"crisis-{CrisisMessage.objects.get(means='text').pk}"]


@pytest.mark.django_db
class TestLink:
    @pytest.fixture
    def address(self, settings: Any, noor: User, an: User) -> str:
        settings.WEB_URL = "http://desk.example"
        begin(noor, {"people": [an.pk]})
        return path_of(link_of(CrisisMessage.objects.get()))

    def test_looking_does_nothing_and_the_button_acknowledges(self, address: str, an: User) -> None:
        stranger = Client(enforce_csrf_checks=True)
        for look in (stranger.get, stranger.head):
            assert look(address).status_code == 200
        assert Escalation.objects.get().acknowledged_at is None
        page = stranger.get(address)
        assert "Ik pak het op" in page.content.decode() or "I see to it" in page.content.decode()
        assert page["Referrer-Policy"] == "no-referrer"
        assert "no-store" in page["Cache-Control"]
        done = stranger.post(address)
        assert done.status_code == 200
        row = Escalation.objects.get()
        assert (row.acknowledged_by, row.acknowledged_at is not None) == (an, True)
        said = CrisisEntry.objects.get(kind="acknowledged")
        assert (said.actor, said.data["means"]) == (an, "bell")

    def test_the_second_is_told_that_somebody_sees_to_it(self, address: str, noor: User) -> None:
        acknowledge(noor, Crisis.objects.get().pk)
        page = Client().post(address)
        assert page.status_code == 409
        assert "Noor" in page.content.decode()

    @pytest.mark.parametrize("damage", ["x", ".1.", "/../"])
    def test_a_damaged_link_shows_nothing(self, address: str, damage: str) -> None:
        page = Client().get(f"/crisis-messages/1{damage}abc/")
        assert page.status_code == 404
        assert "De trein" not in page.content.decode()

    def test_it_lapses(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(crisis_messages, "LINK_LASTS", timedelta(seconds=-1))
        assert Client().post(address).status_code == 404
        assert Escalation.objects.get().acknowledged_at is None

    def test_who_has_left_says_nothing_any_more(self, address: str, an: User) -> None:
        User.objects.filter(pk=an.pk).update(is_active=False)
        assert Client().post(address).status_code == 404

    def test_a_call_up_is_answered_by_it(self, settings: Any, noor: User, an: User) -> None:
        settings.WEB_URL = "http://desk.example"
        team = Team.objects.create(name="Rail")
        an.teams.add(team)
        Shift.objects.create(user=an, timezone="UTC", week={"mon": [["09:00", "10:00"]]})
        put_in_force({"2": {"call_up": [team.pk]}})
        crises.start(noor, reason="De trein staat stil", level=2, now=NOW)
        address = path_of(link_of(CrisisMessage.objects.get()))
        assert Client().get(address).status_code == 200
        assert CallUp.objects.get().comes is None
        assert Client().post(address, {"comes": "1"}).status_code == 200
        assert CallUp.objects.get().comes is True
        assert Client().post(address, {"comes": "0"}).status_code == 200
        assert CallUp.objects.get().comes is False


def test_what_calls_somebody_in_a_drill_says_so_before_everything_else(an: User) -> None:
    crisis = Crisis(name="Storing", level=2, state="active", started_at=NOW, drill=True)
    message = CrisisMessage(crisis=crisis, user=an, means="mail", created_at=NOW)
    with override("nl"):
        assert crisis_messages.subject_of(message).startswith("Oefening: ")
        assert crisis_messages.words_of(message)["says"].startswith("Oefening: ")
    assert json.loads(crisis_messages.body_of(message, NOW))["drill"] is True


class TestAMailServerThatGoesAway:
    """In the middle of a conversation: before the words of the mail it is tried again, after them nobody knows."""

    @pytest.fixture
    def mailbox(self, tmp_path: Path, settings: Any) -> Iterator[Mailbox]:
        with catching(tmp_path, settings) as found:
            yield found

    @pytest.fixture
    def message(self, mailbox: Mailbox) -> CrisisMessage:
        an = a_person("an", email="an@example.com")
        chain({"people": [an.pk], "by": ["mail"]})
        crises.start(a_person("noor", "comms"), reason="De trein staat stil", level=2, now=minutes(0))
        run_due(minutes(0))
        return CrisisMessage.objects.get(means="mail")

    @pytest.mark.parametrize(
        ("word", "becomes", "kind"), [("mail", "queued", "escalated"), ("data", "unknown", "message_unknown")]
    )
    def test_it(
        self, message: CrisisMessage, monkeypatch: pytest.MonkeyPatch, word: str, becomes: str, kind: str
    ) -> None:
        def gone(*_values: Any) -> None:
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

        monkeypatch.setattr(smtplib.SMTP, word, gone)
        send_due("mail", minutes(0))
        message.refresh_from_db()
        assert message.state == becomes
        assert kinds(message.crisis)[-1] == kind

    def test_one_that_says_no_to_the_words_is_asked_again(
        self, message: CrisisMessage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_values: Any) -> None:
            raise smtplib.SMTPDataError(452, b"Insufficient system storage")

        with monkeypatch.context() as patched:
            patched.setattr(smtplib.SMTP, "data", full)
            send_due("mail", minutes(0))
        message.refresh_from_db()
        assert (message.state, message.handed_in_at) == ("queued", None)
        send_due("mail", minutes(1))
        message.refresh_from_db()
        assert message.state == "sent"

    def test_a_worker_that_was_only_slow_has_the_last_word(self, message: CrisisMessage, mailbox: Mailbox) -> None:
        (mine,) = outbox.claim(CrisisMessage, minutes(0), means="mail")
        CrisisMessage.objects.filter(pk=mine.pk).update(handed_in_at=minutes(0))
        give_up_on_stuck(minutes(4))
        message.refresh_from_db()
        assert message.state == "unknown"
        assert outbox.sent(mine, minutes(5))
        message.refresh_from_db()
        assert message.state == "sent"
