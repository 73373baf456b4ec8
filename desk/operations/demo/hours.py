"""When the people of Vlotlijn work, and a team that shares out its tickets."""

from collections.abc import Mapping

from desk.actions.people.people import change_team, change_user
from desk.actions.people.shifts import create_shift
from desk.operations.demo.people import CARE, TRAVEL
from desk.people.models import Shift, Team, User
from policies.duty import DAYS

ZONE = "Europe/Amsterdam"
WORKDAYS = DAYS[:5]
TEAM_HOURS = {TRAVEL: {day: [["05:30", "24:00"]] for day in DAYS}}  # as long as trains run
OWN_HOURS = {
    "admin": {day: [["09:00", "12:30"], ["13:00", "17:30"]] for day in WORKDAYS},
    "agent2": {
        day: [["00:00", "24:00"]] for day in DAYS
    },  # so that the demo shares out at whatever hour it is looked at
    "comms": {day: [["08:30", "17:00"]] for day in WORKDAYS},
    "supervisor": {day: [["08:00", "16:30"]] for day in WORKDAYS},
}
CARE_CAPS = {"agent2": 25, "supervisor": 5}


def make_hours(actor: User, people: Mapping[str, User]) -> None:
    """Everybody's hours, where nobody has any yet."""
    if Shift.objects.exists():
        return
    for name, week in TEAM_HOURS.items():
        create_shift(actor, team_id=Team.objects.get(name=name).pk, timezone=ZONE, week=week)
    for username, week in OWN_HOURS.items():
        create_shift(actor, user_id=people[username].pk, timezone=ZONE, week=week)


def share_out(actor: User, people: Mapping[str, User]) -> None:
    """Customer care gives each ticket to the next in turn. Once: later it is the operator's to switch."""
    for username, cap in CARE_CAPS.items():
        change_user(actor, people[username].pk, ticket_cap=cap)
    change_team(actor, Team.objects.get(name=CARE).pk, assignment=Team.Assignment.ROUND_ROBIN)
