"""Numbers of passports and identity cards.

They carry no checksum of their own, so that a bare number is taken for one only beside a word that says so. The
machine-readable zone has check digits (ICAO Doc 9303) and needs no word.
"""

from collections.abc import Iterator

import regex

_WORD = regex.compile(
    r"\b(?:paspo[o]?rt\w{0,12}|passports?|identiteits(?:kaart|bewijs)\w{0,8}|id[ -]?(?:kaart|card|bewijs)\w{0,8}"
    r"|document ?(?:nummer|number)|rijbewijs\w{0,8}|travel document)\b",
    regex.IGNORECASE,
)
_NUMBER = regex.compile(
    r"(?<![\w-])(?:[A-NP-Z]{2}[A-NP-Z0-9]{6}[0-9]"  # Netherlands
    r"|[A-Z]{1,2} ?[0-9]{6,8}"  # Belgium, Italy, United States, Poland and others
    r"|[CFGHJK][CFGHJKLMNPRTVWXYZ0-9]{8}"  # Germany
    r"|[0-9]{2}[A-Z]{2}[0-9]{5}"  # France
    r"|[0-9]{9})(?![\w-])"  # United Kingdom
)
_ZONE = regex.compile(r"(?<![A-Z0-9<])[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}[A-Z0-9<]{0,16}")
_AROUND = 40  # characters between the word and the number
_WEIGHTS = (7, 3, 1)


def document_numbers(plain: str) -> Iterator[tuple[int, int]]:
    """Where numbers of identity documents stand in a text of plain letters and digits."""
    if not any(map(str.isdigit, plain)):
        return
    for match in _ZONE.finditer(plain):
        if _check_digit(match[0][:9]) == int(match[0][9]):
            yield match.span()
    words = [match.span() for match in _WORD.finditer(plain)]
    if not words:
        return
    place = 0
    for match in _NUMBER.finditer(plain):
        while place < len(words) and words[place][1] < match.start() - _AROUND:
            place += 1
        if place < len(words) and words[place][0] <= match.end() + _AROUND and any(map(str.isdigit, match[0])):
            yield match.span()


def _check_digit(field: str) -> int:
    values = (0 if character == "<" else int(character, 36) for character in field)
    return sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10
