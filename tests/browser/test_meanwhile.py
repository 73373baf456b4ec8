"""Something happens while somebody is in the middle of something: nothing of theirs is lost, and nothing is missed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.browser.screens import Screens
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def account(connect: Callable[..., Account]) -> Account:
    """An inbox of each test's own, which others do not fill."""
    return connect("x")


@contextmanager
def answered_late(page: Page, address: str) -> Iterator[Callable[[], bool]]:
    """What the desk answers there, as it is when asked, arrives at the end of the block; gives the wait for it."""
    kept: list[tuple[Route, APIResponse]] = []
    over = False

    def keep(route: Route) -> None:
        if over:
            route.continue_()
        else:
            kept.append((route, route.fetch()))

    def is_kept() -> bool:
        page.wait_for_timeout(50)  # the browser's events are heard while one waits in it
        return bool(kept)

    page.route(address, keep)
    yield lambda: eventually(is_kept, f"an answer of {address}")
    over = True
    for route, answer in kept:
        with page.expect_response(route.request.url):
            route.fulfill(response=answer)


def asked_by(account: Account, name: str, about: str) -> int:
    account.says(f"Wanneer gaat {about}?", by=name)
    return int(account.ticket(f"gaat {about}")["id"])


def test_a_note_stays_a_note_when_the_public_way_closes(screens: Screens, connect: Callable[..., Account]) -> None:
    account = connect("facebook_page")
    post = account.says("Minder treinen vandaag", origin="native", kind="post")
    comment = account.says("Dat wist ik al", by="ilse", kind="comment", in_reply_to=post["id"])
    ticket = account.ticket("Dat wist ik al")["id"]
    page = screens.open("agent", f"/tickets/{ticket}/?inbox={account.inbox}")
    page.keyboard.press("n")
    field = page.get_by_label("Your reply")
    expect(field).to_be_focused()
    page.keyboard.type("Bel haar")
    account.deletes(comment)
    expect(page.locator("#thread .entry.gone")).to_be_visible()
    page.keyboard.type(" liever niet")
    expect(page.get_by_role("radio", name="Note")).to_be_checked()
    expect(field).to_have_value("Bel haar liever niet")


def test_what_comes_while_the_list_is_asked_for_is_not_missed_and_picks_stay(
    screens: Screens, account: Account
) -> None:
    first = asked_by(account, "anna", "bus 1")
    page = screens.open("agent", f"/queue/?view=open&inbox={account.inbox}&ordering=-created_at")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#bulk")).to_contain_text("1 picked")
    asked_by(account, "bea", "bus 2")
    arrivals = page.locator("#arrivals")
    expect(arrivals).to_contain_text("1 new message, show it")
    with answered_late(page, "**/queue/?*") as is_asked:
        page.keyboard.press(".")
        is_asked()
        asked_by(account, "cas", "bus 3")
        expect(arrivals).to_contain_text("2 new messages")
    expect(page.locator("#tickets .ticket-row", has_text="bus 2")).to_be_visible()
    expect(arrivals).to_contain_text("1 new message, show it")
    expect(page.locator("#bulk")).to_contain_text("1 picked")
    expect(page.locator(f"#row-{first} .ticket-row")).to_be_focused()


def test_an_answer_that_was_overtaken_puts_nothing_back(screens: Screens, account: Account) -> None:
    ticket = asked_by(account, "dirk", "tram 1")
    page = screens.open("agent", f"/tickets/{ticket}/?view=open&inbox={account.inbox}")
    holder = page.locator("#ticket-head .holder")
    with answered_late(page, f"**/tickets/{ticket}/fresh/**") as is_asked:
        account.desk.api("POST", f"tickets/{ticket}/tags/", {"add": ["tram"]}, as_="agent2")
        is_asked()
        page.get_by_role("button", name="Take", exact=True).click()
        expect(holder).to_contain_text("yours")
    assert "yours" in holder.inner_text()


def test_the_pane_of_the_customer_keeps_its_place_and_the_focus(screens: Screens, account: Account) -> None:
    ticket = asked_by(account, "elsa", "tram 2")
    page = screens.open("agent", f"/tickets/{ticket}/?view=open&inbox={account.inbox}")
    timeline = page.locator("#customer-more").get_by_role("button", name="Timeline")
    timeline.focus()
    account.desk.api("POST", f"tickets/{ticket}/tags/", {"add": ["elsjes"]}, as_="agent2")
    expect(page.locator("#customer-more")).to_contain_text("elsjes")
    expect(timeline).to_be_focused()


def test_the_command_bar_goes_by_what_was_typed_and_gives_focus_to_a_row_that_was_drawn_anew(
    screens: Screens, account: Account
) -> None:
    other, ticket = asked_by(account, "frits", "tram 3"), asked_by(account, "gijs", "tram 4")
    page = screens.open("agent", f"/queue/?view=open&inbox={account.inbox}&ordering=-created_at")
    row = page.locator(f"#row-{ticket} .ticket-row")
    page.keyboard.press("j")
    expect(row).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search or jump to")).to_be_focused()
    page.evaluate(f"document.getElementById('row-{ticket}').classList.add('as-it-was')")
    account.desk.api("POST", f"tickets/{ticket}/tags/", {"add": ["tram"]}, as_="agent2")
    expect(page.locator(".as-it-was")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(row).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type(str(other))
    page.keyboard.press("Enter")  # before the desk has found anything
    expect(page.locator("#conversation")).to_have_attribute("data-ticket", str(other))


def test_who_is_sure_is_heard_though_the_button_was_drawn_anew_meanwhile(
    screens: Screens, connect: Callable[..., Account]
) -> None:
    account = connect("facebook_page")
    post = account.says("Minder bussen vandaag", origin="native", kind="post")
    comment = account.says("Stelletje boeven", by="hans", kind="comment", in_reply_to=post["id"])
    ticket = account.ticket("Stelletje boeven")["id"]
    page = screens.open("supervisor", f"/tickets/{ticket}/?inbox={account.inbox}")
    page.get_by_label("This message").click()
    page.get_by_role("button", name="Delete on the network").click()
    sure = page.get_by_role("dialog", name="Are you sure")
    expect(sure).to_be_visible()
    account.edits(comment, "Stelletje dieven")
    expect(page.locator("#thread")).to_contain_text("Stelletje dieven")
    sure.get_by_role("button", name="Yes, do it").click()
    expect(page.locator("#thread .entry.gone")).to_be_visible()
