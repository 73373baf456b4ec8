"""A crisis by two people: started with two keystrokes and a reason, confirmed by a second, seen by all at once."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.looks import NARROW, PAST_THE_EDGE
from tests.browser.screens import PHONE, Screens
from tests.browser.test_accessibility import barriers
from tests.browser.test_dutch import english
from tests.running.customers import Account
from tests.running.desk import RunningDesk

pytestmark = pytest.mark.browser
REASON = "De trein staat stil bij Lindewaard"


@pytest.fixture(autouse=True)
def no_crisis_afterwards(desk: RunningDesk) -> Iterator[None]:
    """Others look at the same desk."""
    yield
    for crisis in desk.api("GET", "crises/?state=active", as_="admin")["results"]:
        desk.api("POST", f"crises/{crisis['id']}/stand-down/", {"reason": "De proef is over"}, as_="admin")


def test_one_starts_it_at_level_three_another_confirms_and_an_agent_sees_it_live(
    screens: Screens, account: Account
) -> None:
    account.says("Waar blijft de trein van kwart over?", by="willemijn")
    ticket = account.ticket("kwart over")["id"]
    agent = screens.open("agent", f"/tickets/{ticket}/?view=open&inbox={account.inbox}")
    agent.get_by_label("Your reply").press_sequentially("We zoeken")
    comms = screens.open("comms", "/queue/")
    second = screens.open("admin", "/")

    comms.locator("#tickets .ticket-row").first.focus()
    comms.keyboard.press("!")
    expect(comms.get_by_label("What is happening?")).to_be_focused()
    comms.keyboard.type(REASON)
    comms.keyboard.press("Tab")
    comms.keyboard.type("Level 3")
    comms.keyboard.press("Enter")  # opens nothing in a closed list, and sends the form
    comms.get_by_role("button", name="Start it").focus()
    comms.keyboard.press("Enter")
    comms.wait_for_url(re.compile(r"/crises/\d+/$"))
    expect(comms.locator("#crisis-waits")).to_contain_text(
        re.compile(r"Lapses to level 2 in (29|30) min unless a second person confirms")
    )
    expect(comms.get_by_role("button", name="Confirm level 3")).to_have_count(0)
    for page in (agent, second):
        expect(page.locator(".crisis-banner")).to_contain_text(f"Level 3, crisis{REASON}since")
    expect(agent.get_by_label("Your reply")).to_have_value("We zoeken")

    second.locator(".crisis-banner a").click()
    second.get_by_role("button", name="Confirm level 3").click()
    expect(second.locator("#crisis-waits")).to_have_count(0)
    expect(second.locator("#crisis-head")).to_contain_text("confirmed by")
    expect(comms.locator("#crisis-waits")).to_have_count(0)
    expect(comms.locator("#crisis-log")).to_contain_text("Level 3 confirmed by a second person")

    comms.get_by_label("What was decided or seen").fill("Geen interviews op het perron")
    second.get_by_label("Level", exact=True).select_option("1")
    second.get_by_label("Why", exact=True).first.fill("Hij rijdt weer")
    second.get_by_role("button", name="Set the level").click()
    expect(agent.locator(".crisis-banner.watch")).to_contain_text("Level 1, watch")
    expect(comms.locator("[data-standing]")).to_have_text("Level 1, watch")
    expect(comms.get_by_label("What was decided or seen")).to_have_value("Geen interviews op het perron")
    comms.get_by_role("button", name="Write it down").click()
    expect(second.locator("#crisis-log")).to_contain_text("Geen interviews op het perron")

    comms.get_by_text("Stand down").first.click()
    comms.locator("#f-stand-down-reason").fill("Voorbij")
    comms.locator("#f-stand-down-reason").press("Enter")
    expect(comms.locator("[data-standing]")).to_have_text("Stood down")
    for page in (agent, second, comms):
        expect(page.locator(".crisis-banner")).to_have_count(0)


def test_a_reason_and_two_keystrokes_are_enough(screens: Screens) -> None:
    page = screens.open("comms", "/notices/")
    page.keyboard.press("!")
    expect(page.get_by_label("What is happening?")).to_be_focused()
    page.keyboard.type("Storing bij de overweg")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/crises/\d+/$"))
    expect(page.locator(".crisis-banner.watch")).to_contain_text("Storing bij de overweg")


def test_who_is_late_is_told_and_loses_nothing(screens: Screens, desk: RunningDesk) -> None:
    screens.expect("status of 409")
    wish = {"reason": REASON, "level": 2}
    crisis = desk.api("POST", "crises/", wish, as_="comms")["id"]
    page = screens.open("comms", f"/crises/{crisis}/")
    page.get_by_label("Level", exact=True).select_option("1")
    page.get_by_label("Why", exact=True).first.fill("Het wordt minder")
    desk.api("POST", f"crises/{crisis}/level/", {"level": 3, "reason": "Het wordt meer"}, as_="admin")
    expect(page.locator("[data-standing]")).to_have_text("Level 3, crisis")
    page.get_by_role("button", name="Set the level").click()
    expect(page.get_by_role("alert")).to_contain_text("was quicker and changed this crisis")
    expect(page.get_by_label("Why", exact=True).first).to_have_value("Het wordt minder")


def test_what_was_chosen_stays_when_others_do_something(screens: Screens, desk: RunningDesk) -> None:
    crisis = desk.api("POST", "crises/", {"reason": REASON, "level": 3}, as_="comms")["id"]
    page = screens.open("admin", f"/crises/{crisis}/")
    level = page.get_by_label("Level", exact=True)
    level.select_option("1")
    level.blur()
    desk.api("POST", f"crises/{crisis}/log/", {"text": "De pers belt"}, as_="comms")
    expect(page.locator("#crisis-log")).to_contain_text("De pers belt")
    expect(level).to_have_value("1")


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "nl")])
def test_an_active_crisis_can_be_read_by_everybody(
    screens: Screens, desk: RunningDesk, theme: str, language: str
) -> None:
    for level in (1, 2, 3):
        desk.api("POST", "crises/", {"reason": f"{REASON}, {level}", "level": level}, as_="comms")
    crisis = desk.api("GET", "crises/?state=active", as_="comms")["results"][0]["id"]
    desk.api("PATCH", "me/", {"language": language}, as_="admin")
    try:
        page = screens.open("admin", "/crises/", color_scheme=theme)
        expect(page.locator(".crisis-banner")).to_have_count(3)
        assert barriers(page) == []
        page.goto(f"/crises/{crisis}/")
        for folded in page.locator("#crisis-steps summary").all():
            folded.click()
        assert barriers(page) == []
        assert language == "en" or english(page) == set()
        phone = screens.open("admin", f"/crises/{crisis}/", color_scheme=theme, **PHONE)
        for address in (f"/crises/{crisis}/", "/crises/", "/crises/new/", "/queue/"):
            phone.goto(address)
            assert phone.evaluate(PAST_THE_EDGE, NARROW) == [], address
            assert barriers(phone) == [], address
    finally:
        desk.api("PATCH", "me/", {"language": "en"}, as_="admin")
