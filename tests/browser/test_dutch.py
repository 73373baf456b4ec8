"""The whole desk in Dutch, and the customer's own words in the customer's language."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.administration_pages import administration
from tests.browser.looks import ENGLISH, OWN_WORDS
from tests.browser.pages import OWN, answers, approvals, crises, inward, knowledge, reports, threads
from tests.browser.screens import Screens
from tests.running.customers import Account

pytestmark = pytest.mark.browser
# What stands on the network's own pages, phrases that the rulebook looks for as they stand, and names of variables.
QUOTED = re.compile(r"‘[^’]+’|\"[^\"]+\"|\{\w+\}")


def test_an_agent_changes_the_language_in_the_menu(
    screens: Screens, account: Account, newcomer: Callable[..., str]
) -> None:
    account.says("The ticket machine at platform two took my money and gave me nothing", by="harold")
    ticket = account.ticket("The ticket machine")["id"]
    page = screens.open(newcomer("daan"), f"/tickets/{ticket}/?view=open&inbox={account.inbox}")
    page.locator("summary.me").click()
    page.get_by_role("button", name="Nederlands").click()

    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page.get_by_role("link", name="Alles open")).to_be_visible()
    expect(page.get_by_role("radio", name="Openbaar antwoord")).to_be_checked()
    expect(page.locator("#ticket-head .clock")).to_contain_text("nog")
    expect(page.locator("#thread blockquote")).to_have_attribute("lang", "en")
    expect(page.locator(f"#row-{ticket} .line")).to_have_attribute("lang", "en")
    page.get_by_label("Je antwoord", exact=True).press_sequentially("We kijken")
    expect(page.locator("[data-hint]")).to_have_text("Concept bewaard")
    assert english(page) == set()
    page.locator("summary.me").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("radio", name="Public reply")).to_be_checked()


def test_no_page_falls_back_to_english(screens: Screens, account: Account, newcomer: Callable[..., str]) -> None:
    door = screens.stranger(locale="nl-NL")
    door.goto("/accounts/login/")
    assert english(door) == set()
    reader = newcomer("wil", "administrator", language="nl")
    page = screens.open(reader, "/")
    left = {}
    ours = (
        *reports(screens),
        *OWN,
        *crises(screens),
        *approvals(screens, account),
        *answers(screens, account),
        *knowledge(screens),
        *threads(screens, account, reader),
        *inward(screens, account),
    )
    for address in ("/", "/queue/", *ours, *administration(screens, account)):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "nl")
        if found := english(page):
            left[address] = found
    assert left == {}


def english(page: Page) -> set[str]:
    """The sentences of the page that are not Dutch."""
    sentences: list[str] = page.evaluate(OWN_WORDS)
    return {
        sentence for sentence in sentences if ENGLISH & set(re.findall(r"[a-z’']+", QUOTED.sub("", sentence.lower())))
    }
