"""What every resource of the API shares."""

from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

from desk.actions.customers.masking import Eyes
from desk.people.models import User
from desk.people.permissions import Permission, require


class Resource(APIView):
    """One address. Reading asks for the permission in `reads`; whatever changes something is a verb and asks itself."""

    reads = Permission.READ_TICKETS

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(self.person, self.reads)

    @property
    def person(self) -> User:
        """Who is calling."""
        user = self.request.user
        if not isinstance(user, User):
            raise TypeError("an operation ran for somebody who is not signed in")
        return user

    @cached_property
    def eyes(self) -> Eyes:
        """How the caller gets to read what customers and colleagues wrote."""
        return Eyes(self.person)


@extend_schema(exclude=True)
class NoSuchAddress(APIView):
    """The answer to a mistyped address, in the form of all other problems."""

    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound(_("There is no such address. Each one ends with a slash; /api/docs/ lists them."))
