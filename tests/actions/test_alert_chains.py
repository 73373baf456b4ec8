"""Alert chains as they are kept: their versions, the policies that name them, and what is refused."""

from typing import Any

import pytest

from desk.actions.alerts import alert_chains
from desk.actions.sla import clock_sweep, sla_change, sla_policies
from desk.alerts.models import Alert, AlertChain, Notification, WebhookCall
from desk.alerts.words import sentence
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.people.models import AuditEntry, Team, User
from desk.sla.models import Clock, SlaPolicy
from desk.tickets.models import Ticket
from tests.actions.alerted import a_person, told
from tests.actions.builders import a_mention, an_inbox, minutes, take_in

pytestmark = pytest.mark.django_db
AT_ONCE = [{"percent": 10, "to": ["assignee"]}, {"after_minutes": 5, "to": ["team"], "breaks_through": True}]


def test_a_running_clock_keeps_the_version_it_began_with(waiting: Ticket, suze: User) -> None:
    supervisor = a_person("els", "supervisor")
    default = AlertChain.objects.get(is_default=True)
    changed = alert_chains.change_chain(supervisor, default.pk, steps=AT_ONCE)
    assert changed.current is not None
    assert changed.current.number == 2
    assert default.versions.count() == 2
    assert clock_sweep.sweep(minutes(10)).alerts == 0  # the new chain would alert after six minutes
    take_in(waiting.inbox, [a_mention("2", at=10, by="jan")], now=minutes(10))
    assert clock_sweep.sweep(minutes(16)).alerts == 1
    assert clock_sweep.sweep(minutes(30)).alerts == 1
    versions = [alert.chain_version.number for alert in Alert.objects.order_by("id")]
    assert versions == [2, 1]


def test_a_policy_names_its_chain(team: Team, suze: User) -> None:
    chain = alert_chains.create_chain(a_person("els", "supervisor"), name="Snel", steps=AT_ONCE)
    policy = SlaPolicy.objects.get(is_default=True)
    assert policy.current is not None
    policy.current.alert_chain = chain
    policy.current.save()
    take_in(an_inbox(team=team), [a_mention("1")], now=minutes(0))
    assert Clock.objects.get(metric="first_response").look_at == minutes(6)
    assert clock_sweep.sweep(minutes(65)).alerts == 2
    assert told() == [("suze", "5")]


def test_another_promise_brings_its_own_chain(waiting: Ticket) -> None:
    els = a_person("els", "supervisor")
    chain = alert_chains.create_chain(els, name="Snel", steps=AT_ONCE)
    policy = SlaPolicy.objects.get(is_default=True)
    sla_policies.change_policy(els, policy.pk, alert_chain_id=chain.pk, apply_to_open=True, now=minutes(5))
    assert clock_sweep.sweep(minutes(7)).alerts == 0  # the clock that runs keeps its promise until it gets the other
    assert sla_change.renew_open_clocks(minutes(7)) == 2
    assert clock_sweep.sweep(minutes(7)).alerts == 1
    assert Alert.objects.get().chain_version == chain.current
    assert told() == [("suze", "10")]


def test_a_chain_without_steps_alerts_nobody(team: Team) -> None:
    alert_chains.change_chain(None, AlertChain.objects.get(is_default=True).pk, steps=[])
    take_in(an_inbox(team=team), [a_mention("1")], now=minutes(0))
    assert clock_sweep.sweep(minutes(500)).alerts == 0


def test_nothing_new_is_no_new_version() -> None:
    chain = alert_chains.create_chain(None, name="Snel", steps=AT_ONCE)
    alert_chains.change_chain(None, chain.pk, name="Sneller", steps=AT_ONCE)
    assert chain.versions.count() == 1


def test_chains_are_kept_by_supervisors_and_refused_in_words() -> None:
    els = a_person("els", "supervisor")
    with pytest.raises(NotPermitted):
        alert_chains.create_chain(a_person("suze"), name="Snel", steps=AT_ONCE)
    with pytest.raises(Invalid, match="Step 1: Say who is told"):
        alert_chains.create_chain(els, name="Snel", steps=[{"percent": 10}])
    with pytest.raises(Invalid, match="There is no such colleague"):
        alert_chains.create_chain(els, name="Snel", steps=[{"percent": 10, "people": [10**9]}])
    with pytest.raises(Invalid, match="There is no such webhook"):
        alert_chains.create_chain(els, name="Snel", steps=[{"percent": 10, "webhooks": [10**9]}])
    with pytest.raises(Invalid, match="1 to 80 characters"):
        alert_chains.create_chain(els, name=" ", steps=AT_ONCE)
    chain = alert_chains.create_chain(els, name="Snel", steps=AT_ONCE)
    with pytest.raises(Conflict):
        alert_chains.create_chain(els, name="Snel", steps=AT_ONCE)
    with pytest.raises(Conflict):
        alert_chains.delete_chain(els, AlertChain.objects.get(is_default=True).pk)
    alert_chains.delete_chain(els, chain.pk)
    with pytest.raises(Missing):
        alert_chains.change_chain(els, chain.pk, name="Traag")
    assert alert_chains.create_chain(els, name="Snel", steps=AT_ONCE).pk != chain.pk
    verbs = AuditEntry.objects.filter(actor=els).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["alert_chain_created", "alert_chain_deleted", "alert_chain_created"]


def test_a_webhook_of_a_step_gets_a_call(team: Team, settings: Any) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = True
    webhook, _secret = alert_chains.create_webhook(None, name="Pieper", url="http://127.0.0.1:9/alert")
    steps = [{"percent": 10, "webhooks": [webhook.pk]}]
    alert_chains.change_chain(None, AlertChain.objects.get(is_default=True).pk, steps=steps)
    take_in(an_inbox(), [a_mention("1")], now=minutes(0))
    assert clock_sweep.sweep(minutes(6)).alerts == 1
    assert WebhookCall.objects.get().alert == Alert.objects.get()


def test_a_step_comes_some_minutes_before_the_due_time(team: Team, suze: User) -> None:
    steps = [{"before_minutes": 20, "to": ["team"]}, {"percent": 50, "people": [suze.pk]}]
    alert_chains.change_chain(None, AlertChain.objects.get(is_default=True).pk, steps=steps)
    take_in(an_inbox(team=team), [a_mention("1")], now=minutes(0))
    assert Clock.objects.get(metric="first_response").look_at == minutes(30)
    assert clock_sweep.sweep(minutes(31)).alerts == 1
    assert clock_sweep.sweep(minutes(39)).alerts == 0
    assert clock_sweep.sweep(minutes(40)).alerts == 1
    assert told() == [("suze", "50"), ("suze", "20")]
    assert sentence(Notification.objects.latest("id")).startswith("Answer Marit, ticket")
