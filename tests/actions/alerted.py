"""Somebody who waits, and who is told of it."""

from typing import Any

from desk.alerts.models import Notification
from desk.people.models import User
from policies.alerts import UNITS


def a_person(username: str, role: str = "agent", **more: Any) -> User:
    return User.objects.create_user(username, first_name=username.title(), role=role, **more)


def told() -> list[tuple[str, str]]:
    """Who was told what, in order."""
    rows = Notification.objects.filter(kind="alert").order_by("id")
    return [(notice.user.username, str(next(filter(None, map(notice.params.get, UNITS))))) for notice in rows]
