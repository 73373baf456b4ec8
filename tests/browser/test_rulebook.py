"""The rulebook on the screen: tried while it is typed, written by keys and on a phone, switched on by a colleague."""

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import PHONE, Screens
from tests.browser.test_phone import past_the_edge
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser
LIST = "/administration/rulebook/"
_numbers = itertools.count(1)


def a_draft(screens: Screens, **document: Any) -> str:
    """The address of a draft that the administrator has begun."""
    made = screens.desk.api("POST", "rulebooks/", {"document": document}, as_="admin")
    return f"{LIST}{made['number']}/"


def a_word() -> str:
    """Something that no other test says."""
    return f"zwaluw{'abcdefghij'[next(_numbers)]}nest"


def tried(page: Page) -> Any:
    return page.get_by_label("Paste a reply, see the findings")


def test_a_reply_is_tried_while_it_is_typed_and_its_spots_are_marked(screens: Screens) -> None:
    page = screens.open("supervisor", a_draft(screens, rules={"phrases.banned": {"phrases": ["gratis"]}}))
    page.get_by_label("Network", exact=True).select_option("Facebook")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/try/" in request.url else None)
    tried(page).press_sequentially("😀 Gratis", delay=20)
    tried(page).press_sequentially(" via https://bit.ly/abc hoor", delay=20)
    expect(page.locator("#tried")).to_contain_text("phrases.banned")
    expect(page.locator("#try-box .under mark.block")).to_have_text("Gratis")
    expect(page.locator("#try-box .under mark.warn")).to_have_text("https://bit.ly/abc")
    expect(page.locator("#tried .finding", has_text="phrases.banned")).to_contain_text("new")
    assert len(asked) < 30, "the desk is asked after a pause, not for each key"
    expect(tried(page)).to_have_value("😀 Gratis via https://bit.ly/abc hoor")

    tried(page).press("Control+Home")
    tried(page).press("F8")
    assert selected(page) == "Gratis"
    tried(page).press("F8")
    assert selected(page) == "https://bit.ly/abc"

    tried(page).fill("Bel 06 12345678")
    expect(page.locator("#tried")).to_contain_text("personal_data.phone")
    page.get_by_label("Who reads it", exact=True).select_option("in private")
    expect(page.locator("#tried")).not_to_contain_text("personal_data.phone")
    tried(page).fill("Thank you for your patience with the bus")
    expect(page.locator("#tried")).to_contain_text("language.different")
    page.get_by_label("Language of the customer", exact=True).select_option("English")
    expect(page.locator("#tried")).to_contain_text("Nothing found: it may leave.")


def selected(page: Page) -> str:
    words: str = tried(page).evaluate("(area) => area.value.slice(area.selectionStart, area.selectionEnd)")
    return words


def test_an_answer_to_older_words_is_dropped(screens: Screens) -> None:
    page = screens.open("supervisor", f"{LIST}1/")
    held: list[Any] = []
    page.route("**/try/", lambda route: held.append(route) if not held else route.continue_())
    tried(page).fill("Kijk op https://bit.ly/abc")

    def is_held() -> bool:
        page.wait_for_timeout(50)  # the browser's events are heard while one waits in it
        return bool(held)

    eventually(is_held, "the first question to be on its way")
    tried(page).fill("Bel 06 12345678")
    expect(page.locator("#tried")).to_contain_text("personal_data.phone")
    assert len(held) == 1
    held[0].abort()  # the browser has given it up
    expect(page.locator("#tried")).to_contain_text("personal_data.phone")
    expect(page.locator("#tried")).not_to_contain_text("links.shortener")


def test_a_rule_is_written_by_keys_alone_and_tried_before_it_is_kept(screens: Screens) -> None:
    screens.expect("status of 400")
    address = a_draft(screens)
    page = screens.open("supervisor", f"{address}rules/links.not_allowed/")
    press, hosts = page.keyboard.press, page.get_by_label("The only domains that links may lead to").first
    hosts.focus()
    page.keyboard.type("vlotlijn.nl\nhttps://x y")
    tried(page).fill("Zie https://elders.nl/a")
    expect(page.locator("#tried")).to_contain_text("can't be used yet")
    page.get_by_role("button", name="Keep", exact=True).focus()
    press("Enter")
    expect(page.locator("#problem-hosts")).to_contain_text("Line 2")
    expect(hosts).to_have_value("vlotlijn.nl\nhttps://x y")
    hosts.fill("vlotlijn.nl")
    tried(page).fill("Zie https://elders.nl/a")
    expect(page.locator("#tried")).to_contain_text("links.not_allowed")

    page.get_by_role("button", name="Add an exception").focus()
    press("Enter")
    group = page.get_by_role("group", name="Exception 1")
    expect(group).to_be_focused()
    expect(hosts).to_have_value("vlotlijn.nl")
    group.get_by_role("checkbox", name="X", exact=True).focus()
    press("Space")
    group.get_by_label("The rule there").select_option("does not hold")
    tried(page).fill("Zie https://elders.nl/a")
    expect(page.locator("#tried")).not_to_contain_text("links.not_allowed")
    page.get_by_role("button", name="Keep", exact=True).focus()
    press("Enter")

    expect(page).to_have_url(re.compile(r"#links\.not_allowed$"))
    expect(page.locator("[id='links.not_allowed']")).to_contain_text("On X: this does not hold.")
    expect(page.locator(".diff")).to_contain_text("vlotlijn.nl")


def test_what_is_tried_is_kept_as_an_example(screens: Screens) -> None:
    page = screens.open("supervisor", a_draft(screens))
    page.get_by_label("Network", exact=True).select_option("Facebook")
    tried(page).fill("Kijk op https://bit.ly/abc")
    expect(page.locator("#tried")).to_contain_text("links.shortener")
    page.get_by_role("button", name="Keep as an example").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Kijk op https://bit.ly/abc")
    expect(page.get_by_role("checkbox", name="links.shortener")).to_be_checked()
    page.get_by_role("button", name="Keep", exact=True).click()
    example = page.locator(".example")
    expect(example).to_contain_text("Must give links.shortener.")
    example.get_by_role("link", name="Change example 1").click()
    page.get_by_role("button", name="Remove this example").click()
    expect(example).to_have_count(0)


def test_a_draft_is_switched_on_by_somebody_else_and_rolled_back_in_one_click(
    screens: Screens, account: Account
) -> None:
    word = a_word()
    account.says("Wat bouwen jullie daar?", by="ines")
    ticket = account.ticket("Wat bouwen jullie")["id"]
    agent = screens.open("agent", f"/tickets/{ticket}/?view=open&inbox={account.inbox}")
    agent.get_by_label("Your reply").fill(f"Een {word}")
    expect(agent.locator("[data-hint]")).to_have_text("Draft saved")

    author = screens.open("supervisor", LIST)
    before = author.locator("tr", has=author.get_by_text("Active", exact=True)).get_by_role("link").inner_text()
    author.get_by_role("button", name="New draft").click()
    author.locator("[id='phrases.banned']").get_by_role("link").click()
    author.get_by_label("Words and phrases that no reply may hold").fill(word)
    author.get_by_role("button", name="Keep", exact=True).click()
    author.get_by_role("link", name="Add an example").click()
    author.get_by_label("Text", exact=True).fill(f"Een {word}")
    author.get_by_role("button", name="Keep", exact=True).click()
    author.get_by_role("button", name="Hand in for review").click()
    expect(author.locator(".steps")).to_contain_text("a colleague switches it on")
    expect(author.get_by_role("button", name="Switch on")).to_have_count(0)

    reviewer = screens.open("comms", author.url)
    reviewer.get_by_role("button", name="Switch on").click()
    expect(reviewer.locator("#notices")).to_contain_text(f"Example 1 gives other findings than it must: “Een {word}”")
    reviewer.get_by_text("Give back", exact=True).click()
    reviewer.get_by_label("What should change?").fill("Het voorbeeld moet iets geven")
    reviewer.get_by_role("button", name="Give back with this reason").click()

    author.reload()
    expect(author.locator(".notice.warn")).to_contain_text("Het voorbeeld moet iets geven")
    author.get_by_role("link", name="Change example 1").click()
    author.get_by_role("checkbox", name="phrases.banned").check()
    author.get_by_role("button", name="Keep", exact=True).click()
    author.get_by_role("button", name="Hand in for review").click()
    reviewer.reload()
    reviewer.get_by_role("button", name="Switch on").click()
    expect(reviewer.locator("#notices")).to_contain_text("Every reply is checked under it now.")

    expect(agent.locator(".finding.block")).to_contain_text(word)  # the open composer has looked again by itself
    reviewer.goto(LIST)
    reviewer.get_by_role("button", name=f"Go back to version {before}", exact=True).click()
    expect(reviewer.locator("#notices")).to_contain_text("with the words of the old one")
    expect(agent.locator(".finding.block")).to_have_count(0)


def test_a_file_goes_out_and_comes_in_and_a_wrong_one_says_where(screens: Screens, tmp_path: Path) -> None:
    screens.expect("status of 400")
    page = screens.open("supervisor", f"{LIST}1/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as YAML").click()
    file = tmp_path / "regels.yaml"
    download.value.save_as(file)
    page.goto(LIST)
    page.get_by_role("link", name="Import", exact=True).click()
    wrong = tmp_path / "fout.yaml"
    wrong.write_text("rules: {links.cost: {enabled: ja}}")
    page.get_by_label("File").set_input_files(wrong)
    page.get_by_role("button", name="Make a draft of it").click()
    expect(page.get_by_role("alert")).to_contain_text("rules.links.cost.enabled")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Make a draft of it").click()
    expect(page.locator("#notices")).to_contain_text("is a draft with the words of the file")
    expect(page.get_by_text("Nothing is different.")).to_be_visible()


def test_on_a_phone_a_reply_is_tried_and_a_rule_changed(screens: Screens) -> None:
    page = screens.open("supervisor", a_draft(screens), **PHONE)
    page.locator("[id='links.cost']").get_by_role("link").tap()
    page.get_by_label("This rule holds").tap()
    page.get_by_role("button", name="Add an exception").tap()
    exception = page.get_by_role("group", name="Exception 1")
    expect(exception).to_be_visible()
    assert past_the_edge(page) == []
    page.get_by_role("button", name="Remove exception 1").tap()
    expect(exception).to_have_count(0)
    tried(page).fill("Zie https://vlotlijn.nl")
    expect(page.locator("#tried")).to_contain_text("Nothing found")
    assert past_the_edge(page) == []
    page.get_by_role("button", name="Keep", exact=True).tap()
    expect(page.locator("[id='links.cost'] .kind")).to_have_text("Off")


def test_without_a_script_a_rule_is_written_and_a_reply_tried(screens: Screens) -> None:
    page = screens.open("supervisor", f"{a_draft(screens)}rules/phrases.banned/", java_script_enabled=False)
    page.locator("[name=phrases]").fill("gratis")
    page.get_by_role("button", name="Add an exception").click()
    assert page.locator("[name=phrases]").input_value() == "gratis"
    page.get_by_role("button", name="Remove exception 1").click()
    page.get_by_role("button", name="Keep", exact=True).click()
    assert "gratis" in page.locator("[id='phrases.banned']").inner_text()
    tried(page).fill("Dat is gratis")
    page.get_by_role("button", name="Look", exact=True).click()
    assert "phrases.banned" in page.locator("#tried").inner_text()
    assert tried(page).input_value() == "Dat is gratis"
