"""The manager of canned responses, and the dialog in which one asks for what only the agent knows."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from desk.alerts.models import Notification
from desk.alerts.notices import Notice, notify
from desk.people.models import AuditEntry, User
from desk.people.permissions import Role
from desk.replies.models import CannedResponse
from desk.tickets.models import Ticket
from tests.canned import a_canned, says
from tests.web.browsing import Browser
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db
NEW = "/administration/canned-responses/new/"
FORM = {
    "name": "Refund",
    "shortcut": "refund",
    "kind": "response",
    "team": "",
    "owner": "",
    "expires_on": "",
    "review_on": "2026-12-01",
    "visibility": "",
    "fallback": "nl",
    "texts.0.language": "nl",
    "texts.0.network": "",
    "texts.0.text": "Hoi {{customer}}{{#if bedrag}}, {{bedrag}}{{/if}}",
    "texts.1.language": "en",
    "texts.1.network": "",
    "texts.1.text": " ",
    "variables.0.name": "bedrag",
    "variables.0.type": "number",
    "variables.0.label": "Hoeveel",
    "variables.0.default": "",
    "variables.0.longest": "40",
    "variables.0.choices": "",
}


@pytest.fixture
def editor() -> Client:
    return signed_in(Role.SUPERVISOR)


def test_canned_responses_are_written_previewed_changed_and_deleted(editor: Client) -> None:
    assert editor.post(NEW, FORM).status_code == 302
    canned = CannedResponse.objects.get()
    assert canned.texts == says(nl="Hoi {{customer}}{{#if bedrag}}, {{bedrag}}{{/if}}"), "an empty text is left out"
    address = f"/administration/canned-responses/{canned.pk}/"
    page = editor.get(address).content.decode()
    assert "Hoi Marit, 12,50" in page
    assert 'value="bedrag"' in page
    assert "refund" in editor.get("/administration/canned-responses/?q=hoi").content.decode()
    assert editor.post(NEW, {**FORM, "name": "Other"}).status_code == 400, "shortcut is taken"
    assert editor.post(address, {**FORM, "texts.0.text": " "}).status_code == 400, "no text at all"
    assert editor.post(address, {**FORM, "texts.1.text": "Hi"}).status_code == 302
    assert editor.post(f"{address}activate/").status_code == 302
    assert "Take off offer" in editor.get(address).content.decode()
    assert editor.post(f"{address}withdraw/").status_code == 302
    assert editor.post(f"{address}burn/").status_code == 404
    assert editor.post(f"{address}delete/").status_code == 302
    assert not CannedResponse.objects.exists()
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["canned_created", "canned_changed", "canned_activated", "canned_withdrawn", "canned_deleted"]


def test_a_refusal_stands_at_its_field(editor: Client) -> None:
    refused = editor.post(NEW, {**FORM, "texts.0.text": "Hoi {{naam", "variables.0.longest": "x"})
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "Line 1, character 5: “{{” begins a variable" in page
    assert 'id="problem-variables.0.longest"' in page
    assert "Give a whole number from 1 to 500." in page


def test_lines_are_added_and_removed_and_nothing_typed_is_lost(editor: Client) -> None:
    page = editor.post(NEW, {**FORM, "do": "texts:add"}).content.decode()
    assert 'name="texts.2.text"' in page
    assert 'value="Refund"' in page
    page = editor.post(NEW, {**FORM, "do": "variables:remove:0"}).content.decode()
    assert 'name="variables.0.name"' not in page
    assert "Hoi {{customer}}" in page
    assert not CannedResponse.objects.exists()


def test_the_preview_shows_each_text_its_room_and_escapes_what_is_typed(editor: Client) -> None:
    typed = {**FORM, "texts.1.text": "Hi {{customer}} <", "texts.0.text": "x" * 300}
    page = editor.post("/administration/canned-responses/preview/", typed).content.decode()
    assert "Hi Marit &lt;" in page
    assert "X, public: at most 306 of 280" in page
    assert "too long" in page
    unclear = editor.post("/administration/canned-responses/preview/", {**FORM, "texts.0.text": "{{naam}}"})
    assert "There is no variable “naam”." in unclear.content.decode()
    empty = editor.post("/administration/canned-responses/preview/", {**FORM, "texts.0.text": ""}).content.decode()
    assert "Nothing is written yet." in empty


def test_what_must_be_asked_opens_a_dialog_and_gives_back_plain_words(browser: Browser, ticket: Ticket) -> None:
    variables = [
        {"name": "dag", "type": "date", "label": "Welke dag", "required": True},
        {"name": "lijn", "type": "choice", "choices": ["A", "B"]},
    ]
    made = a_canned("Bellen", "Op {{dag}} over <b>lijn {{lijn}}</b>", variables=variables)
    address = f"/tickets/{ticket.pk}/canned/{made.pk}/"
    offered = browser.part(f"/tickets/{ticket.pk}/canned/?visibility=public")
    assert f'data-ask-url="{address}"' in offered
    assert ">asks</span>" in offered
    asked = browser.part(f"{address}?visibility=public")
    assert "Welke dag" in asked
    assert '<option value="B">' in asked
    refused = browser.send(address, visibility="public", dag="", lijn="C")
    assert refused.status_code == 400
    assert "Fill this in." in refused.content.decode()
    assert "Choose one of: A, B." in refused.content.decode()
    given = browser.send(address, visibility="public", dag="2026-12-01", lijn="A")
    assert given.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert given.content.decode() == "Op 1 december 2026 over <b>lijn A</b>"
    assert browser.client.get(f"/tickets/{ticket.pk}/canned/999/").status_code == 404


def test_a_text_in_another_language_is_marked(browser: Browser, ticket: Ticket) -> None:
    a_canned("Hallo", texts=says(en="Hello"), fallback="en")
    assert ">in English</span>" in browser.part(f"/tickets/{ticket.pk}/canned/?visibility=public")


def test_a_rule_that_stands_in_the_way_is_shown_and_it_stays_a_draft(editor: Client) -> None:
    made = a_canned(text="Bel 06 12345678", state="draft")
    address = f"/administration/canned-responses/{made.pk}/"
    page = editor.post(f"{address}activate/", follow=True).content.decode()
    assert "A rule stands in the way." in page
    assert "text 1 on" in page
    made.refresh_from_db()
    assert made.state == "draft"


def test_the_list_is_narrowed_and_says_what_must_be_read_again(editor: Client) -> None:
    today = timezone.localdate()
    a_canned("Een", review_on=today)
    a_canned("Twee", expires_on=today - timedelta(days=1))
    a_canned("Drie", state="draft", kind="holding_statement", networks=["x"])
    address = "/administration/canned-responses/"
    page = editor.get(address).content.decode()
    assert all(words in page for words in ("to be reviewed", "Past its last day", "Holding statement", "Draft"))
    narrowed = editor.get(f"{address}?state=draft&q=dank&kind=&team=&network=x&due=").content.decode()
    assert ("Drie" in narrowed, "Een<" in narrowed) == (True, False)
    assert "No canned response fits." in editor.get(f"{address}?q=zzz&team=999999999999999999999").content.decode()


def test_a_notice_of_a_review_leads_to_what_should_be_read(editor: Client) -> None:
    made = a_canned()
    person = User.objects.get(username=Role.SUPERVISOR)
    notify([Notice(person.pk, "canned_review", params={"name": "Dank", "canned": made.pk})], timezone.now())
    assert "should be read again" in editor.get("/notices/").content.decode()
    notice = Notification.objects.get()
    gone = editor.get(f"/notices/{notice.pk}/")
    assert gone.headers["Location"] == f"/administration/canned-responses/{made.pk}/"
