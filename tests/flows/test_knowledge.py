"""What the company knows is found as soon as it is written, answered or approved, and no longer once it is not."""

from collections.abc import Callable
from typing import Any

from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually

SECONDS = 10.0  # “within seconds”, on a machine that has other work to do


def test_what_is_written_answered_or_approved_is_found_within_seconds_and_what_is_taken_back_is_not(
    desk: RunningDesk, connect: Callable[..., Account]
) -> None:
    x = connect("x")
    x.says(f"@{x.handle} mag een kajak mee in de sneltram naar Wolkenveen?", by="kajakker")
    ticket = x.ticket("kajak")["id"]
    answer = "Een kajak mag mee op het achterbalkon, buiten de spits en zolang er plaats is voor anderen."
    x.reply_becomes(x.answer(ticket, answer)["id"], "sent")
    desk.api("POST", f"tickets/{ticket}/transition/", {"event": "resolve"})
    _soon(desk, "tickets", "iemand met een kajak in de sneltram", ticket)

    waiting = eventually(lambda: _suggestion(desk, ticket), "the answer to be suggested", SECONDS + 20)
    assert not _found(desk, "articles", "kajak sneltram"), "nothing is an article by itself"
    approved = desk.api("POST", f"knowledge/suggestions/{waiting['id']}/approve/", {}, as_="supervisor")
    _soon(desk, "articles", "mag mijn kajak mee?", approved["id"])

    text = {"language": "nl", "title": "Onderzeeër", "body": "Een onderzeeër mag niet mee in de sneltram."}
    written = desk.api("POST", "articles/", {"texts": [text], "audience": "public"}, as_="supervisor")["id"]
    _soon(desk, "articles", "onderzeeër mee", written)
    help_page = f"{desk.url}/help/nl/{written}/"
    assert desk.client("agent").get(help_page).status_code == 200

    other = {**text, "title": "Duikboot", "body": "Een duikboot mag niet mee."}
    desk.api("PATCH", f"articles/{written}/", {"texts": [other], "audience": "internal"}, as_="supervisor")
    _soon(desk, "articles", "duikboot", written)
    eventually(lambda: not _found(desk, "articles", "onderzeeër"), "the old words to be forgotten", SECONDS)
    eventually(lambda: desk.client("agent").get(help_page).status_code == 404, "the help page to go", SECONDS)
    for article in (written, approved["id"]):
        desk.api("DELETE", f"articles/{article}/", as_="supervisor")
    eventually(lambda: not _found(desk, "articles", "duikboot kajak"), "deleted articles to be gone", SECONDS)


def _soon(desk: RunningDesk, kind: str, asked: str, number: int) -> None:
    eventually(lambda: number in _found(desk, kind, asked), f"{kind} for “{asked}”", SECONDS)


def _found(desk: RunningDesk, kind: str, asked: str) -> list[int]:
    hits = desk.api("GET", f"knowledge/search/?q={asked}&language=nl&kind={kind}")
    return [one["id"] for one in hits]


def _suggestion(desk: RunningDesk, ticket: int) -> dict[str, Any] | None:
    rows = desk.api("GET", "knowledge/suggestions/?page_size=200", as_="supervisor")["results"]
    return next((one for one in rows if one["ticket"] == ticket and one["state"] == "pending"), None)
