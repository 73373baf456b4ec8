"""The one way to tell colleagues something: a row each, a word on their screens, and an e-mail where they want one.

Call it inside the transaction of what caused it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from desk.alerts.models import Mail, Notification
from desk.common.background import enqueue
from desk.common.bulk import insert_rows, next_ids
from desk.common.live import publish
from desk.common.storable import storable_json
from desk.people.models import User

MOST_COUNTED = 99  # beyond this the bell says “99+”
_MAIL = ("id", "user_id", "state", "attempts", "created_at", "next_attempt_at", "problem")
_NOTICE = ("user_id", "kind", "ticket_id", "inbox_id", "alert_id", "mail_id", "params", "created_at")


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing for one person. `params` fill the sentence of `kind` in `desk.alerts.words`."""

    user_id: int
    kind: str
    ticket_id: int | None = None
    inbox_id: int | None = None
    alert_id: int | None = None
    params: Mapping[str, object] = field(default_factory=dict)


def notify(notices: Iterable[Notice], now: datetime, *, by_mail: bool = True) -> None:
    """Tell them all, in a handful of statements for however many. Notices of one call share a person's e-mail.

    Not `by_mail`: what says it has an e-mail of its own.
    """
    notices = list(notices)
    if not notices:
        return
    told = dict.fromkeys(notice.user_id for notice in notices)
    mails = _queue_mails(told, now) if by_mail else {}
    shared = {id(one.params): one.params for one in notices}  # several people are told the same
    texts = {key: storable_json(params) for key, params in shared.items()}
    insert_rows(
        Notification,
        _NOTICE,
        (
            (
                one.user_id, one.kind, one.ticket_id, one.inbox_id, one.alert_id, mails.get(one.user_id),
                texts[id(one.params)], now,
            )
            for one in notices
        ),
    )  # fmt: skip
    last = {notice.user_id: notice for notice in notices}
    for user_id, notice in last.items():
        publish("notification", {"user": user_id, "kind": notice.kind, "ticket": notice.ticket_id})
    if mails:
        enqueue("desk.tasks.send_mails")


def changed(user_ids: Iterable[int]) -> None:
    """Let their screens count again: something was seen, or needs nobody any more."""
    for user_id in dict.fromkeys(user_ids):
        publish("notification", {"user": user_id, "kind": "changed", "ticket": None})


def unseen(user: User) -> "QuerySet[Notification]":
    """What a person has not seen yet, newest first."""
    return Notification.objects.filter(user=user, seen_at=None).order_by("-id")


def newest_unseen(user: User) -> list[int]:
    """The numbers of the newest, at most one more than MOST_COUNTED: enough to count them."""
    return list(unseen(user).values_list("pk", flat=True)[: MOST_COUNTED + 1])


def _queue_mails(user_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """A mail for each of them who wants one and has an address: its number, by person."""
    if not settings.MAIL_IS_SENT:
        return {}
    wanting = User.objects.filter(pk__any_of=list(user_ids), is_active=True, mail_notices=True).exclude(email="")
    people = list(wanting.order_by("pk").values_list("pk", flat=True))
    mails = dict(zip(people, next_ids(Mail, len(people)), strict=True))
    insert_rows(Mail, _MAIL, ((mail, person, Mail.State.QUEUED, 0, now, now, "") for person, mail in mails.items()))
    return mails
