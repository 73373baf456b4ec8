"""The desk at the width of a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import NARROW, PAST_THE_EDGE
from tests.browser.screens import PHONE, Screens
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser
BANK_ACCOUNT = "NL91ABNA0417164300"


def test_from_the_list_to_a_ticket_and_back(screens: Screens, account: Account) -> None:
    account.says("Een heel lang verhaal over een vertraging " * 5, by="een_reiziger_met_een_lange_naam"[:15])
    account.ticket("Een heel lang verhaal")
    page = screens.open("agent", f"/queue/?view=open&inbox={account.inbox}&ordering=-created_at", **PHONE)
    assert past_the_edge(page) == []
    row = page.locator("#tickets .ticket-row").first
    row.tap()
    expect(page.locator("#conversation[data-ticket]")).to_be_visible()
    expect(row).to_be_hidden()
    assert past_the_edge(page) == []
    # Once all of it is drawn: the tap has swapped the conversation in a moment ago.
    eventually(lambda: _bottom(page) == PHONE["viewport"]["height"], "the composer to stand at the bottom")

    reply = page.get_by_label("Your reply")
    reply.fill(f"Stuur je rekening {BANK_ACCOUNT}, dan maken we het over")
    expect(page.locator(".finding.block")).to_be_visible()
    assert past_the_edge(page) == []
    page.locator("#ticket-head summary").tap()
    expect(page.get_by_role("button", name="Merge")).to_be_visible()
    assert past_the_edge(page) == []

    page.locator("#ticket-head summary").tap()
    page.get_by_label("Back to the queue").tap()
    expect(row).to_be_visible()
    expect(reply).to_be_hidden()


def test_the_bar_shows_the_first_sections_whole_and_opens_the_rest(screens: Screens) -> None:
    page = screens.open("admin", "/queue/", **PHONE)
    bar = page.get_by_role("navigation", name="Sections")
    expect(bar.get_by_role("link")).to_have_count(4)
    assert bar.evaluate("bar => [...bar.children].every(one => one.scrollWidth <= one.clientWidth)")
    bar.get_by_text("More", exact=True).tap()
    assert past_the_edge(page) == []
    bar.get_by_role("link", name="Administration").tap()
    expect(page).to_have_url(re.compile("/administration/"))


def past_the_edge(page: Page) -> list[str]:
    found: list[str] = page.evaluate(PAST_THE_EDGE, NARROW)
    return found


def _bottom(page: Page) -> float:
    """Where the composer ends, in pixels from the top."""
    foot = page.locator("#composer").bounding_box()
    return foot["y"] + foot["height"] if foot else 0.0
