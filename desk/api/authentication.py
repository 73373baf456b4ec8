"""Who is calling: a program with a token, or a signed-in colleague's own browser."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from desk.people.models import ApiToken, User

USE_IS_NOTED_EVERY = timedelta(minutes=1)  # a write for each request would cost more than the request


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token …`. One query, by digest."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        word, *rest = get_authorization_header(request).split() or [b""]
        if word.lower() != b"token":
            return None
        if len(rest) != 1:
            raise AuthenticationFailed(_("Send the token as: Authorization: Token …, in one piece."))
        digest = ApiToken.digest_of(rest[0].decode("latin-1"))
        token = ApiToken.objects.select_related("user").filter(digest=digest, user__is_active=True).first()
        if token is None:
            raise AuthenticationFailed(_("This token is not known (any more). Ask an administrator for a new one."))
        _note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class SignedInAuthentication(SessionAuthentication):
    """The session of the screens; whatever changes something needs the CSRF token."""


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    stale = now - USE_IS_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at < stale:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=stale)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped there
    """How the description names it."""

    target_class = "desk.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The word Token, a space and your token: `manage.py create_token USERNAME` prints one.",
        }


class SignedInScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped there
    """The browser's own session."""

    target_class = "desk.api.authentication.SignedInAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The session of the screens; changes need the header X-CSRFToken as well.",
        }
