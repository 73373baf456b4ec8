"""Reports under a name: who may open them, who may change them, and what becomes of them."""

from datetime import date
from typing import Any

import pytest

from desk.actions.reports import saved_reports
from desk.actions.reports.report_wishes import Names, Wish
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.people.models import AuditEntry, Team, User
from desk.reports.models import SavedReport
from tests.actions.builders import NOON, an_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="comms")


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role="supervisor")


@pytest.fixture
def rail(suze: User) -> Team:
    team = Team.objects.create(name="Rail")
    suze.teams.add(team)
    return team


def kept(owner: User, name: str = "Week", **more: Any) -> SavedReport:
    return saved_reports.save_report(owner, **{"name": name, "wish": Wish(), "now": NOON, **more})


def test_a_wish_is_kept_to_the_letter(suze: User) -> None:
    inbox = an_inbox()
    wish = Wish(
        "own", date(2026, 3, 1), date(2026, 3, 7), metric="resolution", time="wall", compare="year", inbox=inbox.pk,
        private=False, team=0, agent=0, priority=3, language="",
    )  # fmt: skip
    report = SavedReport.objects.get(pk=kept(suze, wish=wish).pk)
    assert Wish.of_json(report.wish) == wish
    assert Wish.of_json(SavedReport.objects.get(pk=kept(suze, "usual").pk).wish) == Wish()


def test_a_private_one_is_for_its_owner_alone(suze: User, mila: User) -> None:
    report = kept(suze)
    assert list(saved_reports.saved(suze)) == [report]
    assert list(saved_reports.saved(mila)) == []
    with pytest.raises(Missing):
        saved_reports.open_report(mila, report.pk)
    with pytest.raises(Missing):
        saved_reports.delete_report(mila, report.pk)


def test_one_of_a_team_is_for_its_members_once_each_and_for_nobody_once_the_team_is_gone(
    suze: User, mila: User, rail: Team
) -> None:
    report = kept(mila, sharing="team", team_id=rail.pk)
    suze.teams.add(Team.objects.create(name="Bus"))
    assert list(saved_reports.saved(suze)) == [report]
    rail.delete()
    assert list(saved_reports.saved(suze)) == []
    assert list(saved_reports.saved(mila)) == [report]


def test_a_shared_one_is_for_all_who_may_see_reports(suze: User, mila: User) -> None:
    report = kept(suze, sharing="company")
    assert saved_reports.open_report(mila, report.pk) == report
    with pytest.raises(NotPermitted):
        saved_reports.open_report(User.objects.create_user("ruben", role="agent"), report.pk)


def test_it_is_changed_by_its_owner_and_where_it_is_shared_by_who_manages_reports(suze: User, mila: User) -> None:
    report = kept(mila, sharing="company")
    with pytest.raises(NotPermitted, match="belongs to mila"):
        saved_reports.change_report(suze, report.pk, name="Mine")
    other = kept(suze, sharing="company")
    assert saved_reports.change_report(mila, other.pk, name="Ours").name == "Ours"
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.actor, entry.detail) == (
        "saved_report_changed", mila, {"before": {"name": "Week"}, "after": {"name": "Ours"}},
    )  # fmt: skip


def test_what_is_no_longer_shared_with_a_team_forgets_it(suze: User, rail: Team) -> None:
    report = kept(suze, sharing="team", team_id=rail.pk)
    assert saved_reports.change_report(suze, report.pk, name="Week 2").team == rail
    assert saved_reports.change_report(suze, report.pk, sharing="private").team is None


def test_nobody_has_two_of_a_name_and_others_may_have_it(suze: User, mila: User) -> None:
    kept(suze)
    kept(mila)
    with pytest.raises(Conflict):
        kept(suze, " Week ")
    other = kept(suze, "Month")
    with pytest.raises(Conflict):
        saved_reports.change_report(suze, other.pk, name="Week")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"sharing": "world"}, "sharing"),
        ({"sharing": "team"}, "team"),
        ({"sharing": "team", "team_id": 999}, "team"),
        ({"wish": Wish(network="gone")}, "network"),
        ({"wish": Wish(inbox=999)}, "inbox"),
        ({"wish": Wish(team=999)}, "team"),
        ({"wish": Wish(agent=999)}, "agent"),
        ({"wish": Wish(period="own")}, "first"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(suze: User, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        kept(suze, **values)
    assert list(refused.value.errors) == [field]
    assert not SavedReport.objects.exists()


def test_nobody_shares_with_a_team_of_others_unless_they_manage_reports(suze: User, mila: User) -> None:
    bus = Team.objects.create(name="Bus")
    with pytest.raises(Invalid):
        kept(suze, sharing="team", team_id=bus.pk)
    assert kept(mila, sharing="team", team_id=bus.pk).team == bus


def test_what_it_shows_is_said_in_words_also_where_a_name_is_gone(suze: User) -> None:
    inbox = an_inbox()
    wish = Wish("last_week", inbox=inbox.pk, private=True, team=0, agent=suze.pk, priority=3, language="nl")
    assert Names.now().summary(wish) == [
        "Last week", "First response", "Business time", "Inbox: @vlotlijn", "Team: No team", "Agent: suze", "Private",
        "Priority: Urgent", "Language: nl",
    ]  # fmt: skip
    assert Names.now().lost(wish) == []
    assert "Channel: X" in Names.now().summary(Wish(network="x"))
    inbox.delete()
    assert "Inbox: no longer there" in Names.now().summary(wish)
    assert Names.now().lost(wish) == ["inbox"]
