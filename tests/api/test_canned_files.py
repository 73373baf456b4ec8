"""What goes along with a canned response, by API: the same limits and the same look at the bytes as on its page."""

from pathlib import Path
from typing import Any, cast

import pytest
from django.core.files.storage import default_storage
from django.http import FileResponse

from desk.actions.replies.canned_files import MOST
from desk.inboxes.models import Inbox
from desk.replies.files import content_of
from desk.replies.models import CannedResponse, Draft, ReplyAttachment
from desk.tickets.models import Ticket
from tests.actions.waiting import now_holds
from tests.api.caller import Caller
from tests.canned import a_canned
from tests.files import PLACE, PNG, SVG, jpeg_of_a_telephone

pytestmark = pytest.mark.django_db


@pytest.fixture
def canned() -> CannedResponse:
    return a_canned(state="draft", networks=["x"])  # which takes four pictures along


def address(canned: CannedResponse, below: str = "") -> str:
    return f"canned-responses/{canned.pk}/attachments/{below}"


def attached(caller: Caller, canned: CannedResponse, content: bytes = PNG, **more: str) -> dict[str, Any]:
    answer = caller.hand_in(address(canned), content, **more)
    assert answer.status == 201, answer.body
    return cast(dict[str, Any], answer.body)


def test_files_are_attached_described_put_in_order_and_taken_off(supervisor: Caller, canned: CannedResponse) -> None:
    first = attached(supervisor, canned, jpeg_of_a_telephone(), alt_text="Een kaart")
    second = attached(supervisor, canned)
    assert (first["content_type"], first["width"], first["alt_text"]) == ("image/jpeg", 16, "Een kaart")
    assert PLACE not in content_of(ReplyAttachment.objects.get(pk=first["id"]))
    assert supervisor.get(address(canned)).body == [first, second]
    described = supervisor.patch(address(canned, f"{second['id']}/"), alt_text="Het spoor").body
    assert described["alt_text"] == "Het spoor"
    ordered = supervisor.put(address(canned, "order/"), attachment_ids=[second["id"]]).body
    assert ordered == supervisor.get(address(canned)).body == [described, first]
    assert supervisor.delete(address(canned, f"{first['id']}/")).status == 204
    assert supervisor.get(address(canned)).body == [described]


def test_agents_read_them_and_change_nothing(supervisor: Caller, agent: Caller, canned: CannedResponse) -> None:
    one = attached(supervisor, canned)
    assert agent.get(address(canned)).body == [one]
    file = cast(FileResponse, agent.get(f"reply-attachments/{one['id']}/file/").response)
    assert b"".join(cast(Any, file.streaming_content)) == PNG
    for answer in (
        agent.hand_in(address(canned), PNG),
        agent.put(address(canned, "order/"), attachment_ids=[one["id"]]),
        agent.patch(address(canned, f"{one['id']}/"), alt_text="x"),
        agent.delete(address(canned, f"{one['id']}/")),
    ):
        assert answer.problem == (403, "not_permitted")


def test_what_no_network_takes_and_what_is_too_much_is_refused(supervisor: Caller, canned: CannedResponse) -> None:
    refused = supervisor.hand_in(address(canned), SVG, name="kaart.png")
    assert refused.problem == (400, "attachment_refused")
    assert supervisor.post(address(canned), file="x").status == 415
    for _one in range(MOST):
        attached(supervisor, canned)
    assert supervisor.hand_in(address(canned), PNG).problem == (400, "attachment_refused")
    assert canned.attachments.count() == MOST


def test_a_file_is_found_under_its_own_canned_response_alone(supervisor: Caller, canned: CannedResponse) -> None:
    one, other = attached(supervisor, canned), a_canned("Anders")
    for answer in (
        supervisor.patch(address(other, f"{one['id']}/"), alt_text="x"),
        supervisor.delete(address(other, f"{one['id']}/")),
        supervisor.get("canned-responses/999999/attachments/"),
    ):
        assert answer.problem == (404, "not_found")


def test_what_is_on_offer_must_pass_the_rules_still_and_a_refused_file_leaves_no_bytes(
    supervisor: Caller, canned: CannedResponse
) -> None:
    now_holds({"rules": {"attachments.no_alt_text": {"severity": "block"}}})
    CannedResponse.objects.update(state="active")
    one = attached(supervisor, canned, alt_text="Een kaart")
    kept = _stored()
    refused = supervisor.hand_in(address(canned), PNG)
    assert refused.problem == (422, "blocked_by_policy")
    assert "attachments.no_alt_text" in {each["code"] for each in refused.body["objections"]}
    assert _stored() == kept
    assert supervisor.patch(address(canned, f"{one['id']}/"), alt_text="").status == 422
    assert supervisor.get(address(canned)).body == [one]


def test_a_program_puts_them_into_its_draft_and_sends_them(
    supervisor: Caller, agent: Caller, canned: CannedResponse, ticket: Ticket
) -> None:
    CannedResponse.objects.update(state="active")
    attached(supervisor, canned, alt_text="Een kaart")
    (offer,) = agent.get(f"tickets/{ticket.pk}/canned-responses/").body
    assert offer["files"] == 1
    (copy,) = agent.post(f"tickets/{ticket.pk}/canned-responses/{canned.pk}/attach/").body
    assert agent.post(f"tickets/{ticket.pk}/canned-responses/{canned.pk}/attach/").body == [], "each file once"
    assert [row.pk for row in Draft.objects.get().attachments.all()] == [copy["id"]]
    wish = {"text": offer["text"], "idempotency_key": "1", "attachment_ids": [copy["id"]]}
    assert agent.post(f"tickets/{ticket.pk}/reply/", **wish).body["attachments"] == [copy]
    assert agent.post(f"tickets/{ticket.pk}/canned-responses/999999/attach/").problem == (404, "not_found")


def test_where_a_network_takes_no_files_the_words_go_alone(
    supervisor: Caller, agent: Caller, canned: CannedResponse, ticket: Ticket
) -> None:
    Inbox.objects.update(network="bluesky")
    CannedResponse.objects.update(state="active")
    attached(supervisor, canned, alt_text="Een kaart")  # which the messages of Bluesky would not take
    address_of = f"tickets/{ticket.pk}/canned-responses/{canned.pk}/attach/"
    assert agent.post(address_of, visibility="private").body == []
    assert len(agent.post(address_of, visibility="public").body) == 1


def _stored() -> set[str]:
    folder = Path(default_storage.path(""))
    return {str(path) for path in folder.rglob("*") if path.is_file()}
