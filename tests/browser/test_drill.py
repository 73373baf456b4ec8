"""A whole drill at sixty times its speed: an agent, a supervisor and the comms team at work in three browsers, on the
real sandbox with the real workers, and a score card that is worked out again from the raw log.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import Screens
from tests.running.desk import RunningDesk, eventually

pytestmark = pytest.mark.browser
WORDS = "We weten ervan en zoeken het uit"
SCENARIO: dict[str, Any] = {
    "key": "flow",
    "title": {"nl": "Alles ligt plat", "en": "Everything is down"},
    "level": 2,
    "wrap_up_minutes": 600,  # ten minutes at this speed: people end it long before
    "phases": [
        {
            "name": {"nl": "Eerst", "en": "First"},
            "minutes": 2,
            "posts": [
                {"at": 0, "author": "jan", "followers": 5000, "key": "a", "text": {"nl": "Alles ligt plat hier"}}
            ],
        },
        {
            "name": {"nl": "Dan", "en": "Then"},
            "minutes": 3,
            "crowd": [{"count": 4, "text": {"nl": ["Bij mij ook alles plat", "Storing?", "Niets werkt meer"]}}],
            "posts": [{"at": 1, "author": "tom", "private": True, "text": {"nl": "Kunt u mij helpen?"}}],
            "faults": [{"kind": "down", "at": 0.5, "minutes": 1}],
        },
    ],
}


@pytest.fixture(autouse=True)
def no_drill_afterwards(desk: RunningDesk) -> Iterator[None]:
    """Others use the same network, which a drill breaks for a while."""
    yield
    for drill in desk.api("GET", "drills/", as_="comms")["results"]:
        if drill["state"] == "running":
            desk.api("POST", f"drills/{drill['id']}/end/", as_="comms")


def test_a_drill_is_played_led_answered_and_scored(screens: Screens) -> None:
    desk = screens.desk
    stage = desk.api("POST", "drills/inboxes/", {"network": "x", "name": "Repetitie"}, as_="comms")
    wish = {"inbox": stage["id"], "document": SCENARIO, "speed": 60, "announced": False, "name": "Generale"}
    drill = desk.api("POST", "drills/", wish, as_="comms")["id"]

    agent = screens.open("agent", f"/queue/?inbox={stage['id']}")
    supervisor = screens.open("supervisor", "/approvals/")
    comms = screens.open("comms", f"/crises/drills/{drill}/")
    comms.get_by_role("button", name="Start it now").click()
    expect(comms.locator("#drill-progress")).to_contain_text("6 of 6", timeout=60_000)  # five seconds of play at least
    expect(comms.locator("#drill-progress")).to_contain_text("2 of 2: Then")

    comms.get_by_role("link", name="Start the drill’s crisis").click()
    expect(comms.get_by_role("checkbox", name="Only of the drill that runs")).to_be_checked()
    comms.get_by_label("What is happening?").fill("Alles ligt plat")
    comms.get_by_label("Level", exact=True).select_option("2")
    comms.get_by_role("button", name="Start it").click()
    expect(comms.locator("main .drill-mark")).to_be_visible()
    crisis = eventually(lambda: desk.api("GET", f"drills/{drill}/", as_="comms")["crisis"], "the crisis of the drill")
    expect(agent.locator("#crises .crisis-banner.drill")).to_contain_text("Drill: Level 2, elevated")

    ticket = _ticket(desk, stage["id"], "Alles ligt plat hier")
    _answer(agent, ticket)
    _approve(supervisor)
    eventually(lambda: _said(desk, stage["handle"]), "the answer on the sandbox")
    for task in ("look", "lead", "facts"):
        desk.api("POST", f"crises/{crisis}/checklist/{task}/", {"done": True}, as_="comms")
    comms.goto(f"/crises/{crisis}/")
    comms.get_by_role("button", name="Done: The first statement is out").click()
    expect(comms.locator("#crisis-team")).to_contain_text("Done: Comms")

    comms.goto(f"/crises/drills/{drill}/")
    comms.get_by_role("button", name="End and score it").click()
    expect(comms.locator("#drill-stands")).to_have_text("Passed")
    expect(comms.locator("#card")).to_contain_text("First statement in public")
    expect(agent.locator("#crises .crisis-banner.drill")).to_have_count(0)
    _scored_as_the_log_says(desk, drill, crisis, stage["id"])
    comms.goto("/crises/drills/")
    expect(comms.locator("#proven")).to_contain_text("Proven on")
    eventually(lambda: not desk.tickets(stage["id"], status="open"), "the queue to be put in order")
    eventually(lambda: not desk.tickets(stage["id"], status="new"), "the queue to be put in order")
    assert not desk.rows("SELECT 1 FROM reports_countedcycle WHERE inbox_id = %s", stage["id"])


def _ticket(desk: RunningDesk, inbox: int, words: str) -> int:
    def look() -> int | None:
        found = [one for one in desk.tickets(inbox) if words in one["preview"]]
        assert all(one["drill"] for one in found)
        return int(found[0]["id"]) if found else None

    return eventually(look, "the first customer's ticket")


def _answer(agent: Page, ticket: int) -> None:
    """The agent sees what came in by itself, marked, and writes an answer that a colleague has to read."""
    agent.locator("#arrivals").click()
    row = agent.locator(f"#row-{ticket}")
    expect(row.locator(".tag.drill")).to_have_text("Drill")
    row.click()
    expect(agent.locator("#conversation .drill-mark")).to_be_visible()
    agent.locator("textarea[name=text]").fill(WORDS)
    expect(agent.locator("[data-send]")).to_contain_text("Ask approval")
    agent.keyboard.press("Control+Enter")
    expect(agent.locator(".on-its-way")).to_contain_text("waits for approval")


def _approve(supervisor: Page) -> None:
    line = supervisor.locator("#approval-list tr", has_text=WORDS)
    expect(line.locator(".tag.drill")).to_be_visible()  # by itself
    line.get_by_role("link", name=WORDS).click()
    expect(supervisor.locator("main .drill-mark")).to_be_visible()
    supervisor.wait_for_load_state()
    here = supervisor.url
    supervisor.get_by_role("button", name="Approve", exact=False).first.click()
    supervisor.wait_for_url(lambda url: url != here)  # to the list, or to what waits next


def _said(desk: RunningDesk, handle: str) -> bool:
    answer = httpx.get(f"{desk.sandbox_url}/_sandbox/posts?network=x&account={handle}&limit=1000", timeout=30)
    return any(WORDS in post["text"] for post in answer.json()["posts"] if post["author"]["company"])


def _scored_as_the_log_says(desk: RunningDesk, drill: int, crisis: int, inbox: int) -> None:
    """Each figure of the card, from the rows themselves."""
    card = desk.api("GET", f"drills/{drill}/", as_="comms")["card"]
    log = desk.rows(
        "SELECT kind, at, actor_id, data FROM crises_crisisentry WHERE crisis_id = %s ORDER BY number", crisis
    )
    first = _one(desk, "SELECT min(played_at) FROM drills_beat WHERE drill_id = %s AND kind = 'post'", drill)
    began = _one(desk, "SELECT created_at FROM crises_crisis WHERE id = %s", crisis)
    ((reply, sent),) = desk.rows(
        """SELECT reply.id, sent_at FROM replies_reply AS reply JOIN tickets_ticket AS ticket ON ticket.id = ticket_id
        WHERE inbox_id = %s AND reply.state = 'sent'""",
        inbox,
    )
    ((asked, decided),) = desk.rows("SELECT requested_at, decided_at FROM replies_approval WHERE reply_id = %s", reply)
    by_people = min(at for _kind, at, actor, _data in log if actor is not None)
    at_level = min(at for kind, at, _actor, data in log if kind in ("started", "level") and data["level"] >= 2)
    ticked = {data["task"] for kind, _at, _actor, data in log if kind == "ticked"}
    expected = {
        "detect": _seconds(first, began),
        "acknowledge": _seconds(began, by_people),
        "level": _seconds(first, at_level),
        "statement": _seconds(first, sent),
        "approval": _seconds(asked, decided),
        "responses": 100.0,
        "checklist": 100.0 * len(ticked) / 4,
    }
    assert {line["what"]: line["measured"] for line in card["lines"]} == expected
    assert {line["verdict"] for line in card["lines"]} == {"met"}
    assert (card["figures"]["played"], card["figures"]["sent"], card["figures"]["approved"]) == (6, 1, 1)


def _one(desk: RunningDesk, sql: str, parameter: int) -> datetime:
    found: datetime = desk.rows(sql, parameter)[0][0]
    return found


def _seconds(start: datetime, end: datetime) -> float:
    return round(max((end - start).total_seconds(), 0), 1)
