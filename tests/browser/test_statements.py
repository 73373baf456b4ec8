"""A statement in one action on two networks: approved by a colleague, seen on both, and the room counts down."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.screens import PHONE, Screens
from tests.running.customers import Account
from tests.running.desk import RunningDesk

pytestmark = pytest.mark.browser
REASON = "De treinen bij Zuid staan stil"
WORDS = "We weten dat de treinen bij Zuid stilstaan en zoeken uit waarom."


@pytest.fixture(autouse=True)
def no_crisis_afterwards(desk: RunningDesk) -> Iterator[None]:
    """Others look at the same desk."""
    yield
    for crisis in desk.api("GET", "crises/?state=active", as_="admin")["results"]:
        desk.api("POST", f"crises/{crisis['id']}/stand-down/", {"reason": "De proef is over"}, as_="admin")


def test_one_action_reaches_both_networks_and_the_room_counts_down(
    screens: Screens, connect: Callable[..., Account]
) -> None:
    accounts = connect("x"), connect("facebook_page")
    wish = {"reason": REASON, "level": 2, "scope": {"inboxes": [one.inbox for one in accounts]}}
    crisis = screens.desk.api("POST", "crises/", wish, as_="comms")["id"]
    wall = screens.open("admin", f"/crises/{crisis}/room/?projector=1")
    phone = screens.open("supervisor", f"/crises/{crisis}/room/", **PHONE)
    page = screens.open("comms", f"/crises/{crisis}/statements/")
    for account in accounts:
        page.locator(f'[name="on"][value="{account.inbox}.nl"]').press("Space")
        page.locator(f'[name="text.{account.inbox}.nl"]').fill(WORDS)
    page.get_by_label("Next update promised").fill("30")
    page.get_by_role("button", name="Publish on the chosen accounts").press("Enter")
    expect(page.locator("#room-statements")).to_contain_text("A colleague has to agree with these words first.")
    for _account in accounts:
        phone.get_by_role("button", name=re.compile("^Approve the post on")).first.click()
    expect(phone.locator("#room-statements .state.ok")).to_have_count(2, timeout=60_000)
    for account in accounts:
        assert account.has_said(WORDS)
    for screen, place in ((phone, "#next-update"), (page, "#next-update"), (wall, ".wall-update")):
        expect(screen.locator(place)).to_contain_text(re.compile(r"Next update in (29|30) min"), timeout=20_000)
    expect(wall.locator(".wall-said")).to_contain_text("zoeken uit waarom")
    expect(page.locator("#room-log")).to_contain_text("Next update promised for")
