"""Adding people, changing what they may do, and a person's own choices."""

from desk.common.errors import Invalid
from desk.people.models import User


def change_own(actor: User, **preferences: str | bool) -> User:
    raise NotImplementedError
