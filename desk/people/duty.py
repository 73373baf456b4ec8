"""Who is at work now, as far as it is written down. The rules are in `policies.duty`."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from desk.people.models import Absence, Shift, Team, User
from policies.duty import Absent, DutyFacts, Standing, standing


def running_absences(now: datetime) -> "QuerySet[Absence]":
    """Those that have begun and not ended."""
    return Absence.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)


def away_ids(now: datetime) -> set[int]:
    """Everybody who said that they are away, is absent, or has left; in one query."""
    absent = running_absences(now).values("user_id")
    rows = User.objects.filter(Q(away=True) | Q(is_active=False) | Q(pk__in=absent))
    return set(rows.order_by().values_list("pk", flat=True))


def facts_of(people: Collection[User], now: datetime) -> dict[int, DutyFacts]:
    """What is known of each at this moment, in three queries for however many. Who has left counts as away."""
    if not people:
        return {}
    ids = [person.pk for person in people]
    through = Team.members.through.objects.filter(user_id__any_of=ids)
    teams: dict[int, list[int]] = {}
    for user_id, team_id in through.values_list("user_id", "team_id"):
        teams.setdefault(user_id, []).append(team_id)
    team_ids = {team for several in teams.values() for team in several}
    own: dict[int, list[Shift]] = {}
    of_team: dict[int, list[Shift]] = {}
    for shift in Shift.objects.filter(Q(user_id__in=ids) | Q(team_id__in=team_ids)).order_by("id"):
        if shift.user_id is not None:
            own.setdefault(shift.user_id, []).append(shift)
        elif shift.team_id is not None:
            of_team.setdefault(shift.team_id, []).append(shift)
    absent: dict[int, list[Absent]] = {}
    for user_id, start, end in (
        running_absences(now).filter(user_id__in=ids).values_list("user_id", "starts_at", "ends_at")
    ):
        absent.setdefault(user_id, []).append(Absent(start, end))
    facts = {}
    for person in people:
        shifts = own.get(person.pk) or [shift for team in teams.get(person.pk, ()) for shift in of_team.get(team, ())]
        facts[person.pk] = DutyFacts(
            away=person.away or not person.is_active,
            hours=tuple(shift.hours for shift in shifts),
            absences=tuple(absent.get(person.pk, ())),
        )
    return facts


def off_duty_ids(user_ids: Collection[int], now: datetime) -> set[int]:
    """Those of these people who are not at work; no query for none."""
    people = list(User.objects.filter(pk__any_of=user_ids)) if user_ids else []
    return {user_id for user_id, known in standings(people, now).items() if not known.on_duty}


def standings(people: Collection[User], now: datetime) -> dict[int, Standing]:
    """Whether each is at work, why, and until when; in three queries."""
    return {user_id: standing(facts, now) for user_id, facts in facts_of(people, now).items()}
