"""A reply with pictures, from the composer to the network: chosen, dropped, pasted, described, kept over a reload."""

import base64

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import Screens
from tests.files import PNG, SVG, jpeg_of_a_telephone
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser
BRING = """([how, name, type, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type }));
  const field = document.querySelector(".composer textarea[name=text]");
  const options = { bubbles: true, cancelable: true };
  field.dispatchEvent(how === "paste"
    ? new ClipboardEvent("paste", { ...options, clipboardData: data })
    : new DragEvent("drop", { ...options, dataTransfer: data }));
}"""


def bring(page: Page, how: str, name: str, content: bytes, kind: str = "image/png") -> None:
    page.evaluate(BRING, [how, name, kind, base64.b64encode(content).decode()])


def test_pictures_are_attached_described_ordered_kept_and_sent_with_their_descriptions(
    screens: Screens, account: Account
) -> None:
    screens.expect("status of 400")  # the desk refuses a drawing with a script in it
    account.says("Waar is spoor drie gebleven?", by="noortje")
    ticket = account.ticket("spoor drie")["id"]
    page = screens.open("agent", f"/tickets/{ticket}/?view=open&inbox={account.inbox}")
    items = page.locator("#attached > .attachment")

    page.locator("[data-files]").set_input_files(
        {"name": "kaart.jpg", "mimeType": "image/jpeg", "buffer": jpeg_of_a_telephone()}
    )
    expect(items).to_have_count(1)
    bring(page, "drop", "deur.png", PNG)
    expect(items).to_have_count(2)
    bring(page, "paste", "script.svg", SVG, "image/svg+xml")
    expect(page.get_by_role("alert").filter(has_text="script.svg")).to_contain_text("can't go along")
    bring(page, "paste", "weg.png", PNG)
    expect(items).to_have_count(3)
    expect(page.get_by_role("alert").filter(has_text="script.svg")).to_be_hidden()

    page.get_by_role("button", name="Take off: weg.png").press("Enter")
    expect(page.get_by_role("button", name="Take off: deur.png")).to_be_focused()
    page.get_by_role("button", name="Earlier: deur.png").press("Enter")
    expect(items.first).to_contain_text("deur.png")
    expect(page.get_by_role("button", name="Later: deur.png")).to_be_focused()

    page.get_by_label("Your reply").fill("Hier, zie de kaart")
    finding = page.locator("#verdict .finding", has_text="Attachment 2 has no description")
    finding.get_by_role("button", name="Describe it").click()
    described = page.get_by_role("textbox", name="Description of attachment 2")
    expect(described).to_be_focused()
    page.keyboard.type("Een kaart van spoor drie")
    expect(finding).to_be_hidden()
    page.reload()
    expect(items.nth(1)).to_contain_text("kaart.jpg")
    expect(described).to_have_value("Een kaart van spoor drie")

    page.get_by_label("Your reply").press("Control+Enter")
    eventually(lambda: account.has_said("Hier, zie de kaart ^AG"), "the answer on X")
    (sent,) = [post for post in account.posts() if "Hier, zie de kaart" in post["text"]]
    assert [media["alt_text"] for media in sent["media"]] == ["", "Een kaart van spoor drie"]
    expect(page.locator("#thread").get_by_role("img", name="Een kaart van spoor drie")).to_be_visible()
    expect(items).to_have_count(0)
