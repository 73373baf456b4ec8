"""The work of an erasure: portion by portion, each written down with where to go on: a killed worker loses nothing.

Stage after stage. The row of the erasure is locked while a portion is worked on: of two workers at once one does it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto
from json import loads

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from desk.actions.customers.erasing import InFlight
from desk.actions.customers.erasing.messages import SHOWN, erase_messages, take
from desk.actions.customers.erasing.raws import walk
from desk.actions.customers.erasing.threads import erase_named
from desk.actions.customers.erasing.tickets import erase_tickets
from desk.common.background import enqueue
from desk.common.encryption import unseal
from desk.privacy.models import Erasure
from desk.tickets.models import ERASED, Conversation, Message, Profile, Ticket

MESSAGES, TICKETS = 200, 50  # in one transaction
PORTIONS = 20  # in one task, a few seconds; then others have their turn
LOST_AFTER = timedelta(seconds=30)  # without a step: the worker is gone, or a reply was on its way


class Next(Enum):
    SAME = auto()  # this stage has more
    STAGE = auto()
    LATER = auto()


def go_on(erasure_id: int, now: datetime) -> bool:
    """Work for a few seconds; whether there is more to do at once."""
    return all(_portion(erasure_id, now) for _ in range(PORTIONS))


def erase(erasure_id: int, now: datetime) -> None:
    """Work on an erasure, and have it go on where that was not all."""
    if go_on(erasure_id, now):
        enqueue("desk.tasks.erase_customer", erasure_id)


def take_over(now: datetime) -> list[int]:
    """Erasures that lost their worker or wait for a reply in flight, to be gone on with. They are never given up."""
    lost = Erasure.objects.filter(state=Erasure.State.RUNNING, moved_at__lt=now - LOST_AFTER)
    taken = [pk for pk in lost.values_list("pk", flat=True) if lost.filter(pk=pk).update(moved_at=now)]
    for erasure_id in taken:
        enqueue("desk.tasks.erase_customer", erasure_id)
    return taken


def _portion(erasure_id: int, now: datetime) -> bool:
    """One portion, written down whole or not at all; whether another may follow at once."""
    try:
        with transaction.atomic():
            rows = Erasure.objects.select_for_update(skip_locked=True, of=("self",))
            erasure = rows.filter(pk=erasure_id, state=Erasure.State.RUNNING).first()
            if erasure is None:
                return False
            names = list(_STAGES)
            stage = erasure.stage or names[0]
            if _STAGES[stage](erasure, now) is Next.STAGE:
                following = names[names.index(stage) + 1 :]
                stage, erasure.reached = (following[0] if following else stage), 0
                if not following:
                    erasure.state, erasure.ended_at, erasure.sealed = Erasure.State.DONE, now, b""
            erasure.stage, erasure.moved_at = stage, now
            erasure.save(update_fields=["stage", "reached", "counts", "moved_at", "state", "ended_at", "sealed"])
            return erasure.state == Erasure.State.RUNNING
    except InFlight:
        return False


# ── stages ───────────────────────────────────────────────────────────────────
def _files_of_what_ifs(erasure: Erasure, now: datetime) -> Next:
    """Texts of files that somebody had tried: the person's own, ours to them, and those that call them by handle.

    And the words in which rules found something in those and in our replies to them. First, while their texts can be
    compared.
    """
    handles = [f"%@{_literal(handle)}%" for handle in loads(unseal(bytes(erasure.sealed))["handles"])]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE rulebooks_whatifline SET text = '' WHERE text ILIKE ANY(%s::text[]) OR text IN (
                SELECT message.text FROM tickets_message message
                    JOIN tickets_profile profile ON profile.id = message.profile_id
                    WHERE profile.customer_id = %s AND message.text <> ''
                UNION ALL SELECT reply.text FROM replies_reply reply
                    JOIN tickets_ticket ticket ON ticket.id = reply.ticket_id
                    WHERE ticket.customer_id = %s AND reply.text <> '')""",
            [handles, erasure.customer_id, erasure.customer_id],
        )
        cursor.execute(
            """UPDATE rulebooks_whatiffinding found SET spots = '[]', spots_before = NULL
            FROM rulebooks_whatiftext text
                LEFT JOIN rulebooks_whatifline line ON line.id = text.line_id
                LEFT JOIN replies_reply reply ON reply.id = text.reply_id
                LEFT JOIN tickets_ticket ticket ON ticket.id = reply.ticket_id
            WHERE found.text_id = text.id AND (ticket.customer_id = %s OR line.text = '')""",
            [erasure.customer_id],
        )
    return Next.STAGE


def _messages(erasure: Erasure, now: datetime) -> Next:
    """What the person wrote, then what we wrote on their tickets, then what answered them elsewhere."""
    profiles = Profile.objects.filter(customer=erasure.customer_id).values("pk")
    left = Message.objects.filter(erased_at=None)
    for theirs in (
        left.filter(profile__in=profiles),
        left.filter(ticket__customer=erasure.customer_id, outgoing=True),
        left.filter(reply__answers__profile__in=profiles, outgoing=True),
    ):
        messages = list(theirs.only(*SHOWN).order_by("pk")[:MESSAGES])
        if messages:
            take(messages)
            _count(erasure, erase_messages(messages, now))
            return Next.SAME
    _forget_threads(erasure)
    return Next.STAGE


def _tickets(erasure: Erasure, now: datetime) -> Next:
    rows = Ticket.objects.filter(customer=erasure.customer_id, pk__gt=erasure.reached).order_by("pk")
    ids = list(rows.select_for_update().values_list("pk", flat=True)[:TICKETS])
    if not ids:
        return Next.STAGE
    _count(erasure, erase_tickets(ids, now))
    erasure.reached = ids[-1]
    return Next.SAME


def _raws(erasure: Erasure, now: datetime) -> Next:
    accounts = [(network, external_id) for network, external_id in loads(unseal(bytes(erasure.sealed))["accounts"])]
    last, emptied = walk(erasure.reached, erasure.asked_at, accounts, now)
    _count(erasure, {"raw": emptied})
    if last is None:
        return Next.STAGE
    erasure.reached = last
    return Next.SAME


def _threads(erasure: Erasure, now: datetime) -> Next:
    """What colleagues said of the person anywhere, by handle; what hangs at tickets goes with them."""
    handles = loads(unseal(bytes(erasure.sealed))["handles"])
    _count(erasure, {"threads": erase_named([handle for handle in handles if handle])})
    return Next.STAGE


_STAGES: dict[str, Callable[[Erasure, datetime], Next]] = {
    "what_ifs": _files_of_what_ifs,
    "threads": _threads,
    "messages": _messages,
    "tickets": _tickets,
    "raws": _raws,
}


def _forget_threads(erasure: Erasure) -> None:
    """A private thread has the person's id in its name on some networks, a public one is often their own post.

    One that others wrote in keeps its id, which tells where their next words belong.
    """
    profiles = Profile.objects.filter(customer=erasure.customer_id).values("pk")
    here = Message.objects.filter(conversation=OuterRef("pk"))
    threads: QuerySet[Conversation] = Conversation.objects.filter(
        Exists(here.filter(profile__in=profiles)),
        ~Exists(here.filter(profile__isnull=False).exclude(profile__in=profiles)),
    ).exclude(thread_id__startswith=ERASED)
    ids = set(Message.objects.filter(profile__in=profiles).values_list("conversation_id", flat=True).distinct())
    ids |= set(Ticket.objects.filter(customer=erasure.customer_id).values_list("conversation_id", flat=True))
    for thread in threads.filter(pk__any_of=ids):
        thread.thread_id = f"{ERASED}{thread.pk}"
        thread.save(update_fields=["thread_id"])


def _count(erasure: Erasure, more: "dict[str, int]") -> None:
    for name, count in more.items():
        erasure.counts[name] = erasure.counts.get(name, 0) + count


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
