"""The one way to hand work to a worker: after the commit, by id, and never at the cost of the request."""

from functools import partial
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerAway

from desk.common.logs import logger


def enqueue(task: "Task[Any, Any]", *args: object, countdown: float | None = None) -> None:
    """Start `task` once the running transaction is committed. With the broker away the sweep finds the work instead."""
    transaction.on_commit(partial(_hand_over, task, args, countdown), robust=True)


def _hand_over(task: "Task[Any, Any]", args: tuple[object, ...], countdown: float | None) -> None:
    try:
        task.apply_async(args=args, countdown=countdown)
    except (BrokerAway, OSError) as problem:
        logger.warning("broker away, the sweep will find it", task=task.name, problem=str(problem))
