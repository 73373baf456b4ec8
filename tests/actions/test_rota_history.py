"""Who was on call at an instant of the past: as the desk knew it then, whatever was changed since."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.crises import crises, crisis_report
from desk.actions.people import people, rota_history, rotas, shifts
from desk.actions.people.rota_history import history, was_on_call, write_down
from desk.common.errors import Invalid
from desk.people.models import Absence, OnCall, Rota, RotaSwap, User
from desk.people.permissions import Role
from tests.actions.alerted import a_person
from tests.actions.chains import chain
from tests.actions.test_crises import at_once
from tests.api.caller import Caller
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)  # a Tuesday, two days after the clocks went on


@pytest.fixture
def noor() -> User:
    return a_person("noor", Role.COMMS)


@pytest.fixture
def an() -> User:
    return a_person("an")


@pytest.fixture
def bo() -> User:
    return a_person("bo")


def a_rota(*members: User, since: datetime, **more: Any) -> Rota:
    """Days of their own from nine o'clock in Amsterdam, kept since then."""
    facts = {"timezone": "Europe/Amsterdam", "first_day": date(2026, 3, 20), "handover": 540, "days": 1, **more}
    ids = [one.pk for one in members]
    return Rota.objects.create(name="Nacht", members=ids, known_since=since, written_until=since, **facts)


def who(rota: Rota, at: str, now: datetime = NOW) -> str:
    row = was_on_call(rota, datetime.fromisoformat(at), now)
    return (row.user.username if row.user else "nobody") + (" stands in" if row.swapped else "")


def test_each_minute_belongs_to_one_person_also_where_the_clocks_change(an: User, bo: User) -> None:
    rota = a_rota(an, bo, since=NOW - timedelta(days=5))
    assert [who(rota, at) for at in ("2026-03-28T08:00Z", "2026-03-29T06:59Z", "2026-03-29T07:00Z")] == [
        "an", "an", "bo",
    ]  # fmt: skip
    rows = list(OnCall.objects.filter(rota=rota).order_by("starts_at"))
    assert rows[0].starts_at == rota.known_since
    assert rows[-1].ends_at == NOW
    assert all(one.ends_at == other.starts_at for one, other in itertools.pairwise(rows))


def test_what_is_changed_holds_from_then_on_and_not_before(noor: User, an: User, bo: User) -> None:
    now = timezone.now()
    rota = a_rota(an, since=now - timedelta(days=3), first_day=now.date() - timedelta(days=30))
    rotas.change_rota(noor, rota.pk, members=[bo.pk])
    later = timezone.now() + timedelta(minutes=1)
    assert [one.user for one in history(rota, later)] == [bo, an]
    assert who(rota, (now - timedelta(minutes=1)).isoformat(), later) == "an"
    assert who(rota, later.isoformat(), later + timedelta(minutes=1)) == "bo"


@pytest.mark.parametrize("change", ["absence", "left", "swap", "no_swap"])
def test_whatever_decides_it_writes_the_past_down_before_it_changes(
    noor: User, an: User, bo: User, change: str
) -> None:
    now, admin = timezone.now(), a_person("ada", Role.ADMINISTRATOR)
    rota = a_rota(an, bo, since=now - timedelta(days=2), first_day=now.date() - timedelta(days=8), days=28)
    always = {"starts_at": now - timedelta(days=9), "ends_at": now + timedelta(days=9)}
    if change == "absence":
        shifts.create_absence(admin, user_id=an.pk, **always)
    elif change == "left":
        people.change_user(admin, an.pk, is_active=False)
    elif change == "swap":
        rotas.swap(noor, rota.pk, user_id=bo.pk, **always)
    else:
        row = RotaSwap.objects.create(rota=rota, user=bo, **always)
        rotas.end_swap(noor, rota.pk, row.pk)
    later = timezone.now() + timedelta(minutes=1)
    rows = [(one.user.username if one.user else "", one.swapped) for one in history(rota, later)]
    assert (
        rows
        == {
            "absence": [("bo", False), ("an", False)],
            "left": [("bo", False), ("an", False)],
            "swap": [("bo", True), ("an", False)],
            "no_swap": [("an", False), ("bo", True)],
        }[change]
    )


def test_an_absence_that_came_and_went_by_the_clock_is_in_it_to_the_second(an: User, bo: User) -> None:
    rota = a_rota(an, bo, since=NOW - timedelta(days=3), days=28)
    gone, back = NOW - timedelta(hours=5, seconds=7), NOW - timedelta(hours=2)
    Absence.objects.create(user=an, starts_at=gone, ends_at=back)
    write_down(NOW)
    rows = OnCall.objects.filter(rota=rota).order_by("starts_at").values_list("user__username", "starts_at")
    assert list(rows) == [("an", rota.known_since), ("bo", gone), ("an", back)]
    assert who(rota, (gone - timedelta(microseconds=1)).isoformat()) == "an"
    assert who(rota, gone.isoformat()) == "bo"
    assert who(rota, back.isoformat()) == "an"


def test_nobody_is_an_answer_too_and_what_is_not_known_is_refused(an: User) -> None:
    rota = a_rota(an, since=NOW - timedelta(days=2))
    Absence.objects.create(user=an, starts_at=NOW - timedelta(hours=1))
    assert who(rota, (NOW - timedelta(minutes=5)).isoformat()) == "nobody"
    for at in (NOW - timedelta(days=3), NOW, NOW + timedelta(days=1)):
        with pytest.raises(Invalid):
            was_on_call(rota, at, NOW)


def test_looking_again_writes_nothing_twice(an: User, bo: User) -> None:
    rota = a_rota(an, bo, since=NOW - timedelta(days=4))
    write_down(NOW - timedelta(days=2))
    write_down(NOW - timedelta(days=2))
    write_down(NOW - timedelta(days=3))
    write_down(NOW)
    one_look = list(OnCall.objects.filter(rota=rota).values_list("user", "starts_at", "ends_at"))
    Rota.objects.filter(pk=rota.pk).update(written_until=rota.known_since)
    OnCall.objects.all().delete()
    write_down(NOW)
    assert list(OnCall.objects.filter(rota=rota).values_list("user", "starts_at", "ends_at")) == one_look


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_write_it_once(an: User, bo: User) -> None:
    rota = a_rota(an, bo, since=NOW - timedelta(days=20))
    at_once([lambda: write_down(NOW)] * 4)
    rows = list(OnCall.objects.filter(rota=rota).order_by("starts_at"))
    assert all(one.ends_at == other.starts_at for one, other in itertools.pairwise(rows))
    assert (rows[0].starts_at, rows[-1].ends_at) == (rota.known_since, NOW)


def test_a_list_of_turns_has_what_was_and_what_comes(noor: User, an: User, bo: User) -> None:
    rota = a_rota(an, bo, since=NOW - timedelta(days=5))
    OnCall.objects.all().delete()
    turns = rotas.turns_of(rota, NOW - timedelta(days=1), NOW + timedelta(days=1), now=NOW)
    assert [turn.person for turn in turns] == [an.pk, bo.pk, an.pk]
    assert all(one.end == other.start for one, other in itertools.pairwise(turns))
    assert turns[1].start == datetime(2026, 3, 31, 7, tzinfo=UTC)
    Absence.objects.create(user=bo, starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    again = rotas.turns_of(rota, NOW - timedelta(days=1), NOW + timedelta(hours=1), now=NOW)
    assert [turn.person for turn in again] == [an.pk, bo.pk, an.pk]
    assert again[1].end == NOW


def test_the_page_and_the_api_say_who_it_was(an: User, bo: User) -> None:
    now = timezone.now()
    rota = a_rota(an, bo, since=now - timedelta(days=40), first_day=now.date() - timedelta(days=60))
    rota_history.write_down(now)
    asked = now - timedelta(days=10)
    expected = was_on_call(rota, asked, now).user
    assert expected is not None
    typed = timezone.localtime(asked).strftime("%Y-%m-%dT%H:%M")
    page = signed_in(Role.COMMS).get(f"/administration/rotas/{rota.pk}/?at={typed}").content.decode()
    assert f"<b><bdi>{expected.name}</bdi></b>" in page
    assert "Next" in page  # forty days have more turns than one page
    refused = signed_in(Role.COMMS).get(f"/administration/rotas/{rota.pk}/?at=2001-01-01T00:00").content.decode()
    assert "This rota is kept since" in refused
    caller = Caller(a_person("sam", Role.SUPERVISOR))
    (row,) = caller.results(f"rotas/{rota.pk}/history/", at=asked.isoformat())
    assert row["person"]["username"] == expected.username
    assert len(caller.results(f"rotas/{rota.pk}/history/", page_size=5)) == 5
    assert caller.get(f"rotas/{rota.pk}/history/", at="2001-01-01T00:00:00Z").status == 400


def test_the_report_of_a_crisis_tells_who_was_on_call_while_it_was_active(noor: User, an: User, bo: User) -> None:
    now = timezone.now()
    rota = a_rota(an, since=now - timedelta(days=3), first_day=now.date() - timedelta(days=30), days=28)
    chain({"rotas": [rota.pk]})
    crisis = crises.start(noor, reason="De trein staat stil", level=2, now=now - timedelta(hours=5))
    RotaSwap.objects.create(rota=rota, user=bo, starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=2))
    crises.stand_down(noor, crisis.pk, reason="Hij rijdt", now=now - timedelta(hours=1))
    rotas.change_rota(noor, rota.pk, members=[noor.pk])
    crisis.refresh_from_db()
    found = crisis_report.report_of(crisis, timezone.now())
    assert [(one.user, one.swapped) for one in found.on_call] == [(an, False), (bo, True), (an, False)]
    page = signed_in(Role.COMMS).get(f"/crises/{crisis.pk}/report/").content.decode()
    assert "by the rotas of its plan, as the desk knew it then" in page
    body = Caller(noor).get(f"crises/{crisis.pk}/report/").body
    assert [one["person"]["username"] for one in body["on_call"]] == ["an", "bo", "an"]
