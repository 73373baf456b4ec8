"""What strangers send, by family: each case replaces parts of one message."""

from collections.abc import Mapping
from typing import Any

DEEP, WIDE = 100_000, 100_000
MEGABYTE = "woord " * 170_000
FACET = "app.bsky.richtext.facet#link"

MARKUP = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea></script><svg onload=alert(1)>",
    "{{ request.user.password }} {% now 'Y' %}",
    'https://kwaad.nl/"onmouseover="alert(1)',
    "javascript:alert(1) data:text/html,<b>x</b>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#x3c;script&#x3e;",
)


def _facet(start: Any, end: Any, uri: Any = "https://kwaad.example/") -> dict[str, Any]:
    """As Bluesky marks a link in a text, and as X does."""
    shown = {"start": start, "end": end, "url": "https://t.co/x", "expanded_url": uri}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [{"$type": FACET, "uri": uri}], **shown}


TEXTS: Mapping[str, dict[str, Any]] = {
    **{f"markup {number}": {"text": words, "name": words} for number, words in enumerate(MARKUP)},
    "nothing": {"text": "", "name": ""},
    "no text but a number": {"text": 7, "name": 7},
    "no text but a list": {"text": ["x"], "name": ["x"]},
    "a name of 10,000 letters": {"name": "x" * 10_000},
}
FACETS: Mapping[str, dict[str, Any]] = {
    "past the end": {"facets": [_facet(0, 9_999)]},
    "before the beginning": {"facets": [_facet(-9, -2), _facet(-1, 3)]},
    "backwards": {"facets": [_facet(5, 2)]},
    "over one another": {"facets": [_facet(0, 4), _facet(2, 6), _facet(0, 6)]},
    "inside a letter": {"text": "🚂🚂", "facets": [_facet(1, 5)]},
    "a script as its address": {"facets": [_facet(0, 6, "javascript:alert(1)")]},
    "edges that are no numbers": {"facets": [_facet("0", True), _facet(1.5, None), _facet(10**40, 10**41)]},
    "10,000 of them": {"facets": [_facet(0, 6)] * 10_000},
    "none but something else": {"facets": "x"},
}
BOMBS: Mapping[str, dict[str, Any]] = {
    "nested 100,000 deep": {"inside": '"odd": ' + "[" * DEEP + "]" * DEEP},
    "objects 100,000 deep": {"inside": '"odd": ' + '{"a":' * DEEP + "1" + "}" * DEEP},
    "nested 900 deep": {"inside": '"odd": ' + "[" * 900 + "]" * 900},
    "a list of 100,000": {"inside": '"odd": [' + ",".join("1" for _ in range(WIDE)) + "]"},
    "100,000 keys": {"inside": '"odd": {' + ",".join(f'"{key}": 1' for key in range(WIDE)) + "}"},
    "a number of 10,000 digits": {"inside": '"odd": ' + "9" * 10_000},
    "numbers without end": {"inside": '"odd": [1e400, -1e400, NaN, Infinity, -Infinity]'},
    "every key twice": {"inside": '"id": "x", "text": 7, "message": 7, "content": [], "record": 1, "uri": null'},
    "a key of 100,000 letters": {"inside": f'"{"k" * WIDE}": 1'},
    "nulls and halves in keys": {"inside": '"\\u0000\\ud800": "\\u0000\\ud800"'},
    "followers without number": {"followers": 10**30},
    "followers below nothing": {"followers": -5},
}
ODD_IDS: Mapping[str, Any] = {
    "a float": 1.5e18,
    "beyond 2^53": 2**53 + 1,
    "beyond 2^63": 2**64 + 1,
    "of 5,000 digits": 10**4_000,
    "empty": "",
    "nothing": None,
    "of 10,000 letters": "x" * 10_000,
    "of 230 letters": "x" * 230,
    "true": True,
    "a list": ["1"],
    "an object": {"id": "1"},
    "a path": "../../../etc/passwd",
    "nulls and halves": "\x00\ud800",
    "not decimal": "²³¼",
}
IDS: Mapping[str, dict[str, Any]] = {
    **{f"id {name}": {"id": value} for name, value in ODD_IDS.items()},
    **{f"author {name}": {"author": value} for name, value in ODD_IDS.items()},
    **{f"parent {name}": {"parent": value} for name, value in ODD_IDS.items() if value is not None},
    **{f"quoted {name}": {"quotes": value} for name, value in ODD_IDS.items() if value is not None},
}
CHARACTERS: Mapping[str, dict[str, Any]] = {
    name: {"text": words, "name": words[:2_000]}
    for name, words in {
        "turned around": "koop \u202elnA.nakre\u202c hier",
        "10,000 without width": "a" + "\u200b" * 10_000 + "b",
        "4,000 accents": "e" + "\u0301" * 4_000,
        "accents without letter": "\u0301" * 2_000,
        "NUL": "voor\x00na",
        "lone halves": "voor\ud800na\udfff",
        "tags that nobody sees": "x\U000e0041\U000e0042",
        "private use": "\U0010ffff\ue000",
        "controls": "\x1b[2J\x07\x9b\r\n\x85",
        "letters that pose": "Vlоtlijn https://аррӏе.com/",
        "one megabyte": MEGABYTE,
        "one word of 100,000": "x" * 100_000,
        "20,000 lines": "\n" * 20_000,
    }.items()
}
DATES: Mapping[str, dict[str, Any]] = {
    f"written {name}": {"at": value}
    for name, value in {
        "in 1900": "1900-01-01T00:00:00.000Z",
        "in the year 1": "0001-01-01T00:00:00.000Z",
        "in the year 1, east": "0001-01-01T00:00:00+14:00",
        "in 9999": "9999-12-31T23:59:59.999Z",
        "in 9999, west": "9999-12-31T23:59:59-14:00",
        "in 1900, as a number": -2_208_988_800,
        "in 9999, as a number": 253_402_300_799,
        "yesterday": "gisteren",
        "never": "",
        "on no day": "2026-13-45T00:00:00Z",
        "without zone": "2026-11-01T10:00:00",
        "in an object": {"at": 1},
        "true": True,
        "1e300": 1e300,
        "in 10^40": 10**40,
        "in 400 digits": "9" * 400,
        "in Arabic digits": "١٧٩٣٥٢٧٢٠٠",
    }.items()
}
FAMILIES: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "text": TEXTS,
    "facets": FACETS,
    "JSON": BOMBS,
    "ids": IDS,
    "letters": CHARACTERS,
    "dates": DATES,
}
