"""Who else is in an answer, and whether the customer can still be answered."""

from collections.abc import Iterator
from itertools import islice

import regex

from policies.facts import ReplyFacts
from policies.findings import Fix, FixKind, Severity
from policies.options import Names, Options
from policies.registry import Spot, rule

_MOST = 50
_MENTION = regex.compile(r"(?<![\w@/.+-])@(?P<handle>\w[\w.-]{0,60}+(?:@[\w.-]{1,100}+)?)")


@rule(
    "mentions.third_party",
    Severity.WARN,
    params=("handle",),
    options=(
        Names(
            "handles",
            en="Accounts that may be mentioned, such as your own.",
            nl="Accounts die genoemd mogen worden, zoals die van jullie zelf.",
        ),
    ),
)
def mentions_others(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """Whoever is mentioned is told, and reads along."""
    if "@" not in facts.text:
        return
    welcome = {_plain(handle) for handle in (*facts.free_mentions, *options["handles"])}
    for match in islice(_MENTION.finditer(facts.text), _MOST):
        handle = match["handle"].rstrip(".-")
        if _plain(handle) not in welcome:
            end = match.start("handle") + len(handle)
            without = Fix(FixKind.REPLACE, match.start(), end, handle)
            yield Spot(match.start(), end, {"handle": f"@{handle}"}, (without,))


@rule("customer.erased", Severity.BLOCK, fixed=True)
def erased_customer(facts: ReplyFacts) -> Iterator[Spot]:
    """Somebody whose data was erased is left in peace."""
    if facts.customer_erased:
        yield Spot()


@rule("customer.blocked", Severity.BLOCK)
def blocked_customer(facts: ReplyFacts) -> Iterator[Spot]:
    """Somebody who was blocked gets no answer."""
    if facts.customer_blocked:
        yield Spot()


def _plain(handle: str) -> str:
    return handle.lstrip("@").casefold()
