"""Lines of batches of answers, taken in one order by whoever changes several of them.

Who works on a batch holds its row, without its key (`no_key`): a line that is changed twice in one transaction looks
at the end whether its batch is there, and whoever erases a customer then holds tickets that the batch wants next.
"""

from django.db.models import QuerySet

from desk.replies.models import AnswerLine


def in_order(lines: "QuerySet[AnswerLine]") -> "QuerySet[AnswerLine]":
    """The same ones, held until the transaction ends: two who change several of them never wait for each other in a
    ring, as a batch at work and whoever erases a customer would.
    """
    taken = lines.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
    return AnswerLine.objects.filter(pk__any_of=list(taken))
