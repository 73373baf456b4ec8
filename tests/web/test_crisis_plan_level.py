"""The forms of a draft of the crisis plan: all that a level does can be said there, and roles and targets too."""

from typing import Any

import pytest
from django.test import Client

from desk.actions.crises import crisis_plans
from desk.crises.models import CrisisPlanVersion
from desk.people.models import User
from desk.people.permissions import Role
from policies.crisis_plan import CrisisPlan, Gate
from policies.crisis_plan_form import LEVEL_KEYS
from tests.actions.builders import an_inbox
from tests.actions.posts import a_statement
from tests.actions.promised import a_policy
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
FORM: dict[str, Any] = {
    "pause_scheduled": "on", "pause_templates": "on", "pause_assignment": "on", "statements": ["storing"],
    "sla_profile": "crisis",
    "instructions_nl": "Beloof niets.", "instructions_en": "Promise nothing.",
    "gates.0.gate": "hold", "gates.0.visibility": "public", "gates.0.network": ["x"],
    "tasks.0.text_nl": "Wat is zeker?", "tasks.0.text_en": "What is certain?", "tasks.0.due_minutes": "20",
    "tasks.0.role": "lead", "tasks.0.key": "",
}  # fmt: skip


@pytest.fixture
def noor() -> User:
    return colleague(Role.COMMS)


@pytest.fixture
def browser(noor: User) -> Client:
    made = Client()
    made.force_login(noor)
    return made


@pytest.fixture
def number(noor: User) -> int:
    a_statement()
    a_policy("Snel", first=10, profiles=frozenset({"crisis"}))
    return crisis_plans.write_draft(noor).number


def plan(number: int) -> CrisisPlan:
    return CrisisPlanVersion.objects.get(number=number).plan()


def address(number: int, level: int = 2) -> str:
    return f"/administration/crisis-plan/{number}/level/{level}/"


def test_everything_that_a_level_does_is_said_in_the_form(browser: Client, number: int) -> None:
    inbox = an_inbox()
    before = plan(number)
    assert browser.post(address(number), FORM | {"gates.0.inbox": [str(inbox.pk)]}).status_code == 302
    said = plan(number).levels[2]
    (gate,) = said.gates
    assert (gate.gate, gate.visibility, gate.networks, gate.inboxes) == (Gate.HOLD, "public", ("x",), (inbox.pk,))
    assert (said.pause_scheduled, said.pause_templates, said.pause_assignment) == (True, True, True)
    assert said.sla_profile == "crisis"
    assert (said.statements, said.instructions["nl"]) == (("storing",), "Beloof niets.")
    (task,) = said.checklist
    assert (task.key, task.due_minutes, task.role) == ("what-is-certain", 20, "lead")
    assert (plan(number).levels[3], plan(number).levels[2].escalation) == (
        before.levels[3],
        before.levels[2].escalation,
    )
    page = browser.get(address(number)).content.decode()
    for name in ("pause_scheduled", "pause_templates", "pause_assignment"):
        assert f'name="{name}" value="on" checked' in page
    assert 'value="what-is-certain"' in page
    plain = browser.get(f"/administration/crisis-plan/{number}/").content.decode()
    assert "No other canned response is on offer" in plain
    assert "The desk gives its tickets to nobody by itself" in plain
    assert "Response times go by the profile “crisis”: Snel." in plain
    assert '<option value="crisis" selected>' in page


def test_no_key_of_a_level_is_left_to_the_text_alone() -> None:
    """The chain's form has what the level's has not."""
    in_forms = {
        "gates",
        "checklist",
        "statements",
        "pause_scheduled",
        "pause_templates",
        "pause_assignment",
        "sla_profile",
        "swarm",
    }
    assert in_forms | {"instructions", "escalation", "call_up", "team"} == set(LEVEL_KEYS)


def test_what_is_unticked_and_removed_is_gone(browser: Client, number: int) -> None:
    assert browser.post(address(number), {"instructions_nl": "", "instructions_en": ""}).status_code == 302
    said = plan(number).levels[2]
    assert (said.gates, said.checklist, said.statements, said.pause_scheduled) == ((), (), (), False)


def test_buttons_change_the_lines_of_one_list_and_keep_the_other(browser: Client, number: int) -> None:
    page = browser.post(address(number), FORM | {"do": "gates:add"}).content.decode()
    assert 'name="gates.1.gate"' in page
    assert 'name="tasks.1.key"' not in page
    assert "Wat is zeker?" in page
    page = browser.post(address(number), FORM | {"do": "tasks:remove:0"}).content.decode()
    assert 'name="tasks.0.key"' not in page
    assert 'name="gates.0.gate"' in page
    assert len(plan(number).levels[2].checklist) == 3, "nothing is kept by that"


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"tasks.0.text_en": ""}, "tasks.0.text_en", "1 to 300"),
        ({"tasks.0.due_minutes": "soon"}, "tasks.0.due_minutes", "soon"),
        ({"tasks.0.key": "Not A Key"}, "tasks.0.key", "is no key"),
        ({"tasks.0.key": "look"}, "tasks.0.key", "look"),
        ({"gates.0.network": ["nowhere"]}, "gates.0.network", "nowhere"),
        ({"gates.0.gate": "open"}, "gates.0.gate", "open"),
        ({"instructions_nl": "x" * 601}, "instructions_nl", "600"),
        ({"seen": "yesterday"}, "", "seen"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    browser: Client, number: int, typed: dict[str, Any], field: str, words: str
) -> None:
    answer = browser.post(address(number), FORM | typed)
    page = answer.content.decode()
    assert answer.status_code in (400, 409)
    assert words in page
    assert "Promise nothing." in page
    if field:
        place = page.index(f'id="problem-{field}"')
        assert "hidden" not in page[place : place + len(field) + 20]


def test_two_who_write_at_once_do_not_write_over_each_other(browser: Client, number: int) -> None:
    seen = {"seen": CrisisPlanVersion.objects.get(number=number).changed_at.isoformat()}
    assert browser.post(address(number), FORM | seen).status_code == 302
    assert browser.post(address(number), FORM | seen).status_code == 409


def test_roles_and_targets_are_written_too(browser: Client, number: int) -> None:
    page = f"/administration/crisis-plan/{number}/roles/"
    text = browser.get(page).content.decode()
    assert 'value="Crisisleider"' in text
    assert 'value="180"' in text
    form = {
        **{f"roles.{place}.key": key for place, key in enumerate(plan(number).roles)},
        **{f"roles.{place}.name_nl": name["nl"] for place, name in enumerate(plan(number).roles.values())},
        **{f"roles.{place}.name_en": name["en"] for place, name in enumerate(plan(number).roles.values())},
        "roles.3.key": "", "roles.3.name_nl": "Jurist", "roles.3.name_en": "Company lawyer",
        f"roles.{list(plan(number).roles).index('lead')}.publishes": "on",
        "detect_minutes": "4", "acknowledge_minutes": "5", "level_minutes": "15", "statement_minutes": "30",
        "approval_minutes": "15", "responses_percent": "90", "checklist_percent": "80", "valid_days": "90",
    }  # fmt: skip
    assert browser.post(page, form).status_code == 302
    written = plan(number)
    assert written.roles["company-lawyer"] == {"nl": "Jurist", "en": "Company lawyer"}
    assert written.publishers == {"lead"}
    assert (written.targets.detect_minutes, written.targets.valid_days) == (4, 90)
    for wrong, words in (
        ({"detect_minutes": "0"}, "problem-detect_minutes"),
        ({"roles.3.name_en": ""}, "problem-roles.3.name_en"),
        ({"roles.3.key": "lead"}, "Another role has this key."),
    ):
        answer = browser.post(page, form | wrong)
        assert answer.status_code == 400
        assert words in answer.content.decode()
    assert 'name="roles.4.key"' in browser.post(page, form | {"do": "roles:add"}).content.decode()


def test_only_a_draft_has_the_forms_and_only_for_who_writes_plans(browser: Client, number: int) -> None:
    for path in ("level/2/", "roles/"):
        assert browser.get(f"/administration/crisis-plan/1/{path}").status_code == 404
        assert signed_in(Role.SUPERVISOR).get(f"/administration/crisis-plan/{number}/{path}").status_code == 403
    assert browser.get(address(number, 4)).status_code == 404
