"""Length by each network's rule, where the excess begins, and that no text makes counting slow."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from mastodon import Mastodon

from policies.facts import Limit
from policies.length import measure
from policies.signature import sign, signatures, suffix

X = Limit(280, "weighted")
CONFORMANCE = Path(__file__).parents[3] / "shared/payloads/twitter-text/validate.yml"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.mark.parametrize(
    ("text", "unit", "used"),
    [
        ("", "weighted", 0),
        ("hallo", "weighted", 5),
        ("café", "weighted", 4),
        ("cafe\u0301", "weighted", 4),
        ("日本語", "weighted", 6),
        ("👍", "weighted", 2),
        (FAMILY, "weighted", 2),
        ("👍🏽", "weighted", 2),
        ("3\ufe0f\u20e3", "weighted", 2),
        ("https://www.vlotlijn.example.nl/reizen/met/een/lang/adres?van=a&naar=b", "weighted", 23),
        ("zie abn.nl", "weighted", 27),
        ("zie abn.nl.", "weighted", 28),
        ("wacht... ja", "weighted", 11),
        ("a\r\nb", "weighted", 3),
        ("“ja” – …", "weighted", 9),
        ("café", "bytes", 5),
        ("\ud800", "bytes", 3),
        ("café 👍", "characters", 6),
        (FAMILY, "characters", 7),
        (FAMILY, "graphemes", 1),
        ("cafe\u0301", "graphemes", 4),
        ("क्षि", "graphemes", 1),
        ("🇳🇱🇧🇪", "graphemes", 2),
        ("👍🏽🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "graphemes", 2),
        ("각\u1100\u1161\u11a8", "graphemes", 2),
        ("a\r\nb", "graphemes", 3),
        ("https://www.vlotlijn.nl/x", "graphemes", 25),  # Bluesky shortens no link
        ("ééé 👍", "bytes", 11),
        (f"zie {FAMILY}", "mastodon", 5),
        ("https://www.vlotlijn.example.nl/reizen/met/een/lang/adres?van=a&naar=b", "mastodon", 23),
        ("zie abn.nl", "mastodon", 10),
        ("@marit@sociaal.example.nl hoi", "mastodon", 10),
        ("mail marit@sociaal.example.nl", "mastodon", 29),
        ("https://sociaal.example.nl/@marit@elders.nl/1", "mastodon", 23),
        ("@marit.de-vries@sociaal.example.nl hoi", "mastodon", 19),
        ("“@marit@sociaal.example.nl”", "mastodon", 8),
        ("@Marít@sociaal.example.nl", "mastodon", 25),  # a name of letters that no name has there
        ("van=@marit@sociaal.example.nl", "mastodon", 29),
        ("@marit@münster.example", "mastodon", 6),
        ("www.vlotlijn.nl/reizen/met/een/lang/adres", "mastodon", 41),
        ("http://a.nl", "mastodon", 23),
    ],
)
def test_used(text: str, unit: str, used: int) -> None:
    assert measure(text, Limit(280, unit)).used == used


MASTODON = (
    "", "hallo", "cafe\u0301", FAMILY, "क्षि", "zie abn.nl", "(https://a.nl/x)", "https://a.nl/x_(b)", "https://a.nl/x,y",
    "@marit@sociaal.example.nl hoi", "mail marit@sociaal.example.nl", "/@marit@soc.nl", "@marit@soc.nl@elders.nl",
    "hoi @marit@soc.nl.", "#tag@marit@soc.nl", "https://a.nl/@marit@elders.nl/1", "ftp://a.nl/b", "https://münchen.de/ä",
    "https://localhost/een/lang/adres", "http://a.nl http://b.nl", "ziehttps://a.nl/een/lang/adres/dat/telt", "a\r\nb",
    "日https://a.nl/een/lang/adres/dat/telt", "https://a.nl/日本語日本語", "HTTPS://A.NL/EEN/LANG/ADRES/DAT/TELT",
    "https://user:pw@a.nl/", "https://a.nl:8080/x", "@@a@b.nl", "“@a@b.nl”", "https://a.verzonnen/een/lang/adres/dat",
)  # fmt: skip


@pytest.mark.parametrize("text", MASTODON)
def test_counts_as_a_client_library_of_mastodon_does(text: str) -> None:
    assert measure(text, Limit(500, "mastodon")).used == Mastodon.get_status_length(text)


def conformance_cases() -> list[Any]:
    if not CONFORMANCE.is_file():
        return []
    tests = yaml.safe_load(CONFORMANCE.read_text(encoding="utf-8"))["tests"]
    groups = ("WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest")
    return [
        pytest.param(case["text"], case["expected"], id=case["description"]) for name in groups for case in tests[name]
    ]


CASES = conformance_cases()


@pytest.mark.parametrize(("text", "expected"), CASES)
@pytest.mark.trap(50)
def test_counts_as_x_publishes_it(text: str, expected: dict[str, Any]) -> None:
    length = measure(text, X)
    if len(text) > 2_048:  # pieces that long are not searched for links; they may only count as longer, never shorter
        assert length.used >= expected["weightedLength"]
    else:
        assert length.used == expected["weightedLength"]
    assert length.exceeded == (expected["weightedLength"] > 280)


@pytest.mark.parametrize(
    ("text", "rule", "excess_at"),
    [
        ("a" * 280, X, None),
        ("a" * 281, X, 280),
        ("日" * 141, X, 140),
        ("a" * 270 + " https://vlotlijn.nl/x", X, 271),
        ("a" * 279 + FAMILY, X, 279),
        ("e\u0301" * 281, X, 560),
        ("abcdef", Limit(4), 4),
        ("ééé", Limit(4, "bytes"), 2),
        (FAMILY * 3, Limit(2, "graphemes"), 14),
        (FAMILY * 3, Limit(300, "graphemes", max_bytes=30), 7),
        ("a👍b", Limit(1, "bytes"), 1),
    ],
)
def test_where_the_excess_begins(text: str, rule: Limit, excess_at: int | None) -> None:
    length = measure(text, rule)
    assert length.excess_at == excess_at
    assert length.exceeded is (excess_at is not None)


def test_the_signature_has_its_place() -> None:
    assert not measure("a" * 276, X, signature=" ^JK").exceeded
    crowded = measure("a" * 277, X, signature=" ^JK")
    assert (crowded.used, crowded.excess_at, crowded.left) == (281, 276, -1)


@pytest.mark.parametrize(
    ("text", "handles", "used"),
    [
        ("@klant hallo", ("klant",), 5),
        ("@Klant @vriend hallo", ("@klant", "@VRIEND"), 5),
        ("@klant @ander hallo", ("klant",), 12),
        ("hallo @klant", ("klant",), 12),
        ("@klant hallo", (), 12),
        ("@klant", ("klant",), 6),
    ],
)
def test_mentions_that_x_adds_by_itself_are_free(text: str, handles: tuple[str, ...], used: int) -> None:
    assert measure(text, X, free_mentions=handles).used == used


def test_the_excess_behind_free_mentions_is_counted_from_the_beginning() -> None:
    assert measure("@klant " + "a" * 281, X, free_mentions=("klant",)).excess_at == 287


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="weighted, characters"):
        measure("a", Limit(3, "miles"))


plain_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
words = st.text("abcdefghij é", min_size=1, max_size=20)


@pytest.mark.parametrize("unit", ["characters", "bytes", "graphemes"])
@given(text=plain_text, more=plain_text)
def test_adding_characters_never_lowers_the_length(unit: str, text: str, more: str) -> None:
    rule = Limit(100, unit)
    assert measure(text + more, rule).used >= measure(text, rule).used


@given(text=plain_text, more=words)
def test_adding_words_never_lowers_the_weight_on_x(text: str, more: str) -> None:
    # A letter glued to a link may break it and cost less; a word after a space may not.
    assert measure(f"{text} {more}", X).used >= measure(text, X).used


no_dots = st.text(st.one_of(st.characters(exclude_characters="."), st.sampled_from(f"{FAMILY}é\r\n🏽🇳")), max_size=200)


@pytest.mark.parametrize("unit", ["weighted", "characters", "bytes", "graphemes", "mastodon"])
@given(text=no_dots, limit=st.integers(0, 60))
def test_what_stands_before_the_excess_fits(unit: str, text: str, limit: int) -> None:
    # Without dots: what is cut off behind “abn.nl” may have kept it from being a link.
    length = measure(text, Limit(limit, unit))
    if length.excess_at is not None:
        assert 0 <= length.excess_at < len(text)
        assert not measure(text[: length.excess_at], Limit(limit, unit)).exceeded


@pytest.mark.parametrize("unit", ["weighted", "characters", "bytes", "graphemes", "mastodon"])
@pytest.mark.parametrize("piece", ["a.", "http://a.nl/(", "abn.nl ", "e\u0301", FAMILY, "1 ", "@a ", "\u202e"])
def test_five_megabytes_are_refused_and_not_pondered(unit: str, piece: str) -> None:
    text = piece * (5_000_000 // len(piece))
    begun = time.process_time()
    assert measure(text, Limit(280, unit, max_bytes=3_000)).exceeded
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("piece", ["a.", "a.b.c-", "a.nl,", "abn.nl ", "(a", "-a.x", "é1", "日"])
def test_280_characters_made_to_be_slow_are_quick(piece: str) -> None:
    text = (piece * 280)[:280]
    measure(text, X)  # the tables load at first need
    begun = time.process_time()
    for _ in range(5):
        measure(text, X)
    assert (time.process_time() - begun) / 5 < 0.1


@pytest.mark.parametrize(
    ("text", "signature", "signed"),
    [
        ("Tot ziens", "^JK", "Tot ziens ^JK"),
        ("Tot ziens  \n", "^JK", "Tot ziens ^JK"),
        ("Tot ziens ^JK", "^JK", "Tot ziens ^JK"),
        ("Tot ziens\n^JK ", "^JK", "Tot ziens\n^JK"),
        ("Tot ziens^JK", "^JK", "Tot ziens^JK ^JK"),
        ("Tot ziens ^AB", "^JK", "Tot ziens ^AB ^JK"),
        ("Tot ziens", "", "Tot ziens"),
        ("", "^JK", "^JK"),
        ("Dag", " ^JK ", "Dag ^JK"),
    ],
)
def test_sign(text: str, signature: str, signed: str) -> None:
    assert sign(text, signature) == signed
    assert text.rstrip() + suffix(text, signature) == signed


@given(st.text(), st.sampled_from(["^JK", "^A", "", "~ Jan"]))
def test_signing_twice_changes_nothing(text: str, signature: str) -> None:
    assert sign(sign(text, signature), signature) == sign(text, signature)


def test_signatures_are_told_from_other_carets() -> None:
    assert [mark for *_, mark in signatures("2^10, x^n, ^JK en (^AB) ^_^ ^toolong")] == ["^JK", "^AB"]
