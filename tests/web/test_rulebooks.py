"""The rulebook on the screens: read, compared, switched on by a second person, and tried."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from desk.actions import rulebooks
from desk.people.permissions import Role
from desk.rulebooks.models import RulebookVersion
from tests.web.browsing import PART
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
LIST = "/administration/rulebook/"
STRICT: dict[str, Any] = {"rules": {"links.shortener": {"severity": "block"}}}
FAILS: dict[str, Any] = {"examples": [{"text": "Dank je wel", "findings": ["links.cost"]}]}


@pytest.fixture
def mila() -> Client:
    return signed_in(Role.SUPERVISOR)


@pytest.fixture
def cato() -> Client:
    return signed_in(Role.COMMS)


def draft(document: dict[str, Any] = STRICT) -> RulebookVersion:
    return rulebooks.write_draft(colleague(Role.SUPERVISOR), document=document, summary="Geen verkorters")


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def say(browser: Client, address: str, **values: str) -> str:
    return browser.post(address, values, follow=True).content.decode()


def test_a_draft_is_begun_handed_in_given_back_and_switched_on_by_somebody_else(mila: Client, cato: Client) -> None:
    assert mila.post(f"{LIST}new/").headers["Location"] == f"{LIST}2/"
    assert "waits for a colleague" in say(mila, f"{LIST}2/hand-in/")
    assert "You wrote it, so a colleague switches it on." in page(mila, f"{LIST}2/")
    assert "should change" in say(cato, f"{LIST}2/give-back/", reason=" ")
    assert "Comms gave it back: Te streng" in say(cato, f"{LIST}2/give-back/", reason="Te streng")
    say(mila, f"{LIST}2/hand-in/")
    assert "Version 2 is active" in say(cato, f"{LIST}2/switch-on/")
    assert "Version 3 is active" in say(cato, f"{LIST}1/roll-back/")
    states = list(RulebookVersion.objects.order_by("number").values_list("state", flat=True))
    assert states == ["retired", "retired", "active"]


def test_the_page_says_what_is_different_and_in_words(mila: Client) -> None:
    draft()
    shown = page(mila, f"{LIST}2/")
    assert "rules.links.shortener.severity: warn → block" in shown
    assert "Nothing is different." in page(mila, f"{LIST}2/?since=2")
    assert mila.get(f"{LIST}2/?since=77").status_code == 404
    assert mila.get(f"{LIST}2/?since=x").status_code == 400


def test_an_example_that_fails_is_shown_and_refuses_to_be_switched_on(mila: Client, cato: Client) -> None:
    number = draft(FAILS).number
    assert "It gives nothing." in page(mila, f"{LIST}{number}/")
    say(mila, f"{LIST}{number}/hand-in/")
    refused = say(cato, f"{LIST}{number}/switch-on/")
    assert "Example 1 gives other findings than it must: “Dank je wel”. Missing: links.cost." in refused
    assert RulebookVersion.objects.get(number=number).state == "in_review"


def test_a_text_is_tried_under_the_version_of_the_page(mila: Client) -> None:
    draft()
    values = {"try_text": "Kijk op https://bit.ly/abc", "try_network": "facebook_page"}
    found = mila.post(f"{LIST}2/try/", values, headers=PART).content.decode()
    assert 'class="finding block" data-start="8"' in found
    found = mila.post(f"{LIST}1/try/", values, headers=PART).content.decode()
    assert 'class="finding block"' not in found
    assert "links.shortener" in found
    assert mila.post(f"{LIST}2/try/", {**values, "try_network": "nergens"}, headers=PART).status_code == 200


def test_everybody_reads_the_policy_and_agents_nothing_else() -> None:
    for role in Role.values:
        assert "You sign as ^AB." in page(signed_in(role), "/policy/")
    agent = signed_in(Role.AGENT)
    assert agent.get(LIST).status_code == 403
    assert agent.post(f"{LIST}1/try/").status_code == 403
    assert 'href="/policy/"' in page(agent, "/policy/")


def test_a_page_of_versions_asks_the_database_as_often_as_one_does(
    mila: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(30):
        version = draft()
        rulebooks.discard(colleague(Role.SUPERVISOR), version.number)
    with django_assert_max_num_queries(8):
        first = page(mila, LIST)
    assert first.count('class="link name"') == 25
    assert "cursor=" in first
    with django_assert_max_num_queries(9):
        page(mila, f"{LIST}31/")
