"""What a ticket's page says of the crises that it is part of, read with the ticket itself."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from desk.crises.models import CrisisTicket
from desk.tickets.models import Ticket
from policies.crisis_states import State

OVER = (State.STOOD_DOWN, State.REVIEWED, State.DISMISSED)


@dataclass(frozen=True, slots=True)
class Part:
    """A crisis that a ticket is part of; `how` is a value of `CrisisTicket.How`."""

    crisis: int
    name: str
    how: str
    state: str

    @property
    def how_words(self) -> str:
        return str(CrisisTicket.How(self.how).label)

    @property
    def over(self) -> bool:
        """Whether it is counted among its tickets, and nothing follows from that any more."""
        return self.state in OVER


def with_crises(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Tickets for `crises_shown`, without another query."""
    rows = CrisisTicket.objects.filter(ticket=OuterRef("pk"), left_at=None).order_by("-crisis_id")
    form = JSONObject(crisis="crisis_id", name="crisis__name", how="how", state="crisis__state")
    return tickets.annotate(crises_of_it=ArraySubquery(rows.values(form=form)))


def crises_shown(ticket: Ticket) -> list[Part]:
    """The newest first."""
    return [Part(**form) for form in vars(ticket)["crises_of_it"]]
