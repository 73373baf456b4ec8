"""Films and moving pictures on X: brought in pieces, asked about while X works on them, with their captions."""

from typing import Any

import pytest

from connectors import errors
from connectors.base import Outgoing, OutgoingFile
from connectors.parsing.x_media import CHUNK
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company
from tests.files import GIF, PNG, mp4_of_a_telephone

MP4 = mp4_of_a_telephone()
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nGoedemorgen\n"


def _film(content: bytes = MP4, **more: Any) -> OutgoingFile:
    return OutgoingFile(content, more.pop("content_type", "video/mp4"), "film.mp4", **more)


def _brought(x: Company, file: OutgoingFile) -> str:
    with pytest.raises(errors.StillWorking) as working:
        x.connector.upload(file, private=False)
    return working.value.handle


def test_a_film_is_brought_in_pieces_and_asked_about_until_it_is_ready(sandbox: SandboxProcess) -> None:
    x = Company(sandbox, "x", film_seconds=0.3)
    mention = x.customer("mention", "laat eens zien", author="piet")
    content = MP4 + b"\0\0\0\x08free" * (CHUNK // 8)
    handle = _brought(x, _film(content, captions=VTT, captions_language="nl"))
    asked = [one["path"] for one in sandbox.call("GET", "/requests")["requests"]]
    assert len([path for path in asked if path.endswith(f"{handle}/append")]) == 2
    media = ""
    for _ in range(200):
        try:
            media = x.connector.upload(_film(b"", handle=handle), private=False)
        except errors.StillWorking:
            continue
        break
    assert media == handle
    sent = x.connector.send(Outgoing("Kijk", False, mention, mention, media=(media,)))
    shown = x.on_the_network(sent.external_id)["media"][0]
    assert (shown["kind"], shown["content_type"], shown["captions"].strip()) == ("video", "video/mp4", VTT.strip())


def test_moving_pictures_are_described_and_a_film_goes_along_in_private(sandbox: SandboxProcess) -> None:
    x = Company(sandbox, "x", film_seconds=0)
    mention = x.customer("mention", "laat eens zien", author="piet")
    moving = x.connector.upload(_film(GIF, content_type="image/gif", alt_text="een trein"), private=False)
    sent = x.connector.send(Outgoing("Kijk", False, mention, mention, media=(moving,)))
    assert x.on_the_network(sent.external_id)["media"][0]["alt_text"] == "een trein"
    message = x.customer("dm", "en mij?", author="piet")
    private = next(item for item in x.read("direct_messages")[0] if item.external_id == message)
    assert private.author is not None
    film = x.connector.upload(_film(), private=True)
    x.connector.send(Outgoing("Kijk", True, private.thread_id, recipient=private.author.external_id, media=(film,)))


def test_a_film_that_x_can_not_use_is_refused_and_one_that_it_forgot_is_brought_again(sandbox: SandboxProcess) -> None:
    x = Company(sandbox, "x", film_seconds=0, films="failed")
    with pytest.raises(errors.InvalidContent, match="could not use the film"):
        x.connector.upload(_film(), private=False)
    well = Company(sandbox, "x", film_seconds=0)
    assert well.connector.upload(_film(handle="1"), private=False) != "1"


def test_what_is_no_film_is_refused_as_the_file_that_it_is(sandbox: SandboxProcess) -> None:
    with pytest.raises(errors.InvalidContent, match="refused the attachment"):
        Company(sandbox, "x").connector.upload(_film(PNG), private=False)


def test_a_look_that_x_does_not_answer_is_made_again_later(sandbox: SandboxProcess) -> None:
    x = Company(sandbox, "x", film_seconds=60)
    handle = _brought(x, _film())
    x.arm("server_error_json", "GET /x/2/media/upload")
    with pytest.raises(errors.Transient):
        x.connector.upload(_film(handle=handle), private=False)
