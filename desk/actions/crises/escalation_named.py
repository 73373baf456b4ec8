"""What the chains, call-ups and routing of a crisis plan name and the desk does not have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from desk.alerts.models import Webhook
from desk.people.models import Rota, Team, User
from policies.crisis_plan import CrisisPlan

_SAID: Mapping[str, Promise] = {
    "people": gettext_lazy("There is no such colleague: %(values)s."),
    "teams": gettext_lazy("There is no such team: %(values)s."),
    "rotas": gettext_lazy("There is no such on-call rota: %(values)s."),
    "webhooks": gettext_lazy("There is no such webhook: %(values)s."),
}


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that a chain may name, with its name."""

    people: Mapping[int, str]
    teams: Mapping[int, str]
    rotas: Mapping[int, str]
    webhooks: Mapping[int, str]

    @classmethod
    def now(cls) -> "Known":
        """In four queries."""
        return cls(
            {one.pk: one.name for one in User.objects.filter(is_active=True)},
            dict(Team.objects.values_list("pk", "name")),
            dict(Rota.objects.filter(deleted_at=None).values_list("pk", "name")),
            dict(Webhook.objects.filter(deleted_at=None).values_list("pk", "name")),
        )


def gone(plan: CrisisPlan) -> Iterator[tuple[str, str]]:
    """Each path with a sentence."""
    if not any(level.escalation.steps or level.call_up or level.team for level in plan.levels.values()):
        return
    known = Known.now()
    for number, level in plan.levels.items():
        named: list[tuple[str, str, tuple[int, ...]]] = [
            (f"escalation.steps[{place}].{kind}", kind, getattr(step, kind))
            for place, step in enumerate(level.escalation.steps)
            for kind in _SAID
        ]
        named += [("call_up", "teams", level.call_up), ("team", "teams", (level.team,) if level.team else ())]
        for path, kind, ids in named:
            if lost := [str(pk) for pk in ids if pk not in getattr(known, kind)]:
                yield f"levels.{number}.{path}", str(_SAID[kind]) % {"values": ", ".join(lost)}
