"""What the comms team does with a crisis, what it leaves in the log, and what two people at once can't do."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from threading import Barrier
from typing import Any, cast

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from desk.actions.crises import crises
from desk.common.errors import Conflict, Invalid, Missing
from desk.common.live import STREAM, client
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry
from desk.people.models import AuditEntry, User
from policies.hash_chain import Broken
from tests.actions.builders import an_inbox, minutes

NOON = minutes(0)


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor")


@pytest.fixture
def daan() -> User:
    return User.objects.create_user("daan", role="administrator", first_name="Daan")


def begin(who: User, level: int = 2, *, at: float = 0, **more: Any) -> Crisis:
    return crises.start(who, reason="De trein staat stil bij Lindewaard", level=level, now=minutes(at), **more)


def kinds(crisis: Crisis) -> list[str]:
    return list(CrisisEntry.objects.filter(crisis=crisis).values_list("kind", flat=True))


def told_screens() -> list[dict[str, Any]]:
    entries = cast("list[tuple[str, dict[str, str]]]", client().xrange(STREAM))
    return [json.loads(fields["data"]) for _id, fields in entries if fields["kind"] == "crisis"]


@pytest.mark.django_db
class TestOneAfterAnother:
    def test_started_by_hand_it_has_an_owner_a_reason_and_a_first_line(self, noor: User) -> None:
        crisis = begin(noor, 2)
        assert (crisis.state, crisis.level, crisis.owner, crisis.started_at) == ("active", 2, noor, NOON)
        assert crisis.name == "De trein staat stil bij Lindewaard"
        assert crisis.scope.is_everything
        line = CrisisEntry.objects.get()
        assert (line.number, line.kind, line.actor, line.text) == (1, "started", noor, crisis.reason)
        assert line.data == {"name": crisis.name, "level": 2, "scope": {}}

    def test_a_suspicion_is_started_or_dismissed_later(self, noor: User) -> None:
        crisis = begin(noor, 0)
        assert (crisis.state, crisis.level_at(NOON), crisis.started_at) == ("suspected", 0, None)
        with pytest.raises(Conflict, match="only suspected"):
            crises.stand_down(noor, crisis.pk, reason="x")
        crisis = crises.set_level(noor, crisis.pk, 1, reason="Het is er een", now=minutes(5))
        assert (crisis.state, crisis.level, crisis.started_at, crisis.level_since) == (
            "active", 1, minutes(5), minutes(5),
        )  # fmt: skip
        other = crises.dismiss(noor, begin(noor, 0).pk, reason="Loos alarm", now=minutes(9))
        assert (other.state, other.ended_at) == ("dismissed", minutes(9))

    def test_it_is_raised_lowered_stood_down_and_reviewed(self, noor: User) -> None:
        crisis = begin(noor, 1)
        crises.set_level(noor, crisis.pk, 2, reason="Het wordt meer", now=minutes(3))
        crises.set_level(noor, crisis.pk, 1, reason="Het wordt minder", now=minutes(50))
        crises.note(noor, crisis.pk, "Geen interviews op het perron", now=minutes(51))
        crises.stand_down(noor, crisis.pk, reason="Hij rijdt weer", now=minutes(60))
        with pytest.raises(Conflict, match="What is left is its review"):
            crises.set_level(noor, crisis.pk, 3, reason="Toch niet", now=minutes(61))
        crisis = crises.review(noor, crisis.pk, conclusion="Eerder bellen", now=minutes(5_000))
        assert (crisis.state, crisis.ended_at, crisis.level_at(minutes(5_000))) == ("reviewed", minutes(60), 0)
        assert kinds(crisis) == ["started", "level", "level", "note", "stood_down", "reviewed"]
        crises.note(noor, crisis.pk, "Het rapport is klaar")
        crisis.refresh_from_db()
        assert broken_link(crisis) is None

    def test_level_three_lapses_to_two_unless_a_second_person_confirms(self, noor: User, daan: User) -> None:
        alone, confirmed = begin(noor, 3), begin(noor, 3)
        assert alone.lapses_at == minutes(30)
        with pytest.raises(Conflict, match="A second person"):
            crises.confirm(noor, confirmed.pk, now=minutes(1))
        assert crises.confirm(daan, confirmed.pk, now=minutes(29)).confirmed_by == daan
        assert crises.lapse_due(minutes(29.9)) == 0
        assert crises.lapse_due(minutes(31)) == 1
        assert crises.lapse_due(minutes(32)) == 0
        alone.refresh_from_db()
        confirmed.refresh_from_db()
        assert [(one.level, one.level_at(minutes(500))) for one in (alone, confirmed)] == [(2, 2), (3, 3)]
        assert alone.level_since == minutes(30)
        assert (kinds(alone), kinds(confirmed)) == (["started", "lapsed"], ["started", "confirmed"])
        assert AuditEntry.objects.get(verb="crisis_lapsed").actor is None

    def test_what_time_has_done_holds_before_any_sweep_came_by(self, noor: User, daan: User) -> None:
        crisis = begin(noor, 3)
        with pytest.raises(Conflict, match="no level 3 that waits"):
            crises.confirm(daan, crisis.pk, now=minutes(30))
        with pytest.raises(Conflict, match="as long as one person may"):
            crises.set_level(noor, crisis.pk, 3, reason="Nog eens", now=minutes(31))
        crisis = crises.set_level(daan, crisis.pk, 3, reason="Ik vind het ook", now=minutes(32))
        assert (crisis.level, crisis.lapses_at) == (3, minutes(62))
        assert kinds(crisis) == ["started", "lapsed", "level"]

    def test_the_scope_and_the_owner_change_with_a_line_each(self, noor: User, daan: User) -> None:
        inbox = an_inbox()
        crisis = begin(noor, scope={"networks": ["x"], "topics": ["  trein   lindewaard "]})
        assert crisis.scope_form == {"networks": ["x"], "topics": ["trein lindewaard"]}
        crises.change_scope(noor, crisis.pk, {"inboxes": [inbox.pk]}, reason="Alleen daar")
        crisis = crises.hand_over(noor, crisis.pk, daan.pk)
        assert (crisis.owner, crisis.scope_form) == (daan, {"inboxes": [inbox.pk]})
        assert kinds(crisis) == ["started", "scope", "owner"]
        with pytest.raises(Invalid, match="may manage crises"):
            crises.hand_over(noor, crisis.pk, User.objects.create_user("suze").pk)

    @pytest.mark.parametrize(
        ("scope", "field"),
        [
            ({"networks": ["usenet"]}, "networks"),
            ({"inboxes": [99]}, "inboxes"),
            ({"languages": ["Nederlands"]}, "languages"),
            ({"topics": ["* !"]}, "topics"),
            ({"topics": ["een twee drie vier vijf zes zeven acht negen tien elf"]}, "topics"),
            ({"topics": ["a\x00b"]}, "topics"),
            ({"topics": ["a"] * 51}, "topics"),
            ({"brands": ["x"]}, "brands"),
            ({"planets": ["x"]}, "scope"),
            ({"topics": [3]}, "topics"),
        ],
    )
    def test_a_scope_that_means_nothing_is_refused(self, noor: User, scope: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refused:
            begin(noor, scope=scope)
        assert set(refused.value.errors) == {field}

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"reason": "  "}, "reason"),
            ({"reason": "x" * 2_001}, "reason"),
            ({"reason": "x", "name": "y" * 121}, "name"),
            ({"reason": "x", "level": 4}, "level"),
            ({"reason": "x", "level": -1}, "level"),
        ],
    )
    def test_what_can_not_be_used_is_said_at_its_field(self, noor: User, values: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refused:
            crises.start(noor, **values)
        assert set(refused.value.errors) == {field}
        assert not Crisis.objects.exists()

    def test_who_has_not_seen_the_newest_version_is_told_who_was_quicker(self, noor: User, daan: User) -> None:
        crisis = begin(noor, 2)
        crises.set_level(daan, crisis.pk, 3, reason="Erger", now=minutes(1))
        with pytest.raises(Conflict, match="Daan was quicker") as refused:
            crises.set_level(noor, crisis.pk, 1, reason="Minder", version=crisis.version, now=minutes(2))
        assert refused.value.code == "changed"
        crises.note(daan, crisis.pk, "Een notitie is geen verandering", now=minutes(2))
        crises.set_level(noor, crisis.pk, 1, reason="Minder", version=crisis.version + 1, now=minutes(3))
        with pytest.raises(Missing):
            crises.note(noor, 999, "Nergens")

    def test_the_database_refuses_to_change_or_delete_a_line(self, noor: User) -> None:
        begin(noor)
        for change in (lambda: CrisisEntry.objects.update(text="Iets anders"), CrisisEntry.objects.all().delete):
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                change()

    def test_the_command_names_the_first_broken_line(self, noor: User) -> None:
        crisis, other = begin(noor), begin(noor)
        for number in range(3):
            crises.note(noor, crisis.pk, f"Besluit {number}")
        out = StringIO()
        call_command("check_crisis_logs", stdout=out)
        assert out.getvalue().splitlines() == [
            f"crisis {crisis.pk}: 4 entries, the chain holds.",
            f"crisis {other.pk}: 1 entries, the chain holds.",
        ]
        with connection.cursor() as cursor:  # somebody with the keys of the database
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE crises_crisisentry DISABLE TRIGGER crises_entry_stays"
            )
        CrisisEntry.objects.filter(crisis=crisis, number=3).update(text="Een ander besluit")
        crisis.refresh_from_db()
        assert broken_link(crisis) == Broken(3, "changed")
        with pytest.raises(SystemExit):
            call_command("check_crisis_logs", crisis=crisis.pk, stdout=out)
        assert out.getvalue().endswith(f"crisis {crisis.pk}: broken at entry 3: it was changed.\n")
        CrisisEntry.objects.filter(crisis=crisis, number=3).delete()
        assert broken_link(crisis) == Broken(3, "missing")
        CrisisEntry.objects.filter(crisis=crisis, number=4).delete()
        assert broken_link(crisis) == Broken(3, "shortened")


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture(autouse=True)
    def empty_stream(self) -> None:
        client().delete(STREAM)

    def test_of_two_who_act_on_the_same_version_one_wins(self, noor: User, daan: User) -> None:
        for first, second in (
            (lambda who, pk, v: crises.set_level(who, pk, 3, reason="Erger", version=v, now=minutes(1)),
             lambda who, pk, v: crises.set_level(who, pk, 1, reason="Minder", version=v, now=minutes(1))),
            (lambda who, pk, v: crises.stand_down(who, pk, reason="Klaar", version=v, now=minutes(1)),
             lambda who, pk, v: crises.change_scope(who, pk, {}, reason="Alles", version=v, now=minutes(1))),
        ):  # fmt: skip
            crisis = begin(noor)
            works = [partial(one, who, crisis.pk, 1) for one, who in ((first, noor), (second, daan))]
            outcomes = at_once(works)
            assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "Crisis"]
            crisis.refresh_from_db()
            assert (crisis.version, crisis.log_length) == (2, 2)
            assert broken_link(crisis) is None

    def test_of_two_who_confirm_one_is_the_second_person(self, noor: User, daan: User) -> None:
        hanna = User.objects.create_user("hanna", role="comms")
        crisis = begin(noor, 3)
        outcomes = at_once([partial(crises.confirm, who, crisis.pk, now=minutes(1)) for who in (daan, hanna)])
        assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "Crisis"]
        assert kinds(crisis) == ["started", "confirmed"]

    def test_a_sweep_and_a_confirmation_never_both_have_their_way(self, noor: User, daan: User) -> None:
        for _round in range(5):
            crisis = begin(noor, 3)
            at_once([
                partial(crises.lapse_due, minutes(30)),
                partial(crises.confirm, daan, crisis.pk, now=minutes(29.99)),
                partial(crises.lapse_due, minutes(30)),
            ])  # fmt: skip
            crisis.refresh_from_db()
            won = kinds(crisis)
            assert won in (["started", "lapsed"], ["started", "confirmed"])
            assert crisis.level == (2 if won[-1] == "lapsed" else 3)

    def test_many_notes_at_once_are_one_chain(self, noor: User) -> None:
        crisis = begin(noor)
        at_once([partial(crises.note, noor, crisis.pk, f"Besluit {number}") for number in range(8)])
        crisis.refresh_from_db()
        assert crisis.log_length == 9
        assert broken_link(crisis) is None

    def test_screens_are_told_of_each_step_once_it_is_certain(self, noor: User, daan: User) -> None:
        crisis = begin(noor, 3)
        crises.confirm(daan, crisis.pk, now=minutes(1))
        with pytest.raises(Conflict):
            crises.confirm(daan, crisis.pk, now=minutes(2))
        crises.stand_down(noor, crisis.pk, reason="Klaar", now=minutes(3))
        told = told_screens()
        assert [(one["id"], one["version"], one["level"]) for one in told] == [
            (crisis.pk, 1, 3), (crisis.pk, 2, 3), (crisis.pk, 3, 0),
        ]  # fmt: skip
        assert told[0]["name"] == crisis.name
        assert datetime.fromisoformat(told[0]["since"]) == NOON + timedelta(0)


def at_once(works: Sequence[Callable[[], object]]) -> list[object]:
    """Begun together, each with a connection of its own; what each gave back or was refused with."""
    start = Barrier(len(works))

    def worker(work: Callable[[], object]) -> object:
        start.wait()
        try:
            return work()
        except Conflict as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(worker, works))
