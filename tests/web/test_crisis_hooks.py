"""Crisis webhooks on their pages, and the address at which they are told."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.crises.crisis_hooks import create_hook
from desk.common.encryption import unseal
from desk.crises.models import Crisis, CrisisHook
from desk.people.models import User
from desk.people.permissions import Role
from tests.actions.test_crisis_hooks import signed
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
LIST = "/administration/crisis-webhooks/"


@pytest.fixture
def comms() -> Client:
    return signed_in(Role.COMMS)


def told(hook: CrisisHook, secret: str, **more: Any) -> Any:
    body = json.dumps({"id": "1", "reason": "De kassa geeft fouten", **more}).encode()
    headers = signed(secret, body, timezone.now())
    return Client().post(f"/webhooks/crises/{hook.pk}/", body, "application/json", headers=headers)


def test_its_secret_is_shown_once_with_what_a_sender_has_to_do(comms: Client) -> None:
    made = comms.post(f"{LIST}new/", {"name": "Bewaking", "level": "2"})
    hook = CrisisHook.objects.get()
    secret = unseal(bytes(hook.sealed_secret))["secret"]
    page = made.content.decode()
    assert (hook.level, secret in page, made.headers["Cache-Control"]) == (2, True, "no-store")
    for words in (f"/webhooks/crises/{hook.pk}/", "Balie-Signature", "five minutes", "openssl"):
        assert words in page
    listed = comms.get(LIST).content.decode()
    assert secret not in listed
    assert "nothing yet" in listed
    assert told(hook, secret).status_code == 201
    assert "De kassa geeft fouten" in comms.get(LIST).content.decode()


def test_another_secret_and_the_end(comms: Client) -> None:
    comms.post(f"{LIST}new/", {"name": "Bewaking", "level": "0"})
    hook = CrisisHook.objects.get()
    first = unseal(bytes(hook.sealed_secret))["secret"]
    page = comms.post(f"{LIST}{hook.pk}/secret/").content.decode()
    assert first not in page
    assert "the secret before this one is good until" in comms.get(LIST).content.decode()
    assert told(hook, first).status_code == 201
    comms.post(f"{LIST}{hook.pk}/secret/", {"at_once": "on"})
    assert told(hook, first, id="2").json()["code"] == "signature_wrong"
    assert "goes on" in comms.post(f"{LIST}{hook.pk}/revoke/", follow=True).content.decode()
    assert told(hook, first, id="3").status_code == 404
    for step in ("revoke", "secret"):
        again = comms.post(f"{LIST}{hook.pk}/{step}/", follow=True).content.decode()
        assert "There is no such webhook" in again


@pytest.mark.parametrize(
    ("typed", "words"), [({"name": " "}, "1 to 80"), ({"level": "3"}, "takes people"), ({"level": ""}, "takes people")]
)
def test_what_is_refused_keeps_what_was_typed(comms: Client, typed: dict[str, str], words: str) -> None:
    answer = comms.post(f"{LIST}new/", {"name": "Bewaking", "level": "1"} | typed)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not CrisisHook.objects.exists()


def test_an_answer_says_what_became_of_it(comms: Client) -> None:
    hook, secret = create_hook(User.objects.get(role=Role.COMMS), name="Bewaking", level=1)
    first = told(hook, secret)
    crisis = Crisis.objects.get()
    assert (first.status_code, first.json()["crisis"], first.json()["level"]) == (201, crisis.pk, 1)
    assert first.json()["url"].endswith(f"/crises/{crisis.pk}/")
    again = told(hook, secret)
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    more = told(hook, secret, id="2", reason="Nog steeds")
    assert (more.status_code, more.json()["joined"]) == (200, True)
    wrong = told(hook, secret, id="3", level=9)
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["level"])
    assert (
        Client().post(f"/webhooks/crises/{hook.pk}/", b"{}", "application/json").json()["code"] == "signature_missing"
    )
    assert Client().get(f"/webhooks/crises/{hook.pk}/").status_code == 405
    assert Client().post("/webhooks/crises/999/", b"{}", "application/json").status_code == 404
    page = comms.get(f"/crises/{crisis.pk}/").content.decode()
    assert "Told of again" in page
    assert "Bewaking" in page


def test_who_may_not_lead_crises_has_no_say_in_it() -> None:
    hook, _secret = create_hook(colleague(Role.ADMINISTRATOR), name="Bewaking")
    for role in (Role.AGENT, Role.SUPERVISOR):
        browser = signed_in(role)
        for path in ("", "new/"):
            assert browser.get(LIST + path).status_code == 403
        for path in ("new/", f"{hook.pk}/secret/", f"{hook.pk}/revoke/"):
            assert browser.post(LIST + path).status_code == 403


def test_the_list_costs_the_same_however_long(comms: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            assert comms.get(LIST).status_code == 200
        return sum("django_session" not in query["sql"] for query in made)

    noor = User.objects.get(role=Role.COMMS)
    told(*create_hook(noor, name="Eerste"))
    comms.get(LIST)
    few = queries()
    for number in range(60):
        create_hook(noor, name=f"Bewaking {number}")
    assert queries() == few
    assert "cursor=" in comms.get(LIST).content.decode()
