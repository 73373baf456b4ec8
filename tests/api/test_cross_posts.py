"""Where else a customer said the same, for programs."""

import pytest

from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db

WORDS = "Mijn vouwfiets mocht vanmorgen niet mee in de trein van acht uur, terwijl hij opgevouwen was"


def test_the_same_words_elsewhere_come_with_what_was_said_and_who_answers(agent: Caller) -> None:
    x, bluesky = an_inbox(), an_inbox(network="bluesky", base_url="https://bsky.example")
    take_in(x, [a_mention("1", text=f"@vlotlijn {WORDS}", thread_id="1")])
    take_in(bluesky, [a_mention("2", text=WORDS, thread_id="2", network="bluesky")])
    here, there = Ticket.objects.order_by("id")
    Ticket.objects.filter(pk=there.pk).update(customer=here.customer_id, assignee=agent.user)
    (found,) = agent.get(f"tickets/{here.pk}/cross-posts/").body
    assert (found["ticket"], found["network"], found["text"], found["status"]) == (there.pk, "bluesky", WORDS, "new")
    assert found["assignee"]["username"] == agent.user.username
    assert found["message"] == there.messages.get().pk
