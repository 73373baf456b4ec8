"""Files are told by their bytes and written anew: what draws stays, who made it where goes, the rest is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.common.media import Clean, Refused, cleaned
from tests.files import (
    GIF,
    JPEG,
    PDF,
    PLACE,
    PNG,
    SVG,
    WEBP,
    box,
    chunk,
    exif,
    gif_with_notes,
    jpeg_of_a_telephone,
    mp4_of_a_telephone,
    png_of,
    png_with_notes,
    riff,
    segment,
    webp_with_notes,
)


@pytest.mark.parametrize(
    ("content", "content_type", "size"),
    [
        (JPEG, "image/jpeg", (16, 8)),
        (PNG, "image/png", (240, 160)),
        (GIF, "image/gif", (1, 1)),
        (WEBP, "image/webp", (16, 8)),
        (PDF, "application/pdf", (0, 0)),
    ],
)
def test_what_has_no_notes_stays_as_it_is(content: bytes, content_type: str, size: tuple[int, int]) -> None:
    found = cleaned(content)
    assert (found.content, found.content_type, (found.width, found.height)) == (content, content_type, size)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (jpeg_of_a_telephone(), "image"),
        (png_with_notes(), "image"),
        (gif_with_notes(), "image"),
        (webp_with_notes(), "image"),
        (mp4_of_a_telephone(), "video"),
    ],
)
def test_place_and_maker_are_gone_and_so_is_what_hides_behind_the_end(content: bytes, kind: str) -> None:
    found = cleaned(content)
    assert PLACE in content
    assert PLACE not in found.content
    assert found.kind == kind
    assert cleaned(found.content) == found  # it comes apart again, into the same


def test_a_telephones_picture_still_knows_which_side_is_up_and_nothing_else() -> None:
    assert cleaned(jpeg_of_a_telephone(turned=6)).content.count(b"Exif") == 1
    assert cleaned(jpeg_of_a_telephone(turned=1)).content == JPEG
    assert cleaned(jpeg_of_a_telephone(turned=77)).content == JPEG


def test_an_mp4_keeps_its_length_so_that_its_pictures_are_found() -> None:
    film = mp4_of_a_telephone()
    found = cleaned(film).content
    assert (len(found), found[-16:]) == (len(film), film[-16:])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "kind of file"),
        (SVG, "kind of file"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>" + SVG, "kind of file"),
        (b"<html><script>alert(1)</script>", "kind of file"),
        (b"MZ\x90\x00", "kind of file"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "kind of file"),
        (b"%PDF-1.4 and no end", "kind of file"),
        (JPEG[:-40], "damaged"),
        (JPEG[:2] + segment(0xE1, exif(6)), "damaged"),
        (b"\xff\xd8\xff" + SVG, "damaged"),
        (PNG[:-20], "damaged"),
        (PNG[:40] + b"\x00" + PNG[41:], "damaged"),
        (PNG[:8] + chunk(b"IEND", b""), "damaged"),
        (GIF[:-1], "damaged"),
        (GIF[:13] + b"\x3b", "damaged"),
        (riff((b"EXIF", PLACE)), "damaged"),
        (riff((b"VP8 ", b"short")), "damaged"),
        (box(b"ftyp", b"isom"), "damaged"),
        (box(b"ftyp", b"isom") + box(b"moov")[:-1] + b"\xff", "damaged"),
        (box(b"ftyp", b"isom") + box(b"moov") + box(b"evil"), "damaged"),
        (png_of(60_000, 60_000), "megapixels"),
        (png_of(0x7FFFFFFF, 1), "megapixels"),
        (png_of(16_000, 16_000), "megapixels"),
        (png_of(0, 0), "damaged"),
    ],
)
def test_what_is_no_file_of_its_kind_or_would_be_a_bomb_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(Refused) as refused:
        cleaned(content)
    assert says in str(refused.value.reason)


def test_boxes_in_boxes_without_end_are_refused() -> None:
    deep = b""
    for _depth in range(2_000):
        deep = box(b"moov", deep)
    with pytest.raises(Refused):
        cleaned(box(b"ftyp", b"isom") + deep)


@settings(max_examples=300)
@given(
    st.sampled_from([JPEG, PNG, GIF, WEBP, jpeg_of_a_telephone(), webp_with_notes(), mp4_of_a_telephone()]),
    st.integers(0, 2_000),
    st.binary(max_size=12),
)
def test_whatever_is_done_to_a_file_it_is_cleaned_or_refused(content: bytes, at: int, put: bytes) -> None:
    at %= len(content)
    try:
        found = cleaned(content[:at] + put + content[at + len(put) :])
    except Refused:
        return
    assert isinstance(found, Clean)
    assert cleaned(found.content).content == found.content
