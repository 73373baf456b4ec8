"""kill -9 of whoever moves a chain, sends its messages, starts it or acknowledges it: no step is lost or taken twice.

A text that was handed in before its sender died is handed in again, under the same key, so that its gateway can tell.
An e-mail is not: no mail server can, so it stays unknown.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.actions.alerts.alert_chains import create_webhook
from desk.actions.crises import crises
from desk.actions.crises.crisis_messages import give_up_on_stuck, send_due
from desk.actions.crises.escalation import acknowledge, run_due
from desk.alerts import outbox
from desk.alerts.models import CrisisMessage, Notification
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry, Escalation
from desk.people.models import User
from tests.actions.alerted import a_person
from tests.actions.builders import minutes
from tests.actions.catcher import catching
from tests.actions.chains import chain, kinds, sent, taken
from tests.actions.gateway import Gateway, listening
from tests.actions.killing import kill_in_the_middle

pytestmark = pytest.mark.django_db(transaction=True)
NOW = minutes(0)
RUN, SEND = "desk.actions.crises.escalation.run_due", "desk.actions.crises.crisis_messages.send_due"


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    with listening() as found:
        settings.TEXT_GATEWAY_URL = found.url
        yield found


@pytest.fixture
def an() -> User:
    return a_person("an", mobile="+31612345678")


@pytest.fixture
def crisis(gateway: Gateway, an: User) -> Crisis:
    """Its first step is due."""
    chain({"people": [an.pk], "by": ["text"]}, {"people": [an.pk], "by": ["text"]})
    return crises.start(a_person("noor", "comms"), reason="De trein staat stil", level=2, now=NOW)


def holds(crisis: Crisis) -> bool:
    return broken_link(Crisis.objects.get(pk=crisis.pk)) is None


@pytest.mark.parametrize(
    "table",
    ["crises_escalationstep", "alerts_crisismessage", "alerts_notification", "crises_crisisentry", "crises_escalation"],
)
def test_a_killed_sweep_has_told_nobody_and_the_next_tells_each_step_once(
    project: Path, gateway: Gateway, crisis: Crisis, table: str
) -> None:
    environment = {"DESK_TEXT_GATEWAY_URL": gateway.url}
    for number, now in enumerate((NOW, minutes(5))):
        kill_in_the_middle(project, table, RUN, now.isoformat(), **environment)
        assert len(taken()) == number
        assert run_due(now) == 1
        assert run_due(now) == 0
    assert taken() == [(1, ""), (2, "")]
    assert sent() == [("An", "bell", "sent"), ("An", "text", "queued")] * 2
    assert Notification.objects.count() == 2
    assert kinds(crisis) == ["started", "escalated", "escalated"]
    assert holds(crisis)


def test_a_sender_that_dies_before_the_receipt_hands_in_again_under_the_same_key(
    project: Path, gateway: Gateway, crisis: Crisis
) -> None:
    run_due(NOW)
    environment = {"DESK_TEXT_GATEWAY_URL": gateway.url}
    kill_in_the_middle(project, "crises_crisisentry", SEND, "text", NOW.isoformat(), **environment)
    key = f"crisis-{CrisisMessage.objects.get(means='text').pk}"
    assert gateway.keys == [key]
    assert sent()[1] == ("An", "text", "sending")
    later = NOW + timedelta(minutes=4)
    outbox.release_stuck(CrisisMessage, later)
    assert send_due("text", later) == 1
    assert send_due("text", later) == 0
    assert gateway.keys == [key, key]
    assert kinds(crisis) == ["started", "escalated", "message_again", "message_sent"]
    assert holds(crisis)


def test_a_webhook_whose_caller_dies_is_called_again_under_the_same_number_and_the_log_says_so(
    project: Path, gateway: Gateway, settings: Any
) -> None:
    """Nobody can tell whether a server of somebody else took it: it may come twice, and can be told apart."""
    settings.ALLOW_PRIVATE_NETWORKS = True
    webhook, _secret = create_webhook(None, name="Pieper", url=gateway.url)
    chain({"webhooks": [webhook.pk]})
    crisis = crises.start(a_person("noor", "comms"), reason="De trein staat stil", level=2, now=NOW)
    run_due(NOW)
    kill_in_the_middle(project, "crises_crisisentry", SEND, "webhook", NOW.isoformat(), DESK_ALLOW_PRIVATE_NETWORKS="1")
    later = NOW + timedelta(minutes=4)
    give_up_on_stuck(later)
    assert send_due("webhook", later) == 1
    assert send_due("webhook", later) == 0
    key = f"crisis-{CrisisMessage.objects.get().pk}"
    assert [headers["Balie-Delivery"] for headers, _body in gateway.heard] == [key, key]
    assert [body["message"] for _headers, body in gateway.heard] == [CrisisMessage.objects.get().pk] * 2
    assert kinds(crisis) == ["started", "escalated", "message_again", "message_sent"]
    assert CrisisEntry.objects.get(kind="message_again").data["key"] == key
    assert holds(crisis)


def test_a_sender_that_dies_once_the_mail_server_has_the_words_leaves_it_unknown_and_the_chain_goes_on(
    project: Path, tmp_path: Path, settings: Any
) -> None:
    an = a_person("an", email="an@example.com")
    with catching(tmp_path, settings) as mailbox:
        chain({"people": [an.pk], "by": ["mail"]}, {"people": [an.pk], "by": ["mail"]})
        crisis = crises.start(a_person("noor", "comms"), reason="De trein staat stil", level=2, now=NOW)
        run_due(NOW)
        server = f"smtp://127.0.0.1:{settings.EMAIL_PORT}"
        kill_in_the_middle(project, "crises_crisisentry", SEND, "mail", NOW.isoformat(), DESK_SMTP_URL=server)
        assert len(mailbox.newest()) == 1
        assert sent()[1] == ("An", "mail", "sending")
        later = NOW + timedelta(minutes=4)
        give_up_on_stuck(later)
        give_up_on_stuck(later)
        assert send_due("mail", later) == 0
        assert sent()[1] == ("An", "mail", "unknown")
        assert kinds(crisis) == ["started", "escalated", "message_unknown"]
        assert run_due(minutes(5)) == 1
        assert send_due("mail", minutes(5)) == 1
        assert len(mailbox.newest()) == 2
    assert holds(crisis)


def test_a_sender_that_dies_while_it_claims_has_sent_nothing(project: Path, gateway: Gateway, crisis: Crisis) -> None:
    run_due(NOW)
    kill_in_the_middle(
        project, "alerts_crisismessage", SEND, "text", NOW.isoformat(), DESK_TEXT_GATEWAY_URL=gateway.url
    )
    assert gateway.keys == []
    assert send_due("text", NOW) == 1
    assert len(gateway.keys) == 1


def test_whoever_dies_while_starting_a_crisis_has_started_neither_it_nor_its_chain(
    project: Path, gateway: Gateway, an: User
) -> None:
    chain({"people": [an.pk]})
    a_person("noor", "comms")
    kill_in_the_middle(project, "crises_escalation", "tests.actions.test_killed_escalation.start", NOW.isoformat())
    assert not Crisis.objects.exists()
    assert not Escalation.objects.exists()


def test_whoever_dies_while_acknowledging_has_not_and_the_chain_goes_on(
    project: Path, crisis: Crisis, an: User
) -> None:
    run_due(NOW)
    kill_in_the_middle(
        project, "crises_crisisentry", "tests.actions.test_killed_escalation.say", minutes(1).isoformat()
    )
    assert Escalation.objects.get().acknowledged_at is None
    assert run_due(minutes(5)) == 1
    acknowledge(an, crisis.pk, now=minutes(6))
    assert kinds(crisis) == ["started", "escalated", "escalated", "acknowledged"]
    assert holds(crisis)


# ── what the processes that die were doing ───────────────────────────────────
def start(now: Any) -> None:
    crises.start(User.objects.get(username="noor"), reason="De trein staat stil", level=2, now=now)


def say(now: Any) -> None:
    acknowledge(User.objects.get(username="an"), Crisis.objects.get().pk, now=now)
