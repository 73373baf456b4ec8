"""A screen on a wall: paired by hand, live by itself, and honest when it is not."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import PAST_THE_EDGE
from tests.browser.screens import PHONE, Screens
from tests.browser.test_accessibility import barriers
from tests.browser.test_dutch import english
from tests.running.customers import Account
from tests.running.desk import RunningDesk

pytestmark = pytest.mark.browser
WALL = {"viewport": {"width": 1920, "height": 1080}}
Hang = Callable[..., dict[str, Any]]

# What is cut off, or lies outside the screen: a wall has no scroll bar.
CUT_OFF = """() => [document.scrollingElement,
  ...document.querySelectorAll(".halls > section, .board, .board li, .big > div, .load li, .lines-health li")]
  .filter((part) => part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1)
  .map((part) => `${part.tagName}.${part.className} ${part.scrollWidth}×${part.scrollHeight}`)"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".wall *")]
  .filter((part) => part.checkVisibility() && !part.closest(".only-read")
    && [...part.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
  .map((part) => parseFloat(getComputedStyle(part).fontSize)))"""


@pytest.fixture
def hang(desk: RunningDesk) -> Iterator[Hang]:
    """Makes boards that are gone after the test."""
    made = []

    def new(name: str, **wish: Any) -> dict[str, Any]:
        board: dict[str, Any] = desk.api("POST", "wallboards/", {"name": name, **wish}, as_="supervisor")
        made.append(board["id"])
        return board

    yield new
    for board in made:
        desk.client("supervisor").delete(f"/api/v1/wallboards/{board}/")


def _pair(page: Page, code: str) -> None:
    page.goto("/wallboard/")
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type(f"{code[:3].lower()}-{code[3:].lower()}")
    page.keyboard.press("Enter")
    expect(page.locator(".halls")).to_be_visible()


def test_a_supervisor_pairs_a_screen_and_a_new_ticket_arrives_on_it(
    screens: Screens, connect: Callable[..., Account]
) -> None:
    account = connect("x")  # of its own: what others left waiting would fill the board
    admin = screens.open("supervisor", "/administration/")
    admin.get_by_role("link", name="Wallboards").click()
    admin.get_by_role("link", name="Add a wallboard").click()
    admin.get_by_label("Name").fill("Hall 2")
    admin.get_by_label(f"@{account.handle}", exact=True).check()
    admin.get_by_role("button", name="Add, and show the code").click()
    code = admin.locator("#wallboard-code").inner_text()

    screens.expect("status of 400")  # a code that is wrong
    wall = screens.stranger(**WALL)
    wall.goto("/wallboard/")
    expect(wall.get_by_label("Code")).to_be_focused()
    wall.keyboard.type("BBB-BBB")
    wall.keyboard.press("Enter")
    expect(wall.get_by_role("alert")).to_contain_text("ask for a new one")
    wall.get_by_label("Code").fill(code)
    wall.keyboard.press("Enter")
    expect(wall.get_by_role("heading", name="Hall 2")).to_be_visible()
    assert wall.url.endswith("/wallboard/")
    assert "wallboard" not in wall.evaluate("document.cookie")

    wrote = datetime.now(UTC) - timedelta(seconds=35)  # so that the first minute is over soon
    account.says("Waar blijft trein 9 naar Haarbrug?", by="nora", created_at=wrote.isoformat())
    ticket = account.ticket("trein 9")["id"]
    row = wall.locator(".board li", has_text=str(ticket))
    expect(row).to_be_visible()
    expect(row.locator(".clock")).to_contain_text("due in")
    expect(row).to_contain_text("nobody")
    assert "nora" not in wall.content().lower()
    assert "trein" not in wall.content().lower()
    account.desk.api("POST", f"tickets/{ticket}/claim/", {}, as_="agent")
    expect(row.locator(".holder")).to_have_text("Agent")
    waits = wall.locator("[data-waits]")
    before = waits.inner_text()
    wall.wait_for_function(
        "(before) => document.querySelector('[data-waits]').innerText !== before", arg=before, timeout=70_000
    )

    screens.expect("status of 401")
    admin.get_by_text("Revoke this wallboard").click()
    admin.get_by_role("button", name="Revoke Hall 2").click()
    expect(wall.get_by_label("Code")).to_be_visible()


def test_a_screen_that_hears_nothing_says_so_and_comes_back(screens: Screens, hang: Hang) -> None:
    screens.expect("ERR_FAILED")
    screens.expect("ERR_INTERNET_DISCONNECTED")
    wall = screens.stranger(**WALL)
    _pair(wall, hang("Hall 3")["code"])
    line = wall.locator("#line")
    expect(line).to_have_text("Live")
    wall.context.set_offline(True)
    expect(line).to_contain_text("Not live since", timeout=25_000)
    expect(wall.locator("main")).to_have_class("behind")
    wall.context.set_offline(False)
    expect(line).to_have_text("Live")
    expect(wall.locator("main")).not_to_have_class("behind")


def test_a_screen_follows_when_its_board_is_changed(screens: Screens, desk: RunningDesk, hang: Hang) -> None:
    wall = screens.stranger(**WALL)
    board = hang("Hall 4")
    _pair(wall, board["code"])
    wish = {"name": "Hal 4", "language": "nl", "theme": "dark"}
    desk.api("PATCH", f"wallboards/{board['id']}/", wish, as_="supervisor")
    expect(wall.get_by_role("heading", name="Hal 4")).to_be_visible()
    expect(wall.locator("html")).to_have_attribute("lang", "nl")
    expect(wall.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("nl", "dark")])
def test_the_wall_is_legible_for_everybody(
    screens: Screens, account: Account, hang: Hang, language: str, theme: str
) -> None:
    account.says(f"Mijn jas hangt nog in de trein ({language})", by="bert")
    account.ticket(f"in de trein ({language})")
    for verb in ("pause", "resume", "pause", "resume", "pause", "resume"):  # blind thrice today: more than is listed
        account.desk.api("POST", f"inboxes/{account.inbox}/{verb}/", as_="admin")
    wall = screens.stranger(**WALL, locale="nl-NL" if language == "nl" else "en-GB", color_scheme=theme)
    wall.goto("/wallboard/")
    assert barriers(wall) == []
    _pair(wall, hang(f"Hall {theme}", language=language, theme=theme)["code"])
    expect(wall.locator(".board li").first).to_be_visible()
    assert barriers(wall) == []
    assert wall.evaluate(CUT_OFF) == []
    assert wall.evaluate(SMALLEST) >= 26  # the codes of networks in their tiles; words are 30 and more
    if language == "nl":
        assert english(wall) == set()
    for width, height in ((1440, 900), (1280, 720), (3840, 2160)):
        wall.set_viewport_size({"width": width, "height": height})
        assert wall.evaluate(CUT_OFF) == [], (width, height)


def test_the_phone_shows_it_in_one_column(screens: Screens, account: Account, hang: Hang) -> None:
    account.says("Mijn paraplu ligt in bus 4", by="carla")
    account.ticket("paraplu")
    phone = screens.stranger(**PHONE)
    _pair(phone, hang("Hall 5")["code"])
    expect(phone.locator(".board li").first).to_be_visible()
    assert phone.evaluate(PAST_THE_EDGE, 390) == []
    assert barriers(phone) == []
    assert phone.evaluate(SMALLEST) >= 11
