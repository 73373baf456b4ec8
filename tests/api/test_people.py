"""Oneself, colleagues, teams, tokens and the audit trail."""

from typing import Any

import pytest

from desk.people.models import AuditEntry, Team, User
from desk.tickets.models import Ticket
from tests.api.caller import Caller

PASSWORD = "een-lang-wachtwoord-39"


def test_the_caller_reads_and_changes_their_own_preferences(agent: Caller) -> None:
    me = agent.get("me/").body
    assert (me["username"], me["role"], me["signature"], me["away"]) == ("sanne", "agent", "SV", False)
    assert "reply" in me["permissions"]
    assert "manage_people" not in me["permissions"]
    changed = agent.patch("me/", language="nl", theme="dark", away=True, signature="sv", single_keys=False).body
    assert (changed["language"], changed["theme"], changed["away"], changed["single_keys"]) == (
        "nl",
        "dark",
        True,
        False,
    )
    assert agent.get("me/").body == changed
    assert agent.patch("me/").body == changed


@pytest.mark.parametrize("body", [{"language": "xx"}, {"theme": "pink"}, {"signature": "J.K."}, {"away": "perhaps"}])
def test_a_preference_that_does_not_exist_is_refused(agent: Caller, body: dict[str, str]) -> None:
    assert list(agent.patch("me/", **body).body["errors"]) == list(body)


def test_nobody_gives_themselves_another_role(agent: Caller) -> None:
    agent.patch("me/", role="administrator")
    assert User.objects.get(pk=agent.user.pk).role == "agent"


def test_everybody_may_know_who_works_here(expert: Caller, agent: Caller) -> None:
    assert [row["username"] for row in expert.results("users/")] == ["bram", "sanne"]
    assert set(expert.get(f"users/{agent.user.pk}/").body) == {
        "id", "username", "name", "initials", "role", "teams", "away", "is_active", "languages", "skills", "knows",
        "ticket_cap",
    }  # fmt: skip
    assert expert.get("users/999/").problem == (404, "not_found")


def test_an_administrator_adds_and_changes_people(administrator: Caller) -> None:
    team = Team.objects.create(name="Rail")
    made = administrator.post(
        "users/", username="noor", first_name="Noor", password=PASSWORD, role="agent", teams=[team.pk]
    )
    assert (made.status, made.body["name"], made.body["teams"][0]["name"]) == (201, "Noor", "Rail")
    address = f"users/{made.body['id']}/"
    assert administrator.patch(address, role="supervisor", teams=[]).body["role"] == "supervisor"
    assert administrator.post(f"{address}password/", password="kort").problem == (400, "invalid")
    assert administrator.post(f"{address}password/", password=PASSWORD).status == 200
    assert administrator.delete(f"{address}second-factor/").problem == (409, "conflict")
    assert administrator.patch(address, is_active=False).body["is_active"] is False
    assert administrator.post("users/", username="noor", password=PASSWORD).problem == (400, "invalid")
    assert administrator.patch(f"users/{administrator.user.pk}/", role="agent").problem == (409, "conflict")


def test_an_administrator_keeps_the_teams(administrator: Caller, agent: Caller) -> None:
    made = administrator.post("teams/", name="Rail")
    assert made.status == 201
    address = f"teams/{made.body['id']}/"
    assert administrator.patch(address, name="Trein", members=[agent.user.pk]).body["name"] == "Trein"
    assert agent.get("me/").body["teams"] == [{"id": made.body["id"], "name": "Trein"}]
    assert [row["name"] for row in agent.results("teams/")] == ["Trein"]
    assert administrator.delete(address).status == 204


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "users/", {"username": "x", "password": PASSWORD}), ("post", "teams/", {"name": "x"}),
        ("patch", "users/{user}/", {"role": "administrator"}),
        ("post", "users/{user}/password/", {"password": PASSWORD}),
    ],
)  # fmt: skip
def test_only_administrators_manage_people(supervisor: Caller, method: str, path: str, body: dict[str, Any]) -> None:
    answer = getattr(supervisor, method)(path.format(user=supervisor.user.pk), **body)
    assert answer.problem == (403, "not_permitted")


def test_tokens_are_made_shown_once_and_revoked(agent: Caller, colleague: Caller) -> None:
    made = agent.post("me/tokens/", name="Koppeling")
    assert made.status == 201
    token = made.body["token"]
    listed = agent.results("me/tokens/")
    assert [row["name"] for row in listed] == ["", "Koppeling"]
    assert token not in str(listed)
    assert agent.client.get("/api/v1/me/", headers={"Authorization": f"Token {token}"}).status_code == 200
    assert colleague.delete(f"tokens/{made.body['id']}/").problem == (403, "not_permitted")
    assert agent.delete(f"tokens/{made.body['id']}/").status == 204
    assert agent.client.get("/api/v1/me/", headers={"Authorization": f"Token {token}"}).status_code == 401


def test_an_administrator_makes_tokens_for_a_program_of_somebody_else(administrator: Caller, agent: Caller) -> None:
    address = f"users/{agent.user.pk}/tokens/"
    token = administrator.post(address, name="export").body["token"]
    assert agent.client.get("/api/v1/me/", headers={"Authorization": f"Token {token}"}).json()["username"] == "sanne"
    assert [row["name"] for row in administrator.results(address)] == ["", "export"]
    assert agent.get(address).problem == (403, "not_permitted")
    assert agent.post(f"users/{administrator.user.pk}/tokens/").problem == (403, "not_permitted")
    assert administrator.get("users/999/tokens/").problem == (404, "not_found")


def test_the_audit_trail_is_for_who_may_see_it(agent: Caller, supervisor: Caller, ticket: Ticket) -> None:
    agent.post(f"tickets/{ticket.pk}/claim/")
    assert agent.get("audit/").problem == (403, "not_permitted")
    (entry,) = supervisor.results("audit/", subject="ticket", subject_id=str(ticket.pk))
    assert (entry["verb"], entry["actor"]["username"]) == ("claimed", "sanne")
    assert supervisor.results("audit/", actor=supervisor.user.pk) == []
    assert AuditEntry.objects.count() == len(supervisor.results("audit/"))


def test_the_figures_of_today_are_for_supervisors(agent: Caller, supervisor: Caller, ticket: Ticket) -> None:
    assert agent.get("figures/").problem == (403, "not_permitted")
    figures = supervisor.get("figures/").body
    assert (figures["open"], figures["unassigned"]) == (1, 1)
    assert figures["channels"][0]["inbox"]["name"] == "@vlotlijn"
