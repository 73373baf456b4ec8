"""Adding people, changing what they may do, their way in, and each person's own choices."""

from collections.abc import Iterable, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from desk.common.errors import Conflict, Invalid, Missing
from desk.common.live import publish
from desk.people.models import ApiToken, Team, User, audit
from desk.people.permissions import Permission, Role, require

CHANGEABLE = ("username", "first_name", "last_name", "email", "role", "signature", "language", "is_active")
OWN = ("language", "theme", "single_keys", "away", "signature", "mail_notices", "browser_notices")
"""What everybody may choose for themselves."""


def create_user(
    actor: User | None, *, username: str, password: str, team_ids: Iterable[int] = (), **fields: Any
) -> User:
    """A new colleague with a first password. `actor` is None for the operator. Raises Invalid."""
    _may_manage(actor)
    user = User(username=username.strip())
    _apply(user, fields, CHANGEABLE)
    errors = _errors_of(user)
    try:
        validate_password(password, user)
    except ValidationError as problem:
        errors["password"] = problem.messages
    _refuse(errors)
    user.set_password(password)
    with transaction.atomic():
        user.save()
        user.teams.set(_teams(team_ids))
        audit(actor, "user_created", user, username=user.username, role=user.role)
    return user


def change_user(actor: User | None, user_id: int, *, team_ids: Iterable[int] | None = None, **changes: Any) -> User:
    """Name, role, teams, signature, language, whether active. Who is deactivated is signed out everywhere.

    Raises Invalid, Missing, Conflict (the last administrator stays one).
    """
    _may_manage(actor)
    with transaction.atomic():
        user = _user(user_id, lock=True)
        before = {name: getattr(user, name) for name in changes if name in CHANGEABLE}
        _apply(user, changes, CHANGEABLE)
        _refuse(_errors_of(user))
        _keep_an_administrator(user)
        user.save()
        after: dict[str, object] = {name: getattr(user, name) for name in before if getattr(user, name) != before[name]}
        if team_ids is not None:
            teams = _teams(team_ids)
            if set(teams) != set(user.teams.all()):
                user.teams.set(teams)
                after["teams"] = [team.name for team in teams]
        if after:
            audit(
                actor,
                "user_changed",
                user,
                before={name: before[name] for name in after if name in before},
                after=after,
            )
        if {"is_active", "role"} & set(after):
            publish("signed_out", {"user": user.pk})  # open screens ask again what they may hear
    return user


def set_password(actor: User | None, user_id: int, password: str) -> User:
    """A new password for a colleague who lost theirs; every session of theirs ends. Raises Invalid, Missing."""
    _may_manage(actor)
    with transaction.atomic():
        user = _user(user_id, lock=True)
        try:
            validate_password(password, user)
        except ValidationError as problem:
            raise Invalid(_("This password can't be used."), errors={"password": problem.messages}) from None
        user.set_password(password)
        user.save(update_fields=["password"])
        audit(actor, "password_set", user)
        publish("signed_out", {"user": user.pk})
    return user


def reset_second_factor(actor: User | None, user_id: int) -> User:
    """Take the second factor away from a colleague who lost it; they set up a new one after signing in."""
    _may_manage(actor)
    with transaction.atomic():
        user = _user(user_id, lock=True)
        removed, _by_model = Authenticator.objects.filter(user=user).delete()
        if not removed:
            raise Conflict(_("%(name)s has no second factor.") % {"name": user.name})
        audit(actor, "second_factor_reset", user)
    return user


def change_own(actor: User, **preferences: str | bool) -> User:
    """A person's own language, theme, shortcuts, signature and whether they are away. Raises Invalid."""
    _apply(actor, preferences, OWN)
    _refuse({name: words for name, words in _errors_of(actor).items() if name in preferences})
    with transaction.atomic():
        actor.save(update_fields=list(preferences))
        audit(actor, "preferences_changed", actor, **preferences)
    return actor


def set_away(actor: User, away: bool) -> User:
    """Away people are given no new tickets."""
    return change_own(actor, away=away)


def issue_token(actor: User | None, user: User, name: str = "") -> tuple[ApiToken, str]:
    """A token for the API and its secret, shown once. For oneself, or by who manages people. Raises Invalid."""
    if actor is None or actor.pk != user.pk:
        _may_manage(actor)
    name = name.strip()
    if len(name) > 80 or "\x00" in name:
        raise Invalid(_("Give a name of at most 80 characters."), errors={"name": [_("This is too long.")]})
    with transaction.atomic():
        token, secret = ApiToken.issue(user, name)
        audit(actor, "token_issued", user, token=token.hint, name=name)
    return token, secret


def revoke_token(actor: User, token_id: int) -> None:
    """Programs with this token are refused from now on. One's own, or by who manages people. Raises Missing."""
    with transaction.atomic():
        token = ApiToken.objects.select_related("user").filter(pk=token_id).first()
        if token is None:
            raise Missing(_("There is no such token."))
        if token.user_id != actor.pk:
            _may_manage(actor)
        audit(actor, "token_revoked", token.user, token=token.hint, name=token.name)
        token.delete()


def create_team(actor: User | None, name: str) -> Team:
    """Raises Invalid where the name is empty or taken."""
    _may_manage(actor)
    team = Team(name=name.strip())
    _refuse(_errors_of(team))
    with transaction.atomic():
        team.save()
        audit(actor, "team_created", team, name=team.name)
    return team


def change_team(
    actor: User | None, team_id: int, *, name: str | None = None, member_ids: Iterable[int] | None = None
) -> Team:
    """Its name, and who is in it. Raises Invalid, Missing."""
    _may_manage(actor)
    with transaction.atomic():
        team = _team(team_id)
        before = team.name
        if name is not None:
            team.name = name.strip()
            _refuse(_errors_of(team))
            team.save()
        if member_ids is not None:
            team.members.set(User.objects.filter(pk__in=list(member_ids)))
        audit(actor, "team_changed", team, before=before, after=team.name)
    return team


def delete_team(actor: User | None, team_id: int) -> None:
    """Its tickets and inboxes stay, without a team. Raises Missing."""
    _may_manage(actor)
    with transaction.atomic():
        team = _team(team_id)
        audit(actor, "team_deleted", team, name=team.name)
        team.delete()


def _may_manage(actor: User | None) -> None:
    if actor is not None:
        require(actor, Permission.MANAGE_PEOPLE)


def _apply(user: User, values: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    if unknown := set(values) - set(allowed):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in values.items():
        setattr(user, name, value.strip() if isinstance(value, str) else value)


def _errors_of(row: User | Team) -> dict[str, list[str]]:
    try:
        row.full_clean(exclude=["password"] if isinstance(row, User) else None)
    except ValidationError as problem:
        return dict(problem.message_dict)
    return {}


def _refuse(errors: Mapping[str, list[str]]) -> None:
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(sorted(errors))}, errors=errors)


def _keep_an_administrator(user: User) -> None:
    """A desk that nobody can administer is locked for good."""
    if user.is_active and user.role == Role.ADMINISTRATOR:
        return
    if not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk).exists():
        raise Conflict(_("This is the last active administrator. Make somebody else administrator first."))


def _teams(team_ids: Iterable[int]) -> list[Team]:
    wanted = set(team_ids)
    teams = list(Team.objects.filter(pk__in=wanted))
    if len(teams) != len(wanted):
        raise Invalid(_("There is no such team."), errors={"teams": [_("There is no such team.")]})
    return teams


def _user(user_id: int, *, lock: bool = False) -> User:
    rows = User.objects.select_for_update() if lock else User.objects.all()
    user = rows.filter(pk=user_id).first()
    if user is None:
        raise Missing(_("There is no such person."))
    return user


def _team(team_id: int) -> Team:
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise Missing(_("There is no such team."))
    return team
