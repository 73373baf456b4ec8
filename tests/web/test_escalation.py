"""A crisis's chain on the screens: on its page, in the war room, in a plan, and as a form of a draft."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from desk.actions.crises import crises, crisis_plans
from desk.actions.crises.escalation import run_due
from desk.crises.models import CallUp, Crisis, CrisisPlanVersion, Escalation
from desk.inboxes.models import Inbox
from desk.people.models import Rota, Team, User
from desk.people.permissions import Role
from tests.actions.builders import an_inbox
from tests.actions.chains import chain, put_in_force
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role=Role.COMMS, first_name="Noor")


@pytest.fixture
def an() -> User:
    return User.objects.create_user("an", role=Role.AGENT, first_name="An", mobile="+31612345678")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


def browser_of(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def text_of(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def crisis(noor: User, an: User, inbox: Inbox) -> Crisis:
    """An was told."""
    chain({"people": [an.pk], "wait_minutes": 10}, {"to": ["managers"]})
    started = crises.start(noor, reason="De trein staat stil", level=2)
    run_due(timezone.now())
    return started


class TestPages:
    def test_who_was_told_presses_the_button_and_everybody_sees_who_it_is(
        self, crisis: Crisis, an: User, noor: User
    ) -> None:
        page = text_of(browser_of(an), f"/crises/{crisis.pk}/")
        assert "Nobody has acknowledged yet. Next at" in page
        assert f'action="/crises/{crisis.pk}/acknowledge/"' in page
        browser_of(an).post(f"/crises/{crisis.pk}/acknowledge/")
        assert Escalation.objects.get().acknowledged_by == an
        page = text_of(browser_of(noor), f"/crises/{crisis.pk}/")
        assert "An sees to it since" in page
        assert "Acknowledged the call of the chain" in page
        assert "Step 1 of the chain told: An" in page
        assert f'action="/crises/{crisis.pk}/acknowledge/"' not in page

    def test_the_war_room_shows_it_with_receipts(self, crisis: Crisis, noor: User) -> None:
        page = text_of(browser_of(noor), f"/crises/{crisis.pk}/room/")
        assert 'id="room-chain"' in page
        assert "Nobody has acknowledged yet" in page
        assert "Level 2, step 1" in page
        assert "bell: sent" in page

    def test_who_was_not_told_and_may_not_is_refused_in_words(self, crisis: Crisis) -> None:
        other = User.objects.create_user("bo", role=Role.AGENT)
        assert "/acknowledge/" not in text_of(browser_of(other), f"/crises/{crisis.pk}/")
        answer = browser_of(other).post(f"/crises/{crisis.pk}/acknowledge/", follow=True)
        assert "Your role does not allow this" in answer.content.decode()
        assert Escalation.objects.get().acknowledged_at is None

    def test_the_notice_leads_to_the_crisis(self, crisis: Crisis, an: User) -> None:
        browser = browser_of(an)
        assert "Say that you see to it" in text_of(browser, "/notices/")
        answer = browser.get(f"/notices/{an.notifications.get().pk}/")
        assert answer.headers["Location"] == f"/crises/{crisis.pk}/"

    def test_who_is_called_up_answers_and_is_shown(self, noor: User, an: User, inbox: Inbox) -> None:
        put_in_force({})
        crisis = crises.start(noor, reason="De trein staat stil", level=2)
        CallUp.objects.create(crisis=crisis, user=an, asked_at=timezone.now())
        assert "An</bdi>: no answer yet" in text_of(browser_of(an), f"/crises/{crisis.pk}/")
        browser_of(an).post(f"/crises/{crisis.pk}/call-up/", {"comes": "1"})
        page = text_of(browser_of(noor), f"/crises/{crisis.pk}/")
        assert "An</bdi>: comes" in page
        assert "I come</button>" not in page  # nobody asked Noor

    def test_in_dutch(self, crisis: Crisis, an: User) -> None:
        User.objects.filter(pk=an.pk).update(language="nl")
        page = text_of(browser_of(an), f"/crises/{crisis.pk}/")
        assert "Nog niemand heeft bevestigd" in page


class TestPlan:
    def draft(self, noor: User) -> int:
        return crisis_plans.write_draft(noor).number

    def test_a_chain_stands_there_in_plain_words(self, noor: User, an: User) -> None:
        rota = Rota.objects.create(
            name="Nacht", timezone="UTC", first_day=timezone.localdate(), handover=0, members=[an.pk]
        )
        team = Team.objects.create(name="Rail")
        hours = {"from": "22:00", "until": "06:00", "timezone": "Europe/Amsterdam"}
        step = {
            "rotas": [rota.pk], "by": ["mail", "text"], "wait_minutes": 5, "repeat": 2,
            "only_if": {"hours": hours, "level": 2, "unacknowledged": False},
        }  # fmt: skip
        plan = put_in_force({"2": {"escalation": {"steps": [step]}, "call_up": [team.pk], "team": team.pk}})
        page = text_of(browser_of(noor), f"/administration/crisis-plan/{plan.number}/")
        assert "on call: Nacht · bell, e-mail, text message · waits 5 minutes · 2 times more" in page
        assert "only from 22:00 to 06:00, Europe/Amsterdam · also when somebody has acknowledged" in page
        assert "Called up when off duty: Rail." in page
        assert "Its tickets go to team Rail." in page
        assert "Comes back 60 minutes after an acknowledgement" in page

    def test_the_form_keeps_a_chain_and_leaves_the_rest_of_the_plan(self, noor: User, an: User) -> None:
        number, team = self.draft(noor), Team.objects.create(name="Rail")
        address, browser = f"/administration/crisis-plan/{number}/chain/3/", browser_of(noor)
        assert "Without steps nobody is called." in text_of(browser, address)
        form = {
            "repeat": "1", "return_minutes": "30", "call_up": [str(team.pk)], "team": str(team.pk),
            "steps.0.wait_minutes": "5", "steps.0.repeat": "2", "steps.0.to": ["managers"], "steps.0.roles": ["lead"],
            "steps.0.by": ["mail"], "steps.0.person": str(an.pk), "steps.0.level": "3", "steps.0.from": "22:00",
            "steps.0.until": "06:00", "steps.0.anyway": "on",
        }  # fmt: skip
        assert browser.post(address, form).status_code == 302
        said = CrisisPlanVersion.objects.get(number=number).plan().levels[3]
        (step,) = said.escalation.steps
        assert (step.people, step.roles, step.repeat, step.wait_minutes) == ((an.pk,), ("lead",), 2, 5)
        assert step.only_if.hours is not None
        assert (step.only_if.level, step.only_if.unacknowledged) == (3, False)
        assert (said.escalation.repeat, said.escalation.return_minutes) == (1, 30)
        assert (said.call_up, said.team) == ((team.pk,), team.pk)
        assert [task.key for task in said.checklist] == ["board", "posts", "next-update"]
        page = text_of(browser, address)
        assert 'value="22:00"' in page
        assert page.count("checked") >= 5

    def test_buttons_add_and_move_steps(self, noor: User, an: User) -> None:
        browser, address = browser_of(noor), f"/administration/crisis-plan/{self.draft(noor)}/chain/2/"
        page = browser.post(address, {"do": "steps:add"}).content.decode()
        assert 'name="steps.0.wait_minutes"' in page
        assert "Step 1" in page
        two = {"steps.0.wait_minutes": "1", "steps.1.wait_minutes": "2", "do": "steps:up:1"}
        page = browser.post(address, two).content.decode()
        assert page.index('value="2"') < page.index('value="1"')

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"steps.0.wait_minutes": "soon", "steps.0.to": ["owner"]}, "soon"),
            ({"steps.0.wait_minutes": "5"}, "This step tells nobody"),
            ({"steps.0.wait_minutes": "5", "steps.0.to": ["owner"], "steps.0.from": "25:00"}, "no time of the day"),
            ({"steps.0.wait_minutes": "5", "steps.0.people": ["999"]}, "There is no such colleague: 999"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, noor: User, typed: dict[str, Any], words: str) -> None:
        usual = {"repeat": "0", "return_minutes": "60", "team": "", "steps.0.repeat": "0", "steps.0.level": "0"}
        answer = browser_of(noor).post(f"/administration/crisis-plan/{self.draft(noor)}/chain/2/", usual | typed)
        assert answer.status_code == 400
        assert words in answer.content.decode()

    def test_only_a_draft_has_the_form_and_only_for_who_writes_plans(self, noor: User) -> None:
        assert browser_of(noor).get("/administration/crisis-plan/1/chain/2/").status_code == 404
        assert (
            signed_in(Role.SUPERVISOR).get(f"/administration/crisis-plan/{self.draft(noor)}/chain/2/").status_code
            == 403
        )

    def test_text_messages_are_offered_only_where_there_is_a_gateway(self, noor: User, settings: Any) -> None:
        address = f"/administration/crisis-plan/{self.draft(noor)}/chain/2/"
        one = {"do": "steps:add"}
        assert "text message" not in browser_of(noor).post(address, one).content.decode()
        settings.TEXT_GATEWAY_URL = "https://texts.example/"
        assert "text message" in browser_of(noor).post(address, one).content.decode()
