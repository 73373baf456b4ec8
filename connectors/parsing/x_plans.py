"""What was bought of X, and what that allows: the plans, and the length of a post by what the account subscribes to.

Sources: docs.x.com, “Rate limits” and “Pricing” (2026-08) for pay per use; the table of X's developer site of
2025-03 for Basic and Pro, which are kept for whoever has them; docs.x.com/x-api/fundamentals/post-cap for the posts
that each may read in a month. Enterprise has limits of its own, which X tells with every answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from connectors.base import Action, Capabilities, LengthRule, OptionField, Stream

PLAN, SEARCH = "plan", "search"
LONGEST_SEARCH = 450  # characters; X takes 512, with what the desk adds
LONG = 25_000  # weighted characters of a post by a subscriber
SUBSCRIPTIONS = frozenset({"basic", "premium", "premiumplus"})  # of the account to X itself, in lower case


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan. `seconds` are between two readings of a stream; who may be answered is told by `answers_all`."""

    name: str
    label: str
    seconds: Mapping[str, float]
    public_per_hour: int | None
    private_per_hour: int | None
    reads_per_month: int | None = None
    charges: bool = False
    answers_all: bool = False
    likes: bool = False


_AS_PUBLISHED = {"mentions": 3, "direct_messages": 60, "own_posts": 60, "quotes": 60, SEARCH: 60}
# Mentions 10, own posts 5 and searches 60 in 15 minutes; direct messages once a day.
_OF_BASIC = {"mentions": 90, "direct_messages": 86_400, "own_posts": 360, "quotes": 450, SEARCH: 60}
_PAY_PER_USE = Plan(
    "pay_per_use",
    "Pay per use: charged for each entry, 3,000,000 a month at most",
    _AS_PUBLISHED,
    400,
    60,
    reads_per_month=3_000_000,
    charges=True,
)
PLANS = (
    _PAY_PER_USE,
    Plan(
        "basic",
        "Basic: 10,000 entries a month, mentions every 90 seconds, private messages once a day",
        _OF_BASIC,
        4,
        1,
        reads_per_month=10_000,
    ),  # 100 posts a day, one message
    Plan("pro", "Pro: 1,000,000 entries a month", _AS_PUBLISHED, 400, 60, reads_per_month=1_000_000),
    Plan(
        "enterprise",
        "Enterprise: answers anybody, likes, limits by contract",
        _AS_PUBLISHED,
        None,
        None,
        answers_all=True,
        likes=True,
    ),
)
OPTION_FIELDS = (
    OptionField(
        PLAN,
        "Plan",
        "As it was bought of X: what it allows, how often it may be asked and how much may be read in a month.",
        choices=tuple((one.name, one.label) for one in PLANS),
    ),
    OptionField(
        SEARCH,
        "Saved search",
        "In X's own words, such as “vlotlijn -is:reply lang:nl”. What it finds stands under Monitoring; without a plan "
        "that allows it, X forbids answering it through the API. Each post that is found costs. Empty: no search.",
        longest=LONGEST_SEARCH,
    ),
)


def plan_of(options: Mapping[str, Any]) -> Plan:
    """The plan that was chosen; pay per use where none was."""
    return next((one for one in PLANS if one.name == options.get(PLAN)), _PAY_PER_USE)


def streams_at(streams: tuple[Stream, ...], options: Mapping[str, Any]) -> tuple[Stream, ...]:
    """Which of `streams` an account with these options reads, how often, and at which price."""
    plan = plan_of(options)
    return tuple(
        replace(one, min_seconds=plan.seconds[one.name], item_cost=one.item_cost if plan.charges else 0.0)
        for one in streams
        if one.name != SEARCH or options.get(SEARCH)
    )


def capabilities_at(usual: Capabilities, known: Mapping[str, Any]) -> Capabilities:
    """What an account can do with these options, and with what X said of its subscription (`limits_in`)."""
    plan = plan_of(known)
    length = LengthRule(LONG, "weighted") if known.get("subscription") in SUBSCRIPTIONS else usual.public_length
    return replace(
        usual,
        actions=usual.actions | ({Action.LIKE, Action.UNLIKE} if plan.likes else frozenset()),
        public_length=length,
        post_length=length,
        public_per_hour=plan.public_per_hour,
        private_per_hour=plan.private_per_hour,
        reads_per_month=plan.reads_per_month,
        charges=plan.charges,
    )


def limits_in(user: Mapping[str, Any]) -> dict[str, Any]:
    """What X says of the account's own subscription, under a name of ours; nothing where it says nothing."""
    told = str(user.get("subscription_type") or "").lower().replace("+", "plus").replace(" ", "")
    return {"subscription": told} if told in SUBSCRIPTIONS or told == "none" else {}
