"""What the desk gathers for the rules of a reply: who complains, who is blocked, what others were told, which brand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.customers import blocking
from desk.actions.replies import reply, send
from desk.actions.rulebooks import rulebooks
from desk.actions.tickets import facts, tickets
from desk.common.errors import Invalid
from desk.inboxes.gateway import ItemKind
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import Reply
from desk.rulebooks.active import in_force
from desk.sla.models import Clock
from desk.tickets.models import Customer, Ticket
from tests.actions.builders import a_mention, an_inbox, own_words, take_in
from tests.actions.promised import a_policy

pytestmark = pytest.mark.django_db

ANSWER = "We hebben je klacht doorgegeven aan de vervoerder van lijn 5."
ANGRY = "Wat een waardeloze service, ik ben woedend en teleurgesteld!"


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("suze", role="agent", signature="SV")


@pytest.fixture
def supervisor() -> User:
    return User.objects.create_user("mila", role="supervisor")


def asked(inbox: Inbox, number: int, text: str = "Waar blijft de trein?") -> Ticket:
    take_in(inbox, [a_mention(f"{inbox.pk}-{number}", by=f"klant{number}", text=text)], now=timezone.now())
    return Ticket.objects.latest("id")


def found(agent: User, ticket: Ticket, text: str = ANSWER) -> set[str]:
    return {finding.code for finding in reply.check(agent, ticket.pk, text, "public").findings}


def answered(
    agent: User, ticket: Ticket, text: str = ANSWER, *, at: datetime | None = None, state: str = "sent"
) -> Reply:
    """As it stands in the outbox afterwards."""
    now = at or timezone.now()
    return Reply.objects.create(
        ticket=ticket, author=agent, visibility="public", text=text, signed_text=text, state=state,
        idempotency_key=uuid4().hex, submitted_at=now, next_attempt_at=now, rulebook_version_id=in_force().version_id,
    )  # fmt: skip


# ── a complaint ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_who_complains_should_hear_that_we_are_sorry(agent: User, inbox: Inbox) -> None:
    ticket = asked(inbox, 1, ANGRY)
    assert "required.apology" in found(agent, ticket)
    assert "required.apology" not in found(agent, ticket, f"Onze excuses! {ANSWER}")
    assert "required.apology" not in found(agent, asked(inbox, 2))


def test_a_colleague_can_say_that_it_is_a_complaint(agent: User, inbox: Inbox) -> None:
    ticket = asked(inbox, 1)
    tickets.tag(agent, ticket.pk, add=["klacht"])
    assert "required.apology" in found(agent, ticket)


def test_an_apology_is_asked_for_once(agent: User, inbox: Inbox) -> None:
    ticket = asked(inbox, 1, ANGRY)
    now = timezone.now()
    answer = own_words("2", parent_id=f"{inbox.pk}-1", at=0, text="Het spijt ons", created_at=now)
    take_in(inbox, [answer], now=now)
    ticket.refresh_from_db()
    assert "required.apology" not in found(agent, ticket)


# ── the same text to many ─────────────────────────────────────────────────────────────────────────────────────────────
def test_the_same_text_to_many_customers_is_told(agent: User, inbox: Inbox) -> None:
    mine = asked(inbox, 0)
    for number in range(1, 4):
        assert "text.repeated" not in found(agent, mine)
        answered(agent, asked(inbox, number), f"@klant{number} {ANSWER}", state="queued")
    assert "text.repeated" in found(agent, mine)
    assert "text.repeated" not in found(agent, mine, "Je trein staat op spoor 3 en vertrekt over vijf minuten.")


@pytest.mark.parametrize(
    "otherwise",
    [
        {"at": timezone.now() - timedelta(hours=25)},
        {"state": "cancelled"},
    ],
)
def test_what_is_long_ago_or_was_taken_back_counts_no_more(
    agent: User, inbox: Inbox, otherwise: dict[str, Any]
) -> None:
    for number in range(1, 5):
        answered(agent, asked(inbox, number), **otherwise)
    assert "text.repeated" not in found(agent, asked(inbox, 0))


def test_other_accounts_and_the_same_customer_count_for_nothing(agent: User, inbox: Inbox) -> None:
    mine, elsewhere = asked(inbox, 0), an_inbox(handle="elders", own_id="2")
    for number in range(1, 5):
        answered(agent, asked(elsewhere, number))
        answered(agent, mine)
    assert "text.repeated" not in found(agent, mine)


def test_no_more_replies_are_read_than_a_network_would_look_at(
    agent: User, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "LOOKED_AT", 3)
    mine = asked(inbox, 0)
    for number in range(1, 6):
        answered(agent, asked(inbox, number))
    assert len(facts.said_to_others(mine, timezone.now())) == 3
    monkeypatch.setattr(facts, "LOOKED_AT", 500)
    monkeypatch.setattr(facts, "RECENT", 4)
    assert len(facts.said_to_others(mine, timezone.now())) == 4


# ── who is blocked ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_nobody_answers_a_customer_who_is_blocked(agent: User, supervisor: User, inbox: Inbox) -> None:
    ticket = asked(inbox, 1)
    blocking.block(supervisor, ticket.customer_id, reason="Dreigt")
    assert "customer.blocked" in found(agent, ticket)
    with pytest.raises(reply.Blocked):
        reply.submit(agent, ticket.pk, text=ANSWER, visibility="public", idempotency_key="1")
    take_in(inbox, [a_mention("again", by="klant1", thread_id=f"{inbox.pk}-1")], now=timezone.now())
    assert ticket.messages.count() == 2  # and still reads what they write
    blocking.unblock(supervisor, ticket.customer_id)
    assert "customer.blocked" not in found(agent, ticket)


def test_what_waits_for_its_time_does_not_leave_to_who_was_blocked_meanwhile(
    agent: User, supervisor: User, inbox: Inbox
) -> None:
    ticket = asked(inbox, 1)
    sent = reply.submit(agent, ticket.pk, text=ANSWER, visibility="public", idempotency_key="1")
    blocking.block(supervisor, ticket.customer_id, reason="Dreigt")
    send.send(sent.pk, timezone.now() + timedelta(minutes=1))
    sent.refresh_from_db()
    assert (sent.state, sent.problem_code) == ("held", "blocked_by_policy")
    assert "customer.blocked" in {finding["code"] for finding in sent.findings}


@pytest.mark.parametrize("reason", ["", " ", "x" * 201])
def test_nobody_is_blocked_without_a_reason(supervisor: User, inbox: Inbox, reason: str) -> None:
    ticket = asked(inbox, 1)
    with pytest.raises(Invalid):
        blocking.block(supervisor, ticket.customer_id, reason=reason)
    assert Customer.objects.get().blocked_at is None


# ── the brand ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_rule_may_hold_for_one_brand_only(agent: User, supervisor: User) -> None:
    of_brand = {"when": {"brand": "Nachtlijn"}, "phrases": ["lijn 5"]}
    _switch_on(supervisor, of_brand)
    of_it, other = an_inbox(brand="Nachtlijn"), an_inbox(handle="elders", own_id="2")
    assert "phrases.banned" in found(agent, asked(of_it, 1))
    assert "phrases.banned" not in found(agent, asked(other, 1))


def _switch_on(supervisor: User, override: dict[str, Any]) -> None:
    draft = rulebooks.write_draft(
        supervisor, document={"rules": {"phrases.banned": {"overrides": [override]}}}, summary="Elders anders"
    )
    rulebooks.hand_in(supervisor, draft.number)
    rulebooks.switch_on(User.objects.create_user("noor", role="comms"), draft.number)


# ── the stars of a review ─────────────────────────────────────────────────────────────────────────────────────────────
def test_stars_choose_which_rules_hold_and_what_is_promised(agent: User, supervisor: User) -> None:
    """A bad review is promised an answer sooner, and something else may not be said below it."""
    below_bad_ones = {"when": {"rating": [1, 2]}, "phrases": ["lijn 5"]}
    _switch_on(supervisor, below_bad_ones)
    a_policy("Bad reviews", first=7, ratings=frozenset({1, 2}))
    shop = an_inbox(network="google_business")
    for number, stars in enumerate((1, 5)):
        review = a_mention(
            f"r{number}", by=f"klant{number}", kind=ItemKind.REVIEW, rating=stars, network="google_business"
        )
        take_in(shop, [review], now=timezone.now())
    bad, good = Ticket.objects.order_by("id")
    assert ("phrases.banned" in found(agent, bad), "phrases.banned" in found(agent, good)) == (True, False)
    promised = dict(Clock.objects.filter(metric="first_response").values_list("ticket", "target_seconds"))
    assert (promised[bad.pk] == 7 * 60, promised[good.pk] == 7 * 60) == (True, False)
    Ticket.objects.filter(pk=bad.pk).update(rating=4)
    bad.refresh_from_db()
    assert "phrases.banned" not in found(agent, bad), "it was written anew"


# ── what it costs ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_check_takes_the_same_few_queries_however_much_was_said(agent: User, inbox: Inbox) -> None:
    ticket = asked(inbox, 0)
    few = queries(lambda: found(agent, ticket))
    for number in range(1, 30):
        answered(agent, asked(inbox, number))
    tickets.tag(agent, ticket.pk, add=[f"tag {number}" for number in range(10)])
    assert queries(lambda: found(agent, ticket)) == few <= 8


def queries(work: Callable[[], object]) -> int:
    work()
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)
