"""Colleagues, teams, the caller with their tokens, and the audit trail."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.people import people as verbs
from desk.api.forms.people import (
    AuditEntrySerializer,
    AuditQuery,
    ChangeMeSerializer,
    ChangeTeamSerializer,
    CreateTeamSerializer,
    CreateTokenSerializer,
    CreateUserSerializer,
    MeSerializer,
    NewTokenSerializer,
    OneTeamSerializer,
    PasswordSerializer,
    TokenSerializer,
    UserSerializer,
    WriteUserSerializer,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, serialized
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.models import ApiToken, AuditEntry, Team, User
from desk.people.permissions import Permission


def _user(user_id: int) -> User:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Missing(_("There is no such person."))
    return user


def _tokens(user: User, query: dict[str, Any]) -> Page:
    found = slice_after(ApiToken.objects.filter(user=user), ("id",), query["cursor"], query["page_size"])
    return Page(found, serialized(TokenSerializer))


class Users(Resource):
    @operation("users_list", "List colleagues", asks=PageQuery, gives=UserSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """Also those who have left (`is_active` false)."""
        found = slice_after(User.objects.prefetch_related("teams"), ("id",), query["cursor"], query["page_size"])
        return Page(found, serialized(UserSerializer))

    @operation("users_create", "Add a colleague", takes=CreateUserSerializer, gives=UserSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        return UserSerializer(verbs.create_user(self.person, team_ids=wish.pop("teams", ()), **wish)).data


class OneUser(Resource):
    @operation("users_read", "Read a colleague", gives=UserSerializer)
    def get(self, request: Request, user_id: int) -> Any:
        return UserSerializer(_user(user_id)).data

    @operation("users_change", "Change a colleague", takes=WriteUserSerializer, gives=UserSerializer)
    def patch(self, request: Request, user_id: int, wish: dict[str, Any]) -> Any:
        """The last administrator stays one (409)."""
        return UserSerializer(verbs.change_user(self.person, user_id, team_ids=wish.pop("teams", None), **wish)).data


class Password(Resource):
    @operation("users_password", "Give a colleague a new password", takes=PasswordSerializer, gives=UserSerializer)
    def post(self, request: Request, user_id: int, wish: dict[str, Any]) -> Any:
        """Every session of theirs ends."""
        return UserSerializer(verbs.set_password(self.person, user_id, wish["password"])).data


class SecondFactor(Resource):
    @operation("users_second_factor_reset", "Take away a colleague's lost second factor", gives=UserSerializer)
    def delete(self, request: Request, user_id: int) -> Any:
        """They set up a new one after signing in."""
        return UserSerializer(verbs.reset_second_factor(self.person, user_id)).data


class Tokens(Resource):
    """The tokens of a colleague."""

    reads = Permission.MANAGE_PEOPLE

    @operation("users_tokens_list", "List a colleague's tokens", asks=PageQuery, gives=TokenSerializer, paged=True)
    def get(self, request: Request, user_id: int, query: dict[str, Any]) -> Page:
        return _tokens(_user(user_id), query)

    @operation(
        "users_tokens_create",
        "Make a token for a colleague",
        takes=CreateTokenSerializer,
        gives=NewTokenSerializer,
        status=201,
    )
    def post(self, request: Request, user_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """`token` is shown this once."""
        token, secret = verbs.issue_token(self.person, _user(user_id), wish["name"])
        return {**TokenSerializer(token).data, "token": secret}


class Teams(Resource):
    @operation("teams_list", "List teams", asks=PageQuery, gives=OneTeamSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        found = slice_after(Team.objects.all(), ("id",), query["cursor"], query["page_size"])
        return Page(found, serialized(OneTeamSerializer))

    @operation("teams_create", "Add a team", takes=CreateTeamSerializer, gives=OneTeamSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        return OneTeamSerializer(verbs.create_team(self.person, wish["name"])).data


class OneTeam(Resource):
    @operation("teams_change", "Change a team", takes=ChangeTeamSerializer, gives=OneTeamSerializer)
    def patch(self, request: Request, team_id: int, wish: dict[str, Any]) -> Any:
        """What is left out stays."""
        members = wish.pop("members", None)
        return OneTeamSerializer(verbs.change_team(self.person, team_id, member_ids=members, **wish)).data

    @operation("teams_delete", "Remove a team", status=204)
    def delete(self, request: Request, team_id: int) -> None:
        """Its tickets and inboxes stay, without a team."""
        verbs.delete_team(self.person, team_id)


class Me(Resource):
    @operation("me_read", "Read your own profile", gives=MeSerializer)
    def get(self, request: Request) -> Any:
        return MeSerializer(self.person).data

    @operation("me_change", "Change your own preferences", takes=ChangeMeSerializer, gives=MeSerializer)
    def patch(self, request: Request, wish: dict[str, Any]) -> Any:
        """What is left out stays. `away` keeps new tickets from being assigned to you."""
        return MeSerializer(verbs.change_own(self.person, **wish) if wish else self.person).data


class OwnTokens(Resource):
    @operation("me_tokens_list", "List your own tokens", asks=PageQuery, gives=TokenSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        return _tokens(self.person, query)

    @operation("me_tokens_create", "Make a token", takes=CreateTokenSerializer, gives=NewTokenSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
        """`token` is shown this once."""
        token, secret = verbs.issue_token(self.person, self.person, wish["name"])
        return {**TokenSerializer(token).data, "token": secret}


class OneToken(Resource):
    @operation("tokens_revoke", "Revoke a token", status=204)
    def delete(self, request: Request, token_id: int) -> None:
        """Your own; an administrator may revoke anybody's."""
        verbs.revoke_token(self.person, token_id)


class Audit(Resource):
    reads = Permission.SEE_AUDIT

    @operation("audit_list", "List what was changed by whom", asks=AuditQuery, gives=AuditEntrySerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first."""
        wanted = {name: query[name] for name in ("subject", "subject_id", "actor") if name in query}
        rows = AuditEntry.objects.filter(**wanted).select_related("actor")
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, serialized(AuditEntrySerializer))
