"""The work of a what-if: portion by portion, each written down with where to go on, so that a killed worker loses none.

The row of the run is locked while a portion is worked on: of two workers at once one does the work. A cancelled run
stops at the next portion.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from desk.actions.crises.crisis_past import LevelsThen
from desk.actions.rulebooks.what_if_subjects import Subject, lines, replies, templates
from desk.common import runs
from desk.common.background import enqueue
from desk.rulebooks.models import WhatIf, WhatIfText
from desk.rulebooks.what_if import Looked, forget, keep
from policies.rulebook_form import parse
from policies.what_if import Verdict, gravity
from policies.what_if import WhatIf as Comparison

PORTION = 500  # texts in one transaction, a quarter of a second
TEMPLATES = 50  # canned responses in one transaction
PORTIONS = 20  # in one task, about five seconds; then others have their turn
KEPT = timedelta(days=30)
MOST_KEPT = 50  # runs
_MOVED = ("state", "ended_at", "moved_at", "tries", "checked", "reached_at", "reached", "templates_reached")


def go_on(run_id: int, now: datetime) -> bool:
    """Work on a run for about five seconds; whether there is more to do."""
    if not runs.begin(WhatIf, run_id):
        return False
    run = WhatIf.objects.select_related("compared").get(pk=run_id)
    comparison = Comparison(parse(run.document), parse(run.compared.document))
    levels = LevelsThen(run.since or run.asked_at, run.asked_at)
    return all(_portion(run_id, comparison, levels, now) for _ in range(PORTIONS))


def answer(run_id: int, now: datetime) -> None:
    """Work on a run, and have it go on where that was not all."""
    if go_on(run_id, now):
        enqueue("desk.tasks.answer_what_if", run_id)


def take_over(now: datetime) -> list[int]:
    """Runs that lost their worker or wait for one, to be gone on with."""
    return runs.take_over(WhatIf, "desk.tasks.answer_what_if", now)


def forget_old(now: datetime) -> int:
    """Delete runs that ended long ago, or past which many newer ones stand; how many."""
    ended = WhatIf.objects.exclude(state=WhatIf.State.RUNNING).order_by("-id")
    old = set(ended.filter(asked_at__lt=now - KEPT).values_list("pk", flat=True))
    old.update(ended.values_list("pk", flat=True)[MOST_KEPT:])
    for run_id in sorted(old):
        with transaction.atomic():
            forget(run_id)
    return len(old)


@transaction.atomic
def _portion(run_id: int, comparison: Comparison, levels: LevelsThen, now: datetime) -> bool:
    """One portion, written down whole or not at all; whether another follows."""
    rows = WhatIf.objects.select_for_update(skip_locked=True).defer("document", "refused")
    run = rows.filter(pk=run_id, state=WhatIf.State.RUNNING).first()
    if run is None:
        return False
    more = _templates(run, comparison) if run.templates_reached is not None else _texts(run, comparison, levels)
    if not more:
        run.state, run.ended_at = WhatIf.State.DONE, now
    run.moved_at, run.tries = now, 0
    run.save(update_fields=_MOVED)
    return more


def _texts(run: WhatIf, comparison: Comparison, levels: LevelsThen) -> bool:
    subjects = lines(run, comparison, PORTION) if run.days is None else replies(run, comparison, levels, PORTION)
    keep(run.pk, [_looked(one, comparison.verdict(one.facts, one.signature_before)) for one in subjects])
    run.checked += len(subjects)
    if subjects:
        last = subjects[-1]
        run.reached_at, run.reached = last.at, last.id
    return len(subjects) == PORTION


def _templates(run: WhatIf, comparison: Comparison) -> bool:
    found = list(templates(run, comparison, TEMPLATES))
    looked: list[Looked] = []
    for _response, subjects in found:
        for language in dict.fromkeys(one.facts.language for one in subjects):
            looked += _told_once([one for one in subjects if one.facts.language == language], comparison)
    keep(run.pk, looked)
    run.templates_reached = found[-1][0].pk if len(found) == TEMPLATES else None
    return True


def _told_once(subjects: Sequence[Subject], comparison: Comparison) -> list[Looked]:
    """One text of a canned response: where the same is found in it, that is told once, with all the places."""
    together: dict[tuple[object, ...], tuple[Subject, Verdict, list[tuple[str, str]]]] = {}
    for one in subjects:
        verdict = comparison.verdict(one.facts, one.signature_before)
        found = tuple((outcome.code, outcome.severity, outcome.before) for outcome in verdict.outcomes)
        places = together.setdefault(found, (one, verdict, []))[2]
        if (place := (one.facts.network, str(one.facts.visibility))) not in places:
            places.append(place)
    gravest_first = sorted(together.values(), key=lambda told: gravity(told[1].severity))
    return [
        replace(_looked(one, verdict, places), counts=number == 0)
        for number, (one, verdict, places) in enumerate(gravest_first)
    ]


def _looked(one: Subject, verdict: Verdict, places: Sequence[tuple[str, str]] = ()) -> Looked:
    kind, is_template = one.kind, one.kind == WhatIfText.Kind.TEMPLATE
    return Looked(
        verdict,
        kind,
        reply=one.id if kind == WhatIfText.Kind.REPLY else None,
        line=one.id if kind == WhatIfText.Kind.LINE else None,
        template=one.id if is_template else None,
        name=one.name,
        text=one.facts.text if is_template else "",
        places=places,
        language=one.facts.language if is_template else "",
        team=one.facts.team,
        agent=one.agent,
    )
