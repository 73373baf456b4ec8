"""Canned responses over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from desk.inboxes.gateway import all_networks
from desk.people.models import Team
from desk.tickets.models import Ticket
from tests.api.caller import Caller
from tests.canned import a_canned, says

pytestmark = pytest.mark.django_db


def test_supervisors_keep_the_canned_responses_and_agents_read_them(supervisor: Caller, agent: Caller) -> None:
    team = Team.objects.create(name="Rail")
    texts = says(nl="Hallo {{customer}}, sorry.")
    body = {"name": "Vertraging", "shortcut": "vertraging", "texts": texts, "team": team.pk}
    made = supervisor.post("canned-responses/", **body)
    assert (made.status, made.body["team"]["name"], made.body["visibility"]) == (201, "Rail", "")
    assert (made.body["texts"], made.body["fallback"], made.body["variables"]) == (texts, "nl", [])
    address = f"canned-responses/{made.body['id']}/"
    assert agent.get(address).body == agent.results("canned-responses/")[0] == made.body
    both = says(nl="Sorry, {{customer}}.", en="Sorry, {{customer}}.")
    assert supervisor.patch(address, texts=both, team=None).body["texts"] == both
    assert supervisor.post("canned-responses/", **body).status in {400, 409}
    assert supervisor.post("canned-responses/", name="Leeg", shortcut="leeg", texts=[]).status == 400
    for answer in (
        agent.post("canned-responses/", **body),
        agent.patch(address, name="x"),
        agent.delete(address),
        agent.get(f"{address}check/"),
        agent.post(f"{address}activate/"),
        agent.post(f"{address}withdraw/"),
        agent.post("canned-responses/preview/", texts=texts),
    ):
        assert answer.problem == (403, "not_permitted")
    assert supervisor.delete(address).status == 204
    assert agent.get(address).problem == (404, "not_found")


def test_what_is_wrong_with_a_text_is_told_by_its_path(supervisor: Caller) -> None:
    body = {"name": "a", "shortcut": "a", "variables": [{"name": "keuze", "type": "choice", "choices": ["een"]}]}
    answer = supervisor.post("canned-responses/", **body, texts=says(nl="Hoi\n{{customer"))
    assert answer.status == 400
    assert answer.body["errors"]["texts.0.text"] == [
        "Line 2, character 1: “{{” begins a variable that is never closed. Write its name and }} behind it."
    ]
    assert "variables.0.choices" in answer.body["errors"]


def test_a_canned_response_comes_filled_in_for_a_ticket(supervisor: Caller, agent: Caller, ticket: Ticket) -> None:
    texts = says(nl="Hallo {{customer}}, ticket {{ticket}}. {{agent}}", en="Hello {{customer}}")
    body = {"name": "Vertraging", "shortcut": "vertraging", "texts": texts}
    made = supervisor.post("canned-responses/", **body).body["id"]
    assert agent.get(f"tickets/{ticket.pk}/canned-responses/").body == [], "a draft"
    assert supervisor.post(f"canned-responses/{made}/activate/").body["state"] == "active"
    private = {"name": "Privé", "shortcut": "prive", "texts": says(nl="Stuur een bericht"), "visibility": "private"}
    other = supervisor.post("canned-responses/", **private).body["id"]
    supervisor.post(f"canned-responses/{other}/activate/")
    address = f"tickets/{ticket.pk}/canned-responses/"
    (offer,) = agent.get(address).body
    assert (offer["id"], offer["shortcut"], offer["language"]) == (made, "vertraging", "nl")
    assert (offer["fell_back"], offer["asks"]) == (False, [])
    assert f"ticket {ticket.pk}." in offer["text"]
    assert "{" not in offer["text"]
    assert [one["shortcut"] for one in agent.get(f"{address}?visibility=private&q=pri").body] == ["prive"]
    assert agent.get(f"{address}?visibility=loud").status == 400
    assert agent.get("tickets/999999/canned-responses/").problem == (404, "not_found")


def test_what_is_asked_for_is_filled_in_afterwards(supervisor: Caller, agent: Caller, ticket: Ticket) -> None:
    variables = [{"name": "dag", "type": "date", "required": True}]
    body = {"name": "a", "shortcut": "a", "texts": says(nl="Op {{dag}}."), "variables": variables}
    made = supervisor.post("canned-responses/", **body).body["id"]
    assert supervisor.post(f"canned-responses/{made}/activate/").status == 200
    address = f"tickets/{ticket.pk}/canned-responses/"
    (offer,) = agent.get(address).body
    assert offer["asks"] == [
        {"name": "dag", "type": "date", "label": "Dag", "required": True, "choices": [], "value": ""}
    ]
    assert agent.post(f"{address}{made}/fill/", values={"dag": "2026-12-01"}).body["text"] == "Op 1 december 2026."
    refused = agent.post(f"{address}{made}/fill/", values={"dag": "x"})
    assert (refused.status, list(refused.body["errors"])) == (400, ["dag"])
    assert agent.post(f"{address}999/fill/", values={}).problem == (404, "not_found")


def test_lengths_and_samples_are_looked_at_before_and_after_it_is_kept(supervisor: Caller, ticket: Ticket) -> None:
    saying = {"texts": says(nl="x" * 300), "visibility": "public"}
    shown = supervisor.post("canned-responses/preview/", **saying).body
    made = supervisor.post("canned-responses/", name="a", shortcut="a", **saying).body["id"]
    assert supervisor.get(f"canned-responses/{made}/check/").body == shown
    (fit,) = shown["lengths"]
    assert (fit["network"], fit["used"], fit["limit"], fit["too_long"]) == ("x", 306, 280, True)
    assert shown["samples"][0]["text"] == "x" * 300
    assert supervisor.post("canned-responses/preview/", texts=says(nl="{{x}}")).status == 400


def test_a_rule_that_stands_in_the_way_is_told_and_nothing_is_offered(supervisor: Caller) -> None:
    body = {"name": "a", "shortcut": "a", "texts": says(nl="Bel 06 12345678")}
    made = supervisor.post("canned-responses/", **body).body
    assert (made["state"], made["possible"]) == ("draft", ["activate"])
    assert made["owner"]["id"] == supervisor.user.pk
    address = f"canned-responses/{made['id']}/"
    refused = supervisor.post(f"{address}activate/")
    assert refused.problem == (422, "blocked_by_policy")
    assert list(refused.body["errors"]) == ["texts.0.text"]
    (objection,) = [one for one in refused.body["objections"] if one["severity"] == "block"]
    assert (objection["code"], objection["number"]) == ("personal_data.phone", 0)
    assert objection["network"] == all_networks()[0].slug
    checked = supervisor.get(f"{address}check/").body
    assert checked["blocked"] is True
    supervisor.patch(address, texts=says(nl="Stuur een bericht"))
    assert supervisor.post(f"{address}activate/").body["possible"] == ["withdraw"]
    assert supervisor.patch(address, texts=says(nl="Bel 06 12345678")).status == 422
    assert supervisor.post(f"{address}withdraw/").body["state"] == "draft"


def test_a_reply_says_what_it_began_with_and_what_shall_be_done(
    supervisor: Caller, agent: Caller, ticket: Ticket
) -> None:
    actions = [{"do": "tag", "value": "vertraging"}]
    made = supervisor.post("canned-responses/", name="a", shortcut="a", texts=says(nl="Hoi"), actions=actions).body
    assert made["actions"] == actions
    supervisor.post(f"canned-responses/{made['id']}/activate/")
    (offer,) = agent.get(f"tickets/{ticket.pk}/canned-responses/").body
    assert offer["staged"] == [{**actions[0], "words": "tag vertraging"}]
    wish = {"text": "Hoi daar", "canned_response_id": made["id"], "canned_text": offer["text"], "staged": actions}
    reply = agent.post(f"tickets/{ticket.pk}/reply/", idempotency_key="1", **wish).body
    assert (reply["canned_response"], reply["canned_edited"], reply["staged"]) == (made["id"], True, actions)
    other = agent.post(f"tickets/{ticket.pk}/reply/", idempotency_key="2", text="x", staged=actions)
    assert other.status == 409
    found = supervisor.get(f"canned-responses/{made['id']}/statistics/?days=30").body
    assert found == {"days": 30, "used": 0, "edited": 0, "answered_back": 0, "last_used_at": None}
    assert agent.get(f"canned-responses/{made['id']}/statistics/").problem == (403, "not_permitted")
    nowhere = [{"do": "team", "value": "999"}]
    wrong = supervisor.post("canned-responses/", name="b", shortcut="b", texts=says(nl="Hoi"), actions=nowhere)
    assert list(wrong.body["errors"]) == ["actions"]


def test_the_list_is_narrowed(supervisor: Caller) -> None:
    team = Team.objects.create(name="Rail")
    today = timezone.localdate()
    a_canned("a", "De bus komt", team=team, review_on=today, owner=supervisor.user)
    a_canned("b", "De tram komt", kind="holding_statement", expires_on=today - timedelta(days=1), networks=["x"])
    a_canned("c", state="draft", networks=["facebook_page"], review_on=today + timedelta(days=1))

    def found(**query: object) -> list[str]:
        return [one["name"] for one in supervisor.results("canned-responses/", **query)]

    assert found() == ["a", "b", "c"]
    assert (found(q="bus kom"), found(q="us"), found(q="&")) == (["a"], [], [])
    assert (found(state="draft"), found(kind="holding_statement")) == (["c"], ["b"])
    assert (found(team=team.pk), found(owner=supervisor.user.pk)) == (["a"], ["a"])
    assert (found(due="review"), found(due="expired"), found(network="x")) == (["a"], ["b"], ["a", "b"])
    assert supervisor.get("canned-responses/?state=lost").status == 400
