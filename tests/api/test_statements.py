"""Statements through the API: what is ready, publishing in one action, and what becomes of each post."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.actions.statements import post_send
from desk.api.forms.statements import NextUpdateSerializer, OwnPostSerializer, PublicationSerializer, ReadyRowSerializer
from desk.inboxes.gateway import SendResult
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Role
from desk.statements.models import Post
from tests.actions.builders import minutes
from tests.actions.posts import WORDS, a_statement, leaves
from tests.api.caller import Caller
from tests.api.test_description import assert_alike
from tests.canned import says


@pytest.fixture(autouse=True)
def out(monkeypatch: pytest.MonkeyPatch) -> None:
    def result(post: Post, now: datetime) -> SendResult:
        return SendResult(f"out {post.pk}", now, "", f"https://x.test/{post.pk}")

    monkeypatch.setattr(post_send, "_call", result)


@pytest.fixture
def comms(db: None) -> Caller:
    return Caller(User.objects.create_user("noor", first_name="Noor", role=Role.COMMS))


@pytest.fixture
def path(comms: Caller) -> str:
    return f"crises/{comms.post('crises/', reason='De trein staat stil', level=2).body['id']}/"


def wish(inbox: Inbox, text: str = WORDS, key: str = "1", **more: object) -> dict[str, object]:
    return {"posts": [{"inbox": inbox.pk, "language": "nl", "text": text}], "idempotency_key": key, **more}


def test_a_statement_goes_out_after_a_second_person_and_says_where(
    comms: Caller, supervisor: Caller, inbox: Inbox, path: str
) -> None:
    made = comms.post(f"{path}publications/", **wish(inbox, update_minutes=60))
    assert (made.status, list(made.body)) == (202, list(PublicationSerializer().fields))
    assert_alike(made.body, PublicationSerializer)
    (post,) = made.body["posts"]
    assert list(post) == list(OwnPostSerializer().fields)
    assert (post["state"], post["needs"]) == ("held", ["approval.crisis"])
    assert comms.post(f"posts/{post['id']}/approve/").problem == (409, "own_words")
    assert supervisor.post(f"posts/{post['id']}/approve/").body["approved_by"]["username"] == "mila"
    leaves(Post.objects.get(), minutes(5))
    read = comms.get(f"posts/{post['id']}/").body
    assert (read["state"], read["url"]) == ("sent", f"https://x.test/{post['id']}")
    promised = comms.get(f"{path}update/").body
    assert list(promised) == list(NextUpdateSerializer().fields)
    assert promised["promised"]
    assert comms.post(f"{path}update/withdraw/", reason="Al verteld").body["due_at"] is None
    assert comms.post(f"{path}update/withdraw/", reason="Al verteld").status == 409
    assert comms.get(f"{path}report/").body["took"]["stated"] is not None


def test_each_step_has_an_address_and_what_is_impossible_is_refused(
    comms: Caller, supervisor: Caller, inbox: Inbox, path: str
) -> None:
    first, second = (
        comms.post(f"{path}publications/", **wish(inbox, key=key)).body["posts"][0]["id"] for key in ("1", "2")
    )
    assert supervisor.post(f"posts/{first}/reject/", reason="Te vaag").body["state"] == "cancelled"
    assert comms.post(f"posts/{second}/withdraw/").body["state"] == "cancelled"
    for step in ("withdraw", "send_again", "confirm_sent"):
        assert comms.post(f"posts/{second}/{step}/").status == 409, step
    assert comms.post("posts/9999/withdraw/").status == 404


def test_the_rules_stop_all_where_they_stop_one(comms: Caller, inbox: Inbox, path: str) -> None:
    refused = comms.post(f"{path}publications/", **wish(inbox, text="Bel jan: 06-12345678"))
    assert refused.problem == (422, "blocked_by_policy")
    assert list(refused.body["errors"]) == ["posts.0.text"]
    assert comms.post(f"{path}publications/", **{**wish(inbox), "posts": []}).status == 400


def test_who_may_not_publish_is_refused_and_agents_do_not_read_what_waits(
    comms: Caller, agent: Caller, inbox: Inbox, path: str
) -> None:
    assert agent.post(f"{path}publications/", **wish(inbox)).status == 403
    for address in ("publications/", "statements/", "update/"):
        assert agent.get(path + address).status == 403


def test_what_is_ready_is_a_table_and_its_words_are_approved_by_somebody_else(
    comms: Caller, supervisor: Caller, inbox: Inbox, path: str
) -> None:
    wanted = {"name": "Storing", "shortcut": "storing", "kind": "holding_statement", "texts": says(nl=WORDS)}
    made = comms.post("canned-responses/", **wanted, scenario="storing", stage="resolved").body
    assert (made["scenario"], made["stage"], made["approved_by"]) == ("storing", "resolved", None)
    comms.post(f"canned-responses/{made['id']}/activate/")
    assert comms.post(f"canned-responses/{made['id']}/approve/").problem == (409, "own_words")
    assert supervisor.post(f"canned-responses/{made['id']}/approve/").body["approved_by"]["username"] == "mila"
    rows = comms.get(f"{path}statements/").body
    assert list(rows[0]) == list(ReadyRowSerializer().fields)
    (resolved,) = [row for row in rows if row["stage"] == "resolved"]
    assert resolved["cells"][0] == {"network": "x", "language": "nl", "state": "ready", "statement": made["id"]}
    ready = comms.post(f"{path}publications/", **wish(inbox, statement=made["id"])).body
    assert (ready["stage"], ready["posts"][0]["prepared"], ready["posts"][0]["state"]) == ("resolved", True, "queued")


def test_a_list_costs_the_same_however_long(comms: Caller, inbox: Inbox, path: str) -> None:
    a_statement()

    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            assert comms.get(f"{path}publications/").status == 200
        return len(made)

    comms.post(f"{path}publications/", **wish(inbox))
    few = queries()
    for number in range(2, 9):
        comms.post(f"{path}publications/", **wish(inbox, key=str(number)))
    assert queries() == few
    assert len(comms.results(f"{path}publications/", page_size=3)) == 3
