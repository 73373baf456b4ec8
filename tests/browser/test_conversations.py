"""People on several accounts, whole threads and pictures, by keyboard and for whoever can't see them."""

import pytest
from playwright.sync_api import expect

from tests.browser.screens import PHONE, Screens
from tests.browser.test_accessibility import barriers
from tests.browser.test_phone import past_the_edge
from tests.running.customers import Account

pytestmark = pytest.mark.browser


def test_two_customers_become_one_by_keyboard_alone_and_part_again(screens: Screens, account: Account) -> None:
    account.says(f"@{account.handle} mijn vouwfiets staat nog in de trein", by="wouterzwart")
    account.says(f"@{account.handle} dat was ik ook op mijn werk", by="wouterophetwerk")
    ticket, other = (account.ticket(words)["id"] for words in ("mijn vouwfiets", "dat was ik ook"))
    page = screens.open("agent", f"/tickets/{ticket}/?view=open&inbox={account.inbox}")
    page.get_by_role("button", name="The same person as …").focus()
    page.keyboard.press("Enter")
    name = page.get_by_label("Name or handle on another network")
    expect(name).to_be_focused()
    assert barriers(page) == []
    page.keyboard.type("wouterophet")
    found = page.locator("#people-found button")
    expect(found).to_have_count(1)
    found.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Both become one customer")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#customer-more").get_by_text("1 other ticket")).to_be_visible()
    expect(page.locator(f'#customer-more a[href="/tickets/{other}/"]')).to_be_visible()
    assert barriers(page) == []

    page.get_by_role("button", name="Take wouterophetwerk out").click()
    page.get_by_role("button", name="Take out", exact=False).last.click()
    expect(page.locator("#customer-more").get_by_text("1 other ticket")).to_have_count(0)


def test_pictures_are_looked_at_one_after_the_other_by_keyboard(screens: Screens, account: Account) -> None:
    pictures = [{"alt_text": "Een leeg perron"}, {"alt_text": "Een bord zonder trein"}]
    account.says(f"@{account.handle} zo ziet het perron eruit", by="fotograaf", media=pictures)
    ticket = account.ticket("zo ziet het perron")["id"]
    page = screens.open("agent", f"/tickets/{ticket}/")
    first, second = (page.locator("#thread").get_by_role("img", name=one["alt_text"]) for one in pictures)
    expect(first).to_be_visible()
    expect(second).to_be_visible()
    page.locator("#thread a[data-look]").first.focus()
    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog", name="Picture")
    expect(viewer.get_by_role("img", name="Een leeg perron")).to_be_visible()
    expect(viewer).to_contain_text("Picture 1 of 2")
    assert barriers(page) == []
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("figcaption")).to_have_text("Een bord zonder trein")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(page.locator("#thread a[data-look]").nth(1)).to_be_focused()


def test_a_whole_thread_fits_a_phone(screens: Screens, account: Account) -> None:
    post = account.says(f"@{account.handle} het perron is glad", by="wandelaar")
    account.says(f"@{account.handle} bij ons ook", by="buurvrouw", in_reply_to=post["id"])
    ticket = account.ticket("het perron is glad")["id"]
    account.ticket("bij ons ook")
    page = screens.open("agent", f"/tickets/{ticket}/thread/", **PHONE)
    expect(page.locator(".branch.depth-1")).to_contain_text("bij ons ook")
    assert past_the_edge(page) == []
    assert barriers(page) == []
