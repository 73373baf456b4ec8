"""Writing a draft: every part of its document by a form, problems beside their field, and nothing typed is lost."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from desk.actions.rulebooks import rulebooks
from desk.people.models import User
from desk.people.permissions import Role
from desk.rulebooks.models import RulebookVersion
from desk.web import rulebook_fields
from policies.registry import RULES
from policies.rulebook_form import parse
from tests.web.browsing import PART
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
DRAFT = "/administration/rulebook/2/"
HOSTS = f"{DRAFT}rules/links.not_allowed/"
FULL: dict[str, Any] = {
    "rules": {
        "links.not_allowed": {
            "hosts": ["vlotlijn.nl"],
            "overrides": [
                {"when": {"network": "x", "team": ["webcare", "avond"], "language": "nl"},
                 "severity": "warn", "hosts": []},
                {"when": {"brand": ["Bus, tram", "Trein"], "rating": [1, 2], "visibility": "private",
                          "crisis_level": 2}, "enabled": False},
            ],
        },
        "links.cost": {"enabled": False},
    },
    "examples": [{"text": "Kijk op https://elders.nl", "network": "x", "signature": "", "roles": ["trainee"],
                  "complaint": True, "rating": 1, "crisis_level": 0, "findings": ["links.not_allowed"]}],
}  # fmt: skip


@pytest.fixture
def mila() -> Client:
    return signed_in(Role.SUPERVISOR)


@pytest.fixture
def draft() -> RulebookVersion:
    return rulebooks.write_draft(colleague(Role.SUPERVISOR), document=FULL)


def now() -> RulebookVersion:
    return RulebookVersion.objects.get(number=2)


def sent(**values: Any) -> dict[str, Any]:
    return {"seen": now().changed_at.isoformat(), **values}


def rule(code: str) -> Any:
    return now().document["rules"][code]


def test_every_rule_comes_back_from_its_form_as_it_was() -> None:
    document = parse(FULL).document
    for one in RULES:
        typed = rulebook_fields.typed_rule(document["rules"][one.code], one)
        again = rulebook_fields.rule_of(QueryDict(typed.urlencode()), one)
        assert parse({"rules": {one.code: again}}).document["rules"][one.code] == document["rules"][one.code]
    (example,) = document["examples"]
    again = rulebook_fields.example_of(QueryDict(rulebook_fields.typed_example(example).urlencode()))
    assert parse({"examples": [again]}).document["examples"] == [example]


def test_each_rule_has_a_page_with_its_options_in_the_readers_language(mila: Client, draft: RulebookVersion) -> None:
    for one in RULES:
        page = mila.get(f"{DRAFT}rules/{one.code}/").content.decode()
        for option in one.options:
            assert f'name="{option.name}"' in page
    User.objects.filter(username=Role.SUPERVISOR).update(language="nl")
    assert "De enige domeinen waar links heen mogen" in mila.get(HOSTS).content.decode()
    assert mila.get(f"{DRAFT}rules/no.rule/").status_code == 404
    assert mila.get("/administration/rulebook/1/rules/links.cost/").status_code == 404, "only a draft is changed"


def test_a_rule_is_changed_and_an_exception_added_and_removed(mila: Client, draft: RulebookVersion) -> None:
    form = sent(enabled="on", severity="approve", hosts="vlotlijn.nl\n ns.nl \n")
    more = mila.post(HOSTS, {**form, "do": "overrides:add"}).content.decode()
    assert 'name="overrides.0.when_network"' in more
    assert "ns.nl" in more
    form |= {"overrides.0.when_network": ["x"], "overrides.0.when_language": "nl, en", "overrides.0.enabled": "off"}
    assert mila.post(HOSTS, form).headers["Location"] == f"{DRAFT}#links.not_allowed"
    assert rule("links.not_allowed") == {
        "enabled": True, "severity": "approve", "hosts": ["vlotlijn.nl", "ns.nl"],
        "overrides": [{"when": {"network": "x", "language": ["nl", "en"]}, "enabled": False}],
    }  # fmt: skip
    assert rule("links.cost")["enabled"] is False, "other rules stay"
    less = mila.post(HOSTS, {**sent(**form), "do": "overrides:remove:0"}).content.decode()
    assert "overrides.0" not in less


def test_a_problem_stands_beside_its_field_and_everything_typed_is_there(mila: Client, draft: RulebookVersion) -> None:
    form = sent(enabled="on", severity="block", hosts="vlotlijn.nl\nhttps://x y", **{"overrides.0.enabled": "off"})
    answer = mila.post(HOSTS, form)
    page = answer.content.decode()
    assert answer.status_code == 400
    problem = page[page.index('id="problem-hosts"') :]
    assert "Line 2: “https://x y” is no domain" in problem[: problem.index("</p>")]
    assert "https://x y</textarea>" in page
    where = page[page.index('id="problem-overrides.0.when_network"') :]
    assert "Say where this holds" in where[: where.index("</p>")]
    assert rule("links.not_allowed")["hosts"] == ["vlotlijn.nl"]


def test_who_began_from_older_words_sees_what_differs_and_keeps_theirs_once_more(
    mila: Client, draft: RulebookVersion
) -> None:
    form = sent(enabled="on", severity="block", hosts="mijn.nl")
    theirs = {**FULL, "rules": {"links.not_allowed": {"hosts": ["hun.nl"]}, "links.cost": {"severity": "block"}}}
    rulebooks.change_draft(colleague(Role.COMMS), 2, document=theirs)
    answer = mila.post(HOSTS, form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "mijn.nl</textarea>" in page
    assert "hun.nl</bdi>" in page, "what the draft says now"
    assert "mijn.nl</bdi>" in page, "and what is typed"
    assert rule("links.not_allowed")["hosts"] == ["hun.nl"]
    mila.post(HOSTS, sent(**{**form, "seen": now().changed_at.isoformat()}))
    assert (rule("links.not_allowed")["hosts"], rule("links.cost")["severity"]) == (["mijn.nl"], "block")


def test_a_form_without_the_time_that_it_began_from_changes_nothing(mila: Client, draft: RulebookVersion) -> None:
    answer = mila.post(HOSTS, {"seen": "yesterday", "enabled": "on", "severity": "block", "hosts": "hun.nl"})
    assert answer.status_code == 400
    assert rule("links.not_allowed")["hosts"] == ["vlotlijn.nl"]


def test_what_the_database_cant_keep_is_refused_beside_its_field(mila: Client, draft: RulebookVersion) -> None:
    page = mila.post(f"{DRAFT}examples/new/", sent(text="Hoi\x00", findings=[])).content.decode()
    assert "can&#x27;t be kept" in page[page.index('id="problem-text"') :]
    answer = mila.post(f"{DRAFT}rules/phrases.banned/", sent(enabled="on", severity="block", phrases="a\x00b"))
    assert answer.status_code == 400
    assert len(now().document["examples"]) == 1


def test_signature_approval_and_summary(mila: Client, draft: RulebookVersion) -> None:
    form = {"summary": "Anders", "signature.format": "~{initials}", "approval.due_minutes": "20"}
    refused = mila.post(f"{DRAFT}frame/", sent(**form, **{"approval.deputy_after_minutes": "tien"}))
    page = refused.content.decode()
    assert "Give a whole number" in page[page.index('id="problem-approval.deputy_after_minutes"') :]
    mila.post(f"{DRAFT}frame/", sent(**form, **{"approval.deputy_after_minutes": "10"}))
    assert now().summary == "Anders"
    assert now().document["signature"] == {"format": "~{initials}"}
    assert now().document["approval"] == {"due_minutes": 20, "deputy_after_minutes": 10}


def test_an_example_is_kept_from_the_box_changed_and_removed(mila: Client, draft: RulebookVersion) -> None:
    text = "Kijk op https://bit.ly/abc"
    page = mila.post(f"{DRAFT}examples/new/", {"try_text": text, "try_network": "facebook_page"}).content.decode()
    assert f"{text}</textarea>" in page
    assert 'value="links.shortener" checked' in page
    mila.post(f"{DRAFT}examples/new/", sent(text=text, findings=["links.shortener"], network="x"))
    assert now().document["examples"][1] == {"text": text, "network": "x", "findings": ["links.shortener"]}
    mila.post(f"{DRAFT}examples/1/", sent(text="Dank je", findings=[]))
    assert now().document["examples"][1] == {"text": "Dank je", "findings": []}
    mila.post(f"{DRAFT}examples/0/", sent(remove="1"))
    assert [one["text"] for one in now().document["examples"]] == ["Dank je"]
    assert mila.get(f"{DRAFT}examples/7/").status_code == 404


def test_the_document_is_written_as_text(mila: Client, draft: RulebookVersion) -> None:
    address = f"{DRAFT}document/"
    assert "links.not_allowed:" in mila.get(address).content.decode()
    for wrong, said in (
        ("rules: [", "be read from line 1, character 9"),
        ("rules: {links.cost: {enabled: ja}}", "rules.links.cost.enabled: Give true or false"),
        ("- a", "Give an object"),
    ):
        answer = mila.post(address, sent(document=wrong))
        page = answer.content.decode()
        assert answer.status_code == 400
        assert said in page[page.index('id="problem-document"') :]
        assert f"{wrong}</textarea>" in page
    mila.post(address, sent(document="signature: {format: '~{initials}'}"))
    assert now().document["signature"] == {"format": "~{initials}"}


def test_a_text_is_tried_under_what_is_typed_and_not_yet_kept(mila: Client, draft: RulebookVersion) -> None:
    typed = {"enabled": "on", "severity": "block", "hosts": "elders.nl", "try_text": "Zie https://vlotlijn.nl/a"}
    found = mila.post(f"{HOSTS}?try_box=1", typed, headers=PART).content.decode()
    assert "links.not_allowed" in found
    found = mila.post(f"{HOSTS}?try_box=1", {**typed, "hosts": "vlotlijn.nl"}, headers=PART).content.decode()
    assert "links.not_allowed" not in found
    found = mila.post(f"{HOSTS}?try_box=1", {**typed, "hosts": "x y"}, headers=PART).content.decode()
    assert "This rulebook can" in found
    assert rule("links.not_allowed")["hosts"] == ["vlotlijn.nl"]
