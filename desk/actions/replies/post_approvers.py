"""Who hears that a statement waits for a colleague's word."""

from datetime import datetime

from desk.alerts.notices import Notice, notify
from desk.people.duty import standings
from desk.people.models import User
from desk.people.permissions import Permission, Role, permissions_of
from desk.statements.models import Publication


def ask_for_a_word(publication: Publication, now: datetime) -> None:
    """Tell whoever may approve it and is at work; where nobody is, everybody who may. Never the author."""
    roles = [role for role in Role.values if Permission.APPROVE in permissions_of(role)]
    people = User.objects.filter(role__in=roles, is_active=True).exclude(pk=publication.author_id).order_by("pk")
    able = list(people)
    known = standings(able, now)
    told = [one for one in able if known[one.pk].on_duty] or able
    crisis = publication.crisis
    params = {"crisis": crisis.pk, "crisis_name": crisis.name, "by_name": publication.author.name}
    notify([Notice(one.pk, "statement_asked", params=params) for one in told], now)
