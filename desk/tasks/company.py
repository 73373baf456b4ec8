"""What the company looks back on, changes, and has to forget."""

from django.utils import timezone

from desk.actions.automation import trials
from desk.actions.changes import change_sweep
from desk.actions.customers import erasure_run, retention_run
from desk.actions.reports import reports
from desk.actions.rulebooks import what_if_run
from desk.common.live import client
from desk.tasks.named import task

HEARTBEAT_SECONDS = 60


@task
def count_reports() -> None:
    reports.count_changes()


@task
def switch_on_planned_changes() -> None:
    change_sweep.switch_on_planned(timezone.now())


@task
def answer_what_if(run_id: int) -> None:
    what_if_run.answer(run_id, timezone.now())


@task
def sweep_what_ifs() -> None:
    """Those that a killed worker left behind."""
    what_if_run.take_over(timezone.now())


@task
def forget_what_ifs() -> None:
    what_if_run.forget_old(timezone.now())


@task
def try_automation(trial_id: int) -> None:
    trials.work(trial_id)


@task
def sweep_trials() -> None:
    """Those that a killed worker left behind."""
    trials.take_over(timezone.now())


@task
def forget_trials() -> None:
    trials.forget_old(timezone.now())


@task
def erase_customer(erasure_id: int) -> None:
    erasure_run.erase(erasure_id, timezone.now())


@task
def sweep_erasures() -> None:
    """Those that a killed worker left behind."""
    erasure_run.take_over(timezone.now())


@task
def apply_retention() -> None:
    """What has been kept as long as it should be, once a day."""
    retention_run.go_on(timezone.now())


@task
def heartbeat() -> None:
    """Started by beat, run by a worker: when this key is fresh, both live."""
    client().set("desk:heartbeat", timezone.now().isoformat(), ex=HEARTBEAT_SECONDS)
