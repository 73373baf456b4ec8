"""Of two who want the same ticket, one gets it."""

import threading

import pytest
from django.db import connections, transaction

from desk.actions.tickets import tickets
from desk.common.errors import Conflict
from desk.people.models import User
from desk.tickets.models import TicketEvent
from tests.actions.builders import NOON, a_mention, an_inbox, take_in, the_ticket


@pytest.mark.django_db(transaction=True)
def test_who_waited_for_the_other_to_finish_is_told_that_they_were_late() -> None:
    """The second looks while the first has not committed: it must not go by what it saw before it had to wait."""
    anna, bo = (User.objects.create_user(name, first_name=name) for name in ("Anna", "Bo"))
    take_in(an_inbox(), [a_mention("1")])
    ticket = the_ticket()
    refused: list[str] = []

    def late() -> None:
        try:
            tickets.claim(bo, ticket.pk, now=NOON)
        except Conflict as problem:
            refused.append(str(problem.message))
        finally:
            connections.close_all()

    with transaction.atomic():
        tickets.claim(anna, ticket.pk, now=NOON)
        other = threading.Thread(target=late)
        other.start()
        other.join(0.5)
        assert other.is_alive(), "it waits for the row"
    other.join(20)
    ticket.refresh_from_db()
    assert ticket.assignee == anna
    assert refused == ["Anna was quicker and has this ticket."]
    assert TicketEvent.objects.filter(kind="claimed").count() == 1
