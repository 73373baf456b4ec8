"""What is done with drills."""

from desk.actions.drills import drill_inboxes, drills
from desk.people.permissions import Permission
from tests.actions.scene import Verb

VERBS: dict[str, Verb] = {
    "drill_inboxes.make_drill_inbox": Verb(
        Permission.MANAGE_DRILLS,
        lambda me, s: drill_inboxes.make_drill_inbox(me, network_slug="x", name="Oefening"),
        ["drill_inbox_created"],
    ),
    "drills.plan_drill": Verb(
        Permission.MANAGE_DRILLS, lambda me, s: drills.plan_drill(me, drills.Wish(s.stage().pk, "outage")),
        ["drill_planned"],
    ),
    "drills.change_drill": Verb(
        Permission.MANAGE_DRILLS,
        lambda me, s: drills.change_drill(me, s.drill("planned").pk, drills.Wish(s.stage().pk, "hoax")),
        ["drill_changed"],
    ),
    "drills.cancel_drill": Verb(
        Permission.MANAGE_DRILLS, lambda me, s: drills.cancel_drill(me, s.drill("planned").pk), ["drill_cancelled"]
    ),
    "drills.start_drill": Verb(
        Permission.MANAGE_DRILLS, lambda me, s: drills.start_drill(me, s.drill("planned").pk), ["drill_started"]
    ),
    "drills.end_drill": Verb(
        Permission.MANAGE_DRILLS, lambda me, s: drills.end_drill(me, s.drill("running").pk), ["drill_ended"]
    ),
    "drills.turn_real": Verb(
        Permission.MANAGE_DRILLS,
        lambda me, s: drills.turn_real(me, s.drill("running").pk, reason="Er brandt echt iets"),
        ["crisis_started", "drill_turned_real"],
    ),
}  # fmt: skip
