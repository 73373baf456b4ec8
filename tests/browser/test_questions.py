"""From a question to what everybody knows: an agent asks, a colleague without a seat answers on a telephone, the agent
uses it, the customer gets it, it becomes an article with one key, and the next agent finds it while typing. And from a
cause to a change, with what it did in a quarter.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.looks import PAST_THE_EDGE
from tests.browser.screens import PHONE, Screens
from tests.browser.test_accessibility import barriers
from tests.browser.test_composer import open_ticket
from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually

pytestmark = pytest.mark.browser
QUESTION = "Rijdt de schemertram ook vannacht nog?"
ANSWER = "Ja, de schemertram rijdt tot kwart voor een, elk half uur vanaf de haven"


@pytest.fixture
def femke(desk: RunningDesk) -> str:
    """Somebody elsewhere in the company, without a seat; her address."""
    address = "femke@vlotlijn.example"
    known = {one["username"] for one in desk.api("GET", "users/?page_size=200", as_="admin")["results"]}
    if "femke" not in known:
        wish = {"username": "femke", "first_name": "Femke", "role": "colleague", "email": address, "language": "en"}
        desk.api("POST", "users/", {**wish, "knows": ["schemertram"]}, as_="admin")
    return address


def the_link(account: Account, desk: RunningDesk, address: str, words: str) -> str:
    """The address in the mail that says this."""

    def arrived() -> str:
        mails: list[dict[str, Any]] = account.sandbox(desk, "GET", f"/mails?to={address}")["mails"]
        texts = [mail["text"] for mail in mails if words in mail["text"]]
        return found.group() if texts and (found := re.search(r"/asked/\S+/", texts[-1])) else ""

    return eventually(arrived, f"the mail with “{words}”", 60.0)


def test_from_a_question_to_the_customers_answer_and_to_the_next_agent(
    screens: Screens, desk: RunningDesk, account: Account, newcomer: Callable[..., str], femke: str
) -> None:
    agent = newcomer("vraagster", signature="VR")
    account.says(f"@{account.handle} hoe laat gaat de laatste? bel 06-12345678", by="noortje")
    ticket = account.ticket("hoe laat gaat de laatste")["id"]

    page = screens.open(agent, f"/tickets/{ticket}/")
    expect(page.get_by_label("Your reply")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("q")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.get_by_label("Who knows about …").fill("schemertram")
    page.get_by_role("radio", name="Femke").check()
    assert barriers(page) == []
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#questions")).to_contain_text("Asked Femke")
    expect(page.locator(".holder")).to_contain_text("Waits for colleague")

    phone = screens.stranger(**PHONE)
    phone.goto(the_link(account, desk, femke, QUESTION))
    expect(phone.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(phone.locator("main")).to_contain_text("hoe laat gaat de laatste")
    expect(phone.locator("main")).not_to_contain_text("12345678")
    expect(phone.locator("main")).not_to_contain_text("noortje")
    assert barriers(phone) == []
    assert phone.evaluate(PAST_THE_EDGE, PHONE["viewport"]["width"]) == []
    phone.get_by_label("Your answer").fill(ANSWER)
    phone.get_by_role("button", name="Answer", exact=True).tap()
    expect(phone.locator("#said")).to_contain_text("has your answer")

    expect(page.locator("#questions .answer")).to_contain_text(ANSWER)  # by itself
    assert barriers(page) == []
    page.get_by_role("button", name="Use the answer of Femke").click()
    expect(page.get_by_label("Your reply")).to_have_value(ANSWER)
    expect(page.locator("[data-send]")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("Control+Enter")
    eventually(lambda: account.has_said(f"{ANSWER} ^VR"), "the answer on the network", 60.0)
    link = the_link(account, desk, femke, "used your answer")
    phone.goto(link)
    expect(phone.locator("main")).to_contain_text("This went to the customer:")

    approved_with_one_key(screens, ticket)
    account.says("Waar stopt de schemertram eigenlijk?", by="joep")
    page = open_ticket(screens, account, "agent2", "schemertram eigenlijk")
    known = page.locator("#known [data-known]")
    field = page.get_by_label("Your reply")
    field.press_sequentially("Hoi! De schemertram vannacht:")
    expect(known.first).to_contain_text("schemertram")
    page.keyboard.press("Alt+k")
    expect(known.first).to_be_focused()
    page.keyboard.press("Enter")
    insert = page.locator("#dialog").get_by_role("button", name="Insert its text")
    expect(insert).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_have_value(f"Hoi! De schemertram vannacht: {ANSWER}")


def approved_with_one_key(screens: Screens, ticket: int) -> None:
    """What was answered on this ticket becomes an article; suggestions of other tests may stand before it."""

    def suggested(state: str) -> list[dict[str, Any]]:
        rows = screens.desk.api("GET", f"knowledge/suggestions/?state={state}&page_size=200", as_="supervisor")
        return [one for one in rows["results"] if one["ticket"] == ticket]

    eventually(lambda: suggested("pending"), "the suggestion", seconds=90)
    page = screens.open("supervisor", "/knowledge/suggestions/")
    while not suggested("approved"):
        page.goto("/knowledge/suggestions/")
        expect(page.locator(".suggestion").first).to_be_visible()
        page.keyboard.press("a")
        expect(page.locator("#notices")).to_contain_text("is an article now")


QUARTER = """
from datetime import timedelta
from django.utils import timezone
from desk.causes.models import Cause
from desk.inboxes.models import Inbox
from tests.actions.causes import said_of
inbox, today = Inbox.objects.get(pk={inbox}), timezone.localdate()
for number, (cause, after) in enumerate((({fewer}, 0.4), ({same}, 1.0))):
    days = {{}}
    for ago in range(126, 0, -1):
        usual = (7, 6, 8, 6, 7, 3, 3)[(today - timedelta(days=ago)).weekday()] + (ago * 7 + number * 3) % 3 - 1
        days[today - timedelta(days=ago)] = round(usual * (after if ago < 42 else 1))
    said_of(inbox, Cause.objects.get(pk=cause), days)
"""


def test_a_cause_becomes_an_improvement_and_a_quarter_shows_what_it_did(
    screens: Screens, desk: RunningDesk, account: Account
) -> None:
    mark = account.handle
    fewer, same = (
        desk.api("POST", "causes/", {"name_nl": f"{name} {mark}", "name_en": f"{name} {mark}"}, as_="supervisor")["id"]
        for name in ("Deuren", "Drukte")
    )
    desk.manage("shell", "--no-imports", "-c", QUARTER.format(inbox=account.inbox, fewer=fewer, same=same))
    since = (datetime.now(tz=UTC).date() - timedelta(days=42)).isoformat()
    page = screens.open("supervisor", f"/causes/{fewer}/improve/")
    page.get_by_label("What will change").fill("Andere scharnieren")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("heading", name="Andere scharnieren")).to_be_visible()
    page.get_by_role("button", name="Agree").click()
    page.get_by_label("Since which day").fill(since)
    page.get_by_label("What we changed").fill("Nieuwe scharnieren")
    page.get_by_role("button", name="It is done").click()
    expect(page.locator("main")).to_contain_text("tickets a week fewer")
    expect(page.locator("main")).to_contain_text("days compared with the same weekdays of")
    address = page.url

    idea = desk.api("POST", "improvements/", {"cause": same, "what": "Een bordje"}, as_="agent")["id"]
    desk.api("POST", f"improvements/{idea}/step/", {"event": "agree"}, as_="supervisor")
    done = {"event": "finish", "changed": "Een bordje", "done_on": since}
    told = desk.api("POST", f"improvements/{idea}/step/", done, as_="supervisor")["effect"]
    assert told["shown"] is False
    assert told["change"]["low"] < 1 < told["change"]["high"]
    page.goto(f"/causes/improvements/{idea}/")
    expect(page.locator("main")).to_contain_text("No effect that could not be chance")

    number = address.rstrip("/").rsplit("/", 1)[-1]
    told = desk.api("GET", f"improvements/{number}/", as_="agent")["effect"]
    assert told["shown"] is True
    assert told["change"]["high"] < 0.7
    assert told["others"]["low"] < 1 < told["others"]["high"], "everything else stayed as it was"
    page.goto(f"/causes/{fewer}/")
    expect(page.locator(".marks")).to_contain_text("What we changed: Nieuwe scharnieren")
