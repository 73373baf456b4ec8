"""A statement as replies: one action for posts and answers, in approved words, to who waits where it was said."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.crises import crises
from desk.actions.replies import send
from desk.actions.replies.canned import change_canned
from desk.actions.replies.reply import submit
from desk.actions.statements import batch_run, post_send, statement_answers, statement_texts
from desk.actions.statements.statements import Wish
from desk.common.errors import Conflict, Missing, NotPermitted
from desk.crises.models import Crisis, CrisisEntry
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import AnswerBatch, CannedResponse, Reply
from desk.statements.models import Publication
from desk.tickets.models import Ticket
from policies.canned_form import parse
from tests.actions.builders import an_inbox
from tests.actions.chains import put_in_force
from tests.actions.posts import a_statement
from tests.actions.test_batch_answers import all_leave, asked_by, goes_on
from tests.canned import says

pytestmark = pytest.mark.django_db
WORDINGS = "[Hoi|Dag|Beste|Hallo] {{customer}}, we weten dat de treinen stilstaan en [zoeken uit|gaan na] waarom."
POSTED = "Hoi, we weten dat de treinen stilstaan en zoeken uit waarom."
ENGLISH = "[Hi|Hello] {{customer}}, we know that the trains stand still and find out why."


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the networks were told, replies and posts alike."""
    told: list[str] = []

    def call(one: Any, now: Any) -> SendResult:
        told.append(one.text)
        return SendResult(f"out {len(told)}", now, str(len(told)), "https://x.test/1")

    monkeypatch.setattr(send, "_call", call)
    monkeypatch.setattr(post_send, "_call", call)
    return told


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor", signature="NV")


@pytest.fixture
def x() -> Inbox:
    return an_inbox()


@pytest.fixture
def crisis(noor: User, x: Inbox) -> Crisis:
    """In which public replies need a colleague's word, with four customers who wait, one of them in English."""
    put_in_force(
        {"2": {"gates": [{"gate": "approve", "visibility": "public"}, {"gate": "approve", "visibility": "post"}]}}
    )
    started = crises.start(noor, reason="De trein staat stil", level=2)
    asked_by(x, 4)
    Ticket.objects.filter(pk=Ticket.objects.order_by("id")[3].pk).update(language="en")
    return started


@pytest.fixture
def statement() -> CannedResponse:
    return a_statement(texts=says(nl=WORDINGS))


def published(
    noor: User, crisis: Crisis, statement: CannedResponse | None, *inboxes: Inbox, **more: Any
) -> Publication:
    text = more.pop("text", None) or statement_texts.words_for(statement, inboxes[0], "nl", noor)  # type: ignore[arg-type]  # who has no statement gives a text
    wish: dict[str, Any] = {"idempotency_key": "1", "statement_id": statement.pk if statement else None, **more}
    posts = [Wish(inbox.pk, "nl", text) for inbox in inboxes]
    return statement_answers.publish_and_answer(noor, crisis.pk, posts=posts, **wish)


def looked_at(publication: Publication) -> AnswerBatch:
    batch = AnswerBatch.objects.get(publication=publication)
    batch_run.prepare(batch.pk, timezone.now())
    batch.refresh_from_db()
    return batch


def test_one_action_says_it_as_a_post_and_as_a_reply_to_each_who_waits_there(
    noor: User, crisis: Crisis, x: Inbox, statement: CannedResponse, heard: list[str]
) -> None:
    publication = published(noor, crisis, statement, x)
    batch = looked_at(publication)
    assert batch.state == "running"  # its author said so by publishing
    assert [(line.expects, line.ticket.language) for line in batch.lines.order_by("id")] == [("leaves", "nl")] * 3
    goes_on(batch, 4)
    assert batch.state == "done"
    (post,) = publication.posts.all()
    post_send.send(post.pk, timezone.now() + timedelta(minutes=1))
    all_leave()
    assert heard[0] == POSTED
    assert len(set(heard)) == 4
    assert all(f"Klant{number}" in "".join(heard) for number in (1, 2, 3))
    assert Reply.objects.filter(state="sent", author=noor, canned_response=statement).count() == 3
    log = CrisisEntry.objects.filter(crisis=crisis).order_by("number")
    assert [entry.kind for entry in log] == ["started", "published", "batch_started", "batch_done", "post_sent"]
    assert (log[2].actor, log[2].data["publication"], log[2].data["tickets"]) == (noor, publication.pk, 3)


def test_the_same_click_twice_is_one_publication_and_one_batch(
    noor: User, crisis: Crisis, x: Inbox, statement: CannedResponse
) -> None:
    first, second = (published(noor, crisis, statement, x) for _round in range(2))
    assert first == second
    assert AnswerBatch.objects.count() == 1


def test_words_that_nobody_approved_wait_for_a_colleague_as_replies_too(
    noor: User, crisis: Crisis, x: Inbox, statement: CannedResponse
) -> None:
    change_canned(None, statement.pk, texts=says(nl=WORDINGS + " Nog even."))
    statement.refresh_from_db()
    assert statement.approved_at is None
    batch = looked_at(published(noor, crisis, statement, x))
    assert {line.expects for line in batch.lines.all()} == {"approval"}
    goes_on(batch, 1)
    assert Reply.objects.get().problem_code == "needs_approval"


def test_an_approval_that_is_taken_away_before_it_leaves_holds_the_reply(
    noor: User, crisis: Crisis, x: Inbox, statement: CannedResponse, heard: list[str]
) -> None:
    goes_on(looked_at(published(noor, crisis, statement, x)), 1)
    assert Reply.objects.get().state == "queued"
    change_canned(None, statement.pk, texts=says(nl=WORDINGS + " Nog even."))
    all_leave()
    assert (Reply.objects.get().state, Reply.objects.get().problem_code) == ("held", "needs_approval")
    assert heard == []


def test_nobody_calls_their_own_words_an_approved_statement(
    noor: User, crisis: Crisis, statement: CannedResponse
) -> None:
    suze = User.objects.create_user("suze", role="agent")
    ticket = Ticket.objects.order_by("id")[0]
    wish: dict[str, Any] = {"visibility": "public", "canned_response_id": statement.pk, "send_anyway": True}
    own = "Alles is onze schuld en u krijgt geld terug."
    reply = submit(suze, ticket.pk, text=own, canned_text=own, idempotency_key="1", **wish)
    assert reply.problem_code == "needs_approval"
    said = "Dag Klant1, we weten dat de treinen stilstaan en gaan na waarom."
    assert submit(suze, ticket.pk, text=said, canned_text=said, idempotency_key="2", **wish).state == "queued"


def test_other_words_than_the_statement_go_out_as_they_were_typed(
    noor: User, crisis: Crisis, x: Inbox, statement: CannedResponse
) -> None:
    batch = looked_at(published(noor, crisis, statement, x, text="Er rijden bussen vanaf het plein."))
    assert batch.canned_response is None
    assert {line.text for line in batch.lines.all() if line.text} == {"Er rijden bussen vanaf het plein."}


def test_nobody_who_waits_is_no_fault(noor: User, x: Inbox, statement: CannedResponse) -> None:
    crisis = crises.start(noor, reason="De trein staat stil", level=1)
    assert published(noor, crisis, statement, x).posts.count() == 1
    assert not AnswerBatch.objects.exists()


def test_a_gate_that_holds_leaves_the_start_to_a_person(noor: User, x: Inbox, statement: CannedResponse) -> None:
    put_in_force({"2": {"gates": [{"gate": "hold", "visibility": "public"}]}})
    crisis = crises.start(noor, reason="De trein staat stil", level=2)
    asked_by(x, 2)
    assert looked_at(published(noor, crisis, statement, x)).state == "ready"


def test_a_statement_alone_is_read_before_it_starts_and_is_for_its_languages(
    noor: User, crisis: Crisis, x: Inbox, statement: CannedResponse
) -> None:
    CannedResponse.objects.filter(pk=statement.pk).update(texts=says(nl=WORDINGS, en=ENGLISH))
    batch = statement_answers.answer_with_statement(noor, crisis.pk, statement.pk)
    batch_run.prepare(batch.pk, timezone.now())
    batch.refresh_from_db()
    assert (batch.state, batch.total, batch.canned_response) == ("ready", 4, statement)
    assert batch.lines.get(ticket__language="en").text.startswith(("Hi Klant4", "Hello Klant4"))
    with pytest.raises(Missing):
        statement_answers.answer_with_statement(noor, crisis.pk, 999_999)


def test_who_may_publish_and_not_answer_many_publishes_alone(
    crisis: Crisis, x: Inbox, statement: CannedResponse
) -> None:
    suze = User.objects.create_user("suze", role="agent")
    Crisis.objects.filter(pk=crisis.pk).update(role_holders={"spokesperson": suze.pk})
    with pytest.raises(NotPermitted):
        published(suze, crisis, statement, x)
    assert not Publication.objects.exists()


def test_of_what_is_only_suspected_nobody_is_told(noor: User, x: Inbox, statement: CannedResponse) -> None:
    suspected = crises.start(noor, reason="De trein staat stil", level=0)
    with pytest.raises(Conflict):
        statement_answers.answer_with_statement(noor, suspected.pk, statement.pk)


def test_of_several_wordings_one_person_gets_the_first() -> None:
    (variant,) = parse([{"language": "nl", "text": WORDINGS}], "nl", [], []).variants
    assert variant.first.fill({"customer": "Eva"}) == "Hoi Eva, we weten dat de treinen stilstaan en zoeken uit waarom."
