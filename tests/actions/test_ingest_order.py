"""Networks deliver in any order and in any portions: what the desk makes of a story does not depend on it."""

import itertools
from collections.abc import Sequence

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.inboxes.gateway import Item
from desk.tickets.models import Message, Ticket
from policies.ticket_states import info
from tests.actions.builders import a_mention, a_message, an_inbox, minutes, own_words, take_in
from tests.actions.promised import promise
from tests.examples import examples

pytestmark = pytest.mark.django_db(transaction=True)

STORY: tuple[Item, ...] = (
    a_mention("1", at=0, by="marit"),
    own_words("2", parent_id="1", at=5, text="We zoeken het uit"),
    a_mention("3", at=9, by="marit", thread_id="1", parent_id="2", text="En?"),
    a_mention("4", at=11, by="tom", thread_id="1", parent_id="1", text="Hier ook"),
    own_words("5", parent_id="4", at=20, thread_id="1", text="Hoi Tom"),
    a_mention("6", at=30, by="fatima", text="Andere vraag"),
    a_message("7", at=31, by="noor", text="Privé"),
    a_message("8", at=33, by="noor", text="Nog iets"),
)


@given(
    order=st.permutations(range(len(STORY))),
    cuts=st.lists(st.integers(1, len(STORY) - 1), max_size=4),
    again=st.lists(st.sampled_from(range(len(STORY))), max_size=3),
)
@settings(max_examples=examples(24, 120), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_in_any_portions_ends_in_the_same_desk(
    order: Sequence[int], cuts: list[int], again: list[int]
) -> None:
    edges = [0, *sorted(set(cuts)), len(order)]
    portions = [order[start:end] for start, end in itertools.pairwise(edges)]
    told = [[STORY[number] for number in portion] for portion in [*portions, again]]
    assert _desk_after(told) == _desk_after([STORY])


def _desk_after(portions: Sequence[Sequence[Item]]) -> object:
    """What matters of the desk once it has taken these portions in; nothing of it stays."""
    with transaction.atomic():
        promise(first=30)
        inbox = an_inbox()
        for portion in portions:
            take_in(inbox, portion, now=minutes(60))
        tickets = {
            ticket.profile.handle: (
                info(ticket.state).category,
                ticket.waiting_since,
                ticket.due_at,
                ticket.last_reply_at,
                ticket.preview,
                sorted(ticket.messages.values_list("external_id", flat=True)),
            )
            for ticket in Ticket.objects.select_related("profile")
        }
        count = Message.objects.count()
        transaction.set_rollback(True)
    assert not connection.in_atomic_block
    return tickets, count
