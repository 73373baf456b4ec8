"""A rulebook's templates bring their files along, and the active version is exported with those that go along now."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from desk.actions.replies import canned_files, reply_files
from desk.actions.rulebooks import rulebooks, template_files
from desk.actions.rulebooks.rulebook_templates import TemplateRefused, exported
from desk.common.errors import Invalid
from desk.people.models import User
from desk.replies.files import content_of
from desk.replies.models import CannedResponse, ReplyAttachment
from desk.rulebooks import text as as_text
from desk.rulebooks.models import RulebookVersion
from tests.actions.builders import a_mention, an_inbox, take_in, the_ticket
from tests.canned import a_canned
from tests.files import GIF, JPEG, PDF, PNG, SVG, WEBP, mp4_of_a_telephone, png_with_notes

pytestmark = pytest.mark.django_db
DIGEST = hashlib.sha256(PNG).hexdigest()


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role="supervisor", signature="MS")


@pytest.fixture
def cato() -> User:
    return User.objects.create_user("cato", role="comms", signature="CD")


@pytest.fixture(autouse=True)
def an_account(db: None) -> None:
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())


def written(content: bytes = PNG, name: str = "kaart.png", **more: str) -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(content).decode(), "alt_text": "Een kaart", **more}


def with_files(*files: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"templates": {"kaart": {"text": {"nl": "Zie de kaart"}, "files": list(files)}}, **more}


def switched_on(author: User, reviewer: User, document: dict[str, Any]) -> RulebookVersion:
    number = rulebooks.hand_in(author, rulebooks.write_draft(author, document=document).number).number
    return rulebooks.switch_on(reviewer, number)


def along() -> list[tuple[str, str, bytes]]:
    rows = CannedResponse.objects.get(shortcut="kaart").attachments.all()
    return [(row.name, row.alt_text, content_of(row)) for row in rows]


def stored() -> set[Path]:
    return {path for path in Path(default_storage.path("")).rglob("*") if path.is_file()}


def problems(author: User, *files: dict[str, str]) -> dict[str, Any]:
    with pytest.raises(Invalid) as refused:
        rulebooks.write_draft(author, document=with_files(*files))
    return dict(refused.value.errors)


def test_a_file_in_the_document_goes_along_once_the_version_is_on(mila: User, cato: User) -> None:
    switched_on(mila, cato, with_files(written(png_with_notes())))
    assert along() == [("kaart.png", "Een kaart", PNG)], "without what says who made it where"


def test_what_is_exported_comes_back_the_same_and_nothing_is_touched(mila: User, cato: User) -> None:
    several = [written(), written(JPEG, "spoor.jpg"), written(WEBP, "trein.webp")]
    document = with_files(*several)
    document["templates"]["kaart"]["when"] = {"network": "x", "visibility": "public"}
    switched_on(mila, cato, document)
    before = list(ReplyAttachment.objects.values_list("pk", flat=True))
    whole = exported(RulebookVersion.objects.get(state="active"))
    assert [sorted(one) for one in whole["templates"]["kaart"]["files"]] == [
        ["alt_text", "content", "content_type", "name", "sha256"]
    ] * 3
    again = rulebooks.write_draft(mila, document=as_text.read(as_text.written(whole, "yaml")))
    assert rulebooks.would_happen(mila, again).brought == ()
    rulebooks.switch_on(cato, rulebooks.hand_in(mila, again.number).number)
    assert list(ReplyAttachment.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize("content", [PNG, JPEG, GIF, WEBP, PDF, mp4_of_a_telephone()])
def test_what_was_cleaned_once_stays_as_it_is(content: bytes) -> None:
    once = reply_files.taken(content, reply_files.every_rule()).content
    assert reply_files.taken(once, reply_files.every_rule()).content == once


def test_a_large_file_is_named_by_its_digest_and_copied_from_where_it_is_kept(
    mila: User, cato: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = canned_files.attach_to_canned(mila, a_canned().pk, content=PNG, name="k.png", alt_text="Oud")
    monkeypatch.setattr(template_files, "LARGEST", 10)
    whole = exported(RulebookVersion.objects.get(state="active"))
    assert whole["templates"]["dank"]["files"] == [
        {"name": "k.png", "content_type": "image/png", "sha256": DIGEST, "alt_text": "Oud"}
    ]
    switched_on(mila, cato, with_files({"name": "kaart.png", "sha256": DIGEST, "alt_text": "Een kaart"}))
    assert along() == [("kaart.png", "Een kaart", PNG)]
    assert CannedResponse.objects.get(shortcut="kaart").attachments.get().file.name != elsewhere.file.name


def test_once_the_document_is_full_the_rest_stands_there_by_digest(mila: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("Aa", "Bb"):
        canned_files.attach_to_canned(mila, a_canned(name).pk, content=PNG, name="k.png")
    monkeypatch.setattr(template_files, "MOST_WRITTEN", len(PNG) * 4 // 3 + 4)
    whole = exported(RulebookVersion.objects.get(state="active"))["templates"]
    assert ["content" in whole[key]["files"][0] for key in ("aa", "bb")] == [True, False]


def test_a_digest_opens_no_file_of_a_customers_answer(mila: User) -> None:
    reply_files.attach(mila, the_ticket().pk, content=PNG, name="pasfoto.png")
    refused = problems(mila, {"name": "kaart.png", "sha256": DIGEST})
    assert list(refused) == ["templates.kaart.files[0].sha256"]
    assert "48 kB" in refused["templates.kaart.files[0].sha256"][0]


def test_what_the_desk_would_not_take_from_a_person_is_refused_with_its_path(mila: User) -> None:
    assert list(problems(mila, written(), written(SVG))) == ["templates.kaart.files[1].content"]
    other = problems(mila, written(content_type="image/jpeg"))
    assert "image/png" in other["templates.kaart.files[0].content_type"][0]


def test_the_rules_look_at_the_files_before_a_version_is_on_and_a_refused_one_leaves_no_bytes(
    mila: User, cato: User
) -> None:
    kept = stored()
    strict = {"rules": {"attachments.no_alt_text": {"severity": "block"}}}
    draft = rulebooks.write_draft(mila, document=with_files(written(alt_text=""), **strict))
    (brought,) = rulebooks.would_happen(mila, draft).brought
    assert [one.code for one in brought.objections] == ["attachments.no_alt_text"]
    rulebooks.hand_in(mila, draft.number)
    with pytest.raises(TemplateRefused):
        rulebooks.switch_on(cato, draft.number)
    assert (stored(), CannedResponse.objects.exists()) == (kept, False)


def test_other_files_take_the_place_of_those_that_are_there_even_where_the_old_ones_would_break_the_rules(
    mila: User, cato: User
) -> None:
    there = a_canned("Kaart", "Zie de kaart")
    old = canned_files.attach_to_canned(mila, there.pk, content=JPEG, name="oud.jpg")
    strict = {"rules": {"attachments.no_alt_text": {"severity": "block"}}}
    switched_on(mila, cato, with_files(written(), **strict))
    there.refresh_from_db()
    assert (along(), there.state) == ([("kaart.png", "Een kaart", PNG)], "active")
    assert not ReplyAttachment.objects.filter(pk=old.pk).exists()
