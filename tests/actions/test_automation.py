"""What a rule does when it fires, when it does not, and what it never does."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from desk.actions.automation import by_rule, firing
from desk.actions.automation.automations import roll_back
from desk.actions.crises import crises
from desk.actions.intake import sentiment
from desk.actions.tickets import tickets
from desk.alerts.models import Notification
from desk.automation.models import AutomationVersion, Firing, Reading
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.questions.models import Question
from desk.replies.models import Draft, Reply
from desk.sla.models import Clock
from desk.tickets.models import Message, Note, Ticket, TicketEvent
from policies.automation import MOST_DEEP, MOST_OFTEN
from policies.automation_steps import Do
from tests.actions.automated import a_rule, automated, became, fired, tag
from tests.actions.builders import a_mention, minutes, own_words, take_in, the_ticket
from tests.actions.causes import a_cause
from tests.actions.promised import promise
from tests.canned import a_canned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def listening() -> None:
    """A desk that has listened since noon."""
    firing.run(minutes(0))


def tags(ticket: Ticket) -> set[str]:
    return set(ticket.tags.values_list("name", flat=True))


def written(x: Inbox, **mention: Any) -> Ticket:
    take_in(x, [a_mention("1", **mention)], now=minutes(1))
    return the_ticket()


def test_a_rule_fires_once_on_what_happened_and_says_why(x: Inbox) -> None:
    version = automated(a_rule("fiets", "opened", tag("fiets"), when={"topics": ["fiets"], "networks": ["x"]}))
    ticket = written(x, text="Mag mijn fiets mee?")
    assert (firing.run(minutes(2)), firing.run(minutes(3))) == (1, 0)
    assert tags(ticket) == {"fiets"}
    one = Firing.objects.get()
    assert (one.version_id, one.rule, one.on, one.chain) == (version.pk, "fiets", "opened", ["fiets"])
    assert [(said["name"], said["found"], said["holds"]) for said in one.conditions] == [
        ("networks", "x", True),
        ("topics", ["fiets"], True),
    ]
    line = TicketEvent.objects.get(kind="tagged")
    assert (line.actor, line.data["automation"]["name"]) == (None, "Fiets")


def test_where_a_condition_does_not_hold_nothing_is_done_or_written(x: Inbox) -> None:
    automated(a_rule("fiets", "opened", tag("fiets"), when={"topics": ["fiets"], "languages": ["de"]}))
    ticket = written(x, text="Mag mijn fiets mee?")
    assert (firing.run(minutes(2)), tags(ticket), fired()) == (0, set(), [])


def test_nothing_of_the_past_sets_a_new_rule_off(x: Inbox) -> None:
    written(x)
    automated(a_rule("alles", "message", tag("nieuw")))
    firing.run(minutes(2))
    assert fired() == []


def test_rules_go_in_their_order_and_one_that_stops_is_the_last(x: Inbox) -> None:
    automated(
        a_rule("een", "opened", tag("een")),
        a_rule("uit", "opened", tag("uit"), enabled=False),
        a_rule("twee", "message", tag("twee"), stop=True),
        a_rule("drie", "message", tag("drie")),
    )
    ticket = written(x)
    firing.run(minutes(2))
    assert [rule for rule, _ticket in fired()] == ["een", "twee"]
    assert tags(ticket) == {"een", "twee"}


def test_a_rule_never_sets_itself_off_however_long_the_way_round(x: Inbox) -> None:
    automated(
        a_rule("heen", "tag", tag("terug"), {"do": "untag", "value": "heen"}, when={"tags": ["heen"]}),
        a_rule("terug", "tag", tag("heen"), {"do": "untag", "value": "terug"}, when={"tags": ["terug"]}),
        a_rule("begin", "opened", tag("heen")),
    )
    written(x)
    for at in range(2, 9):
        firing.run(minutes(at))
    assert [rule for rule, _ticket in fired()] == ["begin", "heen", "terug"]
    assert max(len(one.chain) for one in Firing.objects.all()) == MOST_DEEP


def test_what_others_make_of_it_in_a_circle_is_braked(x: Inbox, suze: User) -> None:
    """As where the desk gives away again whatever a rule takes back."""
    automated(a_rule("los", "assigned", {"do": "assignee", "value": "nobody"}))
    ticket = written(x)
    for at in range(2, 2 + 2 * MOST_OFTEN):
        tickets.assign(suze, ticket.pk, assignee_id=suze.pk, now=minutes(at))
        firing.run(minutes(at))
    assert len(fired()) == MOST_OFTEN


def test_a_rule_on_waiting_fires_when_the_customer_has_waited_so_long(x: Inbox) -> None:
    automated(a_rule("laat", "waiting", tag("laat"), minutes=240))
    ticket = written(x)
    for at, expected in ((239, 0), (241, 1), (500, 0)):
        assert firing.run(minutes(at)) == expected
    assert tags(ticket) == {"laat"}


def test_who_waited_so_long_before_we_heard_of_it_is_found_too(x: Inbox) -> None:
    automated(a_rule("laat", "waiting", tag("laat"), minutes=240))
    firing.run(minutes(300))
    take_in(x, [a_mention("1", at=0), a_mention("2", by="jan", at=250)], now=minutes(301))
    firing.run(minutes(302))
    assert [Ticket.objects.get(pk=pk).profile.handle for _rule, pk in fired()] == ["marit"]


def test_after_a_standstill_time_is_looked_at_in_pieces(x: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firing, "PORTION", 3)
    automated(a_rule("laat", "waiting", tag("laat"), minutes=60))
    take_in(x, [a_mention(str(n), by=f"c{n}", at=n) for n in range(8)], now=minutes(10))
    firing.run(minutes(10_000))
    assert len(fired()) == 8
    assert Reading.objects.get().looked_at == minutes(10_000)


def test_what_nobody_touched_is_found_and_a_rules_own_work_is_no_touch(x: Inbox, suze: User) -> None:
    automated(
        a_rule("stil", "untouched", tag("stil"), minutes=2 * 24 * 60, when={"states": ["new", "open"]}),
        a_rule("laat", "waiting", tag("laat"), minutes=60),
    )
    ticket = written(x)
    day = 24 * 60
    firing.run(minutes(day))
    tickets.tag(suze, ticket.pk, add=["gezien"], now=minutes(day))
    firing.run(minutes(2.5 * day))
    assert [rule for rule, _ticket in fired()] == ["laat"]
    firing.run(minutes(3.1 * day))
    firing.run(minutes(9 * day))
    assert [rule for rule, _ticket in fired()] == ["laat", "stil"]


def test_a_sentiment_that_was_corrected_and_a_snooze_that_is_over_are_heard(x: Inbox, suze: User) -> None:
    automated(
        a_rule("boos", "sentiment", tag("boos"), when={"sentiments": ["negative"]}),
        a_rule("wakker", "woken", {"do": "priority", "value": "2"}),
    )
    ticket = written(x, text="Dank je wel, prachtig!")
    sentiment.correct(suze, Message.objects.get().pk, "negative", now=minutes(2))
    tickets.snooze(suze, ticket.pk, minutes(30), now=minutes(2))
    tickets.wake(minutes(31))
    firing.run(minutes(32))
    assert [rule for rule, _ticket in fired()] == ["boos", "wakker"]
    ticket.refresh_from_db()
    assert ticket.priority == 2


def test_the_end_of_a_crisis_is_heard_by_each_of_its_tickets_once(x: Inbox, noor: User) -> None:
    automated(
        a_rule("begin", "crisis_began", tag("crisis"), when={"crisis_level": 1}),
        a_rule("einde", "crisis_ended", tag("voorbij")),
    )
    crisis = crises.start(noor, reason="Alles staat stil", level=1, now=minutes(0))
    take_in(x, [a_mention(str(n), by=f"c{n}", at=1) for n in range(3)], now=minutes(2))
    firing.run(minutes(3))
    crises.stand_down(noor, crisis.pk, reason="Het rijdt", now=minutes(60))
    firing.run(minutes(61))
    firing.run(minutes(62))
    assert sorted(rule for rule, _ticket in fired()) == ["begin"] * 3 + ["einde"] * 3


def test_every_kind_of_step_does_what_it_says(x: Inbox, suze: User, sanne: User) -> None:
    cause = a_cause("Vertraging", "Delay")
    team = Team.objects.create(name="Rail")
    a_canned("sorry", "Wat vervelend!")
    automated(
        a_rule(
            "alles", "tag", tag("x"), {"do": "untag", "value": "start"}, {"do": "priority", "value": "3"},
            {"do": "team", "value": str(team.pk)}, {"do": "cause", "value": str(cause.pk)},
            {"do": "note", "text": "Let op"}, {"do": "draft", "value": "sorry"},
            {"do": "alert", "value": "owner", "text": "Kijk even"},
            {"do": "ask", "value": f"user:{sanne.pk}", "text": "Klopt dit?"},
            {"do": "assignee", "value": str(sanne.pk)},
        )
    )  # fmt: skip
    ticket = written(x)
    tickets.assign(suze, ticket.pk, assignee_id=suze.pk, now=minutes(2))
    tickets.tag(suze, ticket.pk, add=["start"], now=minutes(2))
    firing.run(minutes(3))
    one = Firing.objects.get()
    assert became(one) == ["done"] * 10, one.outcomes
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.team, ticket.assignee) == (3, team, sanne)
    assert tags(ticket) == {"x"}
    assert (Note.objects.get().text, Note.objects.get().author) == ("Let op", None)
    assert Draft.objects.get().text == "Wat vervelend!"
    assert Draft.objects.get().author == suze
    assert Notification.objects.filter(kind="automation").get().user == suze
    assert (Question.objects.get().asked_by, Question.objects.get().holder) == (suze, sanne)
    assert not Reply.objects.exists()


def test_a_draft_that_somebody_began_is_left_alone_and_the_log_says_so(x: Inbox, suze: User) -> None:
    a_canned("sorry", "Wat vervelend!")
    automated(a_rule("begin", "tag", {"do": "draft", "value": "sorry"}, tag("na")))
    ticket = written(x)
    tickets.assign(suze, ticket.pk, assignee_id=suze.pk, now=minutes(2))
    Draft.objects.create(ticket=ticket, author=suze, text="Beste Marit")
    tickets.tag(suze, ticket.pk, add=["start"], now=minutes(2))
    firing.run(minutes(3))
    assert Draft.objects.get().text == "Beste Marit"
    assert became(Firing.objects.get()) == ["refused", "done"]


def test_no_rule_stops_a_response_clock(x: Inbox, suze: User) -> None:
    promise(first=60, resolution=600)
    automated(
        a_rule("dicht", "opened", {"do": "resolve"}),
        a_rule("klaar", "answered", {"do": "resolve"}),
        a_rule("later", "message", {"do": "snooze", "value": "30"}),
    )
    written(x)
    before = Clock.objects.exclude(metric="resolution").values().get()
    firing.run(minutes(2))
    assert [one.rule for one in Firing.objects.order_by("id")] == ["dicht", "later"]
    assert became(Firing.objects.order_by("id")[0]) == ["refused"]
    clock = Clock.objects.exclude(metric="resolution").values().get()
    assert {key: clock[key] for key in ("state", "met_at", "due_at", "cancelled_at")} == {
        key: before[key] for key in ("state", "met_at", "due_at", "cancelled_at")
    }
    assert not Clock.objects.exclude(met_at=None).exists()
    take_in(x, [own_words("antwoord", parent_id="1", at=5)], now=minutes(6))
    firing.run(minutes(7))
    assert the_ticket().state == "resolved"  # once a person has answered it may
    assert Clock.objects.exclude(metric="resolution").get().met_at == minutes(5)


def test_a_step_that_breaks_keeps_nobody_waiting(x: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setitem(by_rule._STEPS, Do.PRIORITY, broken)
    automated(a_rule("breekt", "opened", {"do": "priority", "value": "2"}, tag("toch")))
    take_in(x, [a_mention("1"), a_mention("2", by="jan")], now=minutes(1))
    assert firing.run(minutes(2)) == 2
    assert [became(one) for one in Firing.objects.all()] == [["failed", "done"]] * 2


def test_what_is_rolled_back_does_nothing_more(x: Inbox) -> None:
    automated(a_rule("alles", "message", tag("nieuw")))
    roll_back(User.objects.get(username="rule-reviewer"), 1, now=minutes(0))
    written(x)
    assert (firing.run(minutes(2)), fired()) == (0, [])
    assert AutomationVersion.objects.get(state="active").document == {"rules": []}


def test_an_hour_of_silence_costs_the_same_few_queries(x: Inbox, django_assert_max_num_queries: Any) -> None:
    automated(a_rule("fiets", "message", tag("fiets"), when={"topics": ["fiets"], "tags": ["a"], "tiers": [2]}))
    take_in(x, [a_mention(str(n), by=f"c{n}", at=1) for n in range(60)], now=minutes(2))
    with django_assert_max_num_queries(18):
        firing.run(minutes(3))
    with django_assert_max_num_queries(14):
        firing.run(minutes(4))


@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_written_before_others_and_seen_after_them_is_heard_once(x: Inbox) -> None:
    automated(a_rule("alles", "tag", {"do": "priority", "value": "2"}))
    take_in(x, [a_mention("1"), a_mention("2", by="jan")], now=minutes(1))
    firing.run(minutes(2))
    one, two = Ticket.objects.order_by("pk").values_list("pk", flat=True)
    line = "INSERT INTO tickets_ticketevent (ticket_id, kind, at, data) VALUES (%s, 'tagged', now(), %s)"
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as slow:
        slow.execute(line, [one, '{"added": ["a"]}'])
        TicketEvent.objects.create(ticket_id=two, kind="tagged", at=minutes(3), data={"added": ["b"]})
        for at in (3, 4, 5):
            firing.run(minutes(at))
        assert [ticket for _rule, ticket in fired()] == [two]
    for at in (6, 7, 8):
        firing.run(minutes(at))
    assert [ticket for _rule, ticket in fired()] == [two, one]
    assert Reading.objects.get().gaps == []


def test_the_time_between_two_looks_is_what_is_looked_through(x: Inbox) -> None:
    """Not all tickets: who began to wait long before is not read again."""
    automated(a_rule("laat", "waiting", tag("laat"), minutes=60))
    written(x)
    Ticket.objects.update(waiting_since=minutes(0) - timedelta(days=3))
    firing.run(minutes(1))
    Firing.objects.all().delete()
    assert firing.run(minutes(200)) == 0


STEPS: dict[Do, dict[str, str]] = {
    Do.TAG: {"value": "stil"}, Do.UNTAG: {"value": "start"}, Do.PRIORITY: {"value": "3"}, Do.TEAM: {"value": "team"},
    Do.ASSIGNEE: {"value": "nobody"}, Do.CAUSE: {"value": "cause"}, Do.NOTE: {"text": "Let op"},
    Do.ASK: {"value": "user", "text": "Klopt dit?"}, Do.DRAFT: {"value": "sorry"}, Do.ALERT: {"value": "owner"},
    Do.SNOOZE: {"value": "30"}, Do.RESOLVE: {},
}  # fmt: skip


@pytest.mark.parametrize("do", Do)
def test_no_kind_of_step_says_anything_to_a_customer_or_stops_their_clock(
    do: Do, x: Inbox, suze: User, sanne: User
) -> None:
    promise(first=60)
    a_canned("sorry", "Wat vervelend!")
    named = {"team": str(Team.objects.create(name="Rail").pk), "cause": str(a_cause("Vertraging", "Delay").pk),
             "user": f"user:{sanne.pk}"}  # fmt: skip
    said = {name: named.get(value, value) for name, value in STEPS[do].items()}
    automated(a_rule("stap", "tag", {"do": str(do), **said}))
    ticket = written(x)
    tickets.assign(suze, ticket.pk, assignee_id=suze.pk, now=minutes(2))
    tickets.tag(suze, ticket.pk, add=["start"], now=minutes(2))
    kept = ("state", "started_at", "due_at", "met_at", "cancelled_at")
    before = Clock.objects.exclude(metric="resolution").values(*kept).get()
    firing.run(minutes(3))
    assert became(Firing.objects.get()) == ["refused" if do is Do.RESOLVE else "done"]
    assert not Reply.objects.exists()
    assert Message.objects.filter(outgoing=True).count() == 0
    assert Clock.objects.exclude(metric="resolution").values(*kept).get() == before
