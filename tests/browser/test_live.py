"""What others do shows itself: colleagues, customers, and a line that was lost."""

import contextlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.screens import Screens
from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually

pytestmark = pytest.mark.browser


def test_a_second_agent_sees_who_reads_who_writes_and_who_takes(screens: Screens, account: Account) -> None:
    account.says("Mijn fiets staat nog in de trein", by="fenna")
    ticket = account.ticket("Mijn fiets")["id"]
    queue = f"?view=open&inbox={account.inbox}&ordering=-created_at"
    first = screens.open("agent", f"/tickets/{ticket}/{queue}")
    second = screens.open("agent2", f"/queue/{queue}")
    row = second.locator(f"#row-{ticket}")
    expect(row.locator(".presence")).to_have_text("Agent is here")

    row.click()
    expect(second.locator("#presence")).to_contain_text("Agent is viewing this ticket")
    expect(first.locator("#presence")).to_contain_text("Agent2 is viewing this ticket")
    first.get_by_label("Your reply").press_sequentially("We kijken")
    expect(second.locator("#presence")).to_contain_text("Agent is writing an answer")
    expect(row.locator(".presence")).to_have_text("Agent is typing")

    first.get_by_role("button", name="Take", exact=True).click()
    expect(second.locator("#ticket-head .holder")).to_contain_text("Agent")
    expect(second.get_by_role("button", name="Take", exact=True)).to_have_count(0)
    expect(row.locator(".initials")).to_have_attribute("title", "Agent")
    first.goto("about:blank")
    expect(second.locator("#presence")).to_be_hidden()


def test_what_was_deleted_opens_for_who_asks_and_stays_open_while_others_work(
    screens: Screens, connect: Callable[..., Account]
) -> None:
    account = connect("facebook_page")
    post = account.says("Minder treinen vandaag", origin="native", kind="post")
    comment = account.says("Jullie zijn dieven", by="ilse", kind="comment", in_reply_to=post["id"])
    ticket = account.ticket("Jullie zijn dieven")["id"]
    account.deletes(comment)
    eventually(lambda: account.desk.api("GET", f"tickets/{ticket}/")["original_gone"], "the deletion")
    page = screens.open("agent", f"/tickets/{ticket}/")
    gone = page.locator("#thread .entry.gone")
    expect(gone).to_contain_text("may not be quoted")
    expect(gone).not_to_contain_text("dieven")
    gone.get_by_role("button", name="Show, logged").click()
    expect(gone.get_by_role("status")).to_contain_text("Jullie zijn dieven")
    account.desk.api("POST", f"tickets/{ticket}/claim/", as_="agent2")
    expect(page.locator("#ticket-head .holder")).to_contain_text("Agent2")
    expect(gone.get_by_role("status")).to_contain_text("Jullie zijn dieven")


def test_what_was_asked_for_comes_though_the_conversation_is_drawn_anew_meanwhile(
    screens: Screens, connect: Callable[..., Account]
) -> None:
    account = connect("facebook_page")
    post = account.says("Geen treinen na tienen", origin="native", kind="post")
    comment = account.says("Jullie zijn boeven", by="otto", kind="comment", in_reply_to=post["id"])
    ticket = account.ticket("Jullie zijn boeven")["id"]
    account.deletes(comment)
    eventually(lambda: account.desk.api("GET", f"tickets/{ticket}/")["original_gone"], "the deletion")
    page = screens.open("agent", f"/tickets/{ticket}/")
    under_way: list[Route] = []
    page.route("**/messages/*/deleted/", lambda route: under_way.append(route))
    gone = page.locator("#thread .entry.gone")
    gone.get_by_role("button", name="Show, logged").click()
    account.desk.api("POST", f"tickets/{ticket}/claim/", as_="agent2")
    expect(page.locator("#ticket-head .holder")).to_contain_text("Agent2")
    under_way[0].continue_()
    expect(gone.get_by_role("status")).to_contain_text("Jullie zijn boeven")


def test_a_customer_arrives_and_nothing_moves_until_one_asks(screens: Screens, connect: Callable[..., Account]) -> None:
    account = connect("x")  # a list of its own: what happens in others counts as new in theirs
    begun = account.says("De lift op spoor 3 is stuk", by="hanneke")
    account.ticket("De lift op spoor 3")
    page = screens.open("agent", f"/queue/?view=open&inbox={account.inbox}&ordering=-created_at")
    before = _rows(page)
    page.evaluate("document.getElementById('tickets').dataset.same = 'yes'")
    row = page.locator("#tickets .ticket-row", has_text="hanneke")

    account.says("En de roltrap nu ook", by="hanneke", kind="reply", in_reply_to=begun["id"])
    expect(row.locator(".line")).to_contain_text("En de roltrap nu ook")
    expect(row.locator(".unread")).to_have_text("2")
    assert _rows(page) == before

    account.says("Waar blijft bus 12?", by="willem")
    arrivals = page.locator("#arrivals")
    expect(arrivals).to_contain_text("1 new message, show it")
    assert _rows(page) == before
    account.says("Stuur iemand naar perron 2", by="ilse")
    expect(arrivals).to_contain_text("2 new messages, show them")
    assert _rows(page) == before
    assert page.evaluate("document.getElementById('tickets').dataset.same") == "yes"

    page.keyboard.press(".")
    expect(page.locator("#tickets .ticket-row", has_text="bus 12")).to_be_visible()
    expect(page.locator("#tickets .ticket-row", has_text="naar perron 2")).to_be_visible()
    expect(arrivals).to_be_hidden()


def test_rows_are_sorted_anew_but_never_under_somebodys_hands(
    screens: Screens, connect: Callable[..., Account]
) -> None:
    account = connect("x")  # a list of its own, which others do not fill
    for words in ("Eerst over de lift", "Dan over de bus", "Ten slotte over de fiets"):
        account.says(words, by=f"klant{words.split()[-1]}")
    first, _second, third = (account.ticket(words)["id"] for words in ("Eerst over", "Dan over", "Ten slotte"))
    page = screens.open("agent", f"/queue/?view=open&inbox={account.inbox}&ordering=priority")
    before = _rows(page)
    assert before[-1] == str(third)

    page.locator("#views").hover()
    account.desk.api("POST", f"tickets/{third}/priority/", {"priority": "urgent"}, as_="agent2")
    expect(page.locator("#tickets li").first).to_have_attribute("data-id", str(third))

    page.locator("#tickets .ticket-row").first.focus()
    sorted_once = _rows(page)
    account.desk.api("POST", f"tickets/{first}/priority/", {"priority": "urgent"}, as_="agent2")
    account.desk.api("POST", f"tickets/{third}/priority/", {"priority": "normal"}, as_="agent2")
    expect(page.locator("#arrivals")).to_contain_text("The order has changed, sort again")
    assert _rows(page) == sorted_once
    page.keyboard.press(".")
    expect(page.locator("#arrivals")).to_be_hidden()
    expect(page.locator("#tickets li").first).to_have_attribute("data-id", str(first))


def test_a_lost_line_is_told_and_what_came_meanwhile_is_shown(
    screens: Screens, account: Account, desk: RunningDesk
) -> None:
    for how in (
        "CONNECTION_REFUSED",
        "CONNECTION_RESET",
        "CONNECTION_CLOSED",
        "INCOMPLETE_CHUNKED_ENCODING",
        "EMPTY_RESPONSE",
        "SOCKET_NOT_CONNECTED",
    ):
        screens.expect(f"ERR_{how}")
    screens.expect("htmx:")
    begun = account.says("Is mijn tas gevonden?", by="dirk")
    ticket = account.ticket("Is mijn tas gevonden")["id"]
    page = screens.open("agent", f"/tickets/{ticket}/?view=open&inbox={account.inbox}&ordering=-created_at")
    notice, rows = page.locator("#line-lost"), page.locator("#tickets")
    expect(page.get_by_label("Your reply")).to_be_visible()
    page.get_by_label("Your reply").press_sequentially("We zoeken")

    for _ in range(4):  # each wait is longer than the one before, until the line is away for long enough to be missed
        eventually(lambda: desk.kill("web"), "the supervisor to start the web again")
        with contextlib.suppress(AssertionError):
            expect(notice).to_be_visible(timeout=4_000)
            break
    account.says("Hij is zwart", by="dirk", kind="reply", in_reply_to=begun["id"])
    account.says("Mijn trein rijdt achteruit", by="saskia")
    expect(notice).to_contain_text("Not live since")
    expect(notice).to_contain_text("your drafts are safe")
    expect(rows).to_have_class("ticket-list behind")

    expect(notice).to_be_hidden(timeout=40_000)
    expect(rows).to_have_class("ticket-list")
    expect(page.locator("#thread")).to_contain_text("Hij is zwart")
    expect(page.locator("#arrivals")).to_be_visible()
    expect(page.get_by_label("Your reply")).to_have_value("We zoeken")
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    expect(page.locator("#tickets .ticket-row", has_text="saskia")).to_be_visible()


def _rows(page: Page) -> list[str]:
    """The tickets of the list in their order."""
    ids: list[str] = page.locator("#tickets li[data-id]").evaluate_all("rows => rows.map((row) => row.dataset.id)")
    return ids
