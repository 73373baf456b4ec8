"""What is done with automation and with macros."""

from typing import Any

from django.utils import timezone

from desk.actions.automation import automations, macros, trials
from desk.automation.models import AutomationVersion, Macro
from desk.people.models import User
from desk.people.permissions import Permission
from tests.actions.scene import Scene, Verb

WRITE, REVIEW = Permission.WRITE_AUTOMATION, Permission.REVIEW_AUTOMATION


def a_version(scene: Scene, state: str, **columns: Any) -> int:
    """The number of a version that a colleague wrote."""
    now, number = timezone.now(), AutomationVersion.objects.count() + 1
    AutomationVersion.objects.create(
        number=number, document={"rules": []}, state=state, author=scene.colleague, created_at=now, changed_at=now,
        **columns,
    )  # fmt: skip
    return number


def a_macro(owner: User | None) -> int:
    name, form = f"Macro {Macro.objects.count()}", [{"do": "tag", "value": "fiets"}]
    return Macro.objects.create(name=name, owner=owner, form=form, changed_at=timezone.now()).pk


STEPS = [{"do": "priority", "value": "2"}]
VERBS: dict[str, Verb] = {
    "automations.write_draft": Verb(WRITE, lambda me, s: automations.write_draft(me), ["automation_drafted"]),
    "automations.change_draft": Verb(
        WRITE, lambda me, s: automations.change_draft(me, a_version(s, "draft"), document={}), ["automation_changed"]
    ),
    "automations.hand_in": Verb(
        WRITE, lambda me, s: automations.hand_in(me, a_version(s, "draft")), ["automation_handed_in"]
    ),
    "automations.give_back": Verb(
        REVIEW, lambda me, s: automations.give_back(me, a_version(s, "in_review"), reason="x"),
        ["automation_given_back"],
    ),
    "automations.switch_on": Verb(
        REVIEW, lambda me, s: automations.switch_on(me, a_version(s, "in_review")), ["automation_switched_on"]
    ),
    "automations.roll_back": Verb(
        REVIEW, lambda me, s: automations.roll_back(me, a_version(s, "retired", activated_at=timezone.now())),
        ["automation_rolled_back"],
    ),
    "automations.discard": Verb(
        WRITE, lambda me, s: automations.discard(me, a_version(s, "draft")), ["automation_discarded"]
    ),
    "trials.ask": Verb(WRITE, lambda me, s: trials.ask(me, 1, 7), ["automation_tried"]),
    "macros.create_macro": Verb(
        Permission.WORK_TICKETS, lambda me, s: macros.create_macro(me, name="Fiets", steps=STEPS), ["macro_created"]
    ),
    "macros.change_macro": Verb(
        Permission.WORK_TICKETS, lambda me, s: macros.change_macro(me, a_macro(me), steps=STEPS), ["macro_changed"]
    ),
    "macros.delete_macro": Verb(
        Permission.WORK_TICKETS, lambda me, s: macros.delete_macro(me, a_macro(me)), ["macro_deleted"]
    ),
    "macros.apply_macro": Verb(
        Permission.WORK_TICKETS, lambda me, s: macros.apply_macro(me, s.ticket.pk, a_macro(None)),
        ["macro_applied", "tagged"],
    ),
    "macros.apply_to_many": Verb(
        Permission.BULK, lambda me, s: macros.apply_to_many(me, [s.ticket.pk], a_macro(None)),
        ["macro_applied", "tagged"],
    ),
}  # fmt: skip
