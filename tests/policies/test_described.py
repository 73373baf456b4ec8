"""What is said of a picture is read by customers too, so the rules about what is said nowhere hold for it as well."""

from dataclasses import replace

import pytest

from policies.check import check_reply
from policies.facts import Attachment, Limit, ReplyFacts, Visibility
from policies.findings import FixKind, Severity
from policies.rulebook_form import default_rulebook, parse
from tests.policies.rule_case import MAP, NOW, Media

PLAIN = ReplyFacts(text="Zie de kaart ^JK", now=NOW, length=Limit(280), network="x", media=Media(longest_alt=200))


def facts(*alt_texts: str) -> ReplyFacts:
    return replace(PLAIN, attachments=tuple(replace(MAP, alt_text=one) for one in alt_texts))


def test_an_account_number_beside_a_picture_blocks_in_public_and_says_which_picture() -> None:
    said = replace(facts("Een kaart", "Stort op NL91 ABNA 0417 1643 00"), say_in="nl")
    (found,) = [one for one in check_reply(said, default_rulebook()).findings if one.severity is Severity.BLOCK]
    assert found.code == "personal_data.iban"
    assert found.message.startswith("In de beschrijving van bijlage 2: ")
    assert [(fix.kind, fix.attachment) for fix in found.fixes] == [(FixKind.DESCRIBE, 2)]
    assert (found.start, found.end) == (0, 0)
    assert found.as_json()["fixes"][0]["attachment"] == 2


def test_what_may_be_said_in_private_may_be_said_of_a_picture_there() -> None:
    said = replace(facts("Stort op NL91 ABNA 0417 1643 00"), visibility=Visibility.PRIVATE)
    assert not check_reply(said, default_rulebook()).blocked


@pytest.mark.parametrize("alt_text", ["Gegarandeerd op tijd", "GEGARANDEERD op tijd"])
def test_a_banned_phrase_is_banned_beside_a_picture(alt_text: str) -> None:
    book = parse({"rules": {"phrases.banned": {"phrases": ["gegarandeerd"]}}})
    assert "phrases.banned" in {one.code for one in check_reply(facts(alt_text), book).findings}


def test_a_file_without_words_is_no_empty_description() -> None:
    assert not check_reply(replace(PLAIN, attachments=(Attachment("image", "", "image/png", 1),)), parse({})).blocked
