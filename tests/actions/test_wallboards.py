"""A screen comes in by a code that works once and for ten minutes, and goes out when somebody says so."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import redis
from django.core.cache import cache
from django.utils import timezone

from desk.actions.reports import wallboards
from desk.common import live
from desk.common.errors import Invalid, Missing, NotPermitted, TooOften
from desk.people.models import AuditEntry, Team, User
from desk.people.permissions import Role
from desk.wallboards.models import CODE_LENGTH, CODE_LETTERS, Wallboard
from tests.actions.builders import an_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role=Role.SUPERVISOR)


def _verbs() -> list[str]:
    return list(AuditEntry.objects.filter(subject="wallboard").order_by("id").values_list("verb", flat=True))


def test_a_code_pairs_one_screen_once(mila: User) -> None:
    board, code = wallboards.create(mila, name="Hal 2")
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(CODE_LETTERS)
    paired, token = wallboards.pair(code, place="10.0.0.1")
    assert paired == board
    assert wallboards.board_of(token) == board
    with pytest.raises(Invalid):
        wallboards.pair(code, place="10.0.0.1")
    assert _verbs() == ["wallboard_created", "wallboard_paired"]


def test_a_code_is_read_as_people_type_it(mila: User) -> None:
    _board, code = wallboards.create(mila, name="Hal 2")
    wallboards.pair(f" {code[:3].lower()}-{code[3:].lower()} ", place="10.0.0.1")


def test_neither_code_nor_token_is_kept_or_written_down(mila: User) -> None:
    board, code = wallboards.create(mila, name="Hal 2")
    rows = str(list(Wallboard.objects.values()))
    assert code not in rows
    _board, token = wallboards.pair(code, place="10.0.0.1")
    assert token not in str(list(Wallboard.objects.values()))
    board.refresh_from_db()
    assert (board.code_digest, board.code_expires_at) == (None, None)
    written = str(list(AuditEntry.objects.values()))
    assert code not in written
    assert token not in written


def test_a_code_lives_for_ten_minutes(mila: User) -> None:
    board, code = wallboards.create(mila, name="Hal 2")
    board.refresh_from_db()
    assert board.code_expires_at is not None
    with pytest.raises(Invalid):
        wallboards.pair(code, place="10.0.0.1", now=board.code_expires_at)
    wallboards.pair(code, place="10.0.0.1", now=board.code_expires_at - timedelta(seconds=1))
    assert timedelta(minutes=9) < board.code_expires_at - timezone.now() <= timedelta(minutes=10)


@pytest.mark.parametrize("typed", ["", "   ", "AAAAAA", "K7Q4X\x00", "K7Q4XM" * 1000, "é"])
def test_what_is_no_code_is_refused(mila: User, typed: str) -> None:
    _board, code = wallboards.create(mila, name="Hal 2")
    wallboards.pair(code, place="10.0.0.1")
    with pytest.raises(Invalid):
        wallboards.pair(typed, place="10.0.0.1")
    assert _verbs() == ["wallboard_created", "wallboard_paired"]


def test_whoever_guesses_is_stopped_and_the_right_code_too_until_the_minute_is_over(
    mila: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.common.rates.time.time", lambda: 1_000_000_000.0)
    _board, code = wallboards.create(mila, name="Hal 2")
    for _ in range(wallboards.TRIES_FROM_ONE_PLACE):
        with pytest.raises(Invalid):
            wallboards.pair("BBBBBB", place="10.0.0.1")
    with pytest.raises(TooOften):
        wallboards.pair(code, place="10.0.0.1")
    monkeypatch.setattr("desk.common.rates.time.time", lambda: 1_000_000_061.0)
    wallboards.pair(code, place="10.0.0.1")


def test_many_places_together_guess_no_quicker(mila: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.common.rates.time.time", lambda: 1_000_000_000.0)
    _board, code = wallboards.create(mila, name="Hal 2")
    for number in range(wallboards.TRIES_FROM_EVERYWHERE):
        with pytest.raises(Invalid):
            wallboards.pair("BBBBBB", place=f"10.0.0.{number}")
    with pytest.raises(TooOften):
        wallboards.pair(code, place="10.0.1.1")


def test_nobody_guesses_while_tries_can_not_be_counted(mila: User, monkeypatch: pytest.MonkeyPatch) -> None:
    _board, code = wallboards.create(mila, name="Hal 2")
    monkeypatch.setattr(live, "_client", redis.Redis.from_url("redis://127.0.0.1:9/0"))
    with pytest.raises(TooOften):
        wallboards.pair(code, place="10.0.0.1")


def test_a_revoked_board_is_gone_for_its_screen(mila: User) -> None:
    board, code = wallboards.create(mila, name="Hal 2")
    _board, token = wallboards.pair(code, place="10.0.0.1")
    wallboards.revoke(mila, board.pk)
    assert wallboards.board_of(token) is None
    assert _verbs()[-1] == "wallboard_revoked"
    with pytest.raises(Missing):
        wallboards.revoke(mila, board.pk)


def test_a_code_that_was_not_used_dies_with_its_board(mila: User) -> None:
    board, code = wallboards.create(mila, name="Hal 2")
    wallboards.revoke(mila, board.pk)
    with pytest.raises(Invalid):
        wallboards.pair(code, place="10.0.0.1")


def test_another_screen_takes_over_when_its_code_is_used_and_not_before(mila: User) -> None:
    board, code = wallboards.create(mila, name="Hal 2")
    _board, old = wallboards.pair(code, place="10.0.0.1")
    _board, second = wallboards.new_code(mila, board.pk)
    _board, third = wallboards.new_code(mila, board.pk)
    assert wallboards.board_of(old) == board
    with pytest.raises(Invalid):
        wallboards.pair(second, place="10.0.0.2")  # a newer code takes its place
    _board, new = wallboards.pair(third, place="10.0.0.2")
    assert wallboards.board_of(old) is None
    assert wallboards.board_of(new) == board


def test_no_token_and_no_board_open_nothing(mila: User) -> None:
    wallboards.create(mila, name="Hal 2")  # not paired: its digest is null
    assert wallboards.board_of("") is None
    assert wallboards.board_of("None") is None


def test_when_a_screen_was_last_seen_is_noted_once_a_minute(mila: User) -> None:
    board, code = wallboards.create(mila, name="Hal 2")
    at = timezone.now()
    _board, token = wallboards.pair(code, place="10.0.0.1", now=at)
    for seconds, noted in ((30, 0), (61, 61), (100, 61), (122, 122)):
        wallboards.board_of(token, now=at + timedelta(seconds=seconds))
        board.refresh_from_db()
        assert board.last_seen_at == at + timedelta(seconds=noted)


@pytest.mark.parametrize("role", [Role.AGENT, Role.COMMS, Role.EXPERT])
def test_only_supervisors_and_administrators_hang_boards(mila: User, role: str) -> None:
    board, _code = wallboards.create(mila, name="Hal 2")
    other = User.objects.create_user("other", role=role)
    refused: tuple[Callable[[], object], ...] = (
        lambda: wallboards.create(other, name="Hal 3"),
        lambda: wallboards.change(other, board.pk, name="Hal 3"),
        lambda: wallboards.new_code(other, board.pk),
        lambda: wallboards.revoke(other, board.pk),
        lambda: wallboards.boards(other),
    )
    for act in refused:
        with pytest.raises(NotPermitted):
            act()
    assert _verbs() == ["wallboard_created"]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "Hal 1"}, "name"),
        ({"language": "xx"}, "language"),
        ({"theme": "plaid"}, "theme"),
        ({"team_ids": [987654]}, "teams"),
        ({"inbox_ids": [987654]}, "inboxes"),
    ],
)
def test_what_can_not_be_used_is_said_at_its_field(mila: User, wish: dict[str, object], field: str) -> None:
    wallboards.create(mila, name="Hal 1")
    with pytest.raises(Invalid) as refused:
        wallboards.create(mila, **{"name": "Hal 2", **wish})  # type: ignore[arg-type]  # wrong on purpose
    assert list(refused.value.errors) == [field]


def test_what_a_board_shows_changes_and_what_is_left_out_stays(mila: User) -> None:
    team, inbox = Team.objects.create(name="Nacht"), an_inbox()
    board, _code = wallboards.create(mila, name="Hal 2", team_ids=[team.pk])
    assert not board.everything
    board = wallboards.change(mila, board.pk, name="Hal 3")
    assert (board.name, board.everything, list(board.teams.all())) == ("Hal 3", False, [team])
    board = wallboards.change(mila, board.pk, inbox_ids=[inbox.pk])
    assert (list(board.teams.all()), list(board.inboxes.all())) == ([team], [inbox])
    assert wallboards.change(mila, board.pk, team_ids=[], inbox_ids=[]).everything


def test_a_board_whose_team_is_deleted_does_not_begin_to_show_the_whole_desk(mila: User) -> None:
    team = Team.objects.create(name="Nacht")
    board, _code = wallboards.create(mila, name="Hal 2", team_ids=[team.pk])
    team.delete()
    board.refresh_from_db()
    assert not board.everything
    assert not wallboards.change(mila, board.pk, name="Hal 3").everything
