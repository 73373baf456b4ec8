"""From a cause to a change: who may decide about it, what it did, and whom it is told to."""

from datetime import date, timedelta
from random import Random

import pytest
from django.core.cache import cache
from django.utils import timezone

from desk.actions.causes import cause_figures, cause_story, improvements
from desk.actions.causes.improvement_effect import effects
from desk.causes.models import Cause, Improvement, Told
from desk.common.errors import Conflict, Invalid, NotPermitted
from desk.crises.models import Crisis
from desk.crises.plans import active_plan
from desk.inboxes.models import CoverageGap, Inbox
from desk.people.models import AuditEntry, User
from desk.people.permissions import Role
from desk.replies.models import Reply
from desk.reports.counting import midnight
from desk.tickets.models import Message, Ticket
from desk.web import cause_plots
from desk.web.show.improvements import sentences
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.causes import a_cause, an_improvement, said_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
NOW = midnight(TODAY) + timedelta(hours=15)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def boss() -> User:
    return User.objects.create_user("mila", role=Role.SUPERVISOR, signature="ML")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def drawn(random: Random, per_day: float, since: int, until: int) -> dict[date, int]:
    """A count for each day that varies as counts of customers do; weekends are quieter."""
    found = {}
    for number in range(since, until, -1):
        mean = per_day * (0.5 if ago(number).weekday() > 4 else 1.2)
        found[ago(number)] = sum(random.random() < mean / 40 for _chance in range(40))
    return found


def test_an_idea_needs_no_rank_and_its_owner_sees_it_through(boss: User) -> None:
    expert = User.objects.create_user("ruben", role=Role.EXPERT)
    agent = User.objects.create_user("suze", role=Role.AGENT)
    doors = a_cause("Deuren", "Doors")
    Cause.objects.filter(pk=doors.pk).update(owner=expert)
    idea = improvements.propose(agent, doors.pk, "Vervang de  scharnieren", due_on=date(2026, 7, 1))
    assert (idea.state, idea.what, idea.proposed_by) == ("proposed", "Vervang de scharnieren", agent)
    with pytest.raises(NotPermitted):
        improvements.step(agent, idea.pk, "agree")
    with pytest.raises(NotPermitted):
        improvements.change(agent, idea.pk, "Iets anders")
    improvements.step(expert, idea.pk, "agree")  # who owns the cause
    improvements.change(boss, idea.pk, idea.what, owner_id=agent.pk)
    improvements.step(agent, idea.pk, "start")  # who does the work
    done = improvements.step(agent, idea.pk, "finish", changed="Nieuwe scharnieren", now=NOW)
    assert (done.state, done.done_on, done.changed) == ("done", TODAY, "Nieuwe scharnieren")
    verbs = list(AuditEntry.objects.filter(subject="improvement").order_by("id").values_list("verb", flat=True))
    assert verbs == [
        "improvement_proposed", "improvement_agree", "improvement_changed", "improvement_start", "improvement_finish",
    ]  # fmt: skip


def test_what_can_not_be_is_refused_and_changes_nothing(boss: User) -> None:
    idea = an_improvement()
    with pytest.raises(Conflict):
        improvements.step(boss, idea.pk, "finish", changed="x")
    improvements.step(boss, idea.pk, "agree")
    for wrong in ({"changed": " "}, {"changed": "x", "done_on": date(2099, 1, 1)}, {"changed": "x" * 501}):
        with pytest.raises(Invalid):
            improvements.step(boss, idea.pk, "finish", **wrong)
    assert Improvement.objects.get().state == "agreed"
    improvements.step(boss, idea.pk, "drop")
    improvements.step(boss, idea.pk, "reopen")
    for what in ("", "x" * 501, "a\x00b"):
        with pytest.raises(Invalid):
            improvements.propose(boss, idea.cause_id, what)


def test_a_cause_becomes_an_improvement_and_a_quarter_shows_its_effect(boss: User, inbox: Inbox) -> None:
    """Half a year of a company: doors jam, the hinges are replaced, a storm and an outage lie in between."""
    random = Random("a quarter")
    doors, delay, app = a_cause("Deuren", "Doors"), a_cause("Vertraging", "Delay"), a_cause("App")
    said_of(inbox, doors, drawn(random, 5.0, 182, 91))
    said_of(inbox, doors, drawn(random, 2.0, 91, 0))
    for other in (delay, app):
        said_of(inbox, other, drawn(random, 4.0, 182, 0))
    storm = midnight(ago(40))
    said_of(inbox, doors, {ago(40): 80, ago(39): 60})
    Crisis.objects.create(
        name="Storm", reason="Niets rijdt", state="stood_down", level=3, created_at=storm, started_at=storm,
        ended_at=storm + timedelta(hours=40), plan=active_plan(),
    )  # fmt: skip
    CoverageGap.objects.create(inbox=inbox, reason="outage", started_at=midnight(ago(100)), ended_at=midnight(ago(98)))

    figures = cause_figures.read(boss, "quarter", now=NOW)
    worst = next(line for line in figures.lines if line.place.cause == doors)
    assert (worst.striking, worst.change is not None and worst.change.high < 1) == (True, True)

    idea = improvements.propose(boss, doors.pk, "Vervang de scharnieren")
    improvements.step(boss, idea.pk, "agree")
    done = improvements.step(boss, idea.pk, "finish", changed="Nieuwe scharnieren", done_on=ago(91), now=NOW)

    effect = effects([done], now=NOW)[done.pk]
    assert effect.change is not None
    assert effect.others is not None
    assert effect.left_out == 4  # two days of the storm, two of the outage
    assert (effect.change.days_before, effect.change.days_after) == (82, 82)
    assert effect.change.low < 0.4 < effect.change.high < 0.75
    assert effect.shown
    assert 12 < effect.per_week < 30
    assert effect.others.low < 1 < effect.others.high
    assert "tickets a week fewer" in sentences(effect)[0]

    story = cause_story.of_cause(boss, doors.pk, "quarter", now=NOW)
    (mark,) = cause_plots.weeks(story.weeks, story.improvements).marks
    assert (mark.number, mark.words) == (1, "Nieuwe scharnieren")


def test_what_fell_with_everything_else_or_too_early_is_said_so(boss: User, inbox: Inbox) -> None:
    doors = a_cause("Deuren")
    said_of(inbox, doors, {ago(number): 3 for number in range(60, 0, -1)})
    nothing, early = an_improvement(doors, done_on=ago(30)), an_improvement(doors, done_on=ago(3))
    found = effects([nothing, early, an_improvement(doors)], now=NOW)
    assert set(found) == {nothing.pk, early.pk}
    assert not found[nothing.pk].shown
    assert "could not be chance" in sentences(found[nothing.pk])[0]
    assert (found[early.pk].change, found[early.pk].per_week) == (None, 0.0)
    assert "Too early" in sentences(found[early.pk])[0]


def test_customers_who_asked_are_told_once_as_a_reply_like_any_other(boss: User, inbox: Inbox) -> None:
    now, doors = timezone.now(), a_cause("Deuren")
    items = [
        a_mention(str(n), by=by, created_at=now - timedelta(days=3)) for n, by in enumerate(["marit", "tom", "marit"])
    ]
    take_in(inbox, items, now=now)
    asked = list(Ticket.objects.order_by("id"))
    Ticket.objects.update(state="resolved", resolved_at=now)
    for ticket in asked:
        doors.tickets.create(ticket=ticket, at=now)
    done = an_improvement(doors, done_on=timezone.localdate())
    assert {one.pk for one in improvements.who_asked(done)} == {asked[1].pk, asked[2].pk}  # the last of each customer
    with pytest.raises(Conflict):
        improvements.tell(boss, an_improvement(doors).pk, "De deuren zijn vervangen.")
    with pytest.raises(Invalid):
        improvements.tell(boss, done.pk, " ")
    told = improvements.tell(boss, done.pk, "De deuren zijn vervangen. Dank voor uw bericht!")
    assert len(told) == 2
    assert {row.code for row in told} == {""}
    assert set(Reply.objects.values_list("author", flat=True)) == {boss.pk}
    assert set(Reply.objects.values_list("idempotency_key", flat=True)) == {
        f"improvement {done.pk} {row.ticket_id}" for row in told
    }
    assert improvements.tell(boss, done.pk, "Nog eens.") == []
    assert Message.objects.filter(outgoing=True).count() == 0  # nothing left past the outbox


def test_what_the_rules_refuse_is_written_down_and_stops_nobody_else(boss: User, inbox: Inbox) -> None:
    now, doors = timezone.now(), a_cause("Deuren")
    take_in(inbox, [a_mention("1", created_at=now - timedelta(days=3))], now=now)
    Ticket.objects.update(state="resolved", resolved_at=now)
    doors.tickets.create(ticket=Ticket.objects.get(), at=now)
    done = an_improvement(doors, done_on=timezone.localdate())
    (row,) = improvements.tell(boss, done.pk, "Stuur uw rekening NL91ABNA0417164300 maar door.")
    assert (row.reply_id, row.code) == (None, "blocked_by_policy")
    assert Told.objects.count() == 1
    assert not Reply.objects.exists()
