"""The ^JK behind a reply: the desk adds it, and it is the sender's own."""

from collections.abc import Iterator

from policies.facts import ReplyFacts
from policies.findings import Fix, FixKind, Severity
from policies.registry import Spot, rule
from policies.signature import signatures


@rule("signature.missing", Severity.WARN)
def nobody_signs(facts: ReplyFacts) -> Iterator[Spot]:
    """A customer is answered by a person who signs."""
    if not facts.signature.strip():
        yield Spot()


@rule("signature.twice", Severity.WARN, params=("signature",))
def signed_twice(facts: ReplyFacts) -> Iterator[Spot]:
    """One's own signature typed where it will not be the only one. Once at the very end is as the desk would add it."""
    own = facts.signature.strip()
    at_end = len(facts.text.rstrip())
    for start, end, mark in signatures(facts.text, facts.signature):
        if own and mark.casefold() == own.casefold() and not (end == at_end and mark == own):
            yield Spot(start, end, {"signature": own}, (Fix(FixKind.DELETE, start, end),))


@rule("signature.other", Severity.WARN, params=("signature", "found"))
def signed_by_another(facts: ReplyFacts) -> Iterator[Spot]:
    """Somebody else's signature, left over from a canned or copied reply."""
    own = facts.signature.strip()
    for start, end, mark in signatures(facts.text, facts.signature):
        if own and mark.casefold() != own.casefold():
            yield Spot(start, end, {"signature": own, "found": mark}, (Fix(FixKind.DELETE, start, end),))
