"""Personal data on the screens: what is held, handing it over, erasing it, and how long things are kept."""

import json

import pytest
from django.utils import timezone

from desk.actions.customers import erasure_run
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.privacy.models import Erasure, Retention
from desk.tickets.models import Customer, Ticket
from tests.web.browsing import Browser, asked_by, number_of_queries

BASE = "/administration/personal-data/"


@pytest.fixture
def admin(db: None) -> Browser:
    return Browser(User.objects.create_user("ada", role="administrator", first_name="Ada"))


def erase_all_of(ticket: Ticket, admin: Browser) -> Erasure:
    admin.send(f"{BASE}customers/{ticket.customer_id}/", ground="request", handle="marit")
    begun = Erasure.objects.get()
    while erasure_run.go_on(begun.pk, timezone.now()):
        pass
    return begun


def test_the_way_leads_from_the_ticket_to_what_is_held(admin: Browser, browser: Browser, ticket: Ticket) -> None:
    page = f"{BASE}customers/{ticket.customer_id}/"
    assert page in admin.part(f"/tickets/{ticket.pk}/customer/")
    assert "Personal data" not in browser.part(f"/tickets/{ticket.pk}/customer/")
    assert "Type “marit” to confirm" in admin.page(page)
    for address in (BASE, page):
        assert browser.client.get(address).status_code == 403
    assert browser.send(page, ground="request", handle="marit").status_code == 403
    assert browser.send(f"{page}export/").status_code == 403


def test_somebody_is_erased_only_once_the_handle_is_typed(admin: Browser, ticket: Ticket) -> None:
    page = f"{BASE}customers/{ticket.customer_id}/"
    for handle, ground in (("", "request"), ("piet", "request"), ("marit", "zomaar")):
        assert admin.send(page, handle=handle, ground=ground).status_code == 400
    assert not Erasure.objects.exists()
    answer = admin.send(page, handle="@Marit", ground="request")
    begun = Erasure.objects.get()
    assert answer["HX-Redirect"] == f"{BASE}erasures/{begun.pk}/"
    assert "Running." in admin.page(f"{BASE}erasures/{begun.pk}/")


def test_what_is_left_names_nobody(admin: Browser, browser: Browser, ticket: Ticket) -> None:
    begun = erase_all_of(ticket, admin)
    assert "Done" in admin.page(f"{BASE}erasures/{begun.pk}/")
    assert "The person asked for it" in admin.page(BASE)
    pages = [browser.page(f"/tickets/{ticket.pk}/"), browser.page("/queue/"), admin.page("/administration/audit/")]
    pages += [admin.page(f"{BASE}customers/{ticket.customer_id}/"), admin.page(f"{BASE}erasures/{begun.pk}/")]
    for word in ("marit", "waar blijft", "erased:"):
        assert [word in page.lower() for page in pages] == [False] * 5, word
    assert "A message, erased " in pages[0]
    assert ">erased</span>" in browser.part(f"/tickets/{ticket.pk}/customer/")
    assert "Erase for good" not in pages[3]


def test_the_composer_says_why_nothing_leaves(admin: Browser, browser: Browser, ticket: Ticket) -> None:
    admin.send(f"{BASE}customers/{ticket.customer_id}/", ground="request", handle="marit")
    found = browser.send(f"/tickets/{ticket.pk}/draft/", text="Hoi Marit", visibility="public").content.decode()
    assert 'data-blocking="1"' in found


def test_who_writes_again_is_shown_as_somebody_who_was_erased(
    admin: Browser, browser: Browser, inbox: Inbox, ticket: Ticket
) -> None:
    erase_all_of(ticket, admin)
    again = asked_by(inbox, "marit", "Ik ben er weer")
    assert again.customer_id != ticket.customer_id
    assert "earlier erased" in browser.part(f"/tickets/{again.pk}/customer/")
    assert "wrote again since" in admin.page(f"{BASE}customers/{again.customer_id}/")


def test_all_that_is_held_is_downloaded_as_a_file(admin: Browser, ticket: Ticket) -> None:
    answer = admin.send(f"{BASE}customers/{ticket.customer_id}/export/")
    assert answer["Content-Disposition"] == f'attachment; filename="customer-{ticket.customer_id}.json"'
    assert json.loads(answer.content)["tickets"][0]["messages"][0]["text"] == "Waar blijft de trein?"


def test_rules_are_kept_only_as_they_were_looked_at(admin: Browser, ticket: Ticket) -> None:
    Ticket.objects.update(state="resolved", created_at=timezone.now())
    address = f"{BASE}retention/"
    seen = admin.send(address, do="see", private_days="", public_days="30", ticket_days="400")
    assert seen.status_code == 200
    assert "This would take the words of 0 private and 0 public messages" in seen.content.decode()
    changed = admin.send(address, do="keep", seen="- 30 400 -", private_days="", public_days="3", ticket_days="400")
    assert "This would take" in changed.content.decode()
    assert Retention.objects.get().public_days is None
    kept = admin.send(address, do="keep", seen="- 3 400 -", private_days="", public_days="3", ticket_days="400")
    assert kept["HX-Redirect"] == BASE
    rules = Retention.objects.get()
    assert (rules.private_days, rules.public_days, rules.ticket_days) == (None, 3, 400)
    assert 'value="400"' in admin.page(BASE)


@pytest.mark.parametrize("nonsense", ["0", "-3", "veel", "99999", "1e9", "9" * 40])
def test_days_that_make_no_sense_are_refused_in_place(admin: Browser, nonsense: str) -> None:
    answer = admin.send(f"{BASE}retention/", do="see", private_days=nonsense, public_days="", ticket_days="")
    assert answer.status_code == 400
    assert "private_days" in answer.content.decode()


def test_a_list_of_many_erasures_costs_no_more_than_one_of_few(admin: Browser, ticket: Ticket) -> None:
    now = timezone.now()

    def more(count: int) -> int:
        for _ in range(count):
            Erasure.objects.create(
                customer=Customer.objects.create(), ground="request", asked_by=admin.person, asked_at=now, moved_at=now
            )
        return number_of_queries(BASE, admin)

    assert more(2) == more(60)
    assert "cursor=" in admin.page(BASE)
