"""What every page has: the sections that exist for a role, a language, a way to anything, and words when it fails."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from desk import urls
from desk.common.errors import Conflict
from desk.people.models import AuditEntry, User
from desk.people.permissions import Role
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db


def test_nobody_sees_more_than_their_role_may_open() -> None:
    def shown(role: str) -> list[str]:
        page = signed_in(role).get("/queue/").content.decode()
        return [name for name in ("Home", "Queue", "Administration") if f">{name}</a>" in page.replace("</svg>", ">")]

    assert shown(Role.AGENT) == ["Queue"]
    assert shown(Role.EXPERT) == ["Queue"]
    assert shown(Role.SUPERVISOR) == ["Home", "Queue", "Administration"]
    assert shown(Role.ADMINISTRATOR) == ["Home", "Queue", "Administration"]


def test_an_agent_starts_in_the_queue_and_a_supervisor_with_the_figures() -> None:
    assert signed_in(Role.AGENT).get("/").headers["Location"] == "/queue/"
    assert signed_in(Role.SUPERVISOR).get("/").status_code == 200


def test_strangers_are_led_to_the_door_and_back() -> None:
    assert (
        Client().get("/administration/audit/?actor=1").headers["Location"]
        == "/accounts/login/?next=/administration/audit/%3Factor%3D1"
    )
    part = Client().get(
        "/command/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/queue/?view=mine"}
    )
    assert part.status_code == 401
    assert part.headers["HX-Redirect"] == "/accounts/login/?next=/queue/%3Fview%3Dmine"


def test_preferences_are_kept_at_once_and_written_down() -> None:
    browser = signed_in(Role.AGENT)
    assert browser.post("/me/", {"theme": "dark"}).status_code == 204
    assert (
        browser.post("/me/", {"language": "nl", "next": "/queue/?view=open"}).headers["Location"] == "/queue/?view=open"
    )
    assert browser.post("/me/", {"away": "on", "next": "https://elsewhere.example/"}).headers["Location"] == "/"
    user = User.objects.get(username=Role.AGENT)
    assert (user.theme, user.language, user.away) == ("dark", "nl", True)
    page = browser.get("/queue/").content.decode()
    assert '<html lang="nl" data-theme="dark">' in page
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["preferences_changed"] * 3


def test_a_value_that_does_not_exist_is_refused_in_words() -> None:
    answer = signed_in(Role.AGENT).post("/me/", {"theme": "plaid"})
    assert answer.status_code == 400
    assert "theme" in answer.content.decode()
    assert User.objects.get(username=Role.AGENT).theme == "system"


def test_no_page_needs_inline_styles_or_scripts() -> None:
    answer = signed_in(Role.SUPERVISOR).get("/")
    page = answer.content.decode()
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
    assert "style=" not in page
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')


def test_nothing_found_and_refused_are_pages_of_the_desk() -> None:
    browser = signed_in(Role.AGENT)
    missing = browser.get("/no/such/page/")
    assert missing.status_code == 404
    assert "Nothing is here." in missing.content.decode()
    refused = browser.get("/administration/people/")
    assert refused.status_code == 403
    assert "This is not yours to open." in refused.content.decode()


def _breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault of ours")


def _refuses(request: HttpRequest) -> HttpResponse:
    raise Conflict("Sanne was quicker <b>than you</b>.")


class _Urls:
    handler500 = urls.handler500
    handler404 = urls.handler404
    urlpatterns = [*urls.urlpatterns, path("breaks/", _breaks), path("refuses/", _refuses)]


@override_settings(ROOT_URLCONF=_Urls)
def test_a_broken_page_says_so_with_the_number_that_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    browser = signed_in(Role.AGENT)
    browser.raise_request_exception = False
    answer = browser.get("/breaks/")
    assert answer.status_code == 500
    assert "This page broke, your work did not." in answer.content.decode()
    broken = next(record for record in caplog.records if record.message == "page broke")
    assert vars(broken)["reference"] in answer.content.decode()
    assert broken.exc_info
    assert "a fault of ours" not in answer.content.decode()


@override_settings(ROOT_URLCONF=_Urls)
def test_what_a_verb_refuses_is_said_in_place_and_escaped() -> None:
    browser = signed_in(Role.AGENT)
    part = browser.get("/refuses/", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Retarget"]) == (409, "#notices")
    assert "&lt;b&gt;than you" in part.content.decode()
    assert browser.get("/refuses/").status_code == 409


def test_a_form_from_before_the_last_sign_in_says_what_to_do() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(colleague())
    answer = browser.post("/me/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "too old to send" in answer.content.decode()


def test_the_command_bar_finds_pages_people_and_nothing() -> None:
    colleague(Role.EXPERT, last_name="Zwart")
    browser = signed_in(Role.SUPERVISOR)
    assert "?view=mine" in browser.get("/command/").content.decode()
    found = browser.get("/command/?q=zwart").content.decode()
    assert "Expert Zwart" in found
    assert 'role="option"' in found
    assert "/administration/audit/" in browser.get("/command/?q=audit").content.decode()
    assert "/policy/" in browser.get("/command/?q=keep+to").content.decode()
    assert "/administration/inboxes/" not in browser.get("/command/?q=inboxes").content.decode()
    assert "Nothing fits" in browser.get("/command/?q=%00qqqqq").content.decode()


def test_a_phone_shows_as_many_sections_as_fit_and_the_others_behind_one() -> None:
    few, many = (signed_in(role).get("/queue/").content.decode() for role in (Role.AGENT, Role.ADMINISTRATOR))
    assert ('<details class="menu more"' in few, 'class="further"' in few) == (False, False)
    bar, more = (
        many.split('<details class="menu more"')[0],
        many.split('<details class="menu more"')[1].split("</nav>")[0],
    )
    assert bar.count('class="further"') == more.count("<a ") == 4
    assert all(f'href="{address}"' in more for address in ("/threads/", "/reports/", "/knowledge/", "/administration/"))
