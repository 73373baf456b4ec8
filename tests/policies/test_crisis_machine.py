"""Several crises at once under any sequence of steps, held against a model that only remembers who said what when."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from policies.crisis_scope import Covering, CrisisFacts, Scope, strictest
from policies.crisis_states import ALONE, Event, MoveRefused, Standing, State, TransitionRefused

PEOPLE = st.integers(1, 2)
ENDS = (State.REVIEWED, State.DISMISSED)
MOST = 2  # crises at once; more only thin out what happens to each
NETWORKS = st.frozensets(st.sampled_from(["x", "mastodon", "bluesky"]), max_size=2)


class Crises(RuleBasedStateMachine):
    """Each crisis beside the plain record of what was done to it."""

    names: Any = Bundle("crises")

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
        self.standing: dict[int, Standing] = {}
        self.scope: dict[int, Scope] = {}
        self.said: dict[int, list[tuple[datetime, int, int]]] = {}  # when, who, which level, since it was confirmed
        self.confirmed: dict[int, bool] = {}
        self.steps = 0

    @initialize(target=names)
    def nothing_yet(self) -> Any:
        return multiple()

    @precondition(lambda self: sum(one.state not in ENDS for one in self.standing.values()) < MOST)
    @rule(target=names, networks=NETWORKS)
    def suspect(self, networks: frozenset[str]) -> int:
        name = len(self.standing)
        self.standing[name], self.scope[name] = Standing(), Scope(networks=networks)
        self.said[name], self.confirmed[name] = [], False
        return name

    @rule(name=names, level=st.sampled_from([1, 2, 3, 3]), by=PEOPLE)
    def set_level(self, name: int, level: int, by: int) -> None:
        before = self.standing[name]
        try:
            self.standing[name] = before.at_level(level, by, self.now)
        except (MoveRefused, TransitionRefused):
            return
        if self.confirmed[name]:
            self.confirmed[name], self.said[name] = False, []
        self.said[name].append((self.now, by, level))

    @rule(name=names, level=st.integers(1, 2), minutes=st.sampled_from([0, 10, 25]), by=PEOPLE)
    def waver(self, name: int, level: int, minutes: int, by: int) -> None:
        """Raise, lower, and raise again: what somebody would do to hold level 3 alone for longer."""
        self.set_level(name, 3, by)
        self.time_passes(minutes)
        self.set_level(name, level, by)
        self.set_level(name, 3, by)

    @rule(name=names, by=PEOPLE)
    def confirm(self, name: int, by: int) -> None:
        asked = [who for _at, who, level in self.said[name] if level == 3][-1:]
        try:
            self.standing[name] = self.standing[name].confirmed(by, self.now)
        except (MoveRefused, TransitionRefused):
            return
        assert asked, "nobody had asked for level 3"
        assert asked != [by], "one person was both"
        self.confirmed[name] = True

    @rule(name=names)
    def sweep(self, name: int) -> None:
        level = self.standing[name].level_at(self.now)
        self.standing[name] = self.standing[name].lapsed(self.now)
        assert self.standing[name].level_at(self.now) == level, "a sweep changed what already held"

    @precondition(lambda self: self.steps % 10 == 9)  # seldom, so that something happens before
    @rule(name=names, event=st.sampled_from([Event.STAND_DOWN, Event.DISMISS, Event.REVIEW]))
    def end(self, name: int, event: Event) -> None:
        try:
            self.standing[name] = self.standing[name].after(event)
        except TransitionRefused:
            return

    @rule(minutes=st.sampled_from([1, 10, 25, 30]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def level_three_has_two_people_or_less_than_half_an_hour_of_one(self) -> None:
        for name, standing in self.standing.items():
            if standing.level_at(self.now) != 3:
                continue
            last = self.said[name][-1]
            assert last[2] == 3
            if not self.confirmed[name]:
                alone = [at for at, who, level in self._run_of(name, last[1]) if level == 3]
                assert self.now < alone[0] + ALONE, "one person held level 3 for more than half an hour"

    def _run_of(self, name: int, who: int) -> list[tuple[datetime, int, int]]:
        """What this person said since anybody else last asked for level 3."""
        others = [place for place, (_at, by, level) in enumerate(self.said[name]) if level == 3 and by != who]
        return [said for said in self.said[name][(others[-1] + 1 if others else 0) :] if said[1] == who]

    @invariant()
    def only_active_crises_count_and_the_strictest_holds(self) -> None:
        crises = [Covering(name, self.scope[name], one) for name, one in self.standing.items()]
        for network in ("x", "mastodon", "bluesky"):
            expected = 0
            for name, one in self.standing.items():
                if one.state is State.ACTIVE and (
                    not self.scope[name].networks or network in self.scope[name].networks
                ):
                    late = one.level == 3 and not self.confirmed[name] and (one.lapses_at or self.now) <= self.now
                    expected = max(expected, 2 if late else one.level)
            assert strictest(crises, CrisisFacts(network, 1), self.now) == expected

    @invariant()
    def count_the_steps(self) -> None:
        self.steps += 1

    @invariant()
    def an_end_is_an_end(self) -> None:
        for standing in self.standing.values():
            if standing.state in ENDS:
                assert standing.level_at(self.now) == 0


Crises.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestCrises = Crises.TestCase
