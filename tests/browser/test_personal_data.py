"""Somebody is erased with the keyboard alone, and their next words open a new ticket."""

import itertools

import pytest
from playwright.sync_api import expect

from tests.browser.screens import Screens
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser
_numbers = itertools.count(1)


def test_somebody_is_erased_by_keys_alone_and_answered_when_they_write_again(
    screens: Screens, account: Account
) -> None:
    name = f"wist{next(_numbers)}mij"
    account.says(f"@{account.handle} mijn adres is Dijk 12, zei {name}", by=name)
    ticket = account.ticket(f"zei {name}")
    page = screens.open("admin", f"/tickets/{ticket['id']}/")
    page.get_by_role("link", name="Show or erase").focus()
    page.keyboard.press("Enter")
    handle = page.get_by_label(f"Type “{name}” to confirm")
    handle.focus()
    page.keyboard.type("iemand anders")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is another one.")).to_be_visible()
    handle.fill("")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="is erased")).to_be_visible()
    expect(page.get_by_text("Nothing that the person wrote")).to_be_visible(timeout=60_000)

    page.goto(f"/tickets/{ticket['id']}/")
    expect(page.get_by_text("A message, erased")).to_be_visible()
    assert name not in page.content()

    account.says(f"@{account.handle} daar ben ik weer, {name}", by=name)
    eventually(lambda: account.ticket(f"weer, {name}"), "the new ticket")
    assert account.ticket(f"weer, {name}")["id"] != ticket["id"]
    page.goto(f"/tickets/{account.ticket(f'weer, {name}')['id']}/")
    expect(page.get_by_text("earlier erased")).to_be_visible()
