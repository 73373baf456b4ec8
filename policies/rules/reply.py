"""Whether the network takes an answer here at all."""

from collections.abc import Iterator

from policies.facts import ReplyFacts, Visibility
from policies.findings import MOVE_TO_PRIVATE, Severity
from policies.registry import Spot, rule


@rule("window.closed", Severity.BLOCK, fixed=True, only=Visibility.PRIVATE, params=("closed_at",))
def window_closed(facts: ReplyFacts) -> Iterator[Spot]:
    """Messenger and its kin take a private answer only for some time after the customer wrote."""
    closes = facts.window_closes_at
    if closes is not None and facts.now >= closes:
        yield Spot(params={"closed_at": f"{closes:%Y-%m-%d %H:%M}"})


@rule("reply.not_allowed", Severity.BLOCK, fixed=True, only=Visibility.PUBLIC)
def reply_not_allowed(facts: ReplyFacts) -> Iterator[Spot]:
    """X lets a company answer only those who mentioned or quoted it."""
    if not facts.reply_allowed:
        yield Spot(fixes=(MOVE_TO_PRIVATE,))


@rule("original.deleted", Severity.BLOCK, fixed=True, only=Visibility.PUBLIC)
def original_deleted(facts: ReplyFacts) -> Iterator[Spot]:
    """What the customer took back is not answered in public."""
    if facts.original_deleted:
        yield Spot(fixes=(MOVE_TO_PRIVATE,))
