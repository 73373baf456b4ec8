"""Statements in a crisis: published in one action on all chosen accounts, approved, taken back, tried again.

Every post goes through the outbox (`desk.statements.outbox`) and the send step (`post_send.py`), which asks the
rulebook and the gates once more. What was held never leaves by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_gate import stopped_by
from desk.actions.crises.crisis_moves import at_hand, tell
from desk.actions.crises.crisis_team import RUNNING
from desk.actions.replies.post_approvers import ask_for_a_word
from desk.actions.statements.post_check import HELD, check_post, gate_of_post, length_of, words_missing
from desk.actions.statements.post_settle import settle
from desk.actions.statements.statement_texts import OPEN, may_publish, prepared_words
from desk.common.background import enqueue
from desk.common.errors import Conflict, DeskError, Invalid, Missing
from desk.crises.active import active_crises
from desk.crises.models import Crisis
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies.approvals import NEEDED
from desk.replies.models import CannedResponse
from desk.rulebooks.active import InForce, in_force
from desk.statements import outbox
from desk.statements.models import Post, Publication
from policies.crisis_plan import Gate
from policies.reply_states import Event, State, TransitionRefused

MOST_POSTS = 50
LONGEST_PROMISE = 7 * 24 * 60  # minutes
LONGEST_REASON = 1_000  # characters
LONGEST_POST = 70_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be said on one account."""

    inbox_id: int
    language: str
    text: str


class PostsBlocked(DeskError):
    """The rules do not let some of these texts leave, so none of them does."""

    status = 422
    code = "blocked_by_policy"


def publish(
    actor: User,
    crisis_id: int,
    *,
    posts: Sequence[Wish],
    idempotency_key: str,
    statement_id: int | None = None,
    stage: str = "",
    update_minutes: int | None = None,
    now: datetime | None = None,
) -> Publication:
    """Put a statement in the outbox of every account that is named; the same key again gives back the same one.

    `update_minutes`: it promises the next one that much later. By whoever manages crises, or holds a role of the plan
    that publishes. Raises PostsBlocked, Invalid, Missing, Conflict.
    """
    now = now or timezone.now()
    try:
        with transaction.atomic():
            crisis = at_hand(crisis_id, None, now)
            may_publish(actor, crisis)
            if known := _known(actor, crisis_id, posts, idempotency_key):
                return known
            if crisis.state not in RUNNING:
                raise Conflict(_("This crisis is not active, so there is nothing to publish about it."))
            _look_at(posts, stage, update_minutes)
            statement = _statement(statement_id)
            publication = Publication.objects.create(
                crisis=crisis,
                author=actor,
                statement=statement,
                stage=stage or (statement.stage if statement else ""),
                update_minutes=update_minutes,
                idempotency_key=idempotency_key,
                at=now,
            )
            made = _posts(publication, posts, in_force(), now)
            data = {"publication": publication.pk, "posts": [one.pk for one in made], "stage": publication.stage}
            told = {"inboxes": sorted({one.inbox_id for one in made}), "update_minutes": update_minutes}
            tell(crisis, "published", actor=actor, now=now, text=made[0].text, **data, **told)
            if any(one.state == State.HELD for one in made):
                ask_for_a_word(publication, now)
            return publication
    except IntegrityError:
        if known := _known(actor, crisis_id, posts, idempotency_key):  # the same click, twice at once
            return known
        raise


def approve_post(actor: User, post_id: int, *, now: datetime | None = None) -> Post:
    """Agree with these words: they leave at once. Nobody approves their own. Raises Conflict, Missing, PostsBlocked.

    The rulebook and the gates that hold now are asked once more; where they want more than was asked for, this word
    counts for that as well, because whoever gives it sees it.
    """
    require(actor, Permission.APPROVE)
    now = now or timezone.now()
    with transaction.atomic():
        post = _waiting(actor, post_id)
        crisis, author, under = post.publication.crisis, post.publication.author, in_force()
        length = length_of(post.inbox)
        if length is None:
            raise Conflict(_("The desk can't post there."), code="channel_closed")
        say_in = translation.get_language() or "en"
        checked = check_post(post.inbox, length, crisis, author, post.text, post.language, now, say_in, under)
        if checked.blocked:
            raise _blocked({"text": [one.message for one in checked.findings if one.severity == "block"]})
        closed = gate_of_post(post.inbox, post.text, post.language, crisis, now)
        if closed is not None and closed.gate is Gate.BLOCK:
            raise Conflict(stopped_by(Crisis.objects.get(pk=closed.crisis)), code=closed.code)
        findings = checked.findings_as_json()
        codes = words_missing(author, findings, closed, prepared=post.prepared)
        if HELD in codes:
            require(actor, Permission.MANAGE_CRISES)
        columns: dict[str, Any] = {
            "approved_by": actor, "approved_at": now, "approved_codes": sorted(codes.union(post.needs)), "needs": [],
            "findings": findings, "rulebook_version_id": under.version_id, "problem_code": "", "problem": {},
            "next_attempt_at": now,
        }  # fmt: skip
        _step(post, Event.RELEASE, "post_approved", actor, now, **columns)
        enqueue("desk.tasks.send_post", post.pk)
    return post


def reject_post(actor: User, post_id: int, *, reason: str, now: datetime | None = None) -> Post:
    """These words do not leave; other words are another publication. Raises Conflict, Invalid, Missing."""
    require(actor, Permission.APPROVE)
    now, words = now or timezone.now(), _reason(reason)
    with transaction.atomic():
        post = _waiting(actor, post_id)
        _step(post, Event.CANCEL, "post_rejected", actor, now, words, reason=words, needs=[], problem_code="")
    return post


def withdraw_post(actor: User, post_id: int, *, now: datetime | None = None) -> Post:
    """Take it back before it leaves, or drop what did not arrive. Raises Conflict, Missing."""
    now = now or timezone.now()
    with transaction.atomic():
        post = _own(actor, post_id, now)
        _step(post, Event.CANCEL, "post_withdrawn", actor, now, needs=[], problem_code="", problem={})
    return post


def repeat_post(actor: User, post_id: int, *, now: datetime | None = None) -> Post:
    """A person says that what failed, is not certain or was held is to be sent: the send step asks everything anew.

    Raises Conflict, Missing.
    """
    now = now or timezone.now()
    with transaction.atomic():
        post = _own(actor, post_id, now)
        if post.state == State.HELD and post.problem_code == NEEDED:
            raise Conflict(_("A colleague has to approve this post first."), code=NEEDED)
        event = Event.RELEASE if post.state == State.HELD else Event.SEND_AGAIN
        columns: dict[str, Any] = {
            "next_attempt_at": now,
            "attempts": 0,
            "lookups": 0,
            "problem_code": "",
            "problem": {},
        }
        _step(post, event, "post_again", actor, now, **columns)
        enqueue("desk.tasks.send_post", post.pk)
    return post


def confirm_post(actor: User, post_id: int, *, now: datetime | None = None) -> Post:
    """A person has seen a post of which nothing was certain on the network. Raises Conflict, Missing."""
    now = now or timezone.now()
    with transaction.atomic():
        post = _own(actor, post_id, now)
        if post.state != State.UNKNOWN:
            raise Conflict(_("What became of this post is known already."))
        settle(post, None, now, actor)
    return post


# ── steps that the verbs share ───────────────────────────────────────────────
def _known(actor: User, crisis_id: int, posts: Sequence[Wish], key: str) -> Publication | None:
    if not key or len(key) > 100 or "\x00" in key:
        raise _wrong("idempotency_key", _("Give an idempotency key of 1 to 100 characters."))
    found = Publication.objects.filter(author=actor, idempotency_key=key).first()
    if found is None:
        return None
    said = {(one.inbox_id, one.language, one.text) for one in found.posts.all()}
    if found.crisis_id != crisis_id or said != {(one.inbox_id, one.language, one.text) for one in posts}:
        raise Conflict(_("This idempotency key belongs to another publication. Use a new key."), code="key_reused")
    return found


def _look_at(posts: Sequence[Wish], stage: str, minutes: int | None) -> None:
    if not 1 <= len(posts) <= MOST_POSTS:
        raise _wrong("posts", _("Choose 1 to %(count)d accounts.") % {"count": MOST_POSTS})
    if len({(one.inbox_id, one.language) for one in posts}) < len(posts):
        raise _wrong("posts", _("One account says something once in each language."))
    if stage not in ("", *CannedResponse.Stage.values):
        raise _wrong("stage", _("There is no such stage."))
    if minutes is not None and not 1 <= minutes <= LONGEST_PROMISE:
        raise _wrong("update_minutes", _("Choose 1 to %(count)d minutes.") % {"count": LONGEST_PROMISE})


def _posts(publication: Publication, wishes: Sequence[Wish], under: InForce, now: datetime) -> list[Post]:
    inboxes = Inbox.objects.select_related("team").in_bulk({one.inbox_id for one in wishes})
    errors: dict[str, list[str]] = {}
    unsaved = []
    for place, wish in enumerate(wishes):
        inbox = inboxes.get(wish.inbox_id)
        length = length_of(inbox) if inbox is not None else None
        if inbox is None or length is None or inbox.drill != publication.crisis.drill:
            raise _wrong(f"posts.{place}.inbox", _("The desk can't post there."))
        if not wish.text.strip() or len(wish.text) > LONGEST_POST or "\x00" in wish.text:
            raise _wrong(f"posts.{place}.text", _("Write 1 to %(count)d characters.") % {"count": LONGEST_POST})
        if found := OPEN.search(wish.text):
            raise _wrong(f"posts.{place}.text", _("Fill in %(name)s first.") % {"name": found[0]})
        post, blocking = _checked(publication, inbox, length, wish, under, now)
        unsaved.append(post)
        if blocking:
            errors[f"posts.{place}.text"] = blocking
    if errors:
        raise _blocked(errors)
    made = Post.objects.bulk_create(unsaved)
    for post in made:
        if post.state == State.QUEUED:
            enqueue("desk.tasks.send_post", post.pk, countdown=settings.UNDO_SECONDS or None)
    return made


def _checked(
    publication: Publication, inbox: Inbox, length: Any, wish: Wish, under: InForce, now: datetime
) -> tuple[Post, list[str]]:
    """The post as it is kept, and what forbids it. Raises Conflict where a crisis stops everything."""
    crisis, author, say_in = publication.crisis, publication.author, translation.get_language() or "en"
    checked = check_post(inbox, length, crisis, author, wish.text, wish.language, now, say_in, under)
    closed = gate_of_post(inbox, wish.text, wish.language, crisis, now)
    if closed is not None and closed.gate is Gate.BLOCK:
        stopping = next(one for one in active_crises() if one.pk == closed.crisis)
        raise Conflict(stopped_by(stopping), code=closed.code)
    ready = publication.statement and prepared_words(publication.statement, inbox, wish.language, author)
    prepared = bool(ready) and wish.text.strip() == str(ready).strip()
    findings = checked.findings_as_json()
    needs = words_missing(author, findings, closed, prepared=prepared)
    post = Post(
        publication=publication,
        inbox=inbox,
        language=wish.language,
        text=wish.text,
        prepared=prepared,
        state=State.HELD if needs else State.QUEUED,
        next_attempt_at=now + timedelta(seconds=settings.UNDO_SECONDS),
        findings=findings,
        rulebook_version_id=under.version_id,
        needs=sorted(needs),
        problem_code=NEEDED if needs else "",
    )
    return post, [one.message for one in checked.findings if one.severity == "block"]


def _statement(statement_id: int | None) -> CannedResponse | None:
    if statement_id is None:
        return None
    found = CannedResponse.objects.filter(pk=statement_id, kind=CannedResponse.Kind.HOLDING_STATEMENT).first()
    if found is None:
        raise Missing(_("There is no such holding statement."))
    return found


def _locked(post_id: int) -> Post:
    post = outbox.rows().select_for_update(of=("self",)).filter(pk=post_id).first()
    if post is None:
        raise Missing(_("There is no such post."))
    return post


def _own(actor: User, post_id: int, now: datetime) -> Post:
    """A post for somebody who may publish in its crisis."""
    post = _locked(post_id)
    may_publish(actor, at_hand(post.publication.crisis_id, None, now))
    return post


def _waiting(actor: User, post_id: int) -> Post:
    """A post that waits for a colleague's word, for somebody who may give it."""
    post = _locked(post_id)
    if post.state != State.HELD or post.problem_code != NEEDED:
        raise Conflict(_("This post waits for nobody: it was decided or taken back."), code="not_waiting")
    if actor.pk == post.publication.author_id:
        raise Conflict(_("Nobody approves their own words. Ask a colleague."), code="own_words")
    return post


def _step(post: Post, event: Event, kind: str, actor: User, now: datetime, text: str = "", **columns: Any) -> None:
    try:
        moved = outbox.move(post, event, **columns)
    except TransitionRefused as refused:
        state = post.state
        raise Conflict(_("This is not possible now: the post is %(state)s.") % {"state": state}) from refused
    if not moved:
        raise Conflict(_("Somebody was quicker. Look again."), code="changed")
    crisis = post.publication.crisis
    tell(crisis, kind, actor=actor, now=now, text=text, post=post.pk, inbox=post.inbox_id)


def _reason(reason: str) -> str:
    words = reason.strip()
    if not 1 <= len(words) <= LONGEST_REASON or "\x00" in words:
        raise _wrong("reason", _("Say why, in 1 to %(count)d characters.") % {"count": LONGEST_REASON})
    return words


def _blocked(errors: dict[str, list[str]]) -> PostsBlocked:
    return PostsBlocked(" ".join(dict.fromkeys(one for said in errors.values() for one in said)), errors=errors)


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})
