"""People on several accounts, whole threads and pictures, by keyboard and for whoever can't see them."""

from collections.abc import Callable

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

    picture = viewer.get_by_role("img")
    before = picture.bounding_box()
    page.keyboard.press("+")
    expect(viewer).to_contain_text("Picture 2 of 2 · 150 %")
    page.keyboard.press("+")
    expect(viewer).to_contain_text("200 %")
    after = picture.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(2 * before["width"], abs=2)
    assert after["height"] == pytest.approx(2 * before["height"], abs=2)
    assert barriers(page) == []
    page.keyboard.press("ArrowRight")  # moves the picture, and leads to no other one
    expect(viewer.locator("figcaption")).to_have_text("Een bord zonder trein")
    page.keyboard.press("0")
    expect(viewer).not_to_contain_text("%")
    viewer.get_by_role("button", name="Larger").click()
    expect(viewer).to_contain_text("150 %")
    page.keyboard.press("-")
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("figcaption")).to_have_text("Een leeg perron")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(page.locator("#thread a[data-look]").nth(1)).to_be_focused()


def test_the_viewer_fits_a_phone(screens: Screens, account: Account) -> None:
    account.says(f"@{account.handle} kijk dit bordje nou", by="bordenman", media=[{"alt_text": "Een scheef bordje"}])
    ticket = account.ticket("kijk dit bordje nou")["id"]
    page = screens.open("agent", f"/tickets/{ticket}/", **PHONE)
    page.locator("#thread a[data-look]").tap()
    viewer = page.get_by_role("dialog", name="Picture")
    expect(viewer.get_by_role("img", name="Een scheef bordje")).to_be_visible()
    assert past_the_edge(page) == []
    assert barriers(page) == []


def test_a_voice_message_is_played_by_keyboard(screens: Screens, connect: Callable[..., Account]) -> None:
    mastodon = connect("mastodon", webhook=False)
    mastodon.says("dit hoorde ik in de trein", by="luisteraar", media=[{"kind": "audio", "alt_text": "Een omroep"}])
    page = screens.open("agent", f"/tickets/{mastodon.ticket('dit hoorde ik')['id']}/")
    voice = page.locator("#thread audio")
    expect(voice).to_have_attribute("aria-label", "Een omroep")
    expect(page.locator("#thread video")).to_have_count(0)
    voice.focus()
    page.keyboard.press("Space")
    expect(voice).not_to_have_js_property("currentTime", 0)


def test_a_whole_thread_fits_a_phone(screens: Screens, account: Account) -> None:
    post = account.says(f"@{account.handle} het perron is glad", by="wandelaar")
    account.says(f"@{account.handle} bij ons ook", by="buurvrouw", in_reply_to=post["id"])
    ticket = account.ticket("het perron is glad")["id"]
    account.ticket("bij ons ook")
    page = screens.open("agent", f"/tickets/{ticket}/thread/", **PHONE)
    expect(page.locator(".branch.depth-1")).to_contain_text("bij ons ook")
    assert past_the_edge(page) == []
    assert barriers(page) == []
