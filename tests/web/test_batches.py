"""The pages of answers in batches: who sees them, what they show before anything leaves, and what they cost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.crises import crises
from desk.actions.statements import batch_run
from desk.crises.models import Crisis
from desk.people.models import User
from desk.people.permissions import Role
from desk.replies.models import AnswerBatch, AnswerLine, Reply
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.test_batch_answers import SAME
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
FORM = {
    "unanswered": "on",
    "visibility": "public",
    "per_minute": "60",
    "text_nl": "[Hoi|Dag] {{customer}}, het komt goed.",
}


@pytest.fixture
def noor() -> User:
    return colleague(Role.COMMS, signature="NV")


@pytest.fixture
def crisis(noor: User) -> Crisis:
    """With four tickets."""
    started = crises.start(noor, reason="De trein staat stil", level=1)
    take_in(an_inbox(), [a_mention(f"{one}", by=f"klant{one}") for one in range(4)], now=timezone.now())
    return started


def made(browser: Client, crisis: Crisis, **form: str) -> AnswerBatch:
    answer = browser.post(f"/crises/{crisis.pk}/answers/new/", {**FORM, **form})
    assert answer.status_code == 302, answer.content.decode()
    batch = AnswerBatch.objects.latest("id")
    assert answer["Location"] == f"/crises/{crisis.pk}/answers/{batch.pk}/"
    batch_run.prepare(batch.pk, timezone.now())
    return batch


def test_what_each_would_get_is_read_before_anything_leaves(noor: User, crisis: Crisis) -> None:
    browser = signed_in(Role.COMMS)
    batch = made(browser, crisis)
    page = browser.get(f"/crises/{crisis.pk}/answers/{batch.pk}/").content.decode()
    assert "Answers to 4 customers" in page
    assert page.count("Take out</button>") == 4
    assert "Hoi Klant" in page
    assert "Dag Klant" in page
    assert "leaves at its turn" in page
    assert 'hx-trigger="every' not in page
    assert not Reply.objects.exists()
    assert browser.post(f"/crises/{crisis.pk}/answers/{batch.pk}/start/").status_code == 302
    batch_run.sweep(timezone.now())
    page = browser.get(f"/crises/{crisis.pk}/answers/{batch.pk}/").content.decode()
    assert 'hx-trigger="every' in page
    assert "1 handed in, 3 to go" in page
    room = browser.get(f"/crises/{crisis.pk}/room/").content.decode()
    assert "Answers to 4 tickets started" in room
    assert f"/crises/{crisis.pk}/answers/" in room


def test_why_somebody_gets_nothing_stands_beside_the_ticket(noor: User, crisis: Crisis) -> None:
    browser = signed_in(Role.COMMS)
    batch = made(browser, crisis, text_nl=SAME[0]["text"])
    page = browser.get(f"/crises/{crisis.pk}/answers/{batch.pk}/?state=refused").content.decode()
    assert "Every wording has been said too often through this inbox" in page
    assert page.count('class="net"') == 1


def test_a_batch_from_which_nobody_gets_anything_does_not_ask_to_be_started(noor: User, crisis: Crisis) -> None:
    browser = signed_in(Role.COMMS)
    batch = made(browser, crisis, text_nl="Bel ons op 06 12345678", text_en="Call us on 06 12345678")
    page = browser.get(f"/crises/{crisis.pk}/answers/{batch.pk}/").content.decode()
    assert "0 handed in, 0 to go" in page
    assert "Nobody would get anything: read below why." in page
    assert "then start" not in page


def test_a_ticket_is_taken_out_and_a_batch_is_stopped(noor: User, crisis: Crisis) -> None:
    browser = signed_in(Role.COMMS)
    batch = made(browser, crisis)
    line = batch.lines.order_by("id")[0]
    browser.post(f"/crises/{crisis.pk}/answers/{batch.pk}/out/{line.pk}/")
    assert AnswerLine.objects.get(pk=line.pk).code == "taken_out"
    browser.post(f"/crises/{crisis.pk}/answers/{batch.pk}/stop/")
    batch.refresh_from_db()
    assert batch.state == "stopped"
    assert browser.post(f"/crises/{crisis.pk}/answers/{batch.pk}/dance/").status_code == 404
    other = crises.start(noor, reason="Iets anders")
    assert browser.get(f"/crises/{other.pk}/answers/{batch.pk}/").status_code == 404


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(noor: User, crisis: Crisis) -> None:
    form = {**FORM, "text_nl": "", "text_en": "Hi {{whoever}}", "per_minute": "0"}
    answer = signed_in(Role.COMMS).post(f"/crises/{crisis.pk}/answers/new/", {**form, "per_minute": "5"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Hi {{whoever}}" in page
    assert 'id="problem-text_en"' in page
    assert signed_in(Role.COMMS).post(f"/crises/{crisis.pk}/answers/new/", {**form, "like": "x"}).status_code == 400


@pytest.mark.parametrize("role", [Role.AGENT, Role.EXPERT, Role.TRAINEE])
def test_who_may_not_answer_many_sees_none_of_it(crisis: Crisis, role: Role) -> None:
    browser = signed_in(role)
    for path in ("", "new/"):
        assert browser.get(f"/crises/{crisis.pk}/answers/{path}").status_code == 403
    assert browser.post(f"/crises/{crisis.pk}/answers/new/", FORM).status_code == 403


def test_a_page_costs_the_same_however_many_tickets_it_has(noor: User, crisis: Crisis) -> None:
    browser = signed_in(Role.COMMS)
    batch = made(browser, crisis)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/crises/{crisis.pk}/answers/{batch.pk}/").status_code == 200
        return len(queries)

    asked()
    whole = asked()
    AnswerLine.objects.filter(ticket__in=Ticket.objects.order_by("id")[:3]).delete()
    assert asked() == whole <= 20


def test_a_colleague_approves_all_of_it_as_it_was_shown(noor: User) -> None:
    started = crises.start(noor, reason="De trein staat stil", level=2)  # each public reply wants a colleague's word
    take_in(an_inbox(), [a_mention(f"{one}", by=f"klant{one}") for one in range(3)], now=timezone.now())
    author, colleagues = Client(), signed_in(Role.SUPERVISOR)
    author.force_login(noor)
    address = f"/crises/{started.pk}/answers/{made(author, started).pk}/"
    author.post(f"{address}start/")
    batch_run.sweep(timezone.now())
    assert "Approve all of it" not in author.get(address).content.decode()
    page = colleagues.get(address).content.decode()
    assert "3 of these answers wait for a colleague’s word." in page
    words = page.partition('name="words" value="')[2].partition('"')[0]
    assert (
        "have changed since you looked"
        in colleagues.post(f"{address}approve/", {"words": "9-9"}, follow=True).content.decode()
    )
    done = colleagues.post(f"{address}approve/", {"words": words}, follow=True).content.decode()
    assert "3 answers are approved." in done
    assert done.count("leaves at its turn") == 2
    assert Reply.objects.get().state == "queued"
