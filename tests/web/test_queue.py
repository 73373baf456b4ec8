"""The queue as a page: what it lists, how it is narrowed, and what it costs."""

import pytest
from django.test import Client

from desk.actions.tickets import notes, tickets
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.tickets.models import Ticket
from tests.web.browsing import PART, Browser, asked_by, number_of_queries


def test_a_row_says_who_asks_what_and_until_when(browser: Browser, ticket: Ticket) -> None:
    page = browser.page("/queue/")
    assert "Marit" in page
    assert "Waar blijft de trein?" in page
    assert "due in 5" in page  # 55 minutes less the seconds that the test takes
    assert f'href="/tickets/{ticket.pk}/?' in page


def test_whoever_is_not_signed_in_goes_to_the_door(db: None) -> None:
    answer = Client().get("/queue/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_view_lists_its_own_only(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    other = asked_by(inbox, "tom", "Rijdt de bus?")
    tickets.claim(browser.person, other.pk)
    mine, nobodys = browser.part("/queue/?view=mine"), browser.part("/queue/?view=unassigned")
    assert "Rijdt de bus?" in mine
    assert "Waar blijft de trein?" not in mine
    assert "Waar blijft de trein?" in nobodys
    assert "Rijdt de bus?" not in nobodys


@pytest.mark.parametrize(
    "query", ["priority=9", "due_before=soon", "ordering=fame", "cursor=broken", "inbox=x", "view=none"]
)
def test_an_address_that_can_not_be_meant_is_explained(browser: Browser, ticket: Ticket, query: str) -> None:
    answer = browser.client.get(f"/queue/?{query}")
    assert answer.status_code == 400
    assert b"Traceback" not in answer.content


def test_filters_narrow_the_list(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    tickets.tag(browser.person, ticket.pk, add=["Lindewaard"])
    tickets.set_priority(browser.person, ticket.pk, 3)
    asked_by(inbox, "tom", "Rijdt de bus?")
    for query in ("tag=Lindewaard", "priority=3", "q=trein", "q=%40marit", f"q={ticket.pk}"):
        part = browser.part(f"/queue/?{query}")
        assert "Waar blijft de trein?" in part, query
        assert "Rijdt de bus?" not in part, query


def test_nothing_found_says_so_and_offers_a_way_back(browser: Browser, ticket: Ticket) -> None:
    assert "No ticket says “wielklem”." in browser.page("/queue/?q=wielklem")


def test_rows_are_refreshed_by_number_whether_or_not_they_still_belong(browser: Browser, ticket: Ticket) -> None:
    tickets.transition(browser.person, ticket.pk, "resolve")
    part = browser.part(f"/queue/rows/?view=open&ids={ticket.pk},999999")
    assert part.count("<li ") == 1
    assert "data-belongs" not in part


def test_the_desk_says_which_rows_belong_in_a_narrow_list(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    other = asked_by(inbox, "tom", "Rijdt de bus?")
    part = browser.part(f"/queue/rows/?q=trein&ids={ticket.pk},{other.pk}")
    assert part.count("data-belongs") == 1


def test_pages_follow_each_other_without_gap_or_repeat(browser: Browser, inbox: Inbox) -> None:
    for number in range(60):
        asked_by(inbox, f"klant{number}", f"vraag {number}")
    first = browser.part("/queue/")
    assert first.count('class="ticket-row') == 50
    cursor = first.split("cursor=")[1].split('"')[0]
    second = browser.part(f"/queue/?cursor={cursor}")
    assert second.count('class="ticket-row') == 10
    seen = {part.split('"')[0] for page in (first, second) for part in page.split('id="row-')[1:]}
    assert len(seen) == 60


def test_the_list_takes_as_many_queries_for_fifty_rows_as_for_one(
    browser: Browser, inbox: Inbox, ticket: Ticket
) -> None:
    one = number_of_queries("/queue/", browser)
    for number in range(50):
        asked = asked_by(inbox, f"klant{number}", f"vraag {number}")
        tickets.tag(browser.person, asked.pk, add=[f"tag{number % 5}"])
        if number % 2:
            tickets.claim(browser.person, asked.pk)
    assert number_of_queries("/queue/", browser) == one <= 9


def test_badges_are_words(browser: Browser, ticket: Ticket) -> None:
    answer = browser.client.get("/queue/counts/", headers=PART)
    assert answer.json()["words"]["open"] == "1"
    assert answer.json()["words"]["breached"] == "0"
    assert answer.json()["late"] == []


def test_an_inbox_that_is_signed_out_says_so_in_the_rail_and_above_the_list(browser: Browser, ticket: Ticket) -> None:
    Inbox.objects.update(state=Inbox.State.NEEDS_REAUTHORISATION)
    page = browser.page("/queue/")
    assert "is signed out. Replies wait, none is lost." in page
    badges = browser.client.get("/queue/counts/").json()
    assert badges["words"][f"inbox:{ticket.inbox_id}"] == "sign in"
    assert f"inbox:{ticket.inbox_id}" in badges["late"]


def test_take_next_takes_the_most_urgent_of_nobody(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    urgent = asked_by(inbox, "tom", "Rijdt de bus?")
    tickets.set_priority(browser.person, urgent.pk, 3)
    answer = browser.send("/queue/next/?view=unassigned")
    assert f"/tickets/{urgent.pk}/" in answer["HX-Location"]
    assert Ticket.objects.get(pk=urgent.pk).assignee == browser.person


def test_one_verb_on_many_says_what_was_refused_and_why(
    browser: Browser, sanne: User, inbox: Inbox, ticket: Ticket
) -> None:
    taken = asked_by(inbox, "tom", "Rijdt de bus?")
    tickets.claim(sanne, taken.pk)
    answer = browser.send("/queue/bulk/", ids=f"{ticket.pk},{taken.pk}", verb="claim")
    text = answer.content.decode()
    assert "Done for 1 ticket." in text
    assert "Sanne Bakker was quicker" in text
    assert Ticket.objects.get(pk=ticket.pk).assignee == browser.person


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("transition:resolve", {}),
        ("assign", {"to": "me"}),
        ("snooze", {"minutes": "60"}),
        ("priority", {"priority": "2"}),
        ("tags", {"add": "Lindewaard, Pers"}),
    ],
)
def test_every_bulk_verb_reaches_the_tickets(
    browser: Browser, ticket: Ticket, verb: str, values: dict[str, str]
) -> None:
    assert browser.send("/queue/bulk/", ids=str(ticket.pk), verb=verb, **values).status_code == 200
    changed = Ticket.objects.get(pk=ticket.pk)
    assert {
        "transition:resolve": changed.state == "resolved",
        "assign": changed.assignee == browser.person,
        "snooze": changed.snoozed_until is not None,
        "priority": changed.priority == 2,
        "tags": sorted(changed.tags.values_list("name", flat=True)) == ["Lindewaard", "Pers"],
    }[verb]


def test_an_expert_reads_and_can_take_nothing(expert: User, ticket: Ticket) -> None:
    browser = Browser(expert)
    assert "Waar blijft de trein?" in browser.page("/queue/")
    assert browser.send("/queue/next/").status_code == 403
    assert browser.send("/queue/bulk/", ids=str(ticket.pk), verb="claim").status_code == 403
    assert Ticket.objects.get(pk=ticket.pk).assignee is None


def test_a_row_whose_last_word_was_ours_says_so(browser: Browser, ticket: Ticket) -> None:
    Ticket.objects.update(preview="Om tien over negen.", preview_outgoing=True)
    assert "We: Om tien over negen." in browser.page("/queue/")


def test_who_is_named_in_a_note_has_a_view_of_it_until_they_opened_it(
    browser: Browser, sanne: User, ticket: Ticket
) -> None:
    notes.add_note(sanne, ticket.pk, "Weet jij dit, @suze?")
    listed = browser.page("/queue/?view=mentioned")
    assert "Waar blijft de trein?" in listed
    assert 'data-plain="0"' in listed  # a browser that hears of a change can't tell whether it belongs
    assert browser.client.get("/queue/counts/", headers=PART).json()["words"]["mentioned"] == "1"
    browser.part(f"/tickets/{ticket.pk}/")
    assert "Waar blijft de trein?" not in browser.part("/queue/?view=mentioned")


def test_a_row_whose_customer_took_everything_back_says_so(browser: Browser, ticket: Ticket) -> None:
    Ticket.objects.update(preview="", original_gone=True)
    assert "Deleted by the customer" in browser.page("/queue/")


def test_whoever_waits_for_nobody_comes_last_and_is_not_left_out(
    browser: Browser, inbox: Inbox, ticket: Ticket
) -> None:
    answered = asked_by(inbox, "tom", "Rijdt de bus?", minutes_ago=60)
    tickets.transition(browser.person, answered.pk, "wait_for_customer")
    Ticket.objects.filter(pk=answered.pk).update(waiting_since=None)
    page = browser.part("/queue/?status=open&status=waiting&ordering=waiting_since")
    assert page.index("Waar blijft de trein?") < page.index("Rijdt de bus?")


@pytest.mark.parametrize("name", ["tag", "network", "q"])
def test_a_filter_with_a_nul_in_it_is_no_fault_of_ours(browser: Browser, ticket: Ticket, name: str) -> None:
    assert browser.client.get(f"/queue/?{name}=a%00b").status_code == 200


def test_a_tag_that_can_not_exist_is_taken_off_without_a_word(browser: Browser, ticket: Ticket) -> None:
    assert browser.client.post(f"/tickets/{ticket.pk}/tags/", {"remove": "a\x00b"}).status_code == 200


def test_a_row_says_which_clock_is_due(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    page = browser.page("/queue/")
    assert f'<small id="m{ticket.pk}">first reply</small>' in page
    assert f'aria-labelledby="n{ticket.pk} w{ticket.pk} m{ticket.pk} c{ticket.pk} l{ticket.pk}"' in page
    tickets.transition(browser.person, ticket.pk, "resolve")
    assert f'<small id="m{ticket.pk}"></small>' in browser.page("/queue/?view=resolved")
