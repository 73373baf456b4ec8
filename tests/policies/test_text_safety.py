"""Hostile text: nothing hidden stays hidden, nothing honest is harmed."""

import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from policies.text_safety import Mark, Segment, links, plain_name, reveal, store_safe, suspicious_words

HONEST = [
    "Hallo wereld\nregel twee\ten drie",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 op reis",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "می\u200cخواهم",
    "क्\u200dष",
    "Nguyễn Thị Phương, Müller, Łódź",
    "שָׁלוֹם",
    "日本語 ไทย العربية",
]


@pytest.mark.parametrize("text", HONEST)
def test_honest_text_is_left_as_it_is(text: str) -> None:
    assert reveal(text) == [Segment(text)]


@pytest.mark.parametrize(
    ("text", "mark", "shown"),
    [
        ("a\u202egpj.exe", Mark.DIRECTION, "[U+202E]"),
        ("a\u200f\u200fb", Mark.DIRECTION, "[U+200F ×2]"),
        ("a\u200bb", Mark.INVISIBLE, "[U+200B]"),
        ("a\u200db", Mark.INVISIBLE, "[U+200D]"),
        ("a\U000e0068\U000e0069b", Mark.INVISIBLE, "[U+E0068, U+E0069 ×2]"),
        ("a\x00b", Mark.CONTROL, "\N{REPLACEMENT CHARACTER}"),
        ("a\x1b[31m", Mark.CONTROL, "\N{REPLACEMENT CHARACTER}"),
        ("a\ud800b", Mark.CONTROL, "\N{REPLACEMENT CHARACTER}"),
        ("e" + "\u0301" * 4_000, Mark.CUT, "…"),
    ],
)
def test_what_is_hidden_gets_a_mark(text: str, mark: Mark, shown: str) -> None:
    marked = [segment for segment in reveal(text) if segment.mark]
    assert [(segment.mark, segment.text) for segment in marked] == [(mark, shown)]
    assert marked[0].note


@given(st.text(st.one_of(st.characters(), st.sampled_from("\u202e\u200b\u200d\u0301\x00\ud800")), max_size=300))
def test_nothing_shown_turns_text_or_towers(text: str) -> None:
    shown = "".join(segment.text for segment in reveal(text))
    assert not regex.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069\x00\ud800]", shown)
    assert not regex.search(r"\p{M}{5}", shown)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Anna de Vries", "Anna de Vries"),
        ("  Anna\n de\t Vries ", "Anna de Vries"),
        ("\u202eannA", "annA"),
        ("\u200b\u2060 ", ""),
        ("", ""),
        ("x" * 200, "x" * 80 + "…"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("Nguyễn", "Nguyễn"),
    ],
)
def test_a_name_is_one_short_safe_line(name: str, shown: str) -> None:
    assert plain_name(name) == shown


@pytest.mark.parametrize("name", ["Z" + "\u0301" * 4_000, ("Z" + "\u0301" * 50) * 80, "\u0301" * 4_000, "👍" * 4_000])
def test_a_name_of_thousands_of_marks_stays_within_bounds(name: str) -> None:
    shown = plain_name(name)
    assert len(shown) <= 80 * 5 + 1
    assert not regex.search(r"\p{M}{5}", shown)


@given(st.text(max_size=200))
def test_any_name_can_be_shown(name: str) -> None:
    assert len(regex.findall(r"\X", plain_name(name))) <= 81


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Vlоtlijn helpt", ("Vlоtlijn",)),
        ("Vlotlijn helpt", ()),
        ("Привет из Москвы", ()),
        ("Café Müller in Łódź", ()),
        ("αβγ", ()),
    ],
)
def test_words_of_mixed_scripts(text: str, found: tuple[str, ...]) -> None:
    assert suspicious_words(text) == found


@pytest.mark.parametrize(
    ("text", "host", "href", "warning"),
    [
        ("zie https://vlotlijn.nl/a?b=c.", "vlotlijn.nl", "https://vlotlijn.nl/a?b=c", ""),
        ("zie vlotlijn.nl, echt", "vlotlijn.nl", "https://vlotlijn.nl", ""),
        ("https://vlotlijn.nl.login.example.com/x", "vlotlijn.nl.login.example.com", None, ""),
        ("https://münchen.de", "münchen.de", None, ""),
        ("https://аррӏе.com", "аррӏе.com", None, "not_latin"),
        ("http://xn--80ak6aa92e.com", "аррӏе.com", None, "not_latin"),
        ("https://vlоtlijn.com", "vlоtlijn.com", None, "mixed_script"),
        ("ga naar vlоtlijn.nl", "tlijn.nl", None, "mixed_script"),
    ],
)
def test_links_show_where_they_really_lead(text: str, host: str, href: str | None, warning: str) -> None:
    (link,) = links(text)
    assert (link.host, link.warning) == (host, warning)
    assert text[link.start : link.end] == link.text
    assert href is None or link.href == href


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "geen link...", "https://bank.nl@evil.com/x", "data:text/html,x", "http://", "1.5 uur"],
)
def test_what_is_no_link(text: str) -> None:
    assert links(text) == []


@given(st.text(st.one_of(st.characters(), st.sampled_from("./:@htpsw-аn")), max_size=200))
def test_every_link_is_inert_http(text: str) -> None:
    for link in links(text):
        assert link.href.lower().startswith(("http://", "https://"))
        assert text[link.start : link.end] == link.text
        assert not regex.search(r"[\s\"<>]", link.href)


@given(st.text())
def test_what_is_stored_is_valid_utf_8_without_nul(text: str) -> None:
    stored = store_safe(text)
    assert len(stored) == len(text)
    assert "\x00" not in stored
    stored.encode("utf-8")


@pytest.mark.parametrize("piece", ["\u202e", "\u0301", "\u200d", "a.", "аb ", "\U0001f3f4\U000e0061", "a\u200b"])
def test_five_megabytes_are_shown_in_part(piece: str) -> None:
    text = piece * (5_000_000 // len(piece))
    links("abn.nl")
    begun = time.process_time()
    segments = reveal(text)
    plain_name(text)
    links(text)
    suspicious_words(text)
    assert time.process_time() - begun < 3
    assert segments[-1].mark is Mark.CUT
