"""The queue by keys: no test here touches the mouse."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.screens import Screens, nothing_leaves
from tests.browser.test_accessibility import barriers
from tests.running.customers import Account
from tests.running.desk import PASSWORD, eventually

pytestmark = pytest.mark.browser


def test_an_agent_answers_a_mention_with_the_keyboard_alone(screens: Screens, connect: Callable[..., Account]) -> None:
    account = connect("x")  # a list of its own, which others do not fill
    for name, words in (("marit", "Rijdt de trein van 08:12 nog?"), ("joost", "Is the 08:40 bus still running?")):
        account.says(words, by=name)
        account.ticket(words)
    page = screens.stranger()
    page.goto(f"/queue/?view=open&inbox={account.inbox}&ordering=-created_at")
    press = page.keyboard.press

    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("agent")
    press("Tab")
    page.keyboard.type(PASSWORD)
    press("Enter")
    expect(_row(page, "joost")).to_have_attribute("tabindex", "0")  # the one tab stop of the list: it is ready for keys

    press("j")
    press("j")
    press("k")
    expect(_row(page, "joost")).to_be_focused()
    press("Enter")
    _write(page, "joost", "Yes, it leaves in ten minutes from stop B.")
    expect(page.locator("#length")).to_contain_text(re.compile(r"\d+ \+ 4 for \^AG, of 280"))
    with nothing_leaves(account.desk, page):
        press("Control+Enter")
        expect(page.locator(".undo")).to_contain_text("Reply to joost leaves in")
    eventually(lambda: account.has_said("Yes, it leaves in ten minutes from stop B. ^AG"), "the answer on X")

    press("Escape")  # out of the reply, back to the list
    press("j")
    expect(_row(page, "marit")).to_be_focused()
    press("Enter")
    _write(page, "marit", "Nee, de trein is uitgevallen.")
    expect(page.locator(".undo")).to_have_count(0)
    with nothing_leaves(account.desk, page):
        press("Control+Enter")
        expect(page.locator(".undo")).to_contain_text("Reply to marit leaves in")
        press("Escape")
        press("z")
        expect(page.locator(".undo")).to_have_count(0)
    expect(page.get_by_label("Your reply")).to_have_value("Nee, de trein is uitgevallen.")
    assert not account.has_said("Nee, de trein is uitgevallen.")


def test_the_command_bar_goes_anywhere(screens: Screens, account: Account) -> None:
    account.says("Waar kan ik mijn kaart opladen?", by="yusuf")
    ticket = account.ticket("kaart opladen")["id"]
    page = screens.open("agent", f"/queue/?inbox={account.inbox}")
    page.keyboard.press("j")
    focused = page.locator("#tickets .ticket-row").first
    expect(focused).to_be_focused()

    page.keyboard.press("Control+k")
    bar = page.get_by_role("combobox", name="Search or jump to")
    expect(bar).to_be_focused()
    page.keyboard.press("Escape")
    expect(focused).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type(str(ticket))
    found = page.locator("#command-list [aria-selected='true']")
    expect(found).to_contain_text(str(ticket))
    expect(bar).to_have_attribute("aria-activedescendant", str(found.get_attribute("id")))
    page.keyboard.press("Enter")
    expect(page.locator("#conversation")).to_have_attribute("data-ticket", str(ticket))


def test_many_are_picked_and_dialogs_give_the_focus_back(screens: Screens, connect: Callable[..., Account]) -> None:
    account = connect("x")
    for number in range(3):
        account.says(f"Vraag {number} over de dienstregeling", by=f"reiziger{number}")
    eventually(lambda: len(account.tickets()) == 3, "three tickets")
    page = screens.open("agent", f"/queue/?view=open&inbox={account.inbox}&ordering=-created_at")
    rows = page.locator("#tickets .ticket-row")
    press = page.keyboard.press

    for key in "jxjx":
        press(key)
    expect(page.locator("#bulk")).to_contain_text("2 picked")
    for key, title in (("a", "Assign"), ("g", "Tags"), ("s", "Snooze")):
        press(key)
        dialog = page.get_by_role("dialog", name=title)
        expect(dialog).to_contain_text("2 tickets")
        press("Escape")
        expect(dialog).to_be_hidden()
        expect(rows.nth(1)).to_be_focused()

    press("g")
    expect(page.get_by_role("combobox", name="Add")).to_be_focused()
    page.keyboard.type("dienstregeling")
    press("Enter")
    expect(page.locator("#queue-said")).to_contain_text("Done for 2 tickets")
    expect(page.locator("#tickets .tag", has_text="dienstregeling")).to_have_count(2)

    expect(page.get_by_role("dialog")).to_be_hidden()
    press("j")
    expect(rows.nth(2)).to_be_focused()
    press("Enter")
    expect(page.locator("#conversation[data-ticket]")).to_be_visible()
    press("a")
    expect(page.get_by_role("combobox", name="To whom")).to_be_focused()
    page.keyboard.type("agent2")
    press("Enter")
    expect(page.locator("#ticket-head .holder")).to_contain_text("Agent2")
    press("s")
    expect(page.get_by_role("dialog", name="Snooze")).to_be_visible()
    press("Enter")
    expect(page.locator("#ticket-head .holder")).to_contain_text("Snoozed")


def test_a_ticket_is_split_with_the_keyboard_alone(screens: Screens, account: Account) -> None:
    begun = account.says("Waar is mijn koffer gebleven?", by="fleur")
    ticket = account.ticket("koffer gebleven")["id"]
    account.says("En hoe laat gaat de trein naar Ede?", by="fleur", kind="reply", in_reply_to=begun["id"])
    eventually(lambda: len(account.messages(ticket)) == 2, "two questions")
    page = screens.open("agent", f"/tickets/{ticket}/?view=open&inbox={account.inbox}")
    press = page.keyboard.press

    page.locator("#ticket-head details.menu summary").focus()
    press("Enter")
    page.locator("#ticket-head").get_by_role("button", name="Split").focus()
    press("Enter")
    dialog = page.get_by_role("dialog", name=f"Split {ticket}")
    boxes = dialog.get_by_role("checkbox")
    expect(boxes.first).to_be_focused()
    expect(boxes).to_have_count(2)
    press("Tab")
    press("Space")
    expect(boxes.nth(1)).to_be_checked()
    assert barriers(page) == []
    press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#conversation")).not_to_have_attribute("data-ticket", str(ticket))
    expect(page.locator("#split")).to_contain_text(f"Split from ticket {ticket}.")
    expect(page.locator("#thread")).to_contain_text("naar Ede")
    expect(page.locator("#thread")).not_to_contain_text("koffer")


def test_an_open_menu_stays_open_and_keeps_the_focus_while_the_ticket_is_drawn_anew(
    screens: Screens, account: Account
) -> None:
    begun = account.says("Staat mijn fiets nog in de stalling?", by="geert")
    ticket = account.ticket("fiets nog in de stalling")["id"]
    account.says("En tot hoe laat is die open?", by="geert", kind="reply", in_reply_to=begun["id"])
    eventually(lambda: len(account.messages(ticket)) == 2, "two questions")
    page = screens.open("agent", f"/tickets/{ticket}/?view=open&inbox={account.inbox}")
    menu = page.locator("#ticket-head details.menu")

    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    _drawn_anew(page, ticket)
    expect(menu.locator("summary")).to_be_focused()
    expect(menu).to_have_attribute("open", "")
    for name in ("Split", "Priority", "Assign a"):
        item = menu.get_by_role("button", name=name, exact=True)
        item.focus()
        _drawn_anew(page, ticket)
        expect(item).to_be_focused()
    page.keyboard.press("Escape")
    _drawn_anew(page, ticket)
    expect(menu).not_to_have_attribute("open", "")


def test_an_answer_arrives_though_what_asked_for_it_has_gone(screens: Screens, account: Account) -> None:
    account.says("Mijn abonnement is dubbel afgeschreven", by="noor")
    ticket = account.ticket("dubbel afgeschreven")["id"]
    page = screens.open("agent", f"/tickets/{ticket}/?view=open&inbox={account.inbox}")

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        page.evaluate("document.getElementById('dialog').replaceChildren()")
        route.fulfill(response=answer)

    page.route("**/assign/", answer_late)
    page.keyboard.press("a")
    expect(page.get_by_role("combobox", name="To whom")).to_be_focused()
    page.keyboard.type("agent2")
    with page.expect_response("**/assign/"):
        page.keyboard.press("Enter")
    expect(page.locator("#ticket-head .holder")).to_contain_text("Agent2")
    expect(page.locator("article.conversation")).to_have_count(1)
    expect(page.locator("#ticket-head")).to_have_count(1)


def test_an_answer_about_the_last_ticket_leaves_the_next_one_alone(screens: Screens, account: Account) -> None:
    begun = account.says("Is spoor 7 weer open?", by="sjoerd")
    account.says("Waar vind ik de dienstregeling?", by="tineke")
    first, next_one = account.ticket("spoor 7")["id"], account.ticket("vind ik de dienst")["id"]
    page = screens.open("agent", f"/tickets/{first}/?view=open&inbox={account.inbox}")
    late: list[Route] = []

    def hold_back(route: Route) -> None:
        late.append(route)

    def is_held_back() -> bool:
        page.wait_for_timeout(50)  # the browser's events are heard while one waits in it
        return bool(late)

    page.route(f"**/tickets/{first}/fresh/**", hold_back)
    account.says("Of spoor 8?", by="sjoerd", kind="reply", in_reply_to=begun["id"])
    eventually(is_held_back, "the screen to ask for what is new")
    page.locator(f"#row-{next_one} .ticket-row").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#conversation")).to_have_attribute("data-ticket", str(next_one))

    for route in late:
        with page.expect_response("**/fresh/**"):
            route.continue_()
    expect(page.locator("#customer")).to_have_attribute("data-ticket", str(next_one))
    expect(page.locator("#conversation h1")).to_have_text("tineke")


def _drawn_anew(page: Page, ticket: int) -> None:
    """The desk says that something happened on the ticket, and its head is another element than it was."""
    page.evaluate("document.getElementById('ticket-head').dataset.before = ''")
    detail = {"id": 0, "ticket": ticket, "state": "sent"}
    page.evaluate("(detail) => document.dispatchEvent(new CustomEvent('live:reply', {detail}))", detail)
    expect(page.locator("#ticket-head:not([data-before])")).to_be_attached()


def _row(page: Page, name: str) -> Locator:
    return page.locator("#tickets .ticket-row", has_text=name)


def _write(page: Page, name: str, text: str) -> None:
    """With r into the reply of the ticket that was opened, and the words after it."""
    expect(page.locator("#conversation[data-ticket] h1")).to_have_text(name)
    page.keyboard.press("r")
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.keyboard.type(text)
