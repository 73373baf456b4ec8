"""Causes on the screen: said beside resolving, edited by who manages them, read by everybody."""

from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from desk.actions.causes import causes
from desk.actions.causes.causes import CauseWish
from desk.actions.causes.digest_mails import link_of
from desk.causes.models import Cause, Department, DigestSubscription, Improvement, TicketCause
from desk.people.models import User
from desk.tickets.models import Ticket
from tests.actions.causes import a_cause, a_department
from tests.web.browsing import Browser, asked_by, number_of_queries


@pytest.fixture
def supervisor(db: None) -> Browser:
    return Browser(User.objects.create_user("mila", role="supervisor", first_name="Mila"))


def test_an_agent_says_what_it_was_about_and_resolves_it(browser: Browser, ticket: Ticket) -> None:
    dialog = f"/dialogs/cause/?ids={ticket.pk}"
    assert "no causes yet" in browser.part(dialog)
    trains = a_cause("Treinen", "Trains")
    late = a_cause("Trein komt niet", "Train does not come", below=trains)
    offered = browser.part(dialog)
    assert "Trains › Train does not come" in offered
    assert offered.index(">suggested<") < offered.index(f'id="why-{trains.pk}"')  # “trein” stands in its name
    assert "“trein”: in its name" in offered
    assert browser.send(f"/tickets/{ticket.pk}/cause/").status_code == 400
    answer = browser.send(f"/tickets/{ticket.pk}/cause/", cause=late.pk, resolve="1")
    assert (answer.status_code, Ticket.objects.get().state) == (200, "resolved")
    assert "Trains › Train does not come" in browser.part(f"/tickets/{ticket.pk}/customer/")
    assert "Somebody said what it was about" in browser.part(f"/tickets/{ticket.pk}/timeline/")
    assert "Somebody said: Trains › Train does not come" in browser.part(dialog)
    browser.send(f"/tickets/{ticket.pk}/cause/", cause="none")
    assert not TicketCause.objects.exists()
    assert "Trains › Train does not come → –" in browser.part(f"/tickets/{ticket.pk}/timeline/")


def test_resolving_asks_where_the_company_wants_that(browser: Browser, supervisor: Browser, ticket: Ticket) -> None:
    asking, page = f"/dialogs/cause/?ids={ticket.pk}&amp;resolve=1", f"/tickets/{ticket.pk}/"
    late = a_cause("Vertraging", "Delay")
    assert asking not in browser.page(page)
    supervisor.send("/administration/causes/asking/", asked="required")
    assert asking in browser.page(page)
    assert "Nothing is resolved without a cause" in browser.part(f"/dialogs/cause/?ids={ticket.pk}&resolve=1")
    assert browser.send(f"/tickets/{ticket.pk}/transition/", event="resolve").status_code == 409
    browser.send(f"/tickets/{ticket.pk}/cause/", cause=late.pk)
    assert asking not in browser.page(page)
    assert browser.send(f"/tickets/{ticket.pk}/transition/", event="resolve").status_code == 200


def test_many_picked_tickets_get_one_cause(browser: Browser, ticket: Ticket) -> None:
    other = asked_by(ticket.inbox, "tom", "Bus te laat")
    late = a_cause("Vertraging", "Delay")
    assert 'name="ids"' in browser.part(f"/dialogs/cause/?ids={ticket.pk},{other.pk}")
    answer = browser.send("/queue/bulk/", ids=f"{ticket.pk},{other.pk}", verb="cause", cause=late.pk, resolve="1")
    assert answer.status_code == 200
    assert set(Ticket.objects.values_list("state", flat=True)) == {"resolved"}
    assert TicketCause.objects.filter(cause=late).count() == 2


def test_resolving_many_asks_where_the_company_wants_that(
    browser: Browser, supervisor: Browser, ticket: Ticket
) -> None:
    other = asked_by(ticket.inbox, "tom", "Bus te laat")
    late, full = a_cause("Vertraging", "Delay"), a_cause("Vol", "Full")
    asking, at_once = 'data-bulk="/dialogs/cause/?resolve=1"', 'value="transition:resolve"'
    page = browser.page("/queue/")
    assert (asking in page, at_once in page) == (False, True)
    supervisor.send("/administration/causes/asking/", asked="required")
    page = browser.page("/queue/")
    assert (asking in page, at_once in page) == (True, False)
    browser.send(f"/tickets/{other.pk}/cause/", cause=full.pk)
    dialog = browser.part(f"/dialogs/cause/?resolve=1&bulk=1&ids={ticket.pk},{other.pk}")
    assert 'name="keep"' in dialog
    wish = {"ids": f"{ticket.pk},{other.pk}", "verb": "cause", "resolve": "1", "keep": "1"}
    browser.send("/queue/bulk/", cause="none", **wish)
    assert dict(Ticket.objects.values_list("pk", "state")) == {ticket.pk: "new", other.pk: "resolved"}
    browser.send("/queue/bulk/", cause=late.pk, **wish)
    assert dict(TicketCause.objects.values_list("ticket", "cause")) == {ticket.pk: late.pk, other.pk: full.pk}


def test_a_cause_leads_to_its_tickets(browser: Browser, ticket: Ticket) -> None:
    other = asked_by(ticket.inbox, "tom", "Bus te laat")
    late = a_cause("Vertraging", "Delay")
    below = a_cause("Storing", "Fault", below=late)
    a_cause("Te laat", "Too late", into=below)
    browser.send(f"/tickets/{ticket.pk}/cause/", cause=below.pk, resolve="1")
    link = f"/queue/?cause={late.pk}"
    assert link in browser.page(f"/causes/{late.pk}/")
    assert link in browser.page("/causes/")
    found = browser.page(link)
    assert (f'data-id="{ticket.pk}"' in found, f'data-id="{other.pk}"' in found) == (True, False)
    assert "Delay" in found
    assert f'data-id="{ticket.pk}"' in browser.page(f"/queue/?cause={below.pk}")
    assert f'data-id="{ticket.pk}"' not in browser.page("/queue/?cause=999")
    assert f'<option value="{late.pk}" selected>Delay</option>' in browser.part(f"/queue/filter/?cause={late.pk}")


def test_a_cause_and_a_digest_on_paper_say_what_the_page_says(browser: Browser, ticket: Ticket) -> None:
    rolling = a_department("Materieel")
    doors = a_cause("Deuren", "Doors")
    Cause.objects.filter(pk=doors.pk).update(department=rolling)
    browser.send(f"/tickets/{ticket.pk}/cause/", cause=doors.pk, resolve="1")
    Improvement.objects.create(cause=doors, what="Andere deuren", created_at=timezone.now())
    for address, name in (
        (f"/causes/{doors.pk}/cause.pdf?period=week", f"cause-{doors.pk}-"),
        (f"/causes/departments/{rolling.pk}/digest.pdf", f"digest-{rolling.pk}-"),
    ):
        answer = browser.client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert name in answer["Content-Disposition"]
        words = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
        assert {"Materieel", "Andere", "said"} <= set(words.split())
    assert browser.client.get("/causes/999/cause.pdf").status_code == 404


def test_whoever_manages_causes_edits_the_tree(browser: Browser, supervisor: Browser) -> None:
    assert browser.client.get("/administration/causes/").status_code == 403
    rolling = a_department("Materieel")
    address = "/administration/causes/new/"
    assert supervisor.send(address, name_nl="Deuren", name_en="").status_code == 400
    supervisor.send(address, name_nl="Deuren", name_en="Doors", department=rolling.pk, owner=supervisor.person.pk)
    doors = Cause.objects.get()
    page = supervisor.page("/administration/causes/")
    assert all(words in page for words in ("Doors", "Materieel", "Mila"))
    supervisor.send(address, name_nl="Klemt", name_en="Jams", parent=doors.pk)
    jams = Cause.objects.get(name_en="Jams")
    one = f"/administration/causes/{jams.pk}/"
    assert "Doors › Jams" in supervisor.page(one)
    supervisor.send(one, name_nl="Klemt", name_en="Is jammed", parent="")
    assert Cause.objects.get(pk=jams.pk).parent is None
    supervisor.send(f"{one}merge/", into=doors.pk)
    assert "merged into Doors" in supervisor.page(one)
    assert "Is jammed" in supervisor.page(f"/administration/causes/{doors.pk}/")
    supervisor.send(f"{one}part/")
    supervisor.send(f"{one}archive/")
    assert "Offer it again" in supervisor.page(one)
    assert "Archived" in supervisor.page("/administration/causes/")
    supervisor.send(f"{one}restore/")
    assert supervisor.client.post(f"{one}explode/").status_code == 404
    supervisor.send("/administration/departments/", name="Reizigers")
    assert "Reizigers" in supervisor.page("/administration/departments/")
    added = Department.objects.get(name="Reizigers")
    supervisor.send(f"/administration/departments/{added.pk}/", name="Reizen")
    supervisor.send(f"/administration/departments/{added.pk}/delete/")
    assert supervisor.client.get(f"/administration/departments/{added.pk}/").status_code == 404
    assert "cause" in supervisor.page("/administration/audit/?subject=cause")


def test_a_cause_below_one_that_was_merged_keeps_its_place_when_its_form_is_kept(supervisor: Browser) -> None:
    old, new = a_cause("Oud", "Old"), a_cause("Nieuw", "New")
    below = a_cause("Kind", "Child", below=old)
    causes.merge(supervisor.person, old.pk, new.pk)
    assert f'<option value="{new.pk}" selected>' in supervisor.page(f"/administration/causes/{below.pk}/")


def test_everybody_reads_what_causes_cost(browser: Browser, expert: User, ticket: Ticket) -> None:
    trains = a_cause("Treinen", "Trains")
    delay = a_cause("Vertraging", "Delay", below=trains)
    browser.send(f"/tickets/{ticket.pk}/cause/", cause=delay.pk, resolve="1")
    for reader in (browser, Browser(expert)):
        page = reader.page("/causes/?period=week")
        assert "Trains › </span>" in page
        assert "How this is counted" in page
        assert 'aria-current="page"' in page
        assert "Week by week" in reader.page(f"/causes/{trains.pk}/?period=quarter")
    assert b"Trains" in browser.client.get("/causes/causes.csv").content
    assert browser.client.get("/causes/causes.xlsx").status_code == 200
    assert browser.client.get("/causes/?period=century").status_code == 400
    assert browser.client.get("/causes/99/").status_code == 404


def test_a_longer_tree_costs_no_query_more(browser: Browser, supervisor: Browser, ticket: Ticket) -> None:
    top = a_cause("Treinen", "Trains")
    dialog = f"/dialogs/cause/?ids={ticket.pk}"
    before = number_of_queries(dialog, browser), number_of_queries("/administration/causes/", supervisor)
    for number in range(10):
        causes.create(supervisor.person, CauseWish(f"Oorzaak {number}", f"Cause {number}", parent=top.pk))
    assert (number_of_queries(dialog, browser), number_of_queries("/administration/causes/", supervisor)) == before


def test_an_improvement_is_proposed_done_measured_and_told(
    browser: Browser, supervisor: Browser, ticket: Ticket
) -> None:
    doors = a_cause("Deuren", "Doors")
    browser.send(f"/tickets/{ticket.pk}/cause/", cause=doors.pk, resolve="1")
    address = f"/causes/{doors.pk}/improve/"
    assert browser.send(address, what="").status_code == 400
    assert "may propose one" in browser.page(f"/causes/{doors.pk}/")
    answer = browser.send(address, what="Vervang de scharnieren", due_on="2020-01-01")
    one = Improvement.objects.get()
    page = f"/causes/improvements/{one.pk}/"
    assert answer["HX-Redirect"] == page
    assert "Proposed, late" in browser.page(page)
    assert "What next" not in browser.page(page)
    assert 'muted"> ·' not in browser.page("/causes/improvements/")  # nobody does it yet
    assert browser.client.post(f"{page}step/", {"event": "agree"}).status_code == 403
    supervisor.send(f"{page}step/", event="agree")
    assert supervisor.send(page, what="Scharnieren", owner=browser.person.pk, due_on="morgen").status_code == 400
    supervisor.send(page, what="Scharnieren", owner=browser.person.pk, due_on="")
    assert "Suze" in browser.page("/causes/improvements/?state=agreed")
    browser.send(f"{page}step/", event="finish", changed="Nieuwe scharnieren")
    shown = supervisor.page(page)
    assert "Nieuwe scharnieren" in shown
    assert "Too early to measure" in shown
    assert "1 customer asked in the twelve weeks before" in shown
    assert "Tell the next" not in browser.page(page)
    assert "What we changed: Nieuwe scharnieren" in browser.page(f"/causes/{doors.pk}/")
    supervisor.send(f"{page}tell/", text="De deuren zijn vervangen.")
    assert "1 customer was told" in supervisor.page(page)
    assert "Nobody is left to tell" in supervisor.page(page)
    assert browser.client.get("/causes/improvements/?state=lost").status_code == 400
    assert browser.client.get("/causes/improvements/999/").status_code == 404


def test_a_department_reads_its_page_and_subscribes(expert: User, browser: Browser, ticket: Ticket) -> None:
    reader = Browser(expert)
    rolling = a_department("Materieel")
    doors = a_cause("Deuren", "Doors")
    Cause.objects.filter(pk=doors.pk).update(department=rolling)
    page = f"/causes/departments/{rolling.pk}/"
    assert "Materieel" in reader.page("/causes/departments/")
    assert "No customer asked anything that is yours to change." in reader.page(page)
    assert "By e-mail on Mondays" in reader.page(page)
    assert reader.client.post(f"{page}subscribe/", {"do": "start"}).status_code == 400  # no address is known
    User.objects.filter(pk=expert.pk).update(email="ruben@vlotlijn.example")
    reader.send(f"{page}subscribe/", do="start")
    assert "No longer by e-mail" in reader.page(page)
    address = link_of(DigestSubscription.objects.get().pk).partition("/causes/")
    stranger = Client()
    assert b"Stop this mail?" in stranger.get(f"/causes/{address[2]}").content
    assert DigestSubscription.objects.exists()
    assert b"This mail has stopped" in stranger.post(f"/causes/{address[2]}").content
    assert not DigestSubscription.objects.exists()
    assert stranger.get("/causes/unsubscribe/forged/").status_code == 404
