from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register


class PeopleConfig(AppConfig):
    name = "desk.people"

    def ready(self) -> None:
        register(roles_exist)


def roles_exist(**_asked: Any) -> list[CheckMessage]:
    """A mistyped role would see asterisks, and nobody would know why."""
    from django.conf import settings

    from desk.people.permissions import Role

    hint = f"Roles are {', '.join(Role.values)}."
    unknown = [role for role in settings.SEE_PERSONAL_DATA if role not in Role.values]
    return [Error(f"DESK_SEE_PERSONAL_DATA: there is no role “{role}”.", hint=hint, id="desk.E002") for role in unknown]
