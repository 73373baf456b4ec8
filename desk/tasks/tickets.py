"""What time brings to tickets: clocks, owners, questions, rules."""

from django.utils import timezone

from desk.actions.automation import firing
from desk.actions.automation import log as automation_log
from desk.actions.questions import question_sweep
from desk.actions.sla import clock_sweep, sla_change
from desk.actions.tickets import assignment, tickets
from desk.tasks.named import task


@task
def sweep_clocks() -> None:
    clock_sweep.sweep(timezone.now())


@task
def renew_open_clocks() -> None:
    """Where a change of policies or a crisis also holds for what is open."""
    sla_change.renew_open_clocks(timezone.now())


@task
def assign_tickets(team_id: int) -> None:
    assignment.assign(team_id, timezone.now())


@task
def sweep_assignment() -> None:
    """What found nobody before, and what people who went away have left behind."""
    assignment.sweep(timezone.now())


@task
def wake_snoozed() -> None:
    tickets.wake(timezone.now())


@task
def sweep_questions() -> None:
    """Questions to colleagues: reminders, deputies, and those that nobody has answered."""
    question_sweep.sweep(timezone.now())


@task
def run_automation() -> None:
    """What has happened, and what time has brought, sets rules off."""
    firing.run(timezone.now())


@task
def forget_firings() -> None:
    automation_log.forget_old(timezone.now())
