"""Adding people, changing what they may do, their way in, and each person's own choices."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.people.rota_history import write_down
from desk.common.background import enqueue
from desk.common.errors import Conflict, Invalid, Missing
from desk.common.live import publish
from desk.people.models import LARGEST_CAP, LONGEST_SKILL, MOST_SKILLS, ApiToken, Team, User, audit
from desk.people.permissions import Permission, Role, require

CHANGEABLE = (
    "username", "first_name", "last_name", "email", "role", "signature", "language", "is_active", "languages", "skills",
    "knows", "ticket_cap", "mobile",
)  # fmt: skip
POLICY = ("assignment", "match_language", "match_skills")  # of a team: to whom its tickets are given
_LANGUAGE = re.compile(r"[a-z]{2}")
OWN = ("language", "theme", "single_keys", "away", "signature", "mobile", "mail_notices", "browser_notices", "knows")
"""What everybody may choose for themselves."""


def create_user(
    actor: User | None, *, username: str, password: str = "", team_ids: Iterable[int] = (), **fields: Any
) -> User:
    """A new colleague, with a first password where they have a seat. `actor` is None for the operator.

    Raises Invalid.
    """
    _may_manage(actor)
    user = User(username=username.strip())
    _apply(user, fields, CHANGEABLE)
    errors = _errors_of(user)
    try:
        if user.has_seat:
            validate_password(password, user)
    except ValidationError as problem:
        errors["password"] = problem.messages
    _refuse(errors)
    user.set_password(password if user.has_seat else None)
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
        if "is_active" in before and user.is_active != before["is_active"]:
            write_down(timezone.now())
        if not user.has_seat:
            user.set_unusable_password()
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
        if {"is_active", "teams", "languages", "skills", "ticket_cap"} & set(after):
            enqueue("desk.tasks.sweep_assignment")
    return user


def set_password(actor: User | None, user_id: int, password: str) -> User:
    """A new password for a colleague who lost theirs; every session of theirs ends. Raises Invalid, Missing."""
    _may_manage(actor)
    with transaction.atomic():
        user = _user(user_id, lock=True)
        if not user.has_seat:
            raise Conflict(_("%(name)s has no seat, and needs no password.") % {"name": user.name})
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


def change_own(actor: User, **preferences: str | bool | list[str]) -> User:
    """A person's own language, theme, shortcuts, signature, what they can be asked about and whether they are away.

    Raises Invalid.
    """
    _apply(actor, preferences, OWN)
    _refuse({name: words for name, words in _errors_of(actor).items() if name in preferences})
    with transaction.atomic():
        actor.save(update_fields=list(preferences))
        audit(actor, "preferences_changed", actor, **preferences)
        if "away" in preferences:  # what they leave behind moves on, and what waited for them comes
            enqueue("desk.tasks.sweep_assignment")
    return actor


def change_own_password(actor: User, password: str) -> None:
    """A person's own new password, once the door has checked the old one and the rules."""
    actor.set_password(password)
    with transaction.atomic():
        actor.save(update_fields=["password"])
        audit(actor, "own_password_changed", actor)


def note_second_factor(actor: User, what: str, kind: str) -> None:
    """Write down that a person's own second factor of this kind was `added`, `removed` or `renewed`."""
    audit(actor, f"second_factor_{what}", actor, kind=kind)


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
    actor: User | None,
    team_id: int,
    *,
    name: str | None = None,
    member_ids: Iterable[int] | None = None,
    **policy: str | bool,
) -> Team:
    """Its name, who is in it, and to whom its tickets are given (POLICY). Raises Invalid, Missing."""
    _may_manage(actor)
    with transaction.atomic():
        team = _team(team_id)
        before = {"name": team.name, "members": _members(team), **{field: getattr(team, field) for field in POLICY}}
        wishes = {**({} if name is None else {"name": name}), **policy}
        _apply(team, wishes, ("name", *POLICY))
        _refuse(_errors_of(team))
        team.save(update_fields=["name", *POLICY])  # whose turn it is changes beside this
        if member_ids is not None:
            team.members.set(User.objects.filter(pk__in=list(member_ids)))
        after = {"name": team.name, "members": _members(team), **{field: getattr(team, field) for field in POLICY}}
        if changed := [field for field in after if after[field] != before[field]]:
            was, is_now = ({field: values[field] for field in changed} for values in (before, after))
            audit(actor, "team_changed", team, name=team.name, before=was, after=is_now)
        enqueue("desk.tasks.sweep_assignment")
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


def _apply(row: User | Team, values: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    if unknown := set(values) - set(allowed):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in values.items():
        setattr(row, name, _tidied(name, value))


def _tidied(name: str, value: Any) -> Any:
    """Without space around it; words of a list once, in small letters and in order."""
    if name in {"languages", "skills", "knows"}:
        return sorted({" ".join(str(word).lower().split()) for word in value} - {""})
    return value.strip() if isinstance(value, str) else value


def _errors_of(row: User | Team) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    try:
        row.full_clean(exclude=["password"] if isinstance(row, User) else None)
    except ValidationError as problem:
        errors = dict(problem.message_dict)
    return errors | _errors_of_gifts(row) if isinstance(row, User) else errors


def _errors_of_gifts(user: User) -> dict[str, list[str]]:
    """What somebody speaks, knows and can carry."""
    errors = {}
    if wrong := [code for code in user.languages if not _LANGUAGE.fullmatch(code)]:
        errors["languages"] = [
            _("Give two letters for each, such as nl or en, and not “%(code)s”.") % {"code": wrong[0]}
        ]
    for field, words in (("skills", user.skills), ("knows", user.knows)):
        if len(words) > MOST_SKILLS or any(len(word) > LONGEST_SKILL or "\x00" in word for word in words):
            errors[field] = [
                _("At most %(count)d skills of %(length)d characters.")
                % {"count": MOST_SKILLS, "length": LONGEST_SKILL}
            ]
    if not user.has_seat and not user.email:
        errors["email"] = [_("Questions come by e-mail to who has no seat: give an address.")]
    if user.ticket_cap is not None and user.ticket_cap > LARGEST_CAP:
        errors["ticket_cap"] = [_("Choose 0 to %(most)d, or leave it empty.") % {"most": LARGEST_CAP}]
    return errors


def _refuse(errors: Mapping[str, list[str]]) -> None:
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(sorted(errors))}, errors=errors)


def _keep_an_administrator(user: User) -> None:
    """A desk that nobody can administer is locked for good."""
    if user.is_active and user.role == Role.ADMINISTRATOR:
        return
    if not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk).exists():
        raise Conflict(_("This is the last active administrator. Make somebody else administrator first."))


def _members(team: Team) -> list[str]:
    return list(team.members.order_by("username").values_list("username", flat=True))


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
