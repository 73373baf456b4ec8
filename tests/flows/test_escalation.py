"""A crisis calls people one after the other, through real workers and a real mail server, until somebody says that they
see to it, with the link in the mail.
"""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually
from tests.running.processes import WORKERS

MINUTE = 60.0
ADDRESSES = {name: f"{name}@piket.example" for name in ("supervisor", "comms", "agent2")}
LINK = re.compile(r"http\S+/crisis-messages/\S+/")


@pytest.fixture
def plan(desk: RunningDesk) -> Iterator[int]:
    """In force while the test runs: two are told at once, the third after a minute, the fourth another minute later."""
    ids = {name: desk.api("GET", "me/", as_=name)["id"] for name in ("supervisor", "comms", "agent2", "agent")}
    for name, address in ADDRESSES.items():
        desk.api("PATCH", f"users/{ids[name]}/", {"email": address}, as_="admin")
    steps = [
        {"people": [ids["supervisor"]], "wait_minutes": 0},
        {"people": [ids["comms"]], "wait_minutes": 1},
        {"people": [ids["agent2"]], "wait_minutes": 1},
        {"people": [ids["agent"]]},
    ]
    document = {"levels": {"1": {"escalation": {"steps": steps}}}}
    number = desk.api("POST", "crisis-plans/", {"document": document}, as_="comms")["number"]
    before = desk.api("GET", "crisis-plans/active/", as_="comms")["number"]
    desk.api("POST", f"crisis-plans/{number}/hand-in/", as_="comms")
    desk.api("POST", f"crisis-plans/{number}/switch-on/", as_="admin")
    yield number
    desk.api("POST", f"crisis-plans/{before}/roll-back/", as_="admin")


def test_one_after_the_other_is_called_until_the_link_in_a_mail_is_pressed(
    desk: RunningDesk, x: Account, plan: int
) -> None:
    name = f"Storing bij {x.handle}"
    crisis = desk.api("POST", "crises/", {"reason": name, "scope": {"inboxes": [x.inbox]}}, as_="comms")["id"]

    def mail(person: str) -> Any:
        mails = x.sandbox(desk, "GET", f"/mails?to={ADDRESSES[person]}")["mails"]
        return next((one for one in mails if name in one["subject"]), None)

    eventually(lambda: mail("supervisor") and mail("comms"), "the first two mails")
    assert mail("agent2") is None
    assert desk.kill(*WORKERS) >= 1  # while it waits
    assert desk.kill("beat") >= 1
    third = eventually(lambda: mail("agent2"), "the third mail", 2 * MINUTE)
    link = LINK.search(third["text"])
    assert link is not None

    page = httpx.get(link[0])
    assert (page.status_code, name in page.text) == (200, True)
    (chain,) = desk.api("GET", f"crises/{crisis}/escalations/", as_="comms")["results"]
    assert chain["state"] == "running"  # whoever guards a mailbox has looked, and nothing happened

    assert httpx.post(link[0]).status_code == 200
    (chain,) = desk.api("GET", f"crises/{crisis}/escalations/", as_="comms")["results"]
    assert (chain["state"], chain["acknowledged_by"]["username"]) == ("acknowledged", "agent2")
    assert [(step["step"], step["passed"]) for step in chain["steps"]] == [(1, ""), (2, ""), (3, "")]
    sent = [(one["means"], one["state"]) for step in chain["steps"] for one in step["messages"]]
    assert sent == [("bell", "sent"), ("mail", "sent")] * 3
    log = desk.api("GET", f"crises/{crisis}/log/", as_="comms")["results"]
    kinds = [line["kind"] for line in log]
    assert (kinds.count("escalated"), kinds.count("message_sent"), kinds.count("acknowledged")) == (3, 3, 1)
    assert desk.api("GET", f"crises/{crisis}/log/check/", as_="comms")["holds"] is True

    desk.api("POST", f"crises/{crisis}/stand-down/", {"reason": "Hij rijdt"}, as_="comms")
    (chain,) = desk.api("GET", f"crises/{crisis}/escalations/", as_="comms")["results"]
    assert (chain["state"], chain["stopped_why"]) == ("stopped", "over")
