"""What people read and write on Mastodon: whom a text reaches, how long it is, and the markup of strangers' servers."""

import time

import pytest

from connectors.base import Outgoing
from connectors.networks.mastodon import Mastodon
from connectors.parsing.mastodon import text_in
from connectors.parsing.mastodon_html import text_of
from connectors.parsing.mastodon_sending import private_text, public_text, same_post, warning_in
from policies.length import measure
from tests.connectors.accounts import a_status
from tests.connectors.wire import Wire

# --- whom a text reaches -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "acct", "sent"),
    [
        ("Dag", "jan", "@jan Dag"),
        ("@jan Dag", "jan", "@jan Dag"),
        ("Dag @Jan", "jan", "Dag @Jan"),
        ("Dag", "jan@elders.example", "@jan@elders.example Dag"),
        ("Dag @piet", "jan", "@jan Dag @piet"),
        ("", "jan", "@jan"),
        ("Dag", "", "Dag"),
    ],
)
def test_who_is_answered_stands_in_a_public_reply(text: str, acct: str, sent: str) -> None:
    assert public_text(text, acct) == sent


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Dag @piet", "@jan Dag piet"),
        ("@piet@elders.example weet het", "@jan piet@elders.example weet het"),
        ("@@piet .@piet (@piet)", "@jan piet .piet (piet)"),
        ("@jan en @piet", "@jan en piet"),
        ("mail naar jan@vlotlijn.example", "@jan mail naar jan@vlotlijn.example"),
        ("https://vlotlijn.example/@piet", "@jan https://vlotlijn.example/@piet"),
        ("@piét", "@jan piét"),
    ],
)
@pytest.mark.trap(39)
def test_nobody_else_stands_in_a_private_one(text: str, sent: str) -> None:
    assert private_text(text, "jan") == sent


def test_a_post_is_known_again_however_the_server_shows_it() -> None:
    assert same_post("@jan Dag, zie https://vlotlijn.example/", "@jan@elders.example Dag, zie https://vlotlijn.example")
    assert same_post("@jan.de-boer Dag", "Dag")
    assert not same_post("@jan Dag", "@jan Nee")


def test_a_reply_to_what_other_software_calls_local_stays_among_followers(mastodon: Mastodon, wire: Wire) -> None:
    wire.say(a_status(1, visibility="local"))
    wire.say(a_status(2))
    mastodon.send(Outgoing("Dag", private=False, thread_id="1", reply_to="1", recipient="2000"))
    assert wire.asked[1].form["visibility"] == "private"


@pytest.mark.trap(42)
def test_a_key_goes_along_that_any_header_takes(mastodon: Mastodon, wire: Wire) -> None:
    for _ in range(2):
        wire.say(a_status(1))
        wire.say(a_status(2))
        mastodon.send(Outgoing("Dag", private=False, thread_id="1", reply_to="1", idempotency_key="7:é ☃\n"))
    keys = {asked.headers["idempotency-key"] for asked in wire.asked if asked.method == "POST"}
    assert len(keys) == 1
    assert keys.pop().isalnum()


# --- lengths -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "gewoon",
        "@jan@elders.example dag",
        "zie https://vlotlijn.example/een/heel/lang/pad?met=veel en http://a.nl",
        "www.vlotlijn.nl en abn.nl zijn geen link",
        "👩‍👩‍👧‍👦 é e\u0301 🇳🇱",
        "https://vlotlijn.example/@jan@elders.example",
        "regel\r\nen regel\n\n",
    ],
)
@pytest.mark.trap(41)
def test_the_desk_counts_as_the_library_of_mastodon_does(text: str) -> None:
    import mastodon

    can = Mastodon.capabilities_at({"length": 500})
    assert measure(text, can.public_length).used == mastodon.Mastodon.get_status_length(text)


# --- markup ------------------------------------------------------------------------------------------------------

MARKUP: dict[str, tuple[str, str]] = {
    "paragraphs and lines": ("<p>een<br>twee<br />drie</p><p>vier</p>", "een\ntwee\ndrie\n\nvier"),
    "a mention": (
        '<p><span class="h-card"><a href="https://e.example/@jan">@<span>jan</span></a></span> dag</p>',
        "@jan dag",
    ),
    "a hashtag": ('<a href="https://e.example/tags/trein">#<span>trein</span></a>', "#trein"),
    "a link cut for readers": (
        '<a href="https://e.example/lang/pad"><span class="invisible">https://</span>'
        '<span class="ellipsis">e.example/lang</span><span class="invisible">/pad</span></a>',
        "https://e.example/lang/pad",
    ),
    "a link that says something else": (
        '<a href="https://kwaad.example">bank.example</a>',
        "bank.example (https://kwaad.example)",
    ),
    "a link that is none": (
        '<a href="javascript:alert(1)">klik</a> <a>hier</a> <a href="data:x">daar</a>',
        "klik hier daar",
    ),
    "a link with lines in it": ('<a href="https://e.example/\n a">https://e.example/a</a>', "https://e.example/a"),
    "scripts and styles": ("<script>alert(1)</script><style>p{}</style><p>ja</p><template>x</template>", "ja"),
    "handlers": ('<img src=x onerror="alert(1)" alt="een kat"><svg onload=alert(1)><text>x</text></svg>', "een kat"),
    "lists": ("<ul><li>een</li><li>twee</li></ul>", "- een\n- twee"),
    "comments and declarations": ("<!-- x --><!DOCTYPE html><?php x ?><p>ja<![CDATA[x]]></p>", "ja"),
    "entities": ("<p>&lt;b&gt; &amp;amp; &#x41;&nbsp;</p>", "<b> &amp; A"),
    "no markup": ("5 > 3 &amp; meer", "5 > 3 & meer"),
    "unclosed": ("<p>een<p>twee<b>drie", "een\n\ntweedrie"),
    "a tag cut off": ("<p>een <a href='x", "een <a href='x"),
    "a marked section": ("<![if IE]>x<p>ja</p>", "x\n\nja"),
    "nothing": ("", ""),
    "a NUL": ("<p>voor\x00na</p>", "voor\ufffdna"),
}


@pytest.mark.parametrize(("markup", "text"), MARKUP.values(), ids=MARKUP)
@pytest.mark.trap(38)
def test_markup_becomes_what_a_reader_sees(markup: str, text: str) -> None:
    assert text_of(markup) == text


@pytest.mark.parametrize(
    "markup",
    [
        "<b>" * 60_000 + "x",
        "<p>" * 60_000,
        "</p>" * 50_000,
        "<b></i>" * 28_000,
        "<a href='https://e.example'>" * 7_000,
        "<" * 200_000,
        "&" * 200_000,
        "<!--" * 50_000,
        "<!" * 50_000,
        "<?" * 50_000,
        "<![CDATA[" * 20_000,
        "</" * 50_000,
        '<a href="' * 20_000,
        "<p a='" * 20_000,
        "<a>" * 30_000,
        "<a href='http://e'>@" * 5_000,
        "<p " + "a=1 " * 50_000,
        "x" * 5_000_000,
    ],
    ids=lambda markup: f"{markup[:8]}…",
)
@pytest.mark.trap(38)
def test_markup_made_to_be_slow_is_read_in_a_moment(markup: str) -> None:
    began = time.process_time()
    text_of(markup)
    assert time.process_time() - began < 10, "it would take minutes"


def test_a_warning_is_known_by_how_it_is_shown_and_by_nothing_else() -> None:
    shown = text_in({"spoiler_text": " vieze\ntrein ", "content": "<p>Kijk</p><p>nou</p>"})
    assert (shown, warning_in(shown)) == ("⚠ vieze trein\n\nKijk\n\nnou", "vieze trein")
    assert warning_in(text_in({"spoiler_text": "foto", "content": ""})) == "foto"
    for words in ("", "⚠", "Let op: ⚠ trein\n\nKijk", "⚠ trein\nKijk", "⚠️ trein\n\nKijk"):
        assert warning_in(words) == "", words
