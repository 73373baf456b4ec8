"""What if this version of the rulebook had held? Somebody asks, and a worker answers in portions (`what_if_run`)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.rulebooks.what_if_file import MOST_NAMED, Row
from desk.actions.rulebooks.what_if_file import read as read_file
from desk.actions.rulebooks.what_if_subjects import sent_replies
from desk.common.background import enqueue
from desk.common.bulk import insert_rows
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.replies.models import Reply
from desk.rulebooks.models import RulebookVersion, WhatIf, WhatIfLine
from policies.rulebook_states import State

LONGEST_PERIOD = 366  # days
MOST_REPLIES = 250_000  # in one run
MOST_RUNNING = 5  # at a time
LONGEST_NAME = 200
_LINE = ("run_id", "number", "text", "network", "visibility", "language", "team", "agent")
_PORTION = 5_000  # lines in one statement


def ask_about_replies(actor: User, number: int, *, days: int, now: datetime | None = None) -> WhatIf:
    """Run a version over the replies that left in the last `days`. Raises Invalid, Missing, Conflict."""
    require(actor, Permission.WRITE_RULEBOOK)
    now = now or timezone.now()
    if not 1 <= days <= LONGEST_PERIOD:
        raise _refusal("days", _("From 1 to %(most)d days.") % {"most": LONGEST_PERIOD})
    with transaction.atomic():
        run = _begun(actor, number, now)
        run.days, run.since = days, now - timedelta(days=days)
        run.total = Reply.objects.filter(sent_replies(run))[: MOST_REPLIES + 1].count()
        if run.total > MOST_REPLIES:
            raise _refusal(
                "days", _("These are more than %(most)d replies. Choose fewer days.") % {"most": MOST_REPLIES}
            )
        return _kept(actor, run)


def ask_about_file(actor: User, number: int, *, raw: bytes, file_name: str = "", now: datetime | None = None) -> WhatIf:
    """Run a version over the texts of a CSV file; a line that can't be used is named in the result, the others go on.

    Raises Invalid where none can be used, Missing, Conflict.
    """
    require(actor, Permission.WRITE_RULEBOOK)
    found = read_file(raw)
    with transaction.atomic():
        run = _begun(actor, number, now or timezone.now())
        run.file_name = _name(file_name)
        run.total = len(found.rows)
        run.refused_count = len(found.refused)
        run.refused = [
            {"line": one.line, "column": one.column, "reason": one.reason} for one in found.refused[:MOST_NAMED]
        ]
        kept = _kept(actor, run)
        _keep_lines(kept, found.rows)
        return kept


def cancel(actor: User, run_id: int, *, now: datetime | None = None) -> WhatIf:
    """Stop it; what was found so far stays. Raises Missing, Conflict where it has ended."""
    require(actor, Permission.WRITE_RULEBOOK)
    now = now or timezone.now()
    with transaction.atomic():
        run = WhatIf.objects.select_for_update().filter(pk=run_id).first()
        if run is None:
            raise Missing(_("There is no such what-if. It may have been too old."))
        if run.state != WhatIf.State.RUNNING:
            raise Conflict(_("This what-if has ended already."))
        run.state, run.ended_at = WhatIf.State.CANCELLED, now
        run.save(update_fields=["state", "ended_at"])
        audit(actor, "what_if_cancelled", run, checked=run.checked, total=run.total)
    return run


def _begun(actor: User, number: int, now: datetime) -> WhatIf:
    """A new run, not saved yet. Whoever begins one holds the active version, so that it can't be replaced meanwhile."""
    active = RulebookVersion.objects.select_for_update().filter(state=State.ACTIVE).first()
    version = RulebookVersion.objects.filter(number=number).first()
    if version is None:
        raise Missing(_("There is no version %(number)d of the rulebook.") % {"number": number})
    if active is None:
        raise Conflict(_("Somebody was quicker. Look at the rulebook again."))
    if WhatIf.objects.filter(state=WhatIf.State.RUNNING).count() >= MOST_RUNNING:
        raise Conflict(_("%(count)d what-ifs are running. Wait for one, or cancel one.") % {"count": MOST_RUNNING})
    return WhatIf(
        version=version, document=version.document, compared=active, asked_by=actor, asked_at=now, moved_at=now
    )


def _kept(actor: User, run: WhatIf) -> WhatIf:
    run.save()
    about = {"days": run.days} if run.days else {"file": run.file_name}
    audit(actor, "what_if_asked", run, number=run.version.number, total=run.total, **about)
    enqueue("desk.tasks.answer_what_if", run.pk)
    return run


def _keep_lines(run: WhatIf, rows: list[Row]) -> None:
    for start in range(0, len(rows), _PORTION):
        insert_rows(
            WhatIfLine,
            _LINE,
            (
                (run.pk, row.number, row.text, row.network, row.visibility, row.language, row.team, row.agent)
                for row in rows[start : start + _PORTION]
            ),
        )


def _name(given: str) -> str:
    """A file's name as one short line."""
    return " ".join(given.replace("\x00", "").split())[:LONGEST_NAME]


def _refusal(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})
