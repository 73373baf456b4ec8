"""A customer without an account, without a script and on a phone: offered by an agent, answered on their page."""

import pytest
from playwright.sync_api import expect

from tests.browser.screens import PHONE, Screens
from tests.browser.test_accessibility import barriers
from tests.browser.test_phone import past_the_edge
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser


def test_a_case_goes_on_by_a_form_and_its_answer_stands_on_the_customers_page(
    screens: Screens, account: Account
) -> None:
    for said in ("status of 400", "status of 410"):  # an address that is none, a form that was used
        screens.expect(said)
    account.says(f"@{account.handle} mijn geld voor de taxi komt maar niet", by="zonderaccount")
    number = account.ticket("mijn geld voor de taxi")["id"]
    agent = screens.open("agent", f"/tickets/{number}/?view=open&inbox={account.inbox}")
    agent.get_by_label("Ask for approval, or send later").click()
    agent.get_by_role("button", name="Offer a form").click()
    expect(agent.get_by_text("A form waits for the customer")).to_be_visible()
    words = agent.get_by_label("Your reply").input_value()
    address = words[words.index("http") :].split()[0]
    assert barriers(agent) == []

    customer = screens.stranger(**PHONE, java_script_enabled=False)
    customer.goto(address)
    expect(customer.locator("html")).to_have_attribute("lang", "nl")
    customer.locator("#text").fill("Rekening volgt, boeking VL-12")
    customer.locator("#email").fill("geen adres")
    customer.wait_for_timeout(3_200)  # nobody fills it in more quickly
    customer.locator("button").click()
    expect(customer.locator("#email-problem")).to_be_visible()
    customer.locator("#email").fill("")
    customer.wait_for_timeout(3_200)
    customer.locator("button").click()
    expect(customer.locator(".talk .theirs")).to_have_count(1)
    page = customer.url.partition("#")[0]

    eventually(lambda: any(one["private"] for one in account.messages(number)), "the message by the form")
    account.answer(number, "We maken het vandaag over.", visibility="private", as_="supervisor")

    def answered() -> bool:
        customer.goto(page)
        return customer.locator(".talk .ours").count() == 1

    eventually(answered, "the answer on the customer's page")
    again = screens.stranger()
    assert again.goto(address) is not None
    expect(again.get_by_role("heading")).to_be_visible()
    assert "Rekening volgt" not in again.content()
    phone = screens.stranger(**PHONE, color_scheme="dark")
    for seen in (phone, again):
        for place in (page, address):
            seen.goto(place)
            assert barriers(seen) == []
    assert past_the_edge(phone) == []
    phone.goto(page)
    assert past_the_edge(phone) == []
