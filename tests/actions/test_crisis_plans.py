"""The crisis plan: two people switch it on, a crisis keeps the version that it started with, and history stays."""

from typing import Any

import pytest

from desk.actions.crises import crises, crisis_plans
from desk.actions.crises.crisis_gate import Gates
from desk.actions.replies.offers import offered
from desk.common.errors import Conflict, Invalid, NotPermitted
from desk.crises.models import CrisisPlanVersion
from desk.crises.plans import make_first, plan_of
from desk.people.models import AuditEntry, User
from desk.replies.models import CannedResponse
from policies.crisis_plan_form import default_plan
from tests.actions.builders import a_mention, an_inbox, minutes, take_in, the_ticket
from tests.canned import a_canned

pytestmark = pytest.mark.django_db
FREE: dict[str, Any] = {"levels": {level: {"gates": []} for level in "123"}}
BLOCKS: dict[str, Any] = {"levels": {level: {"gates": [{"gate": "block"}]} for level in "123"}}


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor")


@pytest.fixture
def daan() -> User:
    return User.objects.create_user("daan", role="administrator", first_name="Daan")


def switched_on(author: User, reviewer: User, document: dict[str, Any]) -> CrisisPlanVersion:
    draft = crisis_plans.write_draft(author, document=document, summary="Anders")
    crisis_plans.hand_in(author, draft.number)
    return crisis_plans.switch_on(reviewer, draft.number)


def test_a_desk_begins_with_an_active_plan_and_making_it_again_changes_nothing() -> None:
    make_first()
    version = CrisisPlanVersion.objects.get()
    assert (version.number, version.state, version.plan()) == (1, "active", default_plan())


def test_a_draft_is_switched_on_by_somebody_else_and_the_one_before_is_retired(noor: User, daan: User) -> None:
    draft = crisis_plans.write_draft(noor)
    assert draft.document == default_plan().document
    crisis_plans.change_draft(noor, draft.number, document=FREE, seen=draft.changed_at)
    with pytest.raises(Conflict) as stale:
        crisis_plans.change_draft(daan, draft.number, document=BLOCKS, seen=draft.changed_at)
    assert stale.value.code == "stale"
    crisis_plans.hand_in(noor, draft.number)
    with pytest.raises(Conflict, match="colleague"):
        crisis_plans.switch_on(noor, draft.number)
    crisis_plans.give_back(daan, draft.number, reason="Waarom vrij?")
    crisis_plans.hand_in(noor, draft.number)
    crisis_plans.switch_on(daan, draft.number)
    assert list(CrisisPlanVersion.objects.order_by("number").values_list("state", flat=True)) == ["retired", "active"]
    back = crisis_plans.roll_back(daan, 1)
    assert (back.number, back.plan()) == (3, default_plan())
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        f"crisis_plan_{did}"
        for did in ("drafted", "changed", "handed_in", "given_back", "handed_in", "switched_on", "rolled_back")
    ]


def test_what_the_desk_does_not_have_is_refused_at_its_place(noor: User, daan: User) -> None:
    inbox = an_inbox()
    a_canned("Storing", "Er is een storing")
    lines = [{"gate": "hold", "network": "usenet"}, {"gate": "hold", "inbox": [inbox.pk, 999_999_999]}]
    with pytest.raises(Invalid) as refused:
        crisis_plans.write_draft(noor, document={"levels": {"2": {"gates": lines, "statements": ["storing", "brand"]}}})
    assert set(refused.value.errors) == {
        "levels.2.gates[0].network", "levels.2.gates[1].inbox", "levels.2.statements[1]",
    }  # fmt: skip
    draft = crisis_plans.write_draft(noor, document={"levels": {"2": {"statements": ["storing"]}}})
    crisis_plans.hand_in(noor, draft.number)
    CannedResponse.objects.all().delete()
    with pytest.raises(Invalid):  # it went while the draft was read
        crisis_plans.switch_on(daan, draft.number)


def test_supervisors_read_it_and_do_not_write_it(noor: User) -> None:
    with pytest.raises(NotPermitted):
        crisis_plans.write_draft(User.objects.create_user("mila", role="supervisor"))


def test_a_crisis_keeps_the_plan_that_was_active_when_it_started(noor: User, daan: User) -> None:
    take_in(an_inbox(), [a_mention("1")], now=minutes(1))
    early, suspected = (crises.start(noor, reason="Stil", level=level, now=minutes(0)) for level in (3, 0))
    assert (early.plan.number if early.plan else 0, suspected.plan) == (1, None)
    switched_on(noor, daan, FREE)
    later = crises.set_level(noor, suspected.pk, 3, reason="Toch", now=minutes(2))
    assert later.plan_id is not None
    assert plan_of(later.plan_id).levels[3].gates == ()
    crises.set_level(noor, early.pk, 2, reason="Minder", now=minutes(3))
    early.refresh_from_db()
    assert early.plan is not None
    assert early.plan.number == 1
    closed = Gates(the_ticket(), minutes(4)).closed("public")
    assert closed is not None
    assert (closed.code, closed.crisis) == ("crisis_approve", early.pk)


def test_the_statements_of_the_plan_are_offered_first_while_the_crisis_lasts(noor: User, daan: User) -> None:
    texts = [{"language": "nl", "network": "", "text": "Er is een storing."}]
    for shortcut, used in (("dank", 9), ("storing", 0)):
        CannedResponse.objects.create(
            name=shortcut, shortcut=shortcut, state="active", texts=texts, words="Er is een storing.", times_used=used
        )
    take_in(an_inbox(), [a_mention("1")], now=minutes(1))
    switched_on(noor, daan, {"levels": {"2": {"statements": ["storing"]}}})
    crisis = crises.start(noor, reason="Stil", level=2)
    suze = User.objects.create_user("suze", role="agent")

    def shortcuts() -> list[str]:
        return [one.shortcut for one in offered(suze, the_ticket(), "public", "")]

    assert shortcuts() == ["storing", "dank"]
    crises.stand_down(noor, crisis.pk, reason="Hij rijdt")
    assert shortcuts() == ["dank", "storing"]
