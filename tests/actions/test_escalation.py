"""A crisis's chain at work: who is told when, what a word of theirs stops, and what it leaves in the log."""

from datetime import date, datetime
from typing import Any

import pytest

from desk.actions.crises import crises, crisis_plans
from desk.actions.crises.crisis_team import give_roles
from desk.actions.crises.escalation import acknowledge, answer_call_up, run_due
from desk.actions.people import rotas
from desk.alerts.models import Notification
from desk.alerts.words import sentence
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.crises.log import broken_link
from desk.crises.models import CallUp, Crisis, CrisisEntry, Escalation
from desk.people.models import Absence, Shift, Team, User
from tests.actions.alerted import a_person
from tests.actions.builders import minutes
from tests.actions.chains import begin, chain, heard, kinds, put_in_force, taken

pytestmark = pytest.mark.django_db
NIGHT = {"from": "22:00", "until": "06:00", "timezone": "Europe/Amsterdam"}


@pytest.fixture
def noor() -> User:
    return a_person("noor", "comms")


@pytest.fixture
def an() -> User:
    return a_person("an", email="an@example.com", mobile="+31612345678")


@pytest.fixture
def bo() -> User:
    return a_person("bo")


class TestSteps:
    def test_nobody_is_told_where_the_plan_has_no_chain(self, noor: User) -> None:
        crisis = begin(noor, 3)
        assert run_due(minutes(60)) == 0
        assert (kinds(crisis), heard()) == (["started"], [])

    def test_one_after_another_until_somebody_acknowledges(self, noor: User, an: User, bo: User) -> None:
        chain({"people": [an.pk], "wait_minutes": 5}, {"people": [bo.pk], "wait_minutes": 5}, {"to": ["owner"]})
        crisis = begin(noor)
        assert run_due(minutes(0)) == 1
        assert heard() == [("an", "escalation")]
        assert run_due(minutes(4.9)) == 0
        assert run_due(minutes(5)) == 1
        assert heard() == [("an", "escalation"), ("bo", "escalation")]
        acknowledge(bo, crisis.pk, now=minutes(6))
        assert run_due(minutes(30)) == 2  # what is acknowledged is passed over in silence, and then it has ended
        assert heard() == [("an", "escalation"), ("bo", "escalation")]
        assert kinds(crisis) == ["started", "escalated", "escalated", "acknowledged"]
        assert broken_link(Crisis.objects.get(pk=crisis.pk)) is None

    def test_a_step_is_told_again_as_often_as_it_says_and_its_end_is_told_to_whoever_manages(
        self, noor: User, an: User
    ) -> None:
        chain({"people": [an.pk], "wait_minutes": 5, "repeat": 1})
        crisis = begin(noor)
        for minute in range(0, 30):
            run_due(minutes(minute))
        assert heard() == [("an", "escalation"), ("an", "escalation"), ("noor", "escalation_ended")]
        assert kinds(crisis) == ["started", "escalated", "escalated", "chain_ended"]
        acknowledge(an, crisis.pk, now=minutes(31))  # late is better than never
        assert kinds(crisis)[-1] == "acknowledged"

    def test_what_reaches_nobody_is_passed_over_at_once_and_stands_in_the_log(self, noor: User, an: User) -> None:
        chain({"roles": ["lead"], "wait_minutes": 30}, {"people": [an.pk]})
        crisis = begin(noor)
        run_due(minutes(0))
        assert taken() == [(1, "nobody"), (2, "")]
        assert heard() == [("an", "escalation")]
        line = CrisisEntry.objects.get(crisis=crisis, kind="step_passed")
        assert line.data == {"level": 2, "step": 1, "why": "nobody"}

    def test_after_a_stop_it_goes_on_where_it_was(self, noor: User, an: User, bo: User) -> None:
        chain({"people": [an.pk]}, {"people": [bo.pk]}, {"people": [an.pk]})
        begin(noor)
        run_due(minutes(0))
        run_due(minutes(240))  # nothing ran for four hours
        assert taken() == [(1, ""), (2, "")]
        run_due(minutes(244))
        assert taken() == [(1, ""), (2, "")]  # who is told waits as long as the plan says
        run_due(minutes(245))
        assert taken() == [(1, ""), (2, ""), (3, "")]

    def test_at_night_it_goes_to_others(self, noor: User, an: User, bo: User) -> None:
        chain({"people": [an.pk], "only_if": {"hours": NIGHT}}, {"people": [bo.pk]})
        begin(noor)  # at one in the afternoon in Amsterdam
        run_due(minutes(0))
        assert taken() == [(1, "hours"), (2, "")]

    def test_unresolved_it_comes_back(self, noor: User, an: User) -> None:
        chain({"people": [an.pk]}, return_minutes=60)
        crisis = begin(noor)
        run_due(minutes(0))
        acknowledge(an, crisis.pk, now=minutes(2))
        run_due(minutes(61.9))
        assert heard() == [("an", "escalation")]
        run_due(minutes(62))
        assert heard() == [("an", "escalation")] * 2
        assert kinds(crisis)[-2:] == ["chain_returned", "escalated"]
        row = Escalation.objects.get()
        assert (row.lap, row.acknowledged_at, row.acknowledged_by) == (2, None, None)

    @pytest.mark.parametrize("end", [crises.stand_down, crises.dismiss])
    def test_the_end_of_the_crisis_stops_it(self, noor: User, an: User, end: Any) -> None:
        chain({"people": [an.pk], "repeat": 5})
        crisis = begin(noor)
        run_due(minutes(0))
        end(noor, crisis.pk, reason="Hij rijdt", now=minutes(1))
        assert run_due(minutes(60)) == 0
        assert Escalation.objects.get().stopped_why == "over"
        with pytest.raises(Conflict, match="nobody any more"):
            acknowledge(noor, crisis.pk, now=minutes(61))

    def test_one_that_can_not_be_moved_holds_up_no_other(self, noor: User, an: User) -> None:
        plan = chain({"people": [an.pk]})
        broken = begin(noor)
        begin(noor)
        Escalation.objects.filter(crisis=broken).update(level=9)  # no plan has such a level
        assert run_due(minutes(1)) == 1
        assert heard() == [("an", "escalation")]
        row = Escalation.objects.get(crisis=broken)
        assert row.look_at == minutes(2)
        assert plan.pk == row.plan_id


class TestWhoIsMeant:
    def test_owner_roles_and_whoever_manages_crises(self, noor: User, an: User) -> None:
        a_person("boss", "administrator")
        chain({"to": ["owner"]}, {"roles": ["lead"]}, {"to": ["managers"]})
        crisis = begin(noor)
        give_roles(noor, crisis.pk, {"lead": an.pk}, now=minutes(0))
        for minute in (0, 5, 10):
            run_due(minutes(minute))
        assert [name for name, _kind in heard()] == ["noor", "an", "noor", "boss"]

    def test_a_team_is_those_who_are_on_duty(self, noor: User, an: User, bo: User) -> None:
        team = Team.objects.create(name="Rail")
        an.teams.add(team)
        bo.teams.add(team)
        Shift.objects.create(user=bo, timezone="Europe/Amsterdam", week={"mon": [["09:00", "10:00"]]})
        chain({"teams": [team.pk]})
        begin(noor)  # a Tuesday
        run_due(minutes(0))
        assert heard() == [("an", "escalation")]

    def test_whoever_is_on_call_by_the_clock_of_the_rota(self, noor: User, an: User, bo: User) -> None:
        """Handover at nine: in Amsterdam that is an hour earlier by UTC once summer time has begun."""
        rota = rotas.create_rota(
            noor, name="Nacht", timezone="Europe/Amsterdam", first_day=date(2026, 3, 28), handover=9 * 60, days=1,
            members=[an.pk, bo.pk],
        )  # fmt: skip
        chain({"rotas": [rota.pk]})
        for moment in ("2026-03-28T08:00Z", "2026-03-29T06:59Z", "2026-03-29T07:00Z"):
            at = datetime.fromisoformat(moment)
            crisis = crises.start(noor, reason="Storing", level=2, now=at)
            run_due(at)
            crises.stand_down(noor, crisis.pk, reason="Voorbij", now=at)
        assert [name for name, _kind in heard()] == ["an", "an", "bo"]

    def test_who_is_absent_is_passed_by_and_who_stands_in_is_called(self, noor: User, an: User, bo: User) -> None:
        rota = rotas.create_rota(
            noor,
            name="Nacht",
            timezone="Europe/Amsterdam",
            first_day=date(2026, 3, 9),
            handover=0,
            members=[an.pk, bo.pk],
        )
        chain({"rotas": [rota.pk]})
        Absence.objects.create(user=an, starts_at=minutes(-60), ends_at=minutes(60))
        begin(noor)
        run_due(minutes(0))
        rotas.swap(noor, rota.pk, user_id=noor.pk, starts_at=minutes(-5), ends_at=minutes(5))
        begin(noor)
        run_due(minutes(0))
        assert [name for name, _kind in heard()] == ["bo", "noor"]


class TestLevels:
    def test_a_higher_level_brings_its_own_chain_and_a_lower_one_stops_none(
        self, noor: User, an: User, bo: User
    ) -> None:
        put_in_force({
            "1": {"escalation": {"steps": [{"people": [an.pk], "repeat": 5}]}},
            "3": {"escalation": {"steps": [{"people": [bo.pk], "repeat": 5}]}},
        })  # fmt: skip
        crisis = begin(noor, 1)
        run_due(minutes(0))
        crises.set_level(noor, crisis.pk, 2, reason="Meer", now=minutes(1))  # has none: the first goes on
        run_due(minutes(5))
        crises.set_level(noor, crisis.pk, 3, reason="Nog meer", now=minutes(6))
        run_due(minutes(6))
        run_due(minutes(40))  # level 3 has lapsed, and nobody has heard of it yet
        assert [name for name, _kind in heard()] == ["an", "an", "bo", "bo"]
        crises.set_level(noor, crisis.pk, 1, reason="Minder", now=minutes(41))
        run_due(minutes(46))
        crises.set_level(a_person("daan", "administrator"), crisis.pk, 3, reason="Toch", now=minutes(47))
        assert Escalation.objects.filter(stopped_at=None).get().level == 3
        assert list(Escalation.objects.order_by("id").values_list("level", "stopped_why")) == [(1, "raised"), (3, "")]

    def test_a_suspected_crisis_calls_nobody_until_it_starts(self, noor: User, an: User) -> None:
        chain({"people": [an.pk]})
        crisis = begin(noor, 0)
        assert run_due(minutes(0)) == 0
        crises.set_level(noor, crisis.pk, 2, reason="Het is waar", now=minutes(1))
        assert run_due(minutes(1)) == 1

    def test_a_running_chain_keeps_the_plan_with_which_it_began(self, noor: User, an: User, bo: User) -> None:
        old = chain({"people": [an.pk]}, {"people": [an.pk]})
        begin(noor)
        run_due(minutes(0))
        number = crisis_plans.write_draft(
            noor, document={"levels": {"2": {"escalation": {"steps": [{"people": [bo.pk]}]}}}}
        ).number
        crisis_plans.hand_in(noor, number)
        crisis_plans.switch_on(a_person("daan", "administrator"), number)
        run_due(minutes(5))
        assert heard() == [("an", "escalation")] * 2
        assert Escalation.objects.get().plan_id == old.pk
        begin(noor, at=6)
        run_due(minutes(6))
        assert heard()[-1] == ("bo", "escalation")

    def test_a_plan_that_names_what_is_gone_is_refused(self, noor: User) -> None:
        step = {"people": [999], "teams": [999], "rotas": [999], "webhooks": [999]}
        wish = {"levels": {"2": {"escalation": {"steps": [step]}, "call_up": [999], "team": 999}}}
        with pytest.raises(Invalid) as refused:
            crisis_plans.write_draft(noor, document=wish)
        prefix = "levels.2.escalation.steps[0]"
        assert set(refused.value.errors) == {
            f"{prefix}.people", f"{prefix}.teams", f"{prefix}.rotas", f"{prefix}.webhooks", "levels.2.call_up",
            "levels.2.team",
        }  # fmt: skip


class TestAcknowledging:
    def test_only_once_and_only_by_whoever_was_told_or_manages_crises(self, noor: User, an: User, bo: User) -> None:
        chain({"people": [an.pk]})
        crisis = begin(noor)
        run_due(minutes(0))
        with pytest.raises(NotPermitted):
            acknowledge(bo, crisis.pk, now=minutes(1))
        acknowledge(an, crisis.pk, now=minutes(1))
        with pytest.raises(Conflict, match="already"):
            acknowledge(noor, crisis.pk, now=minutes(2))
        line = CrisisEntry.objects.get(crisis=crisis, kind="acknowledged")
        assert (line.actor, line.at) == (an, minutes(1))

    def test_a_notice_says_which_crisis(self, noor: User, an: User) -> None:
        chain({"people": [an.pk]})
        begin(noor)
        run_due(minutes(0))
        assert sentence(Notification.objects.get()) == "Crisis, level 2: De trein staat stil. Say that you see to it"

    def test_who_was_told_by_a_chain_that_a_higher_level_replaced_may_still_say_so(
        self, noor: User, an: User, bo: User
    ) -> None:
        put_in_force({
            "1": {"escalation": {"steps": [{"people": [an.pk]}]}}, "2": {"escalation": {"steps": [{"people": [bo.pk]}]}}
        })  # fmt: skip
        crisis = begin(noor, 1)
        run_due(minutes(0))
        crises.set_level(noor, crisis.pk, 2, reason="Meer", now=minutes(1))
        run_due(minutes(1))
        assert acknowledge(an, crisis.pk, now=minutes(2)).level == 2


class TestCallUp:
    @pytest.fixture
    def team(self, an: User, bo: User) -> Team:
        """An is at work, Bo is not."""
        team = Team.objects.create(name="Rail")
        an.teams.add(team)
        bo.teams.add(team)
        Shift.objects.create(user=bo, timezone="Europe/Amsterdam", week={"mon": [["09:00", "10:00"]]})
        return team

    def test_who_is_off_duty_is_asked_once_and_says_whether_they_come(self, noor: User, bo: User, team: Team) -> None:
        put_in_force({"2": {"call_up": [team.pk]}, "3": {"call_up": [team.pk]}})
        crisis = begin(noor)
        assert heard() == [("bo", "call_up")]
        answer_call_up(bo, crisis.pk, comes=True, now=minutes(3))
        crises.set_level(noor, crisis.pk, 3, reason="Erger", now=minutes(4))
        assert heard() == [("bo", "call_up")]
        answer_call_up(bo, crisis.pk, comes=False, now=minutes(5))
        row = CallUp.objects.get()
        assert (row.comes, row.answered_at) == (False, minutes(5))
        assert kinds(crisis) == ["started", "called_up", "call_up_answered", "level", "call_up_answered"]

    def test_who_was_not_asked_or_comes_too_late_is_told_so(self, noor: User, bo: User, team: Team) -> None:
        put_in_force({"2": {"call_up": [team.pk]}})
        crisis = begin(noor)
        with pytest.raises(Missing):
            answer_call_up(noor, crisis.pk, comes=True)
        crises.stand_down(noor, crisis.pk, reason="Hij rijdt", now=minutes(1))
        with pytest.raises(Conflict, match="over"):
            answer_call_up(bo, crisis.pk, comes=True, now=minutes(2))
