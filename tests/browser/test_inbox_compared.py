"""An administrator compares an inbox with its network by the keyboard alone, on a phone too."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.screens import PHONE, Screens
from tests.browser.test_accessibility import barriers
from tests.running.customers import Account

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("where", [{}, PHONE], ids=["wide", "phone"])
def test_an_inbox_is_compared_by_keys_alone(screens: Screens, account: Account, where: dict[str, object]) -> None:
    page = screens.open("admin", f"/administration/inboxes/{account.inbox}/", **where)
    expect(page.get_by_role("heading", name="Compare with the network")).to_be_visible()
    assert barriers(page) == []
    page.get_by_label("Take in what is missing").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Compare").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/comparisons/"))
    expect(page.get_by_text("What was read").first).to_be_visible(timeout=60_000)
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
