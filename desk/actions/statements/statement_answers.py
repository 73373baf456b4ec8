"""A statement as replies: to every customer of the crisis who waits, in a wording of their own, each with its own
check, clock and record. `batch_run` hands them in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.statements import statements
from desk.actions.statements.batch_answers import NOBODY_WAITS, USUAL_PER_MINUTE, prepare
from desk.actions.statements.batch_choice import Chosen
from desk.actions.statements.statement_texts import words_for
from desk.actions.statements.statements import Wish
from desk.common.errors import Invalid, Missing
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies.models import AnswerBatch, CannedResponse
from desk.statements.models import Publication


def answer_with_statement(
    actor: User,
    crisis_id: int,
    statement_id: int,
    *,
    visibility: str = "public",
    per_minute: int = USUAL_PER_MINUTE,
    now: datetime | None = None,
) -> AnswerBatch:
    """A batch in the words of a holding statement, for who waits on a network and in a language that it is for.

    Nothing leaves before its author starts it. Raises Invalid, Missing, Conflict.
    """
    require(actor, Permission.ANSWER_IN_BATCHES)
    statement = CannedResponse.objects.filter(pk=statement_id, kind=CannedResponse.Kind.HOLDING_STATEMENT).first()
    if statement is None:
        raise Missing(_("There is no such holding statement."))
    spoken = dict.fromkeys(text["language"] for text in statement.texts)
    return prepare(
        actor,
        crisis_id,
        chosen=Chosen(networks=tuple(statement.networks), languages=tuple(spoken)),
        canned_response_id=statement.pk,
        visibility=visibility,
        per_minute=per_minute,
        now=now,
    )


def publish_and_answer(
    actor: User,
    crisis_id: int,
    *,
    posts: Sequence[Wish],
    per_minute: int = USUAL_PER_MINUTE,
    now: datetime | None = None,
    **wish: Any,
) -> Publication:
    """The posts of `statements.publish`, and the same as replies to who waits on those networks in those languages.

    Where the words are a statement's own, the replies have its wordings and its approval; otherwise what the posts
    say. They start by themselves once a worker has looked at each. All of it or nothing; nobody waiting is no fault.
    Raises what `statements.publish` raises.
    """
    require(actor, Permission.ANSWER_IN_BATCHES)
    now = now or timezone.now()
    with transaction.atomic():
        publication = statements.publish(actor, crisis_id, posts=posts, now=now, **wish)
        if AnswerBatch.objects.filter(publication=publication).exists():  # the same click, a second time
            return publication
        inboxes = Inbox.objects.in_bulk({one.inbox_id for one in posts})
        networks = dict.fromkeys(inboxes[one.inbox_id].network for one in posts)
        chosen = Chosen(networks=tuple(networks), languages=tuple(dict.fromkeys(one.language for one in posts)))
        try:
            prepare(
                actor,
                crisis_id,
                chosen=chosen,
                per_minute=per_minute,
                publication=publication,
                now=now,
                **_said(publication.statement, posts, inboxes, actor),
            )
        except Invalid as refused:
            if refused.code != NOBODY_WAITS:
                raise
    return publication


def _said(
    statement: CannedResponse | None, posts: Sequence[Wish], inboxes: dict[int, Inbox], actor: User
) -> dict[str, Any]:
    """The statement itself, or what was made of it; of two accounts of one network what the first one says."""
    if statement is not None and all(
        one.text.strip() == words_for(statement, inboxes[one.inbox_id], one.language, actor).strip() for one in posts
    ):
        return {"canned_response_id": statement.pk}
    texts: dict[tuple[str, str], str] = {}
    for one in posts:
        texts.setdefault((one.language, inboxes[one.inbox_id].network), one.text)
    told = [{"language": language, "network": network, "text": text} for (language, network), text in texts.items()]
    spoken = {language for language, _network in texts}
    for language in spoken:  # who writes there from a network without words of its own gets the first
        first = next(text for (said_in, _network), text in texts.items() if said_in == language)
        told.append({"language": language, "network": "", "text": first})
    return {"texts": told, "fallback": posts[0].language}
