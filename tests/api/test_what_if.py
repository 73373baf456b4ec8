"""A what-if by the API: asked, answered, read by rule, team and agent, with its texts, cancelled."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.people.models import Team, User
from desk.rulebooks.models import WhatIf
from desk.tickets.models import Ticket
from tests.actions.what_ifs import FINE, PHONE, SHORT, STRICT, answered, sent
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(supervisor: Caller) -> int:
    number: int = supervisor.post("rulebooks/", document=STRICT).body["number"]
    return number


def done(supervisor: Caller, draft: int) -> int:
    asked = supervisor.post(f"rulebooks/{draft}/what-if/", days=7)
    assert asked.status == 202
    assert (asked.body["state"], asked.body["version"], asked.body["compared_with"]) == ("running", draft, 1)
    return answered(WhatIf.objects.get(pk=asked.body["id"])).pk


def test_it_is_asked_answered_and_read(supervisor: Caller, agent: Caller, ticket: Ticket, draft: int) -> None:
    sanne = User.objects.get(username="sanne")
    Ticket.objects.update(team=Team.objects.create(name="Rail"))
    for hours, text in enumerate((PHONE, SHORT, FINE)):
        sent(ticket, sanne, text, ago=timedelta(hours=hours + 1))
    run = done(supervisor, draft)
    base = f"rulebooks/what-if/{run}/"
    whole = supervisor.get(base).body
    assert (whole["state"], whole["checked"], whole["total"], whole["asked_by"]["username"]) == ("done", 3, 3, "mila")
    assert {name: whole["replies"][name] for name in ("block", "warn_before", "added", "gone")} == {
        "block": 2, "warn_before": 1, "added": 2, "gone": 1,
    }  # fmt: skip
    rules = supervisor.results(f"{base}counts/", by="rule")
    assert {one["name"]: one["found"] for one in rules} == {
        "links.shortener": 1, "links.cost": 1, "personal_data.phone": 1, "phrases.banned": 1,
    }  # fmt: skip
    assert [one["name"] for one in supervisor.results(f"{base}counts/", by="team")] == ["Rail"]
    assert [one["checked"] for one in supervisor.results(f"{base}counts/", by="agent")] == [3]
    first, second = supervisor.results(f"{base}texts/")
    assert (first["text"], first["ticket"], first["agent"]) == (SHORT, ticket.pk, "sanne")
    assert first["places"] == [{"network": "x", "visibility": "public"}]
    shortener = first["findings"][0]
    assert (shortener["code"], shortener["severity"], shortener["before"]) == ("links.shortener", "block", "warn")
    assert shortener["message"] == "bit.ly hides where the link leads. Use the full address."
    assert SHORT[shortener["start"] : shortener["end"]] == "https://bit.ly/abc"
    gone = [one for one in second["findings"] if one["severity"] is None]
    assert [(one["code"], one["before"]) for one in gone] == [("personal_data.phone", "block")]
    assert [one["id"] for one in supervisor.results("rulebooks/what-if/")] == [run]


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ({"rule": "links.shortener"}, [SHORT]),
        ({"rule": "no.rule"}, []),
        ({"team": ""}, [SHORT, PHONE]),
        ({"team": "Rail"}, []),
        ({"agent": "sanne", "severity": "block"}, [SHORT, PHONE]),
        ({"change": "gone"}, [PHONE]),
        ({"change": "added", "rule": "phrases.banned"}, [PHONE]),
        ({"templates": True}, []),
    ],
)
def test_the_texts_of_a_rule_a_team_an_agent(
    supervisor: Caller, agent: Caller, ticket: Ticket, draft: int, query: dict[str, str], texts: list[str]
) -> None:
    for hours, text in enumerate((PHONE, SHORT, FINE)):
        sent(ticket, User.objects.get(username="sanne"), text, ago=timedelta(hours=hours + 1))
    run = done(supervisor, draft)
    assert [one["text"] for one in supervisor.results(f"rulebooks/what-if/{run}/texts/", **query)] == texts


def test_pages_of_texts_cost_the_same_whatever_their_length(
    supervisor: Caller, agent: Caller, ticket: Ticket, draft: int
) -> None:
    for _ in range(12):
        sent(ticket, User.objects.get(username="sanne"), SHORT)
    base = f"rulebooks/what-if/{done(supervisor, draft)}/texts/"

    def asked_for(size: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(supervisor.results(base, page_size=size, rule="links.cost")) == size
        return len(queries)

    assert asked_for(2) == asked_for(12)
    page = supervisor.get(base, page_size=5).body
    assert (len(page["results"]), page["previous"], bool(page["next"])) == (5, None, True)


def test_a_csv_is_checked_and_says_what_it_could_not_use(supervisor: Caller, draft: int) -> None:
    csv = f"text,network,visibility,language\n{SHORT},x,public,nl\nHoi,telex,public,nl\n"
    asked = supervisor.post(f"rulebooks/{draft}/what-if/", csv=csv, file_name="maart.csv").body
    assert (asked["total"], asked["file_name"], asked["days"]) == (1, "maart.csv", None)
    (refused,) = asked["refused"]
    assert (refused["line"], refused["reason"]) == (3, "network")
    assert refused["said"] == "The desk knows no network of this name."
    answered(WhatIf.objects.get())
    (text,) = supervisor.results(f"rulebooks/what-if/{asked['id']}/texts/")
    assert (text["line"], text["ticket"], text["text"]) == (2, None, SHORT)


def test_one_of_both_is_wanted(supervisor: Caller, draft: int) -> None:
    for wish in ({}, {"days": 7, "csv": "x"}):
        assert supervisor.post(f"rulebooks/{draft}/what-if/", **wish).status == 400
    refused = supervisor.post(f"rulebooks/{draft}/what-if/", csv="geen kop")
    assert (refused.status, list(refused.body["errors"])) == (400, ["file"])
    assert supervisor.post("rulebooks/99/what-if/", days=7).problem == (404, "not_found")


def test_it_is_cancelled_once(supervisor: Caller, draft: int) -> None:
    run = supervisor.post(f"rulebooks/{draft}/what-if/", days=7).body["id"]
    assert supervisor.post(f"rulebooks/what-if/{run}/cancel/").body["state"] == "cancelled"
    assert supervisor.post(f"rulebooks/what-if/{run}/cancel/").problem == (409, "conflict")


def test_agents_see_none_of_it(supervisor: Caller, agent: Caller, draft: int) -> None:
    run = supervisor.post(f"rulebooks/{draft}/what-if/", days=7).body["id"]
    for path in ("", f"{run}/", f"{run}/counts/?by=rule", f"{run}/texts/"):
        assert agent.get(f"rulebooks/what-if/{path}").problem == (403, "not_permitted"), path
    assert agent.post(f"rulebooks/{draft}/what-if/", days=7).problem == (403, "not_permitted")
    assert supervisor.get("rulebooks/what-if/987/").problem == (404, "not_found")
