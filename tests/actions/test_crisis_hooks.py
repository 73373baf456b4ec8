"""Another system tells of a crisis: who it is, once for each id, and what it starts."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from desk.actions.crises import crises
from desk.actions.crises.crisis_hooks import create_hook, revoke_hook, rotate_hook
from desk.actions.crises.hook_calls import LARGEST, MOST_AN_HOUR, Taken, take
from desk.alerts.models import Notification
from desk.common.errors import Conflict, DeskError, Invalid, Missing
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry, CrisisHook, HookCall
from desk.people.models import AuditEntry, User
from tests.actions.alerted import a_person
from tests.actions.builders import an_inbox, minutes
from tests.actions.chains import put_in_force, taken

pytestmark = pytest.mark.django_db
NOW = minutes(0)


@pytest.fixture
def noor() -> User:
    return a_person("noor", "comms")


@pytest.fixture
def made(noor: User) -> tuple[CrisisHook, str]:
    return create_hook(noor, name="Bewaking", level=2, now=NOW)


def signed(secret: str, body: bytes, at: datetime = NOW) -> dict[str, str]:
    """Written out here as a sender would, not taken from the desk."""
    stamp = str(int(at.timestamp()))
    said = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"balie-timestamp": stamp, "balie-signature": f"sha256={said}"}


def tell(made: tuple[CrisisHook, str], *, now: datetime = NOW, **told: Any) -> Taken:
    hook, secret = made
    body = json.dumps({"id": "1", "reason": "De kassa geeft fouten", **told}).encode()
    return take(hook.pk, signed(secret, body, now), body, now)


def code(refused: "pytest.ExceptionInfo[DeskError]") -> tuple[int, str]:
    return refused.value.status, refused.value.code


class TestWhoItIs:
    BODY = b'{"id": "1", "reason": "x"}'

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"balie-signature": ""}, "signature_missing"),
            ({"balie-timestamp": ""}, "signature_missing"),
            ({"balie-timestamp": "gisteren"}, "timestamp_wrong"),
            ({"balie-timestamp": "-5"}, "timestamp_wrong"),
            ({"balie-timestamp": "9" * 13}, "timestamp_wrong"),
            ({"balie-signature": "sha256=" + "0" * 64}, "signature_wrong"),
            ({"balie-signature": "é"}, "signature_wrong"),
            ({"balie-timestamp": str(int(minutes(1).timestamp()))}, "signature_wrong"),  # another one than was signed
        ],
    )
    def test_what_does_not_fit_is_refused(
        self, made: tuple[CrisisHook, str], change: dict[str, str], problem: str
    ) -> None:
        hook, secret = made
        with pytest.raises(DeskError) as refused:
            take(hook.pk, signed(secret, self.BODY) | change, self.BODY, NOW)
        assert code(refused) == (403, problem)
        assert not Crisis.objects.exists()

    def test_other_words_under_the_same_signature_are_refused(self, made: tuple[CrisisHook, str]) -> None:
        hook, secret = made
        with pytest.raises(DeskError) as refused:
            take(hook.pk, signed(secret, self.BODY), self.BODY.replace(b'"1"', b'"2"'), NOW)
        assert code(refused) == (403, "signature_wrong")

    @pytest.mark.parametrize("minutes_off", [-5.1, 5.1])
    def test_what_is_overheard_is_worth_nothing_some_minutes_later(
        self, made: tuple[CrisisHook, str], minutes_off: float
    ) -> None:
        hook, secret = made
        with pytest.raises(DeskError) as refused:
            take(hook.pk, signed(secret, self.BODY, minutes(minutes_off)), self.BODY, NOW)
        assert code(refused) == (403, "timestamp_old")
        assert not take(hook.pk, signed(secret, self.BODY, minutes(-4.9)), self.BODY, NOW).repeated

    def test_another_secret_goes_beside_the_old_one_for_a_day_or_replaces_it_at_once(
        self, made: tuple[CrisisHook, str], noor: User
    ) -> None:
        hook, _old = made
        newer = rotate_hook(noor, hook.pk, now=NOW)
        for number, (pair, now) in enumerate([(made, minutes(1)), (newer, minutes(1)), (newer, minutes(24 * 60 + 1))]):
            assert not tell(pair, now=now, id=f"a{number}").repeated
        with pytest.raises(DeskError, match="does not fit"):
            tell(made, now=minutes(24 * 60 + 1), id="b")
        newest = rotate_hook(noor, hook.pk, at_once=True, now=minutes(24 * 60 + 2))
        assert not tell(newest, now=minutes(24 * 60 + 3), id="c").repeated
        with pytest.raises(DeskError, match="does not fit"):
            tell(newer, now=minutes(24 * 60 + 3), id="d")

    def test_a_revoked_one_takes_nothing_and_what_it_started_goes_on(
        self, made: tuple[CrisisHook, str], noor: User
    ) -> None:
        crisis = tell(made).crisis
        revoke_hook(noor, made[0].pk)
        with pytest.raises(Missing):
            tell(made, id="2")
        with pytest.raises(Missing):
            revoke_hook(noor, made[0].pk)
        assert Crisis.objects.get(pk=crisis.pk).state == "active"
        create_hook(noor, name="Bewaking")  # the name is free again


class TestWhatItStarts:
    def test_a_crisis_at_its_level_with_its_chain_and_everybody_who_leads_hears_of_it(
        self, made: tuple[CrisisHook, str], noor: User
    ) -> None:
        an = a_person("an")
        put_in_force({"2": {"escalation": {"steps": [{"people": [an.pk]}]}}})
        inbox = an_inbox()
        crisis = tell(made, name="Kassa", scope={"inboxes": [inbox.pk]}).crisis
        assert (crisis.state, crisis.level, crisis.owner, crisis.name) == ("active", 2, noor, "Kassa")
        assert (crisis.scope_form, crisis.reason) == ({"inboxes": [inbox.pk]}, "De kassa geeft fouten")
        first = CrisisEntry.objects.get(crisis=crisis, number=1)
        assert (first.kind, first.actor, first.data["through"]) == ("started", None, "Bewaking")
        assert AuditEntry.objects.get(verb="crisis_started").detail["through"] == "Bewaking"
        assert Notification.objects.filter(kind="crisis_hook", user=noor).count() == 1
        assert broken_link(Crisis.objects.get()) is None

    def test_a_suspicion_has_no_effect_until_a_person_starts_it(self, noor: User) -> None:
        crisis = tell(create_hook(noor, name="Vermoeden")).crisis
        assert (crisis.state, crisis.level, crisis.plan) == ("suspected", 0, None)
        assert taken() == []
        crises.set_level(noor, crisis.pk, 2, reason="Het klopt", now=minutes(1))
        assert Crisis.objects.get().level_at(minutes(1)) == 2

    def test_whoever_made_it_and_left_swallows_no_alarm(self, made: tuple[CrisisHook, str], noor: User) -> None:
        User.objects.filter(pk=noor.pk).update(is_active=False)
        assert tell(made).crisis.owner is None

    @pytest.mark.parametrize("level", [-1, 3, 4])
    def test_no_machine_starts_level_three(self, noor: User, level: int) -> None:
        with pytest.raises(Invalid) as refused:
            create_hook(noor, name="Alles", level=level)
        assert list(refused.value.errors) == ["level"]


class TestOnce:
    def test_the_same_id_is_the_same_call(self, made: tuple[CrisisHook, str]) -> None:
        first = tell(made)
        again = tell(made, now=minutes(3))
        assert (first.repeated, again.repeated, again.crisis) == (False, True, first.crisis)
        assert (Crisis.objects.count(), HookCall.objects.count(), CrisisEntry.objects.count()) == (1, 1, 1)

    def test_also_when_the_crisis_is_over(self, made: tuple[CrisisHook, str], noor: User) -> None:
        crisis = tell(made).crisis
        crises.stand_down(noor, crisis.pk, reason="Klaar", now=minutes(1))
        assert tell(made, now=minutes(2)).repeated
        assert tell(made, now=minutes(3), id="2").crisis != crisis

    def test_an_id_for_something_else_is_refused(self, made: tuple[CrisisHook, str]) -> None:
        tell(made)
        with pytest.raises(Conflict) as refused:
            tell(made, reason="Iets anders")
        assert code(refused) == (409, "id_used")

    def test_of_another_hook_it_is_another_call(self, made: tuple[CrisisHook, str], noor: User) -> None:
        other = create_hook(noor, name="Statuspagina", level=1, now=NOW)
        assert tell(made).crisis != tell(other).crisis

    def test_more_of_what_goes_on_is_a_line_of_its_log_and_no_second_crisis(self, made: tuple[CrisisHook, str]) -> None:
        crisis = tell(made).crisis
        more = tell(made, now=minutes(1), id="2", reason="Nu ook het magazijn")
        assert (more.joined, more.crisis) == (True, crisis)
        line = CrisisEntry.objects.get(kind="hook")
        assert (line.text, line.data["through"], line.actor) == ("Nu ook het magazijn", "Bewaking", None)
        elsewhere = tell(made, now=minutes(1), id="3", scope={"languages": ["nl"]})
        assert (elsewhere.joined, elsewhere.crisis == crisis) == (False, False)

    def test_a_sender_that_runs_wild_is_held_back(self, made: tuple[CrisisHook, str]) -> None:
        for number in range(MOST_AN_HOUR):
            tell(made, id=f"n{number}")
        with pytest.raises(DeskError) as refused:
            tell(made, id="one more")
        assert code(refused) == (429, "too_often")
        assert tell(made, id="n3").repeated
        assert tell(made, now=NOW + timedelta(minutes=61), id="later").joined


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"id": "x" * 201}, "id"),
        ({"id": "a\x00b"}, "id"),
        ({"id": "\ud800"}, "id"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 2_001}, "reason"),
        ({"name": ""}, "name"),
        ({"level": 3}, "level"),
        ({"level": True}, "level"),
        ({"level": "2"}, "level"),
        ({"scope": []}, "scope"),
        ({"scope": {"networks": ["myspace"]}}, "networks"),
        ({"scope": {"planet": ["mars"]}}, "scope"),
        ({"severity": "high"}, "severity"),
    ],
)
def test_what_can_not_be_used_is_named(made: tuple[CrisisHook, str], told: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        tell(made, **told)
    assert wrong in refused.value.errors
    assert not HookCall.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 30_000])
def test_what_is_no_object_is_refused(made: tuple[CrisisHook, str], body: bytes) -> None:
    hook, secret = made
    with pytest.raises(Invalid):
        take(hook.pk, signed(secret, body), body, NOW)


def test_what_is_too_large_is_not_even_read(made: tuple[CrisisHook, str]) -> None:
    with pytest.raises(DeskError) as refused:
        take(made[0].pk, {}, b"x" * (LARGEST + 1), NOW)
    assert code(refused) == (413, "too_large")
