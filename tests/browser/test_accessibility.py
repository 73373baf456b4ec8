"""What axe-core finds: nothing serious and nothing critical, on any page."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.administration_pages import administration
from tests.browser.looks import NARROW, PAST_THE_EDGE
from tests.browser.pages import OWN, answers, approvals, crises, end_of_a_mail, inward, knowledge, reports, threads
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


def test_every_other_page_can_be_used_by_everybody_and_fits_a_phone(screens: Screens, account: Account) -> None:
    """Each is loaded once, and looked at in both themes and at both widths: their sum takes long."""
    screens.expect("status of 404")
    page = screens.stranger()
    page.goto("/accounts/login/")
    found = {"/accounts/login/": everything_wrong(page)}
    page = screens.open("admin", "/")
    for address in (
        "/",
        "/queue/",
        "/queue/?view=mine",
        "/tickets/999999999/",
        "/nowhere/",
        end_of_a_mail(screens),
        *reports(screens),
        *OWN,
        *crises(screens),
        *answers(screens, account),
        *approvals(screens, account),
        *knowledge(screens),
        *threads(screens, account),
        *inward(screens, account),
        *administration(screens, account),
    ):
        page.goto(address)
        found[address] = everything_wrong(page)
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def test_the_phone_can_be_used_by_everybody(screens: Screens, account: Account) -> None:
    account.says("Mijn bus kwam niet", by="rik")
    account.ticket("Mijn bus kwam niet")
    page = screens.open("agent", f"/queue/?view=open&inbox={account.inbox}&ordering=-created_at", **PHONE)
    assert barriers(page) == []
    page.locator("#tickets .ticket-row").first.tap()
    expect(page.get_by_label("Your reply")).to_be_visible()
    assert barriers(page) == []


def everything_wrong(page: Page) -> list[str]:
    """What keeps people out in the light, what can't be read in the dark, and what the width of a phone cuts off."""
    wrong = barriers(page)
    page.emulate_media(color_scheme="dark")
    wrong += barriers(page, "color-contrast")  # the one rule that a theme can break
    page.emulate_media(color_scheme="light")
    wide, finger = page.viewport_size, page.context.new_cdp_session(page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.set_viewport_size(PHONE["viewport"])
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    wrong += page.evaluate(PAST_THE_EDGE, NARROW)
    assert wide is not None
    page.set_viewport_size(wide)
    finger.detach()  # which ends what it emulated
    return wrong


def barriers(page: Page, *rules: str) -> list[str]:
    """What keeps people out by these rules of axe-core, else by all of them, with the first element that does."""
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    if not page.evaluate("window.axe !== undefined"):  # half a megabyte, which stays until the page goes
        page.evaluate(Axe().axe_script)
    # Without `preload` it does not fetch every sheet again, which only a rule needs that is off.
    options = {"resultTypes": ["violations"], "preload": False, **only}
    answer: dict[str, Any] = page.evaluate("options => axe.run(options)", options)
    return [
        f"{found['id']}: {found['help']}: {found['nodes'][0]['html'][:160]} ({found['nodes'][0]['failureSummary']})"
        for found in answer["violations"]
        if found["impact"] in ("serious", "critical")
    ]
