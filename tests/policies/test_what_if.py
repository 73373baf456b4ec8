"""Two rulebooks over one reply: the same as checking it twice, at little more than the price of once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.check import check_reply
from policies.facts import Limit, ReplyFacts, Visibility
from policies.findings import Severity
from policies.registry import RULES
from policies.rulebook import Rulebook
from policies.rulebook_form import default_rulebook, parse
from policies.what_if import SIGNED, Outcome, WhatIf

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FACTS = ReplyFacts(text="", now=NOW, length=Limit(120, "weighted"), network="x", customer_language="nl")
BOOKS: dict[str, dict[str, Any]] = {
    "as made": {},
    "stricter": {
        "rules": {
            "links.shortener": {"severity": "block"},
            "links.not_allowed": {"hosts": ["vlotlijn.nl"]},
            "phrases.banned": {"phrases": ["helaas", "trein"]},
            "phrases.missing": {"phrases": ["groet"]},
            "personal_data.reference": {"patterns": [r"VL-\d{6}"]},
            "approval.role": {"roles": ["trainee"]},
        }
    },
    "milder": {
        "rules": {
            "personal_data.phone": {"enabled": False},
            "phrases.banned": {"phrases": ["helaas"]},
            "tone.shouting": {"overrides": [{"when": {"team": "avond"}, "severity": "approve"}]},
            "links.cost": {"overrides": [{"when": {"visibility": "public", "language": "nl"}, "enabled": False}]},
        }
    },
    "signed otherwise": {"signature": {"format": "-- {initials}"}},
}
TEXTS = (
    "Dank je wel!",
    "Helaas rijdt de TREIN NU NIET!!! Kijk op https://bit.ly/abc of bel 06-12345678",
    "Je boeking VL-123456 staat klaar, met vriendelijke groet ^JK",
    "We are sorry, please send us your account number https://vlotlijn.nl/?utm_source=x -- JK",
    "x" * 200,
    "",
)


def book(name: str) -> Rulebook:
    return parse(BOOKS[name])


def found_by(facts: ReplyFacts, rulebook: Rulebook) -> set[tuple[str, str, int, int]]:
    return {(one.code, one.severity, one.start, one.end) for one in check_reply(replace(facts), rulebook).findings}


def told(outcomes: Sequence[Outcome], *, before: bool) -> set[tuple[str, str, int, int]]:
    return {
        (one.code, severity, spot.start, spot.end)
        for one in outcomes
        if (severity := one.before if before else one.severity)
        for spot in (one.spots_before if before else one.spots)
    }


@pytest.mark.parametrize(("asked", "before"), list(product(BOOKS, BOOKS)))
def test_it_says_what_two_checks_say(asked: str, before: str) -> None:
    new, old = book(asked), book(before)
    comparison = WhatIf(new, old)
    for text, visibility, team, role in product(TEXTS, Visibility, ("", "avond"), ("agent", "trainee")):
        facts = replace(FACTS, text=text, visibility=visibility, team=team, roles=(role,))
        mine, theirs = (replace(facts, signature=one.signature.of("JK")) for one in (new, old))
        verdict = comparison.verdict(mine, theirs.signature)
        assert told(verdict.outcomes, before=False) == found_by(mine, new), text
        assert told(verdict.outcomes, before=True) == found_by(theirs, old), text


@given(text=st.text(max_size=300), asked=st.sampled_from(list(BOOKS)), before=st.sampled_from(list(BOOKS)))
def test_it_says_so_of_any_text(text: str, asked: str, before: str) -> None:
    new, old = book(asked), book(before)
    mine = replace(FACTS, text=text, signature=new.signature.of("JK"))
    verdict = WhatIf(new, old).verdict(mine, old.signature.of("JK"))
    assert told(verdict.outcomes, before=False) == found_by(mine, new)
    assert told(verdict.outcomes, before=True) == found_by(replace(mine, signature=old.signature.of("JK")), old)


def test_what_is_found_under_one_only_is_added_or_gone() -> None:
    text = replace(FACTS, text="Helaas, bel 06-12345678 ^JK", signature="^JK")
    verdict = WhatIf(book("milder"), default_rulebook()).verdict(text)
    by_code = {one.code: (one.severity, one.before, one.added, one.gone) for one in verdict.outcomes}
    assert by_code["phrases.banned"] == (Severity.BLOCK, None, True, False)
    assert by_code["personal_data.phone"] == (None, Severity.BLOCK, False, True)
    assert (verdict.severity, verdict.before, verdict.added, verdict.gone) == ("block", "block", True, True)


def test_a_graver_word_is_added_and_a_milder_one_is_gone() -> None:
    facts = replace(FACTS, text="Kijk op https://bit.ly/abc ^JK", signature="^JK", customer_language="")
    one = {each.code: each for each in WhatIf(book("stricter"), default_rulebook()).verdict(facts).outcomes}
    other = {each.code: each for each in WhatIf(default_rulebook(), book("stricter")).verdict(facts).outcomes}
    assert (one["links.shortener"].added, one["links.shortener"].gone) == (True, False)
    assert (other["links.shortener"].added, other["links.shortener"].gone) == (False, True)
    assert (one["links.cost"].added, one["links.cost"].gone) == (False, False)


def test_one_place_more_of_the_same_rule_is_added() -> None:
    facts = replace(FACTS, text="Helaas rijdt de trein niet ^JK", signature="^JK")
    found = WhatIf(book("stricter"), book("milder")).verdict(facts).outcomes
    (banned,) = [one for one in found if one.code == "phrases.banned"]
    assert (len(banned.spots), len(banned.spots_before), banned.added, banned.gone) == (2, 1, True, False)


def test_nothing_is_said_of_a_text_that_is_well_under_both() -> None:
    facts = replace(FACTS, text="Dank je wel, fijne dag! ^JK", signature="^JK")
    verdict = WhatIf(default_rulebook(), default_rulebook()).verdict(facts)
    assert (verdict.outcomes, verdict.severity, verdict.before, verdict.added) == ((), None, None, False)


@dataclass(frozen=True)
class Watched(ReplyFacts):
    """Facts that tell whether somebody looked at how they are signed."""

    def __getattribute__(self, name: str) -> Any:
        if name in ("signature", "measured"):
            raise AssertionError(f"it looks at the {name}")
        return super().__getattribute__(name)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.area not in SIGNED], ids=lambda rule: str(rule.code))
def test_a_rule_outside_length_and_signature_does_not_look_at_how_a_reply_is_signed(rule: Any) -> None:
    for text, visibility in product(TEXTS, Visibility):
        facts = Watched(text, NOW, Limit(120, "weighted"), "x", visibility, complaint=True, crisis_level=3)
        for name in BOOKS:
            tuple(rule.spots(facts, book(name).rules[rule.code].options))


def test_a_rule_that_stands_in_both_is_run_once() -> None:
    runs = []

    @dataclass(frozen=True)
    class Counted(ReplyFacts):
        def __getattribute__(self, name: str) -> Any:
            if name == "customer_blocked":  # what exactly one rule asks for
                runs.append(name)
            return super().__getattribute__(name)

    facts = Counted("Dank je wel", NOW, Limit(120), "x", signature="^JK", window_closes_at=NOW + timedelta(hours=1))
    WhatIf(book("stricter"), book("milder")).verdict(facts)
    assert runs == ["customer_blocked"]
