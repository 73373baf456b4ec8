"""Files that go along with an answer, end to end against the sandbox: brought there, described, shown once."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors import errors
from connectors.base import Outgoing, OutgoingFile
from connectors.sandbox.pictures import picture
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, addressed

MAP = OutgoingFile(picture("a map"), "image/png", "picture-1.png", "Een kaart van spoor 3")
DOOR = OutgoingFile(picture("a door"), "image/png", "picture-2.png")
PAPER = OutgoingFile(b"%PDF-1.4\n%%EOF\n", "application/pdf", "file-1.pdf")


@pytest.fixture
def x(sandbox: SandboxProcess) -> Company:
    return Company(sandbox, "x")


@pytest.fixture
def page(sandbox: SandboxProcess) -> Company:
    return Company(sandbox, "facebook")


def _shown(company: Company, post_id: str) -> list[dict[str, Any]]:
    media: list[dict[str, Any]] = company.on_the_network(post_id)["media"]
    return media


def _bytes_of(company: Company, media: dict[str, Any]) -> bytes:
    return company.sandbox.http.get(media["url"], timeout=20).content


def _messenger(page: Company, text: str, **more: Any) -> Outgoing:
    message = page.customer("dm", "hallo", author="els")
    author = addressed(page.read("conversations")[0])[message].author
    assert author is not None
    return Outgoing(text, True, author.external_id, recipient=author.external_id, **more)


def _ours(page: Company) -> list[tuple[str, int]]:
    """What the page said on Messenger, with how many files each message shows."""
    items = addressed(page.read("conversations")[0]).values()
    return [(item.text, len(item.attachments)) for item in items if item.outgoing]


@pytest.mark.trap(6)
def test_a_reply_on_x_shows_its_pictures_with_their_descriptions_and_the_words_stay_the_same(x: Company) -> None:
    mention = x.customer("mention", f"@{x.handle} waar is spoor 3?")
    handles = tuple(x.connector.upload(file, private=False) for file in (MAP, DOOR))
    reply = Outgoing("Zie de kaart ^JK", False, mention, reply_to=mention, media=handles)
    sent = x.connector.send(reply)
    shown = _shown(x, sent.external_id)
    assert [one["alt_text"] for one in shown] == ["Een kaart van spoor 3", ""]
    assert [_bytes_of(x, one) for one in shown] == [MAP.content, DOOR.content]
    found = x.connector.find_sent(reply)
    assert found is not None
    assert found.external_id == sent.external_id


def test_a_private_message_on_x_takes_a_picture_along(x: Company) -> None:
    message = x.customer("dm", "kijk", author="els")
    item = addressed(x.read("direct_messages")[0])[message]
    sent = x.connector.send(
        Outgoing("Zie de kaart", True, item.thread_id, media=(x.connector.upload(MAP, private=True),))
    )
    assert [one["alt_text"] for one in _shown(x, sent.external_id)] == [MAP.alt_text]


def test_a_comment_on_facebook_shows_a_picture_with_its_description_and_needs_no_words(page: Company) -> None:
    comment = page.customer("comment", "Waar is spoor 3?")
    thread = addressed(page.read("comments")[0])[comment].thread_id
    for text in ("Zie de kaart ^JK", ""):
        handle = page.connector.upload(MAP, private=False)
        sent = page.connector.send(Outgoing(text, False, thread, reply_to=comment, media=(handle,)))
        (shown,) = _shown(page, sent.external_id)
        assert (shown["alt_text"], _bytes_of(page, shown)) == (MAP.alt_text, MAP.content)


def test_messenger_gets_each_file_in_a_message_of_its_own_and_the_words_last(page: Company) -> None:
    handles = tuple(page.connector.upload(file, private=True) for file in (MAP, PAPER))
    sent = page.connector.send(_messenger(page, "Zie de kaart", media=handles))
    assert _ours(page) == [("", 1), ("", 1), ("Zie de kaart", 0)]
    assert [_shown(page, part)[0]["kind"] for part in sent.parts] == ["image", "file"]
    assert page.on_the_network(sent.external_id)["text"] == "Zie de kaart"


def test_what_an_earlier_try_left_on_messenger_is_not_shown_twice(page: Company) -> None:
    handles = tuple(page.connector.upload(file, private=True) for file in (MAP, DOOR))
    reply = _messenger(page, "Zie de kaart", media=handles, submitted_at=datetime.now(UTC))
    page.connector.send(replace(reply, text="", media=handles[:1]))  # as far as it came
    sent = page.connector.send(replace(reply, again=True))
    assert _ours(page) == [("", 1), ("", 1), ("Zie de kaart", 0)]
    assert len(sent.parts) == 2


@pytest.mark.parametrize("slug", ["x", "facebook"])
def test_an_upload_whose_answer_is_lost_is_a_passing_fault_because_nobody_sees_it(
    sandbox: SandboxProcess, slug: str
) -> None:
    company = Company(sandbox, slug)
    company.arm("timeout_after", f"POST /{slug}", seconds=1.0)
    with pytest.raises(errors.Transient):
        company.connect(timeout=0.5).upload(MAP, private=False)


@pytest.mark.parametrize("slug", ["x", "facebook"])
def test_a_file_that_the_network_does_not_take_is_refused_for_good(sandbox: SandboxProcess, slug: str) -> None:
    drawing = OutgoingFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", "picture-1.png")
    with pytest.raises(errors.InvalidContent, match="refused the attachment"):
        Company(sandbox, slug).connector.upload(drawing, private=False)


@pytest.mark.parametrize(("kind", "begins"), [("audio", b"ftyp"), ("video", b"\x1aE\xdf\xa3")])
def test_voice_and_film_of_a_customer_are_real_and_named_as_what_they_are(
    page: Company, kind: str, begins: bytes
) -> None:
    said = page.customer("dm", "", author="els", media=[{"kind": kind, "alt_text": ""}])
    (file,) = addressed(page.read("conversations")[0])[said].attachments
    assert file.kind == kind
    assert begins in page.sandbox.http.get(file.url, timeout=20).content[:8]
