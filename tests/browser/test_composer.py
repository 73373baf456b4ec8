"""Writing a reply: the draft, what happened meanwhile, and what may not be said in public."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import Screens
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser
BANK_ACCOUNT = "NL91ABNA0417164300"  # the example of the Dutch central bank


def open_ticket(screens: Screens, account: Account, person: str, words: str) -> Page:
    ticket = account.ticket(words)["id"]
    return screens.open(person, f"/tickets/{ticket}/?view=open&inbox={account.inbox}")


def test_a_draft_survives_a_reload(screens: Screens, account: Account) -> None:
    account.says("Mag mijn hond gratis mee?", by="tessa")
    page = open_ticket(screens, account, "agent", "Mag mijn hond")
    reply = page.get_by_label("Your reply")
    reply.press_sequentially("Kleine honden wel")
    expect(page.locator("[data-hint]")).to_have_text("Draft saved")
    reply.press_sequentially(", grote ook")
    page.reload()  # at once: what was typed last goes along
    expect(reply).to_have_value("Kleine honden wel, grote ook")
    expect(page.locator("#length")).to_contain_text("of 280")


def test_who_answers_a_customer_who_wrote_again_is_told(screens: Screens, account: Account) -> None:
    screens.expect("status of 409")  # the desk refuses to send what is stale
    begun = account.says("Rijdt lijn 5 vandaag?", by="otto")
    page = open_ticket(screens, account, "agent", "Rijdt lijn 5")
    page.get_by_label("Your reply").press_sequentially("Ja, lijn 5 rijdt")
    account.says("Laat maar, ik bedoelde lijn 6", by="otto", kind="reply", in_reply_to=begun["id"])
    stale = page.locator("#stale")
    expect(stale).to_contain_text("1 new message since you began.")
    expect(stale).to_contain_text("ik bedoelde lijn 6")

    page.keyboard.press("Control+Enter")
    expect(stale.get_by_role("button", name="Send anyway")).to_be_visible()
    assert not account.has_said("Ja, lijn 5 rijdt")

    stale.get_by_role("button", name="Read it first").click()
    expect(stale).to_be_hidden()
    expect(page.locator("#thread")).to_be_focused()
    page.get_by_label("Your reply").fill("Ja, lijn 6 rijdt ook")
    page.get_by_label("Your reply").press("Control+Enter")
    eventually(lambda: account.has_said("Ja, lijn 6 rijdt ook ^AG"), "the answer on X")


def test_personal_data_is_kept_out_of_public_and_moved_to_private(screens: Screens, account: Account) -> None:
    screens.expect("status of 422")  # the desk refuses to publish it, whatever the screen lets through
    account.says("Ik wacht nog op mijn geld terug", by="roos")
    page = open_ticket(screens, account, "agent", "mijn geld terug")
    reply = page.get_by_label("Your reply")
    reply.fill(f"We storten het op {BANK_ACCOUNT}")
    finding = page.locator(".finding.block")
    expect(finding).to_be_visible()
    expect(page.locator(".draft.under mark.block")).to_have_text(BANK_ACCOUNT)
    send = page.locator("[data-send]")
    expect(send).to_have_attribute("aria-disabled", "true")
    expect(page.locator("[data-hint]")).to_have_text("Solve 1 finding to send")
    foot = page.locator(".composer .foot").evaluate("foot => [foot.scrollWidth, foot.clientWidth]")
    assert foot[0] <= foot[1], "the foot of the composer is wider than its place"

    with page.expect_response("**/reply/") as refused:
        reply.press("Control+Enter")
    assert refused.value.status == 422
    expect(page.locator("#thread .on-its-way")).to_have_count(0)
    reply.press("F8")
    assert page.evaluate("getSelection().toString()") == BANK_ACCOUNT
    expect(finding.locator("[data-fix]")).to_contain_text("Move to private")
    reply.press("Alt+1")
    expect(page.get_by_role("radio", name="Private message")).to_be_checked()
    expect(finding).to_have_count(0)
    expect(send).to_have_attribute("aria-disabled", "false")
    reply.press("Control+Enter")
    eventually(lambda: account.has_said(BANK_ACCOUNT), "the message on X")
    private = [post for post in account.posts() if BANK_ACCOUNT in post["text"]]
    assert [post["kind"] for post in private] == ["dm"]
