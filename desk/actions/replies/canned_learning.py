"""What past replies teach of canned responses, and what to suggest of them. A suggestion is never sent by itself."""

from collections.abc import Collection

from django.db import connection
from django.db.models import F

from desk.replies.models import CannedResponse, CannedTerm, Reply
from desk.tickets.models import Message, Ticket
from policies.reply_states import State
from policies.suggestions import Learned, suggest, terms_of

FORGET_EVERY = 500  # uses after which the words that stood in one message only are forgotten
_MESSAGES = 3  # of the customer, the newest, that say what it is about


def learn(reply: Reply) -> None:
    """Add the words of the message that was answered, in the transaction in which the reply became sent."""
    if reply.answers is None or reply.answers.deleted_at is not None:
        return
    terms = sorted(terms_of(reply.answers.text))  # in one order, so that two replies at once never wait for each other
    if not terms:
        return
    canned_id = reply.canned_response_id or 0
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO replies_cannedterm (canned_response_id, term, uses)
            SELECT %s, term, 1 FROM unnest(%s::text[]) AS term
            ON CONFLICT (canned_response_id, term) DO UPDATE SET uses = replies_cannedterm.uses + 1""",
            [canned_id, terms],
        )
    found = CannedResponse.objects.filter(pk=canned_id)
    found.update(times_learned=F("times_learned") + 1)
    if found.values_list("times_learned", flat=True).get() % FORGET_EVERY == 0:
        CannedTerm.objects.filter(canned_response=canned_id, uses=1).delete()


def unlearn(message_ids: Collection[int]) -> None:
    """What replies to these messages taught is taken back, before their words are erased."""
    rows = Reply.objects.filter(answers__any_of=message_ids, state=State.SENT, canned_response__isnull=False)
    for reply in rows.select_related("answers").order_by("pk"):
        if reply.answers is None:
            continue
        wordings = [reply.answers.text, *reply.answers.versions.values_list("text", flat=True)]
        said = {term for wording in wordings for term in terms_of(wording)}  # whichever it was by then
        learned = CannedTerm.objects.filter(canned_response=reply.canned_response_id, term__in=said)
        learned.filter(uses=1).delete()
        learned.update(uses=F("uses") - 1)
        CannedResponse.objects.filter(pk=reply.canned_response_id or 0, times_learned__gt=0).update(
            times_learned=F("times_learned") - 1
        )


def suggested(ticket: Ticket) -> list[int]:
    """The likeliest canned responses for what the customer said last, the best first, wherever they may be offered."""
    known = CannedResponse.objects.filter(times_learned__gt=0).count()
    if not known:
        return []
    said = Message.objects.filter(ticket=ticket, outgoing=False, deleted_at=None).order_by("-created_at", "-id")
    asked = terms_of("\n".join(said.values_list("text", flat=True)[:_MESSAGES]))
    return [one.id for one in suggest(asked, _learned(asked), known)]


def _learned(asked: Collection[str]) -> list[Learned]:
    rows = CannedTerm.objects.filter(term__in=asked)
    found: dict[int, tuple[int, dict[str, int]]] = {}
    columns = ("canned_response", "canned_response__times_learned", "term", "uses")
    for canned_id, learned, term, uses in rows.values_list(*columns):
        found.setdefault(canned_id, (learned, {}))[1][term] = uses
    return [Learned(canned_id, learned, terms) for canned_id, (learned, terms) in found.items()]
