"""The swarm of a crisis: opened by itself at a level for which the plan says so, over when the crisis is.

Those who work on a crisis talk there and nowhere else. Its log is for what was decided: a word is put into it
(`into_log`), and what was found stands in the report.
"""

from datetime import datetime

from desk.actions.threads.swarms import end
from desk.actions.threads.thread_tells import follow, tell
from desk.crises.models import Crisis
from desk.crises.plans import plan_of
from desk.people.models import User
from desk.threads.models import LONGEST_TOPIC, Thread


def swarm_for(crisis: Crisis, before: int, now: datetime) -> None:
    """In the transaction that reached the level: a thread for those who work on it, unless there is one."""
    if crisis.plan_id is None or crisis.level <= before or not plan_of(crisis.plan_id).levels[crisis.level].swarm:
        return
    if running(crisis) is not None:
        return
    thread = Thread.objects.create(
        topic=crisis.name[:LONGEST_TOPIC], crisis=crisis, swarm=True, created_at=now, last_at=now
    )
    follow(thread, [crisis.owner] if crisis.owner is not None else ())
    tell(thread)


def end_swarm(crisis: Crisis, actor: User, now: datetime) -> None:
    """The crisis is over: what is pinned by then is what was found."""
    for thread in crisis.threads.select_for_update().filter(swarm=True, closed_at=None):
        end(thread, thread.summary, actor, now)


def running(crisis: Crisis) -> Thread | None:
    """The swarm in which its people talk now."""
    return crisis.threads.filter(swarm=True, closed_at=None).order_by("-id").first()


def findings_of(crisis: Crisis) -> list[Thread]:
    """What its swarms found, the oldest first."""
    rows = crisis.threads.filter(swarm=True, private=False).exclude(finding="").select_related("closed_by")
    return list(rows.order_by("id"))
