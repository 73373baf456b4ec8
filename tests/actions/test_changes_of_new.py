"""Something new, an order, and what colleagues work with: proposed with values, foreseen, adopted, taken away again."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from desk.actions.alerts import alert_chains
from desk.actions.automation import macros
from desk.actions.changes import change_sweep, changes
from desk.actions.changes.kinds import THE_ONE, Difference
from desk.actions.changes.registry import kind_of
from desk.actions.sla import sla_policies
from desk.alerts.models import AlertChain, AlertChainVersion, Notification
from desk.alerts.words import sentence
from desk.automation.models import Macro
from desk.causes.models import Cause
from desk.changes.models import Change
from desk.common.errors import Conflict, DeskError, Invalid, Missing, NotPermitted
from desk.people.models import User
from desk.people.permissions import Role
from desk.replies.models import CannedResponse
from desk.sla.models import BusinessCalendar, SlaPolicy
from tests.actions.builders import NOON, a_mention, an_inbox, minutes, take_in, the_ticket
from tests.actions.promised import a_policy, promise

pytestmark = pytest.mark.django_db
DAY = NOON + timedelta(days=1)
TEXTS = [{"language": "nl", "network": "", "text": "Dag {{customer}}, wat vervelend."}]
NEW: dict[str, dict[str, Any]] = {
    "sla_policy": {"name": "Spoed", "first_response_minutes": 5, "conditions": {"priorities": [3]}},
    "calendar": {"name": "Zaterdag", "form": {"timezone": "UTC", "week": {"sat": [["09:00", "12:00"]]}}},
    "canned": {"name": "Sorry", "shortcut": "sorry", "texts": TEXTS},
    "cause": {"name_nl": "Bagage", "name_en": "Luggage"},
    "macro": {"name": "Naar planning", "steps": [{"do": "tag", "value": "planning"}]},
    "alert_chain": {"name": "Kort", "steps": [{"percent": 90, "to": ["team"]}]},
}
MODELS: dict[str, Any] = {
    "sla_policy": SlaPolicy, "calendar": BusinessCalendar, "canned": CannedResponse, "cause": Cause, "macro": Macro,
    "alert_chain": AlertChain,
}  # fmt: skip


@pytest.fixture
def boss() -> User:
    return User.objects.create_user("mila", role=Role.ADMINISTRATOR)


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("joris", role=Role.AGENT)


def counted(one: Change, reader: User, days: int = 7) -> dict[str, int]:
    return {figure.code: figure.count for figure in changes.foreseen(reader, one.pk, days=days, now=DAY).figures}


def there(kind: str) -> int:
    return kind_of(kind).rows().count()


# ── something new ────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", NEW)
def test_something_new_is_tried_proposed_made_and_taken_away(kind: str, agent: User, boss: User) -> None:
    before = MODELS[kind].objects.count()
    one = changes.draft(agent, kind, 0, what="Dit hebben we nodig", values=NEW[kind])
    sort = kind_of(kind)
    assert (one.is_new, one.thing, MODELS[kind].objects.count()) == (True, 0, before), "tried, and taken back"
    lines = sort.differences(None, one.values or {})
    assert lines
    assert all(line.before == "–" for line in lines)
    foreseen = changes.foreseen(agent, one.pk, days=7, now=DAY)
    assert foreseen.figures or foreseen.note

    changes.adopt(boss, one.pk)
    one.refresh_from_db()
    made = sort.found(one.thing)
    assert MODELS[kind].objects.count() == before + 1
    assert one.title == sort.title(made)
    kept = sort.values(made)
    assert all(kept[name] == value for name, value in NEW[kind].items() if name not in ("conditions", "steps", "form"))

    with pytest.raises(NotPermitted):
        changes.take_away(agent, one.pk)
    was = there(kind)
    changes.take_away(boss, one.pk)
    assert there(kind) == was - 1
    with pytest.raises(Missing):
        changes.take_away(boss, one.pk)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("sla_policy", {"first_response_minutes": 5}),
        ("sla_policy", {"name": "Spoed", "first_response_minutes": 0}),
        ("calendar", {"name": "Leeg"}),
        ("canned", {"name": "Sorry", "shortcut": "sorry", "texts": [{**TEXTS[0], "text": "{{wie}}"}]}),
        ("cause", {"name_nl": "Bagage"}),
        ("macro", {"name": "Leeg", "steps": []}),
        ("alert_chain", {"name": "Kort", "steps": [{"percent": 900, "to": ["team"]}]}),
        ("team", {"assignment": "round_robin"}),
    ],
)
def test_what_could_not_be_made_is_not_proposed(kind: str, values: dict[str, Any], agent: User) -> None:
    with pytest.raises(DeskError):
        changes.draft(agent, kind, 0, what="Iets nieuws", values=values)
    assert not Change.objects.exists()


def test_a_new_policy_is_foreseen_by_the_clocks_of_the_last_days(agent: User) -> None:
    promise(first=30)
    take_in(an_inbox(), [a_mention("1")])
    none = changes.draft(agent, "sla_policy", 0, what="Spoed", values=NEW["sla_policy"])
    assert counted(none, agent)["other_policy"] == 0
    every = {"name": "Iedereen", "first_response_minutes": 24 * 60 * 3}
    found = counted(changes.draft(agent, "sla_policy", 0, what="Ruimer", values=every), agent)
    assert (found["other_policy"], found["saved"]) == (1, 1)


def test_something_new_in_words_is_taken_up_and_made_by_hand(agent: User, boss: User) -> None:
    one = changes.draft(agent, "macro", 0, what="Een macro voor bagage")
    changes.adopt(boss, one.pk)
    with pytest.raises(Conflict, match="nothing new"):
        changes.take_away(boss, one.pk)
    assert not Macro.objects.exists()


def test_something_new_comes_by_itself_at_its_moment_and_what_is_refused_then_waits(agent: User, boss: User) -> None:
    now = timezone.now()
    one, twin = (changes.draft(agent, "macro", 0, what="Planning", values=NEW["macro"]) for _ in range(2))
    for each in (one, twin):
        changes.plan(boss, each.pk, at=now + timedelta(hours=1), now=now)
    assert change_sweep.switch_on_planned(now + timedelta(hours=2)) == 2
    one.refresh_from_db()
    twin.refresh_from_db()
    assert (one.state, Macro.objects.get().pk) == ("adopted", one.thing)
    assert (twin.state, twin.thing) == ("proposed", 0)
    assert twin.problem


def test_the_kind_of_something_new_is_named_in_the_readers_language(agent: User, boss: User) -> None:
    with translation.override("nl"):
        changes.draft(agent, "macro", 0, what="Planning", values=NEW["macro"])
    notice = Notification.objects.get(user=boss)
    assert "Macros that everybody has" in sentence(notice)
    with translation.override("nl"):
        assert str(kind_of("macro").label) in sentence(notice)
        assert "Macros that everybody has" not in sentence(notice)


# ── an order ─────────────────────────────────────────────────────────────────
def test_policies_are_asked_in_another_order_and_as_before(agent: User, boss: User) -> None:
    slow = a_policy("Ruim", first=24 * 60 * 3, position=1)
    quick = a_policy("Spoed", first=5, position=2)
    take_in(an_inbox(), [a_mention("1")])
    with pytest.raises(Invalid):
        changes.draft(agent, "sla_order", THE_ONE, what="Zo is het al", values={"order": [slow.pk, quick.pk]})
    one = changes.draft(agent, "sla_order", THE_ONE, what="Spoed eerst", values={"order": [quick.pk, slow.pk]})
    sort = kind_of("sla_order")
    assert sort.differences(sort.found(THE_ONE), one.values or {}) == [
        Difference("Asked as number 1", "Ruim", "Spoed"), Difference("Asked as number 2", "Spoed", "Ruim"),
    ]  # fmt: skip
    assert counted(one, agent) == {"tickets": 1, "other_policy": 1, "moved": 1, "saved": 0, "lost": 1}

    later = a_policy("Later", first=5, position=3)  # came since: it stands behind the others
    changes.adopt(boss, one.pk)
    assert sort.values(None)["order"] == [quick.pk, slow.pk, later.pk]
    (version,) = sort.versions(sort.found(THE_ONE))
    assert version.words == "Ruim, Spoed, Later → Spoed, Ruim, Later"
    sla_policies.delete_policy(boss, slow.pk)
    with pytest.raises(Invalid):
        changes.draft(agent, "sla_order", THE_ONE, what="Dubbel", values={"order": [later.pk, later.pk, quick.pk]})
    changes.draft(agent, "sla_order", THE_ONE, what="Later", values={"order": [later.pk]})
    with pytest.raises(Conflict, match="like that already"):  # what is gone is left out
        changes.roll_back(boss, "sla_order", THE_ONE, version.number)


# ── macros and alert chains ──────────────────────────────────────────────────
def test_other_steps_of_a_macro_are_foreseen_by_its_use_adopted_and_taken_back(agent: User, boss: User) -> None:
    macro = macros.create_macro(boss, shared=True, **NEW["macro"])
    own = macros.create_macro(agent, name="Van mij", steps=NEW["macro"]["steps"])
    take_in(an_inbox(), [a_mention("1")])
    for _time in range(2):
        macros.apply_macro(agent, the_ticket().pk, macro.pk)
    steps = [{"do": "tag", "value": "planning"}, {"do": "priority", "value": "2"}]
    one = changes.draft(agent, "macro", macro.pk, what="Met voorrang", values={"name": macro.name, "steps": steps})
    assert set(one.values or {}) == {"steps"}
    lines = kind_of("macro").differences(macro, one.values or {})
    assert [(line.what, line.before, line.after) for line in lines] == [("Step 2", "–", "set the priority: High")]
    used = changes.foreseen(agent, one.pk, days=7)
    assert {figure.code: figure.count for figure in used.figures} == {"used": 2, "tickets": 1, "people": 1}

    changes.adopt(boss, one.pk)
    macro.refresh_from_db()
    assert macro.form == steps
    (version,) = kind_of("macro").versions(macro)
    changes.roll_back(boss, "macro", macro.pk, version.number)
    macro.refresh_from_db()
    assert macro.form == steps[:1]
    with pytest.raises(Missing):  # what is somebody's own is nobody else's business
        changes.draft(agent, "macro", own.pk, what="Ook zo", values={"steps": steps})


def test_an_alert_chain_is_foreseen_by_the_clocks_that_went_by_it(agent: User, boss: User) -> None:
    chain = alert_chains.create_chain(boss, name="Kort", steps=[{"percent": 50, "to": ["team"]}])
    policy = promise(first=60)
    sla_policies.change_policy(boss, policy.pk, alert_chain_id=chain.pk)
    take_in(an_inbox(), [a_mention("1"), a_mention("2", by="jan")], now=minutes(1))
    steps = [{"percent": 50, "to": ["team"]}, {"after_minutes": 30, "to": ["supervisors"]}]
    one = changes.draft(agent, "alert_chain", chain.pk, what="Ook daarna", values={"steps": steps})
    found = counted(one, agent)
    assert {name: found[name] for name in ("clocks", "alerts", "alerts_before")} == {
        "clocks": 2, "alerts": 4, "alerts_before": 2,
    }  # fmt: skip
    with pytest.raises(Invalid):  # the same, written more shortly
        changes.draft(agent, "alert_chain", chain.pk, what="Zo is het al", values={"steps": steps[:1]})

    changes.adopt(boss, one.pk)
    one.refresh_from_db()
    assert one.became == 2
    assert len(AlertChainVersion.objects.get(chain=chain, number=2).rule.steps) == 2
    assert changes.roll_back(boss, "alert_chain", chain.pk, 1) == 3
    assert len(AlertChainVersion.objects.get(chain=chain, number=3).rule.steps) == 1
    with pytest.raises(Conflict):
        changes.roll_back(boss, "alert_chain", chain.pk, 3)
