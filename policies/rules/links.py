"""Links in an answer: what they cost, where they lead and what they hide."""

from collections.abc import Iterator

from policies import text_safety
from policies.facts import ReplyFacts, Visibility
from policies.findings import Fix, FixKind, Severity
from policies.link_tracking import PARAMETERS, followers, without_followers
from policies.options import HostList, Names, Options
from policies.registry import Spot, rule

# US dollars for a summoned reply with and without a link, X's price list of 2026-04.
_COST_WITH_LINK, _COST_WITHOUT = "0.20", "0.01"

_SHORTENERS = (
    "bit.ly", "bitly.com", "buff.ly", "cutt.ly", "dlvr.it", "goo.gl", "is.gd", "kortelink.nl", "lnkd.in", "ow.ly",
    "rb.gy", "rebrand.ly", "s.id", "shorturl.at", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "trib.al", "urlz.fr",
    "v.gd",
)  # fmt: skip


@rule("links.cost", Severity.WARN, only=Visibility.PUBLIC, params=("cost", "without"))
def link_costs_extra(facts: ReplyFacts) -> Iterator[Spot]:
    """A public post with a link costs twenty times as much on X; said once, at the first link."""
    if facts.network == "x" and facts.links:
        first = facts.links[0]
        yield Spot(first.start, first.end, {"cost": _COST_WITH_LINK, "without": _COST_WITHOUT})


@rule(
    "links.not_allowed",
    Severity.BLOCK,
    params=("host",),
    options=(
        HostList(
            "hosts",
            en="The only domains that links may lead to, with their subdomains.",
            nl="De enige domeinen waar links heen mogen, met hun subdomeinen.",
            needed=True,
        ),
    ),
)
def link_outside_the_list(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """Links lead only to domains that the company has listed, and to the desk's own pages."""
    hosts = options["hosts"]
    for link in facts.links if hosts else ():
        if link.host not in hosts and not link.url.startswith(facts.own_links):
            yield Spot(link.start, link.end, {"host": link.host})


@rule(
    "links.shortener",
    Severity.WARN,
    params=("host",),
    options=(
        HostList(
            "hosts",
            en="Services that hide where a link leads.",
            nl="Diensten die verbergen waar een link heen gaat.",
            preset=_SHORTENERS,
        ),
    ),
)
def shortened_link(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """A shortened link hides its target and looks like a phisher's."""
    for link in facts.links:
        if link.host in options["hosts"]:
            yield Spot(link.start, link.end, {"host": link.host})


@rule(
    "links.tracking",
    Severity.WARN,
    params=("names",),
    options=(
        Names(
            "parameters",
            en="Parameters of an address that follow people around; * stands for any ending.",
            nl="Parameters van een adres die mensen volgen; * staat voor elk einde.",
            preset=PARAMETERS,
        ),
    ),
)
def followed_link(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """A customer who is helped is not followed around."""
    for link in facts.links:
        if "?" in link.url and (names := followers(link.url, options["parameters"])):
            clean = Fix(FixKind.REPLACE, link.start, link.end, without_followers(link.url, options["parameters"]))
            yield Spot(link.start, link.end, {"names": ", ".join(dict.fromkeys(names))}, (clean,))


@rule("links.lookalike", Severity.BLOCK, params=("host",))
def pretended_link(facts: ReplyFacts) -> Iterator[Spot]:
    """Letters that look like others (a Cyrillic а) lead to somebody else's site."""
    if not facts.links or (facts.text.isascii() and "xn--" not in facts.text.lower()):
        return
    for link in text_safety.links(facts.text):
        if link.warning:
            yield Spot(link.start, link.end, {"host": link.host_ascii})
