"""Who a step of an alert chain means, at this moment and for this ticket."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desk.alerts.models import Webhook
from desk.people.duty import standings
from desk.people.models import Team, User
from desk.people.permissions import Role
from policies.alerts import Recipient, Step


class Owned(Protocol):
    """A ticket, or what stands for one."""

    assignee_id: int | None
    team_id: int | None


@dataclass(frozen=True, slots=True)
class Recipients:
    """Everybody who can be meant, read once for a whole sweep."""

    active: frozenset[int]
    supervisors: tuple[int, ...]
    administrators: tuple[int, ...]
    members: Mapping[int, tuple[int, ...]]  # of teams: those on duty
    known_webhooks: frozenset[int]

    @classmethod
    def of(cls, tickets: Iterable[Owned], now: datetime) -> "Recipients":
        """In the same few queries however many there are; none for no tickets."""
        teams = {ticket.team_id for ticket in tickets}
        if not teams:
            return cls(frozenset(), (), (), {}, frozenset())
        people = list(User.objects.filter(is_active=True))
        present = {pk for pk, known in standings(people, now).items() if known.on_duty}
        members: dict[int, list[int]] = {}
        belongs = Team.members.through.objects.filter(team__in=[team for team in teams if team is not None])
        for team_id, user_id in belongs.order_by("user_id").values_list("team_id", "user_id"):
            if user_id in present:
                members.setdefault(team_id, []).append(user_id)
        return cls(
            frozenset(person.pk for person in people),
            _on_duty(people, present, Role.SUPERVISOR),
            _on_duty(people, present, Role.ADMINISTRATOR),
            {team: tuple(ids) for team, ids in members.items()},
            frozenset(Webhook.objects.filter(deleted_at=None).values_list("pk", flat=True)),
        )

    def of_step(self, step: Step, ticket: Owned) -> set[int]:
        """The people of one step; perhaps nobody, and then the chain goes on to the next."""
        found = set(step.people)
        for group in step.to:
            found.update(self._group(group, ticket))
        return found & self.active

    def webhooks(self, step: Step) -> list[int]:
        """Those of a step that are still there."""
        return [webhook for webhook in step.webhooks if webhook in self.known_webhooks]

    def _group(self, group: Recipient, ticket: Owned) -> Iterable[int]:
        match group:
            case Recipient.ASSIGNEE:
                return () if ticket.assignee_id is None else (ticket.assignee_id,)
            case Recipient.TEAM:
                return self.members.get(ticket.team_id or 0, ())
            case Recipient.SUPERVISORS:
                return self.supervisors
            case Recipient.ADMINISTRATORS:
                return self.administrators


def _on_duty(people: Iterable[User], present: Collection[int], role: str) -> tuple[int, ...]:
    """Those of a role who are on duty; all of them where nobody is, because somebody has to hear it."""
    of_role = [person.pk for person in people if person.role == role]
    return tuple(pk for pk in of_role if pk in present) or tuple(of_role)


def on_duty_of(roles: Collection[str], now: datetime) -> tuple[int, ...]:
    """Those of the first of these roles that anybody has: whoever is on duty, everybody where nobody is."""
    people = list(User.objects.filter(is_active=True, role__in=roles))
    present = {pk for pk, known in standings(people, now).items() if known.on_duty}
    found = (_on_duty(people, present, role) for role in roles)
    return next(filter(None, found), ())
