"""Answers in batches through the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.crises import crises
from desk.actions.statements import batch_run
from desk.api.forms.batches import BatchLineSerializer, BatchSerializer
from desk.crises.models import Crisis
from desk.people.models import User
from desk.people.permissions import Role
from desk.replies.models import AnswerBatch, Reply
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.posts import WORDS, a_statement
from tests.api.caller import Caller
from tests.api.test_description import assert_alike

TEXTS = [{"language": "nl", "text": "[Hoi|Dag] {{customer}}, [we zoeken het uit|we kijken ernaar]."}]


@pytest.fixture
def comms(db: None) -> Caller:
    return Caller(User.objects.create_user("noor", first_name="Noor", role=Role.COMMS, signature="NV"))


@pytest.fixture
def crisis(comms: Caller) -> Crisis:
    """With two tickets."""
    started = crises.start(comms.user, reason="De trein staat stil", level=1)
    take_in(an_inbox(), [a_mention("1"), a_mention("2", by="tom")], now=timezone.now())
    return started


def test_a_batch_is_prepared_read_started_and_done(comms: Caller, crisis: Crisis) -> None:
    path = f"crises/{crisis.pk}/answers/"
    made = comms.post(path, texts=TEXTS, per_minute=60, chosen={"networks": ["x"]})
    assert made.status == 202
    assert list(made.body) == list(BatchSerializer().fields)
    assert_alike(made.body, BatchSerializer)
    assert (made.body["state"], made.body["total"], made.body["new"]) == ("preparing", 2, 2)
    one = f"{path}{made.body['id']}/"
    assert comms.post(one + "start/").problem == (409, "transition_refused")
    batch_run.prepare(made.body["id"], timezone.now())
    first, second = comms.results(one + "lines/", state="waiting")
    assert list(first) == list(BatchLineSerializer().fields)
    assert_alike(first, BatchLineSerializer)
    assert (first["expects"], first["reply"], first["code"]) == ("leaves", None, "")
    assert comms.post(f"{one}lines/{second['id']}/take-out/").body["code"] == "taken_out"
    assert comms.post(one + "start/").body["state"] == "running"
    batch_run.sweep(timezone.now())
    batch_run.sweep(timezone.now())
    done = comms.get(one).body
    assert (done["state"], done["answered"], done["left_out"]) == ("done", 1, 1)
    assert comms.results(one + "lines/", state="answered")[0]["reply"] == Reply.objects.get().pk
    assert comms.post(one + "stop/").problem == (409, "transition_refused")
    assert [row["id"] for row in comms.results(path)] == [done["id"]]


def test_pause_resume_and_stop(comms: Caller, crisis: Crisis) -> None:
    made = comms.post(f"crises/{crisis.pk}/answers/", texts=TEXTS).body["id"]
    batch_run.prepare(made, timezone.now())
    one = f"crises/{crisis.pk}/answers/{made}/"
    found = [comms.post(one + name).body["state"] for name in ("start/", "pause/", "resume/", "stop/")]
    assert found == ["running", "paused", "running", "stopped"]


def test_what_is_wrong_is_said(comms: Caller, crisis: Crisis, agent: Caller) -> None:
    path = f"crises/{crisis.pk}/answers/"
    assert comms.post(path, texts=[{"language": "nl", "text": "{{wie}}"}]).body["errors"]["texts.0.text"]
    assert comms.post(path, texts=TEXTS, per_minute=61).status == 400
    assert comms.post(path, texts=TEXTS, chosen={"tickets": [2**40]}).problem == (400, "nothing_chosen")
    assert agent.post(path, texts=TEXTS).status == 403
    assert agent.get(path).status == 403
    assert comms.get(path + "999/").status == 404
    assert comms.post(f"{path}999/start/").status == 404


def test_the_list_costs_the_same_however_many_there_are(comms: Caller, crisis: Crisis) -> None:
    path, now = f"crises/{crisis.pk}/answers/", timezone.now()
    ticket = Ticket.objects.all()[0]

    def asked() -> int:
        batch = AnswerBatch.objects.create(
            crisis=crisis, author=comms.user, visibility="public", per_minute=5, created_at=now, moved_at=now
        )
        batch.lines.create(ticket=ticket, inbox=ticket.inbox, seen_event_id=0)
        with CaptureQueriesContext(connection) as queries:
            assert comms.get(path).status == 200
        return len(queries)

    asked()
    assert asked() == asked()


def test_a_colleague_approves_a_batch_as_it_was_read(comms: Caller, supervisor: Caller) -> None:
    started = crises.start(comms.user, reason="De trein staat stil", level=2)
    take_in(an_inbox(), [a_mention("1"), a_mention("2", by="tom")], now=timezone.now())
    one = f"crises/{started.pk}/answers/{comms.post(f'crises/{started.pk}/answers/', texts=TEXTS).body['id']}/"
    batch_run.prepare(AnswerBatch.objects.get().pk, timezone.now())
    words = supervisor.get(one).body["words"]
    assert comms.post(f"{one}approve/", words=words).problem == (409, "own_words")
    assert supervisor.post(f"{one}approve/", words="7-0").problem == (409, "look_again")
    assert supervisor.post(f"{one}approve/", words=words).status == 200
    assert [line["approved_by"]["username"] for line in comms.results(f"{one}lines/")] == ["mila", "mila"]
    assert supervisor.post(f"{one}approve/", words=words).problem == (409, "not_waiting")


def test_a_statement_is_answered_with_and_comes_with_its_posts(comms: Caller, crisis: Crisis) -> None:
    statement = a_statement()
    made = comms.post(f"crises/{crisis.pk}/statements/{statement.pk}/answer/", per_minute=5)
    assert (made.status, made.body["canned_response"], made.body["publication"]) == (202, statement.pk, None)
    inbox = Ticket.objects.order_by("id")[0].inbox_id
    posts = [{"inbox": inbox, "language": "nl", "text": WORDS}]
    wish = {"posts": posts, "idempotency_key": "1", "statement": statement.pk, "answers": True}
    published = comms.post(f"crises/{crisis.pk}/publications/", **wish)
    assert published.status == 202
    batch = AnswerBatch.objects.get(pk=published.body["answers"])
    assert batch.publication_id == published.body["id"]
    assert comms.results(f"crises/{crisis.pk}/publications/")[0]["answers"] == batch.pk
