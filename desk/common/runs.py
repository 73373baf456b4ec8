"""Work that takes longer than a request may: a row that says how far it is, and a sweep for what lost its worker."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from desk.common.background import enqueue
from desk.common.logs import logger

LOST_AFTER = timedelta(seconds=30)  # without a step: the worker is gone
MOST_TRIES = 5  # without a step between them


class Run(models.Model):
    """A worker does it; whoever asked reads the row until it is no longer running.

    A kind of run adds an index on `moved_at` of those that run, by which the sweep finds them.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    moved_at = models.DateTimeField()  # a run that has not moved for a while lost its worker
    tries = models.PositiveSmallIntegerField(default=0)  # since it moved last
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def begin(kind: type[Run], run_id: int) -> bool:
    """Count one more try; whether there is something to do. With a step that is written down it is 0 again."""
    return bool(_running(kind).filter(pk=run_id).update(tries=F("tries") + 1))


def take_over(kind: type[Run], task: str, now: datetime) -> list[int]:
    """Runs that lost their worker or wait for one, to be gone on with; one at which workers fail over and over ends."""
    lost = _running(kind).filter(moved_at__lt=now - LOST_AFTER)
    failed = lost.filter(tries__gte=MOST_TRIES).update(state=Run.State.FAILED, ended_at=now)
    if failed:
        logger.error("runs failed", kind=kind._meta.model_name, count=failed)
    taken = [pk for pk in lost.values_list("pk", flat=True) if lost.filter(pk=pk).update(moved_at=now)]  # one sweep's
    for run_id in taken:
        enqueue(task, run_id)
    return taken


def _running(kind: type[Run]) -> "models.QuerySet[Run]":
    return kind._default_manager.filter(state=Run.State.RUNNING)
