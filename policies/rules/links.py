"""Links in an answer: what they cost and what they hide."""

from collections.abc import Iterator

from policies.facts import ReplyFacts, Visibility
from policies.findings import Severity
from policies.registry import Spot, rule

# US dollars for a summoned reply with and without a link, X's price list of 2026-04.
_COST_WITH_LINK, _COST_WITHOUT = "0.20", "0.01"

_SHORTENERS = frozenset(
    [
        "bit.ly",
        "bitly.com",
        "buff.ly",
        "cutt.ly",
        "dlvr.it",
        "goo.gl",
        "is.gd",
        "lnkd.in",
        "ow.ly",
        "rb.gy",
        "rebrand.ly",
        "s.id",
        "shorturl.at",
        "t.ly",
        "t.co",
        "tiny.cc",
        "tinyurl.com",
        "trib.al",
        "urlz.fr",
        "v.gd",
        "kortelink.nl",
    ]
)


@rule("links.cost", Severity.WARN, only=Visibility.PUBLIC, params=("cost", "without"))
def link_costs_extra(facts: ReplyFacts) -> Iterator[Spot]:
    """A public post with a link costs twenty times as much on X; said once, at the first link."""
    if facts.network == "x" and facts.links:
        first = facts.links[0]
        yield Spot(first.start, first.end, {"cost": _COST_WITH_LINK, "without": _COST_WITHOUT})


@rule("links.shortener", Severity.WARN, params=("host",))
def shortened_link(facts: ReplyFacts) -> Iterator[Spot]:
    """A shortened link hides its target and looks like a phisher's."""
    for link in facts.links:
        if link.host.removeprefix("www.") in _SHORTENERS:
            yield Spot(link.start, link.end, {"host": link.host})
