"""A canned response by keys alone: found behind a slash, asked about, put in, and staged beside the reply."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.screens import Screens
from tests.browser.test_composer import open_ticket
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser


def a_canned(screens: Screens, shortcut: str, text: str, **more: object) -> None:
    texts = [{"language": "nl", "text": text}]
    wish = {"name": shortcut.title(), "shortcut": shortcut, "texts": texts, **more}
    made = screens.desk.api("POST", "canned-responses/", wish, as_="supervisor")["id"]
    screens.desk.api("POST", f"canned-responses/{made}/activate/", as_="supervisor")


def test_it_is_found_asked_about_and_put_in_by_keys_alone(screens: Screens, account: Account) -> None:
    screens.expect("status of 400")  # a question that was not answered
    variables = [
        {"name": "dag", "type": "date", "label": "Welke dag", "required": True},
        {"name": "deel", "type": "choice", "label": "Dagdeel", "choices": ["ochtend", "middag"], "required": True},
    ]
    actions = [{"do": "tag", "value": "terugbellen"}, {"do": "state", "value": "resolve"}]
    a_canned(screens, "terugbel", "We bellen op {{dag}} ({{deel}}).", variables=variables, actions=actions)
    account.says("Kunnen jullie me bellen?", by="bella")
    number = account.ticket("Kunnen jullie me bellen")["id"]
    page = open_ticket(screens, account, "agent", "Kunnen jullie me bellen")
    reply = page.get_by_label("Your reply")
    reply.press_sequentially("Hoi. /terugbel")
    expect(page.locator("#offers [aria-selected=true]")).to_contain_text("asks")
    page.keyboard.press("Enter")
    dialog = page.locator("#dialog")
    day = dialog.get_by_label("Welke dag")
    expect(day).to_be_focused()
    page.keyboard.press("Escape")
    expect(reply).to_be_focused()
    expect(reply).to_have_value("Hoi. /terugbel")

    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.press("l")
    expect(page.locator("#offers [aria-selected=true]")).to_contain_text("Terugbel")
    page.keyboard.press("Enter")
    expect(day).to_be_focused()
    day.fill("2026-12-01")
    day.press("Enter")
    expect(dialog).to_contain_text("Fill this in.")
    dialog.get_by_label("Dagdeel").select_option("middag")
    dialog.get_by_role("button", name="Insert").press("Enter")
    expect(reply).to_be_focused()
    expect(reply).to_have_value("Hoi. We bellen op 1 december 2026 (middag).")
    staged = page.locator("#staged")
    expect(staged).to_contain_text("tag terugbellen")
    staged.get_by_label("resolve").uncheck()
    reply.press("Control+Enter")
    eventually(lambda: account.has_said("Hoi. We bellen op 1 december 2026"), "the answer on X")

    def the_ticket() -> dict[str, Any]:
        return dict(screens.desk.api("GET", f"tickets/{number}/", as_="agent"))

    eventually(lambda: "terugbellen" in str(the_ticket()["tags"]), "the tag that was staged")
    assert the_ticket()["status"] == "waiting_for_customer"


def test_without_questions_it_is_put_in_at_the_cursor_and_taken_back_by_one_key(
    screens: Screens, account: Account
) -> None:
    a_canned(screens, "dankgroet", "Dank je wel, {{customer}}.")
    account.says("Wat een fijne rit", by="fien")
    page = open_ticket(screens, account, "agent", "Wat een fijne rit")
    reply = page.get_by_label("Your reply")
    reply.press_sequentially("Groet, Suze")
    reply.press("Home")
    reply.press_sequentially("/dankg")
    expect(page.locator("#offers [aria-selected=true]")).to_contain_text("Dankgroet")
    page.keyboard.press("Tab")
    expect(reply).to_have_value("Dank je wel, fien.Groet, Suze")
    expect(page.locator("#staged")).to_be_hidden()
    page.keyboard.press("Control+z")
    expect(reply).to_have_value("/dankgGroet, Suze")
