"""The rulebook by the API: drafts, review, differences, examples, trying a text."""

from typing import Any

import pytest

from tests.api.caller import Caller
from tests.canned import a_canned

pytestmark = pytest.mark.django_db
STRICT: dict[str, Any] = {"rules": {"links.shortener": {"severity": "block"}}}


@pytest.fixture
def draft(supervisor: Caller) -> int:
    made = supervisor.post("rulebooks/", document=STRICT, summary="Geen verkorters")
    assert made.status == 201
    number: int = made.body["number"]
    return number


def test_a_draft_goes_through_review_and_becomes_active(
    supervisor: Caller, administrator: Caller, agent: Caller, draft: int
) -> None:
    assert supervisor.get(f"rulebooks/{draft}/").body["possible"] == ["submit", "discard"]
    assert supervisor.post(f"rulebooks/{draft}/hand-in/").body["state"] == "in_review"
    assert supervisor.post(f"rulebooks/{draft}/switch-on/").problem == (409, "own_version")
    assert agent.post(f"rulebooks/{draft}/switch-on/").problem == (403, "not_permitted")
    assert administrator.post(f"rulebooks/{draft}/switch-on/").body["state"] == "active"
    active = agent.get("rulebooks/active/").body
    assert (active["number"], active["author"]["username"]) == (draft, "mila")
    (links,) = [section["sentences"] for section in active["plain"] if section["title"] == "Links"]
    assert "Links are written in full, never shortened. Otherwise it can't leave." in links
    assert administrator.post("rulebooks/1/roll-back/").body["number"] == draft + 1
    listed = agent.results("rulebooks/")
    assert [(one["number"], one["state"]) for one in listed] == [(3, "active"), (2, "retired"), (1, "retired")]


def test_a_draft_is_changed_only_by_who_saw_its_last_words(supervisor: Caller, draft: int) -> None:
    seen = supervisor.get(f"rulebooks/{draft}/").body["changed_at"]
    assert supervisor.patch(f"rulebooks/{draft}/", document={}, seen=seen).status == 200
    assert supervisor.patch(f"rulebooks/{draft}/", document=STRICT, seen=seen).problem == (409, "stale")


def test_problems_are_named_by_their_path(supervisor: Caller) -> None:
    refused = supervisor.post("rulebooks/", document={"rules": {"no.rule": {}}})
    assert (refused.status, list(refused.body["errors"])) == (400, ["rules.no.rule"])
    assert supervisor.get("rulebooks/77/").problem == (404, "not_found")


def test_what_is_different_is_said(supervisor: Caller, agent: Caller, draft: int) -> None:
    (change,) = agent.get(f"rulebooks/{draft}/differences/").body
    assert (change["path"], change["before"], change["after"]) == ("rules.links.shortener.severity", "warn", "block")
    assert "warn → block" in change["said"]
    assert agent.get(f"rulebooks/{draft}/differences/", since=draft).body == []


def test_examples_are_run_and_a_text_is_tried(supervisor: Caller, agent: Caller) -> None:
    examples = [{"text": "Kijk op https://bit.ly/abc", "findings": []}]
    number = supervisor.post("rulebooks/", document={**STRICT, "examples": examples}).body["number"]
    (failure,) = supervisor.get(f"rulebooks/{number}/examples/").body
    assert (failure["number"], [one["code"] for one in failure["unexpected"]]) == (0, ["links.shortener"])
    tried = agent.post(f"rulebooks/{number}/try/", text="Kijk op https://bit.ly/abc", network="facebook_page").body
    assert [(one["code"], one["severity"]) for one in tried["findings"]] == [("links.shortener", "block")]
    assert agent.post(f"rulebooks/{number}/try/", text="x", network="myspace").status == 400


def test_what_switching_on_does_to_canned_responses_is_told_before_and_done_then(
    supervisor: Caller, administrator: Caller, agent: Caller
) -> None:
    free = a_canned("Gratis", "Je reist gratis terug")
    banned = {"phrases.banned": {"phrases": ["gratis"], "severity": "block"}}
    sorry = {"sorry": {"text": {"nl": "Wat vervelend"}}}
    number = supervisor.post("rulebooks/", document={"rules": banned, "templates": sorry}).body["number"]
    address = f"rulebooks/{number}/canned-responses/"
    assert agent.get(address).problem == (403, "not_permitted")
    told = supervisor.get(address).body
    (broken,), (brought,) = told["suspended"], told["brought"]
    assert (broken["shortcut"], [one["code"] for one in broken["objections"]]) == ("gratis", ["phrases.banned"])
    assert (brought["shortcut"], brought["canned_response"], brought["objections"]) == ("sorry", None, [])
    supervisor.post(f"rulebooks/{number}/hand-in/")
    assert administrator.post(f"rulebooks/{number}/switch-on/").status == 200
    kept = supervisor.get(f"canned-responses/{free.pk}/").body
    assert (kept["state"], kept["possible"]) == ("suspended", ["activate", "withdraw"])
    assert kept["suspended_at"] is not None
    assert [one["name"] for one in supervisor.results("canned-responses/", state="suspended")] == ["Gratis"]


def test_a_template_that_breaks_its_rulebook_is_named(supervisor: Caller, administrator: Caller) -> None:
    banned = {"phrases.banned": {"phrases": ["gratis"], "severity": "block"}}
    document = {"rules": banned, "templates": {"terug": {"text": {"nl": "Je reist gratis terug"}}}}
    number = supervisor.post("rulebooks/", document=document).body["number"]
    supervisor.post(f"rulebooks/{number}/hand-in/")
    refused = administrator.post(f"rulebooks/{number}/switch-on/")
    assert refused.problem == (422, "blocked_by_policy")
    assert list(refused.body["errors"]) == ["templates.terug.texts.0.text"]
