"""Who works at Vlotlijn."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from desk import environment
from desk.common.errors import Conflict
from desk.people.models import Team, User
from desk.people.permissions import Role

DOMAIN = "vlotlijn.example"
TRAVEL, CARE = "Reisinformatie", "Klantenservice"


class Colleague(NamedTuple):
    username: str
    role: Role
    first_name: str
    last_name: str
    signature: str
    language: str
    teams: tuple[str, ...] = ()


COLLEAGUES = (
    Colleague("admin", Role.ADMINISTRATOR, "Hanneke", "Postma", "HP", "en"),
    Colleague("supervisor", Role.SUPERVISOR, "Sanne", "Bakker", "SB", "en", (TRAVEL, CARE)),
    Colleague("comms", Role.COMMS, "Noor", "Willems", "NW", "nl", (TRAVEL,)),
    Colleague("agent", Role.AGENT, "Suze", "Veenstra", "SV", "en", (TRAVEL,)),
    Colleague("agent2", Role.AGENT, "Daan", "Vermeer", "DV", "nl", (CARE,)),
    Colleague("trainee", Role.TRAINEE, "Tess", "Mulder", "TM", "nl", (TRAVEL,)),
    Colleague("expert", Role.EXPERT, "Ruben", "Smit", "RS", "nl"),
)


def make_people(logins: Path) -> tuple[dict[str, User], dict[str, str]]:
    """Teams and colleagues, both by username: the people, and the passwords that `keep_logins` is to write down.

    Whoever is there stays as they are. Who has no password in `logins` gets one, because nobody knows the old one.
    Raises Conflict where somebody else has one of the names.
    """
    teams = {name: Team.objects.get_or_create(name=name)[0] for name in (TRAVEL, CARE)}
    people: dict[str, User] = {}
    unset: list[User] = []
    passwords = dict(environment.read_json(logins, "remove it; the demo's people then get new passwords"))
    for colleague in COLLEAGUES:
        email = f"{colleague.username}@{DOMAIN}"
        user, created = User.objects.get_or_create(
            username=colleague.username,
            defaults={
                "role": colleague.role,
                "first_name": colleague.first_name,
                "last_name": colleague.last_name,
                "email": email,
                "signature": colleague.signature,
                "language": colleague.language,
            },
        )
        if user.email != email:
            raise Conflict(
                f"“{user.username}” is somebody else here. Make the demo in a data folder of its own, or do without it."
            )
        if created:
            user.teams.set(teams[name] for name in colleague.teams)
        if created or colleague.username not in passwords:
            passwords[colleague.username] = secrets.token_urlsafe(9)
            unset.append(user)
        people[colleague.username] = user
    with ThreadPoolExecutor() as threads:  # a hash is slow on purpose
        hashes = threads.map(make_password, [passwords[user.username] for user in unset])
    for user, user.password in zip(unset, hashes, strict=True):
        user.save(update_fields=["password"])
    return people, passwords


def keep_logins(logins: Path, passwords: dict[str, str]) -> None:
    """Write the passwords down for whoever starts the desk. The file also says that the demo is complete."""
    if passwords != environment.read_json(logins, "remove it; the demo's people then get new passwords"):
        environment.write_json(logins, passwords)
