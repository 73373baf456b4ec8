"""Alert chains on the screens: steps come, move and go, nothing typed is lost, and words say what a chain does."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from desk.actions.alerts import alert_chains
from desk.actions.sla.sla_policies import change_policy
from desk.alerts.models import AlertChain, Webhook
from desk.people.models import User
from desk.people.permissions import Role
from desk.sla.models import SlaPolicy
from policies.alerts import Recipient, Step
from tests.actions.promised import a_calendar
from tests.web.browsing import PART
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
LIST = "/administration/alert-chains/"
TWO_STEPS = {
    "name": "Snel",
    "steps.0.amount": "50", "steps.0.unit": "percent", "steps.0.to": ["assignee", "team"],
    "steps.1.amount": "15", "steps.1.unit": "after_minutes", "steps.1.to": ["supervisors"],
    "steps.1.breaks_through": "on",
}  # fmt: skip


@pytest.fixture
def supervisor() -> Client:
    return signed_in(Role.SUPERVISOR)


def snel() -> AlertChain:
    return AlertChain.objects.select_related("current").get(name="Snel", deleted_at=None)


def steps_of(chain: AlertChain) -> tuple[Step, ...]:
    assert chain.current is not None
    return chain.current.rule.steps


def test_a_chain_is_written_read_changed_and_taken_out_of_use(supervisor: Client) -> None:
    somebody = colleague(Role.AGENT)
    webhook = Webhook.objects.create(
        name="Pieper", url="https://x.invalid/", sealed_secret=b"", created_at=timezone.now()
    )
    form = {**TWO_STEPS, "steps.1.person": str(somebody.pk), "steps.1.webhooks": [str(webhook.pk)]}
    assert supervisor.post(f"{LIST}new/", form).headers["Location"] == LIST
    assert steps_of(snel()) == (
        Step(percent=50, to=(Recipient.ASSIGNEE, Recipient.TEAM)),
        Step(
            after_minutes=15,
            to=(Recipient.SUPERVISORS,),
            people=(somebody.pk,),
            webhooks=(webhook.pk,),
            breaks_through=True,
        ),
    )
    listed = supervisor.get(LIST).content.decode()
    assert "at 50 % of the target: whoever has the ticket, its team, who are on duty" in listed
    assert "15 min after it is due: supervisors on duty, Agent, webhook Pieper (also outside opening hours)" in listed
    address = f"{LIST}{snel().pk}/"
    page = supervisor.get(address).content.decode()
    assert 'name="steps.1.amount" type="text" value="15"' in page
    assert f'name="steps.1.people" value="{somebody.pk}" checked' in page
    supervisor.post(address, {**TWO_STEPS, "steps.0.amount": "60 %"})
    assert [step.percent for step in steps_of(snel())] == [60, None]
    page = supervisor.get(address).content.decode()
    assert page.index("at 60 % of the target") < page.index("at 50 % of the target"), "the newest version first"
    supervisor.post(f"{address}delete/")
    assert supervisor.get(address).status_code == 404
    default = AlertChain.objects.get(is_default=True)
    answer = supervisor.post(f"{LIST}{default.pk}/delete/", follow=True).content.decode()
    assert "The default chain stays." in answer


def test_a_step_may_come_some_minutes_before_the_due_time(supervisor: Client) -> None:
    form = {**TWO_STEPS, "steps.0.amount": "20", "steps.0.unit": "before_minutes"}
    supervisor.post(f"{LIST}new/", form)
    assert [step.before_minutes for step in steps_of(snel())] == [20, None]
    assert "20 min before it is due: whoever has the ticket" in supervisor.get(LIST).content.decode()
    page = supervisor.get(f"{LIST}{snel().pk}/").content.decode()
    assert '<option value="before_minutes" selected>' in page


def test_a_new_chain_begins_as_the_desk_does(supervisor: Client) -> None:
    page = supervisor.get(f"{LIST}new/").content.decode()
    for amount in ("50", "80", "100", "30"):
        assert f'type="text" value="{amount}"' in page


@pytest.mark.parametrize(
    ("field", "typed", "at", "words"),
    [
        ("steps.0.amount", "half", "steps.0.amount", "whole number from 1 to 100"),
        ("steps.0.amount", "101", "steps.0.amount", "whole number from 1 to 100"),
        ("steps.0.amount", "", "steps.0.amount", "Say when"),
        ("steps.1.amount", "-5", "steps.1.amount", "0 to 10,080"),
        ("steps.0.unit", "after_minutes", "steps.1.amount", "put the steps in order"),
        ("steps.1.to", [], "steps.1.to", "Say who is told"),
        ("name", " ", "name", "Give a name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    supervisor: Client, field: str, typed: Any, at: str, words: str
) -> None:
    answer = supervisor.post(f"{LIST}new/", {**TWO_STEPS, field: typed})
    assert answer.status_code == 400
    page = answer.content.decode()
    start = page.index(f'id="problem-{at}"')
    assert words in page[start : start + 400]
    assert 'name="steps.1.breaks_through" value="on" checked' in page
    part = supervisor.post(f"{LIST}new/", {**TWO_STEPS, field: typed}, headers=PART).content.decode()
    assert f'id="problem-{at}" hx-swap-oob="true"' in part
    assert "<form" not in part, "nothing typed is replaced"
    assert AlertChain.objects.count() == 1


def test_buttons_add_move_and_remove_steps_and_lose_nothing(supervisor: Client) -> None:
    def pressed(what: str, **more: Any) -> list[list[str]]:
        page = supervisor.post(f"{LIST}new/", {**TWO_STEPS, **more, "do": what})
        assert page.status_code == 200
        amounts = [step.amount.value for step in page.context["steps"]]
        return [amounts, [f"{step.number} {step.focus}" for step in page.context["steps"] if step.focus]]

    assert pressed("steps:add") == [["50", "15", ""], ["2 amount"]]
    assert pressed("steps:down:0") == [["15", "50"], ["1 up"]]
    assert pressed("steps:up:1") == [["15", "50"], ["0 down"]]
    assert pressed("steps:up:0") == [["50", "15"], []]
    assert pressed("steps:remove:0") == [["15"], ["0 amount"]]
    assert pressed("steps:remove:9") == [["50", "15"], []]
    assert pressed("steps:add", **{"steps.0.amount": "half"})[0] == ["half", "15", ""]
    empty = supervisor.post(f"{LIST}new/", {"name": "x", "steps.0.amount": "5", "do": "steps:remove:0"})
    assert 'value="steps:add" autofocus' in empty.content.decode()
    agent = colleague(Role.AGENT)
    page = supervisor.post(f"{LIST}new/", {**TWO_STEPS, "steps.0.person": str(agent.pk), "do": "steps:again"})
    assert f'name="steps.0.people" value="{agent.pk}" checked' in page.content.decode()
    assert AlertChain.objects.count() == 1


def test_the_preview_says_who_is_told_when(supervisor: Client) -> None:
    office = a_calendar("Office", {"timezone": "Europe/Amsterdam", "week": {"mon": [["09:00", "17:00"]]}})
    wish = {**TWO_STEPS, "try_minutes": "60", "try_start": "2026-03-09T09:00", "try_calendar": str(office.pk)}
    page = supervisor.post(f"{LIST}preview/", wish)
    told = [(one.hour, one.when, one.waits) for one in page.context["told"]]
    assert told == [("09:30", "at 50 % of the target", False), ("10:15", "15 min after it is due", False)]
    assert "The answer is due at 10:00." in page.content.decode()
    late = {**wish, "try_start": "2026-03-09T16:00", "steps.1.amount": "60", "steps.1.breaks_through": ""}
    del late["steps.1.breaks_through"]
    page = supervisor.post(f"{LIST}preview/", late)
    assert [(one.hour, one.waits) for one in page.context["told"]] == [
        ("16:30", False),
        ("Monday 16 March 09:00", True),
    ]
    assert "waits for the opening" in page.content.decode()
    wrongs: list[dict[str, Any]] = [
        {"try_minutes": "0"}, {"try_start": "soon"}, {"try_start": "9999-12-31T09:00"}, {"steps.0.to": []},
    ]  # fmt: skip
    for wrong in wrongs:
        page = supervisor.post(f"{LIST}preview/", {**wish, **wrong})
        assert page.status_code == 200, wrong
        assert page.context["unclear"], wrong


def test_a_policy_chooses_its_chain_and_both_pages_say_so(supervisor: Client) -> None:
    supervisor.post(f"{LIST}new/", TWO_STEPS)
    policy = SlaPolicy.objects.select_related("current").get(is_default=True)
    assert policy.current is not None
    form = {"name": "Default", "calendar": str(policy.current.calendar_id), "alert_chain": str(snel().pk)}
    address = f"/administration/response-times/policies/{policy.pk}/"
    assert "Default (the desk&#x27;s default)" in supervisor.get(address).content.decode()
    supervisor.post(address, form)
    policy.refresh_from_db()
    assert policy.current is not None
    assert policy.current.alert_chain == snel()
    assert f'<option value="{snel().pk}" selected>' in supervisor.get(address).content.decode()
    assert address in supervisor.get(f"{LIST}{snel().pk}/").content.decode()
    supervisor.post(address, {**form, "alert_chain": ""})
    policy = SlaPolicy.objects.select_related("current").get(is_default=True)
    assert policy.current is not None
    assert policy.current.alert_chain is None


def test_lists_are_paged_and_cost_the_same_however_long(
    supervisor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [User.objects.create_user(f"p{number}") for number in range(3)]
    steps = [{"percent": 10, "people": [one.pk for one in people]}]
    chains = [alert_chains.create_chain(None, name=f"Keten {number:02}", steps=steps) for number in range(60)]
    policy = SlaPolicy.objects.get(is_default=True)
    change_policy(None, policy.pk, alert_chain_id=chains[0].pk)
    supervisor.get(LIST)
    with django_assert_num_queries(6):  # the person, the crisis, the bell, the chains, whom they name, the policies
        first = supervisor.get(LIST)
    assert len(first.context["chains"]) == 50
    assert len(supervisor.get(LIST, {"cursor": first.context["page"].next}).context["chains"]) == 11
    for percent in range(11, 31):
        alert_chains.change_chain(None, chains[0].pk, steps=[{"percent": percent, "to": ["team"]}])
    page = supervisor.get(f"{LIST}{chains[0].pk}/")
    numbers = [version.number for version, _words in page.context["versions"]]
    assert numbers == list(range(21, 11, -1))


@pytest.mark.parametrize("address", [LIST, f"{LIST}new/"])
def test_who_may_not_keep_response_times_sees_no_chains(address: str) -> None:
    assert signed_in(Role.AGENT).get(address).status_code == 403
