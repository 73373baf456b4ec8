"""Automation and macros on the screen."""

from typing import Any

import pytest
from django.utils import timezone

from desk.actions.automation import automations, firing, macros, trials
from desk.automation.models import AutomationVersion, Firing, Macro
from desk.people.models import User
from desk.people.permissions import Role
from desk.tickets.models import Ticket
from tests.actions.automated import a_rule, automated, looked, tag
from tests.actions.builders import an_inbox
from tests.web.browsing import Browser, asked_by
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db
BASE = "/administration/automation/"
RULE: dict[str, Any] = {
    "name": "Fietsen", "event": "opened", "minutes": "", "topics": "fiets", "languages": "nl, en", "tags": "",
    "networks": ["x"], "ratings": ["1", "2"], "private": "no", "assigned": "", "open": "", "followers": "",
    "crisis_level": "", "enabled": "on", "steps.0.do": "tag", "steps.0.value": "fiets", "steps.1.do": "priority",
    "steps.1.which": "priority:2", "steps.2.do": "note", "steps.2.text": "Let op",
}  # fmt: skip


@pytest.fixture
def mila() -> Browser:
    return Browser(User.objects.create_user("mila", role=Role.SUPERVISOR, first_name="Mila"))


@pytest.fixture
def agent() -> Browser:
    return Browser(User.objects.create_user("sanne", role=Role.AGENT, first_name="Sanne"))


def a_draft(browser: Browser) -> int:
    return automations.write_draft(browser.person).number


def test_a_rule_is_written_in_a_form_read_in_words_and_switched_on_by_a_colleague(mila: Browser) -> None:
    number = a_draft(mila)
    kept = mila.send(f"{BASE}{number}/rules/new/", **RULE)
    assert kept.headers["HX-Redirect"] == f"{BASE}{number}/"
    rule = AutomationVersion.objects.get(number=number).document["rules"][0]
    assert rule == {
        "key": "fietsen", "name": "Fietsen", "event": "opened", "stop": False, "enabled": True,
        "when": {
            "networks": ["x"], "languages": ["en", "nl"], "private": False, "ratings": [1, 2], "topics": ["fiets"],
        },
        "steps": [
            {"do": "tag", "value": "fiets"}, {"do": "priority", "value": "2"}, {"do": "note", "text": "Let op"},
        ],
    }  # fmt: skip
    page = mila.page(f"{BASE}{number}/")
    for words in ("A ticket begins", "Words: fiets", "Stars: 1, 2", "Private: no", "set the priority: High"):
        assert words in page
    again = mila.page(f"{BASE}{number}/rules/fietsen/")
    assert 'value="fiets"' in again
    assert '<option value="priority:2" selected>' in again
    mila.client.post(f"{BASE}{number}/hand-in/")
    assert "a colleague switches it on" in mila.page(f"{BASE}{number}/")
    signed_in(Role.ADMINISTRATOR).post(f"{BASE}{number}/switch-on/")
    assert AutomationVersion.objects.get(number=number).state == "active"


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(mila: Browser) -> None:
    number = a_draft(mila)
    address = f"{BASE}{number}/rules/new/"
    wrong = {**RULE, "event": "waiting", "steps.1.which": "", "followers": "veel"}
    refused = mila.send(address, **wrong)
    assert refused.status_code == 400
    said = refused.content.decode()
    for place in ("problem-minutes", "problem-steps.1.which", "problem-followers"):
        assert place in said
    lines = mila.send(address, **RULE, do="steps:add").content.decode()
    assert "Step 4" in lines
    assert 'value="Fietsen"' in lines
    assert AutomationVersion.objects.get(number=number).document == {"rules": []}


def test_rules_are_put_in_another_order_and_taken_out(mila: Browser) -> None:
    number = automations.write_draft(
        mila.person, document={"rules": [a_rule("een", "opened", tag("a")), a_rule("twee", "opened", tag("b"))]}
    ).number

    def keys() -> list[str]:
        return [rule["key"] for rule in AutomationVersion.objects.get(number=number).document["rules"]]

    mila.client.post(f"{BASE}{number}/rules/twee/arrange/", {"do": "up"})
    assert keys() == ["twee", "een"]
    mila.client.post(f"{BASE}{number}/rules/twee/arrange/", {"do": "remove"})
    assert keys() == ["een"]


def test_all_of_it_is_a_text_too(mila: Browser) -> None:
    number = a_draft(mila)
    address = f"{BASE}{number}/document/"
    refused = mila.client.post(address, {"document": "rules: [{key: a}]"})
    assert (refused.status_code, "rules[0]: “name” is missing" in refused.content.decode()) == (400, True)
    text = "rules: [{key: a, name: A, event: tag, steps: [{do: tag, value: x}]}]"
    assert mila.client.post(address, {"document": text}).status_code == 302
    assert b"key: a" in mila.client.get(f"{BASE}{number}/automation.yaml").content


def test_a_try_on_the_past_counts_and_does_nothing(mila: Browser) -> None:
    ticket = asked_by(an_inbox(), "marit", "Mag mijn fiets mee?", minutes_ago=300)
    rules = [
        a_rule("fiets", "opened", tag("fiets"), when={"topics": ["fiets"]}),
        a_rule("bus", "opened", tag("bus"), when={"topics": ["bus"]}),
        a_rule("laat", "waiting", tag("laat"), minutes=240),
        a_rule("stil", "untouched", tag("stil"), minutes=240),
    ]
    number = automations.write_draft(mila.person, document={"rules": rules}).number
    begun = mila.client.post(f"{BASE}{number}/trial/", {"days": "7"})
    assert 'hx-trigger="every 1s"' in mila.page(begun["Location"])
    looked(count=1)
    page = mila.page(begun["Location"])
    assert "hx-trigger" not in page.partition('id="trial"')[2].partition(">")[0]
    assert page.count(f'href="/tickets/{ticket.pk}/"') == 3
    assert "Set off 1 times; its conditions held 0 times, on 0 tickets." in page
    assert "<b>3</b> firings on <b>1</b> ticket," in page
    assert ticket.tags.count() == 0
    assert not Firing.objects.exists()


def test_the_log_says_what_fired_why_and_what_became_of_it(mila: Browser) -> None:
    firing.run(timezone.now())
    automated(a_rule("dicht", "opened", tag("fiets"), {"do": "resolve"}, when={"topics": ["fiets"]}))
    ticket = asked_by(an_inbox(), "marit", "Mag mijn fiets mee?")
    firing.run(timezone.now())
    page = mila.page(f"{BASE}log/")
    for words in (
        "Dicht",
        "version 2",
        "Words: fiets",
        "add a tag: fiets · done",
        "resolve · not done: The customer waits",
    ):
        assert words in page
    assert "No rule has fired." in mila.page(f"{BASE}log/?rule=anders")
    assert f"#{ticket.pk}" in mila.page(f"{BASE}log/?ticket={ticket.pk}")
    timeline = mila.part(f"/tickets/{ticket.pk}/timeline/")
    assert "Automation: Dicht" in timeline


def test_the_log_costs_the_same_for_one_line_as_for_many(mila: Browser, django_assert_max_num_queries: Any) -> None:
    firing.run(timezone.now())
    automated(a_rule("fiets", "opened", tag("fiets")))
    inbox = an_inbox()
    for number in range(12):
        asked_by(inbox, f"klant{number}", "Mag mijn fiets mee?")
    firing.run(timezone.now())
    with django_assert_max_num_queries(18):
        assert mila.page(f"{BASE}log/").count("add a tag: fiets · done") == 12


def test_who_may_not_write_rules_sees_none_of_it(mila: Browser, agent: Browser) -> None:
    trial = trials.ask(mila.person, 1, 7).pk
    for address in ("", "1/", "log/", f"trials/{trial}/", "1/automation.json"):
        assert agent.client.get(BASE + address).status_code == 403
    assert agent.client.post(f"{BASE}1/trial/").status_code == 403


def test_a_try_that_is_refused_says_so_on_the_page_of_its_version(mila: Browser) -> None:
    refused = mila.client.post(f"{BASE}1/trial/", {"days": "31"}, follow=True)
    assert "Choose 1 to 30 days." in refused.content.decode()
    assert mila.client.post(f"{BASE}99/trial/").status_code == 404
    assert mila.client.get(f"{BASE}trials/99/").status_code == 404


# ── macros ───────────────────────────────────────────────────────────────────
def test_a_macro_is_made_offered_on_a_ticket_with_what_it_will_do_and_used(agent: Browser) -> None:
    form = {
        "name": "Fiets",
        "steps.0.do": "tag",
        "steps.0.value": "fiets",
        "steps.1.do": "assignee",
        "steps.1.which": "me",
    }
    assert agent.send("/macros/new/", **form).headers["HX-Redirect"] == "/macros/"
    assert "add a tag: fiets" in agent.page("/macros/")
    assert "For everybody" not in agent.page("/macros/new/")
    ticket, macro = asked_by(an_inbox(), "marit", "Mag mijn fiets mee?"), Macro.objects.get()
    assert 'data-key="m"' in agent.page(f"/tickets/{ticket.pk}/")
    dialog = agent.part(f"/dialogs/macro/?ids={ticket.pk}")
    assert "will add a tag: fiets · give it to somebody: me" in " ".join(dialog.split())
    assert agent.send(f"/tickets/{ticket.pk}/macro/", macro=macro.pk).status_code == 200
    ticket.refresh_from_db()
    assert ticket.assignee == agent.person
    assert agent.send(f"/tickets/{ticket.pk}/macro/", macro="").status_code == 400


def test_the_command_bar_offers_macros(agent: Browser) -> None:
    found = agent.part("/command/?q=macro")
    assert 'data-press="m"' in found
    assert 'data-url="/macros/"' in found


def test_a_macro_is_used_on_all_that_are_picked(agent: Browser) -> None:
    macro = macros.create_macro(agent.person, name="Fiets", steps=[tag("fiets")])
    inbox = an_inbox()
    ids = [asked_by(inbox, f"k{number}", "Mag mijn fiets mee?").pk for number in range(3)]
    assert "3 tickets" in agent.part(f"/dialogs/macro/?ids={ids[0]}&ids={ids[1]}&ids={ids[2]}&bulk=1")
    assert agent.send("/queue/bulk/", ids=ids, verb="macro", macro=macro.pk).status_code == 200
    assert Ticket.objects.filter(tags__name="fiets").count() == 3


def test_a_macro_is_changed_shared_and_deleted(mila: Browser, agent: Browser) -> None:
    macro = macros.create_macro(mila.person, name="Fiets", steps=[tag("fiets")])
    address = f"/macros/{macro.pk}/"
    assert 'value="fiets"' in mila.page(address)
    mila.send(address, **{"name": "Fietsen", "shared": "on", "steps.0.do": "tag", "steps.0.value": "rijwiel"})
    macro.refresh_from_db()
    assert (macro.name, macro.owner, macro.form) == ("Fietsen", None, [{"do": "tag", "value": "rijwiel"}])
    assert agent.send(address, **{"name": "X", "steps.0.do": "tag", "steps.0.value": "x"}).status_code == 403
    assert agent.client.post(f"{address}delete/").status_code == 403
    assert mila.client.post(f"{address}delete/").status_code == 302
    assert not Macro.objects.exists()
