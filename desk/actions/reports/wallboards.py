"""Wallboards: set up by a supervisor, paired by a code that is typed on the screen itself, and shown out again.

No secret stands in an address: the code goes over in a form, once, and the screen gets a cookie that opens the board
and nothing else. Both are kept as digests.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import redis
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.common.errors import Invalid, Missing, TooOften
from desk.common.logs import logger
from desk.common.rates import times_in_window
from desk.inboxes.models import Inbox
from desk.people.models import Team, User, audit
from desk.people.permissions import Permission, require
from desk.wallboards.models import Wallboard

CODE_LIVES = timedelta(minutes=10)
TRIES_FROM_ONE_PLACE = 10  # a minute; somebody who mistypes needs three
TRIES_FROM_EVERYWHERE = 60  # a minute, so 600 in the life of a code that has 482 million others beside it
SEEN_IS_NOTED_EVERY = timedelta(minutes=1)  # a screen asks every few seconds
CHANGEABLE = ("name", "language", "theme")


def boards(actor: User) -> QuerySet[Wallboard]:
    """All of them, with what each shows. Raises NotPermitted."""
    require(actor, Permission.MANAGE_WALLBOARDS)
    return Wallboard.objects.prefetch_related("teams", "inboxes")


def create(
    actor: User, *, team_ids: Iterable[int] = (), inbox_ids: Iterable[int] = (), **fields: str
) -> tuple[Wallboard, str]:
    """A new board and the code that pairs its screen, shown once. No team and no inbox means the whole desk.

    Raises NotPermitted, Invalid.
    """
    require(actor, Permission.MANAGE_WALLBOARDS)
    board = Wallboard(created_by=actor)
    _apply(board, fields)
    teams, inboxes = _scope(team_ids, inbox_ids)
    board.everything = not (teams or inboxes)
    with transaction.atomic():
        code = _give_code(board)
        board.save()
        board.teams.set(teams)
        board.inboxes.set(inboxes)
        audit(actor, "wallboard_created", board, **_told(board, teams, inboxes))
    return board, code


def change(
    actor: User,
    board_id: int,
    *,
    team_ids: Iterable[int] | None = None,
    inbox_ids: Iterable[int] | None = None,
    **fields: str,
) -> Wallboard:
    """Its name, language and theme, and what it shows; what is left out stays.

    Raises NotPermitted, Invalid, Missing.
    """
    with transaction.atomic():
        board = _board(actor, board_id)
        _apply(board, fields)
        shown = set(board.teams.all()), set(board.inboxes.all())
        teams, inboxes = _scope(
            [team.pk for team in shown[0]] if team_ids is None else team_ids,
            [inbox.pk for inbox in shown[1]] if inbox_ids is None else inbox_ids,
        )
        if team_ids is not None or inbox_ids is not None:
            board.everything = not (teams or inboxes)
            board.teams.set(teams)
            board.inboxes.set(inboxes)
        board.save()
        audit(actor, "wallboard_changed", board, **_told(board, teams, inboxes))
    return board


def new_code(actor: User, board_id: int) -> tuple[Wallboard, str]:
    """Another code, shown once: for a code that ran out, or another screen. The paired screen goes on until it is used.

    Raises NotPermitted, Missing.
    """
    with transaction.atomic():
        board = _board(actor, board_id)
        code = _give_code(board)
        board.save(update_fields=["code_digest", "code_expires_at"])
        audit(actor, "wallboard_code_given", board, name=board.name)
    return board, code


def revoke(actor: User, board_id: int) -> None:
    """The board is gone, and its screen shows nothing from its next question on. Raises NotPermitted, Missing."""
    with transaction.atomic():
        board = _board(actor, board_id)
        audit(actor, "wallboard_revoked", board, name=board.name)
        board.delete()


def pair(typed: str, *, place: str, now: datetime | None = None) -> tuple[Wallboard, str]:
    """The board whose code was typed, and the token for its screen. `place` is the network address of the screen.

    A code works once, and a screen that was paired before with this board is out. Raises TooOften, Invalid.
    """
    now = now or timezone.now()
    _count_try(place)
    code = "".join(typed.split()).replace("-", "").upper()
    token = Wallboard.new_token()
    with transaction.atomic():
        board = (
            Wallboard.objects.select_for_update()
            .filter(code_digest=Wallboard.digest_of(code), code_expires_at__gt=now)
            .first()
        )
        if board is None:
            logger.warning("wallboard code refused", place=place)
            raise Invalid(
                _("This code does not work (any more). Codes live for ten minutes and work once: ask for a new one."),
                errors={"code": [_("Unknown or too old.")]},
            )
        board.code_digest, board.code_expires_at = None, None
        board.token_digest = Wallboard.digest_of(token)
        board.paired_at = board.last_seen_at = now
        board.save()
        audit(None, "wallboard_paired", board, name=board.name, place=place)
    return board, token


def board_of(token: str, *, now: datetime | None = None) -> Wallboard | None:
    """The board whose screen holds this token, None where it was revoked or never was.

    One query, and at most one write a minute that says when the screen was last seen.
    """
    if not token:
        return None
    now = now or timezone.now()
    board = Wallboard.objects.filter(token_digest=Wallboard.digest_of(token)).first()
    if board is not None and (board.last_seen_at is None or board.last_seen_at < now - SEEN_IS_NOTED_EVERY):
        unnoted = Q(last_seen_at=None) | Q(last_seen_at__lt=now - SEEN_IS_NOTED_EVERY)
        Wallboard.objects.filter(unnoted, pk=board.pk).update(last_seen_at=now)
    return board


def _give_code(board: Wallboard) -> str:
    code = Wallboard.new_code()
    board.code_digest, board.code_expires_at = Wallboard.digest_of(code), timezone.now() + CODE_LIVES
    return code


def _count_try(place: str) -> None:
    """A guess is never let through uncounted, so nobody is paired while Redis is away."""
    try:
        here = times_in_window(f"wallboard-code:{place}", 60)
        everywhere = times_in_window("wallboard-code", 60)
    except redis.RedisError as problem:
        logger.warning("wallboard codes can't be counted", problem=str(problem))
        raise TooOften(_("No screen can be paired at this moment. Try again in a minute.")) from None
    if here > TRIES_FROM_ONE_PLACE or everywhere > TRIES_FROM_EVERYWHERE:
        raise TooOften(_("Too many codes were tried. Wait a minute, then type yours again."))


def _apply(board: Wallboard, fields: Mapping[str, str]) -> None:
    if unknown := set(fields) - set(CHANGEABLE):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in fields.items():
        setattr(board, name, value.strip())
    try:
        board.full_clean()
    except ValidationError as problem:
        errors = dict(problem.message_dict)
        names = ", ".join(sorted(errors))
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": names}, errors=errors) from None


def _scope(team_ids: Iterable[int], inbox_ids: Iterable[int]) -> tuple[list[Team], list[Inbox]]:
    wanted_teams, wanted_inboxes = set(team_ids), set(inbox_ids)
    teams, inboxes = list(Team.objects.filter(pk__in=wanted_teams)), list(Inbox.objects.filter(pk__in=wanted_inboxes))
    errors = {}
    if len(teams) != len(wanted_teams):
        errors["teams"] = [_("There is no such team.")]
    if len(inboxes) != len(wanted_inboxes):
        errors["inboxes"] = [_("There is no such inbox.")]
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(errors)}, errors=errors)
    return teams, inboxes


def _told(board: Wallboard, teams: Iterable[Team], inboxes: Iterable[Inbox]) -> dict[str, Any]:
    return {
        **{name: getattr(board, name) for name in CHANGEABLE},
        "everything": board.everything,
        "teams": [team.name for team in teams],
        "inboxes": [inbox.name for inbox in inboxes],
    }


def _board(actor: User, board_id: int) -> Wallboard:
    require(actor, Permission.MANAGE_WALLBOARDS)
    board = Wallboard.objects.select_for_update().filter(pk=board_id).first()
    if board is None:
        raise Missing(_("There is no such wallboard."))
    return board
