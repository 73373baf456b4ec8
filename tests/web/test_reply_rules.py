"""Under which rules a reply left, and what they said of it, has an answer for ever: on the screen and by API."""

from types import SimpleNamespace

import pytest
from django.utils import timezone, translation
from django.utils.html import escape

from desk.actions.replies import send
from desk.people.models import User
from desk.replies.models import Reply
from desk.rulebooks.active import in_force
from policies.messages import say
from tests.actions.builders import the_ticket
from tests.actions.waiting import SHORT, a_question, now_holds, written
from tests.api.caller import Caller
from tests.web.browsing import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> Reply:
    """Suze's reply, which left before a stricter rulebook was switched on."""
    taken = SimpleNamespace(created_at=None, external_id="out 1", thread_id="", url="", cost=None, parts=())
    monkeypatch.setattr(send, "_call", lambda _reply, _now: taken)
    a_question()
    reply = written(User.objects.create_user("suze", role="agent", signature="SV"), SHORT)
    Reply.objects.update(next_attempt_at=timezone.now())
    send.send(reply.pk, timezone.now())
    reply.refresh_from_db()
    assert (reply.state, in_force().number) == ("sent", 1)
    now_holds({"rules": {"links.shortener": {"severity": "block"}}})
    return reply


def test_the_thread_tells_version_and_remarks_and_leads_there(left: Reply) -> None:
    (remark,) = [one["message"] for one in left.findings if one["code"] == "links.shortener"]
    page = Browser(User.objects.create_user("mila", role="supervisor")).page(f"/tickets/{the_ticket().pk}/")
    assert "Left under version 1 of the rulebook" in page
    assert escape(remark) in page
    assert 'href="/administration/rulebook/1/"' in page
    agents = Browser(left.author).page(f"/tickets/{the_ticket().pk}/")
    assert "Left under version 1 of the rulebook" in agents
    assert 'href="/administration/rulebook/1/"' not in agents


def test_programs_read_the_version_that_it_left_under(left: Reply) -> None:
    caller = Caller(left.author)
    assert caller.get(f"replies/{left.pk}/").body["rulebook"] == 1
    fresh = caller.post(f"tickets/{the_ticket().pk}/reply/", text="We zoeken het uit.", idempotency_key="2")
    assert fresh.body["rulebook"] == in_force().number == 2


def test_a_reader_in_another_language_than_the_author_reads_the_remarks_in_their_own(left: Reply) -> None:
    reader = Browser(User.objects.create_user("mila", role="supervisor", language="nl"))
    assert "Vertrokken onder versie 1 van de spelregels" in reader.page(f"/tickets/{the_ticket().pk}/")
    now_holds({"rules": {"tone.shouting": {"severity": "approve"}}})
    with translation.override("en"):
        waits = written(left.author, "Dat is HEEL ERG JAMMER", key="2")
    page = reader.page(f"/approvals/{waits.pk}/")
    (kept,) = [one for one in waits.findings if one["code"] == "tone.shouting"]
    assert kept["message"] not in page
    assert page.count(escape(say("tone.shouting", "nl"))) == 2, "as the reason and as the finding"
