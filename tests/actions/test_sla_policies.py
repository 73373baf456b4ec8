"""Policies and calendars: changed by supervisors, previewed, and applied to open clocks only where they say so."""

from typing import Any

import pytest
from django.conf import LazySettings

from desk.actions.crises.crisis_levels import promises_at
from desk.actions.sla import calendars, sla_change
from desk.actions.sla import sla_policies as policies
from desk.actions.tickets import tickets
from desk.alerts import chains
from desk.alerts.models import AlertChain
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, User
from desk.sla.audit import differences
from desk.sla.default import make_default
from desk.sla.models import BusinessCalendar, Clock, SlaPolicy, SlaRenewal
from desk.sla.renewal import Effect, change_of, effect
from desk.tickets.models import Ticket, TicketEvent
from tests.actions.builders import a_mention, an_inbox, minutes, own_words, take_in, the_ticket
from tests.actions.promised import clocks, promise

pytestmark = pytest.mark.django_db
OFFICE: dict[str, Any] = {"timezone": "Europe/Amsterdam", "week": {"tue": [["09:00", "17:30"]]}, "holidays": None}


@pytest.fixture
def inbox() -> Inbox:
    promise(first=30, resolution=240)
    return an_inbox()


@pytest.fixture
def sanne() -> User:
    return User.objects.create_user("sanne", role="supervisor")


@pytest.fixture
def always() -> BusinessCalendar:
    return BusinessCalendar.objects.get(name="24/7")


def default() -> SlaPolicy:
    return SlaPolicy.objects.get(is_default=True)


def test_what_a_new_desk_starts_with_is_named_in_its_own_language(settings: LazySettings) -> None:
    settings.LANGUAGE_CODE = "nl"
    BusinessCalendar.objects.update(name="Altijd")
    SlaPolicy.objects.filter(is_default=True).update(is_default=False)
    AlertChain.objects.filter(is_default=True).update(is_default=False)
    make_default()
    chains.make_default()
    assert [SlaPolicy.objects.get(is_default=True).name, AlertChain.objects.get(is_default=True).name] == [
        "Standaard", "Standaard",
    ]  # fmt: skip


def test_there_is_always_a_default_policy_of_an_hour_and_making_it_again_changes_nothing() -> None:
    make_default()
    policy = SlaPolicy.objects.select_related("current__calendar").get()
    assert policy.current is not None
    assert (policy.current.targets.first_response, policy.current.calendar.name) == (3_600, "24/7")


def test_a_change_is_a_new_version_and_clocks_that_run_keep_the_old_one(inbox: Inbox, sanne: User) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    changed = policies.change_policy(sanne, default().pk, first_response_minutes=10)
    assert changed.current is not None
    assert (changed.current.number, changed.versions.count()) == (3, 3)
    assert clocks("first_response") == [("first_response", "running", 0, 30, None)]
    take_in(inbox, [a_mention("2", at=5)])
    assert clocks("first_response")[1] == ("first_response", "running", 5, 15, None)
    assert AuditEntry.objects.get(verb="sla_policy_changed").detail["version"] == 3
    assert list(differences(Ticket.objects.all())) == []


def test_what_changes_nothing_makes_no_version(sanne: User) -> None:
    policy = policies.change_policy(sanne, default().pk, first_response_minutes=60, name="Everybody")
    assert (policy.name, policy.versions.count()) == ("Everybody", 1)


def test_policies_are_asked_in_order_and_the_default_last(sanne: User, always: BusinessCalendar) -> None:
    one, two = (policies.create_policy(sanne, name=name, calendar_id=always.pk).pk for name in ("one", "two"))
    policies.reorder_policies(sanne, [two, one])
    assert [policy.name for policy in policies.policies_in_order()] == ["two", "one", "Default"]
    with pytest.raises(Invalid, match="every policy"):
        policies.reorder_policies(sanne, [two])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"calendar_id": 99_999_999}, "calendar"),
        ({"first_response_minutes": 0}, "first_response_minutes"),
        ({"first_response_minutes": 600_000}, "first_response_minutes"),
        ({"conditions": {"networks": ["hyves"]}}, "conditions"),
        ({"conditions": {"inboxes": [99_999]}}, "conditions"),
        ({"conditions": {"priorities": [9]}}, "conditions"),
        ({"conditions": {"languages": ["Nederlands"]}}, "conditions"),
        ({"conditions": {"tags": ["nobody has this"]}}, "conditions"),
        ({"conditions": {"tier": ["gold"]}}, "conditions"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    sanne: User, always: BusinessCalendar, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        policies.create_policy(sanne, **{"name": "New", "calendar_id": always.pk, **values})
    assert list(refused.value.errors) == [field]
    assert SlaPolicy.objects.count() == 1


def test_a_name_is_taken_once(sanne: User, always: BusinessCalendar) -> None:
    gone = policies.create_policy(sanne, name="Night", calendar_id=always.pk)
    with pytest.raises(Conflict, match="name"):
        policies.create_policy(sanne, name="Night", calendar_id=always.pk)
    policies.delete_policy(sanne, gone.pk)
    policies.create_policy(sanne, name="Night", calendar_id=always.pk)


def test_the_default_policy_can_not_be_deleted_disabled_or_narrowed(sanne: User) -> None:
    with pytest.raises(Conflict, match="default"):
        policies.delete_policy(sanne, default().pk)
    with pytest.raises(Invalid, match="stays in force"):
        policies.change_policy(sanne, default().pk, enabled=False)
    with pytest.raises(Invalid, match="everybody"):
        policies.change_policy(sanne, default().pk, conditions={"languages": ["nl"]})


@pytest.mark.parametrize("role", ["agent", "comms", "expert"])
def test_only_supervisors_and_administrators_change_what_is_promised(role: str, always: BusinessCalendar) -> None:
    somebody = User.objects.create_user("somebody", role=role)
    for verb in (
        lambda: policies.create_policy(somebody, name="New", calendar_id=always.pk),
        lambda: policies.change_policy(somebody, default().pk, name="New"),
        lambda: policies.reorder_policies(somebody, []),
        lambda: policies.delete_policy(somebody, default().pk),
        lambda: calendars.create_calendar(somebody, name="New", form=OFFICE),
        lambda: calendars.change_calendar(somebody, always.pk, name="New"),
        lambda: calendars.delete_calendar(somebody, always.pk),
    ):
        with pytest.raises(NotPermitted):
            verb()


def test_a_preview_says_what_would_move_and_be_late_and_changes_nothing(inbox: Inbox, sanne: User) -> None:
    take_in(inbox, [a_mention("1", at=0), a_mention("2", at=15)])
    take_in(inbox, [a_mention("3", at=16), own_words("4", parent_id="3", at=17)])
    before = list(Clock.objects.order_by("id").values())

    def change() -> object:
        return policies.change_policy(sanne, default().pk, first_response_minutes=10, resolution_minutes=241)

    found = sla_change.preview(change, now=minutes(20))
    assert found == Effect(looked_at=5, complete=True, moved=5, breached=1, relieved=0)
    assert list(Clock.objects.order_by("id").values()) == before
    assert default().versions.count() == 2
    assert not AuditEntry.objects.exists()


def test_a_preview_of_more_than_it_counts_says_so(inbox: Inbox) -> None:
    take_in(inbox, [a_mention(str(number), at=number) for number in range(1, 6)])
    before = promises_at(minutes(6))
    promise(first=10, resolution=240)
    found = effect(change_of(before, promises_at(minutes(6))), minutes(6), limit=4)
    assert (found.looked_at, found.complete, found.moved) == (4, False, 2)


def test_applied_to_open_clocks_the_new_promise_holds_and_the_old_one_is_on_the_timeline(
    inbox: Inbox, sanne: User
) -> None:
    take_in(inbox, [a_mention("1", at=0), own_words("2", parent_id="1", at=5), a_mention("3", at=7, by="tom")])
    policies.change_policy(sanne, default().pk, first_response_minutes=10, resolution_minutes=100, apply_to_open=True)
    assert sla_change.renew_open_clocks(minutes(20)) == 3
    assert clocks() == [
        ("first_response", "met", 0, 30, 5),  # what ended keeps its promise
        ("resolution", "paused", 0, 100, None),
        ("first_response", "running", 7, 17, None),
        ("resolution", "running", 7, 107, None),
    ]
    assert Ticket.objects.get(profile__handle="tom").due_at == minutes(17)
    line = TicketEvent.objects.filter(kind="clock_renewed").order_by("id").last()
    assert line is not None
    assert {line.data["due_before"], line.data["due"]} <= {minutes(number).isoformat() for number in (37, 17, 247, 107)}
    assert SlaRenewal.objects.get().renewed == 3
    assert sla_change.renew_open_clocks(minutes(21)) == 0
    assert list(differences(Ticket.objects.all())) == []


def test_a_clock_that_was_late_and_gets_more_time_is_late_no_longer(inbox: Inbox, sanne: User) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    Clock.objects.filter(metric="first_response").update(breached_at=minutes(30))
    policies.change_policy(sanne, default().pk, first_response_minutes=90, apply_to_open=True)
    sla_change.renew_open_clocks(minutes(40))
    clock = Clock.objects.get(metric="first_response")
    assert (clock.due_at, clock.breached_at) == (minutes(90), None)


def test_only_clocks_that_the_change_concerns_get_another_promise(
    inbox: Inbox, sanne: User, always: BusinessCalendar
) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    policies.change_policy(sanne, default().pk, first_response_minutes=20)  # for new clocks only
    values: dict[str, Any] = {"conditions": {"networks": ["facebook_page"]}, "first_response_minutes": 5}
    policies.create_policy(sanne, name="Facebook", calendar_id=always.pk, apply_to_open=True, **values)
    assert sla_change.renew_open_clocks(minutes(9)) == 0
    assert clocks("first_response")[0][3] == 30


def test_a_supervisor_gives_one_ticket_what_its_new_priority_promises(
    inbox: Inbox, sanne: User, always: BusinessCalendar
) -> None:
    take_in(inbox, [a_mention("1", at=0)])
    values: dict[str, Any] = {"conditions": {"priorities": [3]}, "first_response_minutes": 5}
    policies.create_policy(sanne, name="Urgent", calendar_id=always.pk, **values)
    tickets.set_priority(sanne, the_ticket().pk, 3, now=minutes(1))
    assert clocks("first_response")[0][3] == 30
    assert sla_change.renew_ticket(sanne, the_ticket(), now=minutes(2)) == 2
    assert clocks("first_response")[0][3] == 5
    assert the_ticket().due_at == minutes(5)
    assert list(differences(Ticket.objects.all())) == []


def test_a_calendar_is_refused_with_every_problem_where_it_is(sanne: User) -> None:
    wrong = {"timezone": "Europe/Amsterdm", "week": {"mon": [["09:00", "25:00"]]}}
    with pytest.raises(Invalid) as refused:
        calendars.create_calendar(sanne, name="Office", form=wrong)
    assert set(refused.value.errors) == {"form.timezone", "form.week.mon.0"}
    with pytest.raises(Invalid, match="at least one day"):
        calendars.create_calendar(
            sanne, name="One day", form={"timezone": "UTC", "exceptions": {"2026-12-24": [["09:00", "13:00"]]}}
        )


def test_a_target_that_a_calendar_takes_years_to_count_is_refused(sanne: User, always: BusinessCalendar) -> None:
    narrow = calendars.create_calendar(
        sanne, name="Narrow", form={"timezone": "UTC", "week": {"mon": [["09:00", "09:01"]]}}
    )
    with pytest.raises(Invalid, match="ten years"):
        policies.create_policy(sanne, name="New", calendar_id=narrow.pk, first_response_minutes=3_000)
    policy = policies.create_policy(sanne, name="New", calendar_id=always.pk, first_response_minutes=3_000)
    with pytest.raises(Invalid, match="ten years"):
        calendars.change_calendar(sanne, always.pk, form=narrow.current.form if narrow.current else {})
    policies.change_policy(sanne, policy.pk, calendar_id=narrow.pk, first_response_minutes=2)


def test_a_calendar_that_is_used_stays_and_one_that_was_used_is_kept_for_its_clocks(
    inbox: Inbox, sanne: User, always: BusinessCalendar
) -> None:
    with pytest.raises(Conflict, match="Default"):
        calendars.delete_calendar(sanne, always.pk)
    take_in(inbox, [a_mention("1", at=0)])
    office = calendars.create_calendar(sanne, name="Office", form=OFFICE)
    policies.change_policy(sanne, default().pk, calendar_id=office.pk)
    calendars.delete_calendar(sanne, always.pk)
    with pytest.raises(Missing):
        calendars.change_calendar(sanne, always.pk, name="Again")
    assert list(differences(Ticket.objects.all())) == []


def test_a_changed_calendar_never_moves_a_deadline_that_was_computed_before(inbox: Inbox, sanne: User) -> None:
    office = calendars.create_calendar(sanne, name="Office", form=OFFICE)
    policies.change_policy(sanne, default().pk, calendar_id=office.pk)
    take_in(inbox, [a_mention("1", at=0)])
    due = Clock.objects.get(metric="first_response").due_at
    later = {**OFFICE, "week": {"wed": [["09:00", "17:30"]]}}
    changed = calendars.change_calendar(sanne, office.pk, form=later)
    assert changed.current is not None
    assert changed.current.number == 2
    assert Clock.objects.get(metric="first_response").due_at == due
    assert list(differences(Ticket.objects.all())) == []
    calendars.change_calendar(sanne, office.pk, form=OFFICE, apply_to_open=True)
    take_in(inbox, [a_mention("2", at=1)])
    newest = Clock.objects.filter(metric="first_response").order_by("-id").select_related("calendar_version").first()
    assert newest is not None
    assert newest.calendar_version.number == 3
