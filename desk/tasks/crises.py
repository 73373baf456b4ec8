"""What is out of the ordinary, crises, and drills of them."""

from django.utils import timezone

from desk.actions.crises import crises, crisis_messages, crisis_routing, crisis_search, escalation
from desk.actions.drills import drill_player
from desk.actions.signals import listening_in, topic_history, watching
from desk.common.background import enqueue
from desk.signals import counting
from desk.tasks.named import task


@task
def watch_streams() -> None:
    """Whether more is said than is normal, or nothing at all."""
    now = timezone.now()
    topic_history.count_back(now)
    watching.watch(now)
    listening_in.look(now)


@task
def forget_counts() -> None:
    counting.forget(timezone.now())


@task
def lapse_crises() -> None:
    """Level 3 that nobody confirmed in time."""
    crises.lapse_due(timezone.now())


@task
def search_for_crises() -> None:
    """Tickets that were there before a crisis was."""
    crisis_search.search(timezone.now())


@task
def route_crisis_tickets() -> None:
    """Tickets of crises whose plan names a team."""
    crisis_routing.route(timezone.now())


@task
def run_escalations() -> None:
    """Chains of crises whose next step is due."""
    escalation.run_due(timezone.now())


@task
def send_crisis_messages(means: str) -> None:
    while crisis_messages.send_due(means, timezone.now()):
        pass


@task
def sweep_crisis_messages() -> None:
    """Words of a crisis whose time has come, whatever became of the hint, and those that a killed worker left."""
    now = timezone.now()
    crisis_messages.give_up_on_stuck(now)
    for means in crisis_messages.waiting(now):
        enqueue("desk.tasks.send_crisis_messages", means)


@task
def play_drill() -> None:
    """Customers of the drill that runs write when it is their turn."""
    drill_player.play(timezone.now())


@task
def sweep_drills() -> None:
    """Reminders, drills to start and to end, and what they left in the queue."""
    drill_player.sweep(timezone.now())
