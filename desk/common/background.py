"""The one way to hand work to a worker: after the commit, by name and ids, and never at the cost of the request."""

from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerAway

from desk.common.logs import logger


def enqueue(task: str, *args: object, countdown: float | None = None) -> None:
    """Start `task` (such as "desk.tasks.send_reply") once the running transaction is committed.

    `countdown` is in seconds. With the broker away nothing is raised: the sweep finds the work in the database.
    """
    transaction.on_commit(partial(_hand_over, task, args, countdown), robust=True)


def _hand_over(task: str, args: tuple[object, ...], countdown: float | None) -> None:
    try:
        current_app.send_task(task, args=args, countdown=countdown)
    except (BrokerAway, OSError) as problem:
        logger.warning("broker away, the sweep will find it", task=task, problem=str(problem))
