"""A colleague's word on a whole batch of answers: for the replies that wait, and for the lines that have yet to be
handed in.

Each reply keeps an approval of its own, as if it had been read by itself. The word is for exactly the words that stood
there: a line that gets others asks anew.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_moves import at_hand, tell
from desk.actions.replies import approval
from desk.common.errors import Conflict, DeskError, Missing
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies.approvals import CRISIS, NEEDED, ROLE
from desk.replies.models import AnswerBatch, AnswerLine, Approval, Reply
from policies.approval_states import State as ApprovalState
from policies.batch_states import ENDED
from policies.findings import Severity
from policies.reply_states import State

BATCH_APPROVED = "batch_approved"


def words_of(batches: Sequence[AnswerBatch]) -> dict[int, str]:
    """What stands in each now, as a token: whoever approves hands back the one that they read. One query."""
    newest = _asked([batch.pk for batch in batches]).values_list("reply__answer_line__batch").annotate(Max("pk"))
    found = dict(newest.order_by())
    return {batch.pk: f"{batch.rewordings}-{found.get(batch.pk, 0)}" for batch in batches}


def waits_for(batch: AnswerBatch, reader: User) -> int:
    """How many of its answers wait for this person's word; 0 where nobody asks them. At most two queries."""
    if batch.author_id == reader.pk or not reader.may(Permission.APPROVE):
        return 0
    ahead = 0 if batch.state in ENDED else _ahead(batch).count()
    return ahead + _asked([batch.pk]).count()


def approve_batch(actor: User, batch_id: int, *, words: str, now: datetime | None = None) -> int:
    """Agree with all its answers as `words_of` named them; how many. Nobody approves what goes in their own name.

    Replies that were asked for since then are left: nobody has seen why. Raises Conflict where a line got other words
    meanwhile, Missing.
    """
    require(actor, Permission.APPROVE)
    now = now or timezone.now()
    with transaction.atomic():
        batch = AnswerBatch.objects.select_for_update(no_key=True).filter(pk=batch_id).first()
        if batch is None:
            raise Missing(_("There are no such answers."))
        if batch.author_id == actor.pk:
            raise Conflict(_("Nobody approves their own words. Ask a colleague."), code="own_words")
        rewordings, _dash, newest = words.partition("-")
        if rewordings != str(batch.rewordings) or not newest.isdecimal():
            raise Conflict(_("Some of the words have changed since you looked. Look again."), code="look_again")
        ahead = 0 if batch.state in ENDED else _approve_ahead(batch, actor)
        asked = list(_asked([batch.pk]).filter(pk__lte=int(newest[:18])).order_by("pk").values_list("reply_id", "pk"))
        if not ahead and not asked:
            raise Conflict(_("None of these answers waits for your word."), code="not_waiting")
        crisis, count = at_hand(batch.crisis_id, None, now), ahead + len(asked)
        tell(crisis, BATCH_APPROVED, actor=actor, now=now, batch=batch.pk, tickets=count)
    return ahead + sum(_approve(actor, *one, now) for one in asked)


def let_go_as_read(line: AnswerLine, reply: Reply, now: datetime) -> None:
    """Its turn has come: what was approved ahead, for reasons that were known then, leaves; the rest waits as usual.

    In the transaction that handed it in.
    """
    if line.approved_by is None or reply.problem_code != NEEDED or reply.text != line.text:
        return
    asked = Approval.objects.filter(reply=reply, state=ApprovalState.WAITING).first()
    if asked is not None and set(asked.codes) <= set(line.approved_codes):
        _approve(line.approved_by, reply.pk, asked.pk, now)


def _approve_ahead(batch: AnswerBatch, actor: User) -> int:
    """Of each line that waits for its turn: these words, for the reasons that its preview named."""
    lines = list(_ahead(batch).select_for_update(of=("self",)).order_by("pk"))
    for line in lines:
        line.approved_by = actor
        graded = (finding for finding in line.findings if finding["severity"] == Severity.APPROVE)
        line.approved_codes = sorted({CRISIS, ROLE, *(finding["code"] for finding in graded)})
    AnswerLine.objects.bulk_update(lines, ["approved_by", "approved_codes"], batch_size=500)
    return len(lines)


def _approve(actor: User, reply_id: int, approval_id: int, now: datetime) -> bool:
    """Through the one verb for approvals; what refuses it leaves the reply waiting."""
    try:
        with transaction.atomic():
            approval.approve(actor, reply_id, approval_id=approval_id, now=now)
    except DeskError:
        return False
    return True


def _ahead(batch: AnswerBatch) -> "QuerySet[AnswerLine]":
    """Lines that wait for their turn, and for a word that nobody has given ahead."""
    needs = Q(expects=AnswerLine.Expects.APPROVAL, approved_by=None)
    return AnswerLine.objects.filter(needs, batch=batch, state=AnswerLine.States.WAITING)


def _asked(batch_ids: Collection[int]) -> "QuerySet[Approval]":
    """The requests of their replies that nobody has decided."""
    waiting: dict[str, Any] = {"state": ApprovalState.WAITING, "reply__state": State.HELD}
    return Approval.objects.filter(reply__answer_line__batch__in=batch_ids, reply__problem_code=NEEDED, **waiting)
