"""The scenarios that come with the desk can be read, are whole in both languages, and escalate."""

import pytest

from desk.drills.scenarios import FOLDER, shipped
from policies.drill_scenario import Kind, beats

KEYS = ("data-leak", "hoax", "outage", "own-post", "product-safety", "viral-video")


def test_all_that_are_promised_are_there() -> None:
    assert tuple(shipped()) == KEYS == tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@pytest.mark.parametrize("key", KEYS)
def test_each_is_whole_in_both_languages(key: str) -> None:
    scenario = shipped()[key]
    assert scenario.about
    assert all(phase.name for phase in scenario.phases)
    assert len(scenario.phases) >= 2
    for language in ("nl", "en"):
        said = [beat.data for beat in beats(scenario, language=language, speed=1, seed="1") if beat.kind is Kind.POST]
        assert {post["language"] for post in said} == {language}
        assert len(said) == scenario.posts
        assert all(len(post["text"]) <= 250 for post in said)  # a mention on X has the company's handle before it
    assert any(phase.faults for phase in scenario.phases)


@pytest.mark.parametrize("key", KEYS)
def test_each_grows_before_it_calms_down(key: str) -> None:
    first, second, *_rest = shipped()[key].phases
    rates = [(len(one.posts) + sum(crowd.count for crowd in one.crowds)) / one.seconds for one in (first, second)]
    assert rates[1] > rates[0]


@pytest.mark.parametrize("key", KEYS)
def test_nobody_answers_what_was_not_said_yet(key: str) -> None:
    """Whoever is answered spoke before, also where chance says when."""
    said: set[str] = set()
    for beat in beats(shipped()[key], language="nl", speed=1, seed="1"):
        if beat.kind is Kind.POST:
            assert not beat.data["reply_to"] or beat.data["reply_to"] in said
            said.add(beat.data["key"])
