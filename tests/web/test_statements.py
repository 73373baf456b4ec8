"""The page of statements, and what the war room shows of them."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from desk.actions.crises import crisis_team
from desk.actions.statements import post_send
from desk.crises.models import Crisis
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Role
from desk.replies.models import AnswerBatch
from desk.statements.models import NextUpdate, Post, Publication
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.posts import WORDS, a_crisis, a_statement, leaves, publish
from tests.canned import says
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def out(monkeypatch: pytest.MonkeyPatch) -> None:
    def result(post: Post, now: datetime) -> SendResult:
        return SendResult(f"out {post.pk}", now, "", "https://x.test/1")

    monkeypatch.setattr(post_send, "_call", result)


@pytest.fixture
def noor(db: None) -> User:
    return User.objects.create_user("noor", role=Role.COMMS, first_name="Noor")


@pytest.fixture
def x(db: None) -> Inbox:
    return an_inbox()


@pytest.fixture
def crisis(noor: User) -> Crisis:
    return a_crisis(noor, level=2)


def page(crisis: Crisis) -> str:
    return f"/crises/{crisis.pk}/statements/"


def text_of(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_statement_fills_the_form_and_one_click_publishes_it(crisis: Crisis, x: Inbox) -> None:
    statement = a_statement(texts=says(nl=WORDS, en="We are looking into it."))
    browser = signed_in(Role.COMMS)
    html = text_of(browser, f"{page(crisis)}?statement={statement.pk}")
    assert WORDS in html
    assert "We are looking into it." in html
    assert html.count("checked") == 2
    sent = {
        "on": [f"{x.pk}.nl"], f"text.{x.pk}.nl": WORDS, "statement": statement.pk, "stage": "investigating",
        "update_minutes": "60", "key": "1",
    }  # fmt: skip
    assert browser.post(page(crisis), sent).headers["Location"] == f"/crises/{crisis.pk}/room/"
    published = Publication.objects.get()
    assert (published.stage, published.update_minutes, published.posts.get().state) == ("investigating", 60, "queued")


def test_what_is_wrong_stands_at_its_text_and_nothing_that_was_typed_is_lost(crisis: Crisis, x: Inbox) -> None:
    browser, name = signed_in(Role.COMMS), f"{x.pk}.nl"
    answer = browser.post(page(crisis), {"on": name, f"text.{name}": "x" * 300, "update_minutes": "12", "key": "k1"})
    html = answer.content.decode()
    assert (answer.status_code, Publication.objects.count()) == (422, 0)
    assert f'id="problem-{name}"' in html
    assert "x" * 300 in html
    assert 'value="12"' in html
    assert 'value="k1"' in html


@pytest.mark.parametrize("on", ["9999.nl", "x.nl", f"{'9' * 40}.nl", "1.fr", ""])
def test_an_account_that_is_not_on_the_page_is_refused(crisis: Crisis, on: str) -> None:
    assert signed_in(Role.COMMS).post(page(crisis), {"on": on, "key": "1"}).status_code == 400


def test_agents_are_refused_and_supervisors_see_it_without_the_form(crisis: Crisis, x: Inbox) -> None:
    assert signed_in(Role.AGENT).get(page(crisis)).status_code == 403
    html = text_of(signed_in(Role.SUPERVISOR), page(crisis))
    assert "Publish on the chosen accounts" not in html
    name = f"{x.pk}.nl"
    refused = signed_in(Role.SUPERVISOR).post(page(crisis), {"on": name, f"text.{name}": WORDS, "key": "1"})
    assert refused.status_code == 403


def test_an_agent_who_speaks_for_the_company_publishes_without_seeing_the_room(
    noor: User, crisis: Crisis, x: Inbox
) -> None:
    browser, name = signed_in(Role.AGENT), f"{x.pk}.nl"
    suze = User.objects.get(username=Role.AGENT)
    crisis_team.give_roles(noor, crisis.pk, {"spokesperson": suze.pk})
    assert f'href="{page(crisis)}"' in text_of(browser, f"/crises/{crisis.pk}/")
    answer = browser.post(page(crisis), {"on": name, f"text.{name}": WORDS, "key": "1"})
    assert answer.headers["Location"] == page(crisis)
    assert "A colleague has to agree with these words first." in text_of(browser, page(crisis))


def test_the_table_shows_what_is_ready_and_counts_what_is_missing(crisis: Crisis, x: Inbox) -> None:
    a_statement()
    html = text_of(signed_in(Role.COMMS), page(crisis))
    assert "7 are missing" in html
    assert ">ready</a>" in html


def test_in_the_room_a_colleague_approves_and_sees_where_it_stands(noor: User, crisis: Crisis, x: Inbox) -> None:
    post = publish(noor, crisis, x, now=timezone.now()).posts.get()
    browser, room = signed_in(Role.SUPERVISOR), f"/crises/{crisis.pk}/room/"
    html = text_of(browser, room)
    assert WORDS in html
    assert "A colleague has to agree with these words first." in html
    assert browser.post(f"/crises/{crisis.pk}/posts/{post.pk}/approve/").headers["Location"] == room
    leaves(post, timezone.now())
    html = text_of(browser, room)
    assert 'href="https://x.test/1"' in html
    assert ">Out<" in html
    assert WORDS in text_of(browser, f"{room}?projector=1")


def test_a_post_is_rejected_with_a_reason_and_taken_back_by_its_author(noor: User, crisis: Crisis, x: Inbox) -> None:
    first, second = (publish(noor, crisis, x, key=key).posts.get() for key in "12")
    supervisor, own = signed_in(Role.SUPERVISOR), Client()
    own.force_login(noor)
    address = f"/crises/{crisis.pk}/posts/"
    supervisor.post(f"{address}{first.pk}/reject/", {"reason": "Te vaag"})
    own.post(f"{address}{second.pk}/withdraw/")
    assert [(post.state, post.reason) for post in Post.objects.order_by("id")] == [
        ("cancelled", "Te vaag"), ("cancelled", ""),
    ]  # fmt: skip
    assert own.post(f"{address}{second.pk}/eat/").status_code == 404
    assert "Te vaag" in text_of(own, page(crisis))


def test_the_timer_counts_down_then_says_how_late_and_is_withdrawn(noor: User, crisis: Crisis, x: Inbox) -> None:
    now = timezone.now()
    made = publish(noor, crisis, x, now=now)
    due = now + timedelta(minutes=30, seconds=30)
    promised = NextUpdate.objects.create(crisis=crisis, publication=made, made_at=now, due_at=due)
    browser, room = signed_in(Role.COMMS), f"/crises/{crisis.pk}/room/"
    for address in (room, f"{room}?projector=1"):
        html = text_of(browser, address)
        assert "Next update in 30 min." in html
        assert f'data-lapses="{int(due.timestamp() * 1000)}"' in html
    NextUpdate.objects.filter(pk=promised.pk).update(due_at=now - timedelta(minutes=5, seconds=5))
    assert "Next update: 5 min too late." in text_of(browser, room)
    browser.post(f"/crises/{crisis.pk}/update/withdraw/", {"reason": "Al verteld"})
    assert "too late" not in text_of(browser, room)


def test_the_checklist_is_ticked_and_the_gate_is_told_in_the_room(crisis: Crisis) -> None:
    browser, room = signed_in(Role.COMMS), f"/crises/{crisis.pk}/room/"
    html = text_of(browser, room)
    assert "Write down what is certain" in html
    assert "Public replies: a colleague approves them first." in html
    assert (
        browser.post(f"/crises/{crisis.pk}/checklist/facts/", {"done": "1", "back": "room"}).headers["Location"] == room
    )
    assert "Not done after all: Write down what is certain" in text_of(browser, room)


def test_a_holding_statement_is_approved_on_its_page_by_somebody_else(noor: User) -> None:
    statement = a_statement(approved_at=None, words_by=noor)
    own, other = Client(), signed_in(Role.SUPERVISOR)
    own.force_login(noor)
    address = f"/administration/canned-responses/{statement.pk}/"
    assert "Approve these words" not in text_of(own, address)
    assert "Approve these words" in text_of(other, address)
    other.post(f"{address}words/")
    statement.refresh_from_db()
    assert statement.approved_by is not None
    assert "approved these words" in text_of(own, address)


def asked(x: Inbox, count: int = 2) -> None:
    take_in(x, [a_mention(f"{one}", by=f"klant{one}") for one in range(count)], now=timezone.now())


def test_one_click_says_it_as_a_post_and_as_replies_and_the_room_tells_how_far_they_are(
    crisis: Crisis, x: Inbox
) -> None:
    asked(x)
    statement, browser = a_statement(), signed_in(Role.COMMS)
    html = text_of(browser, f"{page(crisis)}?statement={statement.pk}")
    assert 'name="answers"' in html
    assert f'action="{page(crisis)}{statement.pk}/answer/"' in html
    sent = {"on": [f"{x.pk}.nl"], f"text.{x.pk}.nl": WORDS, "statement": statement.pk, "key": "1", "answers": "on"}
    assert browser.post(page(crisis), sent).headers["Location"] == f"/crises/{crisis.pk}/room/"
    batch = AnswerBatch.objects.get(publication=Publication.objects.get())
    for address in (page(crisis), f"/crises/{crisis.pk}/room/"):
        html = text_of(browser, address)
        assert "0 of 2 handed in" in html
        assert f"/crises/{crisis.pk}/answers/{batch.pk}/" in html
    assert "Published with a statement" in text_of(browser, f"/crises/{crisis.pk}/answers/{batch.pk}/")


def test_one_button_leads_from_a_statement_to_what_each_who_waits_would_get(crisis: Crisis, x: Inbox) -> None:
    statement, browser = a_statement(), signed_in(Role.COMMS)
    address = f"{page(crisis)}{statement.pk}/answer/"
    refused = browser.post(address, follow=True)
    assert "No ticket of this crisis fits" in refused.content.decode()
    asked(x)
    publish(crisis.owner, crisis, x, statement_id=statement.pk)  # type: ignore[arg-type]  # who started it owns it
    assert f'action="{address}"' in text_of(browser, f"/crises/{crisis.pk}/room/")
    batch_page = browser.post(address).headers["Location"]
    assert batch_page == f"/crises/{crisis.pk}/answers/{AnswerBatch.objects.get().pk}/"
    assert signed_in(Role.AGENT).post(address).status_code == 403
