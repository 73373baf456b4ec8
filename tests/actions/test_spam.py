"""A clock that was cancelled without an answer leaves the first response to be given."""

import pytest

from desk.actions.tickets.tickets import transition
from desk.people.models import User
from desk.sla.models import Clock
from tests.actions.builders import a_mention, an_inbox, minutes, own_words, take_in, the_ticket

pytestmark = pytest.mark.django_db


def test_what_turns_out_not_to_be_spam_still_waits_for_its_first_response() -> None:
    agent = User.objects.create_user("suze", role="agent")
    inbox = an_inbox()
    take_in(inbox, [a_mention("1", at=0)])
    for minute, event in ((5, "mark_spam"), (6, "not_spam")):
        transition(agent, the_ticket().pk, event, now=minutes(minute))
    take_in(inbox, [own_words("2", parent_id="1", at=9)])
    cancelled, met = Clock.objects.exclude(metric="resolution").order_by("id")
    assert (cancelled.metric, cancelled.state) == ("first_response", "cancelled")
    assert (met.metric, met.state, met.started_at, met.met_at) == ("first_response", "met", minutes(0), minutes(9))
    take_in(inbox, [a_mention("3", at=20, thread_id="1")])
    assert Clock.objects.exclude(metric="resolution").latest("id").metric == "next_response"
