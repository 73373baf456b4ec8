"""A rule tags what comes in, by a worker of the running desk; an agent goes on with a macro, by keys."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.screens import Screens
from tests.running.customers import Account
from tests.running.desk import eventually

pytestmark = pytest.mark.browser


def test_a_rule_tags_a_mention_and_an_agent_takes_a_macro_from_there(
    screens: Screens, connect: Callable[..., Account], newcomer: Callable[..., str]
) -> None:
    desk, x, agent = screens.desk, connect("x"), newcomer("mieke")
    active = desk.api("GET", "automation/active/", as_="supervisor")
    rule = {
        "key": "rijwiel", "name": "Rijwiel mee", "event": "opened",
        "when": {"inboxes": [x.inbox], "topics": ["rijwiel"]}, "steps": [{"do": "tag", "value": "rijwiel"}],
    }  # fmt: skip
    wish = {"document": {"rules": [*active["document"]["rules"], rule]}, "summary": "Rijwielen"}
    number = desk.api("POST", "automation/", wish, as_="supervisor")["number"]
    desk.api("POST", f"automation/{number}/hand-in/", as_="supervisor")
    desk.api("POST", f"automation/{number}/switch-on/", as_="admin")
    mine = {"name": "Rijwiel voor mij", "steps": [{"do": "assignee", "value": "me"}], "shared": True}
    macro = desk.api("POST", "macros/", mine, as_="supervisor")["id"]
    try:
        x.says(f"@{x.handle} mag mijn rijwiel mee in de trein?", by="tineke")
        ticket = x.ticket("mijn rijwiel mee")["id"]

        def tags() -> list[str]:
            found: list[str] = desk.api("GET", f"tickets/{ticket}/")["tags"]
            return found

        eventually(lambda: tags() == ["rijwiel"], "the tag of the rule")
        page = screens.open(agent, f"/tickets/{ticket}/")
        expect(page.locator("#composer")).to_be_visible()
        page.keyboard.press("m")
        which = page.get_by_role("combobox", name="Which one")
        expect(which).to_be_focused()
        expect(page.get_by_role("option", name="Rijwiel voor mij")).to_contain_text("will give it to somebody: me")
        which.fill("rijwiel voor")
        page.keyboard.press("Enter")
        expect(page.locator("#ticket-head .holder")).to_contain_text("yours")
        (fired,) = desk.api("GET", f"automation/firings/?ticket={ticket}", as_="supervisor")["results"]
        assert (fired["version"], fired["rule"]) == (number, "rijwiel")
    finally:
        desk.api("DELETE", f"macros/{macro}/", as_="supervisor")
        desk.api("POST", f"automation/{active['number']}/roll-back/", as_="admin")
