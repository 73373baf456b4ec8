"""Finding tickets by words, number or handle, and customers by what they are called on any network."""

from django.db.models import F, QuerySet
from django.db.models.functions import Lower

from desk.common.few import few, some
from desk.tickets.models import Customer, Message, Profile, Ticket
from desk.tickets.names import NameWords, beginning_with

LONGEST_QUERY = 200  # characters
CLOSE = 50  # accounts that a few letters stand for; whoever means another one types on


def tickets_about(rows: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    """Of these tickets the one with a number (`#12`), those of a handle (`@marit`), or those whose messages say this.

    Words are looked for in Dutch and English. What was deleted is not found.
    """
    words = words.replace("\x00", " ").strip()[:LONGEST_QUERY]
    if words.lstrip("#").isascii() and words.lstrip("#").isdigit() and len(words) < 19:
        return rows.filter(pk=int(words.lstrip("#")))
    if words.startswith("@"):
        return rows.filter(profile__in=_called(words))
    said = Message.objects.filter(ticket__isnull=False, deleted_at=None).extra(
        where=[
            "search @@ (websearch_to_tsquery('dutch', %s) || websearch_to_tsquery('english', %s)"
            " || websearch_to_tsquery('simple', %s))"
        ],
        params=[words, words, words],
    )
    hits = said.values_list("ticket_id", flat=True)
    found = few(hits)
    return rows.filter(pk__in=hits) if found is None else rows.filter(pk__any_of=set(found))


def customers(words: str = "") -> QuerySet[Customer]:
    """All customers, or those of whom each word begins a word of a name or handle."""
    rows = Customer.objects.prefetch_related("profiles")
    if not words.strip():
        return rows
    hits = _named(words).values_list("customer_id", flat=True)
    found = few(hits)
    return rows.filter(pk__in=hits) if found is None else rows.filter(pk__any_of=set(found))


def tickets_of_people(rows: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    """Of these tickets those of whom a few letters may stand for: whose handle it is, or whose name begins so."""
    likely = [*some(_called(words), CLOSE), *some(_named(words).values_list("pk", flat=True), CLOSE)]
    return rows.filter(profile__any_of=set(likely))


def _called(words: str) -> "QuerySet[Profile, int]":
    """The accounts with this handle, written with @ or without."""
    handle = words.strip().lower()
    accounts = Profile.objects.alias(plain=Lower("handle")).filter(plain__in=[handle.removeprefix("@"), handle])
    return accounts.values_list("pk", flat=True)


def _named(words: str) -> QuerySet[Profile]:
    question = beginning_with(words)
    if question is None:
        return Profile.objects.none()
    return Profile.objects.alias(words=NameWords(F("name"), F("handle"))).filter(words=question)
