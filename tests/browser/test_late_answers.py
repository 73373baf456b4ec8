"""Answers that come late: the reader has opened another ticket by then, and it stays as it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.screens import Screens, nothing_leaves
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def account(connect: Callable[..., Account]) -> Account:
    """An inbox of each test's own: the list that all share holds more than a page."""
    return connect("x")


@pytest.fixture
def two(account: Account) -> Callable[..., tuple[int, int]]:
    """Two tickets of customers of the test's own, the numbers of both."""

    def ask(first: str, second: str) -> tuple[int, int]:
        numbers = []
        for name in (first, second):
            words = f"Hoe kom ik bij de halte van {name}?"
            account.says(words, by=name)
            numbers.append(int(account.ticket(words)["id"]))
        return numbers[0], numbers[1]

    return ask


@contextmanager
def held_back(page: Page, address: str) -> Iterator[Callable[[], bool]]:
    """What is asked of an address waits until the end of the block; gives back the wait for the question."""
    late: list[Route] = []
    over = False

    def hold(route: Route) -> None:
        if over:
            route.continue_()
        else:
            late.append(route)

    def asked() -> bool:
        page.wait_for_timeout(50)  # the browser's events are heard while one waits in it
        return bool(late)

    page.route(address, hold)
    yield lambda: eventually(asked, f"a question to {address}")
    over = True
    for route in late:
        with page.expect_response(route.request.url):
            route.continue_()


def open_row(page: Page, ticket: int) -> None:
    page.locator(f"#row-{ticket} .ticket-row").focus()
    page.keyboard.press("Enter")


def is_open(page: Page, ticket: int, name: str) -> None:
    """This ticket and no other, in the address bar too."""
    expect(page.locator("#conversation")).to_have_attribute("data-ticket", str(ticket))
    expect(page.locator("#customer")).to_have_attribute("data-ticket", str(ticket))
    expect(page.locator("#conversation h1")).to_have_text(name)
    assert f"/tickets/{ticket}/" in page.url


def write(page: Page, words: str) -> None:
    page.keyboard.press("r")
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.keyboard.type(words)


def test_a_ticket_whose_row_changes_while_it_is_opened_takes_the_place_of_the_last_one(
    screens: Screens, account: Account, two: Callable[..., tuple[int, int]]
) -> None:
    first, following = two("anouk", "bram")
    page = screens.open("agent", f"/tickets/{first}/?view=open&inbox={account.inbox}")
    is_open(page, first, "anouk")
    with held_back(page, f"**/tickets/{following}/?*") as is_asked:
        open_row(page, following)
        is_asked()
        page.evaluate(f"document.getElementById('row-{following}').classList.add('as-it-was')")
        account.desk.api("POST", f"tickets/{following}/tags/", {"add": ["halte"]})
        expect(page.locator(".as-it-was")).to_have_count(0)
    is_open(page, following, "bram")
    expect(page.locator("article.conversation")).to_have_count(1)

    write(page, "Loop rechtdoor.")
    account.desk.api("POST", f"tickets/{first}/tags/", {"add": ["halte"]})
    account.desk.api("POST", f"tickets/{following}/tags/", {"add": ["rechtdoor"]})
    expect(page.locator("#customer")).to_contain_text("rechtdoor")  # what is new about it came too
    is_open(page, following, "bram")
    expect(page.get_by_label("Your reply")).to_have_value("Loop rechtdoor.")


def test_of_two_tickets_that_are_opened_at_once_the_last_one_stays(
    screens: Screens, account: Account, two: Callable[..., tuple[int, int]]
) -> None:
    first, following = two("ilse", "joep")
    page = screens.open("agent", f"/queue/?view=open&inbox={account.inbox}")
    with held_back(page, f"**/tickets/{following}/?*") as last_is_asked:
        with held_back(page, f"**/tickets/{first}/?*") as is_asked:
            open_row(page, first)
            is_asked()
            open_row(page, following)
            last_is_asked()
        is_open(page, first, "ilse")
    is_open(page, following, "joep")


def test_the_answer_to_a_reply_leaves_the_ticket_alone_that_was_opened_meanwhile(
    screens: Screens, account: Account, two: Callable[..., tuple[int, int]]
) -> None:
    first, following = two("cor", "dineke")
    page = screens.open("agent", f"/tickets/{first}/?view=open&inbox={account.inbox}")
    write(page, "Neem lijn 4 naar Cor.")
    with nothing_leaves(account.desk, page):
        with held_back(page, f"**/tickets/{first}/reply/") as is_asked:
            page.keyboard.press("Control+Enter")
            is_asked()
            open_row(page, following)
            is_open(page, following, "dineke")
            write(page, "Neem lijn 5")
        expect(page.locator(".undo")).to_contain_text("Reply to cor leaves in")
    page.keyboard.type(" naar Dineke.")
    is_open(page, following, "dineke")
    expect(page.get_by_label("Your reply")).to_have_value("Neem lijn 5 naar Dineke.")
    eventually(lambda: account.has_said("Neem lijn 4 naar Cor. ^AG"), "the reply on the network")


def test_a_reply_leaves_though_its_ticket_was_left_before_its_draft_was_kept(
    screens: Screens, account: Account, two: Callable[..., tuple[int, int]]
) -> None:
    first, following = two("elif", "freek")
    page = screens.open("agent", f"/tickets/{first}/?view=open&inbox={account.inbox}")
    with held_back(page, f"**/tickets/{first}/draft/") as is_asked:
        write(page, "Bij de halte naast het plein.")
        is_asked()
        page.keyboard.press("Control+Enter")
        open_row(page, following)
        is_open(page, following, "freek")
    eventually(lambda: account.has_said("Bij de halte naast het plein. ^AG"), "the reply on the network")
    is_open(page, following, "freek")


def test_a_refusal_that_comes_late_is_told_and_asks_nothing_on_the_next_ticket(
    screens: Screens, account: Account, two: Callable[..., tuple[int, int]]
) -> None:
    first, following = two("gijs", "hanna")
    screens.expect("409")
    page = screens.open("agent", f"/tickets/{first}/?view=open&inbox={account.inbox}")
    write(page, "Bij de kerk.")
    with held_back(page, f"**/tickets/{first}/reply/") as is_asked:
        page.keyboard.press("Control+Enter")
        is_asked()
        reply = {"text": "Bij het plein.", "idempotency_key": "quicker", "send_anyway": True}
        account.desk.api("POST", f"tickets/{first}/reply/", reply, as_="agent2")
        open_row(page, following)
        is_open(page, following, "hanna")
        write(page, "Bij de brug.")
    expect(page.locator("#notices")).to_contain_text("was not taken")
    expect(page.locator("#stale")).to_be_hidden()
    is_open(page, following, "hanna")
    expect(page.get_by_label("Your reply")).to_have_value("Bij de brug.")
