"""What a network said reaches each reader in a language of their own, though it was written down before they came."""

import pytest
from django.utils import translation

from connectors import errors
from connectors.http import lost_answer
from connectors.outgoing_address import assert_public
from desk.inboxes.words import in_words, kept, told

UNREACHABLE = errors.Transient("%(network)s can't be reached. The desk tries again.", network="X", detail="no route")


def test_it_is_read_in_english_and_in_dutch_whoever_wrote_it_down() -> None:
    with translation.override("nl"):
        stored = kept(UNREACHABLE)
        assert told(stored) == "X is niet bereikbaar. De balie probeert het opnieuw. (no route)"
    with translation.override("en"):
        assert told(stored) == "X can't be reached. The desk tries again. (no route)"
        assert str(UNREACHABLE) == "X can't be reached. The desk tries again."


def test_a_sentence_that_is_not_ours_and_nothing_at_all_are_shown_as_they_are() -> None:
    with translation.override("nl"):
        assert told({}) == ""
        assert told(kept(errors.InvalidContent("Postduif is 100 % full.", detail=""))) == "Postduif is 100 % full."
        assert told(kept(lost_answer("Postduif %(x)s", ""))).startswith("Postduif %(x)s nam het verzoek aan")


def test_what_a_stranger_puts_into_it_can_be_stored() -> None:
    hostile = errors.Transient("%(network)s gave no answer.", network="a\x00b\ud800" + "c" * 2_000, detail="\x00" * 900)
    stored = kept(hostile)
    assert "\x00" not in told(stored)
    told(stored).encode()
    assert len(told(stored)) < 1_100


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://vlotlijn.nl", "Alleen volledige adressen die beginnen met https:// of http:// worden aangeroepen."),
        ("http://10.0.0.1/", "De server 10.0.0.1 is geweigerd: hij ligt in een privénetwerk."),
        ("http://169.254.169.254/", "De server 169.254.169.254 is geweigerd: het is een link-local-, multicast- of "
         "metadata-adres."),
    ],
)  # fmt: skip
def test_a_refused_address_says_why_in_dutch(url: str, words: str) -> None:
    with pytest.raises(errors.AddressRefused) as refused, translation.override("nl"):
        assert_public(url)
    with translation.override("nl"):
        assert in_words(refused.value) == words
