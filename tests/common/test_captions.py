"""Captions as people save them become plain WebVTT: times and words, and nothing else."""

import pytest

from desk.common.media import captions
from desk.common.media.captions import NoCaptions

SRT = (
    "1\r\n00:00:01,500 --> 00:00:03,000 X1:1 X2:2\r\n<i>De trein</i> staat <font color=red>stil</font>\r\n\r\n"
    "2\r\n00:00:04,000 --> 01:00:05,250\r\n{\\an8}Op spoor 3\r\nbij Utrecht\r\n"
)
KEPT = (
    "WEBVTT\n\n00:00:01.500 --> 00:00:03.000\nDe trein staat stil\n\n"
    "00:00:04.000 --> 01:00:05.250\nOp spoor 3\nbij Utrecht\n"
)


def test_subrip_becomes_webvtt_without_markup() -> None:
    found = captions.read(b"\xef\xbb\xbf" + SRT.encode())
    assert (found.text, found.words) == (KEPT, "De trein staat stil\nOp spoor 3\nbij Utrecht")
    assert captions.read(KEPT.encode()).text == KEPT, "what was written anew stays"
    assert (captions.words_of(KEPT), captions.words_of("")) == (found.words, "")


def test_heads_notes_styles_and_places_of_webvtt_are_left_behind() -> None:
    vtt = (
        "WEBVTT - gemaakt door Marit\n\nNOTE thuis, 52.0907 N\n\nSTYLE\n::cue { color: red }\n\n"
        "eerste\n00:01.000 --> 00:02.000 align:start\n<v Marit>Hallo</v> 5 < 6 --> ja\n\n00:03.000 --> 00:04.000\n\n"
    )
    assert captions.read(vtt.encode()).text == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHallo 5 ‹ 6 → ja\n"


@pytest.mark.parametrize(
    "content", [b"", b"Hallo", b"\xff\xfe\x00", b"WEBVTT\n\n", b"1\n00:99:00,000 --> 00:00:01,000\nx", b"x" * 200_001]
)
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(NoCaptions, match=r"SubRip|smaller"):
        captions.read(content)


@pytest.mark.parametrize("made", ["<" * 100_000, "{\\" * 50_000, "\n \n" * 50_000, "00:00:00.000 --> " * 6_000])
def test_text_that_was_made_to_be_slow_is_not(made: str) -> None:
    with pytest.raises(NoCaptions):
        captions.read(made.encode())
