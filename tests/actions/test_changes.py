"""Changes: drafted and proposed by anybody, foreseen on the last days, decided by who owns the thing, rolled back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.changes import change_sweep, changes
from desk.actions.changes.kinds import THE_ONE
from desk.actions.changes.registry import ALL, kind_of, owned_by
from desk.actions.rulebooks import rulebooks
from desk.alerts.models import Notification
from desk.alerts.words import sentence
from desk.automation.models import Trial
from desk.changes.models import Change
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, Team, User
from desk.people.permissions import Role
from desk.rulebooks.active import in_force
from desk.rulebooks.models import RulebookVersion
from desk.sla.models import BusinessCalendar, Clock, SlaPolicy
from desk.tickets.models import Ticket
from desk.wallboards.models import Wallboard
from tests.actions.automated import looked
from tests.actions.builders import NOON, a_mention, a_message, an_inbox, minutes, own_words, take_in
from tests.actions.causes import a_cause
from tests.actions.promised import a_calendar, a_policy, promise

pytestmark = pytest.mark.django_db
DAY = NOON + timedelta(days=1)
WEEK = {"tue": [["09:00", "17:00"]]}


def person(name: str, role: str, **more: Any) -> User:
    return User.objects.create_user(name, role=role, **more)


@pytest.fixture
def boss() -> User:
    return person("mila", Role.SUPERVISOR)


@pytest.fixture
def agent() -> User:
    return person("joris", Role.AGENT)


@pytest.fixture
def policy() -> SlaPolicy:
    return promise(first=30, following=30)


def told(user: User) -> list[str]:
    return [sentence(notice) for notice in Notification.objects.filter(user=user).order_by("id")]


def counted(one: Change, reader: User, days: int = 7) -> dict[str, int]:
    found = changes.foreseen(reader, one.pk, days=days, now=DAY)
    return {figure.code: figure.count for figure in found.figures}


def quicker(author: User, policy: SlaPolicy, minutes: int | None = 10, **more: Any) -> Change:
    values = {"first_response_minutes": minutes}
    return changes.draft(author, "sla_policy", policy.pk, what="Sneller antwoorden", values=values, **more)


# ── ideas need no rank ───────────────────────────────────────────────────────
@pytest.mark.parametrize("role", Role.values)
def test_every_role_proposes_and_only_its_owner_decides(role: str, policy: SlaPolicy) -> None:
    author, owner = person("wie", role), person("baas", Role.SUPERVISOR)
    one = quicker(author, policy)
    assert (one.state, one.values, one.began_at) == ("proposed", {"first_response_minutes": 10}, 2)
    assert told(owner) == ["wie proposes a change of “Default”: Sneller antwoorden"]
    if role not in (Role.SUPERVISOR, Role.ADMINISTRATOR):
        for refused in (
            lambda: changes.adopt(author, one.pk),
            lambda: changes.plan(author, one.pk, at=timezone.now() + timedelta(hours=1)),
            lambda: changes.decline(author, one.pk, reason="Nee"),
            lambda: changes.roll_back(author, "sla_policy", policy.pk, 1),
        ):
            with pytest.raises(NotPermitted):
                refused()
    adopted = changes.adopt(owner, one.pk)
    policy.refresh_from_db()
    assert policy.current is not None
    assert (adopted.state, adopted.became, policy.current.first_response_seconds) == ("adopted", 3, 600)
    assert policy.current.author == owner
    assert AuditEntry.objects.filter(verb="change_adopted").get().detail["by"] == author.pk
    assert told(author)[-1] == "baas adopted your proposal for “Default”: Sneller antwoorden"
    assert changes.adopted().count() == 1


def test_a_declined_proposal_says_why_and_a_word_is_heard_by_who_spoke(
    agent: User, boss: User, policy: SlaPolicy
) -> None:
    one = quicker(agent, policy)
    changes.remark(boss, one.pk, "Redden we dat in het weekend?")
    with pytest.raises(Invalid):
        changes.decline(boss, one.pk, reason=" ")
    changes.decline(boss, one.pk, reason="Te weinig mensen")
    assert told(agent)[0].startswith("mila said something")
    assert told(agent)[1] == "mila declined your proposal for “Default”: Te weinig mensen"
    with pytest.raises(Conflict, match="Declined"):
        changes.adopt(boss, one.pk)
    assert policy.versions.count() == 2


def test_what_would_change_nothing_or_can_not_be_used_is_refused(agent: User, policy: SlaPolicy) -> None:
    for values in ({"first_response_minutes": 30}, {"calendar_id": 0}, {"version": 1}):
        with pytest.raises(Invalid):
            changes.draft(agent, "sla_policy", policy.pk, what="Anders", values=values)
    with pytest.raises(Invalid):
        changes.draft(agent, "sla_policy", policy.pk, what=" ")
    with pytest.raises(Missing):
        changes.draft(agent, "sla_policy", 99, what="Anders")
    with pytest.raises(Missing):
        changes.draft(agent, "weather", 1, what="Anders")
    with pytest.raises(Conflict):
        changes.draft(agent, "wallboard", Wallboard.objects.create(name="Hal").pk, what="Anders", values={"name": "x"})
    assert (policy.versions.count(), AuditEntry.objects.count()) == (2, 0)


def test_somebody_elses_draft_is_seen_by_who_decides_about_it_alone(agent: User, boss: User, policy: SlaPolicy) -> None:
    one = quicker(agent, policy, propose=False)
    other = person("kees", Role.AGENT)
    assert [list(changes.seen_by(reader)) for reader in (agent, boss, other)] == [[one], [one], []]
    with pytest.raises(Missing):
        changes.remark(other, one.pk, "Hoi")
    with pytest.raises(NotPermitted):
        changes.propose(boss, one.pk)
    assert told(boss) == []
    changes.propose(agent, one.pk)
    assert list(changes.seen_by(other)) == [one]
    with pytest.raises(NotPermitted):
        changes.withdraw(boss, one.pk)
    assert changes.withdraw(agent, one.pk).state == "withdrawn"


def test_whoever_rewrites_what_somebody_else_changed_meanwhile_is_told(agent: User, policy: SlaPolicy) -> None:
    one = quicker(agent, policy)
    seen = one.changed_at
    changes.rewrite(agent, one.pk, what="Nog sneller", values={"first_response_minutes": 5}, seen=seen)
    with pytest.raises(Conflict) as stale:
        changes.rewrite(agent, one.pk, what="Toch niet", seen=seen)
    assert stale.value.code == "stale"
    with pytest.raises(Conflict):
        changes.adopt(person("mila", Role.SUPERVISOR), one.pk, seen=seen)
    with pytest.raises(NotPermitted):
        changes.rewrite(person("kees", Role.AGENT), one.pk, what="Van mij")


# ── foreseen on the last days ────────────────────────────────────────────────
def test_a_policy_is_foreseen_by_the_clocks_of_the_last_days(agent: User, policy: SlaPolicy) -> None:
    """Answered after 20, 40 and 60 minutes under half an hour."""
    inbox = an_inbox()
    for number, answered in (("1", 20), ("2", 40), ("3", 60)):
        take_in(inbox, [a_mention(number, by=f"klant{number}")], now=NOON)
        take_in(inbox, [own_words(f"a{number}", parent_id=number, at=answered)], now=minutes(answered))
    assert Clock.objects.filter(breached_at__isnull=False, metric="first_response").count() == 2
    strict, mild = quicker(agent, policy), quicker(agent, policy, 45)
    assert counted(strict, agent) == {"tickets": 3, "other_policy": 0, "moved": 3, "saved": 0, "lost": 1}
    assert counted(mild, agent) == {"tickets": 3, "other_policy": 0, "moved": 3, "saved": 1, "lost": 0}
    assert counted(quicker(agent, policy, None), agent)["saved"] == 2
    assert policy.versions.count() == 2
    later = changes.foreseen(agent, strict.pk, days=1, now=DAY + timedelta(days=3))
    assert [figure.count for figure in later.figures] == [0, 0, 0, 0, 0]
    assert "with the tags" in later.note


def test_other_conditions_are_foreseen_as_another_policy(agent: User, policy: SlaPolicy) -> None:
    inbox, private = an_inbox(), a_policy("Privé", first=5, private=True)
    take_in(inbox, [a_mention("1"), a_message("2", by="tom")], now=NOON)
    one = changes.draft(agent, "sla_policy", private.pk, what="Ook publiek", values={"conditions": {}})
    assert counted(one, agent)["other_policy"] == 1
    assert [line.what for line in kind_of("sla_policy").differences(private, one.values or {})] == ["Private only"]


def test_a_calendar_is_foreseen_drafted_and_rolled_back(agent: User, boss: User) -> None:
    office = a_calendar("Kantoor", {"timezone": "UTC", "week": WEEK})
    a_policy("Kantooruren", first=30, calendar=office)
    inbox = an_inbox()
    take_in(inbox, [a_mention("1", at=4 * 60 + 50)], now=minutes(290))  # 16:50 on a Tuesday: due a week later
    later = {"timezone": "UTC", "week": {"tue": [["09:00", "18:00"]]}}
    one = changes.draft(agent, "calendar", office.pk, what="Tot zes uur", values={"form": later})
    assert counted(one, agent) == {"tickets": 1, "other_policy": 0, "moved": 1, "saved": 0, "lost": 1}
    lines = kind_of("calendar").differences(office, one.values or {})
    assert [(line.what, line.before, line.after) for line in lines] == [("Tuesday", "09:00–17:00", "09:00–18:00")]
    assert changes.adopt(boss, one.pk).became == 2
    assert changes.roll_back(boss, "calendar", office.pk, 1) == 3
    assert kind_of("calendar").values(BusinessCalendar.objects.get(pk=office.pk))["form"]["week"] == WEEK
    with pytest.raises(Conflict):
        changes.roll_back(boss, "calendar", office.pk, 3)
    with pytest.raises(Missing):
        changes.roll_back(boss, "calendar", office.pk, 9)
    assert [one.number for one in kind_of("calendar").versions(office)] == [3, 2, 1]


def test_where_tickets_go_is_foreseen_and_taken_back(agent: User) -> None:
    admin = person("anna", Role.ADMINISTRATOR)
    night, day = Team.objects.create(name="Nacht"), Team.objects.create(name="Dag")
    inbox = an_inbox(team=night)
    take_in(inbox, [a_mention("1"), a_mention("2", by="tom")], now=NOON)
    Ticket.objects.filter(customer__name="Tom").update(team=day)
    one = changes.draft(agent, "inbox_team", inbox.pk, what="Naar de dagploeg", values={"team_id": day.pk})
    assert counted(one, agent) == {"tickets": 2, "rerouted": 1}
    changes.adopt(admin, one.pk)
    assert Inbox.objects.get().team == day
    change = kind_of("inbox_team").versions(inbox)[0]
    assert change.words == "Team: Nacht → Dag"
    changes.roll_back(admin, "inbox_team", inbox.pk, change.number)
    assert Inbox.objects.get().team == night
    with pytest.raises(Invalid):
        changes.draft(agent, "inbox_team", inbox.pk, what="Weg", values={"team_id": 999})


def test_a_team_is_foreseen_with_the_people_it_has(agent: User) -> None:
    team = Team.objects.create(name="Webcare")
    dutch = person("els", Role.AGENT, languages=["nl"])
    team.members.set([agent, dutch])
    User.objects.filter(pk=agent.pk).update(languages=["nl"])
    inbox = an_inbox(team=team)
    take_in(inbox, [a_mention("1"), a_mention("2", by="tom"), a_mention("3", by="ann")], now=NOON)
    Ticket.objects.update(language="nl")
    Ticket.objects.filter(customer__name="Ann").update(language="de")
    wish = {"assignment": "round_robin", "match_language": True}
    one = changes.draft(agent, "team", team.pk, what="Om de beurt", values=wish)
    assert counted(one, agent) == {"tickets": 3, "given": 2, "rerouted": 3, "nobody_speaks": 1, "nobody_skilled": 0}
    changes.adopt(person("anna", Role.ADMINISTRATOR), one.pk)
    assert Team.objects.get().assignment == "round_robin"


# ── the rulebook and the crisis plan ─────────────────────────────────────────
def test_a_proposal_for_the_rulebook_becomes_a_draft_with_the_proposers_name(agent: User, boss: User) -> None:
    document = {"rules": {"links.cost": {"enabled": False}}}
    one = changes.draft(agent, "rulebook", 1, what="Laat dit los", values={"document": document})
    assert set(counted(one, agent)) == {"replies", "blocked", "approval", "freed"}
    adopted = changes.adopt(boss, one.pk)
    draft = RulebookVersion.objects.get(number=adopted.became or 0)
    assert (draft.state, draft.author, draft.summary) == ("draft", boss, "joris proposed: Laat dit los")
    words = changes.draft(agent, "rulebook", 1, what="Minder streng over smileys")
    assert RulebookVersion.objects.get(number=changes.adopt(boss, words.pk).became or 0).state == "draft"
    with pytest.raises(Conflict):
        changes.plan(boss, changes.draft(agent, "rulebook", 1, what="Nog een").pk, at=DAY, now=NOON)
    with pytest.raises(Invalid):
        changes.draft(agent, "rulebook", 1, what="Kapot", values={"document": {"rules": {"nowhere": {}}}})


def test_a_version_that_was_handed_in_is_switched_on_at_its_moment(boss: User) -> None:
    other = person("noor", Role.SUPERVISOR)
    draft = rulebooks.write_draft(boss, now=NOON)
    with pytest.raises(Conflict):
        changes.plan_version(other, "rulebook", draft.number, at=DAY, now=NOON)
    rulebooks.hand_in(boss, draft.number, now=NOON)
    with pytest.raises(Conflict) as own:
        changes.plan_version(boss, "rulebook", draft.number, at=DAY, now=NOON)
    assert own.value.code == "own_version"
    changes.plan_version(other, "rulebook", draft.number, at=DAY, now=NOON)
    with pytest.raises(Conflict):
        changes.plan_version(other, "rulebook", draft.number, at=DAY, now=NOON)
    assert change_sweep.switch_on_planned(NOON) == 0
    assert change_sweep.switch_on_planned(DAY) == 1
    assert in_force().number == draft.number


def test_a_crisis_plan_is_foreseen_by_what_its_levels_stop(agent: User) -> None:
    gates = {"levels": {"1": {"gates": [{"gate": "hold"}]}}}
    one = changes.draft(agent, "crisis_plan", 1, what="Alles vasthouden", values={"document": gates})
    assert set(counted(one, agent)) == {"replies", "stopped_1", "stopped_2", "stopped_3"}


def test_rules_of_automation_are_foreseen_on_the_timelines(agent: User) -> None:
    take_in(an_inbox(), [a_mention("1"), a_mention("2", by="tom")], now=NOON)
    rule = {"key": "alles", "name": "Alles", "event": "opened", "steps": [{"do": "tag", "value": "nieuw"}]}
    one = changes.draft(agent, "automation", 1, what="Alles eerst", values={"document": {"rules": [rule]}})
    assert changes.foreseen(agent, one.pk, days=7, now=DAY).running
    looked(count=2)
    assert counted(one, agent) == {"tickets": 2, "fired": 2, "fired_before": 0}
    assert Trial.objects.count() == 2


# ── switched on at a moment ──────────────────────────────────────────────────
def test_what_was_planned_is_switched_on_once_by_who_planned_it(agent: User, boss: User, policy: SlaPolicy) -> None:
    one = quicker(agent, policy)
    with pytest.raises(Invalid):
        changes.plan(boss, one.pk, at=NOON, now=NOON)
    changes.plan(boss, one.pk, at=minutes(30), now=NOON)
    assert change_sweep.switch_on_planned(minutes(29)) == 0
    assert [change_sweep.switch_on_planned(minutes(31)) for _again in range(2)] == [1, 0]
    one.refresh_from_db()
    assert (one.state, one.became, one.decided_by) == ("adopted", 3, boss)
    assert policy.versions.count() == 3


def test_who_may_no_longer_switches_nothing_on_and_is_told(agent: User, boss: User, policy: SlaPolicy) -> None:
    one = quicker(agent, policy)
    changes.plan(boss, one.pk, at=minutes(30), now=NOON)
    User.objects.filter(pk=boss.pk).update(role=Role.AGENT)
    assert change_sweep.switch_on_planned(minutes(31)) == 1
    one.refresh_from_db()
    assert (one.state, one.became, policy.versions.count()) == ("proposed", None, 2)
    assert "role does not allow" in one.problem
    assert [told(who)[-1] for who in (agent, boss)] == [
        "What was planned for “Default” could not be switched on: Sneller antwoorden"
    ] * 2
    assert change_sweep.switch_on_planned(minutes(32)) == 0


def test_a_plan_is_taken_back(agent: User, boss: User, policy: SlaPolicy) -> None:
    one = quicker(agent, policy)
    changes.plan(boss, one.pk, at=minutes(30), now=NOON)
    changes.unplan(boss, one.pk)
    assert change_sweep.switch_on_planned(minutes(31)) == 0


def test_a_policy_goes_back_to_an_earlier_version_as_a_new_one(boss: User, agent: User, policy: SlaPolicy) -> None:
    changes.adopt(boss, quicker(agent, policy).pk)
    assert changes.roll_back(boss, "sla_policy", policy.pk, 2) == 4
    policy.refresh_from_db()
    assert policy.current is not None
    assert policy.current.first_response_seconds == 1800
    assert [(one.number, one.active) for one in kind_of("sla_policy").versions(policy)][:2] == [(4, True), (3, False)]


# ── the registry ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.slug)
def test_every_kind_lists_its_things_and_takes_words(kind: Any, agent: User) -> None:
    an_inbox(team=Team.objects.create(name="Webcare"))
    _a_cause()
    rows = [kind.found(THE_ONE)] if kind.single else list(kind.rows().order_by(*kind.key))[:3]
    for row in rows:
        assert kind.title(row)
        assert isinstance(kind.versions(row), list)
        assert changes.draft(agent, kind.slug, kind.identity(row), what="Anders").title == kind.title(row)


def test_administrators_own_every_kind() -> None:
    assert owned_by(person("anna", Role.ADMINISTRATOR)) == [kind.slug for kind in ALL]
    assert owned_by(person("joris", Role.AGENT)) == []


def _a_cause() -> int:
    return a_cause("Vertraging", "Delay").pk
