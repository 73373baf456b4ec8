"""Crises in words: levels, scopes, what may be done, and the lines of the log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from desk.actions.crises.crisis_gate import Gates
from desk.crises.models import Crisis, CrisisEntry
from desk.people.models import User
from desk.tickets.models import Tier
from desk.web.show import times
from desk.web.show.escalation import chain_words
from policies.crisis_plan import Gate
from policies.crisis_scope import Scope
from policies.crisis_states import Level, State, possible_events
from policies.facts import Visibility
from policies.reply_states import State as ReplyState

LEVEL_WORDS: Mapping[int, Promise] = {
    Level.SUSPICION: gettext_lazy("Suspicion"),
    Level.WATCH: gettext_lazy("Level 1, watch"),
    Level.ELEVATED: gettext_lazy("Level 2, elevated"),
    Level.CRISIS: gettext_lazy("Level 3, crisis"),
}
_DID: Mapping[str, Promise] = {
    "suspected": gettext_lazy("Suspected"),
    "started": gettext_lazy("Started: %(level)s"),
    "level": gettext_lazy("From %(before)s to %(level)s"),
    "confirmed": gettext_lazy("Level 3 confirmed by a second person"),
    "lapsed": gettext_lazy("Level 3 lapsed to level 2, because nobody confirmed it"),
    "scope": gettext_lazy("Scope changed to: %(scope)s"),
    "owner": gettext_lazy("Handed over to %(owner)s"),
    "note": gettext_lazy("Decision"),
    "signal": gettext_lazy("A signal"),
    "hook": gettext_lazy("Told of again"),
    "on_their_way": gettext_lazy("Left before the gate closed: %(count)s"),
    "escalated": gettext_lazy("Step %(step)s of the chain told: %(people)s"),
    "step_passed": gettext_lazy("Step %(step)s of the chain passed over: %(why)s"),
    "chain_returned": gettext_lazy("The chain begins again, because the crisis is not over"),
    "chain_ended": gettext_lazy("The chain has come to its end, and nobody has acknowledged"),
    "acknowledged": gettext_lazy("Acknowledged the call of the chain%(from_means)s"),
    "message_sent": gettext_lazy("Sent by %(means)s: %(people)s"),
    "message_delivered": gettext_lazy("Delivered by %(means)s: %(people)s"),
    "message_unknown": gettext_lazy("Not certain whether it arrived by %(means)s: %(people)s. %(problem)s"),
    "message_again": gettext_lazy(
        "Told again by %(means)s: %(people)s. It may have arrived before; it carries the same number"
    ),
    "message_failed": gettext_lazy("Not sent by %(means)s: %(people)s. %(problem)s"),
    "called_up": gettext_lazy("Called up: %(people)s"),
    "call_up_answered": gettext_lazy("Called up: %(comes)s"),
    "let_go": gettext_lazy("Held reply %(reply)s let go"),
    "dropped": gettext_lazy("Held reply %(reply)s dropped"),
    "roles": gettext_lazy("Roles: %(roles)s"),
    "ticked": gettext_lazy("Done: %(task)s"),
    "unticked": gettext_lazy("Not done after all: %(task)s"),
    "batch_started": gettext_lazy("Answers to %(tickets)s tickets started"),
    "batch_approved": gettext_lazy("Answers to %(tickets)s tickets approved at once"),
    "batch_paused": gettext_lazy("Answers paused: %(answered)s of %(tickets)s handed in"),
    "batch_resumed": gettext_lazy("Answers resumed: %(answered)s of %(tickets)s handed in"),
    "batch_stopped": gettext_lazy("Answers stopped: %(answered)s of %(tickets)s handed in"),
    "batch_done": gettext_lazy("Answers done: %(answered)s of %(tickets)s handed in, %(left_out)s not"),
    "clocks": gettext_lazy("Open clocks get what is promised now"),
    "published": gettext_lazy("Statement published, posts: %(count)s"),
    "post_sent": gettext_lazy("Out: post %(post)s on %(inbox)s"),
    "post_held": gettext_lazy("Held: post %(post)s on %(inbox)s"),
    "post_failed": gettext_lazy("Not out: post %(post)s on %(inbox)s"),
    "post_unknown": gettext_lazy("Not certain: post %(post)s on %(inbox)s"),
    "post_approved": gettext_lazy("Approved: post %(post)s on %(inbox)s"),
    "post_rejected": gettext_lazy("Rejected: post %(post)s on %(inbox)s"),
    "post_withdrawn": gettext_lazy("Taken back: post %(post)s on %(inbox)s"),
    "post_again": gettext_lazy("Sent again: post %(post)s on %(inbox)s"),
    "update_promised": gettext_lazy("Next update promised for %(due)s"),
    "update_due": gettext_lazy("The next update is due"),
    "update_kept": gettext_lazy("The promised update is out"),
    "update_withdrawn": gettext_lazy("The promise of a next update is withdrawn"),
    "summary": gettext_lazy("Summary written"),
    "worked": gettext_lazy("Written down what worked"),
    "action": gettext_lazy("To be done"),
    "action_done": gettext_lazy("Done"),
    "stood_down": gettext_lazy("Stood down"),
    "dismissed": gettext_lazy("Dismissed: it was no crisis"),
    "reviewed": gettext_lazy("Review closed"),
}
REPLY_STATES: Mapping[str, Promise] = {
    ReplyState.SENDING: gettext_lazy("on its way"),
    ReplyState.SENT: gettext_lazy("sent"),
    ReplyState.QUEUED: pgettext_lazy("reply", "waits to be sent again"),
    ReplyState.HELD: pgettext_lazy("reply", "held"),
    ReplyState.FAILED: pgettext_lazy("reply", "not sent"),
    ReplyState.UNKNOWN: pgettext_lazy("reply", "not certain"),
    ReplyState.CANCELLED: pgettext_lazy("reply", "dropped"),
}
BROKEN: Mapping[str, Promise] = {
    "missing": gettext_lazy("it is missing"),
    "moved": gettext_lazy("it does not follow the one before"),
    "changed": gettext_lazy("it was changed"),
    "shortened": gettext_lazy("the log ends before it"),
    "added": gettext_lazy("it was added behind the end of the log"),
}


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands above the work while a crisis is active."""

    id: int
    version: int
    name: str
    level: int
    words: str
    since: str
    drill: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the log."""

    number: int
    at: datetime
    hour: str
    did: str
    text: str
    who: str
    digest: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Level 3 that lapses unless a second person confirms it."""

    until: int  # milliseconds since 1970, for scripts
    words: str
    asked_by: str
    own: bool  # the reader asked for it and so can't confirm it


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a crisis tells the agents of a ticket that it covers."""

    id: int
    name: str
    level: int
    words: str
    text: str


_GATES: Mapping[Gate, Promise] = {
    Gate.APPROVE: gettext_lazy("The crisis “%(name)s”: a colleague approves what you send here first."),
    Gate.HOLD: gettext_lazy("The crisis “%(name)s” holds what you send here until whoever leads it lets it go."),
}


def instructions(gates: Gates, language: str, now: datetime) -> list[Instructions]:
    """The strictest first; in the reader's language, or in English where the plan has none in it."""
    return [
        Instructions(
            crisis.pk,
            crisis.name,
            crisis.level_at(now),
            str(LEVEL_WORDS[crisis.level_at(now)]),
            plan.instructions.get(language[:2], plan.instructions["en"]),
        )
        for crisis, plan in gates.covering()
    ]


def gate_words(gates: Gates) -> dict[str, str]:
    """By visibility what a crisis does to replies of the ticket, where it does not block them."""
    closed = {visibility: gates.closed(visibility) for visibility in Visibility}
    return {
        visibility: str(_GATES[one.gate]) % {"name": gates.crises[one.crisis].name}
        for visibility, one in closed.items()
        if one is not None and one.gate in _GATES
    }


def banners(crises: Iterable[Crisis], now: datetime) -> list[Banner]:
    """Strictest first, as they come."""
    return [
        Banner(
            crisis.pk,
            crisis.version,
            crisis.name,
            crisis.level_at(now),
            str(LEVEL_WORDS[crisis.level_at(now)]),
            times.exact(crisis.level_since or crisis.created_at, now),
            crisis.drill,
        )
        for crisis in crises
    ]


def standing(crisis: Crisis, now: datetime) -> str:
    """“Level 2, elevated”, “Stood down”."""
    if crisis.state == Crisis.State.ACTIVE:
        return str(LEVEL_WORDS[crisis.level_at(now)])
    return str(Crisis.State(crisis.state).label)


def waiting(crisis: Crisis, reader: User, now: datetime) -> Waiting | None:
    """None where nothing lapses. Comes with who asked."""
    if crisis.lapses_at is None or not crisis.standing.waits_for_second or crisis.standing.has_lapsed(now):
        return None
    left = times.countdown(crisis.lapses_at - now)
    return Waiting(
        times.epoch(crisis.lapses_at),
        _("Lapses to level 2 in %(time)s unless a second person confirms.") % {"time": left},
        crisis.asked_by.name if crisis.asked_by else "",
        crisis.asked_by_id == reader.pk,
    )


def scope_words(scope: Scope, networks: Mapping[str, str], inboxes: Mapping[int, str]) -> str:
    """“X; inbox @vlotlijn; Dutch; about: trein haarbrug”."""
    if scope.is_everything:
        return _("everything")
    parts = []
    if scope.networks:
        parts.append(", ".join(sorted(networks.get(slug, slug) for slug in scope.networks)))
    if scope.inboxes:
        names = ", ".join(sorted(inboxes.get(pk, f"#{pk}") for pk in scope.inboxes))
        parts.append(_("inbox %(names)s") % {"names": names})
    if scope.languages:
        parts.append(_("language %(names)s") % {"names": ", ".join(sorted(scope.languages))})
    if scope.brands:
        parts.append(_("brand %(names)s") % {"names": ", ".join(sorted(scope.brands))})
    if scope.tiers:
        names = ", ".join(str(Tier(one).label) for one in sorted(scope.tiers))
        parts.append(_("customers: %(names)s") % {"names": names})
    if scope.topics:
        parts.append(_("about %(topics)s") % {"topics": " / ".join(sorted(scope.topics))})
    return "; ".join(parts)


def told(
    entry: CrisisEntry,
    now: datetime,
    *,
    owners: Mapping[int, str],
    networks: Mapping[str, str],
    inboxes: Mapping[int, str],
    tasks: Mapping[str, str],
    roles: Mapping[str, str],
) -> Told:
    """One line; comes with its actor."""
    data = entry.data
    words = {
        "level": LEVEL_WORDS.get(data.get("level", 0), ""),
        "before": LEVEL_WORDS.get(data.get("before", 0), "") if entry.kind == "level" else "",
        "scope": scope_words(Scope.from_json(data["scope"]), networks, inboxes) if "scope" in data else "",
        "owner": owners.get(data.get("owner", 0), ""),
        "count": str(len(data.get("replies", ())) + len(data.get("posts", ()))),
        "post": data.get("post", ""),
        "inbox": inboxes.get(data.get("inbox", 0), f"#{data.get('inbox', '')}"),
        "due": times.exact(datetime.fromisoformat(data["due_at"]), now) if "due_at" in data else "",
        **chain_words(data, owners),
        "reply": data.get("reply", ""),
        **{name: data.get(name, "") for name in ("tickets", "answered", "left_out")},
        "task": tasks.get(data.get("task", ""), data.get("task", "")),
        "roles": "; ".join(
            f"{roles.get(key, key)}: {owners.get(pk, '–')}" for key, pk in sorted(data.get("roles", {}).items())
        )
        or "–",
    }
    return Told(
        entry.number,
        entry.at,
        times.exact(entry.at, now),
        str(_DID.get(entry.kind, entry.kind)) % words,
        entry.text,
        entry.actor.name if entry.actor else data.get("through") or _("the desk itself"),
        f"{entry.digest[:4]} {entry.digest[4:8]}",
    )


def may_now(crisis: Crisis) -> frozenset[str]:
    """The steps that a screen may offer."""
    return frozenset(str(event) for event in possible_events(State(crisis.state)))


def levels_to_choose(crisis: Crisis, now: datetime) -> list[tuple[str, Promise]]:
    """All but the one that holds."""
    here = crisis.level_at(now)
    return [(str(level), words) for level, words in LEVEL_WORDS.items() if level and level != here]
