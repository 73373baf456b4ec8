"""Posting, the network's half: claim, check once more, call the network, write down what came of it.

As with replies the network is called with no transaction open; a killed worker leaves the row in *sending*, the sweep
turns that into *unknown*, and that is looked for on the network and never sent again by itself.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from desk.actions.crises.crisis_gate import while_gates_stand
from desk.actions.crises.crisis_moves import tell
from desk.actions.inboxes.health import needs_reauthorisation, spent
from desk.actions.inboxes.probing import PROBED, RESTING, leaves_it_to_another
from desk.actions.replies.lost_outcomes import LOOKUPS, look
from desk.actions.replies.post_approvers import ask_for_a_word
from desk.actions.replies.send import FIRST_PAUSE, LONGEST_PAUSE, MOST_ATTEMPTS
from desk.actions.statements.post_check import check_post, gate_of_post, length_of, words_missing
from desk.actions.statements.post_settle import settle
from desk.common.encryption import Unsealable
from desk.inboxes.calls import MeteredConnector, connect
from desk.inboxes.gateway import (
    AuthExpired,
    Duplicate,
    NetworkError,
    OutcomeUnknown,
    OwnPost,
    QuotaExhausted,
    RateLimited,
    SendResult,
)
from desk.inboxes.models import Inbox
from desk.inboxes.words import kept
from desk.replies.approvals import NEEDED
from desk.rulebooks.active import in_force
from desk.statements import outbox
from desk.statements.models import Post
from policies.crisis_plan import Closed, Gate
from policies.reply_states import Event

_CLOSED = {Inbox.State.NEEDS_REAUTHORISATION: "auth_expired", Inbox.State.PAUSED: "paused"}


def send(post_id: int, now: datetime) -> None:
    """Take one due post to its network. Does nothing where it is not due, not queued, or another worker has it."""
    with while_gates_stand():
        post = outbox.claim(post_id, now)
        closed = _gate_of(post, now) if post is not None else None
    if post is None:
        return
    if reason := _gate(post, closed, now):
        _step(post, Event.HOLD, now, reason, {})
    elif leaves_it_to_another(post, post.inbox, now):
        _step(post, Event.RETRY_LATER, now, RESTING, {}, due=now + PROBED)
    else:
        _attempt(post, now)


def look_up(post_id: int, now: datetime) -> None:
    """Look on the network for a post whose outcome is unknown."""
    post = outbox.rows().get(pk=post_id)
    looked = look(post, lambda: _network(post).find_published(_own_post(post, now)), now)
    if looked is not None and looked.found is not None:
        with transaction.atomic():
            settle(post, looked.found, now)


def give_up_on_stuck(now: datetime) -> int:
    """Posts whose worker died while sending become unknown; how many."""
    return sum(_step(post, Event.LOSE, now, OutcomeUnknown.code, {}, due=now) for post in outbox.stuck(now))


def _gate_of(post: Post, now: datetime) -> Closed | None:
    return gate_of_post(post.inbox, post.text, post.language, post.publication.crisis, now)


def _gate(post: Post, closed: Closed | None, now: datetime) -> str:
    """Why this post may not leave at this moment, "" where it may."""
    if code := _CLOSED.get(Inbox.State(post.inbox.state)):
        return code
    if closed is not None and closed.gate is Gate.BLOCK:
        return closed.code
    length = length_of(post.inbox)
    if length is None:
        return "not_allowed"
    crisis, author, under = post.publication.crisis, post.publication.author, in_force()
    checked = check_post(post.inbox, length, crisis, author, post.text, post.language, now, author.language, under)
    findings = checked.findings_as_json()
    needs = words_missing(author, findings, closed, prepared=post.prepared, approved=post.approved_codes)
    post.findings, post.rulebook_version_id, post.needs = findings, under.version_id, sorted(needs)
    post.save(update_fields=["findings", "rulebook_version", "needs"])
    if checked.blocked:
        return "blocked_by_policy"
    return NEEDED if needs else ""


def _attempt(post: Post, now: datetime) -> None:
    post.attempts += 1
    Post.objects.filter(pk=post.pk).update(attempts=post.attempts)
    try:
        result = _call(post, now)
    except AuthExpired as problem:
        needs_reauthorisation(post.inbox, problem, now)
        _step(post, Event.HOLD, now, problem.code, kept(problem))
    except QuotaExhausted as problem:
        _step(post, Event.HOLD, now, problem.code, kept(problem))
    except RateLimited as problem:
        _later(post, now, problem, problem.retry_at)
    except (OutcomeUnknown, Duplicate) as problem:  # a duplicate may be our own first try, so it is looked for as well
        _step(post, Event.LOSE, now, problem.code, kept(problem))
    except NetworkError as problem:
        if problem.permanent or post.attempts >= MOST_ATTEMPTS:
            _step(post, Event.FAIL, now, problem.code, kept(problem))
        else:
            _later(post, now, problem, None)
    except Unsealable as problem:
        _step(post, Event.HOLD, now, AuthExpired.code, kept(AuthExpired(str(problem))))
    else:
        with transaction.atomic():
            settle(post, result, now)
            spent(post.inbox_id, result.cost, now)


def _call(post: Post, now: datetime) -> SendResult:
    if connection.in_atomic_block:
        raise RuntimeError("The network must not be called inside a transaction.")
    return _network(post).publish(_own_post(post, now))


def _network(post: Post) -> MeteredConnector:
    return connect(post.inbox, for_drill=post.publication.crisis.drill)


def _own_post(post: Post, now: datetime) -> OwnPost:
    return OwnPost(post.text, now=now, submitted_at=post.publication.at)


def _later(post: Post, now: datetime, problem: NetworkError, retry_at: datetime | None) -> None:
    pause = min(FIRST_PAUSE * 2 ** (post.attempts - 1), LONGEST_PAUSE)
    _step(post, Event.RETRY_LATER, now, problem.code, kept(problem), due=max(retry_at or now, now + pause))


def _step(
    post: Post,
    event: Event,
    now: datetime,
    code: str,
    problem: Mapping[str, object],
    *,
    due: datetime | None = None,
) -> bool:
    """Take one step, with its line in the log of the crisis; only another try needs none."""
    with transaction.atomic():
        due = due or now + timedelta(seconds=LOOKUPS[0])
        columns: dict[str, Any] = {"problem_code": code, "problem": problem, "next_attempt_at": due}
        if not outbox.move(post, event, **columns):
            return False
        if event is not Event.RETRY_LATER:
            told: dict[str, Any] = {"post": post.pk, "inbox": post.inbox_id, "code": code}
            tell(post.publication.crisis, f"post_{post.state}", actor=None, now=now, **told)
        if code == NEEDED:
            ask_for_a_word(post.publication, now)
    return True
