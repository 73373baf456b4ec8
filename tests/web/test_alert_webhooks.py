"""Webhooks of alerts on their pages: the secret once, the last call, taken out of use."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from desk.actions.alerts import alert_chains
from desk.actions.sla import clock_sweep
from desk.alerts.models import AlertChain, Webhook, WebhookCall
from desk.common.encryption import unseal
from desk.people.permissions import Role
from tests.actions.builders import a_mention, an_inbox, minutes, take_in
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db
LIST = "/administration/alert-chains/webhooks/"
PAGER = {"name": "Pieper", "url": "http://127.0.0.1:9/alert"}


@pytest.fixture(autouse=True)
def _addresses_of_this_machine(settings: Any) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = True


@pytest.fixture
def supervisor() -> Client:
    return signed_in(Role.SUPERVISOR)


def test_its_secret_is_shown_once(supervisor: Client) -> None:
    made = supervisor.post(f"{LIST}new/", PAGER)
    secret = unseal(bytes(Webhook.objects.get().sealed_secret))["secret"]
    assert secret in made.content.decode()
    assert made.headers["Cache-Control"] == "no-store"
    listed = supervisor.get(LIST).content.decode()
    assert secret not in listed
    assert "http://127.0.0.1:9/alert" in listed
    assert "none yet" in listed
    chain = supervisor.get("/administration/alert-chains/new/").content.decode()
    assert f'name="steps.0.webhooks" value="{Webhook.objects.get().pk}"' in chain


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": " "}, "1 to 80 characters"),
        ({"url": "ftp://example.org/"}, "https"),
        ({"url": "https://example.org/" + "a" * 1_000}, "too long"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(supervisor: Client, typed: dict[str, str], words: str) -> None:
    answer = supervisor.post(f"{LIST}new/", PAGER | typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert (PAGER | typed)["url"] in page
    assert not Webhook.objects.exists()


def test_a_name_is_taken_once(supervisor: Client) -> None:
    supervisor.post(f"{LIST}new/", PAGER)
    assert supervisor.post(f"{LIST}new/", PAGER).status_code == 409


def test_the_last_alert_says_how_it_fared(
    supervisor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    webhooks = [alert_chains.create_webhook(None, name=f"Pieper {n}", url=PAGER["url"])[0] for n in range(3)]
    steps = [{"percent": 10, "webhooks": [one.pk for one in webhooks]}]
    alert_chains.change_chain(None, AlertChain.objects.get(is_default=True).pk, steps=steps)
    take_in(an_inbox(), [a_mention("1")], now=minutes(0))
    clock_sweep.sweep(minutes(6))
    WebhookCall.objects.filter(webhook=webhooks[0]).update(state="failed", problem="It answered with 500.")
    supervisor.get(LIST)
    page = supervisor.get(LIST).content.decode()
    assert "It answered with 500." in page
    with django_assert_num_queries(5):  # the person, the crisis, the bell, the webhooks, their last calls
        supervisor.get(LIST)


def test_one_is_taken_out_of_use(supervisor: Client) -> None:
    webhook, _secret = alert_chains.create_webhook(None, **PAGER)
    answer = supervisor.post(f"{LIST}{webhook.pk}/delete/", follow=True).content.decode()
    assert "go on without it" in answer
    assert "Pieper" not in supervisor.get(LIST).content.decode()
    again = supervisor.post(f"{LIST}{webhook.pk}/delete/", follow=True).content.decode()
    assert "There is no such webhook." in again


def test_agents_have_no_say_in_it() -> None:
    agent = signed_in(Role.AGENT)
    assert agent.get(LIST).status_code == 403
    assert agent.post(f"{LIST}new/", PAGER).status_code == 403
    assert agent.post(f"{LIST}1/delete/").status_code == 403
    assert not Webhook.objects.exists()
