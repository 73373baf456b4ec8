"""What a network tells beside what the desk has: against the sandbox, over the real connectors."""

import io
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from desk.actions.inboxes import reconcile
from desk.common.errors import Conflict, Invalid
from desk.inboxes import budgets
from desk.inboxes.models import Inbox, RawItem, Reconciliation
from desk.inboxes.sandbox import Sandbox
from desk.inboxes.words import told
from desk.people.models import AuditEntry
from desk.tickets.models import Message
from policies.call_budget import Left
from tests.actions.connected import Connected
from tests.api.sandbox import running_sandbox

pytestmark = pytest.mark.django_db
NETWORKS = ("x", "facebook_page", "mastodon", "bluesky", "google_business", "google_play", "app_store")


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as address:
        yield address


def compared(inbox: Inbox, *, days: int = 1, fix: bool = False) -> Reconciliation:
    run = reconcile.carry_out(reconcile.ask(None, inbox.pk, days=days, fix=fix).pk, timezone.now())
    assert run is not None
    assert run.state == Reconciliation.State.DONE, told(run.problem)
    return run


def ids(run: Reconciliation, name: str) -> list[str]:
    return [one["external_id"] for one in run.result[name]]


@pytest.mark.parametrize("network", NETWORKS)
def test_where_all_was_read_nothing_differs_and_nothing_is_stored(origin: str, network: str) -> None:
    desk = Connected.to(origin, network)
    desk.says("hoi", "waar blijft de trein?")
    desk.read()
    before = RawItem.objects.count(), Message.objects.count(), list(desk.inbox.streams.values_list("cursor", flat=True))
    run = compared(desk.inbox)
    counts = [run.result[f"{name}_count"] for name in ("missing", "changed", "extra")]
    assert counts == [0, 0, 0]
    assert run.result["complete"]
    after = RawItem.objects.count(), Message.objects.count(), list(desk.inbox.streams.values_list("cursor", flat=True))
    assert after == before
    assert Message.objects.count() == 2


@pytest.mark.parametrize("network", [one for one in NETWORKS if one != "google_business"])  # its ids name the place too
def test_what_is_missing_is_named_and_taken_in_on_fix_and_what_is_gone_there_is_named(
    origin: str, network: str
) -> None:
    desk = Connected.to(origin, network)
    first, gone = desk.says("eerste", "weg ermee")
    desk.read()
    lost = desk.says("ging verloren", "dit ook", minutes=30)
    with Sandbox(origin) as sandbox:
        sandbox.remove(gone)
    run = compared(desk.inbox)
    assert ids(run, "missing") == lost
    assert [one["message"] for one in run.result["extra"]] == [Message.objects.get(external_id=gone).pk]
    assert Message.objects.count() == 2
    fixed = compared(desk.inbox, fix=True)
    assert fixed.result["fixed"] == 2
    assert set(Message.objects.values_list("external_id", flat=True)) == {first, gone, *lost}
    assert compared(desk.inbox).result["missing_count"] == 0


def test_what_was_edited_behind_our_back_is_named(origin: str) -> None:
    desk = Connected.to(origin, "facebook_page")
    (edited,) = desk.says("tweede")
    desk.read()
    with Sandbox(origin) as sandbox:
        sandbox.edit(edited, "heel iets anders")
    assert ids(compared(desk.inbox), "changed") == [edited]
    assert compared(desk.inbox, fix=True).result["fixed"] == 1
    assert Message.objects.get().text == "heel iets anders"
    assert compared(desk.inbox).result["changed_count"] == 0


def test_more_than_a_page_is_compared_but_no_more_than_was_asked_for(origin: str) -> None:
    desk = Connected.to(origin)
    old = desk.says("vorige week", minutes=8 * 24 * 60)
    recent = desk.says(*(f"nummer {number}" for number in range(130)))
    run = compared(desk.inbox)
    assert run.result["missing_count"] == 130
    assert ids(run, "missing") == recent
    assert not set(old) & set(ids(run, "missing"))
    assert next(one for one in run.result["streams"] if one["name"] == "mentions")["pages"] == 2


def test_erased_messages_are_not_missing(origin: str) -> None:
    from desk.privacy.digests import erased_id

    desk = Connected.to(origin)
    (external_id,) = desk.says("vergeet mij")
    desk.read()
    Message.objects.update(external_id=erased_id("x", external_id), erased_at=timezone.now())
    RawItem.objects.all().delete()
    run = compared(desk.inbox)
    assert (run.result["missing_count"], run.result["extra_count"]) == (0, 0)


def test_it_says_beforehand_what_it_may_cost_and_refuses_what_is_more_than_is_left(origin: str) -> None:
    desk = Connected.to(origin, monthly_budget=5)
    desk.says(*(f"nummer {number}" for number in range(40)))
    desk.read()
    now = timezone.now()
    expected = reconcile.estimate(desk.inbox, now - timedelta(days=1), now)
    assert expected.messages == 40
    assert Decimal("0.5") < expected.dollars < Decimal(1)
    spent_before = desk.inbox.spent_in(now)
    run = compared(desk.inbox)
    assert 0 < run.result["cost"] <= float(expected.dollars)
    assert float(Inbox.objects.get().spent_in(now) - spent_before) == pytest.approx(run.result["cost"])
    month = now.date().replace(day=1)
    Inbox.objects.update(cost_month=Decimal("4.9"), month_of_cost=month)
    with pytest.raises(Conflict, match="left of this month") as refused:
        reconcile.ask(None, desk.inbox.pk, days=1)
    assert refused.value.code == "over_budget"


def test_it_waits_where_the_limit_is_kept_for_polls(origin: str) -> None:
    desk = Connected.to(origin)
    desk.says("hoi")
    budgets.told(desk.inbox.pk, "mentions", Left(300, 140, timezone.now() + timedelta(minutes=9)), timezone.now())
    run = reconcile.carry_out(reconcile.ask(None, desk.inbox.pk, days=1).pk, timezone.now())
    assert run is not None
    assert run.state == Reconciliation.State.FAILED
    assert "kept for answers" in told(run.problem)


def test_what_was_read_before_something_went_wrong_is_told_as_not_all(origin: str) -> None:
    desk = Connected.to(origin)
    desk.says("hoi")
    with Sandbox(origin) as sandbox:
        fault = sandbox.arm("x", "server_error_json", "dm_events", times=None)
        run = compared(desk.inbox)
        sandbox.disarm([fault])
    assert not run.result["complete"]
    assert told(run.result["problem"])
    assert run.result["missing_count"] == 1


def test_one_at_a_time_and_of_an_inbox_that_is_read(origin: str) -> None:
    desk = Connected.to(origin)
    run = reconcile.ask(None, desk.inbox.pk, days=1)
    with pytest.raises(Conflict) as running:
        reconcile.ask(None, desk.inbox.pk, days=1)
    assert running.value.code == "running"
    with pytest.raises(Invalid):
        reconcile.ask(None, desk.inbox.pk, days=0)
    later = timezone.now() + timedelta(minutes=16)
    Reconciliation.objects.update(state=Reconciliation.State.RUNNING, begun_at=timezone.now())
    reconcile.sweep(later)
    run.refresh_from_db()
    assert run.state == Reconciliation.State.FAILED, "its worker is gone"
    assert reconcile.carry_out(run.pk, later) is None
    Inbox.objects.update(state=Inbox.State.PAUSED)
    with pytest.raises(Conflict):
        reconcile.ask(None, desk.inbox.pk, days=1)
    reconcile.sweep(later + timedelta(days=8))
    assert not Reconciliation.objects.exists()
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["inbox_compared"]


def test_one_inbox_at_a_time_is_compared_on_the_whole_desk(origin: str) -> None:
    first, second = Connected.to(origin), Connected.to(origin)
    runs = [reconcile.ask(None, desk.inbox.pk, days=1) for desk in (first, second)]
    Reconciliation.objects.filter(pk=runs[0].pk).update(state=Reconciliation.State.RUNNING)
    assert reconcile.carry_out(runs[1].pk, timezone.now()) is None
    Reconciliation.objects.filter(pk=runs[0].pk).update(state=Reconciliation.State.DONE)
    assert reconcile.carry_out(runs[1].pk, timezone.now()) is not None


def test_the_result_holds_no_words_and_no_names(origin: str) -> None:
    desk = Connected.to(origin)
    desk.says("geheim van jan")
    run = compared(desk.inbox)
    assert run.result["missing_count"] == 1
    assert "geheim" not in str(run.result)
    assert "jan" not in str(run.result["missing"])


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────


def command(*arguments: Any) -> tuple[int, str, str]:
    """Exit code, what was printed, and what was said about it."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("reconcile_inbox", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_lists_what_differs_and_says_so_by_its_exit_code(origin: str) -> None:
    desk = Connected.to(origin)
    (missing,) = desk.says("hoi")
    code, printed, said = command(desk.inbox.pk, "--days", 2)
    assert code == 1
    assert f"missing at the desk: {missing} (mention" in printed
    assert "1 missing" in said
    assert command(desk.inbox.pk, "--fix")[0] == 0
    code, printed, said = command(desk.inbox.pk, "--since", (timezone.now() - timedelta(hours=5)).isoformat())
    assert (code, printed) == (0, "")
    assert "may cost about $" in said


@pytest.mark.parametrize("arguments", [("--since", "soon"), ("--since", "2999-01-01"), ("--days", "0")])
def test_the_command_refuses_in_one_line(origin: str, arguments: tuple[str, ...]) -> None:
    desk = Connected.to(origin)
    with pytest.raises(CommandError):
        command(desk.inbox.pk, *arguments)
    with pytest.raises(CommandError, match="no inbox"):
        command(999_999)
