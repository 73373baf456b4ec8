"""Who works here in the tests of the screens, signed in."""

from typing import Any

from django.test import Client

from desk.people.models import User
from desk.people.permissions import Role


def signed_in(role: str = Role.AGENT, **fields: Any) -> Client:
    """A browser in which somebody of this role has signed in."""
    browser = Client()
    browser.force_login(colleague(role, **fields))
    return browser


def colleague(role: str = Role.AGENT, **fields: Any) -> User:
    """Somebody of this role, made once for each test."""
    known = User.objects.filter(username=role).first()
    return known or User.objects.create_user(role, first_name=role.title(), role=role, **fields)
