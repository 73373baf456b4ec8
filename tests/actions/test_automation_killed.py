"""Whatever is cut off or done again: each cause fires each rule once, in order."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.actions.automation import firing
from desk.actions.tickets import tickets
from desk.alerts.models import Notification
from desk.automation.models import Firing, Reading
from desk.people.models import User
from desk.tickets.models import Ticket, TicketEvent
from policies.automation import MOST_DEEP
from tests.actions.automated import a_rule, automated, fired, tag
from tests.actions.builders import a_mention, an_inbox, minutes, take_in
from tests.actions.killing import kill_in_the_middle

TICKETS = 20
ORDERS = st.lists(st.tuples(st.sampled_from(["a", "b", "c", "run", "again"]), st.integers(0, 1)), max_size=8)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("caught_at", ["automation_firing", "alerts_notification", "tickets_ticketevent"])
def test_a_killed_worker_has_done_nothing_and_the_next_does_each_once(project: Path, caught_at: str) -> None:
    boss = User.objects.create_user("mila", role="supervisor")
    firing.run(minutes(0))
    alert = {"do": "alert", "value": f"user:{boss.pk}"}
    automated(a_rule("eerst", "opened", tag("een"), alert), a_rule("dan", "tag", tag("twee")))
    take_in(an_inbox(), [a_mention(str(n), by=f"c{n}", at=n / 60) for n in range(TICKETS)], now=minutes(2))
    kill_in_the_middle(project, caught_at, "desk.actions.automation.firing.run", minutes(3).isoformat())
    assert (Firing.objects.count(), Notification.objects.count()) == (0, 0)
    assert not Ticket.objects.exclude(tags=None).exists()
    for at in (4, 5, 6):
        firing.run(minutes(at))
    numbers = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    assert fired()[:TICKETS] == [("eerst", number) for number in numbers]
    assert sorted(fired()[TICKETS:]) == [("dan", number) for number in numbers]
    assert Notification.objects.count() == TICKETS
    assert TicketEvent.objects.filter(kind="tagged").count() == 2 * TICKETS


@pytest.mark.django_db
@given(ORDERS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_often_lines_are_read_each_cause_fires_a_rule_once(orders: list[tuple[str, int]]) -> None:
    """Agents tag, workers read, and now and then read everything once more."""
    agent, _new = User.objects.get_or_create(username="an", defaults={"role": "agent"})
    run = random.Random(str(orders)).getrandbits(60)
    automated(
        a_rule("b", "tag", tag("b"), {"do": "untag", "value": "a"}, when={"tags": ["a"]}),
        a_rule("c", "tag", tag("c"), when={"tags": ["b"]}, stop=True),
        a_rule("a", "tag", tag("a"), {"do": "priority", "value": "2"}, when={"tags": ["c", "b"]}),
    )
    begun = Reading.objects.get().reached
    inbox = an_inbox(own_id=str(run), name=f"@{run}")
    take_in(inbox, [a_mention(f"{run}-{n}", by=f"c{n}") for n in range(2)], now=minutes(1))
    mine = list(Ticket.objects.filter(inbox=inbox).order_by("pk"))
    for at, (order, which) in enumerate(orders, start=2):
        if order == "run":
            firing.run(minutes(at))
        elif order == "again":
            Reading.objects.update(reached=begun, gaps=[])
        else:
            tickets.tag(agent, mine[which].pk, add=[order], now=minutes(at))
    for at in range(20, 20 + MOST_DEEP + 2):
        firing.run(minutes(at))
    assert firing.run(minutes(30)) == 0
    before = fired()
    Reading.objects.update(reached=begun, gaps=[])
    for at in range(40, 60):  # what did not hold then may hold now; it comes to an end all the same
        firing.run(minutes(at))
    assert firing.run(minutes(60)) == 0
    assert fired()[: len(before)] == before
    rows = list(Firing.objects.filter(ticket__in=mine).order_by("id"))
    assert len({(row.rule, row.ticket_id, row.cause) for row in rows}) == len(rows)
    for row in rows:
        assert len(set(row.chain)) == len(row.chain) <= MOST_DEEP
    own = [line for line in TicketEvent.objects.filter(ticket__in=mine) if line.data.get("automation")]
    assert all(line.actor_id is None for line in own)
