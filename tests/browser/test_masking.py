"""An expert reads asterisks where a customer's data stands, and sees one message after saying why."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.screens import PHONE, Screens
from tests.browser.test_accessibility import barriers
from tests.browser.test_phone import past_the_edge
from tests.running.customers import Account

pytestmark = pytest.mark.browser
BANK_ACCOUNT = "BE68539007547034"  # of no test else on this account
MASKED = "*" * len(BANK_ACCOUNT)


def test_a_masked_message_is_shown_for_a_reason_by_keyboard_alone(
    screens: Screens, connect: Callable[..., Account]
) -> None:
    account = connect("x")  # a list of its own, which others do not fill
    account.says(f"Stort mijn geld op {BANK_ACCOUNT}", by="ida", kind="dm")
    ticket = account.ticket("Stort mijn geld op")["id"]
    page = screens.open("expert", f"/tickets/{ticket}/?view=open&inbox={account.inbox}")
    expect(page.locator("#thread blockquote")).to_have_text(f"Stort mijn geld op {MASKED}")
    expect(page.locator(f"#row-{ticket} .line")).to_contain_text(MASKED)
    assert BANK_ACCOUNT not in page.content()

    show = page.get_by_role("button", name="Show, logged")
    show.focus()
    page.keyboard.press("Enter")
    reason = page.get_by_label("Why do you need it?")
    expect(reason).to_be_focused()
    assert barriers(page) == []
    page.keyboard.press("Enter")  # nothing is shown for nothing
    expect(reason).to_be_visible()
    page.keyboard.type("De bank vraagt ernaar")
    page.keyboard.press("Enter")
    expect(reason).to_be_hidden()
    expect(show).to_be_focused()
    expect(page.locator("#thread .kept")).to_have_text(f"Stort mijn geld op {BANK_ACCOUNT}")
    assert barriers(page) == []

    account.says("Hallo?", by="ida", kind="dm")  # the conversation is drawn anew, and what was shown stays
    expect(page.locator("#thread blockquote")).to_have_count(2)
    expect(page.locator("#thread .kept")).to_have_text(f"Stort mijn geld op {BANK_ACCOUNT}")
    page.get_by_role("button", name="Timeline").click()
    expect(page.get_by_text("De bank vraagt ernaar")).to_be_visible()
    page.reload()
    expect(page.locator("#thread blockquote").first).to_have_text(f"Stort mijn geld op {MASKED}")
    assert BANK_ACCOUNT not in page.content()


def test_it_fits_a_phone(screens: Screens, account: Account) -> None:
    account.says("Mijn adres is 1234 AB 56, mail naar een.heel.lang.adres@voorbeeld.nl", by="jaap")
    ticket = account.ticket("Mijn adres is")["id"]
    page = screens.open("expert", f"/tickets/{ticket}/", **PHONE)
    page.get_by_role("button", name="Show, logged").tap()
    expect(page.get_by_label("Why do you need it?")).to_be_visible()
    assert past_the_edge(page) == []
