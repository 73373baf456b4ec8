"""Rows in bulk are the rows that Django would have made."""

from datetime import timedelta

import pytest

from desk.common.bulk import read_rows, unsaved
from desk.sla.models import Clock
from desk.tickets.models import Ticket
from tests.actions.builders import NOON, a_mention, an_inbox, take_in, the_ticket

pytestmark = pytest.mark.django_db


def test_a_row_made_like_another_is_the_one_that_the_constructor_makes() -> None:
    inbox = an_inbox()
    made = unsaved(Ticket(inbox=inbox), preview="Waar blijft de trein?", created_at=NOON)
    constructed = Ticket(inbox=inbox, preview="Waar blijft de trein?", created_at=NOON)
    assert {**vars(made), "_state": None} == {**vars(constructed), "_state": None}
    assert made._state.adding


def test_rows_made_alike_share_nothing() -> None:
    blank = Clock()
    one, other = unsaved(blank, metric="resolution"), unsaved(blank)
    one.due_at = NOON
    one._state.adding = False
    assert (other.metric, other.due_at, other._state.adding, blank.metric) == ("", None, True, "")


def test_what_is_read_has_its_zone() -> None:
    take_in(an_inbox(), [a_mention("1")])
    sql = "SELECT id, created_at, preview, snoozed_until FROM tickets_ticket WHERE created_at = %(at)s"
    ((number, at, preview, nothing),) = read_rows(sql, {"at": NOON})
    assert (number, preview, nothing) == (the_ticket().pk, "Waar blijft de trein?", None)
    assert (at, at.utcoffset()) == (NOON, timedelta(0))
