"""From a mention to an answered ticket and back: what customers write in public."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually


def test_a_mention_becomes_a_ticket_and_its_answer_appears_on_the_network(x: Account) -> None:
    post = x.says(f"@{x.handle} waar blijft de trein naar Oudmeer?")
    ticket = x.ticket("waar blijft")
    reply = x.answer(ticket["id"], "Hoi Marit, over vijf minuten.")
    assert reply["state"] == "queued"
    x.reply_becomes(reply["id"], "sent")
    answer = next(post for post in x.posts() if post["author"]["company"])
    assert answer["text"].removeprefix("@marit ") == "Hoi Marit, over vijf minuten. ^AG"
    assert answer["parent_id"] == post["id"]
    after = x.desk.api("GET", f"tickets/{ticket['id']}/")
    assert (after["status"], after["waiting_since"], after["assignee"]["username"]) == (
        "waiting_for_customer",
        None,
        "agent",
    )
    assert [clock["state"] for clock in after["clocks"]] == ["met", "paused"]


def test_webhook_and_poll_of_the_same_post_give_one_message(x: Account) -> None:
    for number in range(5):
        x.says(f"@{x.handle} bericht {number}", by=f"klant{number}")
    eventually(lambda: len(x.tickets()) == 5, "five tickets")
    x.desk.api("POST", f"inboxes/{x.inbox}/resume/", as_="admin")
    eventually(
        lambda: x.desk.rows("SELECT 1 FROM inboxes_rawitem WHERE inbox_id = %s AND source = 'webhook'", x.inbox),
        "a webhook",
    )
    polls = "SELECT last_poll_at FROM inboxes_inbox WHERE id = %s"
    before = x.desk.rows(polls, x.inbox)
    eventually(lambda: x.desk.rows(polls, x.inbox) != before, "another poll")
    assert x.desk.rows("SELECT count(*) FROM tickets_message WHERE inbox_id = %s", x.inbox) == [(5,)]


def test_without_a_webhook_the_poll_finds_it(connect: Callable[..., Account]) -> None:
    quiet = connect("x", webhook=False)
    quiet.says(f"@{quiet.handle} hoort iemand mij?")
    assert quiet.ticket("hoort iemand")["network"] == "x"


def test_an_edit_is_kept_as_a_version(x: Account) -> None:
    post = x.says(f"@{x.handle} al 20 minuten stil")
    ticket = x.ticket("20 minuten")
    x.edits(post, f"@{x.handle} al 25 minuten stil")
    message = eventually(
        lambda: next((m for m in x.messages(ticket["id"]) if "25 minuten" in m["text"]), None), "the edited text"
    )
    assert [version["text"] for version in message["versions"]] == [f"@{x.handle} al 20 minuten stil"]


def test_an_answer_typed_in_the_networks_own_app_meets_the_clock(x: Account) -> None:
    post = x.says(f"@{x.handle} is de lift stuk?")
    ticket = x.ticket("lift stuk")
    x.says("Ja, monteur onderweg", origin="native", kind="reply", in_reply_to=post["id"])
    after = eventually(
        lambda: (found := x.desk.api("GET", f"tickets/{ticket['id']}/"))["waiting_since"] is None and found, "the echo"
    )
    assert [clock["state"] for clock in after["clocks"]] == ["met", "paused"]
    assert len(x.tickets()) == 1


def test_a_customer_who_comes_back_reopens_the_ticket(x: Account) -> None:
    post = x.says(f"@{x.handle} hoe laat rijdt de bus?")
    ticket = x.ticket("hoe laat")
    x.desk.api("POST", f"tickets/{ticket['id']}/transition/", {"event": "resolve"})
    x.says(f"@{x.handle} hallo, nog steeds niets", kind="reply", in_reply_to=post["id"])
    again = x.ticket("nog steeds niets")
    assert (again["id"], again["status"]) == (ticket["id"], "open")


def test_of_two_agents_who_claim_at_once_one_gets_it(desk: RunningDesk, x: Account) -> None:
    x.says(f"@{x.handle} wie helpt mij?")
    ticket = x.ticket("wie helpt")["id"]

    def claim(person: str) -> int:
        return desk.client(person).post(f"/api/v1/tickets/{ticket}/claim/").status_code

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(claim, ("agent", "agent2")))
    assert sorted(answers) == [200, 409]


def test_a_double_click_sends_once(x: Account) -> None:
    x.says(f"@{x.handle} dubbel?")
    ticket = x.ticket("dubbel")["id"]

    def click(_: int) -> int:
        return int(x.answer(ticket, "Eén keer is genoeg.", key="one")["id"])

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(click, range(4)))
    assert len(ids) == 1
    x.reply_becomes(ids.pop(), "sent")
    assert len(x.company_said()) == 1


def test_a_reply_can_be_called_back_before_it_leaves(x: Account) -> None:
    x.says(f"@{x.handle} terug?")
    ticket = x.ticket("terug?")["id"]
    reply = x.answer(ticket, "Toch niet.")
    assert x.desk.api("POST", f"replies/{reply['id']}/undo/")["state"] == "cancelled"
    assert x.desk.api("GET", f"tickets/{ticket}/draft/")["text"] == "Toch niet."
    assert x.company_said() == []


def test_a_reply_to_what_has_changed_meanwhile_is_stale(x: Account) -> None:
    post = x.says(f"@{x.handle} eerste vraag")
    ticket = x.ticket("eerste vraag")["id"]
    x.desk.api("POST", f"tickets/{ticket}/seen/")
    x.says(f"@{x.handle} laat maar, ik zit in de bus", kind="reply", in_reply_to=post["id"])
    x.ticket("ik zit in de bus")
    body = {"text": "Over vijf minuten.", "visibility": "public", "idempotency_key": "stale"}
    refused = x.desk.api("POST", f"tickets/{ticket}/reply/", body, expect=409)
    assert refused["code"] == "stale"
