"""Who may call, how often, and what a refusal looks like."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from desk.common import live
from desk.people.models import ApiToken
from desk.tickets.models import Ticket
from tests.api.caller import Caller

PROBLEM = {"detail", "code", "errors"}


@pytest.mark.django_db
@pytest.mark.parametrize("header", [None, "Token", "Token no such", "Token nonsense", "Bearer abc", "Token é"])
def test_without_a_valid_token_the_answer_is_401_and_says_how(header: str | None) -> None:
    answer = Client().get("/api/v1/tickets/", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert set(answer.json()) == PROBLEM


def test_who_has_left_is_refused(agent: Caller) -> None:
    agent.user.is_active = False
    agent.user.save()
    assert agent.get("me/").status == 401


def test_the_use_of_a_token_is_noted_at_most_once_a_minute(agent: Caller) -> None:
    agent.get("me/")
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    with CaptureQueriesContext(
        connection,
    ) as queries:
        agent.get("me/")
    assert ApiToken.objects.get().last_used_at == first
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    agent.get("me/")
    assert (ApiToken.objects.get().last_used_at or first) > first


def test_a_signed_in_colleague_needs_the_csrf_token_to_change_something(agent: Caller, ticket: Ticket) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(agent.user, "allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get("/api/v1/tickets/").status_code == 200
    refused = browser.post(f"/api/v1/tickets/{ticket.pk}/claim/")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


def test_who_calls_too_often_is_told_when_to_come_back(agent: Caller, colleague: Caller, settings: Settings) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"user": "3/day"}}
    answers = [agent.get("me/") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].response["Retry-After"]) > 0
    assert set(answers[-1].body) == PROBLEM
    assert colleague.get("me/").status == 200


def test_with_redis_away_nobody_is_refused(agent: Caller, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"
    monkeypatch.setattr(live, "_client", None)
    assert agent.get("me/").status == 200


@pytest.mark.parametrize(
    "path", ["", "nothing/", "tickets", "tickets/0/", "tickets/9223372036854775808/", "tickets/x/"]
)
def test_a_mistyped_address_is_a_problem_like_any_other(agent: Caller, path: str) -> None:
    answer = agent.get(path)
    assert answer.problem == (404, "not_found")
    assert set(answer.body) == PROBLEM


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff\xfe", b'{"text": NaN}', b"[" * 100_000, b'{"text": ' + b"9" * 5_000 + b"}"]
)
def test_what_is_no_json_is_refused(agent: Caller, ticket: Ticket, raw: bytes) -> None:
    assert agent.send(f"tickets/{ticket.pk}/notes/", raw).problem == (400, "parse_error")


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"3"])
def test_json_that_is_no_object_is_refused(agent: Caller, ticket: Ticket, raw: bytes) -> None:
    answer = agent.send(f"tickets/{ticket.pk}/notes/", raw)
    assert answer.problem == (400, "invalid")
    assert answer.body["errors"]


def test_another_content_type_is_refused(agent: Caller, ticket: Ticket) -> None:
    answer = agent.send(f"tickets/{ticket.pk}/notes/", b"text=x", "application/x-www-form-urlencoded")
    assert answer.problem == (415, "unsupported_media_type")


def test_more_than_six_megabytes_is_refused(agent: Caller, ticket: Ticket) -> None:
    answer = agent.send(f"tickets/{ticket.pk}/notes/", b'{"text": "' + b"a" * 7_000_000 + b'"}')
    assert answer.problem == (413, "too_large")


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_what_cannot_be_stored_is_the_callers_fault(agent: Caller, ticket: Ticket, text: str) -> None:
    assert agent.post(f"tickets/{ticket.pk}/notes/", text=text).status == 400
    assert agent.post(f"tickets/{ticket.pk}/tags/", add=[text]).status == 400
    assert agent.post(f"tickets/{ticket.pk}/tags/", remove=[text]).status == 400
    assert agent.post(f"tickets/{ticket.pk}/reply/", text=text, idempotency_key="1").status == 400
    assert agent.put(f"tickets/{ticket.pk}/draft/", text=text).status == 400


def test_a_verb_that_an_address_does_not_know_is_named(agent: Caller) -> None:
    answer = agent.delete("tickets/")
    assert answer.problem == (405, "method_not_allowed")
    assert "GET" in answer.response["Allow"]


def test_the_program_reads_refusals_in_its_own_language(agent: Caller) -> None:
    dutch = agent.client.get("/api/v1/tickets/999/", headers={**agent.headers, "Accept-Language": "nl"})
    assert dutch.status_code == 404
    assert set(dutch.json()) == PROBLEM
