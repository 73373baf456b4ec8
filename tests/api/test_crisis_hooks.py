"""Crisis webhooks through the API."""

import pytest

from desk.api.forms.crisis_hooks import CrisisHookSerializer, NewCrisisHookSerializer
from desk.people.models import User
from desk.people.permissions import Role
from tests.api.caller import Caller
from tests.api.test_description import assert_alike


@pytest.fixture
def comms(db: None) -> Caller:
    return Caller(User.objects.create_user("noor", first_name="Noor", role=Role.COMMS))


def test_one_is_made_given_another_secret_and_revoked(comms: Caller) -> None:
    made = comms.post("crisis-webhooks/", name="Bewaking", level=2)
    assert made.status == 201
    assert_alike(made.body, NewCrisisHookSerializer)
    (listed,) = comms.results("crisis-webhooks/")
    assert_alike(listed, CrisisHookSerializer)
    assert (listed["address"], listed["level"]) == (f"/webhooks/crises/{listed['id']}/", 2)
    path = f"crisis-webhooks/{listed['id']}/"
    second = comms.post(path + "secret/").body
    assert second["secret"] != made.body["secret"]
    assert second["before_until"] is not None
    assert comms.post(path + "secret/", at_once=True).body["before_until"] is None
    assert comms.post("crisis-webhooks/", name="Bewaking").problem == (409, "taken")
    assert comms.post("crisis-webhooks/", name="Te veel", level=3).status == 400
    assert comms.delete(path).status == 204
    assert comms.delete(path).status == 404
    assert comms.results("crisis-webhooks/") == []


def test_supervisors_have_no_say_in_it(db: None) -> None:
    supervisor = Caller(User.objects.create_user("sander", role=Role.SUPERVISOR))
    for answer in (
        supervisor.get("crisis-webhooks/"),
        supervisor.post("crisis-webhooks/", name="x"),
        supervisor.post("crisis-webhooks/1/secret/"),
        supervisor.delete("crisis-webhooks/1/"),
    ):
        assert answer.problem == (403, "not_permitted")
