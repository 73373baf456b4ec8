"""A saved report by e-mail through the real sweeps, workers and mail catcher, and over the kill -9 of a worker."""

import io
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually
from tests.running.processes import WORKERS

REPORTS = 20
RECOVERY = 90.0  # seconds


@pytest.fixture(scope="module")
def mail_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk of its own, because its workers are about to die."""
    desk = RunningDesk(tmp_path_factory.mktemp("reports"))
    desk.start()
    for name in ("supervisor", "admin"):
        person = desk.api("GET", "me/", as_=name)["id"]
        desk.api("PATCH", f"users/{person}/", {"email": f"{name}@vlotlijn.example"}, as_="admin")
    yield desk
    desk.stop()


@pytest.fixture
def account(mail_desk: RunningDesk, connect_to: Callable[..., Account]) -> Account:
    """An account with three questions of last week, which are counted."""
    account = connect_to(mail_desk)
    asked = datetime.now(UTC) - timedelta(days=datetime.now(UTC).weekday() + 4)
    for number in range(3):
        account.says(f"@{account.handle} vraag {number}", by=f"k{number}", created_at=asked.isoformat())

    def counted() -> bool:
        path = f"reports/?period=last_week&inbox={account.inbox}"
        return bool(mail_desk.api("GET", path, as_="supervisor")["figures"]["arrived"] == 3)

    eventually(counted, "the questions to be counted", RECOVERY)
    return account


def save(desk: RunningDesk, account: Account, name: str, *subscribers: str) -> int:
    """A report on this account, shared, with its subscribers; its number."""
    shows = {"period": "last_week", "time": "wall", "inbox": account.inbox}
    body = {"name": name, "shows": shows, "sharing": "company"}
    report: int = desk.api("POST", "saved-reports/", body, as_="supervisor")["id"]
    for person in subscribers:
        desk.api("PUT", f"saved-reports/{report}/subscription/", {}, as_=person)
    return report


def come_due(desk: RunningDesk) -> None:
    """Monday at eight is now."""
    desk.rows("UPDATE reports_reportsubscription SET next_at = now() RETURNING id")


def mails(desk: RunningDesk, to: str, named: str) -> list[Any]:
    """Those of reports whose name begins so; a supervisor is mailed about late customers too."""
    found = Account.sandbox(desk, "GET", f"/mails?to={to}@vlotlijn.example")["mails"]
    return [mail for mail in found if mail["subject"].startswith(named)]


def test_a_report_arrives_with_the_file_of_the_api_and_its_link_ends_it(
    mail_desk: RunningDesk, account: Account
) -> None:
    report = save(mail_desk, account, "Week in het kort", "supervisor")
    subscription = f"saved-reports/{report}/subscription/"
    due = datetime.fromisoformat(mail_desk.api("GET", subscription, as_="supervisor")["next_at"])
    assert due.weekday() == 0
    come_due(mail_desk)
    (mail,) = eventually(lambda: mails(mail_desk, "supervisor", "Week in het kort: "), "the report", RECOVERY)
    assert mail_desk.api("GET", subscription, as_="supervisor")["next_at"] == due.isoformat().replace("+00:00", "Z")
    attached = httpx.get(f"{mail_desk.sandbox_url}/_sandbox/mails/files/{mail['files'][0]['id']}", timeout=30)
    downloaded = mail_desk.client("supervisor").get(f"/api/v1/saved-reports/{report}/xlsx/")
    assert cells(attached.content) == cells(downloaded.content)
    assert any(3 in row for sheet in cells(attached.content) for row in sheet)

    link = next(word for word in mail["text"].split() if "/unsubscribe/" in word)
    looked = httpx.get(link, timeout=30)
    assert looked.status_code == 200
    assert "<button" in looked.text
    assert mail_desk.api("GET", subscription, as_="supervisor")["rhythm"] == "weekly"
    assert httpx.post(link, timeout=30).status_code == 200
    mail_desk.api("GET", subscription, as_="supervisor", expect=404)


def cells(book: bytes) -> list[list[tuple[Any, ...]]]:
    return [list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(io.BytesIO(book))]


def test_workers_that_are_killed_lose_no_report_and_mail_none_twice_but_what_they_had_in_hand(
    mail_desk: RunningDesk, account: Account
) -> None:
    Account.sandbox(mail_desk, "DELETE", "/mails")
    for number in range(REPORTS):
        save(mail_desk, account, f"Rapport {number}", "supervisor", "admin")
    come_due(mail_desk)
    eventually(lambda: in_state(mail_desk, "sending"), "a worker to have mails in hand", RECOVERY)
    assert mail_desk.kill(*WORKERS) >= 1
    assert mail_desk.kill("beat") >= 1
    time.sleep(0.5)  # whatever was on the wire has arrived
    in_hand = in_state(mail_desk, "sending")
    assert in_hand
    mail_desk.rows(  # the minutes until a claim runs out
        "UPDATE alerts_reportmail SET claimed_at = claimed_at - interval '10 minutes'"
        " WHERE state = 'sending' AND id = ANY(%s) RETURNING id",
        list(in_hand),
    )
    wanted = 2 * REPORTS

    def all_sent() -> bool:
        rows = mail_desk.rows("SELECT count(*), count(*) FILTER (WHERE state = 'sent') FROM alerts_reportmail")
        return bool(rows[0][1] == rows[0][0] >= wanted)

    eventually(all_sent, "every report to be sent", RECOVERY)
    arrived = [mail for name in ("supervisor", "admin") for mail in mails(mail_desk, name, "Rapport ")]
    times = Counter((mail["recipients"][0], mail["subject"].partition(":")[0]) for mail in arrived)
    assert set(times) == {
        (f"{name}@vlotlijn.example", f"Rapport {number}")
        for number in range(REPORTS)
        for name in ("supervisor", "admin")
    }
    twice = [one for one, count in Counter(mail["message_id"] for mail in arrived).items() if count > 1]
    assert {int(one.removeprefix("<report-").partition("@")[0]) for one in twice} <= in_hand
    assert len({mail["message_id"] for mail in arrived}) == wanted


def in_state(desk: RunningDesk, state: str) -> set[int]:
    return {row[0] for row in desk.rows("SELECT id FROM alerts_reportmail WHERE state = %s", state)}
