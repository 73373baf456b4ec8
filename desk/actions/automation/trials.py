"""Rules tried on the past: somebody asks, a worker looks (`trying`), and who asked reads what it found.

A try takes one worker some seconds, whatever came in, and is made as of the moment at which somebody asked: a killed
worker's is begun anew and comes to the same.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.automation.trying import tried
from desk.automation.models import AutomationVersion, Trial
from desk.common import runs
from desk.common.background import enqueue
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require

DAYS = (1, 7, 14, 30)
USUAL_DAYS = 7
MOST_DAYS = 30
MOST_RUNNING = 5  # at a time
FRESH = timedelta(minutes=15)  # so long a proposal that is looked at again is not tried anew
KEPT = timedelta(days=30)
MOST_KEPT = 500
TASK = "desk.tasks.try_automation"
State = Trial.State


def ask(actor: User, number: int, days: int, *, now: datetime | None = None) -> Trial:
    """Try version `number`, whatever its state, on the last days. Raises Invalid, Missing, Conflict."""
    require(actor, Permission.WRITE_AUTOMATION)
    version = AutomationVersion.objects.filter(number=number).first()
    if version is None:
        raise Missing(_("There is no version %(number)d of automation.") % {"number": number})
    if not 1 <= days <= MOST_DAYS:
        words = _("Choose 1 to %(most)d days.") % {"most": MOST_DAYS}
        raise Invalid(words, errors={"days": [words]})
    with transaction.atomic():
        trial = _begun(version.document, days, now or timezone.now(), version=version, asked_by=actor)
        audit(actor, "automation_tried", version, days=days)
    return trial


def of_document(document: Mapping[str, Any], days: int, now: datetime) -> Trial:
    """The newest try of these rules, begun where there is none that is fresh. Raises Conflict."""
    fresh = Trial.objects.filter(digest=_digest(document), days=days, asked_at__gt=now - FRESH).first()
    return fresh or _begun(document, days, now)


def trial_of(reader: User, trial_id: int) -> Trial:
    """What somebody asked about a version. Raises Missing."""
    require(reader, Permission.WRITE_AUTOMATION)
    rows = Trial.objects.exclude(version=None).select_related("version", "asked_by")
    trial = rows.filter(pk=trial_id).first()
    if trial is None:
        raise Missing(_("There is no such try. It may have been too old."))
    return trial


def work(trial_id: int) -> None:
    """Look, and write down what was found. Raises whatever goes wrong: the sweep has it tried again."""
    if not runs.begin(Trial, trial_id):
        return
    trial = Trial.objects.get(pk=trial_id)
    mine = Trial.objects.filter(pk=trial_id, state=State.RUNNING)
    result = tried(trial.book(), trial.days, trial.asked_at, lambda: mine.update(moved_at=timezone.now(), tries=0))
    mine.update(state=State.DONE, result=result, ended_at=timezone.now())


def take_over(now: datetime) -> list[int]:
    """Those that a killed worker left behind."""
    return runs.take_over(Trial, TASK, now)


def forget_old(now: datetime) -> int:
    """Delete those that ended long ago, or past which many newer ones stand; how many."""
    ended = Trial.objects.exclude(state=State.RUNNING)
    old = set(ended.filter(asked_at__lt=now - KEPT).values_list("pk", flat=True))
    old.update(ended.order_by("-id").values_list("pk", flat=True)[MOST_KEPT:])
    return Trial.objects.filter(pk__any_of=old).delete()[0]


def _begun(document: Mapping[str, Any], days: int, now: datetime, **whose: Any) -> Trial:
    if Trial.objects.filter(state=State.RUNNING).count() >= MOST_RUNNING:
        raise Conflict(_("%(count)d tries are running. Wait for one.") % {"count": MOST_RUNNING})
    trial = Trial.objects.create(
        document=document, digest=_digest(document), days=days, asked_at=now, moved_at=now, **whose
    )
    enqueue(TASK, trial.pk)
    return trial


def _digest(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
