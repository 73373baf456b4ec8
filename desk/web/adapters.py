"""How the door (django-allauth) behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from desk.actions.people import people
from desk.people.models import User

# One sentence for every refusal: it never tells whether a name exists.
_MISMATCH = _("Name and password do not belong together. After 5 tries the door closes for 15 minutes.")


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """People are added by an administrator: nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
        "invalid_login": _MISMATCH,
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your password."),
        "too_many_login_attempts": _(
            "Too many tries. The door opens again in 15 minutes; an administrator can give a new password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        people.change_own_password(user, password)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The words of the second step."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That code is not right, or it was used before. Wait for the next one."),
    }


@receiver(authenticator_added)
def _added(user: User, authenticator: Authenticator, **more: object) -> None:
    people.note_second_factor(user, "added", authenticator.type)


@receiver(authenticator_removed)
def _removed(user: User, authenticator: Authenticator, **more: object) -> None:
    people.note_second_factor(user, "removed", authenticator.type)


@receiver(authenticator_reset)
def _reset(user: User, authenticator: Authenticator, **more: object) -> None:
    people.note_second_factor(user, "renewed", authenticator.type)
