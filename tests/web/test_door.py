"""The door: a name and a password, a second step for who switched it on, and the same words for every refusal."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from desk.people.models import AuditEntry
from tests.web.colleagues import colleague

pytestmark = pytest.mark.django_db
PASSWORD = "een lange zin hier"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def _sign_in(browser: Client, password: str = PASSWORD, name: str = "agent") -> str:
    return browser.post("/accounts/login/", {"login": name, "password": password}, follow=True).content.decode()


def test_who_knows_the_password_comes_in() -> None:
    colleague(password=PASSWORD)
    browser = Client()
    assert "Queue" in _sign_in(browser)
    assert browser.post("/accounts/logout/").headers["Location"] == "/accounts/login/"


def test_a_refusal_never_tells_whether_the_name_exists() -> None:
    colleague(password=PASSWORD)
    wrong = _sign_in(Client(), "not this one")
    unknown = _sign_in(Client(), "not this one", "nobody")
    sentence = "Name and password do not belong together."
    assert sentence in wrong
    assert sentence in unknown


def test_after_five_tries_the_door_stays_closed_even_for_the_right_password() -> None:
    colleague(password=PASSWORD)
    for _try in range(5):
        _sign_in(Client(), "not this one")
    assert "Too many tries" in _sign_in(Client())


def test_the_second_factor_is_set_up_used_and_switched_off(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    user = colleague(password=PASSWORD, email="agent@vlotlijn.example")
    browser = Client()
    _sign_in(browser)
    assert "Is it you, Agent?" in browser.get("/accounts/two-factor/totp/activate/", follow=True).content.decode()
    asked = {"password": "wrong", "next": "/accounts/two-factor/totp/activate/"}
    assert "That is not your password." in browser.post("/accounts/reauthenticate/", asked).content.decode()
    page = browser.post("/accounts/reauthenticate/", {**asked, "password": PASSWORD}, follow=True)
    assert "1. Scan this with an authenticator app." in page.content.decode()
    code = {"code": _code(page.context["form"].secret)}
    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post("/accounts/two-factor/totp/activate/", code, follow=True).content.decode()
    assert "10 of 10 are left." in done
    recovery = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    assert recovery in done
    assert recovery in browser.get("/accounts/two-factor/recovery-codes/download/").content.decode()
    assert "Make new recovery codes?" in browser.get("/accounts/two-factor/recovery-codes/generate/").content.decode()

    other = Client()
    assert "One more step." in _sign_in(other)
    assert (
        "That code is not right"
        in other.post("/accounts/two-factor/authenticate/", {"code": "000000"}, follow=True).content.decode()
    )
    assert "Queue" in other.post("/accounts/two-factor/authenticate/", {"code": recovery}, follow=True).content.decode()

    assert "Switch off two-factor sign-in?" in browser.get("/accounts/two-factor/totp/deactivate/").content.decode()
    assert "is off." in browser.post("/accounts/two-factor/totp/deactivate/", follow=True).content.decode()
    assert not Authenticator.objects.filter(user=user).exists()
    assert {(entry.verb, entry.actor, entry.detail["kind"]) for entry in AuditEntry.objects.all()} == {
        ("second_factor_added", user, "totp"),
        ("second_factor_added", user, "recovery_codes"),
        ("second_factor_removed", user, "totp"),
        ("second_factor_removed", user, "recovery_codes"),
    }


def test_who_changes_their_password_is_written_down_without_it() -> None:
    user, browser = colleague(password=PASSWORD), Client()
    _sign_in(browser)
    changed = {"oldpassword": PASSWORD, "password1": "een andere lange zin", "password2": "een andere lange zin"}
    browser.post("/accounts/password/change/", changed)
    user.refresh_from_db()
    assert user.check_password("een andere lange zin")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.detail) == ("own_password_changed", user, {})


def test_who_left_does_not_come_in() -> None:
    colleague(password=PASSWORD, is_active=False)
    page = _sign_in(Client())
    assert "This account is closed." in page or "do not belong together" in page


@pytest.mark.parametrize(
    "address",
    [
        "login/",
        "logout/",
        "inactive/",
        "reauthenticate/",
        "password/change/",
        "two-factor/",
        "sessions/",
        "two-factor/totp/activate/",
    ],
)
def test_every_page_of_the_door_speaks_dutch_in_the_design(address: str) -> None:
    browser = Client()
    if address not in ("login/", "inactive/"):
        colleague(password=PASSWORD, language="nl")
        _sign_in(browser)
    browser.post("/language/", {"language": "nl", "next": "/"})
    page = browser.get(f"/accounts/{address}", follow=True).content.decode()
    assert '<html lang="nl"' in page
    assert "desk/tokens.css" in page


@pytest.mark.parametrize("address", ["signup/", "password/reset/", "email/", "social/", "confirm-email/"])
def test_doors_that_a_closed_company_does_not_have_are_not_there(address: str) -> None:
    assert Client().get(f"/accounts/{address}").status_code == 404


def test_everybody_sees_where_they_are_signed_in_and_ends_the_others() -> None:
    colleague(password=PASSWORD)
    first, second = Client(), Client()
    _sign_in(first)
    _sign_in(second)
    second.get("/queue/")
    assert second.get("/accounts/sessions/").content.decode().count("<tr>") >= 2
    second.post("/accounts/sessions/")
    assert first.get("/queue/").status_code == 302
    assert second.get("/queue/").status_code == 200
