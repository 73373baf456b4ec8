"""Who works at this desk."""

from desk.people.models import User
from desk.people.permissions import Role
from tests.api.caller import Caller

CAST = {
    "agent": ("sanne", Role.AGENT, "SV"),
    "colleague": ("joris", Role.AGENT, "JK"),
    "supervisor": ("mila", Role.SUPERVISOR, ""),
    "expert": ("bram", Role.EXPERT, ""),
    "administrator": ("ada", Role.ADMINISTRATOR, ""),
}


def a_caller(part: str) -> Caller:
    """One of CAST, with a token."""
    username, role, signature = CAST[part]
    return Caller(User.objects.create_user(username, first_name=username.title(), role=role, signature=signature))
