"""Files that lie, files that burst, and addresses that lead inside: what becomes of each on every network."""

import gzip
import io
import socket
import struct
import zipfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from desk.actions.inboxes import poll
from desk.actions.intake import attachments, ingest
from desk.inboxes.models import Inbox, StreamState
from desk.tickets.models import Attachment
from tests.connectors.mail_server import ADDRESS, running_mail_servers
from tests.connectors.wire import Said, Wire, running_wire
from tests.files import GIF, JPEG, PDF, PNG, SVG, chunk, png_of, riff
from tests.hostile.said import WITH_FILES, Words, network
from tests.hostile.test_matrix import Told, harmless
from tests.web.browsing import Browser

pytestmark = pytest.mark.django_db

GONE = "The network no longer has this file."
INSIDE = "The address of this file is not on the public internet."
LARGE, KIND, HUGE = "larger than 25 MB", "This kind of file is not taken in.", "too large to look at"


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("trein.png", bytes(50_000_000))
    return packed.getvalue()


def _moving(picture: bytes, frames: int) -> bytes:
    return picture[:33] + chunk(b"acTL", struct.pack(">II", frames, 0)) + picture[33:]


_FRAME = JPEG.index(b"\xff\xc0") + 5
FILES: Mapping[str, tuple[Said, str]] = {
    "an honest picture": (Said(PNG, headers={"Content-Type": "image/png"}), ""),
    "50 MB": (Said(PNG + bytes(50_000_000), headers={"Content-Type": "image/png"}), LARGE),
    "50 MB in 50 kB": (Said(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}), LARGE),
    "a zip bomb as a picture": (Said(_zipped(), headers={"Content-Type": "image/png"}), KIND),
    "a program as a picture": (Said(b"MZ\x90\x00" * 300, headers={"Content-Type": "image/jpeg"}), KIND),
    "a page as a picture": (Said(b"<html><script>alert(1)</script>", headers={"Content-Type": "image/gif"}), KIND),
    "an SVG": (Said(SVG, headers={"Content-Type": "image/svg+xml"}), KIND),
    "an SVG as a PNG": (Said(b"<?xml version='1.0'?>" + SVG, headers={"Content-Type": "image/png"}), KIND),
    "a picture as a page": (Said(PNG, headers={"Content-Type": "text/html"}), ""),
    "a page behind a picture": (Said(PNG + b"<script>alert(1)</script>", headers={"Content-Type": "text/html"}), ""),
    "a document with a program": (Said(PDF.replace(b"/Catalog", b"/JavaScript"), headers={}), ""),
    "60,000 pixels square": (Said(png_of(60_000, 60_000)), HUGE),
    "so many, cut off": (Said(png_of(60_000, 60_000)[:60]), HUGE),
    "a JPEG of so many, cut off": (Said(JPEG[:_FRAME] + b"\xff\xff" * 2 + JPEG[_FRAME + 4 : -30]), HUGE),
    "a GIF's frame of so many": (
        Said(GIF.replace(b"\x2c" + bytes(4) + b"\x01\x00\x01\x00", b"\x2c" + bytes(4) + b"\xff" * 4)),
        HUGE,
    ),
    "a WebP of so many, cut off": (Said(riff((b"VP8X", bytes(4) + b"\xff" * 6))[:31]), HUGE),
    "a PNG of 10,000 frames": (Said(_moving(png_of(8_000, 8_000), 10_000)), KIND),
    "nothing": (Said(b""), KIND),
    "gone": (Said(b"", 404), GONE),
    "a redirect to metadata": (Said(b"", 302, {"Location": "http://169.254.169.254/latest/meta-data/"}), INSIDE),
    "a redirect to a file": (Said(b"", 302, {"Location": "file:///etc/passwd"}), INSIDE),
    "a redirect round and round": (Said(b"", 302, {"Location": "?again"}), INSIDE),
}
ADDRESSES = (
    "http://127.0.0.1/a.png", "http://127.1/a.png", "http://2130706433/a.png", "http://0x7f.0.0.1/a.png",
    "http://0177.0.0.1/a.png", "http://017700000001/a.png", "http://[::1]/a.png", "http://[::ffff:127.0.0.1]/a.png",
    "http://[::127.0.0.1]/a.png", "http://[64:ff9b::7f00:1]/a.png", "http://[2002:7f00:1::]/a.png",
    "http://[fec0::1]/a.png", "http://[fe80::1%25eth0]/a.png", "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.7/a.png", "http://172.16.0.1/a.png", "http://192.168.1.1/a.png", "http://100.64.0.1/a.png",
    "http://0.0.0.0/a.png", "http://localhost/a.png", "http://inside.example/a.png", "http://both.example/a.png",
    "http://user:secret@10.0.0.7/a.png", "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL",
    "//127.0.0.1/a.png", "javascript:alert(1)", "http://\x00/a.png", "http://exa mple/a.png", "https://" + "x" * 5_000,
)  # fmt: skip


@pytest.fixture
def files(settings: Settings) -> Iterator[Wire]:
    """Where media are kept, on a private address that is allowed as long as a test says so."""
    settings.ALLOW_PRIVATE_NETWORKS = True
    with running_wire() as running:
        yield running


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that lead inside, one of them with a public address in front."""
    known = {"inside.example": ["10.0.0.7"], "both.example": ["93.184.216.34", "10.0.0.7"]}
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: Any, **options: Any) -> Any:
        if host in known:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]
        return real(host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize("name", WITH_FILES)
def test_files_that_lie_or_burst(name: str, wire: Wire, files: Wire, agent: Browser, tell: Told) -> None:
    asked = network(name, wire)
    contents = [said for said, _reason in FILES.values()]
    files.answer_with(lambda one: contents[int(one.path.rpartition("/")[2])])
    words = [Words(number, files=(f"{files.address}/{number}",)) for number in range(len(FILES))]
    assert not asked.say(*words)
    fetched()
    for one, (case, (_said, reason)) in zip(words, FILES.items(), strict=True):
        file = Attachment.objects.get(message=asked.found(one))
        page = harmless(agent.part(f"/tickets/{file.message.ticket_id}/"))
        if reason:
            assert (file.state, bool(file.file)) == (Attachment.State.REFUSED, False), case
            assert reason in file.reason, case
            assert file.reason in page, case
        else:
            assert file.state == Attachment.State.STORED, (case, file.reason)
            answer = agent.client.get(f"/attachments/{file.pk}/")
            assert answer.getvalue()  # which closes it, too
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer["Content-Type"] in ("image/png", "application/octet-stream"), case
            assert f"/attachments/{file.pk}/" in page, case
        tell(name, "files", case, str(file.state), file.reason)


@pytest.mark.parametrize("name", WITH_FILES)
def test_addresses_that_lead_inside(
    name: str, wire: Wire, files: Wire, names: None, settings: Settings, agent: Browser, tell: Told
) -> None:
    """As files, as pictures of a person, and as links in a profile: nothing behind any of them is ever asked."""
    asked = network(name, wire)
    own = f"{files.address}/ours.png"
    hostile = [Words(number, files=(url,), avatar=url, links=(url, own)) for number, url in enumerate(ADDRESSES)]
    assert not asked.say(*hostile, Words(900, files=(own,), avatar=own, links=(own,)))
    settings.ALLOW_PRIVATE_NETWORKS = False
    fetched()
    assert files.asked == []
    for words, url in zip(hostile, ADDRESSES, strict=True):
        kept = Attachment.objects.filter(message=asked.found(words))
        for file in kept:
            assert (file.state, file.reason) == (Attachment.State.REFUSED, INSIDE), url
        if words.number % 7 == 0:  # the pages are alike
            message = asked.found(words)
            assert message is not None
            harmless(agent.part(f"/tickets/{message.ticket_id}/"))
        tell(name, "addresses", url[:40].replace("\x00", "␀"), "not called" if kept else "no file", "")
    assert files.asked == []


def fetched() -> None:
    """Every file that waits, as often as the desk tries."""
    later = timezone.now()
    while attachments.fetch_due(later, limit=100):
        later += timedelta(hours=1)


def test_files_inside_of_mails_that_lie_or_burst(agent: Browser, tell: Told, settings: Settings) -> None:
    """There is no address: the bytes lie in the mailbox, whatever the mail calls them."""
    settings.ALLOW_PRIVATE_NETWORKS = True
    bodies = {case: said.body for case, (said, _) in FILES.items() if said.status == 200}
    inside = {case: body for case, body in bodies.items() if isinstance(body, bytes) and 0 < len(body) < 1_000_000}
    with running_mail_servers() as servers:
        inbox = Inbox(network="mail", name="Post", own_id=ADDRESS, handle=ADDRESS, base_url=servers.base_url)
        inbox.credentials = servers.credentials
        inbox.save()
        stream = StreamState.objects.create(inbox=inbox, name="mails", next_poll_at=timezone.now())
        now = timezone.now()
        servers.deliver(*[_with_file(case, body) for case, body in inside.items()], at=now)
        poll.poll(stream.pk, now)
        ingest.process(inbox.pk, timezone.now())
        fetched()
    for case in inside:
        file = Attachment.objects.get(message__text=f"{case}\n\nZie de foto", message__inbox=inbox)
        page = harmless(agent.part(f"/tickets/{file.message.ticket_id}/"))
        reason = FILES[case][1]
        if reason and reason != LARGE:
            assert (file.state, bool(file.file)) == (Attachment.State.REFUSED, False), case
            assert reason in file.reason, case
            assert file.reason in page, case
        elif not reason:
            assert file.state == Attachment.State.STORED, (case, file.reason)
        tell("mail", "files", case, str(file.state), file.reason)


def _with_file(subject: str, content: bytes) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "jan@x.example", ADDRESS, subject
    letter.set_content("Zie de foto")
    letter.add_attachment(content, maintype="image", subtype="png", filename="../../trein.png")
    return letter.as_bytes(policy=SMTP)
