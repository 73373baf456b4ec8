"""A rulebook document brings canned responses along, and the active version is exported with those on offer."""

from typing import Any

import pytest
from django.utils import timezone

from desk.actions.replies import canned
from desk.actions.rulebooks import rulebooks
from desk.actions.rulebooks.rulebook_templates import TemplateRefused, exported
from desk.common.errors import Invalid
from desk.people.models import AuditEntry, Team, User
from desk.replies.models import CannedResponse
from desk.rulebooks import text as as_text
from desk.rulebooks.active import in_force
from desk.rulebooks.models import RulebookVersion
from policies.rulebook_templates import KINDS, STAGES
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.canned import a_canned, says

pytestmark = pytest.mark.django_db
SORRY: dict[str, Any] = {"sorry": {"name": "Excuses", "text": {"nl": "Wat vervelend, {{customer}}!"}}}
FULL = """
templates:
  storing:
    name: Storing
    kind: holding_statement
    scenario: storing
    stage: identified
    text: {nl: "Op {{dag}} rijden we weer.", en: "We run again on {{dag}}."}
    text_on: {x: {nl: "{{dag}} weer treinen."}}
    fallback: en
    variables: [{name: dag, type: date, required: true}]
    actions: [{do: team, value: Webcare}, {do: tag, value: storing}]
    when: {team: Webcare, network: x, visibility: public}
    inboxes: ["@vlotlijn"]
    expires_on: 2036-12-31
    review_on: 2036-11-30
"""


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role="supervisor", signature="MS")


@pytest.fixture
def cato() -> User:
    return User.objects.create_user("cato", role="comms", signature="CD")


@pytest.fixture(autouse=True)
def an_account(db: None) -> None:
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())


def handed_in(author: User, templates: dict[str, Any], **more: Any) -> RulebookVersion:
    return rulebooks.hand_in(
        author, rulebooks.write_draft(author, document={"templates": templates, **more}).number
    )  # fmt: skip


def on_offer() -> dict[str, str]:
    rows = CannedResponse.objects.filter(state="active")
    return {one.shortcut: one.texts[0]["text"] for one in rows}


def test_a_new_one_is_put_on_offer_with_the_version_and_not_before(mila: User, cato: User) -> None:
    version = handed_in(mila, SORRY)
    (brought,) = rulebooks.would_happen(mila, version).brought
    assert (brought.template.key, brought.known, brought.objections, on_offer()) == ("sorry", None, (), {})
    rulebooks.switch_on(cato, version.number)
    made = CannedResponse.objects.get()
    assert (made.name, made.owner, on_offer()) == ("Excuses", mila, {"sorry": "Wat vervelend, {{customer}}!"})
    assert made.words_by == mila, "who wrote them, not who switched the version on"
    done = AuditEntry.objects.filter(verb__startswith="canned_").order_by("id")
    assert [(one.verb, one.actor) for one in done] == [("canned_created", cato), ("canned_activated", cato)]


def test_one_of_the_same_shortcut_gets_the_words_of_the_version(mila: User, cato: User) -> None:
    there = a_canned("Sorry", "Oude woorden", shortcut="sorry", times_used=7)
    version = handed_in(mila, SORRY)
    (brought,) = rulebooks.would_happen(mila, version).brought
    assert brought.known == there
    rulebooks.switch_on(cato, version.number)
    there.refresh_from_db()
    assert (there.name, there.times_used, on_offer()) == ("Excuses", 7, {"sorry": "Wat vervelend, {{customer}}!"})


def test_one_that_breaks_its_own_rulebook_keeps_the_version_from_being_switched_on(mila: User, cato: User) -> None:
    banned = {"phrases.banned": {"phrases": ["vervelend"], "severity": "block"}}
    version = handed_in(mila, SORRY, rules=banned)
    (brought,) = rulebooks.would_happen(mila, version).brought
    assert [one.code for one in brought.objections] == ["phrases.banned"]
    with pytest.raises(TemplateRefused, match="sorry") as refused:
        rulebooks.switch_on(cato, version.number)
    assert list(refused.value.errors) == ["templates.sorry.texts.0.text"]
    assert (in_force().number, CannedResponse.objects.count()) == (1, 0)


def test_what_names_a_team_an_inbox_or_a_network_that_is_not_there_is_refused_with_its_path(mila: User) -> None:
    lost = {"text": {"nl": "a"}, "when": {"team": "Nacht", "network": "friendster"}, "inboxes": ["Elders"]}
    with pytest.raises(Invalid) as refused:
        rulebooks.write_draft(mila, document={"templates": {"a": lost}})
    assert len(refused.value.errors["templates.a"]) == 3


def test_they_are_brought_once_and_what_colleagues_change_afterwards_stays(mila: User, cato: User) -> None:
    first = rulebooks.switch_on(cato, handed_in(mila, SORRY).number)
    canned.change_canned(mila, CannedResponse.objects.get().pk, texts=says(nl="Betere woorden"))
    later = rulebooks.write_draft(mila)
    assert (first.document["templates"].keys(), later.document["templates"]) == ({"sorry"}, {})
    rulebooks.switch_on(cato, rulebooks.hand_in(mila, later.number).number)
    rulebooks.roll_back(cato, first.number)
    assert on_offer() == {"sorry": "Betere woorden"}


def test_the_active_version_is_exported_with_what_is_on_offer_and_comes_back_the_same(mila: User, cato: User) -> None:
    Team.objects.create(name="Webcare")
    version = handed_in(mila, as_text.read(FULL)["templates"])
    rulebooks.switch_on(cato, version.number)
    a_canned("Concept", state="draft")
    active = RulebookVersion.objects.get(state="active")
    whole = exported(active)
    assert whole["templates"] == active.document["templates"]
    again = rulebooks.write_draft(mila, document=as_text.read(as_text.written(whole, "yaml")))
    assert rulebooks.would_happen(mila, again).brought == ()
    changes = AuditEntry.objects.filter(verb="canned_changed").count()
    rulebooks.switch_on(cato, rulebooks.hand_in(mila, again.number).number)
    assert AuditEntry.objects.filter(verb="canned_changed").count() == changes, "nothing that is the same is touched"
    assert exported(version)["templates"] == version.document["templates"], "of an older one what it brought"


def test_a_template_takes_the_place_of_one_that_would_break_the_rulebook(mila: User, cato: User) -> None:
    a_canned("Gratis", "Je reist gratis terug", shortcut="sorry")
    banned = {"phrases.banned": {"phrases": ["gratis"], "severity": "block"}}
    version = handed_in(mila, SORRY, rules=banned)
    assert rulebooks.would_happen(mila, version).suspended == ()
    rulebooks.switch_on(cato, version.number)
    assert on_offer() == {"sorry": "Wat vervelend, {{customer}}!"}


def test_both_know_the_same_kinds_and_stages() -> None:
    assert tuple(CannedResponse.Kind.values) == KINDS
    assert tuple(CannedResponse.Stage.values) == STAGES
