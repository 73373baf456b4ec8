"""No path to the network goes round the send step: each is tried with words that the rules stop or want approved.

The rulebook turns strict after the reply was written, or the text itself needs a colleague. Whoever then does what with
it, by whatever door, the network hears nothing until another person has approved exactly these words.
"""

import ast
import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

import desk
from desk.actions.causes import improvements
from desk.actions.crises import crises
from desk.actions.inboxes import health, inboxes
from desk.actions.replies import approval, reply, send
from desk.actions.statements import batch_answers, batch_run
from desk.actions.tickets import moderate, splitting, tickets
from desk.common.errors import DeskError
from desk.inboxes import gateway
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import AnswerLine, Reply
from desk.tasks import outgoing
from desk.tickets.models import Message, Tag, Ticket
from tests.actions.builders import a_mention, take_in, the_ticket
from tests.actions.causes import a_cause, an_improvement
from tests.actions.waiting import SHORT, WORDS, a_question, is_due, now_holds, written
from tests.api.caller import Caller
from tests.canned import a_canned

pytestmark = pytest.mark.django_db
BLOCKS = {"rules": {"links.shortener": {"severity": "block"}}}
ASKS = {"rules": {"links.shortener": {"severity": "approve"}}}
CRISIS_ASKS = {"rules": {"approval.crisis": {"level": 1}}}


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reached a network: by the one function that calls it, or past it straight to a connector."""
    heard: list[str] = []

    def call(reply: Reply, _now: object) -> SimpleNamespace:
        heard.append(reply.signed_text)
        return SimpleNamespace(
            created_at=None, external_id=f"out {len(heard)}", thread_id="", url="", cost=None, parts=()
        )

    def past(_connector: object, outgoing: gateway.Outgoing) -> None:
        heard.append(outgoing.text)

    monkeypatch.setattr(send, "_call", call)
    for network in gateway.all_networks():
        monkeypatch.setattr(network, "send", past)
        monkeypatch.setattr(network, "find_sent", lambda _connector, _outgoing: None)
        monkeypatch.setattr(network, "act", lambda _connector, _action, _external_id: None)
    a_question()
    return heard


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="agent", signature="SV")


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role="supervisor", signature="MS")


def carried_out() -> None:
    """The workers do whatever is due, also what is put off, twice."""
    for _round in range(2):
        Reply.objects.filter(state="queued").update(next_attempt_at=timezone.now())
        for number in Reply.objects.order_by("id").values_list("pk", flat=True):
            send.send(number, timezone.now())


def perhaps(call: Callable[[], object]) -> None:
    """A refusal is an answer too."""
    try:
        call()
    except DeskError:
        return


def in_state(one: Reply, state: str, code: str = "") -> Reply:
    Reply.objects.filter(pk=one.pk).update(state=state, problem_code=code, attempts=1, claimed_at=timezone.now())
    one.refresh_from_db()
    return one


def by_api(suze: User, mila: User) -> None:
    Caller(suze).post(f"tickets/{the_ticket().pk}/reply/", text=SHORT, idempotency_key="api", send_anyway=True)


def by_composer(suze: User, mila: User) -> None:
    browser = Client()
    browser.force_login(suze)
    browser.post(
        f"/tickets/{the_ticket().pk}/reply/", {"text": SHORT, "visibility": "public", "key": "web", "anyway": "1"}
    )


def by_time(suze: User, mila: User) -> None:
    perhaps(lambda: written(suze, SHORT, key="later", send_at=timezone.now() + timedelta(hours=1)))


def by_retry(suze: User, mila: User) -> None:
    one = in_state(Reply.objects.get(), "failed", "transient")
    reply.send_again(suze, one.pk)


def by_doubt(suze: User, mila: User) -> None:
    one = in_state(Reply.objects.get(), "unknown", "outcome_unknown")
    reply.send_again(mila, one.pk)


def by_confirming(suze: User, mila: User) -> None:
    one = in_state(Reply.objects.get(), "unknown", "outcome_unknown")
    reply.confirm_sent(suze, one.pk)


def by_release(suze: User, mila: User) -> None:
    """Held for whatever reason, released by whomever."""
    for code in ("needs_approval", "newer_message", "blocked_by_policy", "paused", ""):
        one = in_state(Reply.objects.get(), "held", code)
        for person in (suze, mila):
            perhaps(partial(reply.release, person, one.pk))
        carried_out()


def by_inbox(suze: User, mila: User) -> None:
    in_state(Reply.objects.get(), "held", "paused")
    ada = User.objects.create_user("ada", role="administrator")
    inboxes.pause(ada, the_ticket().inbox_id)
    inboxes.resume(ada, the_ticket().inbox_id)


def by_reauthorising(suze: User, mila: User) -> None:
    in_state(Reply.objects.get(), "held", "auth_expired")
    assert health.let_go(Inbox.objects.get(), ("auth_expired",), timezone.now()) == 1


def by_crisis(suze: User, mila: User) -> None:
    """Started and stood down again: what the calm rulebook stops stays stopped."""
    noor = User.objects.create_user("noor", role="comms")
    crisis = crises.start(noor, reason="De trein staat stil", level=2)
    carried_out()
    crises.stand_down(noor, crisis.pk, reason="Hij rijdt")


def by_crisis_release(suze: User, mila: User) -> None:
    """Held by the gate of a crisis, and let past it by whoever leads: that is no word on what the rulebook asks."""
    noor, chief = (User.objects.create_user(name, role="comms") for name in ("noor", "chief"))
    crisis = crises.start(noor, reason="De trein staat stil", level=3)
    in_state(Reply.objects.get(), "held", "crisis_hold")
    Reply.objects.update(held_by=crisis.pk)
    perhaps(lambda: reply.release(suze, Reply.objects.get().pk))
    perhaps(lambda: reply.release(chief, Reply.objects.get().pk))


def by_batch(suze: User, mila: User) -> None:
    """One answer to many: each is handed in as any other reply."""
    noor = User.objects.create_user("noor", role="comms", signature="NV")
    crisis = crises.start(noor, reason="De trein staat stil", level=1)
    take_in(the_ticket().inbox, [a_mention("9", by="joost", text="Waar blijft de trein?")], now=timezone.now())
    texts = [{"language": "nl", "text": SHORT}]
    batch = batch_answers.prepare(noor, crisis.pk, texts=texts, per_minute=60)
    batch_run.prepare(batch.pk, timezone.now())
    perhaps(lambda: batch_answers.start(noor, batch.pk))
    for number in range(3):
        batch_run.sweep(timezone.now() + timedelta(minutes=number))
    lines = AnswerLine.objects.filter(batch=batch).values_list("state", flat=True)
    assert set(lines) & {"answered", "refused"}, "it was tried"


def by_canned(suze: User, mila: User) -> None:
    """With what it stages: tags and the like are done once the reply has left, and not before."""
    staged = [{"do": "tag", "value": "koffer"}]
    canned = a_canned("Kort", SHORT, actions=staged)
    perhaps(lambda: written(suze, SHORT, key="canned", canned_response_id=canned.pk, canned_text=SHORT, staged=staged))
    carried_out()
    assert not Tag.objects.exists()


def by_moderation(suze: User, mila: User) -> None:
    """What is done to a customer's message takes no words along."""
    message = Message.objects.filter(outgoing=False).earliest("id")
    for action in gateway.Action:
        perhaps(partial(moderate.act, mila, message.pk, action))
        moderate.carry_out(message.pk, action, mila.pk, timezone.now())


def by_taking_back(suze: User, mila: User) -> None:
    """Undone, it is a draft again, and handed in once more as it was."""
    reply.undo(suze, Reply.objects.get().pk)
    perhaps(lambda: written(suze, SHORT, key="again", send_anyway=True))


def by_merging(suze: User, mila: User) -> None:
    take_in(the_ticket().inbox, [a_mention("9", text="En de bus?")], now=timezone.now())
    tickets.merge(mila, Reply.objects.get().ticket_id, Ticket.objects.latest("id").pk)


def by_splitting(suze: User, mila: User) -> None:
    """A reply on its way goes with the message that it answers."""
    take_in(the_ticket().inbox, [a_mention("9", thread_id="1", text="En mijn koffer?")], now=timezone.now())
    first = Message.objects.filter(outgoing=False).earliest("id")
    perhaps(lambda: splitting.split(mila, first.ticket_id or 0, [first.pk]))


def by_task(suze: User, mila: User) -> None:
    """What workers are told by name, whatever state the reply is in."""
    for state in ("held", "queued", "unknown", "failed"):
        one = in_state(Reply.objects.get(), state)
        outgoing.send_reply(one.pk)
        outgoing.send_lookup(one.pk)
        outgoing.sweep_outbox()
        outgoing.sweep_approvals()
        in_state(one, "queued")


def by_editing_what_was_approved(suze: User, mila: User) -> None:
    """A colleague's word on other words is none on these."""
    perhaps(lambda: approval.approve(mila, Reply.objects.get().pk, text=WORDS))
    Reply.objects.filter(state="queued").update(text=SHORT, signed_text=SHORT)


def by_own_word(suze: User, mila: User) -> None:
    perhaps(lambda: approval.approve(suze, Reply.objects.get().pk))
    User.objects.filter(pk=suze.pk).update(role="administrator")
    suze.refresh_from_db()
    carried_out()
    perhaps(lambda: approval.approve(suze, Reply.objects.get().pk))
    perhaps(lambda: approval.approve(suze, Reply.objects.get().pk, text=f"{SHORT}!"))


def by_improvement(suze: User, mila: User) -> None:
    """Whoever asked is told what was changed since."""
    doors, now = a_cause("Deuren"), timezone.now()
    Ticket.objects.update(state="resolved", resolved_at=now, created_at=now - timedelta(days=1))
    doors.tickets.create(ticket=the_ticket(), at=now)
    assert improvements.tell(mila, an_improvement(doors, done_on=timezone.localdate()).pk, SHORT)


def by_command(suze: User, mila: User) -> None:
    """Those that touch replies or rules."""
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(SystemExit):
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SHORT.encode())))
        call_command("check_reply", network="x", stdout=io.StringIO())
    call_command("rulebook", "export", stdout=io.StringIO())


WAYS: dict[str, Callable[[User, User], None]] = {
    name.removeprefix("by_"): way for name, way in sorted(globals().items()) if name.startswith("by_")
}


@pytest.mark.parametrize("document", [BLOCKS, ASKS], ids=["blocked", "to be approved"])
@pytest.mark.parametrize("way", WAYS)
def test_what_the_rules_stop_does_not_leave_by(
    way: str, document: dict[str, Any], suze: User, mila: User, said: list[str]
) -> None:
    one = written(suze, SHORT)
    now_holds(document)
    WAYS[way](suze, mila)
    carried_out()
    assert said == []
    one.refresh_from_db()
    assert one.state == {"confirming": one.state, "taking_back": "cancelled"}.get(way, "held")


def test_words_that_need_no_approval_do_leave_so_that_the_silence_above_means_something(
    suze: User, said: list[str]
) -> None:
    written(suze, SHORT)
    carried_out()
    assert said == [f"{SHORT} ^SV"]


def test_an_approval_lets_go_of_what_was_to_be_approved_and_never_of_what_is_blocked(
    suze: User, mila: User, said: list[str]
) -> None:
    one = written(suze, SHORT)
    now_holds(ASKS)
    carried_out()
    approval.approve(mila, one.pk)
    now_holds(BLOCKS)
    carried_out()
    assert said == []
    now_holds(ASKS)
    reply.release(suze, one.pk)
    carried_out()
    assert said == [f"{SHORT} ^SV"]


def test_a_crisis_that_begins_after_the_reply_was_written_asks_for_a_second_person(
    suze: User, mila: User, said: list[str]
) -> None:
    now_holds(CRISIS_ASKS)
    one = written(suze)
    crises.start(User.objects.create_user("noor", role="comms"), reason="De trein staat stil", level=1)
    carried_out()
    assert said == []
    approval.approve(mila, one.pk)
    is_due(one)
    carried_out()
    assert len(said) == 1


def test_only_the_send_step_can_write_down_what_a_network_takes() -> None:
    """A connector's `send` takes an `Outgoing`, which comes through the gateway alone: the layers see to that."""
    root = Path(desk.__path__[0])
    users = {str(path.relative_to(root)) for path in root.rglob("*.py") if _takes_outgoing(ast.parse(path.read_text()))}
    assert users == {
        "inboxes/gateway.py",
        "inboxes/calls.py",
        "actions/replies/send.py",
        "actions/forms/form_channel.py",  # takes one from the send step, for a page of the desk's own
    }


def test_only_the_send_step_of_posts_can_write_down_what_a_network_posts() -> None:
    """The same for posts of our own: `publish` takes an `OwnPost`."""
    root = Path(desk.__path__[0])
    users = {
        str(path.relative_to(root)) for path in root.rglob("*.py") if _takes(ast.parse(path.read_text()), "OwnPost")
    }
    assert users == {"inboxes/gateway.py", "inboxes/calls.py", "actions/statements/post_send.py"}


def _takes_outgoing(module: ast.Module) -> bool:
    return _takes(module, "Outgoing")


def _takes(module: ast.Module, kind: str) -> bool:
    doors = ("desk.inboxes.gateway", "connectors.base")
    nodes = list(ast.walk(module))
    imported = (one.names for one in nodes if isinstance(one, ast.ImportFrom) and one.module in doors)
    named = (one.value for one in nodes if isinstance(one, ast.Attribute) and one.attr == kind)
    return any(name.name == kind for names in imported for name in names) or any(
        isinstance(value, ast.Name) and value.id in ("gateway", "base") for value in named
    )


def test_whatever_lets_a_reply_go_is_among_the_ways_above() -> None:
    """Who hands a reply to the workers, or hands one in: a new place wants a way of its own here."""
    root = Path(desk.__path__[0])
    assert set(_that_name(root, '"desk.tasks.send_reply"')) == {
        "actions/replies/approval.py",  # own_word, editing_what_was_approved
        "actions/inboxes/health.py",  # inbox, reauthorising
        "actions/replies/reply.py",  # api, composer, time, retry, doubt, confirming, release, taking_back
        "common/background.py",  # names it as an example
        "tasks/outgoing.py",  # task
    }
    assert set(_that_name(root, "submit(")) - {"actions/replies/reply.py"} == {
        "actions/causes/improvements.py",  # improvement
        "actions/statements/batch_run.py",  # batch
        "api/resources/replies.py",  # api
        "operations/demo/history.py",  # an invented company, whose network never hears of it
        "web/views/composer.py",  # composer
    }


def _that_name(root: Path, words: str) -> Iterator[str]:
    return (str(path.relative_to(root)) for path in root.rglob("*.py") if words in path.read_text())


def test_no_admin_site_writes_past_the_verbs() -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
