"""Scenarios: what a document says, everything that is wrong with one, and what is played when."""

from datetime import timedelta
from typing import Any

import pytest

from policies.drill_scenario import BOTH, Kind, beats, playing_time
from policies.drill_scenario_form import ScenarioProblem, parse

SMALL: dict[str, Any] = {
    "key": "small",
    "title": {"nl": "Klein", "en": "Small"},
    "phases": [
        {
            "minutes": 10,
            "posts": [
                {"at": 0, "author": "jan", "key": "first", "text": {"nl": ["Help!", "Hallo?"], "en": "Help!"}},
                {"at": 2.5, "author": "eva", "reply_to": "first", "text": {"en": "Same here"}},
                {"at": 1, "text": {"nl": "Wij zijn trots op onze nieuwe app."}},
            ],
            "crowd": [{"count": 20, "from": 5, "to": 10, "followers": [5, 50], "text": {"nl": ["a", "b", "c"]}}],
            "faults": [{"kind": "down", "at": 4, "minutes": 3}],
        },
        {"minutes": 5, "posts": [{"at": 5, "author": "jan", "private": True, "text": {"nl": "En nu?"}}]},
    ],
}


def test_everything_happens_in_order_and_as_fast_as_is_asked() -> None:
    played = beats(parse(SMALL), language="nl", speed=10, seed="1")
    assert [beat.after for beat in played] == sorted(beat.after for beat in played)
    first, own, reply = [beat for beat in played if beat.kind is Kind.POST][:3]
    assert (first.after, own.after, reply.after) == (timedelta(), timedelta(seconds=6), timedelta(seconds=15))
    assert (own.data["author"], reply.data["reply_to"], reply.data["language"]) == ("", "first", "en")
    assert [(beat.kind, beat.after.total_seconds()) for beat in played if beat.kind is not Kind.POST] == [
        (Kind.FAULT_BEGINS, 24),
        (Kind.FAULT_ENDS, 42),
    ]
    assert played[-1].after == timedelta(minutes=15) / 10
    assert played[-1].data["private"]
    assert playing_time(parse(SMALL), 10) == timedelta(minutes=15 + 30) / 10


def test_a_seed_gives_the_same_drill_and_another_one_varies_it() -> None:
    scenario = parse(SMALL)
    once, again, other = (beats(scenario, language=BOTH, speed=1, seed=seed) for seed in ("7", "7", "8"))
    assert once == again != other
    crowd = [beat for beat in once if beat.data.get("followers", 0) and beat.data["text"] in "abc"]
    assert len(crowd) == 20
    assert all(5 <= beat.data["followers"] <= 50 and 300 <= beat.after.total_seconds() <= 600 for beat in crowd)
    assert len({beat.data["author"] for beat in crowd}) > 15
    assert {beat.data["text"] for beat in crowd} == set("abc")


def changed(**parts: Any) -> dict[str, Any]:
    return {**SMALL, **parts}


def with_post(**parts: Any) -> dict[str, Any]:
    return changed(phases=[{"minutes": 10, "posts": [{"author": "jan", "text": {"nl": "Hoi"}, **parts}]}])


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([], ""),
        ({}, ""),
        (changed(key="Groot!"), "key"),
        (changed(title={"nl": "Klein"}), "title"),
        (changed(level=4), "level"),
        (changed(level=0), "level"),
        (changed(unknown=1), "unknown"),
        (changed(phases=[]), "phases"),
        (changed(phases=[{"minutes": 10}]), "phases"),
        (changed(phases=[{"posts": []}]), "phases[0]"),
        (changed(phases=[{"minutes": "ten"}]), "phases[0].minutes"),
        (changed(wrap_up_minutes=-1), "wrap_up_minutes"),
        (with_post(at=11), "phases[0].posts[0].at"),
        (with_post(at=True), "phases[0].posts[0].at"),
        (with_post(author="J"), "phases[0].posts[0].author"),
        (with_post(text={}), "phases[0].posts[0].text"),
        (with_post(text={"nl": []}), "phases[0].posts[0].text.nl"),
        (with_post(text={"nl": ["x" * 2001]}), "phases[0].posts[0].text.nl[0]"),
        (with_post(text={"de": "Hallo"}), "phases[0].posts[0].text.de"),
        (with_post(text={"nl": "a\x00b"}), "phases[0].posts[0].text.nl"),
        (with_post(followers=-1), "phases[0].posts[0].followers"),
        (with_post(reply_to="nobody"), "phases[0].posts[0].reply_to"),
        (with_post(private="yes"), "phases[0].posts[0].private"),
        (changed(phases=[{"minutes": 1, "posts": [{"private": True, "text": {"nl": "x"}}]}]), "phases[0].posts[0]"),
        (changed(phases=[{"minutes": 1, "crowd": [{"text": {"nl": "x"}}]}]), "phases[0].crowd[0]"),
        (
            changed(phases=[{"minutes": 1, "crowd": [{"count": 2, "followers": [9, 1], "text": {"nl": "x"}}]}]),
            "phases[0].crowd[0].followers",
        ),
        (
            changed(phases=[{"minutes": 1, "crowd": [{"count": 20_001, "text": {"nl": "x"}}]}]),
            "phases[0].crowd[0].count",
        ),
        (changed(phases=[{"minutes": 1, "crowd": [{"count": 20_000, "text": {"nl": "x"}}] * 2}]), "phases"),
        (changed(phases=[{"minutes": 1, "faults": [{"kind": "fire", "minutes": 1}]}]), "phases[0].faults[0].kind"),
    ],
)
def test_what_is_wrong_is_named_by_its_path_in_both_languages(document: Any, path: str) -> None:
    with pytest.raises(ScenarioProblem) as refused:
        parse(document)
    for language in ("nl", "en"):
        said = dict(refused.value.said(language))
        assert said.get(path)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = with_post(author="J", at=99, text={"nl": 5})
    with pytest.raises(ScenarioProblem) as refused:
        parse({**wrong, "level": 9})
    paths = {problem.path for problem in refused.value.problems}
    assert paths == {"level", *(f"phases[0].posts[0].{name}" for name in ("author", "at", "text.nl"))}
