"""Whether a post of our own may leave: the rulebook, the gates of crises, and whose word is still missing.

Asked when it is published, and again by the send step just before it goes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings

from desk.actions.crises.crisis_gate import gated
from desk.actions.replies.approval_requests import reasons
from desk.actions.replies.own_links import own_links
from desk.crises.active import active_crises
from desk.crises.models import Crisis
from desk.inboxes.gateway import LengthRule, UnknownNetwork, capabilities_of
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.rulebooks.active import InForce
from policies.check import Checked, check_reply
from policies.crisis_plan import POST, Closed, Gate, Outbound, strictest_gate
from policies.crisis_scope import CrisisFacts, words_of
from policies.facts import ReplyFacts

HELD = "crisis_hold"  # among the codes of approval: only whoever manages crises gives that word
SIGNING = "signature."  # rules about who signs: a company signs with its account


def length_of(inbox: Inbox) -> LengthRule | None:
    """How long a post may be there; None where the desk can't post."""
    try:
        return capabilities_of(inbox).post_length
    except UnknownNetwork:
        return None


def check_post(
    inbox: Inbox,
    length: LengthRule,
    crisis: Crisis,
    author: User,
    text: str,
    language: str,
    now: datetime,
    say_in: str,
    under: InForce,
) -> Checked:
    """What the rulebook says of it as of a public reply, without what it says of signatures."""
    facts = ReplyFacts(
        text=text,
        now=now,
        length=length,
        network=inbox.network,
        language=language,
        customer_language=language,
        say_in=say_in,
        own=tuple(settings.OWN_DETAILS),
        own_links=own_links(),
        brand=inbox.brand,
        team=inbox.team.name if inbox.team else "",
        crisis_level=crisis.level_at(now),
        roles=(author.role,),
    )
    checked = check_reply(facts, under.rulebook)
    return replace(checked, findings=tuple(one for one in checked.findings if not one.code.startswith(SIGNING)))


def gate_of_post(
    inbox: Inbox, text: str, language: str, crisis: Crisis, now: datetime, asked: Collection[Crisis] | None = None
) -> Closed | None:
    """Why it may not simply leave: gates of the crisis that it speaks of, and of others that cover it.

    `asked`: of these crises only; None is of all that are active.
    """
    put_in = frozenset({crisis.pk})
    words = words_of(text)
    facts = CrisisFacts(inbox.network, inbox.pk, language, words, put_in, drill=inbox.drill, brand=inbox.brand)
    crises = active_crises() if asked is None else asked
    return strictest_gate(gated(crises), facts, Outbound(inbox.network, inbox.pk, POST), now)


def words_missing(
    author: User,
    findings: Sequence[Mapping[str, Any]],
    closed: Closed | None,
    *,
    prepared: bool,
    approved: Sequence[str] = (),
) -> set[str]:
    """The reasons for which a colleague has to agree and nobody has.

    A gate that holds is past with the word of whoever manages crises, and nobody gives it to themselves.
    """
    codes = reasons(author, findings, asked=False, closed=closed, prepared=prepared)
    if closed is not None and closed.gate is Gate.HOLD:
        codes.add(HELD)
    return codes.difference(approved)
