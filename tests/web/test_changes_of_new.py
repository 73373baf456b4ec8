"""Something new, an order, macros and chains on the pages of changes; versions and the log, page by page."""

from typing import Any

import pytest

from desk.actions.alerts import alert_chains
from desk.actions.automation import macros
from desk.actions.sla import sla_policies
from desk.automation.models import Macro
from desk.changes.models import Change
from desk.people.models import User
from desk.people.permissions import Role
from desk.sla.models import BusinessCalendar, SlaPolicy
from tests.actions.promised import a_policy, promise
from tests.web.browsing import Browser

pytestmark = pytest.mark.django_db
ROOT = "/administration/changes/"


@pytest.fixture
def boss() -> Browser:
    return Browser(User.objects.create_user("mila", role=Role.ADMINISTRATOR, first_name="Mila"))


@pytest.fixture
def agent() -> Browser:
    return Browser(User.objects.create_user("joris", role=Role.AGENT, first_name="Joris"))


NEW: dict[str, dict[str, Any]] = {
    "sla_policy": {
        "name": "Spoed", "first_response_minutes": 5, "priorities": ["3"], "enabled": "on", "alert_chain": "",
        "private": "", "next_response_minutes": "", "resolution_minutes": "",
    },
    "calendar": {"name": "Zaterdag", "timezone": "UTC", "week.sat": "09:00–12:00", "country": ""},
    "canned": {
        "name": "Sorry", "shortcut": "sorry", "text.0": "Hello {{customer}}, how annoying.",
        "text.1": "Dag {{customer}}, wat vervelend.",
    },
    "cause": {"name_nl": "Bagage", "name_en": "Luggage", "parent": "", "department": "", "owner": ""},
    "macro": {"name": "Naar planning", "steps.0.do": "tag", "steps.0.value": "planning"},
    "alert_chain": {"name": "Kort", "steps.0.amount": "90", "steps.0.unit": "percent", "steps.0.to": ["team"]},
}  # fmt: skip


@pytest.mark.parametrize("kind", NEW)
def test_something_new_is_typed_in_read_adopted_and_taken_away(kind: str, agent: Browser, boss: Browser) -> None:
    form = f"{ROOT}{kind}/propose/"
    assert "Give it a name and say below" in agent.page(form)
    typed: dict[str, Any] = {"what": "Dit hebben we nodig", **NEW[kind]}
    if kind == "sla_policy":
        typed["calendar"] = BusinessCalendar.objects.get(name="24/7").pk
    agent.send(form, **typed)
    one = Change.objects.get()
    assert one.values is not None
    page = boss.page(f"{ROOT}proposals/{one.pk}/")
    name = NEW[kind].get("name", "Bagage")
    assert ("Switch it on now" in page, str(name) in page) == (True, True)
    edit = agent.page(f"{ROOT}proposals/{one.pk}/edit/")
    assert f'value="{name}"' in edit
    assert boss.page(f"{ROOT}proposals/{one.pk}/preview/?days=7")
    boss.send(f"{ROOT}proposals/{one.pk}/adopt/")
    adopted = boss.page(f"{ROOT}proposals/{one.pk}/")
    assert "Take away what it made" in adopted
    assert "Take away what it made" not in agent.page(f"{ROOT}proposals/{one.pk}/")
    boss.send(f"{ROOT}proposals/{one.pk}/take-away/")
    assert "Take away what it made" not in boss.page(f"{ROOT}proposals/{one.pk}/")


def test_without_a_name_something_new_is_in_words(agent: Browser) -> None:
    agent.send(f"{ROOT}sla_policy/propose/", what="Iets voor recensies", name="", first_response_minutes="10")
    assert Change.objects.get().values is None


def test_policies_change_places_by_buttons(agent: Browser, boss: Browser) -> None:
    promise(first=30)
    slow, quick = a_policy("Ruim", first=90, position=1), a_policy("Spoed", first=5, position=2)
    form = f"{ROOT}sla_order/1/propose/"
    assert 'aria-label="Move Spoed up"' in agent.page(form)
    sent = {"what": "Spoed eerst", "order.0.id": slow.pk, "order.1.id": quick.pk}
    moved = agent.send(form, **sent, do="order:up:1").content.decode()
    assert moved.index("1. <bdi>Spoed</bdi>") < moved.index("2. <bdi>Ruim</bdi>")
    assert not Change.objects.exists()
    agent.send(form, **{"what": "Spoed eerst", "order.0.id": quick.pk, "order.1.id": slow.pk})
    one = Change.objects.get()
    assert one.values == {"order": [quick.pk, slow.pk]}
    boss.send(f"{ROOT}proposals/{one.pk}/adopt/")
    assert [one.pk for one in sla_policies.policies_in_order()][:2] == [quick.pk, slow.pk]
    assert "Ruim, Spoed → Spoed, Ruim" in boss.page(f"{ROOT}sla_order/1/")


def test_steps_are_changed_line_by_line(agent: Browser, boss: Browser) -> None:
    macro = macros.create_macro(boss.person, name="Planning", steps=[{"do": "tag", "value": "a"}], shared=True)
    form = f"{ROOT}macro/{macro.pk}/propose/"
    typed = {"what": "Met voorrang", "name": "Planning", "steps.0.do": "tag", "steps.0.value": "a"}
    more = agent.send(form, **typed, do="steps:add").content.decode()
    assert "steps.1.do" in more
    typed |= {"steps.1.do": "priority", "steps.1.which": "priority:2"}
    assert agent.send(form, **typed | {"steps.1.which": ""}).status_code == 400
    agent.send(form, **typed)
    boss.send(f"{ROOT}proposals/{Change.objects.get().pk}/adopt/")
    assert len(Macro.objects.get().steps) == 2
    chain = alert_chains.create_chain(boss.person, name="Kort", steps=[{"percent": 50, "to": ["team"]}])
    assert 'name="steps.0.amount"' in agent.page(f"{ROOT}alert_chain/{chain.pk}/propose/")


def test_versions_and_the_log_go_on_on_pages_of_their_own(agent: Browser, boss: Browser) -> None:
    policy = SlaPolicy.objects.get(is_default=True)
    for minutes in range(10, 70):
        sla_policies.change_policy(boss.person, policy.pk, first_response_minutes=minutes)
    address = f"{ROOT}sla_policy/{policy.pk}/"
    page = boss.page(address)
    assert page.count("Go back to it") == 9
    assert f'href="{address}versions/"' in page
    assert f'href="{address}log/"' in page
    newest = boss.page(f"{address}versions/")
    assert newest.count("Go back to it") == 49
    assert "cursor=" in newest
    assert "cursor=" in boss.page(f"{address}log/")
    assert "Go back to it" not in agent.page(f"{address}versions/")
    assert agent.client.get(f"{address}log/").status_code == 403
