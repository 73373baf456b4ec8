"""The crisis plan: what a document means, what is refused with its path, and which gate holds for a reply."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.crisis_plan import CODES, CrisisPlan, Gate, Gated, Outbound, profile_brought, strictest_gate
from policies.crisis_plan_form import default_plan, parse
from policies.crisis_plan_messages import MESSAGES
from policies.crisis_scope import Covering, CrisisFacts, Scope
from policies.crisis_states import Standing, State
from policies.messages import LANGUAGES, names_in
from policies.rulebook_reading import RulebookProblem

FACTS = CrisisFacts("x", 7, "nl", frozenset({"trein"}))
PUBLIC, PRIVATE = Outbound("x", 7, "public"), Outbound("x", 7, "private")


def minutes(count: float) -> datetime:
    return datetime(2026, 3, 10, 12, 0, tzinfo=UTC) + timedelta(minutes=count)


def problems(document: object) -> list[tuple[str, str]]:
    with pytest.raises(RulebookProblem) as refused:
        parse(document)
    for language in LANGUAGES:
        assert all(sentence and "{" not in sentence for _path, sentence in refused.value.said(language))
    return [(problem.path, problem.code) for problem in refused.value.problems]


def level_two(**given: Any) -> dict[str, Any]:
    return {"levels": {"2": given}}


def gates(*lines: dict[str, Any]) -> dict[str, Any]:
    return level_two(gates=list(lines))


def tasks(*entries: dict[str, Any]) -> dict[str, Any]:
    return level_two(checklist=list(entries))


BOTH = {"nl": "Bel de pers", "en": "Call the press"}


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        ([], "", "rulebook.form"),
        ({1, 2}, "", "rulebook.form"),
        ({"levels": {"2": {"instructions": {"nl": "x" * 200_001}}}}, "", "plan.too_large"),
        ({"level": {}}, "level", "rulebook.key_unknown"),
        ({"levels": []}, "levels", "rulebook.object"),
        ({"levels": {"4": {}}}, "levels.4", "rulebook.key_unknown"),
        ({"roles": []}, "roles", "rulebook.object"),
        ({"roles": {"Lead!": {"name": BOTH}}}, "roles.Lead!", "plan.key"),
        ({"roles": {"lead": {"name": {"nl": "Leider"}}}}, "roles.lead.name", "plan.both_languages"),
        ({"roles": {f"r{number}": {"name": BOTH} for number in range(21)}}, "roles", "rulebook.too_many"),
        (level_two(gate="hold"), "levels.2.gate", "rulebook.key_unknown"),
        (level_two(pause_scheduled="ja"), "levels.2.pause_scheduled", "rulebook.switch"),
        (level_two(instructions={"nl": "Zeg niets", "en": "x" * 601}), "levels.2.instructions.en", "rulebook.text"),
        (level_two(instructions=None), "levels.2.instructions", "plan.both_languages"),
        (level_two(sla_profile="Heel groot"), "levels.2.sla_profile", "plan.key"),
        (level_two(sla_profile=3), "levels.2.sla_profile", "plan.key"),
        (level_two(statements="storing"), "levels.2.statements", "rulebook.list"),
        (gates({"visibility": "public"}), "levels.2.gates[0]", "rulebook.missing"),
        (gates({"gate": "closed"}), "levels.2.gates[0].gate", "rulebook.choice"),
        (gates({"gate": "hold", "visibility": "secret"}), "levels.2.gates[0].visibility", "rulebook.choice"),
        (gates({"gate": "hold", "network": "X!"}), "levels.2.gates[0].network", "rulebook.network"),
        (gates({"gate": "hold", "inbox": [1, "2"]}), "levels.2.gates[0].inbox[1]", "rulebook.number"),
        (tasks({"text": BOTH, "due_minutes": 5}), "levels.2.checklist[0]", "rulebook.missing"),
        (tasks({"key": "x", "text": BOTH, "due_minutes": 0}), "levels.2.checklist[0].due_minutes", "rulebook.number"),
        (
            tasks({"key": "x", "text": BOTH, "due_minutes": 5, "role": "king"}),
            "levels.2.checklist[0].role",
            "plan.role_unknown",
        ),
        (
            tasks(*[{"key": "x", "text": BOTH, "due_minutes": 5}] * 2),
            "levels.2.checklist[1].key",
            "rulebook.twice",
        ),
    ],
)
def test_what_is_no_plan_is_refused_at_its_place(document: Any, path: str, code: str) -> None:
    assert problems(document) == [(path, code)]


def test_everything_wrong_is_said_at_once() -> None:
    found = problems({"extra": 1, **gates({"gate": "closed"}, {"gate": "hold", "network": ""})})
    assert [path for path, _code in found] == ["extra", "levels.2.gates[0].gate", "levels.2.gates[1].network"]


def test_the_messages_name_the_same_things_in_both_languages() -> None:
    for code, versions in MESSAGES.items():
        assert names_in(versions["en"]) == names_in(versions["nl"]), code


def test_what_is_left_out_is_as_the_default_plan_and_what_is_kept_means_the_same_again() -> None:
    plan = parse(level_two(gates=[]))
    assert plan.levels[2].gates == ()
    assert plan.levels[2].checklist == default_plan().levels[2].checklist
    assert plan.levels[3] == default_plan().levels[3]
    for one in (plan, default_plan()):
        assert parse(one.document) == one
    assert parse({"levels": {2: {"gates": []}}}) == plan  # as YAML reads it


def test_a_plan_with_roles_of_its_own_keeps_the_default_checklist_without_the_others() -> None:
    plan = parse({"roles": {"desk": {"name": BOTH}}})
    assert {task.role for _level, task in plan.tasks_to(3)} == {"desk", ""}


def test_the_checklist_of_a_level_has_that_of_the_lower_ones_before_it() -> None:
    assert [level for level, _task in default_plan().tasks_to(2)] == [1, 2, 2, 2]


# ── gates ────────────────────────────────────────────────────────────────────
def crisis(number: int, level: int, plan: CrisisPlan, scope: Scope | None = None, **standing: Any) -> Gated:
    return Gated(Covering(number, scope or Scope(), Standing(State.ACTIVE, level, **standing)), plan)


def verdict(reply: Outbound, *crises: Gated, at: float = 0) -> tuple[str, int] | None:
    closed = strictest_gate(crises, FACTS, reply, minutes(at))
    return (closed.code, closed.crisis) if closed else None


@pytest.mark.parametrize(
    ("level", "public", "private"),
    [(1, None, None), (2, ("crisis_approve", 1), None), (3, ("crisis_hold", 1), None)],
)
def test_the_default_plan_by_level(level: int, public: Any, private: Any) -> None:
    one = crisis(1, level, default_plan())
    assert (verdict(PUBLIC, one), verdict(PRIVATE, one)) == (public, private)


@pytest.mark.parametrize(
    ("line", "reply", "closed"),
    [
        ({"gate": "hold"}, PRIVATE, True),
        ({"gate": "hold", "network": "facebook_page"}, PUBLIC, False),
        ({"gate": "hold", "network": ["facebook_page", "x"]}, PUBLIC, True),
        ({"gate": "hold", "inbox": 8}, PUBLIC, False),
        ({"gate": "hold", "inbox": [8, 7]}, PUBLIC, True),
        ({"gate": "hold", "inbox": 7, "visibility": "private"}, PUBLIC, False),
        ({"gate": "free"}, PUBLIC, False),
    ],
)
def test_a_line_is_for_what_it_names(line: dict[str, Any], reply: Outbound, closed: bool) -> None:
    assert (verdict(reply, crisis(1, 2, parse(gates(line)))) is not None) is closed


def test_of_several_lines_and_several_crises_the_strictest_holds() -> None:
    free, hold, block = ({"gate": gate} for gate in ("free", "hold", "block"))
    assert verdict(PUBLIC, crisis(1, 2, parse(gates(hold, free)))) == ("crisis_hold", 1)
    approve, blocks = crisis(1, 2, default_plan()), crisis(2, 2, parse(gates(block, {"gate": "approve"})))
    assert verdict(PUBLIC, approve, blocks) == verdict(PUBLIC, blocks, approve) == ("crisis_block", 2)
    assert verdict(PUBLIC, approve, crisis(2, 3, default_plan(), Scope(topics=frozenset({"bus"})))) == (
        "crisis_approve", 1,
    )  # fmt: skip
    assert verdict(PUBLIC, crisis(4, 2, default_plan()), crisis(3, 2, default_plan())) == ("crisis_approve", 3)


def test_what_a_person_let_past_one_crisis_waits_for_the_other_and_never_passes_a_block() -> None:
    past = Outbound("x", 7, "public", let_past=frozenset({1}))
    hold, block = crisis(1, 3, default_plan()), crisis(1, 2, parse(gates({"gate": "block"})))
    assert verdict(past, hold) is None
    assert verdict(past, hold, crisis(2, 3, default_plan())) == ("crisis_hold", 2)
    assert verdict(past, block) == ("crisis_block", 1)


def test_what_was_put_off_is_paused_where_the_plan_says_so() -> None:
    put_off = Outbound("x", 7, "private", scheduled=True)
    assert verdict(put_off, crisis(1, 2, default_plan())) == ("crisis_scheduled", 1)
    assert verdict(put_off, crisis(1, 1, default_plan())) is None
    assert verdict(Outbound("x", 7, "public", scheduled=True), crisis(1, 3, default_plan())) == ("crisis_hold", 1)


def test_level_three_that_nobody_confirmed_is_level_two_by_itself() -> None:
    alone = crisis(1, 3, default_plan(), asked_by=5, lapses_at=minutes(30))
    assert verdict(PUBLIC, alone, at=29.9) == ("crisis_hold", 1)
    assert verdict(PUBLIC, alone, at=30) == ("crisis_approve", 1)


@given(
    st.lists(st.tuples(st.sampled_from(list(Gate)), st.sampled_from(["", "public", "private"])), max_size=6),
    st.sampled_from([PUBLIC, PRIVATE]),
)
def test_a_line_more_never_opens_a_gate(lines: list[tuple[Gate, str]], reply: Outbound) -> None:
    strictness = [None, *CODES[:3]]
    before = -1
    for count in range(len(lines) + 1):
        given_lines = [{"gate": str(gate), **({"visibility": where} if where else {})} for gate, where in lines[:count]]
        found = verdict(reply, crisis(1, 2, parse(gates(*given_lines))))
        now = strictness.index(found[0] if found else None)
        assert now >= before
        before = now


@pytest.mark.parametrize(
    ("crises", "profile"),
    [
        ([], ""),
        ([(2, 1, "two")], "two"),
        ([(3, 1, "two")], ""),  # its plan says nothing of that level
        ([(3, 1, "two"), (2, 2, "two")], "two"),  # the strictest that says something
        ([(2, 9, "other"), (2, 3, "two")], "two"),  # of equals the older one
        ([(0, 1, "two"), (1, 2, "two")], ""),
    ],
)
def test_the_strictest_crisis_that_names_a_profile_brings_it(crises: list[tuple[int, int, str]], profile: str) -> None:
    def plan(name: str) -> CrisisPlan:
        return parse(level_two(sla_profile=name))

    assert profile_brought((level, pk, plan(name)) for level, pk, name in crises) == profile
