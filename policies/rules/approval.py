"""When a colleague must agree before an answer leaves."""

from collections.abc import Iterator

from policies.facts import ReplyFacts, Visibility
from policies.findings import Severity
from policies.options import Names, Number, Options
from policies.registry import Spot, rule


@rule(
    "approval.role",
    Severity.APPROVE,
    options=(
        Names(
            "roles",
            en="Roles whose replies a colleague reads first, such as trainee.",
            nl="Rollen waarvan een collega de antwoorden eerst leest, zoals trainee.",
            preset=("trainee",),
            needed=True,
        ),
    ),
)
def writer_is_learning(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """Whoever is learning the work writes with a second pair of eyes."""
    if not set(facts.roles).isdisjoint(options["roles"]):
        yield Spot()


@rule(
    "approval.crisis",
    Severity.APPROVE,
    only=Visibility.PUBLIC,
    params=("level",),
    options=(
        Number(
            "level",
            en="From which crisis level on public replies need approval.",
            nl="Vanaf welk crisisniveau openbare antwoorden goedkeuring nodig hebben.",
            preset=2,
            least=1,
            most=3,
        ),
    ),
)
def in_a_crisis(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """In a crisis nobody speaks for the company alone."""
    if facts.crisis_level >= options["level"]:
        yield Spot(params={"level": facts.crisis_level})
