"""The company itself: who works there, when it is open, and what it promises whom."""

from typing import Any

from desk.people.models import Team, User
from desk.sla.models import SlaPolicy
from tests.actions.promised import a_calendar, a_policy
from tests.month.script import AGENTS

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
WEEK = (*WEEKDAYS, "sat", "sun")
OFFICE: dict[str, Any] = {  # a lunch break, public holidays, and a half day before Easter
    "timezone": "Europe/Amsterdam",
    "week": {**{day: [["09:00", "12:30"], ["13:00", "17:30"]] for day in WEEKDAYS}, "sat": [["10:00", "14:00"]]},
    "holidays": {"country": "NL", "subdivision": None},
    "exceptions": {"2024-03-29": [["09:00", "13:00"]]},
}
NIGHTS: dict[str, Any] = {  # a shift over midnight, also over the night in which the clocks change
    "timezone": "Europe/Amsterdam",
    "week": {day: [["08:00", "20:00"], ["22:00", "06:00"]] for day in WEEK},
    "holidays": None,
    "exceptions": {},
}
ALWAYS: dict[str, Any] = {
    "timezone": "UTC", "week": {day: [["00:00", "24:00"]] for day in WEEK}, "holidays": None, "exceptions": {},
}  # fmt: skip

# Name, calendar, minutes for first response, next response and resolution, and whom it is for; the first one that fits.
PROMISES: tuple[tuple[str, dict[str, Any], tuple[int | None, ...], dict[str, Any]], ...] = (
    ("urgent", ALWAYS, (15, 30, 240), {"priorities": frozenset({3})}),
    ("private", NIGHTS, (30, 45, 600), {"private": True}),
    ("English", OFFICE, (120, 240, 1_200), {"languages": frozenset({"en"})}),
    ("Facebook", OFFICE, (60, 60, None), {"networks": frozenset({"facebook_page"})}),
    ("Dutch", OFFICE, (60, 120, 960), {"languages": frozenset({"nl"})}),
    ("default", ALWAYS, (240, None, 4_000), {}),
)
TEAMS = ("Rail", "Wereld", "Pagina", "Nazorg")  # of the inboxes, and one that only colleagues hand tickets to


def founded() -> tuple[User, list[User], list[Team]]:
    """A supervisor, agents and teams, with everything that is promised."""
    supervisor = User.objects.create_user("suze", role="supervisor")
    agents = [
        User.objects.create_user(f"agent{number}", role="agent", signature="ABCDEFGH"[number], first_name=f"A{number}")
        for number in range(AGENTS)
    ]
    teams = [Team.objects.create(name=name) for name in TEAMS]
    SlaPolicy.objects.filter(is_default=True).update(position=1_000)
    calendars = {id(form): a_calendar(f"hours {number}", form) for number, form in enumerate((OFFICE, NIGHTS, ALWAYS))}
    for position, (name, form, minutes, conditions) in enumerate(PROMISES):
        first, following, resolution = minutes
        a_policy(
            name, first=first, following=following, resolution=resolution, position=position + 1,
            calendar=calendars[id(form)], **conditions,
        )  # fmt: skip
    return supervisor, agents, teams


def promised(
    network: str, private: bool, priority: int, language: str
) -> tuple[dict[str, Any], tuple[int | None, ...]]:
    """Calendar and minutes for somebody, read off the list above."""
    for _name, form, minutes, only in PROMISES:
        asked = {"networks": network, "priorities": priority, "languages": language}
        if all(asked[key] in wanted for key, wanted in only.items() if key != "private") and (
            only.get("private") in (None, private)
        ):
            return form, minutes
    raise LookupError("the last promise is for everybody")
