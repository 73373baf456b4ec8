"""Whom a question goes to: a person, whose turn it is in a team, or a deputy. Load and absence are respected."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from desk.common.errors import Conflict, Invalid
from desk.people.duty import standings
from desk.people.models import Team, User
from desk.questions.models import Question
from policies.assignment import Candidate, Method, Wanted, choose

MOST_WAITING = 5  # questions that wait for one person; by itself the desk gives no more


def somebody(user_id: int) -> User:
    """Somebody who can be asked. Raises Invalid."""
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None:
        raise Invalid(_("There is no such colleague."), errors={"to": [_("There is no such colleague.")]})
    return person


def in_turn(team: Team, now: datetime, *, not_for: Collection[int]) -> User:
    """Whose turn it is: whoever comes after the last one asked, is at work and has room. Raises Conflict.

    The caller holds the team's row, so that two questions at once go to two people.
    """
    last = Question.objects.filter(team=team, holder__isnull=False).order_by("-held_since", "-id")
    after = last.values_list("holder", flat=True).first()
    found = _next(list(team.members.filter(is_active=True)), now, not_for=not_for, after=after or 0)
    if found is None:
        raise Conflict(
            _("Nobody else of %(team)s is at work with room for a question.") % {"team": team.name}, code="nobody"
        )
    return found


def deputy(question: Question, now: datetime) -> User | None:
    """A colleague in a team of whoever has it (or of the team that was asked) who was not asked yet."""
    teams = Team.objects.filter(pk=question.team_id) if question.team_id else Team.objects.none()
    if question.holder is not None and not teams:
        teams = question.holder.teams.all()
    members = list(User.objects.filter(teams__in=teams, is_active=True).distinct())
    return _next(members, now, not_for=already_asked(question), after=question.holder_id or 0)


def already_asked(question: Question) -> set[int]:
    """Whoever got a link to it, and whoever asks."""
    return {*question.links.values_list("user_id", flat=True), *filter(None, [question.asked_by_id])}


def waiting_for(user_ids: Sequence[int]) -> dict[int, int]:
    """How many questions wait for each of them; one query."""
    rows = Question.objects.filter(holder__in=user_ids, state=Question.State.WAITING).order_by()
    return dict(rows.values_list("holder_id").annotate(number=Count("id")))


def _next(people: Sequence[User], now: datetime, *, not_for: Collection[int], after: int) -> User | None:
    at_work, load = standings(people, now), waiting_for([person.pk for person in people])
    candidates = [
        Candidate(person.pk, at_work[person.pk].on_duty, load.get(person.pk, 0), cap=MOST_WAITING) for person in people
    ]
    choice = choose(candidates, Wanted(not_for=frozenset(not_for)), Method.ROUND_ROBIN, after)
    return next((person for person in people if person.pk == choice.id), None)
