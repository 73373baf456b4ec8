"""The sandbox's own pages: a person plays the customer on the town square, and breaks things on the fault panel."""

import re

import pytest
from playwright.sync_api import Page, expect

from connectors.sandbox.faults import KINDS
from tests.browser.screens import PATIENCE_MS, Screens
from tests.browser.test_accessibility import barriers
from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually

pytestmark = pytest.mark.browser
ARRIVES_MS = PATIENCE_MS * 2  # the square looks again every 1.5 s


def square_of(screens: Screens, account: Account) -> Page:
    """The town square, where this company is."""
    page = screens.stranger()
    page.goto(f"{screens.desk.sandbox_url}/square/?network={account.place}")
    expect(page.locator("#wings .card")).to_be_visible()
    there = page.locator("#wings .person", has_text=re.compile(rf"@{account.handle}$"))
    if there.count():  # else it is the only company, and nobody is asked
        there.click()
    return page


def test_a_person_writes_in_public_and_sees_the_companys_answer(screens: Screens, account: Account) -> None:
    page = square_of(screens, account)
    expect(page.locator(".band")).to_contain_text("sandbox", ignore_case=True)
    page.locator("#cast .person").first.click()
    words = "Op het plein: waar blijft mijn trein?"
    page.locator("#place form textarea").first.fill(f"@{account.handle} {words}")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator("#place")).to_contain_text(words)
    ticket = account.ticket(words)["id"]
    account.answer(ticket, "Die staat al op het perron.")
    expect(page.locator("#place")).to_contain_text("Die staat al op het perron.", timeout=ARRIVES_MS)
    assert barriers(page) == []


def test_a_person_writes_in_private_and_is_answered_there(screens: Screens, account: Account) -> None:
    page = square_of(screens, account)
    page.get_by_role("button", name="X messages").click()
    page.locator("#cast .person").nth(1).click()
    page.locator("#place form textarea").last.fill("In het geheim: mijn pas is zoek.")
    page.get_by_role("button", name="Send", exact=True).click()
    ticket = account.ticket("In het geheim")["id"]
    account.answer(ticket, "We sturen een nieuwe.", visibility="private")
    expect(page.locator("#place")).to_contain_text("We sturen een nieuwe.", timeout=ARRIVES_MS)
    assert barriers(page) == []


def test_every_fault_can_be_armed_by_hand_and_cleared(screens: Screens, desk: RunningDesk) -> None:
    """On the network that no account of these tests is on, so that nothing else is struck."""
    page = screens.stranger()
    page.goto(f"{desk.sandbox_url}/faults/")
    page.locator("#arm").get_by_role("button", name="Facebook", exact=True).click()
    for kind in KINDS:
        page.locator("#arm button.kind", has=page.locator(f"code:text-is('{kind}')")).click()
        page.get_by_role("button", name="Arm it").click()
        expect(page.locator("#armed .item code", has_text=re.compile(rf"^{kind}$"))).to_be_visible()
    armed = Account.sandbox(desk, "GET", "/faults")["faults"]
    assert {fault["kind"] for fault in armed} == set(KINDS)
    assert {fault["network"] for fault in armed} == {"facebook"}
    assert barriers(page) == []
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator("#armed .item")).to_have_count(0)
    eventually(lambda: not Account.sandbox(desk, "GET", "/faults")["faults"], "the faults to be gone")


def test_what_is_done_without_a_word_is_done_by_hand(screens: Screens, desk: RunningDesk) -> None:
    """A feeling below a post of the company's, and which app has a conversation."""
    company = {"network": "facebook", "account": "pleinbus"}
    Account.sandbox(desk, "POST", "/accounts", {"network": "facebook", "handle": "pleinbus"})
    own = {**company, "kind": "post", "origin": "native", "text": "De pleinbus rijdt weer."}
    post = Account.sandbox(desk, "POST", "/posts", own)["id"]
    Account.sandbox(desk, "POST", "/posts", {**company, "kind": "dm", "author": "nadia", "text": "Is daar een mens?"})
    page = screens.stranger()
    page.goto(f"{desk.sandbox_url}/square/?network=facebook")
    there = page.locator("#wings .person", has_text="@pleinbus")
    expect(page.locator("#wings .card")).to_be_visible()
    if there.count():
        there.click()
    angry = page.locator(f"#post-{post}").get_by_role("button", name="Angry")
    angry.click()
    expect(angry).to_have_attribute("aria-pressed", "true")
    assert [len(who) for who in Account.sandbox(desk, "GET", f"/posts/{post}")["felt"].values()] == [1]
    assert barriers(page) == []
    page.get_by_role("button", name="Messenger").click()
    page.locator(".chats .person", has_text="nadia").click()
    for deed, then in (
        ("Other app takes it", "Another app has this conversation."),
        ("Give it to the desk", "The desk has this conversation."),
    ):
        page.get_by_role("button", name=deed).click()
        expect(page.locator(".apps")).to_contain_text(then)
    assert barriers(page) == []
