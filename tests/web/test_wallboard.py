"""The screen on the wall: comes in with a code, shows figures, and opens nothing else with what it got."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from desk.actions.reports import wallboards
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, Team, User
from desk.people.permissions import Role
from desk.tickets.models import Ticket
from desk.wallboards.models import Wallboard
from desk.web.show.wallboard import SHOWN, figure
from tests.actions.builders import an_inbox
from tests.web.browsing import asked_by
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
FOR_ONE_BOARD = 10  # the board by its token, and the nine of its figures


def _screen(**wish: Any) -> Client:
    """A screen that was paired by its own form."""
    _board, code = wallboards.create(colleague(Role.SUPERVISOR), **{"name": "Webcare", **wish})
    screen = Client()
    answer = screen.post("/wallboard/", {"code": code})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/wallboard/")
    return screen


def _text(screen: Client, address: str = "/wallboard/") -> str:
    return screen.get(address).content.decode()


def test_a_screen_without_a_board_asks_for_a_code_and_is_given_nothing() -> None:
    screen = Client()
    assert 'name="code"' in _text(screen)
    assert screen.get("/wallboard/figures/").status_code == 401
    refused = screen.post("/wallboard/", {"code": "BBBBBB"})
    assert refused.status_code == 400
    assert "ask for a new one" in refused.content.decode()
    assert "wallboard" not in screen.cookies


def test_the_cookie_is_out_of_reach_for_scripts_and_sent_to_the_board_only() -> None:
    cookie = _screen().cookies["wallboard"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/wallboard/")
    assert int(cookie["max-age"]) > 365 * 24 * 3600
    assert cookie.value not in str(list(Wallboard.objects.values()))


def test_a_form_from_elsewhere_pairs_nobody() -> None:
    _board, code = wallboards.create(colleague(Role.SUPERVISOR), name="Webcare")
    assert Client(enforce_csrf_checks=True).post("/wallboard/", {"code": code}).status_code == 403


def test_the_board_shows_numbers_accounts_and_colleagues_but_no_customer(inbox: Inbox, ticket: Ticket) -> None:
    holder = colleague(Role.AGENT)
    asked_by(inbox, "joost", "Mijn rekening is NL91ABNA0417164300", minutes_ago=70)
    screen = _screen()
    for address in ("/wallboard/", "/wallboard/figures/"):
        page = _text(screen, address)
        for words in (str(ticket.pk), inbox.name, holder.first_name, "min late", "due in"):
            assert words in page, words
        for secret in ("marit", "joost", "NL91", "trein", "Waar blijft"):
            assert secret not in page.lower(), secret
    assert screen.get("/wallboard/").headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_the_board_speaks_its_own_language_whatever_the_browser_speaks(inbox: Inbox) -> None:
    screen = _screen(language="nl", theme="dark")
    page = screen.get("/wallboard/", headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="nl" class="wall-root" data-theme="dark">' in page
    assert "Niemand wacht." in page
    assert "Niemand wacht." in _text(screen, "/wallboard/figures/")


def test_a_page_whose_scripts_have_not_begun_does_not_say_that_it_is_live() -> None:
    assert re.search(r"data-words>(\w+)<", _text(_screen()))[1] == "Starting"  # type: ignore[index]  # it is there


def test_nothing_at_all_is_said_in_words() -> None:
    page = _text(_screen())
    for words in ("Nobody waits.", "Nobody is at work.", "No account is connected."):
        assert words in page


def test_a_revoked_screen_is_out_at_its_next_question() -> None:
    screen, browser = _screen(), signed_in(Role.SUPERVISOR)
    assert screen.get("/wallboard/figures/").status_code == 200
    board = Wallboard.objects.get()
    assert browser.post(f"/administration/wallboards/{board.pk}/revoke/").status_code == 302
    assert screen.get("/wallboard/figures/").status_code == 401
    assert 'name="code"' in _text(screen)


def test_a_screen_is_no_person(inbox: Inbox) -> None:
    screen = _screen()
    assert "sessionid" not in screen.cookies
    assert screen.get("/wallboard/").wsgi_request.user.is_anonymous


def test_what_a_screen_holds_opens_nothing_else(inbox: Inbox, ticket: Ticket) -> None:
    """Every address of the desk answers a paired screen as it answers a stranger."""
    screen, stranger = _screen(), Client()
    asked = 0
    for address in _addresses(get_resolver()):
        if address.startswith("/wallboard/"):
            continue
        for verb in ("get", "post"):
            here, there = getattr(screen, verb)(address), getattr(stranger, verb)(address)
            asked += 1
            assert here.status_code == there.status_code, address
            assert here.headers.get("Location") == there.headers.get("Location"), address
            if address.startswith(("/api/v1/", "/live/", "/administration/", "/queue/", "/tickets/", "/messages/")):
                assert here.status_code in (302, 401, 404, 405), address
    assert asked > 200
    assert Ticket.objects.get(pk=ticket.pk).assignee is None


def _addresses(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _addresses(entry, prefix + route)
        elif isinstance(entry, URLPattern):
            plain = re.sub(r"<(?:int|number):\w+>", "1", prefix + route)
            plain = re.sub(r"<(?:str|slug):\w+>", "x", plain)
            plain = re.sub(r"\(\?P<\w+>\[0-9\]\{1,18\}\)", "1", plain)
            plain = re.sub(r"\(\?P<\w+>(\w+)[^)]*\)", r"\1", plain)
            yield plain.replace("^", "").replace("$", "")


def test_a_screen_costs_few_queries_and_the_next_one_costs_one(inbox: Inbox, ticket: Ticket) -> None:
    colleague(Role.AGENT)
    screen, other = _screen(), _screen(name="Hal 2")
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        screen.get("/wallboard/figures/")
    assert len(queries) == FOR_ONE_BOARD
    with CaptureQueriesContext(connection) as queries:
        other.get("/wallboard/figures/")
    assert len(queries) == 1


def test_a_board_for_a_team_reads_what_it_is_for_and_no_more(inbox: Inbox, ticket: Ticket) -> None:
    team = Team.objects.create(name="Nacht")
    team.members.add(colleague(Role.AGENT))
    screen = _screen(team_ids=[team.pk])
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        page = _text(screen, "/wallboard/figures/")
    assert len(queries) == FOR_ONE_BOARD + 2  # and its teams and inboxes
    assert str(ticket.pk) not in re.findall(r"<b>(\d+)</b>", page)


def test_what_does_not_fit_is_counted(inbox: Inbox) -> None:
    for number in range(9):
        an_inbox(name=f"account {number}", own_id=f"o{number}")
        User.objects.create_user(f"agent{number}", role=Role.AGENT)
    page = _text(_screen())
    assert page.count('<ul class="load">') == 1
    assert page.count("and 5 more") == 1  # ten accounts
    assert page.count("and 4 more") == 1  # nine agents
    assert page.count(">agent") == SHOWN - 1
    assert page.count(">account ") == SHOWN - 2  # @vlotlijn stands first


def test_why_somebody_is_not_at_work_and_who_is_full_stand_in_words(inbox: Inbox, ticket: Ticket) -> None:
    full = colleague(Role.AGENT, ticket_cap=1)
    gone = User.objects.create_user("ilse", first_name="Ilse", role=Role.AGENT, away=True)
    Ticket.objects.update(assignee=full)
    Ticket.objects.filter(pk=asked_by(inbox, "joost", "Hallo").pk).update(assignee=gone)
    page = _text(_screen())
    assert '<span>Agent, full</span><svg aria-hidden="true"><rect class="full" width="100%"/>' in page
    assert '<li class="away"><span>Ilse, away</span>' in page


def test_units_are_small_and_numbers_large() -> None:
    assert figure("3 h 10") == "3<small> h </small>10"
    assert figure("59 min") == "59<small> min</small>"
    assert figure("–") == "<small>–</small>"
    assert figure("<b>1") == "<small>&lt;b&gt;</small>1"


# ── administration ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_supervisor_hangs_a_board_and_sees_its_code_once(inbox: Inbox) -> None:
    browser = signed_in(Role.SUPERVISOR)
    assert "There are none yet." in _text(browser, "/administration/wallboards/")
    form = {"name": "Hal 2", "language": "nl", "theme": "light", "inboxes": [inbox.pk]}
    answer = browser.post("/administration/wallboards/new/", form)
    assert answer.headers["Cache-Control"] == "no-store"
    code = answer.context["secret"]
    assert code in answer.content.decode()
    board = Wallboard.objects.get()
    assert (board.language, board.theme, list(board.inboxes.all())) == ("nl", "light", [inbox])
    assert code not in _text(browser, f"/administration/wallboards/{board.pk}/")
    assert "code until" in _text(browser, "/administration/wallboards/")
    assert Client().post("/wallboard/", {"code": code}).status_code == 302
    assert "no screen" not in _text(browser, "/administration/wallboards/")


def test_a_board_is_changed_and_given_a_new_code(inbox: Inbox) -> None:
    screen, browser = _screen(), signed_in(Role.SUPERVISOR)
    board = Wallboard.objects.get()
    page = f"/administration/wallboards/{board.pk}/"
    assert browser.post(page, {"name": "", "language": "nl", "theme": "dark"}).status_code == 400
    browser.post(page, {"name": "Hal 3", "language": "nl", "theme": "dark", "inboxes": [inbox.pk]})
    assert 'data-as="Hal 3|nl|dark"' in _text(screen, "/wallboard/figures/")
    code = browser.post(f"{page}code/").context["secret"]
    assert Client().post("/wallboard/", {"code": code}).status_code == 302
    assert screen.get("/wallboard/figures/").status_code == 401
    verbs = AuditEntry.objects.filter(subject="wallboard").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == [
        "wallboard_created",
        "wallboard_paired",
        "wallboard_changed",
        "wallboard_code_given",
        "wallboard_paired",
    ]
    assert "Paired a screen" in _text(browser, "/administration/audit/?subject=wallboard")


@pytest.mark.parametrize("role", [Role.AGENT, Role.COMMS, Role.EXPERT])
def test_others_do_not_open_this_part_of_administration(role: str) -> None:
    _screen()
    board, browser = Wallboard.objects.get(), signed_in(role)
    for address in ("", "new/", f"{board.pk}/"):
        assert browser.get(f"/administration/wallboards/{address}").status_code == 403
    for address in ("new/", f"{board.pk}/", f"{board.pk}/code/", f"{board.pk}/revoke/"):
        assert browser.post(f"/administration/wallboards/{address}").status_code == 403
    assert Wallboard.objects.get() == board


def test_a_board_that_is_gone_is_said_to_be_gone() -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert browser.get("/administration/wallboards/987654/").status_code == 404
    assert browser.post("/administration/wallboards/987654/code/").status_code == 404
