"""The page of everything that can be changed, proposals by anybody, and what their owner makes of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from desk.actions.replies import canned
from desk.changes.models import Change
from desk.people.models import Team, User
from desk.people.permissions import Role
from desk.rulebooks.models import RulebookVersion
from desk.sla.models import BusinessCalendar, SlaPolicy
from tests.actions.builders import an_inbox
from tests.actions.causes import a_cause
from tests.actions.promised import a_calendar, promise
from tests.web.browsing import Browser, number_of_queries

pytestmark = pytest.mark.django_db
ROOT = "/administration/changes/"


@pytest.fixture
def supervisor() -> Browser:
    return Browser(User.objects.create_user("mila", role=Role.SUPERVISOR, first_name="Mila"))


@pytest.fixture
def agent() -> Browser:
    return Browser(User.objects.create_user("joris", role=Role.AGENT, first_name="Joris"))


@pytest.fixture
def policy() -> SlaPolicy:
    return promise(first=30, following=30)


def proposed(browser: Browser, policy: SlaPolicy, **more: object) -> Change:
    values = {
        "name": policy.name, "first_response_minutes": 10, "next_response_minutes": 30, "resolution_minutes": "",
        "calendar": BusinessCalendar.objects.get(name="24/7").pk, "alert_chain": "", "enabled": "on",
    }  # fmt: skip
    form = {"what": "Sneller antwoorden", "why": "Klanten wachten", **values, **more}
    answer = browser.send(f"{ROOT}sla_policy/{policy.pk}/propose/", **form)
    assert answer.status_code in (200, 302), answer.content
    return Change.objects.latest("id")


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.COLLEAGUE])
def test_everybody_who_signs_in_finds_what_can_be_changed(role: str, policy: SlaPolicy) -> None:
    one = Browser(User.objects.create_user("wie", role=role))
    page = one.page(ROOT)
    assert "Everything that can be changed" in page
    assert f'href="{ROOT}"' in page
    assert "Default" in one.page(f"{ROOT}sla_policy/")
    shown = one.page(f"{ROOT}sla_policy/{policy.pk}/")
    assert ("Propose a change" in shown, '<dd dir="auto">30</dd>' in shown) == (True, True)
    assert ("Go back to it" in shown) is (role in (Role.SUPERVISOR, Role.ADMINISTRATOR))
    assert "Decline" not in one.page(f"{ROOT}proposals/{proposed(one, policy).pk}/") or role in (
        Role.SUPERVISOR,
        Role.ADMINISTRATOR,
    )


def test_an_agent_proposes_values_and_the_supervisor_adopts_them_with_one_click(
    agent: Browser, supervisor: Browser, policy: SlaPolicy
) -> None:
    one = proposed(agent, policy)
    assert one.values == {"first_response_minutes": 10}
    page = supervisor.page(f"{ROOT}proposals/{one.pk}/")
    assert all(words in page for words in ("Klanten wachten", "First response within (minutes)", "Switch it on now"))
    assert "0 tickets came in" in supervisor.part(f"{ROOT}proposals/{one.pk}/preview/?days=7")
    assert "0 tickets came in" in supervisor.page(f"{ROOT}proposals/{one.pk}/preview/?days=30")
    assert "From 1 to 90 days" in supervisor.part(f"{ROOT}proposals/{one.pk}/preview/?days=91")
    supervisor.send(f"{ROOT}proposals/{one.pk}/remark/", text="Goed idee")
    assert "Goed idee" in agent.page(f"{ROOT}proposals/{one.pk}/")
    seen = one.changed_at.isoformat()
    assert agent.send(f"{ROOT}proposals/{one.pk}/adopt/", seen=seen).status_code == 302
    assert Change.objects.get().state == "proposed"
    supervisor.send(f"{ROOT}proposals/{one.pk}/adopt/", seen=seen)
    assert Change.objects.get().became == 3
    assert "Mila adopted it" in agent.page(f"{ROOT}proposals/{one.pk}/")
    page = agent.page(ROOT)
    assert "One proposal was adopted so far." in page
    assert "One of them was yours." in page
    assert "adopted your proposal" in agent.page("/notices/")
    supervisor.send(f"{ROOT}sla_policy/{policy.pk}/roll-back/", number=2)
    assert SlaPolicy.objects.get(pk=policy.pk).versions.count() == 4


def test_what_is_left_as_it_is_makes_a_proposal_in_words(agent: Browser, policy: SlaPolicy) -> None:
    one = proposed(agent, policy, first_response_minutes=30)
    assert one.values is None
    page = agent.page(f"{ROOT}proposals/{one.pk}/")
    assert "What it would have done" not in page
    refused = agent.send(f"{ROOT}sla_policy/{policy.pk}/propose/", what="", first_response_minutes="x")
    assert refused.status_code == 400


def test_a_proposal_is_planned_declined_and_taken_back(agent: Browser, supervisor: Browser, policy: SlaPolicy) -> None:
    one = proposed(agent, policy)
    supervisor.send(f"{ROOT}proposals/{one.pk}/plan/", at="2001-01-01T09:00")
    assert Change.objects.get().state == "proposed"
    supervisor.send(f"{ROOT}proposals/{one.pk}/plan/", at=_tomorrow())
    assert "in the name of Mila" in agent.page(f"{ROOT}proposals/{one.pk}/")
    assert "Planned" in agent.page(ROOT)
    supervisor.send(f"{ROOT}proposals/{one.pk}/unplan/")
    supervisor.send(f"{ROOT}proposals/{one.pk}/decline/", reason="Te duur")
    assert "Te duur" in agent.page(f"{ROOT}proposals/{one.pk}/")
    other = proposed(agent, policy, draft="1")
    assert other.state == "draft"
    agent.send(f"{ROOT}proposals/{other.pk}/propose/")
    agent.send(f"{ROOT}proposals/{other.pk}/withdraw/")
    assert Change.objects.get(pk=other.pk).state == "withdrawn"
    assert agent.client.get(f"{ROOT}proposals/{other.pk}/nothing/").status_code in (404, 405)
    listed = agent.page(f"{ROOT}proposals/?state=declined&mine=1&kind=sla_policy&q=sneller")
    assert listed.count("Sneller antwoorden") == 1


def test_a_calendar_is_proposed_day_by_day_and_changed_again(agent: Browser, supervisor: Browser) -> None:
    office = a_calendar("Kantoor", {"timezone": "UTC", "week": {"tue": [["09:00", "17:00"]]}})
    form = f"{ROOT}calendar/{office.pk}/propose/"
    assert "09:00–17:00" in agent.page(form)
    typed = {"what": "Tot zes", "name": "Kantoor", "timezone": "UTC", "week.tue": "09:00–18:00", "country": ""}
    more = agent.send(form, **typed, do="exceptions:add")
    assert b"exceptions.0.day" in more.content
    agent.send(form, **typed)
    one = Change.objects.get()
    assert one.values is not None
    assert one.values["form"]["week"]["tue"] == [["09:00", "18:00"]]
    page = agent.page(f"{ROOT}proposals/{one.pk}/edit/")
    assert ("Tot zes" in page, "09:00–18:00" in page) == (True, True)
    typed |= {"what": "Tot zeven", "week.tue": "09:00–19:00", "seen": one.changed_at.isoformat()}
    agent.send(f"{ROOT}proposals/{one.pk}/edit/", **typed)
    assert Change.objects.get().what == "Tot zeven"
    assert agent.send(f"{ROOT}proposals/{one.pk}/edit/", **typed).status_code == 409
    assert agent.send(form, **typed | {"week.tue": "9 tot 5"}).status_code == 400


def test_routing_and_documents_are_proposed_too(agent: Browser, supervisor: Browser) -> None:
    admin = Browser(User.objects.create_user("anna", role=Role.ADMINISTRATOR))
    team = Team.objects.create(name="Webcare")
    inbox = an_inbox()
    agent.send(f"{ROOT}inbox_team/{inbox.pk}/propose/", what="Naar webcare", team_id=team.pk)
    agent.send(f"{ROOT}team/{team.pk}/propose/", what="Om de beurt", assignment="round_robin")
    assert [one.values for one in Change.objects.order_by("id")] == [
        {"team_id": team.pk}, {"assignment": "round_robin"},
    ]  # fmt: skip
    assert "no team" in admin.page(f"{ROOT}proposals/{Change.objects.earliest('id').pk}/")
    assert 'name="document"' not in agent.page(f"{ROOT}rulebook/1/propose/")
    assert 'name="document"' in supervisor.page(f"{ROOT}rulebook/1/propose/")
    agent.send(f"{ROOT}rulebook/1/propose/", what="Minder streng")
    words = Change.objects.latest("id")
    supervisor.send(f"{ROOT}proposals/{words.pk}/adopt/")
    assert RulebookVersion.objects.filter(state="draft", summary="Joris proposed: Minder streng").exists()
    assert "Minder streng" in supervisor.page(f"{ROOT}rulebook/1/")
    agent.send(f"{ROOT}rota/propose/", what="Een rooster voor het weekend")
    assert Change.objects.latest("id").thing == 0
    assert agent.client.get(f"{ROOT}proposals/{Change.objects.latest('id').pk}/").status_code == 200


def test_a_version_that_was_handed_in_is_planned_from_its_page(supervisor: Browser) -> None:
    other = Browser(User.objects.create_user("noor", role=Role.SUPERVISOR))
    supervisor.send("/administration/rulebook/new/")
    draft = RulebookVersion.objects.get(state="draft")
    supervisor.send(f"/administration/rulebook/{draft.number}/hand-in/")
    assert "Switch it on at" in other.page(f"{ROOT}rulebook/1/")
    other.send(f"{ROOT}rulebook/plan/", number=draft.number, at="")
    assert not Change.objects.exists()
    other.send(f"{ROOT}rulebook/plan/", number=draft.number, at=_tomorrow())
    one = Change.objects.get()
    assert (one.state, one.values) == ("planned", {"version": draft.number})
    assert supervisor.client.get(f"{ROOT}proposals/{one.pk}/edit/").status_code == 404
    assert other.client.get(f"{ROOT}proposals/{one.pk}/").status_code == 200


def test_things_are_found_by_name_and_queries_do_not_grow(agent: Browser, supervisor: Browser) -> None:
    for number in range(3):
        a_calendar(f"Kantoor {number}", {"timezone": "UTC", "week": {"tue": [["09:00", "17:00"]]}})
    assert "Kantoor 1" in agent.page(f"{ROOT}?q=kantoor+1")
    assert "Nothing has that name" in agent.page(f"{ROOT}?q=bestaatniet")
    pages = (f"{ROOT}calendar/?q=kantoor", ROOT, f"{ROOT}proposals/")
    few = [number_of_queries(page, supervisor) for page in pages]
    office = BusinessCalendar.objects.earliest("id")
    for number in range(8):
        a_calendar(f"Kantoor x{number}", {"timezone": "UTC", "week": {"tue": [["09:00", "17:00"]]}})
        agent.send(f"{ROOT}calendar/{office.pk}/propose/", what=f"Anders {number}")
    assert [number_of_queries(page, supervisor) for page in pages] == few
    assert max(few) <= 20


def test_what_is_not_there_is_said(agent: Browser) -> None:
    for address in ("weather/", "calendar/999/", "calendar/999/propose/", "proposals/999/", "proposals/999/preview/"):
        assert agent.client.get(f"{ROOT}{address}").status_code == 404, address


def _tomorrow() -> str:
    return f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"


def test_words_and_causes_are_proposed_in_the_fields_of_their_editors(agent: Browser) -> None:
    editor = User.objects.create_user("anna", role=Role.ADMINISTRATOR)
    texts = [
        {"language": "nl", "network": "", "text": "Dag,\nmet"},
        {"language": "en", "network": "x", "text": "Hello"},
    ]
    made = canned.create_canned(editor, name="Groet", shortcut="groet", texts=texts)
    address = f"{ROOT}canned/{made.pk}/propose/"
    page = agent.page(address)
    assert "English, X" in page
    agent.send(
        address, **{"what": "Losser", "name": "Groet", "shortcut": "groet", "text.0": "Dag,\r\nmet", "text.1": "Hi"}
    )
    assert Change.objects.latest("id").values == {"texts": [texts[0], {**texts[1], "text": "Hi"}]}
    delay, trains = a_cause("Vertraging", "Delay"), a_cause("Reizen", "Travel")
    form = {"name_nl": "Vertraging", "name_en": "Delay", "department": "", "owner": ""}
    agent.send(f"{ROOT}cause/{delay.pk}/propose/", what="Elders", parent=trains.pk, **form)
    one = Change.objects.latest("id")
    assert one.values == {"parent": trains.pk}
    assert "Travel" in agent.page(f"{ROOT}proposals/{one.pk}/")
