"""What is done with changes and proposals."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from desk.actions.changes import change_links, changes
from desk.changes.models import Change
from desk.people.models import User
from desk.people.permissions import Permission
from desk.sla.models import BusinessCalendar, CalendarVersion
from tests.actions.scene import Scene, Verb


def soon() -> Any:
    return timezone.now() + timedelta(hours=1)


def a_change(author: User, scene: Scene, state: str = "proposed") -> int:
    """Other minutes for a policy."""
    now = timezone.now()
    return Change.objects.create(
        kind="sla_policy", thing=scene.policy.pk, title="Spoed", what="Sneller", values={"first_response_minutes": 4},
        began_at=1, state=state, author=author, created_at=now, changed_at=now, planned_for=now,
    ).pk  # fmt: skip


def written_again(scene: Scene) -> BusinessCalendar:
    """A calendar with an earlier version to go back to."""
    calendar, number = scene.calendar, scene.calendar.versions.count() + 1
    calendar.current = CalendarVersion.objects.create(
        calendar=calendar, number=number, form={"timezone": "UTC", "week": {}}, at=timezone.now()
    )
    calendar.save()
    return calendar


def what_made_a_calendar(scene: Scene) -> int:
    """An adopted proposal of something new."""
    now = timezone.now()
    calendar = BusinessCalendar.objects.create(name=f"Nieuw om {now:%H:%M:%S.%f}")
    return Change.objects.create(
        kind="calendar", thing=calendar.pk, is_new=True, title="Nieuw", what="Een nieuwe", values={"name": "Nieuw"},
        state="adopted", author=scene.colleague, created_at=now, changed_at=now,
    ).pk  # fmt: skip


VERBS: dict[str, Verb] = {
    "changes.draft": Verb(
        None, lambda me, s: changes.draft(me, "sla_policy", s.policy.pk, what="Sneller"), ["change_proposed"]
    ),
    "changes.rewrite": Verb(
        None, lambda me, s: changes.rewrite(me, a_change(me, s), what="Nog sneller"), ["change_rewritten"]
    ),
    "changes.propose": Verb(
        None, lambda me, s: changes.propose(me, a_change(me, s, "draft")), ["change_proposed"]
    ),
    "changes.withdraw": Verb(None, lambda me, s: changes.withdraw(me, a_change(me, s)), ["change_withdrawn"]),
    "changes.remark": Verb(
        None, lambda me, s: changes.remark(me, a_change(s.colleague, s), "Goed"), ["change_remark"]
    ),
    "changes.adopt": Verb(
        Permission.MANAGE_SLA, lambda me, s: changes.adopt(me, a_change(s.colleague, s)),
        ["sla_policy_changed", "change_adopted"],
    ),
    "changes.plan": Verb(
        Permission.MANAGE_SLA, lambda me, s: changes.plan(me, a_change(s.colleague, s), at=soon()), ["change_planned"]
    ),
    "changes.plan_version": Verb(
        Permission.REVIEW_RULEBOOK,
        lambda me, s: changes.plan_version(me, "rulebook", s.rulebook("in_review"), at=soon()), ["change_planned"],
    ),
    "changes.unplan": Verb(
        Permission.MANAGE_SLA, lambda me, s: changes.unplan(me, a_change(s.colleague, s, "planned")),
        ["change_unplanned"],
    ),
    "changes.decline": Verb(
        Permission.MANAGE_SLA, lambda me, s: changes.decline(me, a_change(s.colleague, s), reason="Te duur"),
        ["change_declined"],
    ),
    "change_links.end": Verb(
        Permission.MANAGE_SLA, lambda me, s: change_links.end(me, a_change(s.colleague, s)), ["change_links_ended"]
    ),
    "changes.take_away": Verb(
        Permission.MANAGE_SLA, lambda me, s: changes.take_away(me, what_made_a_calendar(s)),
        ["calendar_deleted", "change_rolled_back"],
    ),
    "changes.roll_back": Verb(
        Permission.MANAGE_SLA, lambda me, s: changes.roll_back(me, "calendar", written_again(s).pk, 1),
        ["calendar_changed", "change_rolled_back"],
    ),
}  # fmt: skip
