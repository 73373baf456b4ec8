"""What colleagues said to each other about somebody: that they talked stays, what they said and handed in goes.

All of what hangs at a ticket, and in any other thread the words that name the ticket or call the person by handle.
"""

from collections.abc import Collection, Sequence

from django.db.models import F, Q, QuerySet

from desk.actions.customers.erasing import GONE
from desk.actions.intake.mailed_files import expect_none
from desk.actions.threads import thread_mail
from desk.common import files
from desk.threads.models import Thread, Version, Word, WordFile


def erase_threads(ids: Collection[int]) -> int:
    """Of these tickets; how many words lost their text."""
    threads = Thread.objects.filter(ticket__any_of=ids)
    Version.objects.filter(thread__in=threads, word=None).delete()
    threads.filter(closed_at=None, swarm=True).update(closed_at=F("last_at"))
    threads.update(topic=GONE, summary="", finding="")
    return _empty(Word.objects.filter(Q(thread__in=threads) | Q(tickets__any_of=ids)))


def erase_named(handles: Sequence[str]) -> int:
    """Wherever somebody is called by one of these handles, as @handle; how many words and summaries lost their text."""
    if not handles:
        return 0
    texts = Q()
    for handle in handles:
        texts |= Q(text__icontains=f"@{handle}")
    older = Version.objects.filter(texts)
    count = _empty(Word.objects.filter(Q(pk__in=older.filter(word__isnull=False).values("word")) | texts))
    older.delete()
    for column in ("topic", "summary", "finding"):
        said = Q()
        for handle in handles:
            said |= Q(**{f"{column}__icontains": f"@{handle}"})
        count += Thread.objects.filter(said).update(**{column: GONE})
    return count


def _empty(rows: "QuerySet[Word]") -> int:
    ids = list(rows.values_list("pk", flat=True).distinct())
    Version.objects.filter(word__any_of=ids).delete()
    expect_none(thread_mail.KIND, ids)
    files.erase(WordFile.objects.filter(word__any_of=ids))
    Word.tickets.through.objects.filter(word_id__any_of=ids).delete()
    return Word.objects.filter(pk__any_of=ids).exclude(text="", left_out=[]).update(text="", left_out=[])
