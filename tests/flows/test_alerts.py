"""A customer waits: colleagues are alerted one after the other until somebody says that they see to it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually
from tests.running.processes import WORKERS

MINUTE = 60  # the shortest target that there is, in seconds
BEGUN = 12  # seconds that the customer has waited when the desk hears of it
ADDRESS = "supervisor@vlotlijn.example"


@pytest.fixture
def quick(desk: RunningDesk, connect: Callable[..., Account]) -> Account:
    """An account whose customers are promised an answer within a minute, with a chain that is over by then."""
    account = connect("x")
    team = desk.api("POST", "teams/", {"name": account.handle}, as_="admin")["id"]
    members = [desk.api("GET", "me/", as_=name)["id"] for name in ("agent", "agent2")]
    desk.api("PATCH", f"teams/{team}/", {"members": members}, as_="admin")
    supervisor = desk.api("GET", "me/", as_="supervisor")["id"]
    desk.api("PATCH", f"users/{supervisor}/", {"email": ADDRESS}, as_="admin")
    steps = [
        {"percent": 50, "to": ["assignee"]},
        {"percent": 80, "to": ["team"]},
        {"percent": 95, "to": ["supervisors"]},
        {"percent": 100, "to": ["administrators"]},
    ]
    chain = desk.api("POST", "alert-chains/", {"name": account.handle, "steps": steps}, as_="supervisor")["id"]
    calendar = desk.api("GET", "calendars/", as_="supervisor")["results"][0]["id"]
    policy = {
        "name": account.handle, "conditions": {"inboxes": [account.inbox]}, "calendar": calendar,
        "first_response_minutes": 1, "alert_chain": chain,
    }  # fmt: skip
    desk.api("POST", "sla-policies/", policy, as_="supervisor")
    desk.api("PATCH", f"inboxes/{account.inbox}/", {"team": team}, as_="admin")
    return account


def told(desk: RunningDesk, ticket: int, person: str) -> list[Any]:
    """The shares of the target at which somebody was alerted of this ticket, in order."""
    found = desk.api("GET", "notifications/", as_=person)["results"]
    return [one["params"]["percent"] for one in reversed(found) if one["kind"] == "alert" and one["ticket"] == ticket]


def test_a_waiting_customer_alerts_one_after_the_other_until_somebody_acknowledges(
    desk: RunningDesk, quick: Account
) -> None:
    wrote = datetime.now(UTC) - timedelta(seconds=BEGUN)
    quick.says(f"@{quick.handle} mijn trein rijdt niet", created_at=wrote.isoformat())
    ticket = quick.ticket("mijn trein")["id"]
    desk.api("POST", f"tickets/{ticket}/assign/", {"assignee": "me"})
    eventually(lambda: told(desk, ticket, "agent") == [50], "the first step", MINUTE)
    assert desk.kill(*WORKERS) >= 1  # while it waits for the next step
    assert desk.kill("beat") >= 1
    eventually(lambda: told(desk, ticket, "agent2") == [80], "the second step", MINUTE)
    eventually(lambda: told(desk, ticket, "supervisor") == [95], "the third step", MINUTE)
    assert told(desk, ticket, "agent") == [50, 80]

    assert desk.api("POST", f"tickets/{ticket}/acknowledge/", as_="supervisor")["count"] == 3
    time.sleep(max((wrote + timedelta(seconds=MINUTE + 6) - datetime.now(UTC)).total_seconds(), 0))
    assert told(desk, ticket, "admin") == []
    alerts = desk.api("GET", f"tickets/{ticket}/alerts/")["results"]
    assert [alert["step"] for alert in alerts] == [2, 1, 0]
    assert {alert["acknowledged_by"]["username"] for alert in alerts} == {"supervisor"}
    lines = [event["kind"] for event in desk.api("GET", f"tickets/{ticket}/events/")["results"]]
    assert (lines.count("alerted"), lines.count("alert_acknowledged"), lines.count("breached")) == (3, 1, 1)

    def mailed() -> list[Any]:
        mails = quick.sandbox(desk, "GET", f"/mails?to={ADDRESS}")["mails"]
        return [mail for mail in mails if f"{desk.url}/tickets/{ticket}/" in mail["text"]]

    (mail,) = eventually(mailed, "the e-mail of the third step")
    assert mail["subject"].startswith("95 % of the time is gone: answer marit")


def test_an_answer_ends_the_chain(desk: RunningDesk, quick: Account) -> None:
    wrote = datetime.now(UTC) - timedelta(seconds=MINUTE)
    quick.says(f"@{quick.handle} staat de lift stil", created_at=wrote.isoformat())
    ticket = quick.ticket("de lift")["id"]
    eventually(lambda: told(desk, ticket, "agent2") == [80], "the alert of the team", MINUTE)
    reply = quick.answer(ticket, "Over een minuut rijdt hij weer.")
    quick.reply_becomes(reply["id"], "sent")

    def stopped() -> set[str]:
        return {alert["stopped_why"] for alert in desk.api("GET", f"tickets/{ticket}/alerts/")["results"]} - {""}

    assert eventually(stopped, "the chain to stop") == {"met"}
    waits = [one for one in desk.api("GET", "notifications/", as_="agent2")["results"] if one["ticket"] == ticket]
    assert [(one["waits"], one["seen_at"] is None) for one in waits] == [(False, False)]
