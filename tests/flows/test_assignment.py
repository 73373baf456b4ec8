"""Mentions arrive and are shared out among the people on duty; one goes away, and theirs move on."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually


def test_a_team_shares_out_what_arrives_and_takes_over_from_who_goes_away(
    desk: RunningDesk, connect: Callable[..., Account]
) -> None:
    people = {row["username"]: row["id"] for row in desk.api("GET", "users/?page_size=200")["results"]}
    team = desk.api("POST", "teams/", {"name": "Wie is er"}, as_="admin")["id"]
    members = [people[name] for name in ("agent", "agent2", "supervisor")]
    policy = {"members": members, "assignment": "round_robin"}
    desk.api("PATCH", f"teams/{team}/", policy, as_="admin")
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    hours = {"user": people["supervisor"], "timezone": "UTC", "week": {"mon": [["09:00", "17:00"]]}}
    shift = desk.api("POST", "shifts/", {**hours, "first_day": tomorrow}, as_="supervisor")["id"]
    x = connect("x")
    desk.api("PATCH", f"inboxes/{x.inbox}/", {"team": team}, as_="admin")
    try:
        for number in range(6):
            x.says(f"@{x.handle} vraag {number}", by=f"reiziger{number}")
        eventually(lambda: _owners(x) == {"agent": 3, "agent2": 3}, "six tickets, three for each who is on duty")
        answered = next(ticket for ticket in x.tickets() if ticket["assignee"]["username"] == "agent")
        x.reply_becomes(x.answer(answered["id"], "Over vijf minuten.")["id"], "sent")

        desk.api("PATCH", "me/", {"away": True}, as_="agent")
        eventually(lambda: _owners(x) == {"agent": 1, "agent2": 5}, "what waits moves on, what was answered stays")
        x.says(f"@{x.handle} nog een vraag", by="reiziger7")
        eventually(lambda: _owners(x) == {"agent": 1, "agent2": 6}, "the next one for who is left")
        moved = [_lines(desk, ticket["id"]) for ticket in x.tickets() if "handed_over" in _lines(desk, ticket["id"])]
        assert len(moved) == 2
        assert all(lines.count("given") == 1 for lines in moved)

        absence = desk.api("POST", "absences/", {"user": people["agent2"], "reason": "Ziek"}, as_="supervisor")["id"]
        eventually(lambda: _owners(x) == {"agent": 1, None: 6}, "nobody is left, and everybody sees that")
        desk.api("DELETE", f"absences/{absence}/", as_="supervisor")
        eventually(lambda: _owners(x) == {"agent": 1, "agent2": 6}, "they come back to who is back")
        reasons = _given(desk, x)
        assert reasons["last_owner"] == 6
    finally:
        desk.api("PATCH", "me/", {"away": False}, as_="agent")
        desk.api("DELETE", f"shifts/{shift}/", as_="supervisor")
        desk.api("DELETE", f"teams/{team}/", as_="admin")


def _owners(x: Account) -> dict[str | None, int]:
    return dict(Counter((ticket["assignee"] or {}).get("username") for ticket in x.tickets()))


def _lines(desk: RunningDesk, ticket: int) -> list[str]:
    return [event["kind"] for event in _events(desk, ticket)]


def _given(desk: RunningDesk, x: Account) -> Counter[str]:
    events = [event for ticket in x.tickets() for event in _events(desk, ticket["id"])]
    return Counter(event["data"]["reason"] for event in events if event["kind"] == "given")


def _events(desk: RunningDesk, ticket: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.api("GET", f"tickets/{ticket}/events/?page_size=200")["results"]
    return found
