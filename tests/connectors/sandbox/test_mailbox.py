"""The sandbox's mailboxes: mails that customers write, read by pymap and answered by SMTP, and what a restart keeps."""

import itertools
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors import errors
from connectors.base import Account, Item, Outgoing
from connectors.networks.mail import Mail
from tests.connectors.sandbox.conftest import SandboxProcess

_numbers = itertools.count(1)
_FORGED = {"handle": "dief@elders.example", "settings": {"forged": True}}
_MACHINE = {"handle": "weg@kantoor.example", "settings": {"automatic": True}}


class Company:
    """A mailbox of one test, from both sides."""

    def __init__(self, sandbox: SandboxProcess, handle: str) -> None:
        self.sandbox, self.handle = sandbox, handle
        self.made = sandbox.call("POST", "/accounts", {"network": "mailbox", "handle": handle, "name": "Vlotlijn"})
        self.cursor: Any = {}

    def mail(self, **more: str) -> Mail:
        given = {**self.made["credentials"], **more}
        return Mail(Account(given, self.made["base_url"], self.made["id"], "a key", timeout=5))

    def hears(self, text: str, author: object = "jan_de_boer", **more: Any) -> Any:
        row = {"network": "mailbox", "account": self.handle, "kind": "dm", "author": author, "text": text, **more}
        return self.sandbox.call("POST", "/posts", row)

    def reads(self) -> tuple[Item, ...]:
        page = self.mail().fetch("mails", self.cursor)
        self.cursor = page.cursor
        return page.items

    def answers(self, item: Item, text: str) -> Outgoing:
        assert item.author is not None
        answer = Outgoing(
            text, private=True, thread_id=item.thread_id, reply_to=item.external_id, recipient=item.author.external_id,
            now=datetime.now(UTC), idempotency_key=text, original=item.raw,
        )  # fmt: skip
        self.mail().send(answer)
        return answer

    def shown(self) -> list[dict[str, Any]]:
        """What the town square shows."""
        query = f"network=mailbox&account={self.handle}&private=true"
        found: list[dict[str, Any]] = requests.get(f"{self.sandbox.address}/square/feed?{query}", timeout=10).json()[
            "posts"
        ]
        return found


@pytest.fixture
def company(sandbox: SandboxProcess) -> Company:
    return Company(sandbox, f"mail{next(_numbers)}")


def test_a_mail_is_read_answered_and_the_answer_is_on_the_square(company: Company) -> None:
    company.hears("Waar blijft mijn geld?", subject="Teruggave €", media=["een kaartje"])
    (item,) = company.reads()
    assert item.author is not None
    assert (item.text, item.author.external_id, item.doubt) == (
        "Teruggave €\n\nWaar blijft mijn geld?", "jan_de_boer@reizigers.example", "",
    )  # fmt: skip
    assert company.mail().download(item.attachments[0].url, max_bytes=10**6).startswith(b"\x89PNG")
    answer = company.answers(item, "Dat zoeken we uit.")
    assert company.mail().find_sent(answer) is not None
    assert [(one["text"], one["origin"], one["person"]["handle"]) for one in company.shown()] == [
        ("Waar blijft mijn geld?", "customer", "jan_de_boer"), ("Dat zoeken we uit.", "api", "jan_de_boer"),
    ]  # fmt: skip
    company.hears("Dank u")
    (reply,) = company.reads()
    assert (reply.thread_id, reply.text) == (item.thread_id, "Dank u")
    assert "> Dat zoeken we uit." in reply.raw["text"]
    company.hears("Iets anders", subject="Nieuwe vraag")
    (other,) = company.reads()
    assert other.thread_id != item.thread_id


@pytest.mark.parametrize(("author", "doubt"), [(_FORGED, "sender_failed"), (_MACHINE, "automatic")])
def test_not_everybody_is_who_they_say(company: Company, author: Any, doubt: str) -> None:
    company.hears("Stuur geld", author)
    assert [(item.doubt, item.addressed) for item in company.reads()] == [(doubt, doubt != "automatic")]


def test_a_mail_of_the_callers_own_arrives_to_the_byte(company: Company) -> None:
    head = b"From: =?utf-8?q?J=C3=BCrgen?= <j@x.example>\r\nSubject: Los\r\nMessage-ID: <q@x.example>\r\n\r\n"
    raw = head + b"\xff\xe9 hoi\r\n"
    made = company.hears("", "j@x.example", raw=raw.decode("latin-1"))
    (item,) = company.reads()
    assert (item.raw["message_id"], item.raw["subject"], item.raw["size"]) == ("q@x.example", "Los", len(raw))
    assert made["subject"] == "Los"
    assert company.sandbox.call("POST", "/posts", {**_row(company), "raw": "€"}, expect=422)


def test_what_was_sent_is_sent(company: Company) -> None:
    post = company.hears("Hallo")
    assert company.sandbox.call("PATCH", f"/posts/{post['id']}", {"text": "anders"}, expect=422)
    assert company.sandbox.call("DELETE", f"/posts/{post['id']}", expect=422)


def test_nobody_reads_or_sends_without_the_password(company: Company) -> None:
    for wrong in ({"password": "fout"}, {"user": "iemand@anders.example"}):
        with pytest.raises(errors.AuthExpired):
            company.mail(**wrong).fetch("mails", {})
    with pytest.raises(errors.AuthExpired):
        company.mail(smtp_password="fout").check()


def test_each_step_is_in_the_log_of_requests_without_a_secret(company: Company) -> None:
    company.mail().check()
    told = company.sandbox.call("GET", "/requests")["requests"]
    mine = [(one["method"], one["path"]) for one in told if one["network"] == "mailbox"]
    assert {("IMAP", "LOGIN"), ("IMAP", "STATUS"), ("SMTP", "AUTH")} <= set(mine)
    assert company.made["credentials"]["password"] not in str(told)


def test_a_mailbox_that_is_numbered_anew_brings_nothing_twice_and_nothing_late(company: Company) -> None:
    company.hears("Eerste")
    (first,) = company.reads()
    before = company.cursor["validity"]
    company.sandbox.arm("renumbered", "IMAP STATUS", network="mailbox", account=company.made["id"])
    company.hears("Tweede", "els")
    keys = {item.event_key for item in company.reads()}
    assert (first.event_key in keys, len(keys), company.cursor["validity"]) == (True, 2, before + 1)
    assert company.reads() == ()


def test_a_killed_sandbox_has_the_same_mails_under_the_same_numbers(tmp_path: Path) -> None:
    sandbox = SandboxProcess(tmp_path)
    sandbox.start()
    company = Company(sandbox, "vlotlijn")
    company.hears("Voor")
    company.answers(company.reads()[0], "Antwoord")
    sandbox.stop(signal.SIGKILL)
    sandbox.start()
    company.hears("Na", "els", subject="Later")
    assert [item.text for item in company.reads()] == ["Later\n\nNa"]
    assert [one["text"] for one in company.shown()] == ["Voor", "Antwoord", "Na"]
    sandbox.stop()


def _row(company: Company) -> dict[str, Any]:
    return {"network": "mailbox", "account": company.handle, "kind": "dm", "author": "els", "text": ""}
