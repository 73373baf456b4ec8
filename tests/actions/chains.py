"""A crisis plan with a chain in force, and what a chain did."""

from typing import Any

from django.utils import timezone

from desk.actions.crises import crises
from desk.alerts.models import CrisisMessage, Notification
from desk.crises.models import Crisis, CrisisEntry, CrisisPlanVersion, EscalationStep
from desk.people.models import User
from policies.crisis_plan_form import parse
from tests.actions.builders import minutes


def put_in_force(levels: dict[str, Any]) -> CrisisPlanVersion:
    """A plan that says this of some of its levels, active from now on."""
    now, number = timezone.now(), CrisisPlanVersion.objects.count() + 1
    CrisisPlanVersion.objects.filter(state="active").update(state="retired")
    return CrisisPlanVersion.objects.create(
        number=number, document=dict(parse({"levels": levels}).document), state="active", created_at=now,
        changed_at=now, activated_at=now,
    )  # fmt: skip


def chain(*steps: dict[str, Any], level: str = "2", **more: Any) -> CrisisPlanVersion:
    """In force with these steps at one level."""
    return put_in_force({level: {"escalation": {"steps": list(steps), **more}}})


def taken() -> list[tuple[int, str]]:
    """The steps that were taken, from 1, and why one was passed over."""
    return [(one.step + 1, one.passed) for one in EscalationStep.objects.order_by("id")]


def sent() -> list[tuple[str, str, str]]:
    """To whom, by which means, and what became of it."""
    rows = CrisisMessage.objects.select_related("user", "webhook").order_by("id")
    return [(str(one.user or one.webhook), str(one.means), str(one.state)) for one in rows]


def kinds(crisis: Crisis) -> list[str]:
    return list(CrisisEntry.objects.filter(crisis=crisis).order_by("number").values_list("kind", flat=True))


def begin(who: User, level: int = 2, *, at: float = 0) -> Crisis:
    return crises.start(who, reason="De trein staat stil", level=level, now=minutes(at))


def heard() -> list[tuple[str, str]]:
    """Whose bell rang, and for what."""
    return list(Notification.objects.order_by("id").values_list("user__username", "kind"))
