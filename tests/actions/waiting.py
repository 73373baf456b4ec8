"""Replies that wait for a colleague's word, and the people who give it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.replies import send
from desk.actions.replies.reply import submit
from desk.actions.rulebooks import rulebooks
from desk.common.errors import DeskError
from desk.inboxes.gateway import SendResult
from desk.people.models import User
from desk.replies.models import Approval, Reply
from tests.actions.builders import a_mention, an_inbox, take_in, the_ticket

WORDS = "We zoeken het uit."
BETTER = "We zoeken het meteen voor je uit."
SHORT = "We zoeken het uit op https://bit.ly/abc"
ASK_FOR_SHORTENERS = {"rules": {"links.shortener": {"severity": "approve"}}}


def a_question() -> None:
    """A desk with one customer who asks something."""
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())


def customer_writes_on(number: str = "2") -> None:
    take_in(the_ticket().inbox, [a_mention(number, thread_id="1", text="Laat maar")], now=timezone.now())


def written(author: User, text: str = WORDS, *, key: str = "1", **more: Any) -> Reply:
    return submit(author, the_ticket().pk, text=text, visibility="public", idempotency_key=key, **more)


def now_holds(document: dict[str, Any]) -> None:
    """Two people switch a rulebook on."""
    writer, reader = (
        User.objects.get_or_create(username=name, defaults={"role": "comms"})[0] for name in ("writer", "reader")
    )
    draft = rulebooks.write_draft(writer, document=document, summary="x")
    rulebooks.hand_in(writer, draft.number)
    rulebooks.switch_on(reader, draft.number)


def is_due(reply: Reply) -> None:
    """The time to take it back, or the time it was put off to, is over."""
    Reply.objects.filter(pk=reply.pk).update(next_attempt_at=timezone.now())


def stands(reply: Reply) -> tuple[str, str]:
    reply.refresh_from_db()
    return reply.state, reply.problem_code


def requests_of(reply: Reply) -> list[str]:
    """The states of its requests, in order."""
    return list(Approval.objects.filter(reply=reply).order_by("id").values_list("state", flat=True))


class Network:
    """Where replies arrive; what it was sent stands in `said`."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def call(self, reply: Reply, _now: datetime) -> SendResult:
        self.said.append(reply.signed_text)
        return SendResult(f"out {len(self.said)}", created_at=timezone.now())


def leaves(reply: Reply) -> tuple[str, str]:
    """What comes of it at the send step."""
    is_due(reply)
    send.send(reply.pk, timezone.now())
    return stands(reply)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(DeskError) as problem:
        call()
    return problem.value.code
