"""The race against the clock: it turns amber and red by itself, alerts, and is right in a tab that slept."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.screens import Screens
from tests.running.customers import Account
from tests.running.desk import RunningDesk

pytestmark = pytest.mark.browser
TARGET = 60  # seconds: the shortest promise that there is
BEGUN = 14  # seconds that the customer has waited when the desk hears of it
MS = 1_000
LATE = "late"


@pytest.fixture
def promised(desk: RunningDesk, connect: Callable[..., Account]) -> Callable[..., Account]:
    """An account whose customers are promised an answer within some minutes, with alerts for one person."""

    def make(username: str, minutes: int, *percents: int) -> Account:
        account = connect("x")
        users = desk.api("GET", "users/?page_size=200", as_="admin")["results"]
        person = next(user["id"] for user in users if user["username"] == username)
        steps = [{"percent": percent, "people": [person]} for percent in percents]
        chain = desk.api("POST", "alert-chains/", {"name": account.handle, "steps": steps}, as_="supervisor")["id"]
        calendar = desk.api("GET", "calendars/", as_="supervisor")["results"][0]["id"]
        policy = {
            "name": account.handle, "conditions": {"inboxes": [account.inbox]}, "calendar": calendar,
            "first_response_minutes": minutes, "alert_chain": chain,
        }  # fmt: skip
        desk.api("POST", "sla-policies/", policy, as_="supervisor")
        return account

    return make


def clocks_of(page: Page, ticket: int) -> tuple[Locator, Locator]:
    """The clock in the row of the queue, and the one above the ticket."""
    return page.locator(f"#row-{ticket} .clock"), page.locator("#ticket-head .clock")


def everywhere(page: Page, ticket: int, phase: str, words: str, *, within: float = 15 * MS) -> None:
    """Both clocks show this colour, and say the same in words."""
    for clock in clocks_of(page, ticket):
        expect(clock).to_have_class(re.compile(rf"^clock *{phase} *$"), timeout=within)
        expect(clock).to_contain_text(words)


def asks(account: Account, text: str, ago: timedelta) -> int:
    """The ticket of a customer who wrote some time ago."""
    wrote = datetime.now(UTC) - ago
    account.says(f"@{account.handle} {text}", by="marit", created_at=wrote.isoformat())
    return int(account.ticket(text)["id"])


def test_a_countdown_crosses_amber_and_red_alerts_and_stops_when_somebody_sees_to_it(
    screens: Screens, desk: RunningDesk, newcomer: Callable[..., str], promised: Callable[..., Account]
) -> None:
    person = newcomer("bregje")
    account = promised(person, 1, 50, 90)
    wrote = datetime.now(UTC) - timedelta(seconds=BEGUN)
    ticket = asks(account, "mijn trein rijdt niet", timedelta(seconds=BEGUN))
    page = screens.open(person, f"/tickets/{ticket}/?view=open&inbox={account.inbox}&ordering=due")
    everywhere(page, ticket, "", "due in")
    told = page.locator("[data-told]")
    expect(told).to_contain_text("50 % of the time is gone", timeout=TARGET * MS)
    expect(page.locator("[data-bell-count]")).to_have_text("1")
    page.keyboard.press("y")
    expect(page.locator("#alerted")).to_have_count(0)
    expect(page.locator("[data-bell-count]")).to_be_hidden()

    everywhere(page, ticket, "warn", "due in", within=TARGET * MS)
    everywhere(page, ticket, "late", LATE, within=TARGET * MS)
    expect(page.locator("#aloud")).to_have_text("Late: marit")  # said once to who can't see it
    time.sleep(max((wrote + timedelta(seconds=TARGET + 6) - datetime.now(UTC)).total_seconds(), 0))
    alerts = desk.api("GET", f"tickets/{ticket}/alerts/")["results"]
    assert [(alert["step"], bool(alert["acknowledged_at"])) for alert in alerts] == [(0, True)]
    breaches = _lines(desk, ticket, "breached")
    assert [datetime.fromisoformat(line["at"]) for line in breaches] == [_due(desk, ticket)]
    expect(page.locator("[data-bell-count]")).to_be_hidden()


def test_a_tab_that_slept_is_right_at_the_moment_it_is_looked_at(
    screens: Screens, newcomer: Callable[..., str], promised: Callable[..., Account]
) -> None:
    screens.expect("ERR_")  # its line to the desk was as long asleep, and begins again
    person = newcomer("bente")
    account = promised(person, 60, 100)
    ticket = asks(account, "is mijn tas er nog", timedelta(seconds=0))
    page = screens.open(person, "about:blank")
    page.clock.install()
    page.goto(f"{account.desk.url}/tickets/{ticket}/?view=open&inbox={account.inbox}")
    everywhere(page, ticket, "", "due in 59 min")
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=30))  # no timer fires any more
    for minutes, phase, words in ((52, "warn", "due in 7 min"), (71, "late", "11 min late")):
        page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=minutes))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        everywhere(page, ticket, phase, words)


def test_the_laptop_was_closed_and_the_first_tick_tells_the_truth(
    screens: Screens, newcomer: Callable[..., str], promised: Callable[..., Account]
) -> None:
    screens.expect("ERR_")
    person = newcomer("babs")
    account = promised(person, 60, 100)
    ticket = asks(account, "waar is lijn negen", timedelta(seconds=0))
    page = screens.open(person, "about:blank")
    page.clock.install()
    page.goto(f"{account.desk.url}/tickets/{ticket}/?view=open&inbox={account.inbox}")
    everywhere(page, ticket, "", "due in 59 min")
    page.clock.fast_forward("01:30:00")
    everywhere(page, ticket, "late", "30 min late")


def _due(desk: RunningDesk, ticket: int) -> datetime:
    (clock,) = desk.api("GET", f"tickets/{ticket}/")["clocks"][:1]
    return datetime.fromisoformat(clock["due_at"])


def _lines(desk: RunningDesk, ticket: int, kind: str) -> list[Any]:
    events = desk.api("GET", f"tickets/{ticket}/events/")["results"]
    return [event for event in events if event["kind"] == kind]
