"""Attachments on the screens: in the composer, beside a reply, in the approvers' queue, with canned responses."""

import re
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse, HttpResponse
from django.utils.html import escape

from desk.actions.replies import canned_files, reply_files
from desk.actions.replies.canned_check import CannedBlocked
from desk.actions.replies.reply import submit
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.replies.models import CannedResponse, Draft, Reply, ReplyAttachment
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.waiting import now_holds
from tests.canned import a_canned
from tests.files import PNG, SVG, mp4_of_a_telephone
from tests.web.browsing import Browser, asked_by

DEMANDS = {"rules": {"attachments.no_alt_text": {"severity": "block"}}}


def chosen(browser: Browser, ticket: Ticket, content: bytes = PNG, name: str = "kaart.png") -> HttpResponse:
    """As the composer hands a file in."""
    file = SimpleUploadedFile(name, content)
    return browser.send(f"/tickets/{ticket.pk}/attachments/", file=file, visibility="public")


def attached(writer: User, ticket: Ticket, **more: Any) -> ReplyAttachment:
    return reply_files.attach(writer, ticket.pk, content=PNG, **{"name": "kaart.png", **more})


def looked_at(browser: Browser, row: ReplyAttachment) -> tuple[FileResponse, bytes]:
    """The answer, and what was in it."""
    answer = cast(FileResponse, browser.client.get(f"/reply-attachments/{row.pk}/"))
    content = b"".join(cast(Any, answer.streaming_content))
    return answer, content


def test_a_file_stands_in_the_composer_and_is_there_after_a_reload(browser: Browser, ticket: Ticket) -> None:
    answer = chosen(browser, ticket, name="kaart <b>.png")
    assert escape("kaart <b>.png") in answer.content.decode()
    page = browser.page(f"/tickets/{ticket.pk}/")
    assert f'data-attachment="{ReplyAttachment.objects.get().pk}"' in page
    assert 'accept="image/gif,image/jpeg,image/png,image/webp,video/mp4"' in page


def test_a_refusal_is_a_sentence_for_the_place_where_one_looks(browser: Browser, ticket: Ticket) -> None:
    answer = chosen(browser, ticket, SVG)
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "go along" in answer.content.decode()
    assert browser.send(f"/tickets/{ticket.pk}/attachments/").status_code == 400


def test_the_verdict_says_which_attachment_and_its_button_leads_there(
    browser: Browser, suze: User, ticket: Ticket
) -> None:
    rows = [attached(suze, ticket, alt_text="Een kaart"), attached(suze, ticket)]
    ids = ",".join(str(row.pk) for row in rows)
    answer = browser.send(f"/tickets/{ticket.pk}/draft/", text="Zie de kaart", visibility="public", attached=ids)
    words = answer.content.decode()
    assert "Attachment 2 has no description" in words
    assert re.search(r'data-fix="describe"[^>]*data-attachment="2"', words)


def test_an_emptied_text_leaves_the_attachments(browser: Browser, suze: User, ticket: Ticket) -> None:
    row = attached(suze, ticket)
    browser.send(f"/tickets/{ticket.pk}/draft/", text="", visibility="public", attached=str(row.pk))
    assert Draft.objects.get().attachments.get() == row


def test_attachments_are_described_moved_taken_off_and_sent(browser: Browser, suze: User, ticket: Ticket) -> None:
    first, second, third = (attached(suze, ticket) for _one in range(3))
    assert browser.send(f"/reply-attachments/{first.pk}/describe/", alt_text="Een kaart").status_code == 204
    assert browser.send(f"/tickets/{ticket.pk}/attachments/order/", ids=f"{second.pk},{first.pk}").status_code == 204
    assert browser.send(f"/reply-attachments/{third.pk}/remove/").status_code == 204
    assert list(Draft.objects.get().attachments.all()) == [second, first]
    wish = {"text": "Zie de kaart", "visibility": "public", "key": "1", "attached": f"{second.pk},{first.pk}"}
    answer = browser.send(f"/tickets/{ticket.pk}/reply/", **wish).content.decode()
    assert [one.alt_text for one in Reply.objects.get().attachments.all()] == ["", "Een kaart"]
    assert f'src="/reply-attachments/{first.pk}/" alt="Een kaart"' in answer


def test_files_are_shown_to_who_may_see_them_in_a_box_without_scripts(
    browser: Browser, suze: User, sanne: User, ticket: Ticket
) -> None:
    row = attached(suze, ticket)
    shown, content = looked_at(browser, row)
    assert content == PNG
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert Browser(sanne).client.get(f"/reply-attachments/{row.pk}/").status_code == 404
    browser.client.logout()
    assert browser.client.get(f"/reply-attachments/{row.pk}/").status_code == 302


def test_where_nothing_goes_along_nothing_is_offered(
    browser: Browser, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = asked_by(inbox, "lars", "Waar is spoor 3?")
    Inbox.objects.update(network="gone")
    page = browser.page(f"/tickets/{ticket.pk}/")
    assert "data-attach " not in page
    assert chosen(browser, ticket).status_code == 400


def test_the_approver_sees_what_goes_along(suze: User, ticket: Ticket) -> None:
    row = attached(suze, ticket, alt_text="Een kaart van spoor 3")
    wish = {"text": "Zie de kaart", "visibility": "public", "idempotency_key": "1", "ask_approval": True}
    reply = submit(suze, ticket.pk, attachment_ids=[row.pk], **wish)  # type: ignore[arg-type]  # by name
    reader = Browser(User.objects.create_user("mila", role="supervisor"))
    page = reader.page(f"/approvals/{reply.pk}/")
    assert f'src="/reply-attachments/{row.pk}/"' in page
    assert "Een kaart van spoor 3" in page
    assert looked_at(reader, row)[1] == PNG


def test_a_reply_of_pictures_alone_has_a_name_in_the_approvers_list_and_is_approved(suze: User, ticket: Ticket) -> None:
    row = attached(suze, ticket, alt_text="Een kaart")
    wish = {"text": "", "visibility": "public", "idempotency_key": "1", "ask_approval": True}
    reply = submit(suze, ticket.pk, attachment_ids=[row.pk], **wish)  # type: ignore[arg-type]  # by name
    reader = Browser(User.objects.create_user("mila", role="supervisor"))
    assert "only attachments" in reader.page("/approvals/")
    assert 'dir="auto" required>' not in reader.page(f"/approvals/{reply.pk}/").partition('id="reject"')[0]
    reader.client.post(f"/approvals/{reply.pk}/approve/", {"text": ""})
    assert Reply.objects.get().state == "queued"


def test_the_approver_describes_otherwise_and_takes_off_on_the_page(suze: User, ticket: Ticket) -> None:
    kept, gone = attached(suze, ticket, alt_text="Een kaart"), attached(suze, ticket, alt_text="Pasfoto")
    wish = {"text": "Zie de kaart", "visibility": "public", "idempotency_key": "1", "ask_approval": True}
    reply = submit(suze, ticket.pk, attachment_ids=[kept.pk, gone.pk], **wish)  # type: ignore[arg-type]  # by name
    reader = Browser(User.objects.create_user("mila", role="supervisor"))
    address = f"/approvals/{reply.pk}/approve/"
    edit = {"text": "Zie de kaart", f"alt.{kept.pk}": "De kaart van spoor 3", "off": str(gone.pk)}
    now_holds({"rules": {"phrases.banned": {"phrases": ["kaart"], "severity": "block"}}})
    refused = reader.client.post(address, edit).content.decode()
    assert ">De kaart van spoor 3</textarea>" in refused, "what was typed is still there"
    assert f'value="{gone.pk}" checked' in refused
    assert ReplyAttachment.objects.filter(alt_text="Een kaart").exists()
    now_holds({})
    reader.client.post(address, edit)
    assert Reply.objects.get().state == "queued"
    assert [row.alt_text for row in ReplyAttachment.objects.all()] == ["De kaart van spoor 3"]


def test_what_could_not_be_sent_is_attached_again(browser: Browser, suze: User, ticket: Ticket) -> None:
    row = attached(suze, ticket, alt_text="Een kaart")
    wish = {"text": "Zie de kaart", "visibility": "public", "idempotency_key": "1"}
    reply = submit(suze, ticket.pk, attachment_ids=[row.pk], **wish)  # type: ignore[arg-type]  # by name
    Reply.objects.update(state="failed")
    for _twice in range(2):
        assert browser.send(f"/tickets/{ticket.pk}/attachments/", reply=str(reply.pk)).status_code == 200
    copy = Draft.objects.get().attachments.get()
    assert (copy.alt_text, copy.digest, copy.file.name != row.file.name) == ("Een kaart", row.digest, True)


# ── with canned responses ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def editor() -> Browser:
    return Browser(User.objects.create_user("mila", role="supervisor"))


@pytest.fixture
def canned() -> CannedResponse:
    return a_canned(state="draft", networks=["x"])  # which takes four pictures along


def to_canned(editor: Browser, canned: CannedResponse, alt_text: str = "", content: bytes = PNG) -> str:
    file = SimpleUploadedFile("kaart.png", content)
    values = {"file": file, "alt_text": alt_text}
    editor.client.post(f"/administration/canned-responses/{canned.pk}/attach/", values)
    return editor.page(f"/administration/canned-responses/{canned.pk}/")


def test_a_canned_response_has_attachments_that_go_along_once(
    editor: Browser, browser: Browser, ticket: Ticket, canned: CannedResponse
) -> None:
    assert "kaart.png" in to_canned(editor, canned, "Een kaart")
    CannedResponse.objects.update(state="active")
    offered = browser.part(f"/tickets/{ticket.pk}/canned/?visibility=public&q={canned.shortcut}")
    assert 'data-files="1"' in offered
    for _twice in range(2):
        browser.send(f"/tickets/{ticket.pk}/attachments/", canned=str(canned.pk), visibility="public")
    assert [one.alt_text for one in Draft.objects.get().attachments.all()] == ["Een kaart"]


def test_a_canned_response_whose_picture_breaks_a_rule_is_not_put_on_offer_and_says_why(
    editor: Browser, canned: CannedResponse
) -> None:
    to_canned(editor, canned)
    now_holds(DEMANDS)
    answer = editor.client.post(f"/administration/canned-responses/{canned.pk}/activate/", follow=True)
    assert CannedResponse.objects.get().state == "draft"
    assert "rule" in answer.content.decode()
    row = ReplyAttachment.objects.get()
    editor.client.post(f"/administration/canned-responses/files/{row.pk}/describe/", {"alt_text": "Een kaart"})
    editor.client.post(f"/administration/canned-responses/{canned.pk}/activate/")
    assert CannedResponse.objects.get().state == "active"
    with pytest.raises(CannedBlocked):
        canned_files.describe_canned_file(editor.person, row.pk, "")
    assert ReplyAttachment.objects.get().alt_text == "Een kaart"


def test_what_no_network_takes_is_refused_and_what_is_taken_off_is_gone(
    editor: Browser, canned: CannedResponse
) -> None:
    assert "go along" in to_canned(editor, canned, content=SVG)
    to_canned(editor, canned)
    editor.client.post(f"/administration/canned-responses/files/{ReplyAttachment.objects.get().pk}/remove/")
    assert not ReplyAttachment.objects.exists()


def test_what_stands_behind_can_go_out_earlier(editor: Browser, canned: CannedResponse) -> None:
    to_canned(editor, canned, "Een kaart")
    to_canned(editor, canned, "Het spoor")
    first, second = canned.attachments.all()
    for row, order in ((second, [second, first]), (second, [second, first]), (first, [first, second])):
        editor.client.post(f"/administration/canned-responses/files/{row.pk}/earlier/")
        assert list(canned.attachments.all()) == order


def test_captions_of_a_film_are_added_in_the_composer_and_play_as_a_track(browser: Browser, suze: User) -> None:
    take_in(an_inbox(network="bluesky", own_id="did:1"), [a_mention("1", network="bluesky")])
    ticket = Ticket.objects.get(inbox__network="bluesky")
    film = reply_files.attach(suze, ticket.pk, content=mp4_of_a_telephone(), name="film.mp4")
    page = browser.page(f"/tickets/{ticket.pk}/")
    assert "Add captions (SRT or VTT)" in page
    srt = SimpleUploadedFile("film.srt", b"1\n00:00:01,000 --> 00:00:02,000\nDe trein staat stil\n")
    item = browser.send(f"/reply-attachments/{film.pk}/caption/", file=srt, language="nl").content.decode()
    assert "Look at the captions" in item
    track = browser.client.get(f"/reply-attachments/{film.pk}/captions/")
    assert track["Content-Type"].startswith("text/vtt")
    assert track.content.decode().endswith("De trein staat stil\n")
    refused = browser.send(
        f"/reply-attachments/{film.pk}/caption/", file=SimpleUploadedFile("x.srt", b"x"), language="nl"
    )
    assert (refused.status_code, "no captions" in refused.content.decode()) == (400, True)
    message = ticket.messages.get()
    shown = message.attachments.create(
        kind="video",
        state="stored",
        content_type="video/mp4",
        file="a.mp4",
        captions="WEBVTT\n",
        captions_language="nl",
    )
    assert f'<track kind="captions" src="/attachments/{shown.pk}/captions/" srclang="nl"' in browser.page(
        f"/tickets/{ticket.pk}/"
    )
    assert browser.client.get(f"/attachments/{shown.pk}/captions/").content == b"WEBVTT\n"
    browser.send(f"/reply-attachments/{film.pk}/caption/")
    assert browser.client.get(f"/reply-attachments/{film.pk}/captions/").status_code == 404
