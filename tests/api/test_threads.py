"""Threads over the API: started, read, written, followed, summed up and closed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.tickets.models import Ticket
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db


def test_a_thread_from_start_to_reading(agent: Caller, expert: Caller) -> None:
    made = agent.post("threads/", topic="Uniformen", subject="proposal 1")
    assert (made.status, made.body["private"], made.body["following"]) == (201, False, True)
    thread = made.body["id"]
    assert agent.post("threads/", topic="Anders", subject="proposal 1").body["id"] == thread
    assert expert.post(f"threads/{thread}/follow/").body["following"] is True
    word = agent.post(f"threads/{thread}/words/", text="Rood of groen?").body
    assert (word["author"]["username"], word["deleted_at"]) == (agent.user.username, None)
    assert expert.get("threads/unread/").body == {"threads": 1}
    (unread,) = expert.results("threads/?show=unread")
    assert (unread["id"], unread["unread"]) == (thread, 1)
    assert expert.post(f"threads/{thread}/read/").status == 204
    assert expert.get("threads/unread/").body == {"threads": 0}
    assert agent.patch(f"thread-words/{word['id']}/", text="Groen").body["edited_at"]
    assert expert.patch(f"thread-words/{word['id']}/", text="Rood").problem[0] == 403
    assert agent.delete(f"thread-words/{word['id']}/").body["text"] == ""
    pinned = expert.put(f"threads/{thread}/summary/", text="Groen", version=0)
    assert pinned.body["summary_version"] == 1
    assert agent.put(f"threads/{thread}/summary/", text="Rood", version=0).problem == (409, "changed")
    assert [one["id"] for one in agent.results("threads/?q=groen")] == [thread]
    assert expert.delete(f"threads/{thread}/follow/").body["following"] is False


def test_a_private_thread_and_who_is_let_in(agent: Caller, expert: Caller) -> None:
    thread = agent.post("threads/", topic="Rooster", private=True).body["id"]
    assert expert.get(f"threads/{thread}/").problem[0] == 404
    assert agent.delete(f"threads/{thread}/people/").problem == (409, "alone")
    people = agent.post(f"threads/{thread}/people/", people=[expert.user.pk]).body["people"]
    assert {one["username"] for one in people} == {agent.user.username, expert.user.username}
    assert expert.get(f"threads/{thread}/").status == 200
    assert agent.delete(f"threads/{thread}/people/").status == 204
    assert agent.get(f"threads/{thread}/").problem[0] == 404


def test_a_swarm_over_the_api(agent: Caller, expert: Caller, ticket: Ticket) -> None:
    assert expert.post(f"tickets/{ticket.pk}/swarm/").problem[0] == 403
    swarm = agent.post(f"tickets/{ticket.pk}/swarm/").body
    assert (swarm["swarm"], swarm["ticket"], swarm["closed_at"]) == (True, ticket.pk, None)
    assert agent.get(f"tickets/{ticket.pk}/").body["swarming_since"]
    assert expert.post(f"threads/{swarm['id']}/words/", text="Kijk bij Breukelen").status == 201
    assert expert.post(f"threads/{swarm['id']}/close/", finding="x").problem[0] == 403
    closed = agent.post(f"threads/{swarm['id']}/close/", finding="De bovenleiding is stuk").body
    assert (closed["finding"], closed["closed_by"]["username"]) == ("De bovenleiding is stuk", agent.user.username)
    assert agent.post(f"threads/{swarm['id']}/words/", text="Nog iets").problem == (409, "over")
    assert agent.get(f"tickets/{ticket.pk}/").body["swarming_since"] is None
    assert [one["id"] for one in agent.results(f"threads/?ticket={ticket.pk}")] == [swarm["id"]]


def test_a_list_asks_the_same_however_many_there_are(agent: Caller) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert agent.get("threads/").status == 200
        return len(found)

    thread = agent.post("threads/", topic="Een").body["id"]
    agent.post(f"threads/{thread}/words/", text="Hoi")
    few = queries()
    for number in range(5):
        agent.post(f"threads/{agent.post('threads/', topic=str(number)).body['id']}/words/", text="Hoi")
    assert queries() == few
