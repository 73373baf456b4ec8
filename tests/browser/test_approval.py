"""Two people and one reply: a trainee writes it, a supervisor betters it, and the customer reads the better words."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.screens import Screens
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser
WORDS, BETTER = "Weet ik ook niet", "Wat vervelend! We zoeken het meteen uit"


def test_a_trainee_writes_a_supervisor_edits_and_approves_and_the_customer_gets_it_signed_by_the_trainee(
    screens: Screens, account: Account, newcomer: Callable[..., str]
) -> None:
    trainee, boss = newcomer("tess", "trainee", signature="TT"), newcomer("petra", "supervisor", signature="PP")
    account.says(f"@{account.handle} hoe laat gaat de boot", by="nina")
    ticket = account.ticket("hoe laat gaat de boot")["id"]
    approver = screens.open(boss, "/approvals/")
    writer = screens.open(trainee, f"/tickets/{ticket}/")
    writer.locator("textarea[name=text]").fill(WORDS)
    expect(writer.locator("[data-send]")).to_contain_text("Ask approval")
    writer.keyboard.press("Control+Enter")
    expect(writer.locator(".on-its-way")).to_contain_text("waits for approval")

    row = approver.locator("#approval-list").get_by_text(WORDS)
    expect(row).to_be_visible()  # by itself
    expect(approver.locator("[data-approvals-count]")).to_be_visible()
    expect(approver.locator("[data-bell-count]")).to_have_text("1")
    row.click()
    expect(approver.locator(".excerpt")).to_contain_text("hoe laat gaat de boot")
    approver.wait_for_load_state()
    approver.keyboard.press("e")
    expect(approver.locator("#words")).to_be_focused()
    approver.keyboard.press("Control+a")
    approver.keyboard.type(BETTER)
    approver.keyboard.press("Control+Enter")
    expect(approver.locator("#notices")).to_contain_text("Approved")

    eventually(lambda: account.has_said(f"{BETTER} ^TT"), "the edited answer on the network")
    assert not account.has_said(WORDS)
    expect(writer.locator("[data-bell-count]")).to_have_text("1")
    expect(writer.locator("#thread")).to_contain_text(BETTER)


def test_a_rejected_reply_comes_back_with_the_reason_while_its_author_looks(
    screens: Screens, account: Account, newcomer: Callable[..., str]
) -> None:
    trainee, boss = newcomer("timo", "trainee", signature="TM"), newcomer("pim", "supervisor", signature="PM")
    account.says(f"@{account.handle} waar is mijn fiets gebleven", by="siem")
    ticket = account.ticket("waar is mijn fiets")["id"]
    writer = screens.open(trainee, f"/tickets/{ticket}/")
    writer.locator("textarea[name=text]").fill("Geen idee")
    expect(writer.locator("[data-send]")).to_contain_text("Ask approval")
    writer.keyboard.press("Control+Enter")
    expect(writer.locator(".on-its-way")).to_contain_text("waits for approval")
    approver = screens.open(boss, f"/tickets/{ticket}/")
    approver.get_by_role("link", name="Look and decide").click()
    approver.wait_for_url("**/approvals/*/")
    approver.wait_for_load_state()
    approver.keyboard.press("r")
    expect(approver.locator("#reason")).to_be_focused()
    approver.keyboard.type("Zeg eerst sorry")
    approver.keyboard.press("Control+Enter")
    expect(approver.locator("#notices")).to_contain_text("Rejected")
    expect(writer.locator("#returned")).to_contain_text("Zeg eerst sorry")
    expect(writer.locator("textarea[name=text]")).to_have_value("Geen idee")
