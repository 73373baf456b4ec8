"""One customer of the demo went on by a form: a case that began in public, whose answer goes to a page."""

from datetime import datetime

from desk.actions.forms import form_links, form_pages
from desk.actions.forms.form_pages import Written
from desk.actions.intake import ingest
from desk.people.models import User
from desk.tickets.models import Ticket
from policies.ticket_states import State

SAID = "Ik was mijn wachtwoord kwijt, dus dan maar zo. Het gaat om een heen en weer tussen Haarbrug en Zandhaven."


def make_form(agent: User, now: datetime) -> None:
    """Of a Dutch case on X that is still in public; none where there is no such case."""
    cases = Ticket.objects.filter(
        inbox__network="x", state=State.OPEN, language="nl", private=False, moved_private_at=None, problem="",
        merged_into=None, original_gone=False,
    )  # fmt: skip
    case = cases.order_by("-last_message_at").first()
    if case is None:
        return
    link = form_links.make(agent, case.pk, now=now)
    form_pages.take(link, Written(SAID, name="M. de Wit", order="VL-20817"), now)
    ingest.process(case.inbox_id, now)
