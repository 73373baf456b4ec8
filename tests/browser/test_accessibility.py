"""What axe-core finds: nothing serious and nothing critical, on any page."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.pages import OWN, administration, answers, approvals, crises, end_of_a_mail, reports
from tests.browser.screens import PHONE, Screens
from tests.running.customers import Account

pytestmark = pytest.mark.browser
BANK_ACCOUNT = "NL91ABNA0417164300"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_workspace_can_be_used_by_everybody(screens: Screens, account: Account, theme: str) -> None:
    question = f"Waar blijft mijn vergoeding? ({theme})"
    account.says(question, by="lotte")
    ticket = account.ticket(question)["id"]
    page = screens.open("agent", f"/tickets/{ticket}/?view=open&inbox={account.inbox}", color_scheme=theme)
    page.get_by_label("Your reply").fill(f"Op {BANK_ACCOUNT}, of zie https://bit.ly/abc")
    expect(page.locator(".finding.block")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("radio", name="Note").click()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_role("combobox", name="To whom")).to_be_focused()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#command-list [role=option]").first).to_be_visible()
    assert barriers(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_other_page_can_be_used_by_everybody(screens: Screens, account: Account, theme: str) -> None:
    screens.expect("status of 404")
    page = screens.stranger(color_scheme=theme)
    page.goto("/accounts/login/")
    found = {"/accounts/login/": barriers(page)}
    page = screens.open("admin", "/", color_scheme=theme)
    for address in (
        "/",
        "/queue/?view=mine",
        "/tickets/999999999/",
        "/nowhere/",
        end_of_a_mail(screens),
        *reports(screens),
        *OWN,
        *crises(screens),
        *answers(screens, account),
        *approvals(screens, account),
        *administration(screens, account),
    ):
        page.goto(address)
        found[address] = barriers(page)
    assert {address: barriers for address, barriers in found.items() if barriers} == {}


def test_the_phone_can_be_used_by_everybody(screens: Screens, account: Account) -> None:
    account.says("Mijn bus kwam niet", by="rik")
    account.ticket("Mijn bus kwam niet")
    page = screens.open("agent", f"/queue/?view=open&inbox={account.inbox}&ordering=-created_at", **PHONE)
    assert barriers(page) == []
    page.locator("#tickets .ticket-row").first.tap()
    expect(page.get_by_label("Your reply")).to_be_visible()
    assert barriers(page) == []


def barriers(page: Page) -> list[str]:
    """What keeps people out, with the first element that does."""
    answer: dict[str, Any] = Axe().run(page).response
    return [
        f"{found['id']}: {found['help']}: {found['nodes'][0]['html'][:160]} ({found['nodes'][0]['failureSummary']})"
        for found in answer["violations"]
        if found["impact"] in ("serious", "critical")
    ]
