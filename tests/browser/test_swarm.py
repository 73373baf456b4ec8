"""Two agents in a swarm: live both ways, a pinned summary, a finding, and the next agent sees it on the ticket."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.looks import PAST_THE_EDGE
from tests.browser.screens import PHONE, Screens
from tests.browser.test_accessibility import barriers
from tests.running.customers import Account

pytestmark = pytest.mark.browser
FINDING = "De bovenleiding bij Breukelen is stuk; bussen tot zes uur."


def test_from_a_key_on_the_ticket_to_what_the_next_agent_reads(
    screens: Screens, connect: Callable[..., Account], newcomer: Callable[..., str]
) -> None:
    account = connect("x")
    account.says(f"@{account.handle} waarom rijdt de nachttrein niet", by="noortje")
    ticket = account.ticket("waarom rijdt de nachttrein niet")["id"]
    first, second, third = (newcomer(name) for name in ("zwermer", "helper", "lezer"))

    page = screens.open(first, f"/tickets/{ticket}/")
    expect(page.get_by_label("Your reply")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("w")
    page.wait_for_url("**/threads/*/")
    address = page.url
    page.wait_for_load_state()
    page.keyboard.press("r")
    expect(page.get_by_label("Your word")).to_be_focused()
    page.keyboard.type("Weet iemand iets? @hel")
    page.locator("#names [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your word")).to_have_value(f"Weet iemand iets? @{second} ")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#talk-words")).to_contain_text("Weet iemand iets?")
    expect(page.get_by_label("Your word")).to_have_value("")

    phone = screens.open(second, address, **PHONE)
    expect(phone.locator("#talk-words")).to_contain_text("Weet iemand iets?")
    assert barriers(phone) == []
    assert phone.evaluate(PAST_THE_EDGE, PHONE["viewport"]["width"]) == []
    expect(page.locator("[data-thread-people]")).to_contain_text("Helper")
    page.get_by_label("Your word").fill("Nog niet af")
    phone.get_by_label("Your word").fill(f"Breukelen, zie #{ticket}")
    phone.get_by_role("button", name="Say it").tap()
    expect(page.locator("#talk-words")).to_contain_text("Breukelen")  # by itself
    expect(page.locator("#talk-words .ticket-card")).to_contain_text(f"#{ticket}")
    expect(page.get_by_label("Your word")).to_have_value("Nog niet af")
    page.get_by_label("Your word").press("Control+Enter")
    expect(phone.locator("#talk-words")).to_contain_text("Nog niet af")

    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.get_by_label("What everybody should know")).to_be_focused()
    page.keyboard.type("Bovenleiding stuk")
    page.keyboard.press("Control+Enter")
    expect(phone.locator("#talk-summary")).to_contain_text("Bovenleiding stuk")
    assert barriers(page) == []

    page.get_by_text("Close the swarm").click()
    page.get_by_label("What you found").fill(FINDING)
    page.get_by_role("button", name="Close it with this finding").click()
    for screen in (page, phone):
        expect(screen.locator("#talk-found")).to_contain_text(FINDING)

    reader = screens.open(third, f"/tickets/{ticket}/")
    expect(reader.locator("#ticket-threads")).to_contain_text(FINDING)
    expect(reader.locator("#ticket-threads")).to_contain_text("Swarm, over")
