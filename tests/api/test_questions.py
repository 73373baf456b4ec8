"""Questions to colleagues over the API: asked, found, answered, passed on and used; and who may not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.people.models import User
from desk.tickets.models import Ticket
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def piet() -> User:
    return User.objects.create_user(
        "piet", role="colleague", first_name="Piet", email="piet@vlotlijn.nl", knows=["nachttrein"]
    )


def asked(caller: Caller, ticket: Ticket, person: User) -> int:
    answer = caller.post(f"tickets/{ticket.pk}/questions/", text="Rijdt de nachttrein?", user_id=person.pk)
    assert answer.status == 201
    return int(answer.body["id"])


def test_a_question_from_asking_to_use(agent: Caller, expert: Caller, ticket: Ticket, piet: User) -> None:
    (found,) = agent.get(f"tickets/{ticket.pk}/who-knows/", about="nachttrein").body
    assert (found["user"]["name"], found["reasons"]) == ("Piet", ["says: ask me about nachttrein"])
    question = asked(agent, ticket, piet)
    assert agent.get(f"tickets/{ticket.pk}/").body["status"] == "waiting_for_colleague"
    (own,) = agent.results("questions/")
    assert (own["id"], own["holder"]["username"], own["state"], own["minutes"]) == (question, "piet", "waiting", 60)
    assert agent.get(f"questions/{question}/").body == own == agent.results(f"tickets/{ticket.pk}/questions/")[0]
    assert agent.post(f"questions/{question}/say/", text="Lijn 27").body["answers"] is False
    moved = agent.post(f"questions/{question}/pass-on/", user_id=expert.user.pk).body
    assert moved["holder"]["username"] == "bram"
    entry = expert.post(f"questions/{question}/answer/", text="Tot één uur").body
    used = agent.post(f"answers/{entry['id']}/use/").body
    assert (used["used_by"]["username"], used["author"]["username"]) == ("sanne", "bram")
    assert agent.post(f"questions/{question}/withdraw/").problem == (409, "over")


def test_what_is_refused(agent: Caller, expert: Caller, ticket: Ticket, piet: User) -> None:
    question, elsewhere = asked(agent, ticket, piet), Caller(piet)
    assert expert.post(f"tickets/{ticket.pk}/questions/", text="Wie?", user_id=piet.pk).problem[0] == 403
    assert expert.get(f"tickets/{ticket.pk}/who-knows/", about="x").problem[0] == 403
    assert expert.post(f"questions/{question}/withdraw/").problem[0] == 403
    assert expert.post(f"questions/{question}/not-mine/").problem[0] == 403
    assert agent.post(f"tickets/{ticket.pk}/questions/", text="Wie?").problem[0] == 400
    for number in (999, question + 1):
        assert agent.get(f"questions/{number}/").problem[0] == 404
        assert agent.post(f"questions/{number}/answer/", text="x").problem[0] == 404
    for path in ("tickets/", f"tickets/{ticket.pk}/questions/", f"questions/{question}/", "questions/", "users/"):
        assert elsewhere.get(path).problem[0] == 403, "who has no seat has links and nothing else"


def test_a_list_asks_the_same_however_many_there_are(agent: Caller, ticket: Ticket, piet: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert agent.results("questions/")
        return len(found)

    agent.post(f"questions/{asked(agent, ticket, piet)}/say/", text="Nou?")
    agent.results("questions/")
    before = queries()
    for _more in range(3):
        agent.post(f"questions/{asked(agent, ticket, piet)}/say/", text="Nou?")
    assert queries() == before


def test_a_colleague_without_a_seat_needs_an_address_and_no_password(administrator: Caller) -> None:
    wish = {"username": "kim", "first_name": "Kim", "role": "colleague"}
    assert administrator.post("users/", **wish).problem[0] == 400
    made = administrator.post("users/", **wish, email="kim@vlotlijn.nl", knows=["Lift "])
    assert (made.status, made.body["knows"]) == (201, ["lift"])
    kim = User.objects.get(username="kim")
    assert not kim.has_usable_password()
    assert administrator.post(f"users/{kim.pk}/password/", password="een lange zin hier").problem[0] == 409
    agent = administrator.post("users/", username="tom", role="agent", password="een lange zin hier").body
    administrator.patch(f"users/{agent['id']}/", role="colleague", email="tom@vlotlijn.nl")
    assert not User.objects.get(username="tom").has_usable_password()
