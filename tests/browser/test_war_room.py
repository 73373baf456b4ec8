"""The war room lives: on two screens and on a wall, after a lost line, and while somebody writes."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.screens import PHONE, Screens
from tests.running.customers import Account
from tests.running.desk import RunningDesk

pytestmark = pytest.mark.browser
REASON = "De trein staat stil bij Haarbrug"


@pytest.fixture(autouse=True)
def no_crisis_afterwards(desk: RunningDesk) -> Iterator[None]:
    """Others look at the same desk."""
    yield
    for crisis in desk.api("GET", "crises/?state=active", as_="admin")["results"]:
        desk.api("POST", f"crises/{crisis['id']}/stand-down/", {"reason": "De proef is over"}, as_="admin")


def test_what_is_said_and_decided_appears_in_the_room_and_on_the_wall(
    screens: Screens, connect: Callable[..., Account]
) -> None:
    account = connect("x")
    wish = {"reason": REASON, "level": 2, "scope": {"inboxes": [account.inbox]}}
    crisis = screens.desk.api("POST", "crises/", wish, as_="comms")["id"]
    address = f"/crises/{crisis}/room/"
    room, wall, phone = (
        screens.open("comms", address),
        screens.open("supervisor", f"{address}?projector=1"),
        screens.open("admin", address, **PHONE),
    )
    expect(room.locator("[data-room-people]")).to_contain_text(",")  # two who look; a wall is nobody
    room.get_by_label("What was decided or seen").fill("Geen interviews")

    account.says("De trein staat stil, wat een vreselijke schande", by="willemijn")
    account.ticket("vreselijke schande")
    for page, part in ((room, "#room-posts"), (phone, "#room-posts"), (wall, ".wall-posts")):
        expect(page.locator(part)).to_contain_text("wat een vreselijke schande")
    expect(room.locator("#room-figures")).to_contain_text(re.compile(r"Messages\s*1"))
    expect(wall.locator(".big")).to_contain_text("100 %")

    version = screens.desk.api("GET", f"crises/{crisis}/", as_="comms")["version"]
    wish = {"level": 1, "reason": "Hij rijdt weer", "version": version}
    screens.desk.api("POST", f"crises/{crisis}/level/", wish, as_="admin")
    for page in (room, wall, phone):
        expect(page.locator("[data-standing]")).to_have_text("Level 1, watch", timeout=3_000)
    expect(room.get_by_label("What was decided or seen")).to_have_value("Geen interviews")
    room.get_by_label("What was decided or seen").press("Control+Enter")
    for page, part in ((room, "#room-log"), (phone, "#room-log"), (wall, ".wall-log")):
        expect(page.locator(part)).to_contain_text("Geen interviews")


def test_after_a_lost_line_it_shows_what_is(screens: Screens, account: Account) -> None:
    crisis = screens.desk.api("POST", "crises/", {"reason": REASON, "level": 2}, as_="comms")["id"]
    room = screens.open("comms", f"/crises/{crisis}/room/")
    expect(room.locator("[data-standing]")).to_have_text("Level 2, elevated")
    screens.expect("ERR_INTERNET_DISCONNECTED")
    room.context.set_offline(True)
    screens.desk.api("POST", f"crises/{crisis}/log/", {"text": "Besloten zonder lijn"}, as_="admin")
    room.context.set_offline(False)
    expect(room.locator("#room-log")).to_contain_text("Besloten zonder lijn", timeout=40_000)


def test_a_report_is_written_and_its_action_ticked_off_by_keyboard(screens: Screens) -> None:
    crisis = screens.desk.api("POST", "crises/", {"reason": REASON, "level": 1}, as_="comms")["id"]
    report = screens.open("comms", f"/crises/{crisis}/report/")
    report.get_by_text("Write it: Summary").press("Enter")
    report.get_by_label("Summary", exact=True).fill("Een wissel was stuk.")
    report.get_by_role("button", name="Save").press("Enter")
    expect(report.locator(".report-summary")).to_have_text("Een wissel was stuk.")
    report.get_by_text("Add an action").press("Enter")
    report.get_by_label("What is to be done").fill("Omroepers inlichten")
    report.get_by_label("Until when").fill("2030-01-02")
    report.get_by_role("button", name="Add it").press("Enter")
    expect(report.locator("#actions")).to_contain_text("2 Jan 2030")
    report.get_by_role("button", name="Done: Omroepers inlichten").press("Enter")
    expect(report.locator("#actions")).to_contain_text("done, ")
