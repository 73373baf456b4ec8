"""The rulebook on the screens: read, compared, switched on by a second person, and tried."""

import base64
import hashlib
import json
import re
from html import unescape
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from desk.actions.rulebooks import rulebooks
from desk.people.models import User
from desk.people.permissions import Role
from desk.rulebooks.models import RulebookVersion
from policies.registry import RULES
from tests.canned import a_canned
from tests.files import PNG
from tests.web.browsing import PART
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
LIST = "/administration/rulebook/"
STRICT: dict[str, Any] = {"rules": {"links.shortener": {"severity": "block"}}}
WHOLE: dict[str, Any] = {
    "rules": {
        "links.not_allowed": {
            "hosts": ["ns.nl", "vlotlijn.nl"],
            "overrides": [
                {"when": {"network": ["x", "facebook_page"], "crisis_level": 2}, "enabled": False, "hosts": []}
            ],
        },
        "links.cost": {"enabled": False},
    },
    "signature": {"format": "~{initials}"},
    "approval": {"due_minutes": 20},
    "templates": {"sorry": {"text": {"nl": "Sorry"}, "when": {"visibility": "public"}}},
    "examples": [
        {"text": "Dank je", "network": "x", "visibility": "private", "language": "nl", "crisis_level": 2,
         "signature": "", "roles": ["agent"], "complaint": True, "findings": []},
    ],
}  # fmt: skip
FAILS: dict[str, Any] = {"examples": [{"text": "Dank je wel", "findings": ["links.cost"]}]}


@pytest.fixture
def mila() -> Client:
    return signed_in(Role.SUPERVISOR)


@pytest.fixture
def cato() -> Client:
    return signed_in(Role.COMMS)


def draft(document: dict[str, Any] = STRICT) -> RulebookVersion:
    return rulebooks.write_draft(colleague(Role.SUPERVISOR), document=document, summary="Geen verkorters")


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def say(browser: Client, address: str, **values: str) -> str:
    return browser.post(address, values, follow=True).content.decode()


def test_a_draft_is_begun_handed_in_given_back_and_switched_on_by_somebody_else(mila: Client, cato: Client) -> None:
    assert mila.post(f"{LIST}new/").headers["Location"] == f"{LIST}2/"
    assert "waits for a colleague" in say(mila, f"{LIST}2/hand-in/")
    assert "You wrote it, so a colleague switches it on." in page(mila, f"{LIST}2/")
    assert "should change" in say(cato, f"{LIST}2/give-back/", reason=" ")
    assert 'Comms gave it back: <bdi lang="und">Te streng</bdi>' in say(cato, f"{LIST}2/give-back/", reason="Te streng")
    say(mila, f"{LIST}2/hand-in/")
    assert "Version 2 is active" in say(cato, f"{LIST}2/switch-on/")
    assert 'aria-label="Go back to version 1"' in page(cato, LIST)
    assert "Version 3 is active" in say(cato, f"{LIST}1/roll-back/")
    states = list(RulebookVersion.objects.order_by("number").values_list("state", flat=True))
    assert states == ["retired", "retired", "active"]


def differences(shown: str) -> list[str]:
    """The lines of the page that say what was and what is now."""
    found = re.findall(r'<li class="(?:was|now)">(.*?)</li>', shown)
    return [unescape(" ".join(re.sub("<[^>]+>", " ", line).split())) for line in found]


def test_the_page_says_what_is_different_and_in_words(mila: Client) -> None:
    draft()
    shown = page(mila, f"{LIST}2/")
    assert '<a class="link" href="/administration/rulebook/2/#links.shortener">Links are written in full' in shown
    assert differences(shown) == ["− was: Warns", "+ now: Blocks"]
    assert differences(page(mila, f"{LIST}1/?since=2")) == ["− was: Blocks", "+ now: Warns"], "any two, either way"
    assert "Nothing is different." in page(mila, f"{LIST}2/?since=2")
    for rule in RULES:
        assert f'id="{rule.code}"' in shown
        assert f'href="/administration/rulebook/2/rules/{rule.code}/"' in shown
    assert shown.count('<span class="tag warn">changed</span>') == 1
    assert mila.get(f"{LIST}2/?since=77").status_code == 404
    assert mila.get(f"{LIST}2/?since=x").status_code == 400


def test_every_part_of_the_document_is_compared_in_words(mila: Client) -> None:
    draft(WHOLE)
    shown = page(mila, f"{LIST}2/")
    assert differences(shown) == [
        "− was: holds", "+ now: does not hold",
        "+ now: The only domains that links may lead to, with their subdomains: ns.nl, vlotlijn.nl",
        "+ now: On X or Facebook, from crisis level 2 on: does not hold; "
        "The only domains that links may lead to, with their subdomains: nothing",
        "− was: ^{initials}", "+ now: ~{initials}",
        "− was: Minutes for whoever approves: 30", "+ now: Minutes for whoever approves: 20",
        "+ now: name: sorry", "+ now: kind: response", "+ now: nl: Sorry", "+ now: fallback: nl",
        "+ now: when.visibility: public",
        "+ now: “Dank je” → nothing (X, in private, Dutch, crisis level 2, not signed, by agent, "
        "the customer complains)",
    ]  # fmt: skip
    User.objects.filter(username=Role.SUPERVISOR).update(language="nl")
    assert "− was: geldt" in differences(page(mila, f"{LIST}2/"))


def test_a_file_of_a_template_is_told_by_name_and_digest(mila: Client) -> None:
    file = {"name": "kaart.png", "content": base64.b64encode(PNG).decode(), "alt_text": "Een kaart"}
    version = draft({"templates": {"kaart": {"text": {"nl": "Zie de kaart"}, "files": [file]}}})
    digest = hashlib.sha256(PNG).hexdigest()
    shown = page(mila, f"{LIST}2/")
    assert f"+ now: kaart.png (sha256 {digest[:8]}…): Een kaart" in differences(shown)
    assert file["content"] not in shown
    rulebooks.hand_in(colleague(Role.SUPERVISOR), version.number)
    assert "with 1 file" in page(mila, f"{LIST}2/")


def test_an_example_that_fails_is_shown_and_refuses_to_be_switched_on(mila: Client, cato: Client) -> None:
    number = draft(FAILS).number
    assert "It gives nothing." in page(mila, f"{LIST}{number}/")
    say(mila, f"{LIST}{number}/hand-in/")
    refused = say(cato, f"{LIST}{number}/switch-on/")
    assert "Example 1 gives other findings than it must: “Dank je wel”. Missing: links.cost." in refused
    assert RulebookVersion.objects.get(number=number).state == "in_review"


def test_many_examples_are_shown_a_page_at_a_time_those_that_fail_first(mila: Client) -> None:
    texts = [{"text": f"Nummer {number}", "findings": []} for number in range(60)]
    draft({"examples": [*texts, *FAILS["examples"]]})
    shown = page(mila, f"{LIST}2/")
    assert shown.count('<li class="example') == 10
    assert "60 of 61 pass" in shown
    assert 'href="/administration/rulebook/2/examples/"' in shown
    first, second, third = [page(mila, f"{LIST}2/examples/?cursor={place}") for place in (0, 25, 50)]
    assert [one.count('<li class="example') for one in (first, second, third)] == [25, 25, 11]
    assert first.index("Dank je wel") < first.index("Nummer 0")
    assert [re.findall(r"href=.[?]cursor=(\d+)", one) for one in (first, second, third)] == [
        ["25"],
        ["0", "50"],
        ["25"],
    ]
    assert page(mila, f"{LIST}2/examples/?cursor=900").count('<li class="example') == 0


def test_a_text_is_tried_under_the_version_of_the_page(mila: Client) -> None:
    draft()
    values = {"try_text": "Kijk op https://bit.ly/abc", "try_network": "facebook_page"}
    found = mila.post(f"{LIST}2/try/", values, headers=PART).content.decode()
    assert 'class="finding block" data-start="8"' in found
    found = mila.post(f"{LIST}1/try/", values, headers=PART).content.decode()
    assert 'class="finding block"' not in found
    assert "links.shortener" in found
    unknown = mila.post(f"{LIST}2/try/", {**values, "try_network": "nergens"}, headers=PART)
    assert 'class="problem"' in unknown.content.decode()


def test_what_only_this_version_finds_is_marked_as_new(mila: Client) -> None:
    draft({"rules": {"phrases.banned": {"phrases": ["gratis"]}}})
    values = {"try_text": "Gratis via https://bit.ly/abc", "try_network": "facebook_page"}
    found = mila.post(f"{LIST}2/try/", values, headers=PART).content.decode()
    new = {re.findall("<code>(.*?)</code>", line)[0]: ">new<" in line for line in found.split("<li ")[1:]}
    assert (new["phrases.banned"], new["links.shortener"]) == (True, False)


def test_a_text_is_tried_for_a_team_a_brand_stars_and_a_crisis(mila: Client) -> None:
    where = {"team": "avond", "brand": "Bus", "rating": [1, 2], "crisis_level": 2}
    draft({"rules": {"links.shortener": {"overrides": [{"when": where, "severity": "block"}]}}})
    text = {"try_text": "Kijk op https://bit.ly/abc", "try_network": "facebook_page", "try_brand": "Bus"}
    there = {**text, "try_team": "avond", "try_rating": "1", "try_crisis_level": "3"}
    assert "finding block" in mila.post(f"{LIST}2/try/", there, headers=PART).content.decode()
    assert "finding block" not in mila.post(f"{LIST}2/try/", text, headers=PART).content.decode()
    assert (
        "finding block" not in mila.post(f"{LIST}2/try/", {**there, "try_rating": "5"}, headers=PART).content.decode()
    )
    odd = {**there, "try_crisis_level": "9", "try_rating": "x", "try_visibility": "secret"}
    assert "finding block" not in mila.post(f"{LIST}2/try/", odd, headers=PART).content.decode()


def upload(browser: Client, content: bytes, name: str = "regels.yaml") -> Any:
    return browser.post(f"{LIST}import/", {"file": SimpleUploadedFile(name, content), "summary": "Uit het archief"})


def test_a_version_goes_out_as_a_file_and_comes_back_as_a_draft(mila: Client) -> None:
    draft(WHOLE)
    document = RulebookVersion.objects.get(number=2).document
    for number, form in ((3, "yaml"), (4, "json")):
        file = mila.get(f"{LIST}2/rulebook.{form}")
        assert file.headers["Content-Disposition"] == f'attachment; filename="rulebook-2.{form}"'
        assert (yaml.safe_load if form == "yaml" else json.loads)(file.content) == document
        answer = upload(mila, file.content, f"regels.{form}")
        assert answer.headers["Location"] == f"{LIST}{number}/"
        brought = RulebookVersion.objects.get(number=number)
        assert (brought.document, brought.summary, brought.state) == (document, "Uit het archief", "draft")


@pytest.mark.parametrize(
    ("content", "path", "reason"),
    [
        (b"rules: {links.cost: {enabled: ja}}", "rules.links.cost.enabled", "Give true or false"),
        (b"rulez: {}", "rulez", "means nothing here"),
        (b"rules: [", "", "read from line 1, character 9"),
        (b"\xff", "", "not in UTF-8"),
        (b"", "", "It is empty"),
        (b"\n", "", "It is empty"),
        (b"#" * 4_000_001, "", "larger than 4 MB"),
    ],
)
def test_a_file_that_is_no_rulebook_is_refused_with_path_and_reason(
    mila: Client, content: bytes, path: str, reason: str
) -> None:
    answer = upload(mila, content)
    shown = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert (f"<dt><code>{path}</code></dt>" in shown) == bool(path)
    assert reason in shown
    assert 'value="Uit het archief"' in shown
    assert RulebookVersion.objects.count() == 1


def test_a_file_has_to_be_chosen_and_only_writers_bring_one(mila: Client) -> None:
    assert "Choose a file first." in mila.post(f"{LIST}import/").content.decode()
    assert upload(signed_in(Role.AGENT), b"{}").status_code == 403
    assert signed_in(Role.AGENT).get(f"{LIST}1/rulebook.yaml").status_code == 403


def test_a_draft_begins_as_any_version(mila: Client) -> None:
    draft()
    rulebooks.discard(colleague(Role.SUPERVISOR), 2)
    assert mila.post(f"{LIST}new/", {"from": "2"}).headers["Location"] == f"{LIST}3/"
    assert RulebookVersion.objects.get(number=3).document == RulebookVersion.objects.get(number=2).document
    assert mila.post(f"{LIST}new/", {"from": "77"}).status_code == 404


def test_everybody_reads_the_policy_and_agents_nothing_else() -> None:
    for role in (role for role in Role.values if User(role=role).has_seat):
        assert "You sign as ^AB." in page(signed_in(role), "/policy/")
    rulebooks.hand_in(colleague(Role.SUPERVISOR), draft({**WHOLE, "examples": []}).number)
    rulebooks.switch_on(colleague(Role.COMMS), 2)
    shown = page(signed_in(Role.AGENT), "/policy/")
    assert "Links lead only to ns.nl, vlotlijn.nl." in shown
    assert "On X or Facebook, from crisis level 2 on: this does not hold." in shown
    agent = signed_in(Role.AGENT)
    assert agent.get(LIST).status_code == 403
    assert agent.post(f"{LIST}1/try/").status_code == 403
    assert 'href="/policy/"' in page(agent, "/policy/")


def test_a_page_of_versions_asks_the_database_as_often_as_one_does(
    mila: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(30):
        version = draft()
        rulebooks.discard(colleague(Role.SUPERVISOR), version.number)
    with django_assert_max_num_queries(8):
        first = page(mila, LIST)
    assert first.count('class="link name"') == 25
    assert "cursor=" in first
    with django_assert_max_num_queries(9):
        page(mila, f"{LIST}31/")


def test_the_page_says_what_switching_it_on_does_to_canned_responses_and_the_way_back_too(
    mila: Client, cato: Client
) -> None:
    free = a_canned("Gratis reizen", "Je reist gratis terug")
    banned = {"phrases.banned": {"phrases": ["gratis"], "severity": "block"}}
    sorry = {"sorry": {"name": "Excuses", "text": {"nl": "Wat vervelend"}}}
    version = draft({"rules": banned, "templates": sorry})
    rulebooks.hand_in(colleague(Role.SUPERVISOR), version.number)
    said = page(cato, f"{LIST}{version.number}/")
    assert "1 breaks it and leaves the offer" in said
    assert f"/administration/canned-responses/{free.pk}/" in said
    assert "Excuses" in said
    cato.post(f"{LIST}{version.number}/switch-on/")
    free.refresh_from_db()
    assert free.state == "suspended"
    assert "It breaks the rulebook since" in page(mila, f"/administration/canned-responses/{free.pk}/")
    assert "leaves the offer" not in page(cato, f"{LIST}{version.number}/"), "it is active, so nothing would happen"
    assert "is offered again" in page(cato, f"{LIST}1/")


def test_the_first_version_says_that_it_is_and_offers_others_to_compare_with_only_where_there_are_any(
    mila: Client,
) -> None:
    assert "diff-head" not in page(mila, f"{LIST}1/")
    draft()
    assert "Choose a version to compare it with." in page(mila, f"{LIST}1/")
