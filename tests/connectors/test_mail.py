"""A mailbox against servers of others: reading, answering, conversations, and every way in which it may go wrong."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest

from connectors import errors, mailbox_imap
from connectors.base import Account, Outgoing, OutgoingFile
from connectors.networks.mail import Mail
from connectors.parsing.mail import LARGEST, TOO_LARGE, Fetched, Mailbox, item_of
from connectors.parsing.mail_address import sealed, tag_in
from tests.connectors.mail_server import ADDRESS, KEY, NOON, MailServers, a_mail, running_mail_servers
from tests.files import PNG

PROVEN = "mx.vlotlijn.example; spf=pass smtp.mailfrom=reizigers.example; dmarc=pass header.from=reizigers.example"


@pytest.fixture(scope="module")
def both() -> Iterator[MailServers]:
    with running_mail_servers() as running:
        yield running


@pytest.fixture
def servers(both: MailServers) -> MailServers:
    both.empty()
    return both


def an_answer(servers: MailServers, **more: Any) -> tuple[Outgoing, Message]:
    """We answer the first mail of the mailbox; what left."""
    item = servers.mail().fetch("mails", {}).items[0]
    assert item.author is not None
    message = Outgoing(
        "We zoeken het uit.\n\nMila", private=True, thread_id=item.thread_id, reply_to=item.external_id,
        recipient=item.author.external_id, now=NOON, idempotency_key="1:a", original=item.raw,
    )  # fmt: skip
    message = replace(message, **more)
    servers.mail().send(message)
    return message, message_from_bytes(bytes(servers.post.sent[-1].original_content or b""))


def test_the_connection_is_tried_both_ways(servers: MailServers) -> None:
    info = servers.mail().check()
    assert (info.own_id, info.name, info.problems, info.limits) == (ADDRESS, "Vlotlijn", (), {"tagged_addresses": True})
    (problem,) = servers.mail(checked_by="").check().problems
    assert "not proven" in problem


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"password": "fout"}, errors.AuthExpired),
        ({"password": "fóut"}, errors.AuthExpired),
        ({"folder": "Nergens"}, errors.NotFound),
        ({"smtp_url": "smtp://127.0.0.1:1"}, errors.Transient),
        ({"address": "geen adres"}, errors.InvalidContent),
    ],
)
def test_what_is_wrong_is_said(servers: MailServers, wrong: dict[str, str], refusal: type[errors.NetworkError]) -> None:
    with pytest.raises(refusal) as refused:
        servers.mail(**wrong).check()
    assert "geheim" not in f"{refused.value!r}{refused.value.detail}"


def test_a_server_that_is_away_or_speaks_something_else(servers: MailServers) -> None:
    for address, refusal in (
        ("imap://127.0.0.1:1", errors.Transient),
        (f"imap://127.0.0.1:{servers.smtp_port}", errors.NetworkError),
        (f"imaps://127.0.0.1:{servers.imap_port}", errors.Transient),
    ):
        with pytest.raises(refusal):
            Mail(Account(servers.credentials, address, ADDRESS, KEY, timeout=3)).fetch("mails", {})
    with pytest.raises(errors.AddressRefused):
        Mail(Account(servers.credentials, "https://127.0.0.1", ADDRESS, KEY))


def test_mail_is_read_once_in_its_order_and_page_by_page(servers: MailServers) -> None:
    servers.deliver(*[a_mail(f"Vraag {number}", name=str(number)) for number in range(23)])
    mailbox = servers.mail()
    first = mailbox.fetch("mails", {})
    second = mailbox.fetch("mails", first.cursor)
    assert (len(first.items), first.more, len(second.items), second.more) == (20, True, 3, False)
    assert mailbox.fetch("mails", second.cursor).items == ()
    servers.deliver(a_mail("Nog een", name="later"))
    third = mailbox.fetch("mails", second.cursor)
    assert [item.text for item in third.items] == ["Vraag\n\nNog een"]


def test_a_mailbox_that_is_numbered_anew_is_read_again_from_its_last_day(servers: MailServers) -> None:
    servers.deliver(a_mail("Oud", name="oud"), at=NOON - timedelta(days=5))
    servers.deliver(a_mail("Nieuw", name="nieuw"))
    page = servers.mail().fetch("mails", {})
    again = servers.mail().fetch("mails", {**page.cursor, "validity": 1, "uid": 9_999})
    assert [item.external_id for item in again.items] == [page.items[1].external_id]
    assert again.cursor == page.cursor
    assert (
        servers.mail().fetch("mails", servers.mail().cursor_at("mails", NOON - timedelta(days=30))).items == page.items
    )


def test_an_answer_has_the_headers_by_which_programs_know_a_conversation(servers: MailServers) -> None:
    servers.deliver(a_mail(subject="Vertraging"))
    message, sent = an_answer(servers)
    assert (sent["Subject"], sent["To"]) == ("Re: Vertraging", "marit@reizigers.example")
    assert sent["From"] == f"Vlotlijn <{ADDRESS}>"
    assert sent["In-Reply-To"] == sent["References"] == "<1@reizigers.example>"
    tag = tag_in(sent["Reply-To"])
    assert tag is not None
    assert str(tag) == sealed(KEY, "t", message.thread_id)
    assert servers.mail().send(message).external_id == f"mail:{sent['Message-ID'].strip('<>')}"


@pytest.mark.parametrize("way", ["in_reply_to", "tag", "references"])
def test_a_reply_finds_its_conversation(servers: MailServers, way: str) -> None:
    servers.deliver(a_mail())
    message, sent = an_answer(servers)
    more = {
        "in_reply_to": {"In_Reply_To": sent["Message-ID"], "sender": "collega@reizigers.example"},
        "tag": {"to": f"Vlotlijn <{sent['Reply-To'].upper()}>", "sender": "collega@reizigers.example"},
        "references": {"References": "<1@reizigers.example>"},
    }[way]
    servers.deliver(a_mail("Dank u\n\nOp di 10 mrt. 2026 schreef Vlotlijn <x@y>:\n> We zoeken", name="2", **more))
    reply = servers.mail().fetch("mails", {}).items[1]
    assert (reply.thread_id, reply.text) == (message.thread_id, "Dank u")
    assert "We zoeken" in reply.raw["text"]


@pytest.mark.parametrize("how", ["guessed id", "foreign seal", "another sender"])
def test_nobody_writes_into_the_case_of_somebody_else(servers: MailServers, how: str) -> None:
    servers.deliver(a_mail())
    message, _sent = an_answer(servers)
    forged = sealed("not our key", "t", message.thread_id)
    more = {
        "guessed id": {"In_Reply_To": f"<balie.{forged}.0123456789abcdef@vlotlijn.example>"},
        "foreign seal": {"to": f"help+{forged}@vlotlijn.example"},
        "another sender": {"References": "<1@reizigers.example>"},
    }[how]
    servers.deliver(a_mail("Ik ook", sender="dief@elders.example", name="2", **more))
    assert servers.mail().fetch("mails", {}).items[1].thread_id != message.thread_id


def test_two_mails_with_one_id_are_two_mails(servers: MailServers) -> None:
    """Whoever writes a mail chooses its id: it must not replace what another customer wrote."""
    again = a_mail("Mijn vraag")
    servers.deliver(again, a_mail("Iets anders", sender="dief@elders.example"), again)
    page = servers.mail().fetch("mails", {})
    assert [item.text for item in page.items] == ["Vraag\n\nMijn vraag", "Vraag\n\nIets anders"]
    servers.deliver(again)  # by another way, a while later
    (told,) = servers.mail().fetch("mails", page.cursor).items
    assert told.event_key == page.items[0].event_key


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"Auto_Submitted": "no"}, ""),
        ({"Precedence": "bulk"}, "bulk"),
        ({"List_Id": "<nieuws.example>"}, "list"),
        ({"X_Auto_Response_Suppress": "All"}, "auto_reply"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"sender": "MAILER-DAEMON@mx.example"}, "bounce"),
        ({"sender": ADDRESS}, "own"),
        ({"sender": f"Vlotlijn <help+t.x@{ADDRESS.partition('@')[2]}>"}, "own"),
        ({}, ""),
    ],
)
def test_what_a_machine_wrote_is_nobodys_answer(servers: MailServers, headers: dict[str, str], why: str) -> None:
    servers.deliver(a_mail(**headers))
    (item,) = servers.mail().fetch("mails", {}).items
    assert (item.raw["automatic"], item.addressed, item.doubt == "automatic") == (why, not why, bool(why))


def test_a_refused_answer_comes_back_to_its_conversation(servers: MailServers) -> None:
    servers.deliver(a_mail())
    message, sent = an_answer(servers)
    report = (
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such mailbox\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: {sent['Message-ID']}\r\n\r\nWe zoeken\r\n--b--"
    )
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    servers.deliver(a_mail(report, sender="mailer-daemon@mx.example", name="2", **{"Content-Type": kind}))
    (bounce,) = [item for item in servers.mail().fetch("mails", {}).items if item.doubt == "automatic"]
    assert (bounce.thread_id, bounce.raw["automatic"], bounce.addressed) == (message.thread_id, "bounce", False)


@pytest.mark.parametrize(
    ("said", "doubt"),
    [
        (PROVEN, ""),
        (PROVEN.replace("mx.vlotlijn", "mx.dief"), "sender"),  # written by whoever sent it
        ("mx.vlotlijn.example; spf=fail smtp.mailfrom=dief.example; dkim=none", "sender_failed"),
        ("mx.vlotlijn.example; spf=pass smtp.mailfrom=dief.example; dkim=none", "sender"),
        ("mx.vlotlijn.example; spf=pass smtp.mailfrom=reizigers.example; dmarc=fail", "sender_failed"),
        ("mx.vlotlijn.example; spf=softfail; dkim=pass header.d=reizigers.example", ""),
        ("mx.vlotlijn.example (spf=fail); dkim=pass header.d=reizigers.example", ""),
        ("mx.vlotlijn.example; spf=pass smtp.mailfrom=dief.example; dkim=fail header.d=reizigers.example", "sender"),
        ("", "sender"),
    ],
)
def test_a_sender_is_proven_by_our_own_server_alone(servers: MailServers, said: str, doubt: str) -> None:
    servers.deliver(a_mail(**{"Authentication-Results": said}))
    (item,) = servers.mail().fetch("mails", {}).items
    assert item.doubt == doubt


@pytest.mark.parametrize(
    ("step", "said", "refusal"),
    [
        ("MAIL", "550 not you", errors.PermissionMissing),
        ("RCPT", "550 nobody", errors.RecipientUnavailable),
        ("RCPT", "451 later", errors.Transient),
        ("DATA", "554 spam", errors.InvalidContent),
        ("DATA", "451 later", errors.Transient),
        ("RCPT", "", errors.Transient),
        ("DATA", "", errors.OutcomeUnknown),
    ],
)
def test_each_answer_of_the_mail_server_means_something(
    servers: MailServers, step: str, said: str, refusal: type[errors.NetworkError]
) -> None:
    servers.deliver(a_mail())
    servers.post.says[step] = said
    with pytest.raises(refusal):
        an_answer(servers)


@pytest.mark.parametrize(
    ("step", "said", "refusal"),
    [
        ("RCPT", "<html>502 Bad Gateway</html>", errors.Transient),
        ("DATA", "<html>502 Bad Gateway</html>", errors.OutcomeUnknown),
        ("DATA", "25", errors.OutcomeUnknown),
        ("RCPT", "421 closing", errors.Transient),
    ],
)
def test_what_is_no_answer_is_not_taken_for_a_yes(
    servers: MailServers, step: str, said: str, refusal: type[errors.NetworkError]
) -> None:
    servers.deliver(a_mail())
    servers.post.says[step] = said
    with pytest.raises(refusal):
        an_answer(servers)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ([b"[AUTHENTICATIONFAILED] Invalid credentials"], errors.AuthExpired),
        ([b"[UNAVAILABLE] Temporary system error"], errors.Transient),
        ([b"[LIMIT] Too many simultaneous connections"], errors.RateLimited),
        ([b"[OVERQUOTA] Account exceeded bandwidth limits"], errors.RateLimited),
        ([b"[NOPERM] Not for you"], errors.PermissionMissing),
        ([b"[ALERT] Something else"], errors.AuthExpired),
        ([None], errors.AuthExpired),
        (None, errors.AuthExpired),
    ],
)
def test_a_mailbox_that_is_busy_is_not_signed_out(said: list[Any] | None, refusal: type[errors.NetworkError]) -> None:
    wrong = errors.AuthExpired("The mailbox does not take this user name and password.")
    assert type(mailbox_imap._refusal(said, wrong)) is refusal


def test_a_long_id_of_the_customers_program_stays_one(servers: MailServers) -> None:
    """Python folds what is long into an encoding, and then no program knows which mail is answered."""
    long = f"{'DB9PR04MB' * 8}@{'eurprd04.' * 6}outlook.com"
    servers.deliver(a_mail(Message_ID=f"<{long}>", name="", References=f"<{'a' * 200}@x.example>"))
    _message, sent = an_answer(servers)
    raw = bytes(servers.post.sent[-1].original_content or b"")
    assert f"In-Reply-To: <{long}>".encode() in raw
    assert sent["References"].split() == [f"<{'a' * 200}@x.example>", f"<{long}>"]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_a_lost_answer_is_looked_for_where_the_server_keeps_what_was_sent(servers: MailServers) -> None:
    servers.deliver(a_mail())
    message, _sent = an_answer(servers)
    assert servers.mail().find_sent(message) is None  # this server keeps nothing


def test_nothing_of_a_customer_gets_into_the_headers_of_an_answer(servers: MailServers) -> None:
    servers.deliver(a_mail(subject="Hoi =?utf-8?q?=0D=0ABcc:_dief@elders.example?="))
    _message, sent = an_answer(servers)
    assert (sent["Bcc"], sent["Subject"]) == (None, "Re: Hoi Bcc: dief@elders.example")
    original = {"message_id": "a>\r\nBcc: x", "references": ["b>\r\nBcc: y", 5], "subject": "A\r\nBcc: z"}
    _message, sent = an_answer(servers, original=original)
    assert (sent["Bcc"], sent["In-Reply-To"], sent["Subject"]) == (None, None, "Re: A Bcc: z")
    with pytest.raises(errors.RecipientUnavailable):
        an_answer(servers, recipient="x@y.example, z@y.example")


def test_files_go_both_ways(servers: MailServers) -> None:
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nZie foto\r\n--b\r\nContent-Type: image/png\r\n"
        'Content-Disposition: attachment; filename="x.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    body += base64.b64encode(PNG).decode() + "\r\n--b--"
    servers.deliver(a_mail(body, **{"Content-Type": 'multipart/mixed; boundary="b"'}))
    (item,) = servers.mail().fetch("mails", {}).items
    (file,) = item.attachments
    assert (item.text, file.kind, file.content_type) == ("Vraag\n\nZie foto", "image", "image/png")
    assert servers.mail().download(file.url, max_bytes=1_000_000) == PNG
    with pytest.raises(errors.InvalidContent):
        servers.mail().download(file.url, max_bytes=10)
    for gone in ("mail:1/1/0", file.url + "9", "mail:x", "https://x.example/a"):
        with pytest.raises(errors.NotFound):
            servers.mail().download(gone, max_bytes=100)
    handle = servers.mail().upload(OutgoingFile(PNG, "image/png", "kaart.png"), private=True)
    _message, sent = an_answer(servers, media=(handle,))
    (part,) = [part for part in sent.walk() if part.get_content_type() == "image/png"]
    assert (part.get_payload(decode=True), part.get_filename()) == (PNG, "kaart.png")


def nested(depth: int) -> bytes:
    opened = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + b"".join(opened) + b"Content-Type: text/plain\r\n\r\nhoi\r\n"


HOSTILE = {
    "parts in parts": nested(50),
    "lines": b"From: a@b.example\r\n\r\n" + b"x\n" * 300_000,
    "a long header": b"From: a@b.example\r\nSubject: " + b"a" * 900_000 + b"\r\n\r\nhoi",
    "many headers": b"From: a@b.example\r\n" + b"X-a: b\r\n" * 50_000 + b"\r\nhoi",
    "no mail at all": bytes(range(1, 256)) * 50,
    "an unknown encoding": b"From: a@b.example\r\nContent-Type: text/plain; charset=nope\r\n\r\n\xff\xfe",
    "a broken encoding": b"From: =?x-unknown?b?????= <a@b.example>\r\nSubject: =?utf-8?b?//8=?=\r\n\r\nhoi",
    "broken base64": b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!====",
    "comments without end": b"From: " + b"(" * 5_000 + b"<a@b.example>\r\nTo: " + b'"a,' * 4_000 + b"\r\n\r\nhoi",
    "markup": b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<script>steal()</script><p onclick=x>hoi</p>",
    "words that look like a quotation": b"From: a@b.example\r\n\r\n" + (b"Op " * 90 + b"\r\n") * 200,
    "a date of nowhere": b"From: a@b.example\r\nDate: Tue, 99 Foo 9999 99:99:99 +9999\r\n\r\nhoi",
    "NUL": b"From: a@b.example\r\nSubject: =?utf-8?q?a=00b?=\r\n\r\nh\x01oi",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_harms_no_other(servers: MailServers, name: str) -> None:
    servers.deliver(a_mail("Voor", name="0"), HOSTILE[name], a_mail("Na", name="2"))
    page = servers.mail().fetch("mails", {})
    texts = [item.text for item in page.items]
    assert "Vraag\n\nVoor" in texts
    assert "Vraag\n\nNa" in texts
    assert len(page.items) + len(page.unreadable) == 3
    for item in page.items:
        assert "steal" not in item.text
        assert "\x00" not in item.text
        assert item.created_at <= NOON


def test_parts_in_parts_without_end_are_not_taken_apart() -> None:
    """No server would take such a mail; one that did must not stop us."""
    content = nested(2_000)
    item = item_of(Fetched(1, 1, NOON, len(content), content), Mailbox(ADDRESS, KEY))
    assert (item.text, item.about) == ("", {"withheld": TOO_LARGE})


def test_a_mail_that_is_too_large_is_told_of_and_not_taken_apart(servers: MailServers) -> None:
    servers.deliver(a_mail("x" * (LARGEST + 10)), a_mail("Na", name="2"))
    large, small = servers.mail().fetch("mails", {}).items
    assert (large.text, large.about) == ("Vraag", {"withheld": TOO_LARGE})
    assert small.text.endswith("Na")
