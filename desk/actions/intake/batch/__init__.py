"""From a network's item to a ticket, second half: one batch of one inbox in one transaction.

A batch looks up what is known (`known`), works out in memory what arrives for the first time (`arriving`), and writes
it down set-based, a statement a table (`writing`). Edits, deletions and what turns context into a mention are rare and
go one by one (`desk.actions.intake.revisions`) once the arrivals are written.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F

from desk.actions.intake import revisions
from desk.actions.intake.batch import marks, reactions
from desk.actions.intake.batch.arriving import Arriving
from desk.actions.intake.batch.known import Known
from desk.actions.intake.batch.parts import NOTHING_AROUND, Around, Stored
from desk.actions.intake.batch.writing import put_late_ones_in_order, write
from desk.actions.tickets import assignment
from desk.actions.tickets.announce import announce
from desk.inboxes.gateway import EVENTS, Change, ItemKind
from desk.inboxes.models import Inbox, RawItem
from desk.tickets.models import OPEN_STATES

__all__ = ["Around", "Batch", "Stored"]

MOST_WAITS, WAIT = 10, timedelta(seconds=30)  # for a message that was deleted before it reached us

MOST_WAITS_OF_REACTIONS = 2  # most of those without a message are below posts that nobody ever wrote to us about


class Batch:
    """Some raw items of one inbox. The caller holds the inbox's lock and a transaction.

    `around`: as the caller saw it once the lock was held.
    """

    def __init__(self, inbox: Inbox, stored: Sequence[Stored], now: datetime, around: Around = NOTHING_AROUND) -> None:
        self.inbox = inbox
        self.now = now
        in_order = sorted(stored, key=lambda one: (one.at, one.raw_id))  # networks deliver out of order
        self.reactions = [one for one in in_order if one.item.kind is ItemKind.REACTION]
        self.marks = [one for one in in_order if one.item.kind in (ItemKind.READ, ItemKind.CONTROL)]
        self.stored = [one for one in in_order if one.item.kind not in EVENTS]
        self.known = Known(inbox, [one.item for one in self.stored], now, around)
        self.arriving = Arriving(self.known)

    def run(self) -> set[int]:
        """Everything, in order. Gives back the raw items that have to come again later."""
        self.known.load()
        rare = []
        for stored in self.stored:
            item = stored.item
            if item.change is Change.DELETED or item.external_id in self.known.messages:
                rare.append(stored)
            else:
                self.arriving.take(stored)
        write(self.known, self.arriving)
        put_late_ones_in_order(self.known, self.arriving)
        unknown = [stored for stored in rare if not revisions.revise(self.inbox, stored.item, self.now)]
        self._tell()
        marks.take(self.inbox, self.marks)
        unknown += [one for one in reactions.take(self.inbox, self.reactions) if one.attempts < MOST_WAITS_OF_REACTIONS]
        again = self._await(unknown)
        self.known.crises.count()
        return again

    def _tell(self) -> None:
        announce((case.ticket, why) for case, why in self.arriving.touched.items())
        without = (case.ticket for case in self.arriving.touched if case.ticket.assignee_id is None)
        if self.inbox.team_id and any(self.known.is_assigned(one) and one.state in OPEN_STATES for one in without):
            assignment.wake(self.inbox.team_id)

    def _await(self, unknown: Sequence[Stored]) -> set[int]:
        """Deletions that overtook their message wait for it, a while."""
        again = [stored.raw_id for stored in unknown if stored.attempts < MOST_WAITS]
        RawItem.objects.filter(pk__any_of=again).update(attempts=F("attempts") + 1, retry_at=self.now + WAIT)
        return set(again)
