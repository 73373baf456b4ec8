"""The screens of crises: who sees what, what each form does, and what is said when it can't."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.crises import crises
from desk.crises.models import Crisis, CrisisEntry
from desk.people.models import User
from desk.people.permissions import Role
from desk.sla.models import SlaRenewal
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.planned import brings
from tests.actions.promised import a_policy, promise
from tests.web.browsing import PART
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
NAME = "De trein staat stil"


@pytest.fixture
def noor(db: None) -> User:
    return User.objects.create_user("noor", role=Role.COMMS, first_name="Noor")


def text_of(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_banner_stands_on_every_page_while_a_crisis_is_active(noor: User) -> None:
    pages = ("/queue/", "/notices/", "/crises/", "/accounts/sessions/")
    agent = signed_in(Role.AGENT)
    for page in pages:
        assert "crisis-banner" not in text_of(agent, page).partition("<template")[0], page
    crisis = crises.start(noor, reason=NAME, level=2)
    suspicion = crises.start(noor, reason="Gegons", level=0)
    for page in pages:
        shown = text_of(agent, page).partition('<template id="crisis-banner"')[0]
        assert NAME in shown
        assert "Level 2, elevated" in shown
        assert f'href="/crises/{crisis.pk}/"' in shown
        assert page == "/crises/" or suspicion.name not in shown
    crises.stand_down(noor, crisis.pk, reason="Klaar")
    assert "data-crisis=" not in text_of(agent, "/queue/")


def test_the_strictest_stands_first_and_a_lapsed_level_is_told_before_a_sweep(noor: User) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    crises.start(noor, reason="Alleen gebleven", level=3, now=long_ago)
    crises.start(noor, reason="Wacht af", level=1)
    crises.start(noor, reason="Ernstig", level=3)
    shown = text_of(signed_in(Role.AGENT), "/queue/").partition('<template id="crisis-banner"')[0]
    assert shown.index("Ernstig") < shown.index("Wacht af")
    assert shown.index("Alleen gebleven") < shown.index("Wacht af")
    assert shown.count("Level 3, crisis") == 1


def test_crisis_is_in_the_navigation_for_those_who_may_see_logs() -> None:
    for role, there in (
        (Role.AGENT, False), (Role.EXPERT, False), (Role.SUPERVISOR, True), (Role.COMMS, True),
        (Role.ADMINISTRATOR, True),
    ):  # fmt: skip
        page = text_of(signed_in(role), "/queue/")
        assert (">Crisis</a>" in page) is there, role
        assert ('data-key="!"' in page) is (role in (Role.COMMS, Role.ADMINISTRATOR)), role


def test_the_command_bar_finds_the_way() -> None:
    assert "/crises/new/" in text_of(signed_in(Role.COMMS), "/command/?q=cris")
    supervisor = text_of(signed_in(Role.SUPERVISOR), "/command/?q=cris")
    assert "/crises/" in supervisor
    assert "/crises/new/" not in supervisor


def test_a_reason_is_enough_to_start_one() -> None:
    browser = signed_in(Role.COMMS)
    assert "data-start-crisis" in text_of(browser, "/crises/new/")
    answer = browser.post("/crises/new/", {"reason": NAME, "level": "1"})
    crisis = Crisis.objects.get()
    assert answer.headers["Location"] == f"/crises/{crisis.pk}/"
    assert (crisis.name, crisis.level, crisis.scope_form) == (NAME, 1, {})
    answer = browser.post(
        "/crises/new/",
        {"reason": "x", "name": "Haarbrug", "level": "2", "networks": ["x"], "languages": "NL, en", "topics": "a b, c"},
        headers=PART,
    )
    crisis = Crisis.objects.latest("id")
    assert answer.headers["HX-Redirect"] == f"/crises/{crisis.pk}/"
    assert crisis.scope_form == {"networks": ["x"], "languages": ["en", "nl"], "topics": ["a b", "c"]}


def test_what_can_not_be_started_is_said_and_what_was_typed_stays() -> None:
    browser = signed_in(Role.COMMS)
    refused = browser.post("/crises/new/", {"reason": " ", "level": "2", "topics": "!!", "languages": "nl"})
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "Say why" in page
    part = browser.post("/crises/new/", {"reason": "x", "level": "2", "topics": "!!"}, headers=PART)
    assert part.status_code == 400
    assert "A topic is one to ten words" in part.content.decode()
    assert browser.post("/crises/new/", {"reason": "x", "level": "zeer"}).status_code == 400
    assert not Crisis.objects.exists()


def test_an_agent_reads_the_page_and_neither_log_nor_forms(noor: User) -> None:
    crisis = crises.start(noor, reason=NAME, level=3)
    crises.note(noor, crisis.pk, "Geen interviews op het perron")
    page = text_of(signed_in(Role.AGENT), f"/crises/{crisis.pk}/")
    assert "Lapses to level 2 in 29 min unless a second person confirms" in page
    assert "Noor asked for level 3" in page
    assert "Geen interviews" not in page
    assert "/confirm/" not in page
    agent = signed_in(Role.AGENT)
    for step in ("confirm", "level", "note", "stand-down", "dismiss", "review", "scope", "owner", "renew", "check"):
        assert agent.post(f"/crises/{crisis.pk}/{step}/").status_code == 403, step
    assert agent.get("/crises/new/").status_code == 403
    supervisor = text_of(signed_in(Role.SUPERVISOR), f"/crises/{crisis.pk}/")
    assert "Geen interviews" in supervisor
    assert "/note/" not in supervisor
    assert signed_in(Role.AGENT).get("/crises/999/").status_code == 404


def test_each_step_has_its_form(noor: User) -> None:
    browser, other = signed_in(Role.COMMS), colleague(Role.ADMINISTRATOR)
    crisis = crises.start(noor, reason=NAME, level=3)
    base = f"/crises/{crisis.pk}/"
    assert "Confirm level 3" in text_of(browser, base)
    steps = [
        ("confirm/?version=1", {}),
        ("level/?version=2", {"level-level": "2", "level-reason": "Minder"}),
        ("scope/?version=3", {"scope-networks": ["x"], "scope-topics": "trein", "scope-reason": "Alleen daar"}),
        ("owner/?version=4", {"owner-owner": str(other.pk)}),
        ("note/?version=1", {"note-text": "Geen interviews"}),
        ("stand-down/?version=5", {"stand-down-reason": "Hij rijdt"}),
        ("review/?version=6", {"review-conclusion": "Eerder bellen"}),
    ]
    for address, values in steps:
        answer = browser.post(base + address, values)
        assert answer.status_code == 302, (address, answer.content.decode()[:500])
    crisis.refresh_from_db()
    assert (crisis.state, crisis.owner, crisis.scope_form) == (
        "reviewed",
        other,
        {"networks": ["x"], "topics": ["trein"]},
    )
    page = text_of(browser, base)
    for words in (
        "Started: Level 3, crisis", "Level 3 confirmed by a second person", "From Level 3, crisis to Level 2, elevated",
        "Scope changed to: X; about trein", "Handed over to Administrator", "Geen interviews", "Stood down",
        "Review closed", "Eerder bellen",
    ):  # fmt: skip
        assert words in page
    suspicion = crises.start(noor, reason="Gegons", level=0)
    assert browser.post(f"/crises/{suspicion.pk}/dismiss/", {"dismiss-reason": "Loos"}).status_code == 302
    assert browser.post(f"/crises/{suspicion.pk}/explode/").status_code == 404


def test_a_step_that_is_refused_says_why_at_its_own_form(noor: User) -> None:
    browser = Client()
    browser.force_login(noor)
    crisis = crises.start(noor, reason=NAME, level=3)
    base = f"/crises/{crisis.pk}/"
    assert "Confirm level 3" not in text_of(browser, base)
    own = browser.post(base + "confirm/?version=1", headers=PART)
    assert (own.status_code, "A second person has to confirm it" in own.content.decode()) == (409, True)
    empty = browser.post(base + "level/?version=1", {"level-level": "1", "level-reason": ""}, headers=PART)
    assert empty.status_code == 400
    assert 'id="problem-level-reason" hx-swap-oob="true"' in empty.content.decode()
    crises.set_level(colleague(Role.ADMINISTRATOR), crisis.pk, 2, reason="Minder")
    late = browser.post(base + "stand-down/?version=1", {"stand-down-reason": "Klaar, denk ik"})
    assert late.status_code == 409
    assert "Administrator was quicker" in late.content.decode()
    assert "Klaar, denk ik" in late.content.decode()


def test_open_clocks_are_looked_at_and_given_the_new_promise(noor: User) -> None:
    promise(first=60)
    a_policy("Crisis", first=10, profiles=frozenset({"crisis"}))
    brings(level2="crisis")
    take_in(an_inbox(), [a_mention("1", created_at=timezone.now())], now=timezone.now())
    crisis = crises.start(noor, reason=NAME, level=2)
    browser = signed_in(Role.SUPERVISOR)
    looked = browser.post(f"/crises/{crisis.pk}/renew/", {"preview": "1"}, headers=PART)
    assert "1 due time would move" in looked.content.decode()
    assert "1 due time would move" in browser.post(f"/crises/{crisis.pk}/renew/", {"preview": "1"}).content.decode()
    assert not SlaRenewal.objects.exists()
    assert browser.post(f"/crises/{crisis.pk}/renew/").status_code == 302
    assert SlaRenewal.objects.get().crisis == crisis


def test_the_chain_is_checked_on_the_page(noor: User) -> None:
    crisis = crises.start(noor, reason=NAME, level=2)
    browser = signed_in(Role.SUPERVISOR)
    assert "The chain holds: 1 entry." in browser.post(f"/crises/{crisis.pk}/check/", follow=True).content.decode()
    Crisis.objects.update(log_digest="0" * 64)
    said = browser.post(f"/crises/{crisis.pk}/check/", follow=True).content.decode()
    assert "The log is broken at entry 1: it was changed" in said


def test_what_people_write_is_never_markup(noor: User) -> None:
    hostile = "<script>alert(1)</script>"
    crisis = crises.start(noor, reason=hostile, level=2, scope={"topics": ["<b>vet</b>"]})
    crises.note(noor, crisis.pk, hostile)
    for address in ("/queue/", "/crises/", f"/crises/{crisis.pk}/"):
        page = text_of(signed_in(Role.COMMS), address)
        assert "<script>alert" not in page
        assert "<b>vet" not in page


def test_lists_come_in_pages_and_cost_the_same_for_many(noor: User) -> None:
    browser = signed_in(Role.COMMS)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as made:
            text_of(browser, address)
        return sum("django_session" not in query["sql"] for query in made)  # whether or not the cache was slow

    crisis = crises.start(noor, reason="Crisis 0", level=1)
    text_of(browser, "/crises/")
    few = queries("/crises/"), queries(f"/crises/{crisis.pk}/")
    for number in range(1, 52):
        crises.stand_down(noor, crises.start(noor, reason=f"Crisis {number}", level=1).pk, reason="Klaar")
        crises.note(noor, crisis.pk, f"Besluit {number}")
    assert (queries("/crises/"), queries(f"/crises/{crisis.pk}/")) == few
    page = text_of(browser, "/crises/")
    assert page.count('class="link name"') == 50
    assert "Next page" in page
    assert text_of(browser, "/crises/?state=active").count('class="link name"') == 1
    log = text_of(browser, f"/crises/{crisis.pk}/")
    assert CrisisEntry.objects.filter(crisis=crisis).count() == 52
    assert ("Besluit 51" in log, "Besluit 1<" in log, "Next page" in log) == (True, False, True)


def test_a_screen_that_missed_something_asks_for_the_banner_again(noor: User) -> None:
    crises.start(noor, reason=NAME, level=1)
    part = text_of(signed_in(Role.AGENT), "/crises/banner/")
    assert part.startswith('<div id="crises"')
    assert NAME in part


def test_response_times_can_be_narrowed_to_profiles_of_the_plan(noor: User) -> None:
    policy = a_policy("Crisis", first=10)
    browser = signed_in(Role.SUPERVISOR)
    address = f"/administration/response-times/policies/{policy.pk}/"
    assert "Only in a crisis whose plan brings one of these profiles" in text_of(browser, address)
    values = {"name": "Crisis", "first_response_minutes": "10", "enabled": "on", "profiles": "Zwaar, crisis"}
    calendar = policy.current.calendar_id if policy.current else 0
    assert browser.post(address, {**values, "calendar": calendar}).status_code == 302
    policy.refresh_from_db()
    assert policy.current is not None
    assert policy.current.conditions_form == {"profiles": ["crisis", "zwaar"]}
    assert 'value="crisis, zwaar"' in text_of(browser, address)


def test_a_ticket_says_which_crisis_it_is_part_of_and_can_be_put_in_and_taken_out(noor: User) -> None:
    take_in(an_inbox(), [a_mention("1")])
    ticket, agent = Ticket.objects.get(), signed_in(Role.AGENT)
    assert "No crisis is active." in text_of(agent, f"/dialogs/crisis/?ids={ticket.pk}")
    crisis = crises.start(noor, reason=NAME, scope={"topics": ["ontsporing"]})
    assert "Part of crisis" not in text_of(agent, f"/tickets/{ticket.pk}/")
    assert f'name="in" value="{crisis.pk}"' in text_of(agent, f"/dialogs/crisis/?ids={ticket.pk}")
    page = f"/tickets/{ticket.pk}/crisis/"
    assert f"Part of crisis <bdi>{NAME}</bdi>" in agent.post(page, {"in": crisis.pk}).content.decode()
    assert f"Part of crisis <bdi>{NAME}</bdi>" in text_of(agent, f"/tickets/{ticket.pk}/")
    assert f'id="row-{ticket.pk}"' in text_of(agent, f"/queue/?crisis={crisis.pk}")
    assert f'value="{crisis.pk}" selected' in text_of(agent, f"/queue/filter/?crisis={crisis.pk}")
    assert "Part of crisis" not in agent.post(page, {"out": crisis.pk}).content.decode()
    assert f'id="row-{ticket.pk}"' not in text_of(agent, f"/queue/?crisis={crisis.pk}")
    agent.post(page, {"in": crisis.pk})
    crises.stand_down(noor, crisis.pk, reason="Over")
    over = text_of(agent, f"/tickets/{ticket.pk}/")
    assert f"Was part of crisis <bdi>{NAME}</bdi>, which is over" in over
    assert "Part of crisis <bdi>" not in over
