"""The approvers' queue and what the agent sees of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.replies import approval, send
from desk.actions.replies.reply import release
from desk.actions.tickets import notes
from desk.people.permissions import Role
from desk.replies.models import Approval, Draft, Reply
from tests.actions.builders import the_ticket
from tests.actions.waiting import (
    BETTER,
    SHORT,
    WORDS,
    a_question,
    customer_writes_on,
    is_due,
    now_holds,
    stands,
    written,
)
from tests.web.browsing import PART
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def question(db: None) -> None:
    a_question()


def waiting(text: str = WORDS, key: str = "1") -> Reply:
    return written(colleague(Role.TRAINEE, signature="TT"), text, key=key)


def test_the_list_says_whose_words_wait_why_and_until_when() -> None:
    waiting()
    Approval.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    page = signed_in(Role.SUPERVISOR).get("/approvals/").content.decode()
    for words in (WORDS, "Trainee", "The author’s role".replace("’", "&#x27;"), "overdue", "data-approvals-count"):
        assert words in page


def test_the_badge_counts_what_this_person_may_decide() -> None:
    waiting()
    written(colleague(Role.SUPERVISOR), key="own", ask_approval=True)
    assert signed_in(Role.SUPERVISOR).get("/approvals/count/").json() == {"count": "1"}
    assert signed_in(Role.COMMS).get("/approvals/count/").json() == {"count": "2"}
    assert signed_in(Role.AGENT).get("/approvals/").status_code == 403


def test_the_list_is_paged_and_asks_the_same_however_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.web.views.approvals.PAGE", 2)
    browser = signed_in(Role.SUPERVISOR)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get("/approvals/")
        return len(asked)

    waiting()
    queries()
    before = queries()
    for key in "23":
        waiting(key=key)
    assert queries() == before
    first = browser.get("/approvals/")
    assert len(first.context["lines"]) == 2
    assert len(browser.get("/approvals/", {"cursor": first.context["page"].next}).context["lines"]) == 1


def test_one_has_the_thread_the_marked_words_and_the_findings() -> None:
    now_holds({"rules": {"links.shortener": {"severity": "approve"}}})
    reply = waiting(SHORT)
    page = signed_in(Role.SUPERVISOR).get(f"/approvals/{reply.pk}/").content.decode()
    assert "Waar blijft de trein?" in page
    assert '<mark class="approve">https://bit.ly/abc</mark>' in page
    assert page.count('class="finding approve"') == 2


def test_one_has_what_colleagues_noted_what_else_is_on_its_way_and_what_became_of_it_before() -> None:
    reply, suze = waiting(), colleague(Role.AGENT)
    notes.add_note(suze, reply.ticket_id, "Zij belde ook al")
    written(suze, BETTER, key="2")
    customer_writes_on()
    approval.sweep(timezone.now())
    release(reply.author, reply.pk)
    is_due(reply)
    send.send(reply.pk, timezone.now())
    page = signed_in(Role.SUPERVISOR).get(f"/approvals/{reply.pk}/").content.decode()
    for words in ("Zij belde ook al", BETTER, "Laat maar", "because the customer wrote on"):
        assert words in page


def test_a_trainee_is_offered_nothing_about_the_replies_of_others_and_no_second_sending() -> None:
    own, other = waiting(), written(colleague(Role.AGENT), key="2")
    for state in ("failed", "unknown", "held"):
        Reply.objects.update(state=state, problem_code="transient")
        trainee, agent = (
            signed_in(role).get(f"/tickets/{own.ticket_id}/").content.decode() for role in (Role.TRAINEE, Role.AGENT)
        )
        assert f"/replies/{other.pk}/" not in trainee
        assert f"/replies/{other.pk}/cancel/" in agent or state == "unknown"
        assert f"/replies/{own.pk}/again/" not in trainee
        assert f"/replies/{own.pk}/there/" not in trainee
        assert (f"/replies/{own.pk}/again/" in agent) is (state != "held")


def test_the_composer_of_a_trainee_says_that_it_asks_whatever_the_rulebook_holds() -> None:
    now_holds({"rules": {"approval.role": {"enabled": False}}})
    draft = {"text": WORDS, "visibility": "public", "seen": ""}
    for role, asks in ((Role.TRAINEE, "1"), (Role.AGENT, "0")):
        answer = signed_in(role).post(f"/tickets/{the_ticket().pk}/draft/", draft)
        assert f'data-approval="{asks}"' in answer.content.decode()


def test_edited_and_approved_it_goes_on_to_the_next() -> None:
    reply, following = waiting(), waiting(key="2")
    request = Approval.objects.get(reply=reply).pk
    answer = signed_in(Role.SUPERVISOR).post(f"/approvals/{reply.pk}/approve/", {"text": BETTER, "request": request})
    assert answer["Location"] == f"/approvals/{following.pk}/"
    assert (stands(reply)[0], reply.text) == ("queued", BETTER)


def test_what_can_not_be_approved_says_why_and_keeps_the_words() -> None:
    reply = waiting()
    blocked = "Stort het op NL91ABNA0417164300."
    answer = signed_in(Role.SUPERVISOR).post(f"/approvals/{reply.pk}/approve/", {"text": blocked})
    assert answer.status_code == 422
    assert f">{blocked}</textarea>" in answer.content.decode()
    empty = signed_in(Role.SUPERVISOR).post(f"/approvals/{reply.pk}/reject/", {"reason": ""})
    assert empty.status_code == 400
    assert stands(reply)[0] == "held"


def test_rejected_words_stand_in_the_authors_composer_with_the_reason() -> None:
    reply = waiting()
    signed_in(Role.SUPERVISOR).post(f"/approvals/{reply.pk}/reject/", {"reason": "Zeg eerst sorry"})
    page = signed_in(Role.TRAINEE).get(f"/tickets/{reply.ticket_id}/").content.decode()
    assert "Zeg eerst sorry" in page
    assert f">{WORDS}</textarea>" in page
    assert Draft.objects.get().text == WORDS


def test_one_that_was_decided_sends_the_reader_to_the_list() -> None:
    reply = waiting()
    customer_writes_on()
    answer = signed_in(Role.SUPERVISOR).post(f"/approvals/{reply.pk}/approve/", {"text": WORDS}, follow=True)
    assert "The customer wrote something newer" in answer.content.decode()
    assert stands(reply) == ("held", "newer_message")
    assert signed_in(Role.SUPERVISOR).get(f"/approvals/{reply.pk}/")["Location"] == "/approvals/"


def test_the_ticket_shows_that_it_waits_and_lets_the_author_take_it_back_but_nobody_release_it() -> None:
    reply = waiting()
    trainee = signed_in(Role.TRAINEE).get(f"/tickets/{reply.ticket_id}/").content.decode()
    assert "waits for approval" in trainee
    assert f"/replies/{reply.pk}/undo/" in trainee
    assert f"/replies/{reply.pk}/release/" not in trainee
    assert f'href="/approvals/{reply.pk}/"' not in trainee
    assert (
        f'href="/approvals/{reply.pk}/"'
        in signed_in(Role.SUPERVISOR).get(f"/tickets/{reply.ticket_id}/").content.decode()
    )


def test_the_composer_asks_and_puts_off() -> None:
    browser, ticket = signed_in(Role.AGENT), the_ticket()
    wish = {"text": WORDS, "visibility": "public", "anyway": "1"}
    browser.post(f"/tickets/{ticket.pk}/reply/", {**wish, "key": "1", "ask": "1"}, headers=PART)
    assert stands(Reply.objects.get()) == ("held", "needs_approval")
    later = timezone.localtime() + timedelta(hours=2)
    put_off = browser.post(
        f"/tickets/{ticket.pk}/reply/", {**wish, "key": "2", "later": f"{later:%Y-%m-%dT%H:%M}"}, headers=PART
    )
    assert "leaves at" in put_off.content.decode()
    reply = Reply.objects.latest("id")
    assert reply.next_attempt_at == reply.scheduled_for == later.replace(second=0, microsecond=0)
    wrong = browser.post(f"/tickets/{ticket.pk}/reply/", {**wish, "key": "3", "later": "never"}, headers=PART)
    assert wrong.status_code == 400
