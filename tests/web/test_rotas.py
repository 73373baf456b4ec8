"""On-call rotas on the screen: written line by line, whose turns come, who stands in, and who may."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from desk.people.models import AuditEntry, Rota, User
from desk.people.permissions import Role
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db
BASE = "/administration/rotas/"


@pytest.fixture
def an() -> User:
    return User.objects.create_user("an", first_name="An")


@pytest.fixture
def bo() -> User:
    return User.objects.create_user("bo", first_name="Bo")


def form(*members: User, **more: str) -> dict[str, str]:
    today = timezone.localdate()
    usual = {
        "name": "Nacht", "days": "1", "first_day": f"{today - timedelta(days=2)}", "handover": "0:00",
        "timezone": "Europe/Amsterdam",
    }  # fmt: skip
    return usual | {f"members.{place}.person": str(one.pk) for place, one in enumerate(members)} | more


def typed_as(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_a_rota_is_written_read_changed_and_deleted(an: User, bo: User) -> None:
    browser = signed_in(Role.COMMS)
    assert browser.post(f"{BASE}new/", form(an, bo)).status_code == 302
    rota = Rota.objects.get()
    assert (rota.members, rota.handover, rota.days) == ([an.pk, bo.pk], 0, 1)
    assert "<bdi>An</bdi>" in browser.get(BASE).content.decode()
    page = browser.get(f"{BASE}{rota.pk}/").content.decode()
    assert page.count("<bdi>Bo</bdi>") >= 10  # the next six weeks, each other day
    assert browser.post(f"{BASE}{rota.pk}/", form(bo, an, handover="9.30")).status_code == 302
    rota.refresh_from_db()
    assert (rota.members, rota.handover) == ([bo.pk, an.pk], 570)
    start, end = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)
    typed = {"user_id": str(an.pk), "starts_at": typed_as(start), "ends_at": typed_as(end)}
    assert browser.post(f"{BASE}{rota.pk}/swap/", typed).status_code == 302
    assert "stands in" in browser.get(f"{BASE}{rota.pk}/").content.decode()
    browser.post(f"{BASE}{rota.pk}/swap/", typed)
    assert rota.swaps.count() == 1  # somebody does already
    browser.post(f"{BASE}{rota.pk}/swap/{rota.swaps.get().pk}/end/")
    assert not rota.swaps.exists()
    browser.post(f"{BASE}{rota.pk}/delete/")
    assert browser.get(f"{BASE}{rota.pk}/").status_code == 404
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["rota_created", "rota_changed", "rota_swapped", "rota_swap_ended", "rota_deleted"]


def test_buttons_add_move_and_remove_turns_and_keep_what_was_typed(an: User, bo: User) -> None:
    browser = signed_in(Role.SUPERVISOR)
    page = browser.post(f"{BASE}new/", form(an, bo, do="members:up:1", name="Half af")).content.decode()
    assert page.index(f'value="{bo.pk}" selected') < page.index(f'value="{an.pk}" selected')
    assert 'value="Half af"' in page
    page = browser.post(f"{BASE}new/", form(an, do="members:add")).content.decode()
    assert 'name="members.1.person"' in page
    page = browser.post(f"{BASE}new/", form(an, do="members:remove:0")).content.decode()
    assert 'name="members.0.person"' not in page
    assert not Rota.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", " ", "Give a name"),
        ("timezone", "Mars", "no such time zone"),
        ("handover", "25:00", "time of the day"),
        ("days", "0", "1 to 28 days"),
        ("days", "week", "whole number"),
        ("first_day", "2026-02-30", "no date"),
        ("first_day", "", "from 2000 to 2199"),
        ("members.0.person", "", "Choose 1 to 50 colleagues"),
    ],
)
def test_what_can_not_be_kept_is_said_at_its_field(an: User, field: str, typed: str, words: str) -> None:
    answer = signed_in(Role.SUPERVISOR).post(f"{BASE}new/", form(an) | {field: typed})
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_who_may_not_sees_nothing_of_it() -> None:
    assert signed_in(Role.AGENT).get(BASE).status_code == 403


def test_the_list_asks_the_same_however_many_there_are(
    an: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        Rota.objects.create(
            name=f"Rota {number}", timezone="UTC", first_day=timezone.localdate(), handover=0, members=[an.pk]
        )
    browser = signed_in(Role.ADMINISTRATOR)
    with django_assert_max_num_queries(12):
        assert browser.get(BASE).status_code == 200
