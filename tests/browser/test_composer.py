"""Writing a reply: the draft, what happened meanwhile, and what may not be said in public."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.screens import Screens
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser
BANK_ACCOUNT = "NL91ABNA0417164300"  # the example of the Dutch central bank
SLOW = """() => {
  const quick = window.fetch;
  window.asked = 0;
  window.fetch = async (...question) => {
    if (question[0].endsWith("/draft/")) window.asked += 1;
    await new Promise((done) => setTimeout(done, 700));
    return quick(...question);
  };
}"""


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
    expect(page.locator("[data-hint]")).to_have_text("Not sent: there is news")
    assert not account.has_said("Ja, lijn 5 rijdt")
    account.says("Of toch lijn 7", by="otto", kind="reply", in_reply_to=begun["id"])
    expect(stale).to_contain_text("2 new messages since you began.")  # drawn anew, and the choice still stands
    expect(stale.get_by_role("button", name="Send anyway")).to_be_visible()
    expect(page.locator("[data-hint]")).to_have_text("Not sent: there is news")

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
    expect(finding.locator("[data-fix]").first).to_contain_text("Move to private")
    reply.press("Alt+1")
    expect(page.get_by_role("radio", name="Private message")).to_be_checked()
    expect(finding).to_have_count(0)
    expect(send).to_have_attribute("aria-disabled", "false")
    reply.press("Control+Enter")
    eventually(lambda: account.has_said(BANK_ACCOUNT), "the message on X")
    private = [post for post in account.posts() if BANK_ACCOUNT in post["text"]]
    assert [post["kind"] for post in private] == ["dm"]


def caret(reply: Locator) -> list[int]:
    """Where the selection begins and ends."""
    found: list[int] = reply.evaluate("field => [field.selectionStart, field.selectionEnd]")
    return found


def test_a_fix_changes_the_words_keeps_the_caret_and_can_be_undone(screens: Screens, account: Account) -> None:
    account.says("Wie kan ik mailen?", by="vera")
    page = open_ticket(screens, account, "agent", "Wie kan ik mailen")
    reply = page.get_by_label("Your reply")
    typed = "👍 Mail jan@jansen.nl, dank!!!"  # one character of two units: places are counted in code points
    reply.press_sequentially(typed)
    expect(page.locator(".finding")).to_have_count(2)
    expect(page.locator("[data-aloud]")).to_contain_text("2 findings. Blocks: ")
    for _letter in "dank!!!":
        reply.press("ArrowLeft")
    before = caret(reply)

    reply.press("Alt+2")
    masked = typed.replace("jan@jansen.nl", "***@******.**")
    expect(reply).to_have_value(masked)
    assert caret(reply) == before
    reply.press_sequentially("heel ")
    expect(reply).to_have_value(masked.replace("dank", "heel dank"))
    expect(page.locator(".finding")).to_have_count(1)

    page.locator(".finding").get_by_role("button", name="Use “!”").click()
    expect(reply).to_have_value("👍 Mail ***@******.**, heel dank!")
    expect(page.locator(".finding")).to_have_count(0)
    expect(page.locator("[data-aloud]")).to_have_text("No findings any more.")
    expect(reply).to_be_focused()
    reply.press("Control+z")
    expect(reply).to_have_value("👍 Mail ***@******.**, heel dank!!!")
    for _time in range(8):  # what was typed between goes first, letter by letter or at once
        if reply.input_value() == typed:
            break
        reply.press("Control+z")
    expect(reply).to_have_value(typed)
    expect(page.locator(".finding")).to_have_count(2)


def test_every_fix_is_reached_by_keyboard_and_described_by_its_finding(screens: Screens, account: Account) -> None:
    account.says("Mag ik je iets vragen?", by="hugo")
    page = open_ticket(screens, account, "agent", "iets vragen")
    reply = page.get_by_label("Your reply")
    reply.press_sequentially("Kijk op https://ns.nl/?utm_source=x of mail jan@jansen.nl")
    expect(page.locator(".finding.block")).to_be_visible()
    page.keyboard.press("Tab")
    private = page.get_by_role("button", name="Move to private")
    expect(private).to_be_focused()
    expect(private).to_have_accessible_description(page.locator(".finding.block .say").inner_text())
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Mask it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(reply).to_be_focused()
    expect(reply).to_have_value("Kijk op https://ns.nl/?utm_source=x of mail ***@******.**")
    expect(page.locator(".finding.block")).to_have_count(0)

    clean = page.get_by_role("button", name="Use “https://ns.nl/”")
    clean.focus()
    page.evaluate("document.dispatchEvent(new CustomEvent('live:rulebook'))")  # other rules: the desk is asked again
    expect(page.locator("[data-hint]")).to_have_text("Draft saved")
    expect(clean).to_be_focused()
    page.keyboard.press("Enter")
    expect(reply).to_have_value("Kijk op https://ns.nl/ of mail ***@******.**")


def test_no_keystroke_is_lost_while_the_desk_is_slow(screens: Screens, account: Account) -> None:
    account.says("Hoe laat gaat de eerste trein?", by="ivo")
    page = open_ticket(screens, account, "agent", "de eerste trein")
    reply = page.get_by_label("Your reply")
    page.evaluate(SLOW)
    reply.press_sequentially("Mail jan@jansen.nl")
    mark = page.locator(".draft.under mark.block")
    expect(mark).to_have_text("jan@jansen.nl")
    reply.press("Home")
    reply.press_sequentially("Hoi! ", delay=20)
    expect(mark).to_have_text("jan@jansen.nl")  # it moved along, long before the desk was asked again
    reply.press("Alt+2")  # about the text as it was checked
    reply.press_sequentially("Ivo, ", delay=20)
    whole = "Hoi! Ivo, Mail ***@******.**"
    expect(reply).to_have_value(whole)
    expect(mark).to_have_count(0)
    expect(page.locator("[data-hint]")).to_have_text("Draft saved")
    assert reply.input_value() == whole
    assert page.evaluate("asked") < len(whole), "the desk was asked at each key"
    page.reload()
    expect(reply).to_have_value(whole)
