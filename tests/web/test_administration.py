"""Administration: each part for the roles that may, and every change written down by the verb."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from desk.actions.inboxes.health import failed
from desk.inboxes.gateway import Transient
from desk.inboxes.models import Inbox, StreamState
from desk.people.models import Absence, AuditEntry, Shift, Team, User, audit
from desk.people.permissions import Role
from desk.replies.models import CannedResponse
from tests.api.sandbox import an_account, running_sandbox
from tests.canned import a_canned, canned_row
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
SECRETS = {
    "consumer_key": "key-1",
    "consumer_secret": "secret-2",
    "access_token": "7-token",
    "access_token_secret": "secret-3",
}


@pytest.fixture
def inbox() -> Inbox:
    inbox = Inbox(network="x", name="Vlotlijn", handle="vlotlijn", own_id="7", base_url="http://127.0.0.1:9")
    inbox.credentials = SECRETS
    inbox.save()
    StreamState.objects.create(
        inbox=inbox, name="mentions", next_poll_at=timezone.now(), rate_limit=450, rate_remaining=45
    )
    return inbox


PARTS = {
    "/administration/inboxes/": {Role.ADMINISTRATOR},
    "/administration/inboxes/new/": {Role.ADMINISTRATOR},
    "/administration/inboxes/new/x/": {Role.ADMINISTRATOR},
    "/administration/inboxes/new/facebook_page/": {Role.ADMINISTRATOR},
    "/administration/inboxes/new/instagram/": {Role.ADMINISTRATOR},
    "/administration/inboxes/new/mastodon/": {Role.ADMINISTRATOR},
    "/administration/networks/": {Role.ADMINISTRATOR},
    "/administration/people/": {Role.ADMINISTRATOR},
    "/administration/people/new/": {Role.ADMINISTRATOR},
    "/administration/teams/": {Role.ADMINISTRATOR},
    "/administration/teams/new/": {Role.ADMINISTRATOR},
    "/administration/canned-responses/": {Role.ADMINISTRATOR, Role.SUPERVISOR, Role.COMMS},
    "/administration/canned-responses/new/": {Role.ADMINISTRATOR, Role.SUPERVISOR, Role.COMMS},
    "/administration/response-times/": {Role.ADMINISTRATOR, Role.SUPERVISOR},
    "/administration/response-times/policies/new/": {Role.ADMINISTRATOR, Role.SUPERVISOR},
    "/administration/response-times/calendars/new/": {Role.ADMINISTRATOR, Role.SUPERVISOR},
    "/administration/shifts/": {Role.ADMINISTRATOR, Role.SUPERVISOR},
    "/administration/shifts/new/": {Role.ADMINISTRATOR, Role.SUPERVISOR},
    "/administration/shifts/absences/new/": {Role.ADMINISTRATOR, Role.SUPERVISOR},
    "/administration/audit/": {Role.ADMINISTRATOR, Role.SUPERVISOR, Role.COMMS},
}


@pytest.mark.parametrize("address", PARTS)
def test_each_part_is_open_to_its_roles_and_closed_to_the_others(address: str) -> None:
    for role in Role.values:
        assert signed_in(role).get(address).status_code == (200 if role in PARTS[address] else 403), role


def test_administration_leads_to_the_first_part_that_is_open() -> None:
    assert signed_in(Role.ADMINISTRATOR).get("/administration/").headers["Location"] == "/administration/inboxes/"
    assert signed_in(Role.SUPERVISOR).get("/administration/").headers["Location"] == "/administration/shifts/"
    assert signed_in(Role.AGENT).get("/administration/").headers["Location"] == "/administration/changes/"


def test_the_page_of_an_inbox_shows_its_health_and_never_a_secret(inbox: Inbox) -> None:
    page = signed_in(Role.ADMINISTRATOR).get(f"/administration/inboxes/{inbox.pk}/").content.decode()
    assert re.search(r'<td class="num"[^>]*>405</td><td class="num"[^>]*>450</td>', page)
    assert f"/webhooks/{inbox.pk}/" in page
    assert "kept as it is" in page
    assert not [secret for secret in SECRETS.values() if secret in page]


def test_an_inbox_is_paused_resumed_changed_and_deleted(inbox: Inbox) -> None:
    browser, address = signed_in(Role.ADMINISTRATOR), f"/administration/inboxes/{inbox.pk}/"
    browser.post(f"{address}pause/")
    inbox.refresh_from_db()
    assert inbox.state == "paused"
    assert "Paused" in browser.get("/administration/inboxes/").content.decode()
    browser.post(f"{address}resume/")
    settings = {
        "name": "Vlotlijn op X", "base_url": "", "team": "", "language": "nl",
        "poll_seconds": "45", "conversation_window_hours": "24",
    }  # fmt: skip
    assert browser.post(f"{address}settings/", settings).status_code == 302
    inbox.refresh_from_db()
    assert (inbox.state, inbox.name, inbox.poll_seconds) == ("active", "Vlotlijn op X", 45)
    browser.post(f"{address}delete/")
    assert not Inbox.objects.exists()
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["inbox_paused", "inbox_resumed", "inbox_changed", "inbox_deleted"]
    assert browser.post(f"{address}explode/").status_code == 404


def test_a_refused_form_says_what_is_wrong_with_which_field_and_keeps_what_was_typed(inbox: Inbox) -> None:
    browser, address = signed_in(Role.ADMINISTRATOR), f"/administration/inboxes/{inbox.pk}/settings/"
    wrong = {
        "name": "", "base_url": "ftp://x", "team": "", "language": "nl",
        "poll_seconds": "0", "conversation_window_hours": "24",
    }  # fmt: skip
    part = browser.post(address, wrong, headers={"HX-Request": "true"})
    assert part.status_code == 400
    words = part.content.decode()
    assert 'id="problem-name" hx-swap-oob="true"' in words
    assert "Choose 1 second to 1 day." in words
    page = browser.post(address, wrong)
    assert page.status_code == 400
    assert "ftp://x" in page.content.decode()
    assert "Give a whole number." in browser.post(address, {**wrong, "poll_seconds": "soon"}).content.decode()


def test_connecting_without_credentials_names_each_missing_field() -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    form = {"name": "X", "language": "nl", "poll_seconds": "60"}
    answer = browser.post("/administration/inboxes/new/x/", form, headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert answer.content.decode().count("This is missing.") == 4
    tried = browser.post("/administration/inboxes/test/x/", {}, headers={"HX-Request": "true"})
    assert tried.status_code == 400
    assert browser.get("/administration/inboxes/new/myspace/").status_code == 404


def test_where_an_account_is_on_a_server_of_its_own_its_address_is_asked_before_the_token() -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    page = browser.get("/administration/inboxes/new/mastodon/").content.decode()
    assert page.index('name="base_url"') < page.index('name="credentials.access_token"') < page.index("Test connection")
    tried = browser.post("/administration/inboxes/test/mastodon/", {"credentials.access_token": "of-us"})
    assert tried.status_code == 400
    assert "Give the address of the server" in tried.content.decode()


def test_a_network_that_does_not_answer_is_told_in_plain_words_without_secrets(inbox: Inbox) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    answer = browser.post(f"/administration/inboxes/{inbox.pk}/test/", headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    again = {"credentials.access_token": "7-another-token"}
    refused = browser.post(f"/administration/inboxes/{inbox.pk}/credentials/", again, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "7-another-token" not in refused.content.decode()
    inbox.refresh_from_db()
    assert inbox.credentials == SECRETS


def test_what_a_network_said_is_read_in_dutch_too(inbox: Inbox) -> None:
    """Also what was said and stored before anybody looked, and the words of the network itself stay as they are."""
    failed(inbox, Transient("%(network)s can't be reached. The desk tries again.", network="X"), timezone.now())
    browser = signed_in(Role.ADMINISTRATOR, language="nl")
    for address in ("/administration/inboxes/", f"/administration/inboxes/{inbox.pk}/"):
        assert "X is niet bereikbaar. De balie probeert het opnieuw." in browser.get(address).content.decode()
    tried = browser.post(f"/administration/inboxes/{inbox.pk}/test/", headers={"HX-Request": "true"})
    assert "X is niet bereikbaar." in tried.content.decode()
    Inbox.objects.update(sealed_credentials=b"sealed with another key")
    tried = browser.post(f"/administration/inboxes/{inbox.pk}/test/", headers={"HX-Request": "true"})
    assert "Deze inloggegevens zijn verzegeld" in tried.content.decode()


def test_what_a_token_lacks_and_what_an_administrator_fills_in_are_said_in_dutch(tmp_path: Path) -> None:
    browser = signed_in(Role.ADMINISTRATOR, language="nl")
    with running_sandbox(tmp_path) as address:
        account = an_account(address, "vlotlijn", "facebook", missing_permissions=["pages_messaging"])
        form = {f"credentials.{name}": value for name, value in account["credentials"].items()}
        form["base_url"] = account["base_url"]
        tried = browser.post("/administration/inboxes/test/facebook_page/", form, headers={"HX-Request": "true"})
    assert "Het token mag Messenger niet lezen: pages_messaging ontbreekt." in tried.content.decode()
    assert "Een eigen woord" in browser.get("/administration/inboxes/new/facebook_page/").content.decode()


def test_the_matrix_says_what_each_network_can_do() -> None:
    page = signed_in(Role.ADMINISTRATOR).get("/administration/networks/").content.decode()
    for words in ("Private reply window", "280 weighted", "7 days by a person", "Facebook"):
        assert words in page


def test_the_audit_log_is_filtered_and_paged_and_escapes_strangers() -> None:
    actor = colleague(Role.COMMS)
    team = Team.objects.create(name="Team")
    for number in range(150):
        audit(actor if number % 2 else None, "team_changed", team, note=f"<i>{number}</i>")
    browser = signed_in(Role.SUPERVISOR)
    first = browser.get("/administration/audit/")
    assert first.content.decode().count("<time ") == 100
    assert "&lt;i&gt;149" in first.content.decode()
    older = browser.get("/administration/audit/", {"cursor": first.context["page"].next})
    assert older.content.decode().count("<time ") == 50
    assert browser.get(f"/administration/audit/?actor={actor.pk}").content.decode().count("<time ") == 75
    assert browser.get("/administration/audit/?actor=desk&subject=team").content.decode().count("<time ") == 75
    assert "Nothing was changed." in browser.get("/administration/audit/?subject=inbox").content.decode()
    assert browser.get("/administration/audit/?cursor=broken").status_code == 400


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/administration/inboxes/", 4),  # one of each is the bell's, and one the crisis banner's
        ("/administration/people/", 6),
        ("/administration/teams/", 5),
        ("/administration/canned-responses/", 7),
        ("/administration/shifts/", 9),
        ("/administration/audit/", 5),
    ],
)
def test_lists_take_the_same_few_queries_however_long_they_are(
    address: str, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    team = Team.objects.create(name="Team")
    for number in range(12):
        Inbox.objects.create(network="x", name=f"Inbox {number}", team=team)
        a_canned(f"{number}", team=team)
        audit(colleague(Role.COMMS), "team_changed", team)
        colleague(Role.AGENT).teams.add(team)
        Shift.objects.create(team=team, timezone="UTC", week={"mon": [["09:00", "17:00"]]})
        Absence.objects.create(user=colleague(Role.AGENT), starts_at=timezone.now())
    browser: Client = signed_in(Role.ADMINISTRATOR)
    browser.get("/command/")
    with django_assert_max_num_queries(most):
        assert browser.get(address).status_code == 200


@pytest.mark.parametrize(
    ("address", "row"),
    [
        ("/administration/people/", 'class="initials"'),
        ("/administration/teams/", 'class="link name"'),
        ("/administration/canned-responses/", 'class="link name"'),
        ("/administration/canned-responses/?q=x", 'class="link name"'),
    ],
)
def test_long_lists_come_in_pages_forth_and_back(address: str, row: str) -> None:
    User.objects.bulk_create(User(username=f"u{number}", first_name=f"N{number % 7}") for number in range(120))
    Team.objects.bulk_create(Team(name=f"Team {number:03}") for number in range(121))
    CannedResponse.objects.bulk_create(canned_row(f"{number:03}", "x") for number in range(121))
    browser = signed_in(Role.ADMINISTRATOR)
    first = browser.get(address)
    page, joined = first.context["page"], "&" if "?" in address else "?"
    assert len(re.findall(rf"<td[^>]*><(?:span|a) {row}", first.content.decode())) == 100
    second = browser.get(f"{address}{joined}cursor={page.next}")
    assert len(second.context["page"].rows) == 21
    assert not set(page.rows) & set(second.context["page"].rows)
    back = browser.get(f"{address}{joined}cursor={second.context['page'].previous}")
    assert back.context["page"].rows == page.rows
    assert browser.get(f"{address}{joined}cursor=broken").status_code == 400
