"""Answers in batches through the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions import batch_run, crises
from desk.api.forms.batches import BatchLineSerializer, BatchSerializer
from desk.crises.models import Crisis
from desk.people.models import User
from desk.people.permissions import Role
from desk.replies.models import AnswerBatch, Reply
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
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
