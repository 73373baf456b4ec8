"""The screens of the crisis plan and of what it does: versions, checklist, roles, what is held, what agents read."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.crises import crises, crisis_plans, crisis_team
from desk.actions.replies.reply import submit
from desk.crises.models import Crisis, CrisisPlanVersion
from desk.people.models import User
from desk.people.permissions import Role
from desk.replies.models import Reply
from tests.actions.builders import an_inbox, the_ticket
from tests.actions.waiting import WORDS, a_question, customer_writes_on
from tests.web.browsing import PART
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
BASE = "/administration/crisis-plan/"


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role=Role.COMMS, first_name="Noor")


def browser_of(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def text_of(browser: Client, address: str, **more: Any) -> str:
    answer = browser.get(address, **more)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# ── the plan ─────────────────────────────────────────────────────────────────
def test_a_version_stands_there_in_plain_words_in_both_languages() -> None:
    page = text_of(signed_in(Role.SUPERVISOR), BASE + "1/")
    assert "Public replies: a colleague approves them first." in page
    assert "Public replies are held until whoever leads the crisis lets them go." in page
    assert "All replies leave." in page
    assert "Appoint a crisis lead · within 10 minutes · Lead of the desk" in page
    assert "New draft from this" not in page
    comms = colleague(Role.COMMS)
    User.objects.filter(pk=comms.pk).update(language="nl")
    assert "Wijs een crisisleider aan" in text_of(browser_of(comms), BASE + "1/")
    assert signed_in(Role.AGENT).get(BASE + "1/").status_code == 403


def test_written_as_text_refused_at_its_path_kept_and_switched_on_by_another(noor: User) -> None:
    writer = browser_of(noor)
    assert writer.post(BASE + "new/").status_code == 302
    draft = CrisisPlanVersion.objects.get(number=2)
    address = f"{BASE}2/document/"
    assert "pause_scheduled: true" in text_of(writer, address)
    seen = draft.changed_at.isoformat()
    wrong = writer.post(address, {"document": "levels: {3: {gates: [{gate: shut}]}}", "seen": seen})
    assert wrong.status_code == 400
    assert "levels.3.gates[0].gate: Choose one of: free, approve, hold, block, not shut." in wrong.content.decode()
    broken = writer.post(address, {"document": "levels: [", "seen": seen})
    assert "neither YAML nor JSON" in broken.content.decode()
    inbox = an_inbox()
    words = f"levels: {{3: {{gates: [{{gate: block, network: x, inbox: {inbox.pk}}}]}}}}"
    assert writer.post(address, {"document": words, "summary": "Dicht", "seen": seen}).status_code == 302
    late = writer.post(address, {"document": words, "seen": seen})
    assert (late.status_code, "changed this draft meanwhile" in late.content.decode()) == (409, True)
    assert "All replies and own posts on X of inbox @vlotlijn can&#x27;t be sent." in text_of(writer, BASE + "2/")
    assert writer.post(BASE + "2/hand-in/").status_code == 302
    assert "You wrote it, so a colleague switches it on." in text_of(writer, BASE + "2/")
    reader = signed_in(Role.ADMINISTRATOR)
    assert reader.post(BASE + "2/give-back/", {"reason": "Waarom dicht?"}).status_code == 302
    assert "Waarom dicht?" in text_of(writer, BASE + "2/")
    writer.post(BASE + "2/hand-in/")
    said = reader.post(BASE + "2/switch-on/", follow=True).content.decode()
    assert "Version 2 is active. The next crisis goes by it." in said
    assert "Dicht" in text_of(reader, BASE)
    assert reader.post(BASE + "1/roll-back/", follow=True).status_code == 200
    assert CrisisPlanVersion.objects.get(state="active").number == 3
    exported = reader.get(BASE + "2/crisis-plan.yaml")
    assert "gate: block" in exported.content.decode()
    assert reader.post(BASE + "2/explode/").status_code == 404
    assert reader.get(address).status_code == 404  # no draft any more


def test_the_list_costs_the_same_for_many_versions_and_comes_in_pages(noor: User) -> None:
    browser = browser_of(noor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            text_of(browser, BASE)
        return sum("django_session" not in query["sql"] for query in made)

    crisis_plans.discard(noor, crisis_plans.write_draft(noor).number)
    text_of(browser, BASE)
    few = queries()
    for _number in range(26):
        crisis_plans.discard(noor, crisis_plans.write_draft(noor).number)
    assert queries() == few
    assert "Next page" in text_of(browser, BASE)


# ── a crisis under it ────────────────────────────────────────────────────────
def test_roles_are_handed_out_and_tasks_ticked_with_who_and_when(noor: User) -> None:
    mila, browser = colleague(Role.SUPERVISOR), browser_of(noor)
    crisis = crises.start(noor, reason="De trein staat stil", level=2)
    base = f"/crises/{crisis.pk}/"
    roles = {"roles-desk": str(mila.pk), "roles-lead": str(noor.pk), "roles-spokesperson": ""}
    assert browser.post(base + "roles/?version=1", roles).status_code == 302
    page = text_of(browser, base)
    assert "Crisis plan 1" in page
    assert "Roles: Lead of the desk: " in page
    assert browser.post(base + "checklist/facts/", {"done": "1"}).status_code == 302
    assert "Done: Write down what is certain" in text_of(browser, base)
    other = browser_of(mila)
    assert "Done: Appoint a crisis lead" in text_of(other, base)
    assert "Done: The first statement is out" not in text_of(other, base)
    other.post(base + "checklist/lead/", {"done": "1"})
    said = other.post(base + "checklist/statement/", {"done": "1"}, follow=True).content.decode()
    assert "Your role does not allow this" in said
    crisis_team.tick(noor, crisis.pk, "lead", done=False)
    assert "Not done after all: Appoint a crisis lead" in text_of(browser, base)


def test_what_was_not_due_yet_when_a_crisis_ended_is_never_overdue(noor: User) -> None:
    browser, began = browser_of(noor), timezone.now() - timedelta(days=1)
    crisis = crises.start(noor, reason="De trein staat stil", level=2, now=began)
    assert "Overdue" in text_of(browser, f"/crises/{crisis.pk}/")
    crises.stand_down(noor, crisis.pk, reason="Hij rijdt", now=began + timedelta(seconds=1))
    assert "Overdue" not in text_of(browser, f"/crises/{crisis.pk}/")


def test_what_is_held_is_decided_with_what_the_customer_said_since_beside_it(noor: User) -> None:
    a_question()
    agent = colleague(Role.AGENT)
    crisis = crises.start(noor, reason="De trein staat stil", level=3)
    first = submit(agent, the_ticket().pk, text=WORDS, visibility="public", idempotency_key="1")
    second = submit(agent, the_ticket().pk, text="<b>Nog</b> iets.", visibility="public", idempotency_key="2")
    customer_writes_on()
    browser, leads = browser_of(agent), browser_of(noor)
    assert "2 replies are held" in text_of(leads, f"/crises/{crisis.pk}/")
    page = text_of(browser, f"/crises/{crisis.pk}/held/")
    assert "Laat maar" in page
    assert "&lt;b&gt;Nog" in page
    assert "While the crisis lasts, whoever leads it lets it go." in page
    address = f"/crises/{crisis.pk}/held/{first.pk}/"
    assert "does not allow this" in browser.post(address + "release/", follow=True).content.decode()
    assert leads.post(address + "release/").status_code == 302
    crises.stand_down(noor, crisis.pk, reason="Hij rijdt")
    assert browser.post(f"/crises/{crisis.pk}/held/{second.pk}/drop/").status_code == 302
    assert list(Reply.objects.order_by("id").values_list("state", flat=True)) == ["queued", "cancelled"]
    assert "Nothing is held." in text_of(browser, f"/crises/{crisis.pk}/held/")
    assert leads.post(address + "explode/").status_code == 404


def test_the_held_list_costs_the_same_for_many(noor: User) -> None:
    a_question()
    crisis = crises.start(noor, reason="De trein staat stil", level=3)
    browser = browser_of(noor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            text_of(browser, f"/crises/{crisis.pk}/held/")
        return sum("django_session" not in query["sql"] for query in made)

    for number in range(2):
        submit(noor, the_ticket().pk, text=WORDS, visibility="public", idempotency_key=str(number), send_anyway=True)
    text_of(browser, f"/crises/{crisis.pk}/held/")
    few = queries()
    for number in range(2, 30):
        submit(noor, the_ticket().pk, text=WORDS, visibility="public", idempotency_key=str(number), send_anyway=True)
    assert queries() == few
    assert "Next page" in text_of(browser, f"/crises/{crisis.pk}/held/")


def test_agents_read_their_instructions_at_the_ticket_and_what_the_gate_does_in_the_composer(noor: User) -> None:
    a_question()
    agent = colleague(Role.AGENT)
    browser, address = browser_of(agent), f"/tickets/{the_ticket().pk}/"
    assert "data-instructions" not in text_of(browser, address, headers=PART)
    crisis = crises.start(noor, reason="De trein staat stil", level=2)
    page = text_of(browser, address, headers=PART)
    assert "Promise nothing and name no cause." in page
    assert "a colleague approves what you send here first" in page
    crises.set_level(noor, crisis.pk, 3, reason="Erger")
    page = text_of(browser, address, headers=PART)
    assert "holds what you send here until whoever leads it lets it go" in page
    submit(agent, the_ticket().pk, text=WORDS, visibility="public", idempotency_key="1")
    assert "Held by the crisis “De trein staat stil”." in text_of(browser, address, headers=PART)
    crises.change_scope(noor, crisis.pk, {"networks": ["facebook_page"]}, reason="Alleen daar")
    assert "data-instructions" not in text_of(browser, address, headers=PART)


def test_a_gate_that_blocks_closes_the_composer_and_says_why(noor: User) -> None:
    a_question()
    version = crisis_plans.write_draft(noor, document={"levels": {"1": {"gates": [{"gate": "block"}]}}})
    crisis_plans.hand_in(noor, version.number)
    crisis_plans.switch_on(colleague(Role.ADMINISTRATOR), version.number)
    crises.start(noor, reason="De trein staat stil", level=1, now=timezone.now())
    page = text_of(signed_in(Role.AGENT), f"/tickets/{the_ticket().pk}/", headers=PART)
    assert "The crisis “De trein staat stil” stops every reply here." in page
    assert Crisis.objects.get().plan == version
