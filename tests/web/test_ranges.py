"""Films and voices come in parts (RFC 9110): who winds to the end does not wait for the whole, and sees no more."""

from typing import cast

import pytest
from django.core.files.base import ContentFile
from django.http.response import HttpResponseBase

from desk.people.models import User
from desk.tickets.models import Attachment, Ticket
from tests.web.browsing import Browser

FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(200))


@pytest.fixture
def film(ticket: Ticket) -> Attachment:
    made = Attachment(
        message=ticket.messages.get(), source_url="https://x.example/f.mp4", kind="video", content_type="video/mp4"
    )
    made.state, made.size = Attachment.State.STORED, len(FILM)
    made.file.save("f.mp4", ContentFile(FILM))
    return made


def asked(browser: Browser, film: Attachment, **headers: str) -> HttpResponseBase:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return cast(HttpResponseBase, browser.client.get(f"/attachments/{film.pk}/", headers=named))


def content(answer: HttpResponseBase) -> bytes:
    return answer.getvalue()


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-", 0, 211),
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=200-999999", 200, 211),
        ("bytes=-12", 200, 211),
        ("bytes=-999999", 0, 211),
        ("bytes=211-211", 211, 211),
    ],
)
def test_a_part_is_given(browser: Browser, film: Attachment, wanted: str, start: int, end: int) -> None:
    answer = asked(browser, film, Range=wanted)
    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes {start}-{end}/212")
    assert (answer["Content-Type"], answer["Content-Length"]) == ("video/mp4", str(end - start + 1))
    assert content(answer) == FILM[start : end + 1]
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "wanted",
    [
        "", "bytes=5-2", "bytes=-", "bytes=a-b", "items=0-5", "bytes=0-1,5-9", "bytes=0-0," * 500,
        "bytes=" + "9" * 5_000, "bytes=٠-٥", "bytes 0-5",
    ],
)  # fmt: skip
def test_what_is_no_single_range_gets_the_whole(browser: Browser, film: Attachment, wanted: str) -> None:
    answer = asked(browser, film, Range=wanted)
    assert (answer.status_code, answer["Accept-Ranges"]) == (200, "bytes")
    assert content(answer) == FILM


@pytest.mark.parametrize("wanted", ["bytes=212-", "bytes=999-1000", "bytes=-0"])
def test_a_part_behind_the_end_is_said_to_be_none(browser: Browser, film: Attachment, wanted: str) -> None:
    answer = asked(browser, film, Range=wanted)
    assert (answer.status_code, answer["Content-Range"], content(answer)) == (416, "bytes */212", b"")


def test_the_rest_is_given_only_of_the_very_same_bytes(browser: Browser, film: Attachment) -> None:
    whole = asked(browser, film)
    tag = whole["ETag"]
    assert content(whole) == FILM
    same = asked(browser, film, Range="bytes=100-", If_Range=tag)
    assert (same.status_code, content(same)) == (206, FILM[100:])
    for other in ('"another"', f"W/{tag}", "Wed, 21 Oct 2026 07:28:00 GMT"):
        answer = asked(browser, film, Range="bytes=100-", If_Range=other)
        assert (answer.status_code, content(answer)) == (200, FILM)


def test_a_part_is_as_private_as_the_whole(browser: Browser, expert: User, film: Attachment, ticket: Ticket) -> None:
    part = {"Range": "bytes=0-3"}
    own = asked(browser, film, **part)
    assert (own["Cache-Control"].partition(",")[0], content(own)) == ("private", FILM[:4])
    stranger = Browser(expert)
    stranger.client.logout()
    assert stranger.client.get(f"/attachments/{film.pk}/", headers=part).status_code in (302, 403)
    ticket.messages.update(deleted_at=film.message.created_at)
    assert asked(Browser(expert), film, **part).status_code == 403
    shown = asked(browser, film, **part)
    assert (shown["Cache-Control"], content(shown)) == ("no-store", FILM[:4])
