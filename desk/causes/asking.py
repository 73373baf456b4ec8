"""Whether a ticket has to have a cause before it is resolved."""

from django.core.cache import cache
from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from desk.causes.models import Cause, CauseAsking, TicketCause
from desk.tickets.models import Ticket

Asked = CauseAsking.Asked
ASKED_KEPT = 5  # seconds
_KEPT_AS = "causes:asked"


def asked_now() -> str:
    """What the company has set; a value of `Asked`."""
    return CauseAsking.objects.values_list("asked", flat=True).first() or Asked.OPTIONAL


def anybody_is_asked() -> bool:
    """Whether resolving asks for a cause at all: known to a few seconds, as every list asks it."""
    return bool(cache.get_or_set(_KEPT_AS, _asked_at_all, ASKED_KEPT))


def asked_anew() -> None:
    """The company has set something else; screens that ask at this very moment may hear it some seconds later."""
    cache.delete(_KEPT_AS)


def _asked_at_all() -> bool:
    return asked_now() != Asked.OPTIONAL and Cause.objects.filter(archived_at=None, merged_into=None).exists()


def with_asking(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Tickets for `asks` and `said_of`, without another query."""
    wish = Subquery(CauseAsking.objects.order_by("pk").values("asked")[:1])
    nothing = Exists(TicketCause.objects.filter(ticket=OuterRef("pk")))
    offered = Exists(Cause.objects.filter(archived_at=None, merged_into=None))
    otherwise = Case(
        When(nothing, then=Value(Asked.OPTIONAL)),
        When(offered, then=Coalesce(wish, Value(Asked.OPTIONAL))),
        default=Value(Asked.OPTIONAL),
        output_field=CharField(),
    )
    said = Subquery(TicketCause.objects.filter(ticket=OuterRef("pk")).values("cause"))
    return tickets.annotate(asks_for_cause=otherwise, cause_said=said)


def asks(ticket: Ticket) -> bool:
    """Whether resolving it asks for its cause first."""
    return bool(vars(ticket)["asks_for_cause"] != Asked.OPTIONAL)


def said_of(ticket: Ticket) -> int | None:
    """The id of the cause that was said of it."""
    said: int | None = vars(ticket)["cause_said"]
    return said


def lacks_cause(ticket: Ticket) -> bool:
    """Whether it can't be resolved without one. A drill has no causes: nothing happened."""
    if ticket.inbox.drill:
        return False
    found = with_asking(Ticket.objects.filter(pk=ticket.pk)).first()
    return found is not None and vars(found)["asks_for_cause"] == Asked.REQUIRED
