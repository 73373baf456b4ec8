"""People: added, changed, given a way in, and shown out."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from desk.actions.people import people
from desk.common.errors import Conflict, Invalid, NotPermitted
from desk.people.models import ApiToken, AuditEntry, Team, User
from desk.people.permissions import Role
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "een lange zin hier"


def _form(**changes: str) -> dict[str, str]:
    return {
        "username": "suze",
        "first_name": "Suze",
        "last_name": "Veenstra",
        "role": "agent",
        "signature": "SV",
        "language": "nl",
    } | changes


def test_a_colleague_is_added_and_can_sign_in() -> None:
    team = Team.objects.create(name="Reisinformatie")
    browser = signed_in(Role.ADMINISTRATOR)
    form = {**_form(password=PASSWORD), "teams": [team.pk]}
    assert browser.post("/administration/people/new/", form).status_code == 302
    suze = User.objects.get(username="suze")
    assert list(suze.teams.all()) == [team]
    assert suze.check_password(PASSWORD)
    assert PASSWORD not in str(list(AuditEntry.objects.values()))
    assert "Veenstra" in browser.get("/administration/people/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "short"}, "too short"),
        ({"role": "emperor"}, "emperor"),
        ({"signature": "J3"}, "letters"),
        ({"username": "administrator"}, "already exists"),
        ({"username": "with\x00nul"}, "valid username"),
    ],
)
def test_what_cant_be_used_is_said_at_its_field(wrong: dict[str, str], words: str) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    answer = browser.post("/administration/people/new/", _form(**{"password": PASSWORD, **wrong}))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not User.objects.filter(username="suze").exists()


def test_who_is_deactivated_is_out_at_once() -> None:
    suze, out = colleague(Role.AGENT), Client()
    out.force_login(suze)
    assert out.get("/queue/").status_code == 200
    browser = signed_in(Role.ADMINISTRATOR)
    browser.post(f"/administration/people/{suze.pk}/", _form(username=suze.username))  # "works here" is not ticked
    suze.refresh_from_db()
    assert not suze.is_active
    assert out.get("/queue/").status_code == 302


def test_the_last_administrator_stays_one() -> None:
    admin = colleague(Role.ADMINISTRATOR)
    with pytest.raises(Conflict):
        people.change_user(admin, admin.pk, role=Role.AGENT)
    with pytest.raises(Conflict):
        people.change_user(admin, admin.pk, is_active=False)
    User.objects.create_user("second", role=Role.ADMINISTRATOR)
    assert people.change_user(admin, admin.pk, role=Role.AGENT).role == Role.AGENT


def test_a_token_is_shown_once_and_works_until_it_is_revoked() -> None:
    agent, browser = colleague(Role.AGENT), signed_in(Role.ADMINISTRATOR)
    page = browser.post(f"/administration/people/{agent.pk}/tokens/", {"name": "export"})
    token = ApiToken.objects.get(user=agent)
    secret = page.context["issued"][1]
    assert secret in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert secret not in browser.get(f"/administration/people/{agent.pk}/").content.decode()
    assert secret not in str(list(AuditEntry.objects.values()))
    assert Client().get("/api/v1/me/", headers={"Authorization": f"Token {secret}"}).status_code == 200
    browser.post(f"/administration/tokens/{token.pk}/revoke/")
    assert Client().get("/api/v1/me/", headers={"Authorization": f"Token {secret}"}).status_code == 401


def test_a_lost_password_and_a_lost_phone_are_mended_by_an_administrator() -> None:
    agent, browser = colleague(Role.AGENT), signed_in(Role.ADMINISTRATOR)
    Authenticator.objects.create(user=agent, type="totp", data={})
    assert browser.post(f"/administration/people/{agent.pk}/password/", {"password": "12345"}).status_code == 400
    browser.post(f"/administration/people/{agent.pk}/password/", {"password": PASSWORD})
    browser.post(f"/administration/people/{agent.pk}/second-factor/")
    agent.refresh_from_db()
    assert agent.check_password(PASSWORD)
    assert not Authenticator.objects.filter(user=agent).exists()
    assert browser.post(f"/administration/people/{agent.pk}/second-factor/").status_code == 409
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "password_set",
        "second_factor_reset",
    ]


def test_teams_are_made_filled_renamed_and_deleted() -> None:
    agent, browser = colleague(Role.AGENT), signed_in(Role.ADMINISTRATOR)
    browser.post("/administration/teams/new/", {"name": "Nacht"})
    team = Team.objects.get()
    browser.post(f"/administration/teams/{team.pk}/", {"name": "Nachtdienst", "members": [agent.pk]})
    team.refresh_from_db()
    assert (team.name, list(team.members.all())) == ("Nachtdienst", [agent])
    assert browser.post("/administration/teams/new/", {"name": "Nachtdienst"}).status_code == 400
    browser.post(f"/administration/teams/{team.pk}/delete/")
    assert not Team.objects.exists()


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.COMMS, Role.EXPERT])
def test_only_administrators_manage_people_whatever_the_screen(role: str) -> None:
    actor, other = colleague(role), User.objects.create_user("other")
    for act in (
        lambda: people.create_user(actor, username="x", password=PASSWORD),
        lambda: people.change_user(actor, other.pk, role=Role.ADMINISTRATOR),
        lambda: people.change_user(actor, actor.pk, role=Role.ADMINISTRATOR),
        lambda: people.set_password(actor, other.pk, PASSWORD),
        lambda: people.reset_second_factor(actor, other.pk),
        lambda: people.issue_token(actor, other),
        lambda: people.create_team(actor, "x"),
    ):
        with pytest.raises(NotPermitted):
            act()
    with pytest.raises(Invalid):
        people.change_own(actor, role=Role.ADMINISTRATOR)
    assert not AuditEntry.objects.exists()


def test_everybody_has_tokens_of_their_own() -> None:
    agent = colleague(Role.AGENT)
    token, _secret = people.issue_token(agent, agent, "mine")
    people.revoke_token(agent, token.pk)
    assert not ApiToken.objects.exists()
