"""What a rulebook would have said of replies that left under another: each checked once, under both.

A rule that stands in both with equal options is run once, so that comparing costs little more than checking. Sentences
are made when somebody reads them and not for a hundred thousand replies.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.check import LONGEST_CHECKED
from policies.facts import ReplyFacts
from policies.findings import GRAVITY, Severity
from policies.registry import Check, Rule, Spot
from policies.rulebook import Rulebook, RuleInForce
from policies.scopes import Scope

SIGNED = frozenset({"length", "signature"})  # areas whose rules look at how a reply is signed
_SCOPES_KEPT = 1_000  # settled once and kept; past that begun anew


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule finds in one reply: under the rulebook that is asked about, and under the one before.

    A severity is None where it finds nothing there. `spots` are those under the one that is asked about.
    """

    code: str
    severity: Severity | None
    before: Severity | None
    spots: tuple[Spot, ...]
    spots_before: tuple[Spot, ...]

    @property
    def added(self) -> bool:
        """Whether it finds more than before, or weighs it heavier."""
        return gravity(self.severity) < gravity(self.before) or self._more(self.spots, self.spots_before)

    @property
    def gone(self) -> bool:
        """Whether it finds less than before, or weighs it lighter."""
        return gravity(self.severity) > gravity(self.before) or self._more(self.spots_before, self.spots)

    def _more(self, spots: tuple[Spot, ...], than: tuple[Spot, ...]) -> bool:
        return spots is not than and bool(_places(spots) - _places(than))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two rulebooks say of one reply; without outcomes neither says anything."""

    outcomes: tuple[Outcome, ...]

    @property
    def severity(self) -> Severity | None:
        """The gravest, under the rulebook that is asked about."""
        return min((one.severity for one in self.outcomes), key=gravity, default=None)

    @property
    def before(self) -> Severity | None:
        return min((one.before for one in self.outcomes), key=gravity, default=None)

    @property
    def added(self) -> bool:
        return any(one.added for one in self.outcomes)

    @property
    def gone(self) -> bool:
        return any(one.gone for one in self.outcomes)


@dataclass(frozen=True, slots=True)
class _Pair:
    """One rule under both rulebooks, for one scope; None where it is off or has nothing to look for.

    What a hundred thousand texts would ask of it again is settled here once.
    """

    code: str
    severity: Severity | None
    before: Severity | None
    finds: Check
    found_before: Check
    same: bool  # the options are equal, so that what it finds is
    signed: bool  # it looks at how a reply is signed
    on_length: bool

    @classmethod
    def of(cls, rule: Rule, asked: RuleInForce | None, before: RuleInForce | None) -> "_Pair":
        return cls(
            rule.code,
            asked.severity if asked else None,
            before.severity if before else None,
            rule.finder(asked.options) if asked else _nothing,
            rule.finder(before.options) if before else _nothing,
            bool(asked and before and _equal(asked, before)),
            rule.area in SIGNED,
            rule.area == "length",
        )

    def outcome(self, spots: tuple[Spot, ...], spots_before: tuple[Spot, ...]) -> Outcome:
        return Outcome(
            self.code,
            self.severity if spots else None,
            self.before if spots_before else None,
            spots,
            spots_before,
        )


def _nothing(_facts: ReplyFacts) -> tuple[Spot, ...]:
    return ()


class WhatIf:
    """Two rulebooks, ready to be asked about many replies."""

    def __init__(self, asked: Rulebook, before: Rulebook) -> None:
        self.asked, self.before = asked, before
        self._pairs: dict[Scope, tuple[_Pair, ...]] = {}

    def verdict(self, facts: ReplyFacts, signature_before: str | None = None) -> Verdict:
        """Of a reply, signed as the rulebook that is asked about wants it; `signature_before`: as the other does."""
        _share(facts)
        before = facts if signature_before is None else facts.signed(signature_before)
        hopeless = len(facts.text) > LONGEST_CHECKED and facts.measured.exceeded
        found = []
        for pair in self._settled(facts.scope):  # most rules find nothing in most texts
            if hopeless and not pair.on_length:
                continue
            spots = tuple(pair.finds(facts))
            if pair.same and (before is facts or not pair.signed):
                spots_before = spots
            else:
                spots_before = tuple(pair.found_before(before))
            if spots or spots_before:
                found.append(pair.outcome(spots, spots_before))
        return Verdict(tuple(found))

    def _settled(self, scope: Scope) -> tuple[_Pair, ...]:
        if (kept := self._pairs.get(scope)) is not None:
            return kept
        if len(self._pairs) >= _SCOPES_KEPT:
            self._pairs.clear()
        return self._pairs.setdefault(scope, tuple(self._settle(scope)))

    def _settle(self, scope: Scope) -> Iterator[_Pair]:
        """The rules that can find something there: neither for others' eyes only nor without a list to look for."""
        asked, before = _able(self.asked, scope), _able(self.before, scope)
        for code in self.asked.rules:
            one, other = asked.get(code), before.get(code)
            if one or other:
                yield _Pair.of(self.asked.rules[code].rule, one, other)


def _share(facts: ReplyFacts) -> None:
    """Work out what hangs on no signature before the text is signed twice."""
    _ = facts.scope, facts.words, facts.links


def _able(rulebook: Rulebook, scope: Scope) -> dict[str, RuleInForce]:
    return {
        one.rule.code: one
        for one in rulebook.in_force(scope)
        if one.rule.only in (None, scope.visibility) and one.rule.looks_for_something(one.options)
    }


def _equal(one: RuleInForce, other: RuleInForce) -> bool:
    return all(
        option.plain(one.options[option.name]) == option.plain(other.options[option.name])
        for option in one.rule.options
    )


def gravity(severity: Severity | str | None) -> int:
    """The smaller the graver; last of all where nothing is found."""
    return len(GRAVITY) if severity is None else GRAVITY[severity]


def _places(spots: tuple[Spot, ...]) -> set[tuple[int, int]]:
    return {(spot.start, spot.end) for spot in spots}
