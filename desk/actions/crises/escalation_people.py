"""Whom a step of a crisis's chain means at this moment, and whom a level calls up."""

from collections.abc import Collection, Sequence
from datetime import datetime

from desk.alerts.models import Webhook
from desk.crises.models import Crisis
from desk.people.duty import running_absences, standings
from desk.people.models import Rota, RotaSwap, User
from desk.people.permissions import Permission, Role, permissions_of
from policies.escalation import Group, Step
from policies.rota import Swap, Turn, on_call


def people_of(step: Step, crisis: Crisis, now: datetime) -> list[User]:
    """The people of a step, in no order that says anything; perhaps nobody, and then the chain goes on at once."""
    ids = {*step.people, *on_call_now(step.rotas, now)}
    ids.update(crisis.role_holders[role] for role in step.roles if role in crisis.role_holders)
    if Group.OWNER in step.to and crisis.owner_id is not None:
        ids.add(crisis.owner_id)
    if Group.MANAGERS in step.to:
        ids.update(_managers(now))
    if step.teams:
        ids.update(_at_work(list(User.objects.filter(teams__in=step.teams, is_active=True).distinct()), now))
    return list(User.objects.filter(pk__any_of=ids, is_active=True).order_by("pk"))


def webhooks_of(step: Step) -> list[int]:
    """Those of a step that are still there."""
    known = Webhook.objects.filter(pk__any_of=step.webhooks, deleted_at=None)
    return list(known.order_by("pk").values_list("pk", flat=True))


def on_call_now(rota_ids: Collection[int], now: datetime) -> set[int]:
    """Whose turn it is on these rotas."""
    rotas = list(Rota.objects.filter(pk__any_of=rota_ids, deleted_at=None)) if rota_ids else []
    return {turn.person for turn in turns_now(rotas, now).values() if turn.person is not None}


def turns_now(rotas: Sequence[Rota], now: datetime) -> dict[int, Turn]:
    """The turn that runs on each rota, in three queries for however many."""
    if not rotas:
        return {}
    gone, swaps = missing(now), swaps_of(rotas, now)
    return {rota.pk: on_call(rota.rule, swaps.get(rota.pk, ()), now, gone) for rota in rotas}


def swaps_of(rotas: Sequence[Rota], since: datetime) -> dict[int, list[Swap]]:
    """What was swapped on them and is not over, by rota."""
    found: dict[int, list[Swap]] = {}
    rows = RotaSwap.objects.filter(rota__any_of=[rota.pk for rota in rotas], ends_at__gt=since)
    for row in rows.order_by("starts_at"):
        found.setdefault(row.rota_id, []).append(Swap(row.starts_at, row.ends_at, row.user_id))
    return found


def missing(now: datetime) -> set[int]:
    """Everybody who has left or whose absence is written down. Who only said “away” can still be called."""
    absent = set(running_absences(now).values_list("user_id", flat=True))
    return absent | set(User.objects.filter(is_active=False).values_list("pk", flat=True))


def off_duty(team_ids: Collection[int], now: datetime) -> list[User]:
    """The people of these teams who are not at work and whose absence is not written down."""
    people = list(User.objects.filter(teams__in=team_ids, is_active=True).distinct().order_by("pk"))
    at_work, gone = _at_work(people, now), missing(now)
    return [person for person in people if person.pk not in at_work and person.pk not in gone]


def _managers(now: datetime) -> set[int]:
    roles = [role for role in Role.values if Permission.MANAGE_CRISES in permissions_of(role)]
    people = list(User.objects.filter(role__in=roles, is_active=True))
    return _at_work(people, now) or {person.pk for person in people}


def _at_work(people: Collection[User], now: datetime) -> set[int]:
    return {pk for pk, known in standings(people, now).items() if known.on_duty}
