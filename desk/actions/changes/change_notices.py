"""Who hears of a proposal: who decides about it, and its author of what became of it."""

from datetime import datetime

from django.utils import translation

from desk.actions.changes.change_links import grant
from desk.actions.changes.kinds import Kind
from desk.actions.changes.registry import kind_of
from desk.alerts.notices import Notice, notify
from desk.changes.models import Change
from desk.people.models import User
from desk.people.permissions import Role, permissions_of

MOST_TOLD = 50  # owners: the bell alone, no mail


def owners_of(kind: Kind) -> list[User]:
    """Whoever decides about things of this kind, by name; at most MOST_TOLD."""
    roles = [role for role in Role.values if kind.permission in permissions_of(role)]
    return list(User.objects.filter(role__in=roles, is_active=True)[:MOST_TOLD])


def tell_owners(one: Change, kind: Kind, by: User, now: datetime) -> None:
    _tell([owner.pk for owner in owners_of(kind) if owner.pk != by.pk], "change_proposed", one, by, now, by_mail=False)


def tell_author(one: Change, what: str, by: User | None, now: datetime) -> None:
    """Nobody is told what they did themselves."""
    if one.author_id is not None and (by is None or one.author_id != by.pk):
        _tell([one.author_id], what, one, by, now, by_mail=True)


def tell_everybody(one: Change, by: User, now: datetime) -> None:
    """Of a new word: its author and whoever has spoken about it."""
    spoke = set(one.remarks.values_list("author_id", flat=True)) | {one.author_id}
    _tell(sorted(pk for pk in spoke if pk not in (None, by.pk)), "change_remark", one, by, now, by_mail=False)


def tell_of_failure(one: Change, planner: User | None, now: datetime) -> None:
    """It could not be switched on when its moment came: who planned it and who wrote it hear why."""
    people = {one.author_id, planner.pk if planner else None} - {None}
    _tell(sorted(pk for pk in people if pk is not None), "change_failed", one, None, now, by_mail=True)


def tell_followed(one: Change, author: User, now: datetime) -> None:
    """Somebody without a seat proposed it: a mail brings the link by which they follow it."""
    if not author.has_seat:
        _tell([author.pk], "change_followed", one, None, now, by_mail=True)


def _tell(people: list[int], what: str, one: Change, by: User | None, now: datetime, *, by_mail: bool) -> None:
    """Who has no seat reads it by a link of their own, and hears of it by mail: there is no bell for them."""
    params = {
        "change": one.pk,
        "what": one.what,
        "title": one.title if one.thing else "",
        "new": "" if one.thing else _untranslated(kind_of(one.kind)),
        "by_name": by.name if by else "",
        "reason": one.reason,
    }
    if one.planned_for is not None:
        params["due_at"] = one.planned_for.isoformat()
    seatless = list(User.objects.filter(pk__in=people, role=Role.COLLEAGUE, is_active=True))
    elsewhere = {person.pk for person in seatless}
    notify([Notice(pk, what, params=params) for pk in people if pk not in elsewhere], now, by_mail=by_mail)
    linked = [(person.pk, params | {"change_link": grant(one, person, now).pk}) for person in seatless]
    notify([Notice(pk, what, params=their_own) for pk, their_own in linked], now)


def _untranslated(kind: Kind) -> str:
    """What a kind is called, for each reader to have it in their own language."""
    with translation.override(None):
        return str(kind.label)
