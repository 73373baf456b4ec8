"""An alert arrives in the bell and is acknowledged with one key; the list is worked through by keyboard."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.screens import PHONE, Screens
from tests.browser.test_phone import past_the_edge
from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def alerting(desk: RunningDesk, connect: Callable[..., Account], newcomer: Callable[..., str]) -> Callable[[str], int]:
    """Let a customer who has waited long write; somebody is alerted at once. Gives the ticket."""
    account = connect("x")
    calendar = desk.api("GET", "calendars/", as_="supervisor")["results"][0]["id"]

    def alert(username: str) -> int:
        users = desk.api("GET", "users/?page_size=200", as_="admin")["results"]
        person = next(user["id"] for user in users if user["username"] == username)
        steps = [{"percent": 50, "people": [person]}, {"after_minutes": 600, "people": [person]}]
        chain = desk.api("POST", "alert-chains/", {"name": username, "steps": steps}, as_="supervisor")["id"]
        policy = {
            "name": username, "conditions": {"inboxes": [account.inbox]}, "calendar": calendar,
            "first_response_minutes": 60, "alert_chain": chain,
        }  # fmt: skip
        desk.api("POST", "sla-policies/", policy, as_="supervisor")
        wrote = datetime.now(UTC) - timedelta(minutes=31)
        account.says(f"@{account.handle} hoort {username} mij", created_at=wrote.isoformat())
        return int(account.ticket(f"hoort {username}")["id"])

    return alert


def _acknowledged(desk: RunningDesk, ticket: int) -> bool:
    alerts = desk.api("GET", f"tickets/{ticket}/alerts/")["results"]
    return bool(alerts) and all(alert["acknowledged_at"] for alert in alerts)


def test_an_alert_arrives_in_the_bell_and_one_key_acknowledges_it(
    screens: Screens, desk: RunningDesk, newcomer: Callable[..., str], alerting: Callable[[str], int]
) -> None:
    person = newcomer("bella")
    page = screens.open(person, "/queue/")
    bell = page.locator("[data-bell]")
    expect(bell.locator("[data-bell-count]")).to_be_hidden()
    ticket = alerting(person)
    expect(bell.locator("[data-bell-count]")).to_have_text("1")
    told = page.locator("[data-told]")
    expect(told).to_contain_text("50 % of the time is gone")
    page.keyboard.press("y")
    expect(told).to_have_count(0)
    expect(bell.locator("[data-bell-count]")).to_be_hidden()
    eventually(lambda: _acknowledged(desk, ticket), "the alert to be acknowledged")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Notices")).to_be_visible()
    expect(page.locator("#notice-list")).to_contain_text("acknowledged by Bella")


def test_an_alert_that_arrives_on_a_phone_fits_its_width(
    screens: Screens, newcomer: Callable[..., str], alerting: Callable[[str], int]
) -> None:
    person = newcomer("bo")
    page = screens.open(person, "/queue/", **PHONE)
    alerting(person)
    told = page.locator("[data-told]")
    expect(told).to_contain_text("50 % of the time is gone")
    assert past_the_edge(page) == []
    told.get_by_role("button", name="Acknowledge").tap()
    expect(told).to_have_count(0)


def test_the_list_is_worked_through_by_keyboard(
    screens: Screens, desk: RunningDesk, newcomer: Callable[..., str], alerting: Callable[[str], int]
) -> None:
    person = newcomer("bram")
    ticket = alerting(person)
    eventually(lambda: desk.api("GET", f"tickets/{ticket}/alerts/")["results"], "the alert")
    page = screens.open(person, "/notices/")
    page.keyboard.press("j")
    expect(page.locator("#notice-list a.words").first).to_be_focused()
    page.keyboard.press("y")
    expect(page.locator("#notice-list")).to_contain_text("acknowledged by Bram")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation")).to_have_attribute("data-ticket", str(ticket))
    expect(page.locator("#alerted")).to_have_count(0)


def test_the_bar_above_a_ticket_is_gone_once_it_is_acknowledged(
    screens: Screens, desk: RunningDesk, newcomer: Callable[..., str], alerting: Callable[[str], int]
) -> None:
    person = newcomer("boris")
    ticket = alerting(person)
    eventually(lambda: desk.api("GET", f"tickets/{ticket}/alerts/")["results"], "the alert")
    page = screens.open(person, f"/tickets/{ticket}/")
    expect(page.locator("#alerted")).to_contain_text("Alerted at")
    page.keyboard.press("y")
    expect(page.locator("#alerted")).to_have_count(0)
    assert _acknowledged(desk, ticket)


def test_the_browser_tells_only_who_asked_for_it(
    screens: Screens, desk: RunningDesk, newcomer: Callable[..., str], alerting: Callable[[str], int]
) -> None:
    person = newcomer("britt")
    page = screens.open(person, "/queue/", permissions=["notifications"])
    page.add_init_script("document.hasFocus = () => false;")  # the reader looks at something else
    page.add_init_script(
        "window.shown = []; const Real = Notification;"
        "window.Notification = class extends Real { constructor(title, options) { super(title, options);"
        " window.shown.push(options.body); } };"
    )
    page.reload()
    page.locator(".me").click()
    page.locator("[data-ask-browser]").click()
    expect(page.locator("[data-bell]")).to_have_attribute("data-browser-notices", "on")
    alerting(person)
    expect(page.locator("[data-told]")).to_contain_text("of the time is gone")
    assert "of the time is gone" in page.evaluate("window.shown")[0]
