"""Changes of what is said and of what it is said to be about: canned responses and causes, drafted and taken back."""

from datetime import timedelta

import pytest

from desk.actions.causes import causes
from desk.actions.causes.causes import CauseWish
from desk.actions.changes import changes
from desk.actions.changes.registry import kind_of
from desk.actions.replies import canned
from desk.causes.models import Department, TicketCause
from desk.changes.models import Change
from desk.common.errors import Conflict, Invalid
from desk.people.models import AuditEntry, User
from desk.people.permissions import Role
from desk.replies.models import CannedResponse, Reply
from desk.rulebooks.active import in_force
from policies.reply_states import State
from tests.actions.builders import NOON, a_mention, an_inbox, take_in, the_ticket
from tests.actions.causes import a_cause

pytestmark = pytest.mark.django_db
DAY = NOON + timedelta(days=1)


@pytest.fixture
def boss() -> User:
    return User.objects.create_user("mila", role=Role.ADMINISTRATOR)


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("joris", role=Role.AGENT)


@pytest.fixture
def greeting(boss: User) -> CannedResponse:
    texts = [
        {"language": "nl", "network": "", "text": "Dag {{customer}}"},
        {"language": "en", "network": "x", "text": "Hello {{customer}}"},
    ]
    return canned.create_canned(boss, name="Groet", shortcut="groet", texts=texts)


def better(author: User, greeting: CannedResponse) -> Change:
    texts = [{**greeting.texts[0], "text": "Hoi {{customer}}"}, greeting.texts[1]]
    return changes.draft(author, "canned", greeting.pk, what="Losser", values={"name": "Groet", "texts": texts})


def counted(one: Change, reader: User) -> dict[str, int]:
    return {figure.code: figure.count for figure in changes.foreseen(reader, one.pk, days=7, now=DAY).figures}


def test_other_words_are_proposed_foreseen_adopted_and_taken_back(
    boss: User, agent: User, greeting: CannedResponse
) -> None:
    one = better(agent, greeting)
    assert set(one.values or {}) == {"texts"}, "only what would be different is kept"
    kind = kind_of("canned")
    assert [(line.what, line.before, line.after) for line in kind.differences(greeting, one.values or {})] == [
        ("nl", "Dag {{customer}}", "Hoi {{customer}}")
    ]
    inbox = an_inbox()
    take_in(inbox, [a_mention("1")])
    sent = {"ticket": the_ticket(), "author": agent, "canned_response": greeting, "state": State.SENT}
    sent["rulebook_version_id"] = in_force().version_id
    for number, at in enumerate((DAY - timedelta(days=8), NOON, NOON + timedelta(hours=1))):
        when = {"submitted_at": at, "next_attempt_at": at, "sent_at": at}
        Reply.objects.create(
            **sent, **when, text="x", visibility="public", idempotency_key=str(number), canned_edited=number == 2
        )
    assert counted(one, agent) == {"replies": 2, "edited": 1}

    changes.adopt(boss, one.pk)
    greeting.refresh_from_db()
    assert [text["text"] for text in greeting.texts] == ["Hoi {{customer}}", "Hello {{customer}}"]
    assert greeting.words_by == boss
    (version,) = kind.versions(greeting)
    assert version.may_return
    assert version.words == "nl: Dag {{customer}} → Hoi {{customer}}"
    changes.roll_back(boss, "canned", greeting.pk, version.number)
    greeting.refresh_from_db()
    assert greeting.texts[0]["text"] == "Dag {{customer}}"
    with pytest.raises(Conflict, match="like that already"):
        changes.roll_back(boss, "canned", greeting.pk, version.number)


def test_words_that_can_not_be_used_are_refused_and_nothing_is_kept(agent: User, greeting: CannedResponse) -> None:
    texts = [{**greeting.texts[0], "text": "Hoi {{wie}}"}, greeting.texts[1]]
    seen = AuditEntry.objects.count()
    with pytest.raises(Invalid):
        changes.draft(agent, "canned", greeting.pk, what="Losser", values={"texts": texts})
    assert (Change.objects.count(), AuditEntry.objects.count()) == (0, seen)


def test_a_cause_goes_elsewhere_with_its_tickets_and_comes_back(boss: User, agent: User) -> None:
    trains, delay, shop = a_cause("Reizen", "Travel"), a_cause("Vertraging", "Delay"), a_cause("Winkel", "Shop")
    depot = Department.objects.create(name="Materieel")
    causes.change(boss, shop.pk, CauseWish("Winkels", "Shops"))  # a line of the audit trail that is about another
    take_in(an_inbox(), [a_mention("1")])
    TicketCause.objects.create(ticket=the_ticket(), cause=delay, at=NOON)
    wish = {"name_nl": "Vertraging", "parent": trains.pk, "department": depot.pk}
    one = changes.draft(agent, "cause", delay.pk, what="Bij het reizen", values=wish)
    assert one.values == {"parent": trains.pk, "department": depot.pk}
    assert counted(one, agent) == {"tickets": 1}
    kind = kind_of("cause")
    lines = [(line.what, line.before, line.after) for line in kind.differences(delay, one.values or {})]
    assert lines == [("Below", "–", "Travel"), ("Department", "–", "Materieel")]

    changes.adopt(boss, one.pk)
    delay.refresh_from_db()
    assert (delay.parent, delay.department) == (trains, depot)
    (version,) = kind.versions(delay)
    changes.roll_back(boss, "cause", delay.pk, version.number)
    delay.refresh_from_db()
    assert (delay.parent, delay.department) == (None, None)
    with pytest.raises(Invalid):  # below itself
        changes.draft(agent, "cause", delay.pk, what="Kring", values={"parent": delay.pk})
