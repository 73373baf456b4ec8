"""Colleagues, teams and the audit trail, as the API writes them."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from desk.api.fields import IdField, MomentField
from desk.api.paging import PageQuery
from desk.people.models import LARGEST_CAP, LONGEST_SKILL, MOST_SKILLS, ApiToken, AuditEntry, Team, User
from desk.people.permissions import Role, permissions_of

MOBILE = r"^(\+[1-9][0-9]{6,14})?$"
THEMES = ("system", "light", "dark")
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


class ColleagueSerializer(serializers.Serializer[User]):
    """Just enough to name somebody."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()


class TeamSerializer(serializers.Serializer[Team]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class OneTeamSerializer(TeamSerializer):
    """A team with its policy of assignment."""

    assignment = serializers.ChoiceField(choices=Team.Assignment.values)
    match_language = serializers.BooleanField()
    match_skills = serializers.BooleanField()


class UserSerializer(ColleagueSerializer):
    """A colleague; everybody may know who works here."""

    initials = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.values)
    teams = TeamSerializer(many=True)
    away = serializers.BooleanField()
    is_active = serializers.BooleanField()
    languages = serializers.ListField(
        child=serializers.CharField(), help_text="In which customers can be answered; empty: any."
    )
    skills = serializers.ListField(child=serializers.CharField(), help_text="Names of tags and networks.")
    knows = serializers.ListField(
        child=serializers.CharField(), help_text="What they can be asked about; they say it of themselves."
    )
    ticket_cap = serializers.IntegerField(
        allow_null=True, help_text="With so many open tickets the desk assigns no more; null: no limit."
    )


class MeSerializer(UserSerializer):
    """The caller: preferences, and what the role allows."""

    email = serializers.CharField()
    mobile = serializers.CharField(help_text="For text messages of a crisis, as in +31612345678; may be empty.")
    signature = serializers.CharField()
    language = serializers.ChoiceField(choices=LANGUAGES)
    theme = serializers.ChoiceField(choices=THEMES)
    single_keys = serializers.BooleanField(help_text="Single-key shortcuts in the screens.")
    mail_notices = serializers.BooleanField(help_text="Notices also by e-mail.")
    browser_notices = serializers.BooleanField(help_text="Notices also by the browser.")
    permissions = serializers.SerializerMethodField()

    def get_permissions(self, user: User) -> list[str]:
        return sorted(permissions_of(user.role))


class ChangeMeSerializer(serializers.Serializer[Any]):
    """Own preferences; what is left out stays."""

    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    theme = serializers.ChoiceField(choices=THEMES, required=False)
    single_keys = serializers.BooleanField(required=False)
    mail_notices = serializers.BooleanField(required=False)
    browser_notices = serializers.BooleanField(required=False)
    signature = serializers.RegexField(
        r"^[A-Za-z]{0,7}$", required=False, allow_blank=True, help_text="Up to seven letters: JK becomes ^JK."
    )
    away = serializers.BooleanField(required=False)
    mobile = serializers.RegexField(MOBILE, required=False, allow_blank=True)
    knows = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_SKILL),
        max_length=MOST_SKILLS,
        required=False,
        help_text="What colleagues can ask you about.",
    )


class WriteUserSerializer(serializers.Serializer[Any]):
    """A colleague, as an administrator sets them up; what is left out stays."""

    username = serializers.CharField(max_length=150, required=False)
    first_name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    last_name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    mobile = serializers.RegexField(
        MOBILE, required=False, allow_blank=True, help_text="For text messages, with the country: +31612345678."
    )
    role = serializers.ChoiceField(choices=Role.values, required=False)
    signature = serializers.RegexField(r"^[A-Za-z]{0,7}$", required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    is_active = serializers.BooleanField(required=False, help_text="False signs them out everywhere.")
    teams = serializers.ListField(child=IdField(), max_length=100, required=False)
    languages = serializers.ListField(
        child=serializers.RegexField(r"^[a-z]{2}$"), max_length=50, required=False, help_text="Such as nl and en."
    )
    skills = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_SKILL),
        max_length=MOST_SKILLS,
        required=False,
        help_text="Names of tags and networks; they matter in teams that match skills.",
    )
    knows = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_SKILL),
        max_length=MOST_SKILLS,
        required=False,
        help_text="What they can be asked about.",
    )
    ticket_cap = serializers.IntegerField(min_value=0, max_value=LARGEST_CAP, allow_null=True, required=False)


class CreateUserSerializer(WriteUserSerializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(
        max_length=200,
        trim_whitespace=False,
        write_only=True,
        required=False,
        help_text="Of everybody but colleagues without a seat.",
    )


class PasswordSerializer(serializers.Serializer[Any]):
    password = serializers.CharField(max_length=200, trim_whitespace=False, write_only=True)


class CreateTeamSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)


class ChangeTeamSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(max_length=80, required=False)
    members = serializers.ListField(child=IdField(), max_length=1_000, required=False)
    assignment = serializers.ChoiceField(
        choices=Team.Assignment.values,
        required=False,
        help_text="To whom new and reopened tickets are given, of those on duty and not away.",
    )
    match_language = serializers.BooleanField(required=False, help_text="Only people who speak the ticket's language.")
    match_skills = serializers.BooleanField(
        required=False, help_text="Only people with the skills that its tags and its network ask for."
    )


class CreateTokenSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, allow_blank=True, default="", help_text="What it is for.")


class AuditQuery(PageQuery):
    subject = serializers.CharField(max_length=40, required=False, help_text="Such as ticket, inbox or user.")
    subject_id = serializers.CharField(max_length=40, required=False)
    actor = IdField(required=False)


class AuditEntrySerializer(serializers.Serializer[AuditEntry]):
    """One change; `actor` is null where the desk itself made it."""

    id = serializers.IntegerField()
    at = MomentField()
    actor = ColleagueSerializer(allow_null=True)
    verb = serializers.CharField()
    subject = serializers.CharField()
    subject_id = serializers.CharField()
    detail = serializers.DictField()


class TokenSerializer(serializers.Serializer[ApiToken]):
    """A token without its secret."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    hint = serializers.CharField(help_text="Its first letters.")
    created_at = MomentField()
    last_used_at = MomentField(allow_null=True)


class NewTokenSerializer(TokenSerializer):
    """A token with its secret, which nobody can read again."""

    token = serializers.CharField()


def colleague(user: User | None) -> dict[str, Any] | None:
    """Null where nobody, or somebody who is gone, did it."""
    return {"id": user.pk, "username": user.username, "name": user.name} if user else None
